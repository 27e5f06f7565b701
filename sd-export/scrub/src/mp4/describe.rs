//! The descriptions of samples: which codec, and the head it needs.

use super::track::Media;
use super::{audio, video};
use crate::bmff::{self, Box, boxes};
use crate::codec::Units;
use crate::report::Findings;
use crate::{Limits, Refusal};

/// What is inside a track's samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Pictures, cut into units.
    Units(Units),
    /// AAC: what fills up the front of a sample can be cleared.
    Aac,
}

/// The descriptions of a track, as they are written.
pub(super) struct Description {
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) inside: Vec<Inside>,
    /// Bytes of one sample of plain sound.
    pub(super) unit: Option<usize>,
}

/// One cleaned entry.
pub(super) struct Entry {
    pub(super) body: Vec<u8>,
    pub(super) inside: Inside,
    pub(super) unit: Option<usize>,
}

/// The coding of the first description.
pub(super) fn coding(stbl: &[Box<'_>]) -> Option<[u8; 4]> {
    let (_, _, rest) = bmff::first(stbl, *b"stsd")?.full()?;
    boxes(rest.get(4..)?).ok()?.first().map(|entry| entry.kind)
}

impl Description {
    pub(super) fn read(
        stbl: &[Box<'_>],
        media: Media,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let broken = || Refusal::malformed("a track: the description of its samples");
        let found = bmff::first(stbl, *b"stsd").ok_or_else(broken)?;
        let (_, _, rest) = found.full().ok_or_else(broken)?;
        let (mut entries, mut inside, mut unit) = (Vec::new(), Vec::new(), None);
        for found in boxes(rest.get(4..).ok_or_else(broken)?)? {
            let entry = match media {
                Media::Video => video::clean(&found, limits, findings)?,
                Media::Audio => audio::clean(&found, findings)?,
            };
            let mut out = Vec::new();
            bmff::write(&mut out, found.kind, &[&entry.body])?;
            entries.push(out);
            inside.push(entry.inside);
            unit = entry.unit;
        }
        if entries.is_empty() || (entries.len() > 1 && unit.is_some()) {
            return Err(broken());
        }
        Ok(Self { entries, inside, unit })
    }

    pub(super) fn count(&self) -> usize {
        self.entries.len()
    }
}

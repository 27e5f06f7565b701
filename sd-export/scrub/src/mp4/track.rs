//! One track: its clock, how it is shown, the head of its codec and its samples.

use super::describe::{self, Description};
use super::tables::{Samples, Table, Tables};
use super::{Data, audio, notes};
use crate::bmff::{self, Box, boxes};
use crate::bytes::{Cursor, slice};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// What a track is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Video,
    Audio,
}

/// A track that is kept.
pub(super) struct Track<'a> {
    pub(super) media: Media,
    /// Whether it is shown, as the low bits of the head's flags.
    pub(super) flags: u8,
    /// Layer, group, volume, matrix, width and height, as the head ends.
    pub(super) looks: Vec<u8>,
    /// In the movie's clock.
    pub(super) duration: u64,
    /// In the track's own clock.
    pub(super) media_duration: u64,
    pub(super) timescale: u32,
    /// Duration, start and rate of each edit.
    pub(super) edits: Vec<(u64, i64, u32)>,
    pub(super) description: Description,
    pub(super) tables: Vec<Table>,
    pub(super) samples: Samples<'a>,
}

fn found_name(coding: [u8; 4]) -> String {
    Box { kind: coding, body: &[], at: 0 }.name()
}

fn broken(what: &str) -> Refusal {
    Refusal::malformed(format!("a track: {what}"))
}

/// A head of version 0 or 1: its flags, its two times and what follows them.
fn head<'a>(
    found: &Box<'a>,
    findings: &mut Findings,
    place: &str,
) -> Option<(u32, Cursor<'a>, bool)> {
    let (version, flags, rest) = found.full()?;
    let wide = version == 1;
    let mut from = Cursor::new(rest);
    let mut time = || if wide { from.be64() } else { from.be32().map(u64::from) };
    let (made, changed) = (time()?, time()?);
    for (time, what) in [(made, "creation"), (changed, "change")] {
        if time != 0 {
            let place = format!("{place} time of {what}");
            findings.removed(Class::Time, place, &notes::time(time));
        }
    }
    Some((flags, from, wide))
}

/// Ticks a second of the movie.
pub(super) fn movie_clock(found: &Box<'_>, findings: &mut Findings) -> Result<u32, Refusal> {
    let clock = head(found, findings, "movie").and_then(|(_, mut from, _)| from.be32());
    clock.filter(|clock| *clock > 0).ok_or_else(|| Refusal::malformed("the clock of the movie"))
}

impl<'a> Track<'a> {
    /// The track, if it is of pictures or sound.
    pub(super) fn read(
        bytes: &'a [u8],
        found: &Box<'a>,
        data: &Data,
        before: &[Self],
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Option<Self>, Refusal> {
        let inner = boxes(found.body)?;
        let get = |kind: &[u8; 4]| bmff::first(&inner, *kind);
        let media_box = get(b"mdia").ok_or_else(|| broken("no media"))?;
        let media_boxes = boxes(media_box.body)?;
        let in_media = |kind: &[u8; 4]| bmff::first(&media_boxes, *kind);
        let handler = in_media(b"hdlr").ok_or_else(|| broken("no handler"))?;
        let kind = slice(handler.body, 8, 4).ok_or_else(|| broken("no handler"))?;
        notes::handler(&handler, findings);
        let info = in_media(b"minf").ok_or_else(|| broken("no samples"))?;
        let info = boxes(info.body)?;
        let stbl = bmff::first(&info, *b"stbl").ok_or_else(|| broken("no samples"))?;
        let stbl = boxes(stbl.body)?;
        let coding = describe::coding(&stbl).unwrap_or(*b"none");
        let media = match (kind, &coding) {
            (b"vide", b"jpeg" | b"png ") => {
                findings.removed(Class::Thumbnail, "track of still pictures", "");
                return Ok(None);
            }
            (b"vide", _) => Media::Video,
            // Phones put sound in a second form beside the one that everybody understands.
            (b"soun", coding)
                if !matches!(coding, b"enca")
                    && !audio::is_known(*coding)
                    && before.iter().any(|track| track.media == Media::Audio) =>
            {
                let name = found_name(*coding);
                findings.removed(Class::HiddenContent, "second track of sound", &name);
                return Ok(None);
            }
            (b"soun", _) => Media::Audio,
            _ => {
                notes::other_track(kind, coding, findings);
                return Ok(None);
            }
        };
        for found in inner.iter().chain(&media_boxes).chain(&info) {
            match &found.kind {
                b"udta" => notes::user_data(found, "track", findings),
                b"meta" => notes::meta(found, "track", findings),
                b"tkhd" | b"mdia" | b"edts" | b"mdhd" | b"hdlr" | b"minf" | b"vmhd" | b"smhd"
                | b"dinf" | b"stbl" | b"tref" | b"tapt" | b"gmhd" => {}
                _ => bmff::dropped(found, "track", findings),
            }
        }
        inside(bmff::first(&info, *b"dinf"))?;
        let (flags, duration, looks) = get(b"tkhd")
            .and_then(|found| track_head(&found, findings))
            .ok_or_else(|| broken("head"))?;
        let (timescale, media_duration) = in_media(b"mdhd")
            .and_then(|found| media_head(&found, findings))
            .ok_or_else(|| broken("clock"))?;
        let edits = get(b"edts").map_or(Some(Vec::new()), |found| edits(&found));
        let edits = edits.ok_or_else(|| broken("edits"))?;
        let description = Description::read(&stbl, media, limits, findings)?;
        let tables = Tables::read(&stbl, findings)?;
        let samples = Samples::read(bytes, &tables, data, &description)?;
        let tables = tables.kept;
        Ok(Some(Self {
            media,
            flags,
            looks,
            duration,
            media_duration,
            timescale,
            edits,
            description,
            tables,
            samples,
        }))
    }

    /// Bytes of all samples.
    pub(super) fn len(&self) -> usize {
        self.samples.chunks.iter().fold(0, |sum, chunk| sum.saturating_add(chunk.len))
    }
}

impl Track<'_> {
    /// Whole seconds of samples that the edit list does not show; the movie's clock is given.
    pub(super) fn hidden(&self, clock: u32) -> u64 {
        if self.edits.is_empty() {
            return 0;
        }
        let shown = self.edits.iter().filter(|(_, start, _)| *start >= 0);
        let shown = shown.fold(0u64, |sum, (duration, ..)| sum.saturating_add(*duration));
        // An edit of no duration shows everything.
        if shown == 0 {
            return 0;
        }
        let all = self.media_duration / u64::from(self.timescale.max(1));
        all.saturating_sub(shown.div_ceil(u64::from(clock.max(1))))
    }
}

/// Samples in another file cannot be had, and its path must not be copied.
fn inside(found: Option<Box<'_>>) -> Result<(), Refusal> {
    let Some(found) = found else {
        return Ok(());
    };
    for found in boxes(found.body)? {
        if let (b"dref", Some((_, _, rest))) = (&found.kind, found.full()) {
            for reference in boxes(rest.get(4..).unwrap_or_default())? {
                if reference.full().is_none_or(|(_, flags, _)| flags & 1 == 0) {
                    return Err(Refusal::unsupported("a video whose samples are in another file"));
                }
            }
        }
    }
    Ok(())
}

/// Flags, duration and how the track is shown.
fn track_head(found: &Box<'_>, findings: &mut Findings) -> Option<(u8, u64, Vec<u8>)> {
    let (flags, mut from, wide) = head(found, findings, "track")?;
    from.take(8)?;
    let duration = if wide { from.be64()? } else { from.be32()?.into() };
    from.take(8)?;
    let looks = from.take(52)?.to_vec();
    let [.., flags] = flags.to_be_bytes();
    Some((flags & 7, duration, looks))
}

/// Ticks a second, and how many the track lasts. The language is not kept.
fn media_head(found: &Box<'_>, findings: &mut Findings) -> Option<(u32, u64)> {
    let (_, mut from, wide) = head(found, findings, "media")?;
    let timescale = from.be32()?;
    let duration = if wide { from.be64()? } else { from.be32()?.into() };
    let language = from.be16()?;
    // Zero and the largest are QuickTime's words for none.
    if !matches!(language, 0 | 0x55c4 | 0x7fff) {
        let letter = |shift: u16| char::from(((language >> shift) & 31).to_be_bytes()[1] + 0x60);
        let name: String = [letter(10), letter(5), letter(0)].iter().collect();
        findings.removed(Class::Location, "language of a track", &name);
    }
    (timescale > 0).then_some((timescale, duration))
}

fn edits(found: &Box<'_>) -> Option<Vec<(u64, i64, u32)>> {
    let list = boxes(found.body).ok()?;
    let Some(found) = bmff::first(&list, *b"elst") else {
        return Some(Vec::new());
    };
    let (version, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let mut edits = Vec::new();
    for _ in 0..from.be32()? {
        let (duration, start) = if version == 1 {
            (from.be64()?, from.be64()?.cast_signed())
        } else {
            (from.be32()?.into(), from.be32()?.cast_signed().into())
        };
        edits.push((duration, start, from.be32()?));
    }
    Some(edits)
}

//! Clusters: blocks of samples that belong together in time.

use std::borrow::Cow;

use super::Movie;
use super::ebml::{self, id, put, put_head, put_number, short_number};
use super::tracks::Track;
use crate::Refusal;
use crate::bytes::Cursor;
use crate::codec::{self, Units};
use crate::report::{Class, Findings};
use crate::rope::Rope;

/// Bytes of an element's head with a number of one byte.
const HEAD: usize = 9;

/// Whether an element stands in a cluster.
pub(super) fn belongs(id: u32) -> bool {
    matches!(
        id,
        id::TIME | 0x5854 | 0xa7 | 0xab | id::SIMPLE | id::GROUP | 0xaf | id::VOID | id::SUM
    )
}

/// One cluster.
pub(super) struct Cluster<'a> {
    time: u64,
    blocks: Vec<Block<'a>>,
}

/// One block: a frame of one track.
struct Block<'a> {
    /// The track's new number.
    track: u64,
    time: [u8; 2],
    flags: u8,
    frame: Vec<&'a [u8]>,
    /// What a group says besides; none for a simple block.
    group: Option<Vec<u8>>,
    is_key: bool,
}

fn broken() -> Refusal {
    Refusal::malformed("a block")
}

impl<'a> Cluster<'a> {
    pub(super) fn read(
        body: &'a [u8],
        tracks: &[Track],
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let mut cluster = Self { time: 0, blocks: Vec::new() };
        let mut gone = 0usize;
        for found in ebml::elements(body, |_| false)? {
            match found.id {
                id::TIME => cluster.time = found.number().ok_or_else(broken)?,
                id::SIMPLE => {
                    let block = Block::read(found.body, tracks, &mut gone)?;
                    cluster.blocks.extend(block);
                }
                id::GROUP => group(&found, tracks, &mut cluster, &mut gone, findings)?,
                0xaf => return Err(Refusal::Encrypted),
                // Position and length of the cluster before; silent tracks.
                0xa7 | 0xab | 0x5854 | id::SUM => {}
                id::VOID => {
                    if found.body.iter().any(|b| *b != 0) {
                        findings.removed(Class::Trailing, "free space", "");
                    }
                }
                other => {
                    findings.removed(
                        Class::Unknown,
                        format!("element 0x{other:x} of a cluster"),
                        "",
                    );
                }
            }
        }
        if gone > 0 {
            let detail = format!("{gone} bytes");
            findings.removed(Class::Software, "messages between slices", &detail);
        }
        Ok(cluster)
    }

    fn len(&self) -> usize {
        self.blocks.iter().fold(HEAD + 8, |sum, block| sum.saturating_add(block.written_len()))
    }

    /// Bytes of the whole cluster as it is written.
    pub(super) fn written_len(&self) -> usize {
        self.len().saturating_add(12)
    }

    pub(super) fn write(self, out: &mut Rope<'a>) {
        let mut head = Vec::new();
        put_head(&mut head, id::CLUSTER, self.len());
        put_number(&mut head, id::TIME, self.time);
        for block in self.blocks {
            block.write(&mut head);
            out.push(Cow::Owned(std::mem::take(&mut head)));
            block.frame.iter().for_each(|part| out.push(Cow::Borrowed(part)));
            if let Some(group) = block.group {
                head.extend_from_slice(&group);
            }
        }
        out.push(Cow::Owned(head));
    }
}

fn group<'a>(
    found: &ebml::Element<'a>,
    tracks: &[Track],
    cluster: &mut Cluster<'a>,
    gone: &mut usize,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let inner = found.inner()?;
    let block = inner.iter().find(|element| element.id == id::BLOCK).ok_or_else(broken)?;
    let Some(mut block) = Block::read(block.body, tracks, gone)? else {
        return Ok(());
    };
    // Of a block in a group the other block it needs says whether it can stand alone.
    block.is_key = inner.iter().all(|element| element.id != 0xfb);
    block.flags &= 0x0e;
    let mut more = Vec::new();
    for element in &inner {
        match element.id {
            id::BLOCK | id::SUM | id::VOID => {}
            // How long it lasts; which block it needs; what is cut off its end.
            0x9b => put_number(&mut more, 0x9b, element.number().ok_or_else(broken)?),
            0xfb | 0x75a2 if element.body.len() <= 8 => put(&mut more, element.id, element.body),
            0x75a1 => {
                findings.removed(Class::HiddenContent, "additions to a block (transparency)", "");
            }
            other => {
                findings.removed(Class::Unknown, format!("element 0x{other:x} of a block"), "");
            }
        }
    }
    block.group = Some(more);
    cluster.blocks.push(block);
    Ok(())
}

impl<'a> Block<'a> {
    /// The block, if its track is kept.
    fn read(body: &'a [u8], tracks: &[Track], gone: &mut usize) -> Result<Option<Self>, Refusal> {
        let mut from = Cursor::new(body);
        let number = short_number(&mut from).ok_or_else(broken)?;
        let time = from.take(2).and_then(|t| t.try_into().ok()).ok_or_else(broken)?;
        let flags = from.u8().ok_or_else(broken)?;
        let frame = from.rest();
        let Some(at) = tracks.iter().position(|track| track.number == number) else {
            return Ok(None);
        };
        let units = tracks.get(at).map_or(Units::Whole, |track| track.units);
        if flags & 6 != 0 && units != Units::Whole {
            return Err(Refusal::unsupported("a video with several pictures in a block"));
        }
        let parts = codec::needed(units, frame)
            .ok_or_else(|| Refusal::malformed("units of a coded picture"))?;
        let parts: Vec<&[u8]> = parts.into_iter().filter_map(|part| frame.get(part)).collect();
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        *gone = gone.saturating_add(frame.len().saturating_sub(len));
        Ok(Some(Self {
            track: at as u64 + 1,
            time,
            flags: flags & 0x8f,
            frame: parts,
            group: None,
            is_key: flags & 0x80 != 0,
        }))
    }

    /// Number, time, flags and frame.
    fn len(&self) -> usize {
        self.frame.iter().fold(4, |sum, part| sum.saturating_add(part.len()))
    }

    fn written_len(&self) -> usize {
        let group = self.group.as_ref().map_or(0, |more| HEAD + more.len());
        self.len().saturating_add(HEAD).saturating_add(group)
    }

    /// Everything before the frame.
    fn write(&self, out: &mut Vec<u8>) {
        let len = self.len();
        match &self.group {
            None => put_head(out, id::SIMPLE, len),
            Some(more) => {
                put_head(out, id::GROUP, len.saturating_add(HEAD).saturating_add(more.len()));
                put_head(out, id::BLOCK, len);
            }
        }
        // There are 64 tracks at most, so that a number takes one byte.
        out.push(0x80 | u8::try_from(self.track).unwrap_or(0));
        out.extend_from_slice(&self.time);
        out.push(self.flags);
    }
}

/// The index: of each cluster the first block of the first track that can stand alone.
pub(super) fn index(movie: &Movie<'_>, first: usize) -> Vec<u8> {
    let shown = movie.tracks.iter().position(|track| track.is_video).unwrap_or(0) as u64 + 1;
    let mut list = Vec::new();
    let mut at = first;
    for cluster in &movie.clusters {
        let key = cluster.blocks.iter().find(|block| block.track == shown && block.is_key);
        if let Some(block) = key {
            let time = cluster.time.saturating_add_signed(i16::from_be_bytes(block.time).into());
            let mut place = Vec::new();
            put_number(&mut place, 0xf7, shown);
            put_number(&mut place, 0xf1, at as u64);
            let mut point = Vec::new();
            put_number(&mut point, 0xb3, time);
            put(&mut point, 0xb7, &place);
            put(&mut list, 0xbb, &point);
        }
        at = at.saturating_add(cluster.written_len());
    }
    let mut out = Vec::new();
    if !list.is_empty() {
        put(&mut out, id::CUES, &list);
    }
    out
}

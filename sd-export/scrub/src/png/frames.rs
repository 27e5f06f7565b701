//! Frames: the still picture and those of an animation.

use super::chunks::{Chunk, write_chunk};
use super::header::Header;
use super::rows::{self, Uses};
use crate::bytes::{be32, slice};
use crate::deflate::Inflater;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// One frame: its size and its compressed data.
pub(super) struct Frame {
    width: u32,
    height: u32,
    /// The frame control after its sequence number, checked.
    control: Vec<u8>,
    data: Vec<u8>,
}

impl Frame {
    /// The still picture.
    pub(super) fn whole(header: &Header, data: Vec<u8>) -> Self {
        Self { width: header.width, height: header.height, control: Vec::new(), data }
    }

    /// The frame's data, inflated, checked to be exactly its pixels, and deflated again.
    pub(super) fn repack(
        &self,
        header: &Header,
        limits: &Limits,
        uses: &mut Uses,
        findings: &mut Findings,
    ) -> Result<Vec<u8>, Refusal> {
        let len = rows::data_len(header, self.width, self.height);
        let len = len.ok_or_else(|| Refusal::malformed("picture size"))?;
        limits.admit_output(len)?;
        let mut packed = Inflater::new(&self.data);
        let clean = rows::rewrite(header, (self.width, self.height), &mut packed, uses)?;
        if clean.more > 0 {
            let detail = format!("{} bytes", clean.more);
            findings.removed(Class::Trailing, "data after the last pixel row", &detail);
        }
        let after = self.data.len().saturating_sub(packed.used());
        if after > 0 {
            let detail = format!("{after} bytes");
            findings.removed(Class::Trailing, "bytes after the compressed picture data", &detail);
        }
        Ok(clean.packed)
    }
}

/// The animation chunks of a file.
#[derive(Default)]
pub(super) struct Animation {
    /// How often it plays; set once the animation control was read.
    plays: Option<u32>,
    declared: u32,
    frames: Vec<Frame>,
    /// Whether the still picture is also the first frame.
    still_is_first: bool,
    sequence: u32,
}

impl Animation {
    /// Takes one chunk of the animation; `started` tells whether the still picture has begun.
    pub(super) fn take(
        &mut self,
        chunk: &Chunk<'_>,
        header: &Header,
        started: bool,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let bad = || Refusal::malformed("animation");
        let first = be32(chunk.body, 0).ok_or_else(bad)?;
        if chunk.kind == *b"acTL" {
            let plays = be32(chunk.body, 4).filter(|_| chunk.body.len() == 8).ok_or_else(bad)?;
            if started || self.plays.is_some() || first == 0 {
                return Err(bad());
            }
            limits.admit_pixels(header.width, header.height, first)?;
            (self.plays, self.declared) = (Some(plays), first);
            return Ok(());
        }
        if self.plays.is_none() {
            findings.removed(Class::HiddenContent, "frames outside any animation", "");
            return Ok(());
        }
        if first != self.sequence {
            return Err(bad());
        }
        self.sequence = self.sequence.checked_add(1).ok_or_else(bad)?;
        let body = chunk.body.get(4..).unwrap_or_default();
        if chunk.kind == *b"fcTL" {
            return self.control(body, header, started);
        }
        let frame = self.frames.last_mut().filter(|_| started).ok_or_else(bad)?;
        frame.data.extend_from_slice(body);
        Ok(())
    }

    fn control(&mut self, body: &[u8], header: &Header, started: bool) -> Result<(), Refusal> {
        let bad = || Refusal::malformed("frame of an animation");
        let number = |at| be32(body, at).ok_or_else(bad);
        let (width, height, x, y) = (number(0)?, number(4)?, number(8)?, number(12)?);
        let inside =
            |at: u32, len: u32, all: u32| at.checked_add(len).is_some_and(|end| end <= all);
        let fits = inside(x, width, header.width) && inside(y, height, header.height);
        let last = slice(body, 20, 2).ok_or_else(bad)?;
        if body.len() != 22 || !fits || width == 0 || height == 0 || !matches!(last, [0..=2, 0..=1])
        {
            return Err(bad());
        }
        if !started {
            let whole = (width, height) == (header.width, header.height);
            if !self.frames.is_empty() || !whole {
                return Err(bad());
            }
            self.still_is_first = true;
        }
        self.frames.push(Frame { width, height, control: body.to_vec(), data: Vec::new() });
        Ok(())
    }

    /// The data of each frame, deflated again; the first is empty when it is the still picture.
    pub(super) fn repack(
        &self,
        header: &Header,
        limits: &Limits,
        uses: &mut Uses,
        findings: &mut Findings,
    ) -> Result<Vec<Vec<u8>>, Refusal> {
        if self.plays.is_none() {
            return Ok(Vec::new());
        }
        if u32::try_from(self.frames.len()) != Ok(self.declared) {
            return Err(Refusal::malformed("number of frames"));
        }
        if !self.still_is_first {
            let why = "viewers without animation show it; it may differ from the frames";
            findings.kept(Class::HiddenContent, "still picture outside the animation", "", why);
        }
        let mut packed = Vec::new();
        for (n, frame) in self.frames.iter().enumerate() {
            let still = n == 0 && self.still_is_first;
            if still && !frame.data.is_empty() {
                return Err(Refusal::malformed("frame of an animation"));
            }
            packed.push(if still {
                Vec::new()
            } else {
                frame.repack(header, limits, uses, findings)?
            });
        }
        Ok(packed)
    }

    /// Writes the still picture and the frames, numbered anew.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        still: &[u8],
        packed: &[Vec<u8>],
    ) -> Result<(), Refusal> {
        let Some(plays) = self.plays else {
            return write_chunk(out, *b"IDAT", still);
        };
        let control = [self.declared.to_be_bytes(), plays.to_be_bytes()].concat();
        write_chunk(out, *b"acTL", &control)?;
        if !self.still_is_first {
            write_chunk(out, *b"IDAT", still)?;
        }
        let mut sequence = 0u32;
        for (n, (frame, data)) in self.frames.iter().zip(packed).enumerate() {
            write_chunk(
                out,
                *b"fcTL",
                &[&sequence.to_be_bytes(), frame.control.as_slice()].concat(),
            )?;
            sequence = sequence.saturating_add(1);
            if n == 0 && self.still_is_first {
                write_chunk(out, *b"IDAT", still)?;
            } else {
                write_chunk(out, *b"fdAT", &[&sequence.to_be_bytes(), data.as_slice()].concat())?;
                sequence = sequence.saturating_add(1);
            }
        }
        Ok(())
    }
}

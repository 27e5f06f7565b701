//! Indexes: which chunks are shown, and which of them stand alone.

use std::ops::Range;

use super::packets::Packet;
use crate::Refusal;
use crate::bytes::{Cursor, le16, slice};
use crate::report::{Class, Findings};

/// Where chunks start, and whether they stand alone, from all indexes of the file.
#[derive(Default)]
pub(super) struct Index {
    entries: Vec<(usize, bool)>,
    is_sorted: bool,
}

fn broken() -> Refusal {
    Refusal::malformed("an index")
}

impl Index {
    /// The older index, one for a file: places are counted from the list of chunks at `list`, or
    /// from the start of the file.
    pub(super) fn older(&mut self, body: &[u8], list: usize, bytes: &[u8]) -> Result<(), Refusal> {
        let mut from = Cursor::new(body);
        let mut base = None;
        while let Some(name) = from.take(4) {
            let flags = from.le32().ok_or_else(broken)?;
            let place = from.le32().and_then(|at| usize::try_from(at).ok()).ok_or_else(broken)?;
            from.le32().ok_or_else(broken)?;
            let stands = |base: usize| slice(bytes, base.saturating_add(place), 4) == Some(name);
            let base = *base.get_or_insert(if stands(list) || !stands(0) { list } else { 0 });
            self.add(base.saturating_add(place), flags & 0x10 != 0);
        }
        Ok(())
    }

    /// One part of the newer index.
    pub(super) fn newer(&mut self, body: &[u8]) -> Result<(), Refusal> {
        // Two numbers an entry, places of chunks.
        if le16(body, 0) != Some(2) || slice(body, 2, 2) != Some(&[0, 1]) {
            return Err(Refusal::unsupported("an index of another kind"));
        }
        let mut from = Cursor::new(slice(body, 4, 20).ok_or_else(broken)?);
        let count = from.le32().ok_or_else(broken)?;
        from.take(4);
        let base = from.le64().and_then(|at| usize::try_from(at).ok()).ok_or_else(broken)?;
        let mut from = Cursor::new(body.get(24..).unwrap_or_default());
        for _ in 0..count {
            let place = from.le32().and_then(|at| usize::try_from(at).ok()).ok_or_else(broken)?;
            let len = from.le32().ok_or_else(broken)?;
            // Places are of bodies; the head of a chunk takes eight bytes.
            self.add(base.saturating_add(place).saturating_sub(8), len & 0x8000_0000 == 0);
        }
        Ok(())
    }

    fn add(&mut self, at: usize, is_key: bool) {
        self.entries.push((at, is_key));
        self.is_sorted = false;
    }

    /// Marks the chunks of a RIFF from number `first` on. A RIFF whose index leaves chunks out does not
    /// show them: they go.
    pub(super) fn apply(
        &mut self,
        within: Range<usize>,
        packets: &mut Vec<Packet<'_>>,
        first: usize,
        findings: &mut Findings,
    ) {
        if !self.is_sorted {
            self.entries.sort_unstable();
            self.entries.dedup_by_key(|(at, _)| *at);
            self.is_sorted = true;
        }
        let from = self.entries.partition_point(|(at, _)| *at < within.start);
        if self.entries.get(from).is_none_or(|(at, _)| *at >= within.end) {
            return;
        }
        let mut hidden = 0usize;
        for mut packet in packets.split_off(first.min(packets.len())) {
            let found = self.entries.binary_search_by_key(&packet.at, |(at, _)| *at).ok();
            packet.is_key = found.and_then(|n| self.entries.get(n)).map(|(_, is_key)| *is_key);
            if packet.is_key.is_some() {
                packets.push(packet);
            } else {
                hidden = hidden.saturating_add(1);
            }
        }
        if hidden > 0 {
            let detail = format!("{hidden} chunks");
            findings.removed(Class::HiddenContent, "chunks that the index leaves out", &detail);
        }
    }
}

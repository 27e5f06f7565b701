//! One frame: its place, its colours and its pixels as indexes.

use weezl::{BitOrder, LzwStatus, decode, encode};

use super::{Screen, Table, blocks, cut, table};
use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// How a frame is shown: how it is cleared away, how long it stands, which colour is none.
#[derive(Default)]
pub(super) struct Control {
    disposal: u8,
    delay: u16,
    transparent: Option<u8>,
}

impl Control {
    pub(super) fn read(body: [u8; 4], findings: &mut Findings) -> Self {
        let [flags, low, high, transparent] = body;
        if flags & 0xe2 != 0 {
            findings.removed(Class::HiddenContent, "spare flags of a graphic control", "");
        }
        Self {
            disposal: (flags >> 2) & 7,
            delay: u16::from_le_bytes([low, high]),
            transparent: (flags & 1 == 1).then_some(transparent),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.disposal == 0 && self.delay == 0 && self.transparent.is_none() {
            return;
        }
        let flags = self.disposal << 2 | u8::from(self.transparent.is_some());
        let [low, high] = self.delay.to_le_bytes();
        out.extend_from_slice(&[0x21, 0xf9, 4, flags, low, high]);
        out.extend_from_slice(&[self.transparent.unwrap_or(0), 0]);
    }
}

/// One frame.
pub(super) struct Frame {
    control: Control,
    place: [u16; 4],
    interlaced: bool,
    pub(super) table: Option<Table>,
    code_size: u8,
    /// One index a pixel, in the order of the file.
    pub(super) indexes: Vec<u8>,
}

impl Frame {
    pub(super) fn read(
        from: &mut Cursor<'_>,
        screen: &Screen,
        control: Control,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let mut number = || from.le16().ok_or_else(cut);
        let place = [number()?, number()?, number()?, number()?];
        let [left, top, width, height] = place;
        let flags = from.u8().ok_or_else(cut)?;
        limits.admit_pixels(width.into(), height.into(), 1)?;
        if width == 0 || height == 0 {
            return Err(Refusal::malformed("a frame without pixels"));
        }
        let outside = left.checked_add(width).is_none_or(|right| right > screen.width)
            || top.checked_add(height).is_none_or(|bottom| bottom > screen.height);
        if outside {
            let why = "some viewers show it; it is part of the pixels";
            findings.kept(Class::HiddenContent, "a frame that reaches beyond the screen", "", why);
        }
        let mut table = table(from, flags)?;
        let code_size = from.u8().ok_or_else(cut)?;
        if !(2..=8).contains(&code_size) {
            return Err(Refusal::malformed("the code size of a frame"));
        }
        let packed = blocks::parts(from)?.concat();
        let pixels = usize::from(width).saturating_mul(height.into());
        let indexes = unpack(&packed, code_size, pixels, findings)?;
        let entries = table.as_ref().or(screen.table.as_ref()).map_or(256, |t| t.len() / 3);
        if indexes.iter().any(|index| usize::from(*index) >= entries) {
            return Err(Refusal::malformed("a pixel outside the palette"));
        }
        let interlaced = flags & 0x40 != 0;
        if let Some(table) = &mut table {
            let mut uses = [false; 256];
            mark(&indexes, control.transparent, &mut uses);
            clear(table, &uses, findings);
        }
        Ok(Self { control, place, interlaced, table, code_size, indexes })
    }

    /// Marks the colours this frame shows.
    pub(super) fn mark(&self, uses: &mut [bool; 256]) {
        mark(&self.indexes, self.control.transparent, uses);
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        self.control.write(out);
        out.push(0x2c);
        for number in self.place {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let local = self.table.as_ref();
        let flags = local.map_or(0, |table| 0x80 | size_bits(table));
        out.push(flags | u8::from(self.interlaced) << 6);
        out.extend_from_slice(self.table.as_deref().unwrap_or_default());
        out.push(self.code_size);
        let packed = encode::Encoder::new(BitOrder::Lsb, self.code_size)
            .encode(&self.indexes)
            .map_err(|_| Refusal::malformed("picture data"))?;
        blocks::write(out, &packed);
        Ok(())
    }
}

fn mark(indexes: &[u8], transparent: Option<u8>, uses: &mut [bool; 256]) {
    for index in indexes.iter().filter(|index| transparent != Some(**index)) {
        if let Some(entry) = uses.get_mut(usize::from(*index)) {
            *entry = true;
        }
    }
}

/// Colours that no pixel shows can hold anything; they become black.
pub(super) fn clear(table: &mut Table, uses: &[bool; 256], findings: &mut Findings) {
    let mut cleared = 0usize;
    for (entry, used) in table.chunks_exact_mut(3).zip(uses) {
        if !used && *entry != [0; 3] {
            entry.fill(0);
            cleared = cleared.saturating_add(1);
        }
    }
    if cleared > 0 {
        let place = "palette entries that no pixel uses";
        findings.removed(Class::HiddenContent, place, &cleared.to_string());
    }
}

/// The flags of the screen: eight bits a colour, the size of its table.
pub(super) fn table_flags(table: Option<&Table>) -> u8 {
    0x70 | table.map_or(0, |table| 0x80 | size_bits(table))
}

/// The size of a table as the power it is written by.
fn size_bits(table: &Table) -> u8 {
    let entries = table.len() / 3;
    (0..7u8).find(|bits| 2usize << bits >= entries).unwrap_or(7)
}

/// All indexes of a frame; what stands behind the last one is named.
fn unpack(
    packed: &[u8],
    code_size: u8,
    pixels: usize,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    let mut decoder = decode::Decoder::new(BitOrder::Lsb, code_size);
    let mut out = Vec::new();
    let mut buffer = vec![0u8; 1 << 15];
    let mut used = 0usize;
    loop {
        let result = decoder.decode_bytes(packed.get(used..).unwrap_or_default(), &mut buffer);
        used = used.saturating_add(result.consumed_in);
        out.extend_from_slice(buffer.get(..result.consumed_out).unwrap_or_default());
        let ended = match result.status {
            Ok(LzwStatus::Ok) => result.consumed_in == 0 && result.consumed_out == 0,
            Ok(LzwStatus::NoProgress | LzwStatus::Done) => true,
            // Viewers show what came before a broken code, and so much is enough if it is all.
            Err(_) if out.len() >= pixels => true,
            Err(_) => return Err(Refusal::malformed("picture data")),
        };
        if ended || out.len() > pixels {
            break;
        }
    }
    if out.len() < pixels {
        return Err(Refusal::malformed("picture data end early"));
    }
    if out.len() > pixels {
        findings.removed(Class::HiddenContent, "data after the last pixel", "");
    } else if used < packed.len() {
        findings.removed(Class::Trailing, "bytes after the compressed picture data", "");
    }
    out.truncate(pixels);
    Ok(out)
}

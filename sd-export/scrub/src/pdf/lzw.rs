//! The LZW filter.

use super::source::{Dict, Val};
use crate::Refusal;

/// The dictionary of an LZW stream: for each code its parent, last byte, and length.
struct Lzw {
    entries: Vec<(u16, u8, u16)>,
}

impl Lzw {
    fn new() -> Self {
        let mut entries: Vec<(u16, u8, u16)> = (0..=255).map(|b| (0, b, 1)).collect();
        entries.resize(258, (0, 0, 0));
        Self { entries }
    }

    /// Appends the word of a code; gives its first byte.
    fn word(&self, code: u16, out: &mut Vec<u8>) -> Option<u8> {
        let (_, _, len) = *self.entries.get(usize::from(code))?;
        let start = out.len();
        out.resize(start.checked_add(usize::from(len))?, 0);
        let mut code = code;
        for slot in out.get_mut(start..)?.iter_mut().rev() {
            let (parent, byte, _) = *self.entries.get(usize::from(code))?;
            *slot = byte;
            code = parent;
        }
        out.get(start).copied()
    }

    fn len(&self, code: u16) -> u16 {
        self.entries.get(usize::from(code)).map_or(0, |entry| entry.2)
    }
}

/// Unpacks an LZW stream.
pub(super) fn unpack(bytes: &[u8], params: &Dict, limit: usize) -> Result<Vec<u8>, Refusal> {
    let bad = || Refusal::malformed("an LZW stream");
    let early = usize::from(params.get(b"EarlyChange".as_slice()).and_then(Val::count) != Some(0));
    let mut table = Lzw::new();
    let mut out = Vec::new();
    let mut before: Option<u16> = None;
    let (mut window, mut held) = (0u32, 0u32);
    let mut input = bytes.iter();
    loop {
        let width = match table.entries.len() + early {
            0..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
        while held < width {
            let Some(byte) = input.next() else {
                return Ok(out);
            };
            window = (window << 8) | u32::from(*byte);
            held += 8;
        }
        held -= width;
        let code = u16::try_from((window >> held) & ((1 << width) - 1)).map_err(|_| bad())?;
        match code {
            256 => (table, before) = (Lzw::new(), None),
            257 => return Ok(out),
            _ => {
                lzw_step(&mut table, before, code, &mut out).ok_or_else(bad)?;
                before = Some(code);
            }
        }
        if out.len() > limit {
            return Err(super::filters::too_large(limit));
        }
    }
}

fn lzw_step(table: &mut Lzw, before: Option<u16>, code: u16, out: &mut Vec<u8>) -> Option<()> {
    let Some(before) = before else {
        return (code < 256).then(|| table.word(code, out)).map(drop);
    };
    let fresh = usize::from(code) == table.entries.len();
    let start = out.len();
    let first = table.word(if fresh { before } else { code }, out)?;
    if !fresh && table.len(code) == 0 {
        return None;
    }
    if fresh {
        out.push(first);
    }
    if table.entries.len() < 4096 {
        let len = table.len(before).checked_add(1)?;
        table.entries.push((before, *out.get(start)?, len));
    }
    Some(())
}

//! The second reader: a small grammar of its own, and a walk through the LZW codes that only
//! counts pixels.

use super::notes;
use crate::Refusal;
use crate::bytes::Cursor;

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("GIF: bytes that are not on the list"))
}

fn walk(clean: &[u8]) -> Option<()> {
    let mut from = Cursor::new(clean);
    (from.take(6)? == b"GIF89a").then_some(())?;
    from.take(4)?;
    let [flags, background, 0] = *from.take(3)? else {
        return None;
    };
    let entries = if flags & 0x80 != 0 { 2usize << (flags & 7) } else { 0 };
    (flags & 0x78 == 0x70 && (background == 0 || usize::from(background) < entries))
        .then_some(())?;
    from.take(entries.checked_mul(3)?)?;
    if from.rest().starts_with(b"\x21\xff") {
        notes::is_loop(from.take(19)?).then_some(())?;
    }
    loop {
        match from.u8()? {
            0x3b => return from.is_empty().then_some(()),
            0x21 => {
                let [0xf9, 4, flags, _, _, transparent, 0] = *from.take(7)? else {
                    return None;
                };
                let visible = flags & 1 == 0 && transparent != 0;
                (flags & 0xe2 == 0 && !visible && from.u8()? == 0x2c).then_some(())?;
                frame(&mut from)?;
            }
            0x2c => frame(&mut from)?,
            _ => return None,
        }
    }
}

fn frame(from: &mut Cursor<'_>) -> Option<()> {
    from.take(4)?;
    let pixels = u64::from(from.le16()?) * u64::from(from.le16()?);
    let flags = from.u8()?;
    (flags & 0x38 == 0 && (flags & 0x80 != 0 || flags.trailing_zeros() >= 3)).then_some(())?;
    if flags & 0x80 != 0 {
        from.take(6usize << (flags & 7))?;
    }
    let code_size = from.u8()?;
    let mut packed = Vec::new();
    loop {
        let len = from.u8()?;
        if len == 0 {
            break;
        }
        packed.extend_from_slice(from.take(len.into())?);
        (len == 255 || from.rest().first() == Some(&0)).then_some(())?;
    }
    (count(&packed, code_size)? == pixels).then_some(())
}

/// How many pixels the codes stand for; `None` unless the last code is the end and nothing but
/// zero bits follows.
fn count(packed: &[u8], code_size: u8) -> Option<u64> {
    (2..=8).contains(&code_size).then_some(())?;
    let clear = 1u16 << code_size;
    // How many pixels each code stands for.
    let mut lengths: Vec<u64> = Vec::new();
    let mut before: Option<u64> = None;
    let (mut pixels, mut width) = (0u64, code_size + 1);
    let (mut bits, mut held) = (0u32, 0u8);
    let mut bytes = packed.iter();
    loop {
        while held < width {
            bits |= u32::from(*bytes.next()?) << held;
            held += 8;
        }
        let code = u16::try_from(bits & ((1u32 << width) - 1)).ok()?;
        bits >>= width;
        held -= width;
        if code == clear {
            lengths.clear();
            before = None;
            width = code_size + 1;
            continue;
        }
        if code == clear + 1 {
            return (bits == 0 && bytes.next().is_none()).then_some(pixels);
        }
        let next = lengths.len().checked_add(usize::from(clear))?.checked_add(2)?;
        let len = if code < clear {
            1
        } else if usize::from(code) == next {
            before?.checked_add(1)?
        } else {
            *lengths.get(usize::from(code.checked_sub(clear + 2)?))?
        };
        pixels = pixels.checked_add(len)?;
        if let Some(before) = before
            && next < 4096
        {
            lengths.push(before.checked_add(1)?);
            if next.checked_add(1)? == 1usize << width && width < 12 {
                width += 1;
            }
        }
        before = Some(len);
    }
}

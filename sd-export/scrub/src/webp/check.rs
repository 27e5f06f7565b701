//! The second reader: a small grammar of its own over the clean bytes.

use super::picture::{lossless_size, lossy_size};
use crate::bytes::Cursor;
use crate::{Refusal, exif, icc};

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("WebP: bytes that are not on the list"))
}

/// The next chunk must be of one of these kinds.
fn chunk<'a>(from: &mut Cursor<'a>, kinds: &[&[u8; 4]]) -> Option<(&'a [u8], &'a [u8])> {
    let kind = from.take(4)?;
    kinds.iter().any(|known| known.as_slice() == kind).then_some(())?;
    let len = usize::try_from(from.le32()?).ok()?;
    let body = from.take(len)?;
    if len % 2 == 1 {
        (from.u8()? == 0).then_some(())?;
    }
    Some((kind, body))
}

fn walk(clean: &[u8]) -> Option<()> {
    let mut from = Cursor::new(clean);
    (from.take(4)? == b"RIFF").then_some(())?;
    let len = usize::try_from(from.le32()?).ok()?;
    (len == clean.len().checked_sub(8)? && from.take(4)? == b"WEBP").then_some(())?;
    if !from.rest().starts_with(b"VP8X") {
        picture(&mut from, false)?;
        return from.is_empty().then_some(());
    }
    let (_, head) = chunk(&mut from, &[b"VP8X"])?;
    let [flags, 0, 0, 0, ..] = *head else {
        return None;
    };
    (head.len() == 10 && flags & 0xc5 == 0).then_some(())?;
    if flags & 0x20 != 0 {
        let (_, profile) = chunk(&mut from, &[b"ICCP"])?;
        icc::is_canonical(profile, 3).then_some(())?;
    }
    if flags & 2 != 0 {
        let (_, head) = chunk(&mut from, &[b"ANIM"])?;
        (head.len() == 6).then_some(())?;
        while from.rest().starts_with(b"ANMF") {
            let (_, body) = chunk(&mut from, &[b"ANMF"])?;
            let mut inner = Cursor::new(body);
            (inner.take(16)?.last()? & 0xfc == 0).then_some(())?;
            picture(&mut inner, true)?;
            inner.is_empty().then_some(())?;
        }
    } else {
        picture(&mut from, true)?;
    }
    if flags & 8 != 0 {
        let (_, turn) = chunk(&mut from, &[b"EXIF"])?;
        exif::is_orientation_only(turn).then_some(())?;
    }
    from.is_empty().then_some(())
}

fn picture(from: &mut Cursor<'_>, extended: bool) -> Option<()> {
    if extended && from.rest().starts_with(b"ALPH") {
        let (_, alpha) = chunk(from, &[b"ALPH"])?;
        (alpha.first()? & 0xc2 == 0).then_some(())?;
        let (_, body) = chunk(from, &[b"VP8 "])?;
        return lossy_size(body).map(|_| ());
    }
    match chunk(from, &[b"VP8 ", b"VP8L"])? {
        (b"VP8 ", body) => lossy_size(body).map(|_| ()),
        (_, body) => lossless_size(body).map(|_| ()),
    }
}

//! The second reader: pages numbered without a gap, one serial number, empty comments.

use super::page::Page;
use super::{EMPTY_OPUS, EMPTY_VORBIS, SERIAL, opus};
use crate::Refusal;
use crate::bytes::Cursor;

/// Checks that a clean file holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("Ogg: bytes that are not on the list");
    let mut from = Cursor::new(clean);
    let mut number = 0u32;
    let mut is_opus = false;
    while !from.is_empty() {
        let mut page = Page::read(&mut from)?;
        let first = (page.flags & 2 != 0) == (number == 0);
        if page.number != number || page.serial != SERIAL || !first {
            return Err(fault());
        }
        let sound = match number {
            0 => {
                is_opus = page.body.starts_with(b"OpusHead");
                let len = if is_opus { opus::head_len(page.body) } else { Some(30) };
                len == Some(page.body.len())
            }
            1 if is_opus => page.body == EMPTY_OPUS,
            1 => page
                .body
                .strip_prefix(EMPTY_VORBIS)
                .is_some_and(|setup| setup.starts_with(b"\x05vorbis")),
            _ => !is_opus || !opus::tidy(&mut page)?,
        };
        if !sound {
            return Err(fault());
        }
        number = number.wrapping_add(1);
    }
    if number < 2 { Err(fault()) } else { Ok(()) }
}

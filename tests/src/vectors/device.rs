//! A bundle on a bare device, as our writer puts it there.

use std::io;

use sd_bundle::{Item, RAW_RESERVE, write_raw};
use sd_fs::Quiet;

use super::{Content, Laid, Place};
use crate::vm::{Bare, Chip};

/// Bytes of the device behind bundle and tail.
pub(super) fn last() -> usize {
    usize::try_from(RAW_RESERVE).unwrap_or(usize::MAX)
}

/// The device that a bundle fills together with this many bytes of tail.
pub(super) fn device(content: &Content, laid: &Laid, tail: usize) -> io::Result<Laid> {
    let size = laid.bytes().len() + tail + last();
    let mut chip = Bare::of(Chip::blank(size as u64));
    let sealed = &laid.bytes()[laid.content(Place::Manifest)..laid.filling(Place::Manifest)];
    let mut ciphertexts = content.entries.iter().map(|e| io::Cursor::new(e.ciphertext.clone()));
    let open = |_: &Item| ciphertexts.next().ok_or_else(|| io::Error::other("no ciphertext"));
    write_raw(&mut chip, &content.manifest, sealed, open, &mut Quiet).map_err(io::Error::other)?;
    let image = chip.chip().flash().image();
    if image.starts_with(laid.bytes()) {
        Ok(laid.on(image))
    } else {
        Err(io::Error::other("another bundle than in a file"))
    }
}

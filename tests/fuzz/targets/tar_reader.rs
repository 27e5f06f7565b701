//! The strict reader over a good bundle that the input has changed.
//!
//! Input: edits (flip, set, insert, delete, cut, repeat a block), each with a place, and how the
//! medium behaves. The manifest is authentic, so whatever is accepted is the good bundle byte for
//! byte, and every member that was called whole has the SHA-256 of the manifest. The good bundle
//! itself is never refused.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sd_bundle::{Attested, Bundle, BundleError, Limits};
use sd_fs::Quiet;
use sd_fuzz::{Good, Recorder, Short, assert_plain, good};

static GOOD: LazyLock<Good> = LazyLock::new(good);

/// The first mebibyte holds nothing but the pad.
const PAD: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((medium, edits)) = data.split_first() else { return };
    let mut bytes = GOOD.bytes.clone();
    edit(&mut bytes, edits);
    // A medium may tell another length than it has.
    let told = if medium & 1 == 0 { bytes.len() } else { GOOD.bytes.len() } as u64;
    let most = if medium & 2 == 0 { usize::MAX } else { 4099 };
    let mut sink = Recorder::default();
    let read = read(Short { bytes: &bytes, most }, told, &mut sink);
    for (n, (name, content)) in sink.ended.iter().enumerate() {
        assert_eq!((name, content), (&format!("m-{:06}.pgp", n + 1), &GOOD.members[n]));
    }
    match read {
        Ok(members) => {
            assert!(bytes == GOOD.bytes, "a changed bundle was accepted");
            assert_eq!((members, sink.ended.len()), (3, 3));
        }
        Err(e) => {
            assert!(bytes != GOOD.bytes, "the good bundle was refused: {e}");
            assert_plain(&e.to_string());
        }
    }
});

fn read(source: Short<'_>, told: u64, sink: &mut Recorder) -> Result<usize, BundleError> {
    let bundle = Bundle::open(source, told, Limits::default())?;
    let bundle = bundle.authenticate(Attested::vouch(GOOD.json.clone()))?;
    Ok(bundle.copy_members(sink, &mut Quiet)?.entries().len())
}

/// At most eight edits of five bytes each: what, where (three bytes), with which byte.
fn edit(bytes: &mut Vec<u8>, edits: &[u8]) {
    for one in edits.chunks_exact(5).take(8) {
        let &[what, a, b, c, with] = one else { return };
        let place = u32::from_le_bytes([a, b, c, 0]) as usize;
        // Half of the edits go where something stands.
        let from = if what & 0x80 == 0 { PAD.min(bytes.len()) } else { 0 };
        let at = from + place % (bytes.len() - from + 1);
        match (what & 0x7f) % 7 {
            0 if at < bytes.len() => bytes[at] ^= with,
            1 if at < bytes.len() => bytes[at] = with,
            2 => drop(bytes.splice(at..at, std::iter::repeat_n(with, 1 + place % 1024))),
            3 => drop(bytes.drain(at..bytes.len().min(at + 1 + usize::from(with)))),
            4 => bytes.truncate(at),
            5 => repeat_block(bytes, at, with),
            6 => bytes.extend_from_within(at..bytes.len().min(at + 512)),
            _ => {}
        }
    }
}

/// Sets a copy of the block at a place somewhere else, as a tar file would have it.
fn repeat_block(bytes: &mut Vec<u8>, at: usize, to: u8) {
    let start = at - at % 512;
    let end = bytes.len().min(start + 512);
    let block = bytes[start..end].to_vec();
    let to = (PAD + usize::from(to) % 32 * 512).min(bytes.len());
    drop(bytes.splice(to..to, block));
}

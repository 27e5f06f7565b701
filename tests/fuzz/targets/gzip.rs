//! The worker's way with a document, once it is decrypted: gzip with a name, or plain.
//!
//! Input: how the bytes come, and the bytes. libdeflate reads the same stream: what we accept, it
//! must accept with the same content and the same end, and what it accepts within the limit we
//! must not refuse, for that would be a lost submission. The name is the header's (a second reader
//! finds it), 1,024 bytes at most; the file it is stored under is one plain component.
#![no_main]

use libdeflater::{DecompressionError, Decompressor};
use libfuzzer_sys::fuzz_target;
use sd_airgap::fuzzing::{document, stored_name};
use sd_fuzz::{Short, assert_plain, gzip_header};

const LIMIT: usize = 64 << 10;

fuzz_target!(|data: &[u8]| {
    let Some((how, bytes)) = data.split_first() else { return };
    let mut source = Short { bytes, most: if how & 1 == 0 { usize::MAX } else { 7 } };
    let taken = document(&mut source, LIMIT as u64).expect("a source that does not fail");
    let second = second_reading(bytes);
    let taken = match taken {
        Ok(taken) => taken,
        Err(why) => {
            assert_plain(&why);
            // A checksum of the header itself is ours alone to check.
            let may_differ = bytes.get(3).is_some_and(|flags| flags & 2 != 0);
            assert!(second.is_none() || may_differ, "{why}, though libdeflate reads it");
            return;
        }
    };
    assert!(taken.content.len() <= LIMIT);
    let Some(name) = taken.gzip else {
        assert!(!bytes.starts_with(&[0x1f, 0x8b]));
        assert_eq!((taken.content.as_slice(), taken.leftover), (bytes, 0));
        return;
    };
    let left = taken.leftover as usize + source.bytes.len();
    let stream = &bytes[..bytes.len().checked_sub(left).expect("not more left than there was")];
    assert_eq!(second_reading(stream).as_deref(), Some(taken.content.as_slice()));
    let shorter = &stream[..stream.len() - 1];
    assert_eq!(second_reading(shorter), None, "the stream ends before its end");
    let known = gzip_header::name(bytes).expect("a header");
    let known = known.map(|name| &name[..name.len().min(1024)]);
    assert_eq!(name.as_deref(), known);
    check_name(name.as_deref().unwrap_or_default());
});

/// What libdeflate makes of it, if that is within the limit.
fn second_reading(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = vec![0; LIMIT];
    match Decompressor::new().gzip_decompress(bytes, &mut content) {
        Ok(size) => {
            content.truncate(size);
            Some(content)
        }
        Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => None,
    }
}

fn check_name(raw: &[u8]) {
    let stored = stored_name(raw);
    assert_plain(&stored);
    assert!((1..=200).contains(&stored.len()));
    assert!(!stored.contains(['/', '\\']) && !stored.starts_with(['.', '-']));
}

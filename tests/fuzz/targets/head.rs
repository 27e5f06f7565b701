//! The front of a bundle, before anything is authentic.
//!
//! Input: what stands behind a good pad. It is read as a file of its own length, and as one of the
//! length that its head claims. Whatever is accepted is written again, head and headers, by the
//! `tar` crate and by hand: there is one spelling, so the bytes must be the same.
#![no_main]

use std::io::Read as _;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sd_bundle::{Bundle, Limits};
use sd_fs::Blake3;
use sd_fuzz::{assert_plain, good, pad, tar_member};

static PAD: LazyLock<Vec<u8>> = LazyLock::new(pad);

fuzz_target!(init: assert!(read(&good().bytes[PAD.len()..], good().bytes.len() as u64)), |data: &[u8]| {
    read(data, (PAD.len() + data.len()) as u64);
    if let Some(length) = claimed(data) {
        read(data, length);
    }
});

/// Whether it was accepted.
fn read(data: &[u8], length: u64) -> bool {
    let limits = Limits { sealed: 1 << 20, ..Limits::default() };
    match Bundle::open(PAD.as_slice().chain(data), length, limits) {
        Ok(bundle) => {
            assert!(length <= limits.total && bundle.sealed().len() as u64 <= limits.sealed);
            let again = written_again(data, length, bundle.sealed());
            assert!(data.starts_with(&again), "another spelling was accepted");
        }
        Err(e) => {
            assert_plain(&e.to_string());
            return false;
        }
    }
    true
}

/// Head and sealed manifest, from what was understood of them.
fn written_again(data: &[u8], length: u64, sealed: &[u8]) -> Vec<u8> {
    let start = r#"{"format":"sneakernet-bundle","version":1,"bundle":""#;
    let id = data.get(512 + start.len()..512 + start.len() + 32).expect("an identifier");
    assert!(id.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    let id = std::str::from_utf8(id).expect("ASCII");
    let (size, hash) = (sealed.len(), Blake3::of(sealed));
    let head = format!(
        r#"{start}{id}","length":{length},"manifest_size":{size},"manifest_blake3":"{hash}"}}"#
    );
    let head = tar_member("1-head.json", head.as_bytes());
    [head, tar_member("2-manifest.json.zst.pgp", sealed)].concat()
}

/// The number behind `"length":`, if there is one.
fn claimed(data: &[u8]) -> Option<u64> {
    let key = br#""length":"#;
    let at = data.windows(key.len()).position(|w| w == key)? + key.len();
    let digits: Vec<u8> = data[at..].iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).ok()?.parse().ok()
}

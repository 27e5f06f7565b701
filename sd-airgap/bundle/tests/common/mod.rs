//! A small bundle of three members.
#![expect(clippy::expect_used, reason = "a test that cannot go on should say where")]

use sd_bundle::{BundleId, Item, Kind, Manifest, Nonce, Timestamp};
use sd_fs::Hasher;

/// Stands for the sealed manifest: the reader only hashes it.
pub(crate) const SEALED: &[u8] = b"sealed, and opened by somebody else";

fn item(n: u32, ciphertext: &[u8]) -> Item {
    let mut hasher = Hasher::new();
    hasher.update(ciphertext);
    let digests = hasher.finish();
    Item {
        source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
        item: format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID"),
        number: n,
        kind: Kind::Message,
        designation: "focal ghost".to_owned().try_into().expect("a designation"),
        size: digests.size,
        sha256: digests.sha256,
        blake3: digests.blake3,
    }
}

pub(crate) fn ciphertext(n: u32, seed: u8) -> Vec<u8> {
    (0..100 + n * 500).map(|i| ((i * 7 + n) % 251).to_le_bytes()[0] ^ seed).collect()
}

pub(crate) fn manifest(seed: u8) -> Manifest {
    let note = |t: &str| t.to_owned().try_into().expect("a note");
    Manifest::new(
        BundleId::from_bytes([seed; 16]),
        1,
        None,
        Timestamp::from_unix(0),
        (note("0.1.0"), note("Debian 12")),
        Nonce::from_bytes([seed; 32]),
        (1..=3).map(|n| item(n, &ciphertext(n, seed))).collect(),
    )
}

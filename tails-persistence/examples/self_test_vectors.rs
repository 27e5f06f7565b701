//! Prints `tails-persistence/release/self-test.json`, from the test vectors of the bundle format:
//! `cargo run -p tails-persistence --example self_test_vectors`.
#![expect(clippy::disallowed_methods, reason = "an example reads the repository's own files")]

use std::io::{self, Write as _};

use sd_fs::Sha256;
use tails_persistence::Vectors;

/// The fingerprint of `tests/vectors/bundle/workstation.pub.asc`.
const FINGERPRINT: &str = "399A1919AA85B160EF98888F8670E7E863866A11";

/// A text with a character that nobody sees, and the text without it.
const TEXT: &str = "Nobody sees what stands here:\u{200b}\u{2060} nothing.\n";
const CLEAN: &str = "Nobody sees what stands here: nothing.\n";

fn main() -> io::Result<()> {
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests");
    let vector = std::fs::read(format!("{tests}/vectors/bundle/good.vector"))?;
    let end = vector.windows(2).position(|w| w == b"\n\n").ok_or(io::ErrorKind::InvalidData)?;
    let head = String::from_utf8_lossy(&vector[..end]).into_owned();
    let plaintexts = head.lines().filter_map(|l| l.strip_prefix("plaintext: ")?.split_once(' '));
    let plaintexts = plaintexts
        .map(|(item, sha256)| Ok((item.to_owned(), sha256.parse().map_err(io::Error::other)?)))
        .collect::<io::Result<Vec<(String, Sha256)>>>()?;
    let keys = [
        std::fs::read_to_string(format!("{tests}/data/keys/submission.sec.asc"))?,
        std::fs::read_to_string(format!("{tests}/vectors/bundle/workstation.pub.asc"))?,
        FINGERPRINT.to_owned(),
    ];
    let document = (TEXT.to_owned(), Sha256::of(CLEAN.as_bytes()));
    let vectors = Vectors::new(keys, &vector[end + 2..], plaintexts, document);
    io::stdout().write_all(&vectors.to_json())
}

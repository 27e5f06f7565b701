//! The zstd frame in the sealed manifest: one, whole, of a size that fits.

use std::io;

use sd_bundle::Region;

use super::{Case, refused};
use crate::ciphertext::broken;
use crate::vectors::Expect;
use crate::vectors::envelope::{frame, frame_with_checksum, frame_with_window};
use crate::vectors::kit::json;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = frames();
    cases.extend(damaged_frames());
    cases
}

/// Signed and encrypted as it should be, around something else than one good zstd frame.
fn packed(
    name: &'static str,
    expect: Expect,
    comment: &'static str,
    pack: impl Fn(&[u8]) -> io::Result<Vec<u8>> + 'static,
) -> Case {
    refused(name, (expect, Some(Region::Manifest)), comment, move |kit| {
        let content = pack(json(&kit.one)?.as_bytes())?;
        kit.with_sealed(&kit.seal(&content)?)
    })
}

fn damaged_frames() -> Vec<Case> {
    use Expect::BadCompression;
    vec![
        packed(
            "zstd-none",
            BadCompression,
            "The JSON is not compressed.",
            |json| Ok(json.to_vec()),
        ),
        packed("zstd-empty", BadCompression, "Nothing is signed.", |_| Ok(Vec::new())),
        packed("zstd-cut", BadCompression, "The frame lacks its last 5 bytes.", |json| {
            Ok(broken::truncated(&frame(json)?, 5))
        }),
        packed("zstd-checksum", BadCompression, "The frame's checksum is wrong.", |json| {
            Ok(broken::flipped(&frame_with_checksum(json)?, 0))
        }),
        packed("zstd-trailing-byte", BadCompression, "A byte follows the frame.", |json| {
            Ok([&frame(json)?[..], &[0]].concat())
        }),
        packed("zstd-trailing-text", BadCompression, "Text follows the frame.", |json| {
            Ok([&frame(json)?[..], b"and something more"].concat())
        }),
    ]
}

fn frames() -> Vec<Case> {
    use Expect::{BadCompression, Bomb};
    vec![
        packed("zstd-two-frames", BadCompression, "The JSON is in two frames.", |json| {
            let (one, two) = json.split_at(json.len() / 2);
            Ok([frame(one)?, frame(two)?].concat())
        }),
        packed("zstd-empty-frame", BadCompression, "An empty frame follows.", |json| {
            Ok([frame(json)?, frame(&[])?].concat())
        }),
        packed("zstd-skippable", BadCompression, "A skippable frame stands first.", |json| {
            Ok([b"\x50\x2a\x4d\x18\x06\0\0\0hidden", &frame(json)?[..]].concat())
        }),
        packed("zstd-window", BadCompression, "The frame asks for 256 MiB of window.", |json| {
            Ok(frame_with_window(json, 28))
        }),
        packed(
            "zstd-bomb",
            Bomb,
            "The JSON is followed by spaces up to one byte more than 64 MiB.",
            |json| {
                let mut long = json.to_vec();
                long.resize((64 << 20) + 1, b' ');
                frame(&long)
            },
        ),
    ]
}

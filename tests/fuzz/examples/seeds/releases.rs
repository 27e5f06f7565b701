//! Releases, their roots and their signed parts.

#[path = "../../../../tails-persistence/release/tests/kit/mod.rs"]
mod kit;

use kit::Kit;
use sd_release::chain_to_bytes;

use super::Seeds;

/// The first byte of a seed says which reader it is for.
pub(super) fn releases() -> Seeds {
    let (plain, rotated) = (Kit::new(), Kit::rotated());
    let seed = |name: &str, what: u8, bytes: &[u8]| (name.to_owned(), [&[what], bytes].concat());
    let json = |text: String| text.into_bytes();
    vec![
        seed("file", 0, &plain.build()),
        seed("file-rotated", 0, &rotated.build()),
        seed("file-one-key-short", 0, &Kit { by: vec![1], ..Kit::new() }.build()),
        seed("chain", 1, &chain_to_bytes(&plain.chain)),
        seed("chain-rotated", 1, &chain_to_bytes(&rotated.chain)),
        seed("root", 2, &kit::second().to_json()),
        seed("root-all-new", 2, &kit::root(2, &[1, 2, 3, 4], &[]).to_json()),
        seed("signed", 3, &plain.manifest().to_json()),
        seed("signed-no-max", 3, &json(plain.json_with(r#""max":"7.9""#, r#""max":null"#))),
        seed("signed-patch", 3, &json(plain.json_with(r#""max":"7.9""#, r#""max":"7.9.2""#))),
        seed("edits-none", 4, &[]),
        seed("edits-undone", 4, &[9, 0, 1, 9, 0, 1]),
        seed("edits-header", 4, &[16, 0, 1]),
        seed("edits-behind", 4, &[0, 8, 255]),
    ]
}

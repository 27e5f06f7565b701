//! The pad, and files that are no bundle at all.

use sd_bundle::Region;

use super::{Case, damaged, refused};
use crate::vectors::{Expect, Place};

const NOT_A_BUNDLE: (Expect, Option<Region>) = (Expect::NotABundle, None);

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        refused("empty", NOT_A_BUNDLE, "A file of no bytes.", |kit| Ok(kit.good.clone().cut(0))),
        refused("text-file", NOT_A_BUNDLE, "A text instead of a bundle.", |kit| {
            let text = b"This is not the bundle you are looking for.\n".repeat(40);
            Ok(kit.good.clone().cut(text.len()).put(0, &text))
        }),
        refused(
            "cut-in-first-header",
            NOT_A_BUNDLE,
            "The file ends inside its first header block.",
            |kit| Ok(kit.good.clone().cut(300)),
        ),
        refused(
            "pad-missing",
            NOT_A_BUNDLE,
            "The bundle begins with the head; the length in the head is right.",
            |kit| {
                let length = kit.good.bytes().len() - (1 << 20);
                Ok(kit.good.clone().head_number("length", length)?.without(Place::Pad))
            },
        ),
    ];
    cases.extend(header_fields());
    cases.extend(content());
    cases
}

fn header_fields() -> Vec<Case> {
    let field = |name, at, bytes: &'static [u8], comment| {
        refused(name, NOT_A_BUNDLE, comment, move |kit| {
            Ok(kit.good.clone().field(Place::Pad, at, bytes))
        })
    };
    vec![
        field("pad-header-name", 0, b"1-pad", "The first member is named 1-pad."),
        field("pad-header-size", 124, b"00003777001\0", "The pad's header says one byte more."),
        field("pad-header-type", 156, b"5", "The pad is called a directory."),
        refused("pad-header-checksum", NOT_A_BUNDLE, "The pad's checksum is wrong.", |kit| {
            Ok(kit.good.clone().flip(150))
        }),
    ]
}

fn content() -> Vec<Case> {
    let pad = || damaged(Region::Pad);
    vec![
        refused("pad-first-byte", pad(), "The first byte behind the pad's header is set.", |kit| {
            Ok(kit.good.clone().flip(512))
        }),
        refused("pad-last-byte", pad(), "The last byte of the pad is set.", |kit| {
            Ok(kit.good.clone().flip((1 << 20) - 1))
        }),
        refused(
            "pad-superblock",
            pad(),
            "The magic number of an ext4 superblock stands in the pad, at offset 1080.",
            |kit| Ok(kit.good.clone().put(1080, &[0x53, 0xef])),
        ),
        refused(
            "truncated-in-pad",
            (Expect::Truncated, Some(Region::Pad)),
            "The file ends inside the pad.",
            |kit| Ok(kit.good.clone().cut(700_000)),
        ),
    ]
}

//! The head: a hint, and still in one canonical form.

use std::io;

use sd_bundle::Region;

use super::{Case, damaged, refused};
use crate::vectors::laid::{set, value};
use crate::vectors::{Expect, Place, once};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = another_kind();
    cases.extend(not_canonical());
    cases.extend(wrong_fields());
    cases.extend(block());
    cases.extend(hints());
    cases
}

/// The head's JSON edited, its header made to fit.
fn edited(
    name: &'static str,
    expect: (Expect, Option<Region>),
    comment: &'static str,
    edit: impl Fn(&str) -> io::Result<String> + 'static,
) -> Case {
    refused(name, expect, comment, move |kit| kit.good.clone().head(&edit))
}

fn another_kind() -> Vec<Case> {
    let not_a_bundle = || (Expect::NotABundle, None);
    vec![
        edited("head-format", not_a_bundle(), "The head calls itself another format.", |json| {
            set(json, "format", "\"sneakernet-bundles\"")
        }),
        edited("head-version", not_a_bundle(), "The head is of version 2.", |json| {
            set(json, "version", "2")
        }),
        edited(
            "head-version-new-field",
            not_a_bundle(),
            "The head is of version 2 and has a field that version 1 does not know.",
            |json| once(&set(json, "version", "2")?, "}", ",\"media\":1}"),
        ),
    ]
}

/// JSON that means the same and is written otherwise.
fn not_canonical() -> Vec<Case> {
    let head = || damaged(Region::Head);
    vec![
        edited("head-space", head(), "One space stands behind the first colon.", |json| {
            once(json, "\"format\":", "\"format\": ")
        }),
        edited("head-newline", head(), "A newline follows the head's JSON.", |json| {
            Ok(format!("{json}\n"))
        }),
        edited("head-order", head(), "Format and version have changed places.", |json| {
            let moved = once(json, "\"version\":1,", "")?;
            once(&moved, "{", "{\"version\":1,")
        }),
        edited("head-escape", head(), "A letter of the format is written as \\u0073.", |json| {
            once(json, "\"sneakernet-", "\"\\u0073neakernet-")
        }),
        edited("head-array", head(), "The head is an array of its values.", |json| {
            let fields = ["format", "version", "bundle", "length", "manifest_size"];
            let without = |json: String, field: &&str| once(&json, &format!("\"{field}\":"), "");
            let bare = fields.iter().try_fold(json.to_owned(), without)?;
            let bare = once(&bare, "\"manifest_blake3\":", "")?;
            Ok(bare.replace('{', "[").replace('}', "]"))
        }),
        edited("head-float", head(), "The version is written as 1.0.", |json| {
            set(json, "version", "1.0")
        }),
    ]
}

fn wrong_fields() -> Vec<Case> {
    let head = || damaged(Region::Head);
    vec![
        edited("head-unknown-field", head(), "The head has a field more.", |json| {
            once(json, "}", ",\"media\":1}")
        }),
        edited("head-missing-field", head(), "The head does not tell its length.", |json| {
            let length = format!("\"length\":{},", value(json, "length")?);
            once(json, &length, "")
        }),
        edited("head-duplicate-key", head(), "The version stands there twice.", |json| {
            once(json, "\"version\":1,", "\"version\":1,\"version\":1,")
        }),
        edited("head-duplicate-length", head(), "Two lengths, the second right.", |json| {
            once(json, "\"length\":", "\"length\":1,\"length\":")
        }),
        edited("head-bundle-id-case", head(), "The bundle id is in upper case.", |json| {
            set(json, "bundle", "\"0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A\"")
        }),
        edited("head-bundle-id-short", head(), "The bundle id has 31 digits.", |json| {
            set(json, "bundle", "\"0101010101010101010101010101010\"")
        }),
        edited("head-hash-case", head(), "The manifest's hash is in upper case.", |json| {
            let hash = value(json, "manifest_blake3")?.to_uppercase();
            set(json, "manifest_blake3", &hash)
        }),
        edited("head-not-json", head(), "The head's JSON lacks its last brace.", |json| {
            once(json, "}", "")
        }),
        edited("head-empty", head(), "The head's JSON has no bytes.", |_| Ok(String::new())),
    ]
}

/// The block around the JSON, and its header.
fn block() -> Vec<Case> {
    let head = || damaged(Region::Head);
    vec![
        refused("head-header-name", head(), "The head is named 1-head.JSON.", |kit| {
            Ok(kit.good.clone().field(Place::Head, 7, b"JSON"))
        }),
        refused("head-header-mode", head(), "The head's mode is 0644.", |kit| {
            Ok(kit.good.clone().field(Place::Head, 100, b"0000644\0"))
        }),
        refused("head-header-checksum", head(), "The head's checksum is wrong.", |kit| {
            let at = kit.good.start(Place::Head) + 150;
            Ok(kit.good.clone().flip(at))
        }),
        refused("head-header-size", head(), "The header counts the NUL behind the JSON.", |kit| {
            let size = kit.good.filling(Place::Head) - kit.good.content(Place::Head) + 1;
            Ok(kit.good.clone().field(Place::Head, 124, format!("{size:011o}\0").as_bytes()))
        }),
        refused("head-filling-last", head(), "The last byte of the head's block is set.", |kit| {
            let at = kit.good.start(Place::Manifest) - 1;
            Ok(kit.good.clone().flip(at))
        }),
        refused(
            "head-filling-hidden",
            head(),
            "A second head stands behind the first one and a NUL.",
            |kit| {
                let at = kit.good.filling(Place::Head) + 1;
                Ok(kit.good.clone().put(at, b"{\"format\":\"x\"}"))
            },
        ),
    ]
}

/// A canonical head whose hints are wrong.
fn hints() -> Vec<Case> {
    let manifest = || damaged(Region::Manifest);
    vec![
        edited("head-hash", manifest(), "The head has another hash of the manifest.", |json| {
            set(json, "manifest_blake3", &format!("\"{}\"", "5a".repeat(32)))
        }),
        refused("head-size", manifest(), "The head says one byte more of manifest.", |kit| {
            let size = kit.good.filling(Place::Manifest) - kit.good.content(Place::Manifest);
            kit.good.clone().head_number("manifest_size", size + 1)
        }),
        refused(
            "manifest-too-large",
            (Expect::TooLarge, Some(Region::Manifest)),
            "The head says one byte of manifest more than 32 MiB.",
            |kit| kit.good.clone().head_number("manifest_size", (32 << 20) + 1),
        ),
        edited(
            "head-bundle-id",
            (Expect::Swapped, None),
            "The head has another bundle id than the manifest.",
            |json| set(json, "bundle", &format!("\"{}\"", "5a".repeat(16))),
        ),
    ]
}

//! A manifest that is sealed as it should be, and says what cannot be.

use std::io;

use sd_bundle::Region;

use super::{Case, damaged_member, refused};
use crate::vectors::kit::json;
use crate::vectors::laid::{set, value};
use crate::vectors::{Expect, once};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_the_bundle();
    cases.extend(of_the_members());
    cases.extend(sizes_and_hashes());
    cases.extend(fields());
    cases.extend(shape());
    cases.extend(inside());
    cases.extend(spelling());
    cases
}

/// The same manifest in other bytes.
fn spelling() -> Vec<Case> {
    vec![
        bad("json-space", "The manifest has white space.", |json| {
            Ok(format!(" {}\n", once(json, "\"version\":1", "\"version\" : 1")?))
        }),
        bad("json-order", "Sequence and bundle id have changed places.", |json| {
            let without = once(json, "\"sequence\":1,", "")?;
            once(&without, "\"bundle\":", "\"sequence\":1,\"bundle\":")
        }),
        bad("json-escape", "A letter of the manifest's format is escaped.", |json| {
            once(json, "sneakernet-", "\\u0073neakernet-")
        }),
    ]
}

/// The JSON edited and sealed again.
fn edited(
    name: &'static str,
    expect: (Expect, Option<Region>),
    comment: &'static str,
    edit: impl Fn(&str) -> io::Result<String> + 'static,
) -> Case {
    refused(name, expect, comment, move |kit| {
        let json = edit(&json(&kit.one)?)?;
        kit.with_json(json.as_bytes())
    })
}

fn bad(
    name: &'static str,
    comment: &'static str,
    edit: impl Fn(&str) -> io::Result<String> + 'static,
) -> Case {
    edited(name, (Expect::BadManifest, None), comment, edit)
}

/// Another value for the first field of this name.
fn with(
    name: &'static str,
    field: &'static str,
    value: &'static str,
    comment: &'static str,
) -> Case {
    bad(name, comment, move |json| set(json, field, value))
}

fn of_the_bundle() -> Vec<Case> {
    vec![
        with("json-format", "format", "\"sneakernet-bundle\"", "It has the head's format."),
        with("json-version", "version", "2", "It is of version 2."),
        bad("json-version-new-field", "It is of version 2 and has a field more.", |json| {
            once(&set(json, "version", "2")?, "{\"format\"", "{\"media\":1,\"format\"")
        }),
        with("json-version-float", "version", "1.0", "Its version is 1.0."),
        edited(
            "json-bundle-id",
            (Expect::Swapped, None),
            "It has another bundle id than the head.",
            |json| set(json, "bundle", &format!("\"{}\"", "5a".repeat(16))),
        ),
        with("json-sequence-negative", "sequence", "-1", "Its number is negative."),
        with("json-sequence-large", "sequence", "18446744073709551616", "Its number is 2^64."),
        with("json-sequence-text", "sequence", "\"1\"", "Its number is a string."),
        with("json-previous", "previous", "\"00\"", "The hash of the one before has 2 digits."),
        with("json-created", "created", "\"2026-11-23 14:14:31Z\"", "A space instead of T."),
        with("json-created-zone", "created", "\"2026-11-23T14:14:31+00:00\"", "Another zone."),
        with("json-system", "system", r#""Tails\u001b[2J""#, "A note with an escape."),
        bad("json-toolkit", "A note of 81 characters.", |json| {
            set(json, "toolkit", &format!("\"{}\"", "1".repeat(81)))
        }),
        bad("json-nonce", "The nonce has 31 bytes.", |json| {
            set(json, "nonce", &format!("\"{}\"", "07".repeat(31)))
        }),
    ]
}

fn of_the_members() -> Vec<Case> {
    vec![
        with("json-name-short", "name", "\"m-1.pgp\"", "The first member is m-1.pgp."),
        with("json-name-path", "name", "\"../../../pgp\"", "The first member's name climbs."),
        bad("json-names-swapped", "The two names have changed places.", |json| {
            let one = once(json, "m-000001.pgp", "m-00000x.pgp")?;
            once(&once(&one, "m-000002.pgp", "m-000001.pgp")?, "m-00000x.pgp", "m-000002.pgp")
        }),
        with(
            "json-uuid-case",
            "source",
            "\"7C5A4CA2-4817-48C7-8397-B7CAB2CC0B8C\"",
            "A UUID in upper case.",
        ),
        with(
            "json-uuid-path",
            "source",
            "\"../../../../../../../../../../etc/pas\"",
            "A path of 36 characters instead of a UUID.",
        ),
        bad("json-item-twice", "The same item is listed twice.", |json| {
            once(json, "-000100000002\"", "-000100000001\"")
        }),
        with("json-number", "number", "4294967296", "The item's number is 2^32."),
        with("json-kind", "kind", "\"draft\"", "A kind that does not exist."),
        with("json-kind-object", "kind", "{\"message\":null}", "The kind is an object."),
        with("json-designation-escape", "designation", r#""focal \u001b[2Jghost""#, "An escape."),
        with("json-designation-bidi", "designation", r#""focal \u202eghost""#, "A bidi mark."),
        with("json-designation-path", "designation", "\"../ghost\"", "A designation that climbs."),
        with("json-designation-case", "designation", "\"Focal Ghost\"", "Upper case."),
        with("json-designation-spaces", "designation", "\"focal  ghost\"", "Two spaces."),
        with("json-designation-empty", "designation", "\"\"", "No designation."),
        bad("json-designation-long", "A designation of 101 bytes.", |json| {
            set(json, "designation", &format!("\"{}\"", "g".repeat(101)))
        }),
    ]
}

fn sizes_and_hashes() -> Vec<Case> {
    let length = || (Expect::Length, None);
    let larger = |by: u64| {
        move |json: &str| {
            let size: u64 = value(json, "size")?.parse().map_err(io::Error::other)?;
            set(json, "size", &(size + by).to_string())
        }
    };
    let blake3 = format!("\"{}\"", "00".repeat(32));
    vec![
        with("json-size-zero", "size", "0", "A member of no bytes."),
        with("json-size-limit", "size", "671088641", "A member of one byte more than 640 MiB."),
        with("json-size-negative", "size", "-600", "A negative size."),
        edited("json-size-more", damaged_member(1), "A size of one byte more.", larger(1)),
        edited("json-size-block", length(), "A size of one block more.", larger(512)),
        edited("json-blake3", damaged_member(1), "Another BLAKE3.", move |json| {
            set(json, "blake3", &blake3)
        }),
        bad("json-hash-case", "A hash in upper case.", |json| {
            let hash = value(json, "blake3")?.to_uppercase();
            set(json, "blake3", &hash)
        }),
        bad("json-hash-short", "A hash of 63 digits.", |json| {
            let hash = value(json, "sha256")?;
            set(json, "sha256", &format!("\"{}", &hash[2..]))
        }),
    ]
}

fn fields() -> Vec<Case> {
    let missing = |name, field: &'static str, comment| {
        bad(name, comment, move |json| {
            let text = format!("\"{field}\":{},", value(json, field)?);
            Ok(json.replacen(&text, "", 1))
        })
    };
    vec![
        bad("json-unknown-field", "The manifest has a field more.", |json| {
            once(json, "{\"format\"", "{\"media\":1,\"format\"")
        }),
        bad("json-unknown-field-member", "A member has a field more.", |json| {
            once(json, "{\"name\":\"m-000002", "{\"mode\":1,\"name\":\"m-000002")
        }),
        bad("json-unknown-field-item", "An item has a field more.", |json| {
            once(json, "\"kind\":\"document\"", "\"kind\":\"document\",\"file\":\"x\"")
        }),
        missing("json-missing-nonce", "nonce", "The nonce is missing."),
        missing("json-missing-previous", "previous", "The hash of the one before is missing."),
        missing("json-missing-sha256", "sha256", "A member's SHA-256 is missing."),
        bad("json-duplicate-sequence", "Two numbers, 2 and 1.", |json| {
            once(json, "\"sequence\":1", "\"sequence\":2,\"sequence\":1")
        }),
        bad("json-duplicate-version", "The version stands there twice.", |json| {
            once(json, "\"version\":1", "\"version\":1,\"version\":1")
        }),
        bad("json-duplicate-members", "Two lists of members, the first empty.", |json| {
            once(json, "\"members\":", "\"members\":[],\"members\":")
        }),
        bad("json-duplicate-escaped", "Two numbers, one key written with an escape.", |json| {
            once(json, "\"sequence\":1", "\"\\u0073equence\":2,\"sequence\":1")
        }),
        bad("json-duplicate-kind", "An item of two kinds.", |json| {
            once(json, "\"kind\":\"document\"", "\"kind\":\"message\",\"kind\":\"document\"")
        }),
    ]
}

fn shape() -> Vec<Case> {
    vec![
        bad("json-trailing-text", "Text follows the JSON.", |json| Ok(format!("{json} x"))),
        bad("json-trailing-object", "A second object follows.", |json| Ok(format!("{json}{{}}"))),
        bad("json-cut", "The last brace is missing.", |json| Ok(json[..json.len() - 1].to_owned())),
        bad("json-null", "It is null.", |_| Ok("null".to_owned())),
        bad("json-no-object", "It is an empty array.", |_| Ok("[]".to_owned())),
        bad("json-bom", "A byte order mark stands before it.", |json| {
            Ok(format!("\u{feff}{json}"))
        }),
    ]
}

fn inside() -> Vec<Case> {
    vec![
        bad("json-deep", "100,000 brackets where the hash of the one before belongs.", |json| {
            let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
            set(json, "previous", &deep)
        }),
        bad("json-deep-unknown", "100,000 brackets in a field that does not exist.", |json| {
            let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
            once(json, "{\"format\"", &format!("{{\"x\":{deep},\"format\""))
        }),
        bad("json-members-null", "The members are null.", |json| {
            let at = json.find("\"members\":").unwrap_or_default();
            Ok(format!("{}\"members\":null}}", &json[..at]))
        }),
        bad("json-member-array", "A member is an array of its values.", |json| {
            let one = once(json, "{\"name\":\"m-000001.pgp\",\"item\":", "[\"m-000001.pgp\",")?;
            once(&one, "}},{\"name\"", "}],{\"name\"")
        }),
        bad("json-surrogate", "Half of a surrogate pair in the system's name.", |json| {
            set(json, "system", "\"\\ud800\"")
        }),
        refused(
            "json-not-utf-8",
            (Expect::BadManifest, None),
            "A byte that is no UTF-8 stands in the designation.",
            |kit| {
                let json = json(&kit.one)?;
                let at = json.find("focal").ok_or_else(|| io::Error::other("no designation"))?;
                let mut bytes = json.into_bytes();
                bytes[at] = 0xff;
                kit.with_json(&bytes)
            },
        ),
    ]
}

//! Good bundles: what a reader must not refuse, and items it must not open.

use std::io;
use std::time::{Duration, SystemTime};

use sd_bundle::{Kind, Receipt};

use super::{Case, good};
use crate::ciphertext::{Encoding, broken, encrypt, keys, reply};
use crate::vectors::envelope::{frame, frame_with_checksum, frame_with_window};
use crate::vectors::kit::{json, receipt};
use crate::vectors::{Content, Entry, Kit, Laid};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = bundles();
    cases.extend(manifests());
    cases.extend(messages());
    cases.extend(documents());
    cases.extend(items_to_refuse());
    cases
}

/// Plaintext of items that must not open.
const TEXT: &[u8] = b"This must not come out.";

type Made = io::Result<(Laid, Content, Receipt)>;

fn of(kit: &Kit, entries: Vec<Entry>) -> Made {
    let content = Content::new(3, entries)?;
    let (laid, receipt) = kit.lay(&content)?;
    Ok((laid, content, receipt))
}

fn bundles() -> Vec<Case> {
    vec![
        good("good", "A message and a document.", |kit| {
            let receipt = receipt(&kit.one, json(&kit.one)?.as_bytes());
            Ok((kit.good.clone(), kit.one.clone(), receipt))
        }),
        good("good-no-members", "A bundle that carries nothing.", |kit| of(kit, Vec::new())),
        good("good-later", "Number 2^64 - 1, with a hash of one before that is not here.", |kit| {
            let mut content = kit.one.clone();
            content.manifest.sequence = u64::MAX;
            content.manifest.previous = Some(sd_fs::Blake3::of(b"the one before"));
            let (laid, receipt) = kit.lay(&content)?;
            Ok((laid, content, receipt))
        }),
        good("good-signature-from-2090", "The workstation's clock was wrong.", |kit| {
            let json = json(&kit.one)?;
            let then = SystemTime::UNIX_EPOCH + Duration::from_hours(120 * 365 * 24);
            let sealed = kit.seal_at(&frame(json.as_bytes())?, then)?;
            let receipt = receipt(&kit.one, json.as_bytes());
            Ok((kit.with_sealed(&sealed)?, kit.one.clone(), receipt))
        }),
        good("good-whole-block", "A member that needs no filling.", |kit| {
            let full = |text: &String| {
                let entry = Entry::message(&kit.submission, text);
                entry.ok().filter(|e| e.ciphertext.len() % 512 == 0)
            };
            let mut texts = (0..1024).map(|n| "x".repeat(n));
            let found = texts.find_map(|text| full(&text));
            of(kit, vec![found.ok_or_else(|| io::Error::other("no length fits"))?])
        }),
    ]
}

fn manifests() -> Vec<Case> {
    vec![
        good("good-zstd-checksum", "The zstd frame has a checksum.", |kit| {
            let json = json(&kit.one)?;
            let sealed = kit.seal(&frame_with_checksum(json.as_bytes())?)?;
            let receipt = receipt(&kit.one, json.as_bytes());
            Ok((kit.with_sealed(&sealed)?, kit.one.clone(), receipt))
        }),
        good("good-zstd-window", "The zstd frame asks for 128 MiB of window.", |kit| {
            let json = json(&kit.one)?;
            let sealed = kit.seal(&frame_with_window(json.as_bytes(), 27))?;
            let receipt = receipt(&kit.one, json.as_bytes());
            Ok((kit.with_sealed(&sealed)?, kit.one.clone(), receipt))
        }),
    ]
}

fn messages() -> Vec<Case> {
    vec![
        good("good-replies", "Two replies, one ASCII-armored.", |kit| {
            let source = keys::source()?;
            let entry = |text: &str, encoding| {
                let mut ciphertext = Vec::new();
                reply(&source, &kit.submission, text, encoding, &mut ciphertext)?;
                let plaintext = Some(text.as_bytes().to_vec());
                io::Result::Ok(Entry { kind: Kind::Reply, ciphertext, plaintext })
            };
            of(
                kit,
                vec![
                    entry("We received it.", Encoding::Binary)?,
                    entry("We will write again.", Encoding::Armored)?,
                ],
            )
        }),
        good("good-old-message", "A message as servers before SecureDrop 2.7 stored it.", |kit| {
            let plaintext = Some(broken::GNUPG_TEXT.as_bytes().to_vec());
            let ciphertext = broken::GNUPG.to_vec();
            of(kit, vec![Entry { kind: Kind::Message, ciphertext, plaintext }])
        }),
    ]
}

fn documents() -> Vec<Case> {
    vec![
        good(
            "good-hostile-names",
            "Documents whose gzip names climb, are absolute, act on a terminal, or are the store's own.",
            |kit| {
                let names: [&[u8]; 5] = [
                    b"../../../etc/cron.d/x",
                    b"/etc/passwd",
                    b"a\x1b[2J\xe2\x80\xaefdp.exe",
                    b"item.json",
                    b"..",
                ];
                let entry = |name| Entry::document(&kit.submission, name, b"A document.\n");
                of(kit, names.into_iter().map(entry).collect::<io::Result<_>>()?)
            },
        ),
        good("good-document-without-gzip", "A document that is not in gzip.", |kit| {
            let text = b"Not in gzip.\n";
            let mut ciphertext = Vec::new();
            encrypt(&[&kit.submission], &text[..], &mut ciphertext)?;
            let plaintext = Some(text.to_vec());
            of(kit, vec![Entry { kind: Kind::Document, ciphertext, plaintext }])
        }),
    ]
}

/// The bundle is good, and keeps its ciphertexts; one item does not open, the other does.
fn items_to_refuse() -> Vec<Case> {
    let with = |name, comment, kind, make: fn(&Kit) -> io::Result<Vec<u8>>| {
        good(name, comment, move |kit| {
            let fine = Entry::message(&kit.submission, "The next one is fine.")?;
            of(kit, vec![Entry::refused(kind, make(kit)?), fine])
        })
    };
    vec![
        with("item-no-message", "An item that is no OpenPGP message.", Kind::Message, |_| {
            Ok(b"not OpenPGP at all".to_vec())
        }),
        with("item-one-byte", "An item of one byte.", Kind::Message, |_| Ok(vec![0])),
        with("item-not-encrypted", "An item in a literal packet.", Kind::Message, |_| {
            let mut out = Vec::new();
            broken::unencrypted(TEXT, &mut out)?;
            Ok(out)
        }),
        with("item-tampered", "A bit of the item is flipped.", Kind::Message, |kit| {
            let sealed = Entry::message(&kit.submission, "Pay the bearer.")?.ciphertext;
            Ok(broken::flipped(&sealed, 30))
        }),
        with("item-without-mdc", "The item's MDC is cut off.", Kind::Message, |kit| {
            broken::without_mdc(&kit.submission, TEXT)
        }),
        with("item-tag-9", "An item without integrity protection.", Kind::Message, |_| {
            Ok(broken::TAG_9.to_vec())
        }),
        with("item-for-another-key", "Encrypted to the source only.", Kind::Reply, |_| {
            let mut out = Vec::new();
            encrypt(&[&keys::source()?], TEXT, &mut out)?;
            Ok(out)
        }),
        with("item-gzip-damaged", "A document whose gzip ends early.", Kind::Document, |kit| {
            let mut out = Vec::new();
            encrypt(&[&kit.submission], &b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc"[..], &mut out)?;
            Ok(out)
        }),
    ]
}

//! A release: the file that updates a station.
//!
//! The first byte says what the rest is: a whole file, a chain of roots, the JSON of a root or of the
//! signed part (signed here, so that it gets past the signatures), or edits of a good file. Whatever
//! is accepted is written again and must be the same bytes; an edited file is accepted only if
//! nothing was changed.
#![no_main]

#[path = "../../../tails-persistence/release/tests/kit/mod.rs"]
mod kit;

use std::sync::LazyLock;

use kit::Kit;
use libfuzzer_sys::fuzz_target;
use sd_fuzz::assert_plain;
use sd_release::{
    Assembled, Content, Limits, Manifest, Release, ReleaseError, Root, RootError, Signatures,
    chain_to_bytes, parse_chain,
};

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| Kit::rotated().build());

fuzz_target!(init: assert!(file(&GOOD)), |data: &[u8]| {
    let Some((what, rest)) = data.split_first() else { return };
    match what % 5 {
        0 => drop(file(rest)),
        1 => chain(rest),
        2 => root(rest),
        3 => signed_part(rest),
        _ => edits(rest),
    }
});

/// Whether it was accepted; then it is written again from what was understood.
fn file(bytes: &[u8]) -> bool {
    match read(bytes) {
        Ok(again) => assert!(again == bytes, "another spelling was accepted"),
        Err(e) => {
            assert_plain(&e.to_string());
            return false;
        }
    }
    true
}

fn read(bytes: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    let opened = Release::open(bytes, bytes.len() as u64, Limits::default())?;
    let release = opened.verify(&kit::pinned())?;
    let assembled = Assembled {
        roots: release.roots().to_vec(),
        manifest: release.manifest().clone(),
        signatures: Signatures::parse(release.signatures())?,
        changelog: release.changelog().to_vec(),
        vectors: release.vectors().to_vec(),
    };
    let mut package = Vec::new();
    release.check_package(&mut package, &mut sd_fs::Quiet)?;
    let mut again = Vec::new();
    assembled.write(&mut &package[..], &mut again).expect("in memory");
    Ok(again)
}

fn chain(bytes: &[u8]) {
    match parse_chain(bytes) {
        Ok(links) => {
            assert!(chain_to_bytes(&links) == bytes, "another spelling was accepted");
            // Nothing made up here is signed by the keys of the pinned root.
            if let Ok(now) = kit::pinned().follow(&links) {
                assert!(now == kit::pinned() || now == kit::second());
            }
        }
        Err(e) => assert_plain(&e.to_string()),
    }
}

/// The second root of a chain, signed by everybody.
fn root(json: &[u8]) {
    let link = kit::raw_link(2, json.to_vec(), &[1, 2, 3, 4]);
    match kit::pinned().follow(&[link]) {
        Ok(next) => {
            assert!(next.to_json() == json, "another spelling was accepted");
            let keys = next.keys.len();
            assert!(next.number.get() == 2 && (2..=keys).contains(&next.threshold) && keys <= 8);
            let once: std::collections::BTreeSet<_> = next.keys.iter().map(|k| k.id()).collect();
            assert!(once.len() == keys && next.revoked.iter().all(|id| !once.contains(id)));
            assert_plain(&next.name.to_string());
        }
        Err(e) => {
            assert_plain(&e.to_string());
            assert!(e != RootError::Chain);
        }
    }
    if let Ok(alone) = Root::parse(json) {
        assert!(alone.to_json() == json);
    }
}

fn signed_part(json: &[u8]) {
    match Manifest::parse(json, &Limits::default()) {
        Ok(manifest) => {
            assert!(manifest.to_json() == json, "another spelling was accepted");
            assert!(manifest.counter.get() == 1 || manifest.update_from < manifest.counter);
            assert!(manifest.payload() <= (1 << 20) + (4 << 20) + (256 << 20));
        }
        Err(e) => assert_plain(&e.to_string()),
    }
    // Signed, in front of bytes that have other hashes than most JSON says.
    let kit = Kit::new();
    if let Ok(text) = std::str::from_utf8(json)
        && json.len() <= 16 << 10
        && file(&kit.build_signed(text))
    {
        let changelog = Manifest::parse(json, &Limits::default()).expect("read before").changelog;
        assert!(changelog == Content::of(&kit.changelog));
    }
}

/// Three bytes an edit: where, and what it is xored with.
fn edits(bytes: &[u8]) {
    let mut edited = GOOD.clone();
    for edit in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % edited.len();
        edited[at] ^= edit[2];
    }
    assert_eq!(file(&edited), edited == *GOOD);
}

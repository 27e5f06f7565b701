//! The strict reader: every byte of a bundle has an owner.
#![expect(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod common;

use std::io::Read;

use common::{SEALED, ciphertext, manifest};
use sd_bundle::{
    Attested, Bundle, BundleError, Discard, Item, Limits, Manifest, Region, write_bundle,
};
use sd_fs::Quiet;

fn bundle(seed: u8) -> (Vec<u8>, Vec<u8>) {
    let manifest = manifest(seed);
    let mut out = Vec::new();
    let open = |i: &Item| Ok(std::io::Cursor::new(ciphertext(i.number, seed)));
    let length = write_bundle(&mut out, &manifest, SEALED, open, &mut Quiet).expect("written");
    assert_eq!(length, out.len() as u64);
    (out, manifest.to_json().expect("json"))
}

fn read(source: impl Read, length: usize, json: &[u8]) -> Result<usize, BundleError> {
    let bundle = Bundle::open(source, length as u64, Limits::default())?;
    let bundle = bundle.authenticate(Attested::vouch(json.to_vec()))?;
    Ok(bundle.copy_members(&mut Discard, &mut Quiet)?.entries().len())
}

#[test]
fn what_was_written_is_read() {
    let (bytes, json) = bundle(1);
    assert_eq!(read(&bytes[..], bytes.len(), &json).expect("good"), 3);
}

#[test]
fn every_one_byte_change_is_refused() {
    let (bytes, json) = bundle(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (mut bytes, json) = (bytes.clone(), &json);
            scope.spawn(move || {
                for at in (thread..bytes.len()).step_by(threads) {
                    let bit = 1 << (at % 8);
                    bytes[at] ^= bit;
                    assert!(read(&bytes[..], bytes.len(), json).is_err(), "offset {at}");
                    bytes[at] ^= bit;
                }
            });
        }
    });
}

#[test]
fn every_truncation_is_refused() {
    let (bytes, json) = bundle(1);
    // Inside the pad every length is alike; beyond it each one is tried, with the length the
    // medium would tell and with the length the head tells.
    let lengths = (0..bytes.len()).filter(|n| *n >= (1 << 20) - 2 || n % 4099 == 0);
    for length in lengths {
        assert!(read(&bytes[..length], length, &json).is_err(), "cut at {length}");
        assert!(read(&bytes[..length], bytes.len(), &json).is_err(), "cut at {length}");
    }
}

#[test]
fn anything_behind_the_end_is_refused() {
    let (mut bytes, json) = bundle(1);
    let length = bytes.len();
    bytes.push(0);
    assert!(matches!(read(&bytes[..], length + 1, &json), Err(BundleError::Length { .. })));
    assert!(matches!(read(&bytes[..], length, &json), Err(BundleError::Damaged(Region::End))));
}

#[test]
fn a_member_of_another_bundle_is_refused_by_name() {
    let (one, json) = bundle(1);
    let (two, _) = bundle(2);
    assert_eq!(one.len(), two.len());
    // The blocks before the two zero blocks belong to the last member.
    let at = one.len() - 1024 - 1024;
    let mut swapped = one.clone();
    swapped[at..at + 1024].copy_from_slice(&two[at..at + 1024]);
    assert!(matches!(
        read(&swapped[..], swapped.len(), &json),
        Err(BundleError::Damaged(Region::Member(name))) if name == "m-000003.pgp"
    ));
}

#[test]
fn a_manifest_of_another_bundle_is_refused() {
    let (one, _) = bundle(1);
    let (_, json) = bundle(2);
    assert!(matches!(read(&one[..], one.len(), &json), Err(BundleError::Swapped)));
}

#[test]
fn the_tar_crate_reads_the_same_members() {
    let (bytes, json) = bundle(1);
    let expected: Manifest = Manifest::parse(&json, &Limits::default()).expect("a manifest");
    let mut archive = tar::Archive::new(&bytes[..]);
    let mut names = Vec::new();
    for entry in archive.entries().expect("entries").raw(true) {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a name").to_string_lossy().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        if let Some(member) = expected.members.iter().find(|m| m.name == name) {
            assert_eq!(sd_fs::Blake3::of(&content), member.item.blake3);
        }
        names.push(name);
    }
    let fixed = ["0-pad", "1-head.json", "2-manifest.json.zst.pgp"];
    let members = ["m-000001.pgp", "m-000002.pgp", "m-000003.pgp"];
    assert_eq!(names, [fixed, members].concat());
}

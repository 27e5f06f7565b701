//! A manifest's JSON.
//!
//! It is read as it is, and once more as this toolkit would spell it, so that the search gets past
//! the spelling. Whatever is accepted is spelled again with the same bytes, has its members under
//! their neutral names, each item once, every size within the limits, and nothing in it acts on
//! a terminal.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use sd_bundle::{Limits, Manifest};
use sd_fs::Blake3;
use sd_fuzz::{assert_plain, good};

fuzz_target!(init: assert!(read(&good().json, &Limits::default())), |data: &[u8]| {
    let limits = Limits { members: 4, ..Limits::default() };
    read(data, &limits);
    if let Ok(lenient) = serde_json::from_slice::<Manifest>(data) {
        let json = lenient.to_json().expect("JSON");
        if read(&json, &limits) {
            assert_eq!(Manifest::parse(&json, &limits).expect("as before"), lenient);
        }
    }
});

fn read(json: &[u8], limits: &Limits) -> bool {
    let manifest = match Manifest::parse(json, limits) {
        Ok(manifest) => manifest,
        Err(e) => {
            assert_plain(&e.to_string());
            return false;
        }
    };
    assert_eq!(manifest.to_json().expect("JSON"), json);
    assert_plain(std::str::from_utf8(json).expect("UTF-8"));
    assert!(manifest.members.len() <= limits.members);
    let mut items = BTreeSet::new();
    for (n, member) in (1..).zip(&manifest.members) {
        assert_eq!(member.name, format!("m-{n:06}.pgp"));
        assert!((1..=limits.member).contains(&member.item.size));
        assert!(items.insert(member.item.item.as_str()));
        assert!(member.item.designation.as_str().len() <= 100);
    }
    // A receipt code can be had, and is a person's to read aloud.
    assert_plain(&manifest.receipt(&Blake3::of(json)).to_string());
    true
}

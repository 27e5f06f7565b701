//! Releases, each with one fault: refused by name. And the few that are good.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod kit;

use kit::{
    Kit, counter, id, key, link, note, number, pinned, raw_link, read, read_as, root, second,
};
use sd_fs::Sha256;
use sd_release::{
    Context, HEADER_SIZE, HeaderError, Highest, Installed, JsonError, ManifestError, Refusal,
    ReleaseError, Root, RootError, SIGNATURE_SIZE, SignatureError, Signatures, chain_to_bytes,
    may_carry, may_install,
};

/// Why its chain of roots is refused by a station that has root 1.
fn by_its_roots(kit: &Kit) -> RootError {
    by_its_roots_for(kit, &pinned())
}

fn by_its_roots_for(kit: &Kit, pinned: &Root) -> RootError {
    match read(&kit.build(), pinned) {
        Err(ReleaseError::Roots(why)) => *why,
        other => panic!("{other:?}"),
    }
}

fn by_its_signatures(file: &[u8], pinned: &Root) -> SignatureError {
    match read(file, pinned) {
        Err(ReleaseError::Signatures(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn by_its_manifest(file: &[u8]) -> ManifestError {
    match read(file, &pinned()) {
        Err(ReleaseError::Manifest(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn by_its_header(file: &[u8]) -> HeaderError {
    match read(file, &pinned()) {
        Err(ReleaseError::Header(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// A chain of root 1 and this second one, signed by these keys.
fn followed_by(next: &Root, by: &[u8]) -> Kit {
    let mut kit = Kit::rotated();
    kit.chain[1] = link(next, by);
    kit
}

/// The JSON of root 2, with one text in place of another, signed by everybody.
fn second_with(from: &str, to: &str) -> Kit {
    let json = String::from_utf8(second().to_json()).expect("text");
    assert!(json.contains(from), "{json}");
    let mut kit = Kit::rotated();
    kit.chain[1] = raw_link(2, json.replacen(from, to, 1).into_bytes(), &[1, 2, 4]);
    kit
}

// Good ones.

#[test]
fn a_release_signed_by_two_of_three_keys_is_taken() {
    let (manifest, root) = read(&Kit::new().build(), &pinned()).expect("good");
    assert_eq!((manifest, root), (Kit::new().manifest(), pinned()));
}

#[test]
fn a_release_signed_by_all_three_keys_is_taken() {
    let kit = Kit { by: vec![1, 2, 3], ..Kit::new() };
    assert!(read(&kit.build(), &pinned()).is_ok());
}

#[test]
fn a_rotation_signed_by_old_and_new_keys_is_followed() {
    let (_, root) = read(&Kit::rotated().build(), &pinned()).expect("good");
    assert_eq!(root, second());
}

#[test]
fn a_rotation_over_three_roots_at_once_is_followed() {
    let third = root(3, &[4, 5, 6], &[1, 2, 3]);
    let mut kit = Kit::rotated();
    kit.chain.push(link(&third, &[1, 4, 5]));
    (kit.claims.root, kit.by) = (number(3), vec![5, 6]);
    let (_, now) = read(&kit.build(), &pinned()).expect("good");
    assert_eq!(now, third);
}

#[test]
fn a_chain_that_begins_before_the_pinned_root_is_followed() {
    let (_, now) = read(&Kit::rotated().build(), &second()).expect("good");
    assert_eq!(now, second());
}

// Signatures.

#[test]
fn one_key_short_is_refused() {
    let kit = Kit { by: vec![2], ..Kit::new() };
    let short = SignatureError::Short { have: 1, need: 2 };
    assert_eq!(by_its_signatures(&kit.build(), &pinned()), short);
}

#[test]
fn no_signature_is_refused() {
    let kit = Kit::new();
    let file = kit.pieces(&kit.manifest().to_json(), &[]);
    assert_eq!(by_its_signatures(&file, &pinned()), SignatureError::Length(0));
}

#[test]
fn one_key_that_signed_twice_is_refused() {
    let kit = Kit::new();
    let json = kit.manifest().to_json();
    let one = Signatures::new(kit::sign(Context::Release, &json, &[1])).expect("signed").to_bytes();
    let file = kit.pieces(&json, &[one.as_slice(), &one].concat());
    assert_eq!(by_its_signatures(&file, &pinned()), SignatureError::Duplicate(id(1)));
}

#[test]
fn signatures_out_of_order_are_refused() {
    let kit = Kit::new();
    let json = kit.manifest().to_json();
    let two = Signatures::new(kit::sign(Context::Release, &json, &[1, 2])).expect("signed");
    let mut bytes = two.to_bytes();
    bytes.rotate_left(SIGNATURE_SIZE);
    assert_eq!(by_its_signatures(&kit.pieces(&json, &bytes), &pinned()), SignatureError::Order);
}

#[test]
fn a_part_of_a_signature_is_refused() {
    let kit = Kit::new();
    let json = kit.manifest().to_json();
    let two = Signatures::new(kit::sign(Context::Release, &json, &[1, 2])).expect("signed");
    let cut = &two.to_bytes()[..2 * SIGNATURE_SIZE - 1];
    let refused = by_its_signatures(&kit.pieces(&json, cut), &pinned());
    assert_eq!(refused, SignatureError::Length(2 * SIGNATURE_SIZE - 1));
}

#[test]
fn a_signature_of_a_stranger_beside_enough_others_is_refused() {
    let kit = Kit { by: vec![1, 2, 9], ..Kit::new() };
    assert_eq!(by_its_signatures(&kit.build(), &pinned()), SignatureError::Unknown(id(9)));
}

#[test]
fn a_signature_of_a_revoked_key_is_refused() {
    let kit = Kit { by: vec![1, 2, 3], ..Kit::rotated() };
    assert_eq!(by_its_signatures(&kit.build(), &pinned()), SignatureError::Revoked(id(3)));
}

#[test]
fn a_wrong_signature_beside_enough_others_is_refused() {
    let kit = Kit::new();
    let json = kit.manifest().to_json();
    let mut three = kit::sign(Context::Release, &json, &[1, 2, 3]);
    three[2].bytes[5] ^= 1;
    let file = kit.pieces(&json, &Signatures::new(three).expect("three keys").to_bytes());
    assert_eq!(by_its_signatures(&file, &pinned()), SignatureError::Wrong(id(3)));
}

#[test]
fn a_signature_made_for_a_root_is_none_for_a_release() {
    let kit = Kit::new();
    let json = kit.manifest().to_json();
    let roots = Signatures::new(kit::sign(Context::Root, &json, &[1, 2])).expect("signed");
    let refused = by_its_signatures(&kit.pieces(&json, &roots.to_bytes()), &pinned());
    assert!(matches!(refused, SignatureError::Wrong(_)));
}

#[test]
fn a_release_under_other_people_s_root_is_refused() {
    let theirs = root(1, &[7, 8, 9], &[]);
    let mut kit = Kit { by: vec![7, 8], ..Kit::new() };
    kit.chain = vec![link(&theirs, &[7, 8])];
    assert_eq!(by_its_roots(&kit), RootError::Fork(number(1)));
}

// Roots.

#[test]
fn a_rotation_signed_only_by_new_keys_is_refused() {
    let kit = followed_by(&root(2, &[4, 5, 6], &[]), &[4, 5, 6]);
    let why = SignatureError::Short { have: 0, need: 2 };
    assert_eq!(by_its_roots(&kit), RootError::ByTheOld { number: number(2), why });
}

#[test]
fn a_rotation_signed_only_by_old_keys_is_refused() {
    let kit = followed_by(&root(2, &[4, 5, 6], &[]), &[1, 2, 3]);
    let why = SignatureError::Short { have: 0, need: 2 };
    assert_eq!(by_its_roots(&kit), RootError::ByItself { number: number(2), why });
}

#[test]
fn a_rotation_one_old_key_short_is_refused() {
    let kit = followed_by(&second(), &[1, 4]);
    let why = SignatureError::Short { have: 1, need: 2 };
    assert_eq!(by_its_roots(&kit), RootError::ByTheOld { number: number(2), why });
}

#[test]
fn a_rotation_with_a_stranger_s_signature_is_refused() {
    let kit = followed_by(&second(), &[1, 2, 4, 9]);
    let why = SignatureError::Unknown(id(9));
    assert_eq!(by_its_roots(&kit), RootError::ByItself { number: number(2), why });
}

#[test]
fn a_gap_in_the_chain_is_refused() {
    let mut kit = Kit::rotated();
    kit.chain[1] = link(&root(3, &[1, 2, 4], &[3]), &[1, 2, 4]);
    assert_eq!(by_its_roots(&kit), RootError::Gap { after: number(1), found: number(3) });
}

#[test]
fn a_gap_between_the_pinned_root_and_the_chain_is_refused() {
    let mut kit = Kit::rotated();
    kit.chain = vec![link(&root(3, &[1, 2, 4], &[3]), &[1, 2, 4])];
    assert_eq!(by_its_roots(&kit), RootError::Gap { after: number(1), found: number(3) });
}

#[test]
fn roots_out_of_order_are_refused() {
    let mut kit = Kit::rotated();
    kit.chain.swap(0, 1);
    assert_eq!(by_its_roots(&kit), RootError::Gap { after: number(2), found: number(1) });
}

#[test]
fn a_fork_in_the_chain_is_refused() {
    let other = root(2, &[1, 2, 5], &[3]);
    let refused = by_its_roots_for(&followed_by(&other, &[1, 2, 5]), &second());
    assert_eq!(refused, RootError::Fork(number(2)));
}

#[test]
fn a_chain_that_ends_before_the_pinned_root_is_refused() {
    let refused = by_its_roots_for(&Kit::new(), &second());
    assert_eq!(refused, RootError::Rollback { found: number(1), pinned: number(2) });
}

#[test]
fn a_file_without_roots_is_refused() {
    let kit = Kit { chain: Vec::new(), ..Kit::new() };
    assert_eq!(by_its_roots(&kit), RootError::Chain);
}

#[test]
fn a_threshold_of_none_is_refused() {
    let kit = second_with(r#""threshold":2"#, r#""threshold":0"#);
    assert_eq!(by_its_roots(&kit), RootError::Threshold { threshold: 0, keys: 3 });
}

#[test]
fn a_threshold_of_one_is_refused() {
    let kit = second_with(r#""threshold":2"#, r#""threshold":1"#);
    assert_eq!(by_its_roots(&kit), RootError::Threshold { threshold: 1, keys: 3 });
}

#[test]
fn a_threshold_above_the_number_of_keys_is_refused() {
    let kit = second_with(r#""threshold":2"#, r#""threshold":4"#);
    assert_eq!(by_its_roots(&kit), RootError::Threshold { threshold: 4, keys: 3 });
}

#[test]
fn one_key_twice_in_a_root_is_refused() {
    let mut keys = [1, 2, 4].map(|n| String::from(key(n).public()));
    keys.sort();
    let kit = second_with(&keys[1], &keys[0]);
    assert!(matches!(by_its_roots(&kit), RootError::SameKey(_)));
}

#[test]
fn keys_out_of_order_in_a_root_are_refused() {
    let mut keys = [1, 2, 4].map(|n| format!("\"{}\"", String::from(key(n).public())));
    keys.sort();
    let (right, wrong) = (keys[..2].join(","), [keys[1].as_str(), &keys[0]].join(","));
    assert_eq!(by_its_roots(&second_with(&right, &wrong)), RootError::Keys);
}

#[test]
fn nine_keys_in_a_root_are_refused() {
    let keys = (1..=9).map(|n| key(n).public()).collect();
    let nine = Root::new(number(2), note(), 2, keys, Vec::new());
    assert_eq!(nine, Err(RootError::Keys));
}

#[test]
fn a_weak_key_in_a_root_is_refused() {
    let neutral = format!("01{}", "00".repeat(31));
    let kit = second_with(&String::from(key(4).public()), &neutral);
    assert!(matches!(by_its_roots(&kit), RootError::Json(JsonError::Json(_))));
}

#[test]
fn a_revoked_key_that_is_listed_again_is_refused() {
    let mut kit = Kit::rotated();
    let json = String::from_utf8(second().to_json()).expect("text");
    let revoked = serde_json::to_string(&id(3)).expect("text");
    let again = json.replace(&revoked, &serde_json::to_string(&id(4)).expect("text"));
    kit.chain[1] = raw_link(2, again.into_bytes(), &[1, 2, 4]);
    assert_eq!(by_its_roots(&kit), RootError::RevokedKey(id(4)));
}

#[test]
fn a_root_that_forgets_a_revoked_key_is_refused() {
    let mut kit = Kit::rotated();
    kit.chain.push(link(&root(3, &[1, 2, 3], &[]), &[1, 2, 3]));
    assert_eq!(by_its_roots(&kit), RootError::Forgotten(id(3)));
}

#[test]
fn a_root_framed_under_another_number_is_refused() {
    let mut kit = Kit::rotated();
    kit.chain[1] = raw_link(2, root(3, &[1, 2, 4], &[3]).to_json(), &[1, 2, 4]);
    assert_eq!(by_its_roots(&kit), RootError::Number(number(2)));
}

#[test]
fn a_root_of_another_product_is_refused() {
    let kit = second_with(r#""product":"sneakernet""#, r#""product":"sneakernat""#);
    assert_eq!(by_its_roots(&kit), RootError::Product);
}

#[test]
fn a_root_in_a_later_version_is_named() {
    let kit = second_with(r#""version":1"#, r#""version":2"#);
    assert!(matches!(by_its_roots(&kit), RootError::Json(JsonError::Version { version: 2, .. })));
}

#[test]
fn a_root_spelled_another_way_is_refused() {
    let kit = second_with(r#""threshold":2"#, r#""threshold": 2"#);
    assert_eq!(by_its_roots(&kit), RootError::Json(JsonError::NotCanonical));
}

#[test]
fn sixty_five_roots_are_refused() {
    let mut kit = Kit::new();
    kit.chain = (1..=65).map(|n| link(&root(n, &[1, 2, 3], &[]), &[1, 2])).collect();
    kit.claims.root = number(65);
    assert_eq!(by_its_roots(&kit), RootError::Chain);
    kit.chain.pop();
    kit.claims.root = number(64);
    assert!(read(&kit.build(), &pinned()).is_ok());
}

#[test]
fn nothing_of_a_root_is_parsed_before_the_keys_before_it_signed_it() {
    let mut kit = Kit::rotated();
    kit.chain[1] = raw_link(2, b"not JSON at all".to_vec(), &[1, 9]);
    let why = SignatureError::Short { have: 1, need: 2 };
    assert_eq!(by_its_roots(&kit), RootError::ByTheOld { number: number(2), why });
}

// The signed part.

#[test]
fn a_release_of_another_product_is_refused() {
    let kit = Kit::new();
    let json = kit.json_with(r#""product":"sneakernet""#, r#""product":"sneakernat""#);
    assert_eq!(by_its_manifest(&kit.build_signed(&json)), ManifestError::Product);
}

#[test]
fn a_version_that_is_no_version_is_refused() {
    let kit = Kit::new();
    for bad in ["1.2", "1.2.0-rc1", "1.02.0", "", "../../x"] {
        let json = kit.json_with(r#""release":"1.2.0""#, &format!(r#""release":"{bad}""#));
        let refused = by_its_manifest(&kit.build_signed(&json));
        assert!(matches!(refused, ManifestError::Json(JsonError::Json(_))), "{bad}");
    }
}

#[test]
fn a_counter_of_none_is_refused() {
    let kit = Kit::new();
    let json = kit.json_with(r#""counter":12"#, r#""counter":0"#);
    let refused = by_its_manifest(&kit.build_signed(&json));
    assert!(matches!(refused, ManifestError::Json(JsonError::Json(_))));
}

#[test]
fn a_signed_part_in_a_later_version_is_named() {
    let kit = Kit::new();
    let json = kit.json_with(r#""version":1,"#, r#""version":2,"#);
    let refused = by_its_manifest(&kit.build_signed(&json));
    assert!(matches!(refused, ManifestError::Json(JsonError::Version { version: 2, .. })));
}

#[test]
fn a_signed_part_spelled_another_way_is_refused() {
    let kit = Kit::new();
    for (from, to) in [
        (r#""counter":12"#, r#""counter": 12"#),
        (r#""product":"sneakernet""#, r#""product":"sneakerne\u0074""#),
        (
            r#""product":"sneakernet","release":"1.2.0""#,
            r#""release":"1.2.0","product":"sneakernet""#,
        ),
    ] {
        let refused = by_its_manifest(&kit.build_signed(&kit.json_with(from, to)));
        assert_eq!(refused, ManifestError::Json(JsonError::NotCanonical), "{to}");
    }
}

#[test]
fn a_field_too_many_too_few_or_twice_is_refused() {
    let kit = Kit::new();
    for to in [r#""counter":12,"colour":1"#, r#""counter":12,"counter":12"#, r#""date2":0"#] {
        let refused = by_its_manifest(&kit.build_signed(&kit.json_with(r#""counter":12"#, to)));
        assert!(matches!(refused, ManifestError::Json(JsonError::Json(_))), "{to}");
    }
}

#[test]
fn a_release_that_does_not_update_the_one_before_it_is_refused() {
    let kit = Kit::new();
    let json = kit.json_with(r#""update_from":10"#, r#""update_from":12"#);
    let refused = by_its_manifest(&kit.build_signed(&json));
    assert!(matches!(refused, ManifestError::UpdateFrom { .. }));
}

#[test]
fn a_range_of_tails_that_holds_none_is_refused() {
    let kit = Kit::new();
    let json = kit.json_with(r#""max":"7.9""#, r#""max":"5.9""#);
    assert!(matches!(by_its_manifest(&kit.build_signed(&json)), ManifestError::Tails { .. }));
}

#[test]
fn a_package_beyond_the_limit_is_refused() {
    let kit = Kit::new();
    let size = kit.package.len();
    let json =
        kit.json_with(&format!(r#""package":{{"size":{size}"#), r#""package":{"size":268435457"#);
    let refused = by_its_manifest(&kit.build_signed(&json));
    assert!(matches!(refused, ManifestError::TooLarge { part: "package", .. }));
}

#[test]
fn a_release_made_for_another_root_than_it_carries_is_refused() {
    let mut kit = Kit::rotated();
    kit.claims.root = number(1);
    let refused = read(&kit.build(), &pinned());
    assert!(matches!(refused, Err(ReleaseError::OtherRoot { says: 1, has: 2 })), "{refused:?}");
}

// Mixtures.

#[test]
fn the_package_of_one_release_under_the_signatures_of_another_is_refused() {
    let (mut mixed, other) = (Kit::new(), Kit::new());
    mixed.package[10] ^= 1;
    let refused = read(&mixed.build_of(other.manifest()), &pinned());
    assert!(matches!(refused, Err(ReleaseError::Content("package"))), "{refused:?}");
}

#[test]
fn the_changelog_of_another_release_is_refused() {
    let (mut mixed, other) = (Kit::new(), Kit::new());
    mixed.changelog[10] ^= 1;
    let refused = read(&mixed.build_of(other.manifest()), &pinned());
    assert!(matches!(refused, Err(ReleaseError::Content("changelog"))), "{refused:?}");
}

#[test]
fn the_vectors_of_another_release_are_refused() {
    let (mut mixed, other) = (Kit::new(), Kit::new());
    mixed.vectors[10] ^= 1;
    let refused = read(&mixed.build_of(other.manifest()), &pinned());
    assert!(matches!(refused, Err(ReleaseError::Content("set of vectors"))), "{refused:?}");
}

#[test]
fn the_roots_of_another_release_are_refused() {
    // Both chains are good; the keys that signed one of them are others.
    let (mut mixed, other) = (Kit::rotated(), Kit::rotated());
    mixed.chain[1] = link(&second(), &[1, 2, 3, 4]);
    let refused = read(&mixed.build_of(other.manifest()), &pinned());
    assert!(matches!(refused, Err(ReleaseError::Content("chain of roots"))), "{refused:?}");
}

#[test]
fn a_package_of_another_length_under_the_signatures_of_another_is_refused() {
    let (mut mixed, other) = (Kit::new(), Kit::new());
    mixed.package.extend(b"more");
    let json = String::from_utf8(other.manifest().to_json()).expect("text");
    let refused = read(&mixed.build_signed(&json), &pinned());
    assert!(matches!(refused, Err(ReleaseError::Payload { .. })), "{refused:?}");
}

// Lengths.

#[test]
fn bytes_behind_the_end_are_refused() {
    let mut file = Kit::new().build();
    file.push(0);
    assert!(matches!(by_its_header(&file), HeaderError::Longer { .. }));
}

#[test]
fn a_second_release_behind_the_first_is_refused() {
    let file = [Kit::new().build(), Kit::numbered(13, "1.3.0").build()].concat();
    assert!(matches!(by_its_header(&file), HeaderError::Longer { .. }));
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    let file = Kit::rotated().build();
    for length in 0..file.len() {
        match by_its_header(&file[..length]) {
            HeaderError::TooShort(_) => assert!(length < HEADER_SIZE),
            HeaderError::Cut { actual, .. } => assert_eq!(actual, length as u64),
            other => panic!("{length}: {other:?}"),
        }
    }
}

#[test]
fn a_file_cut_at_each_boundary_while_it_is_read_is_refused() {
    let kit = Kit::rotated();
    let file = kit.build();
    let sizes = [
        HEADER_SIZE,
        chain_to_bytes(&kit.chain).len(),
        kit.manifest().to_json().len(),
        2 * SIGNATURE_SIZE,
        kit.changelog.len(),
        kit.vectors.len(),
    ];
    let mut at = 0;
    for size in sizes {
        at += size;
        for end in [at - 1, at, at + 1] {
            let refused = read_as(&file[..end], file.len() as u64, &pinned());
            assert!(matches!(refused, Err(ReleaseError::Ended)), "{end}: {refused:?}");
        }
    }
    let last = read_as(&file[..file.len() - 1], file.len() as u64, &pinned());
    assert!(matches!(last, Err(ReleaseError::Ended)), "{last:?}");
}

#[test]
fn a_file_that_grew_while_it_was_read_is_refused() {
    let mut file = Kit::new().build();
    let length = file.len() as u64;
    file.push(0);
    let refused = read_as(&file, length, &pinned());
    assert!(matches!(refused, Err(ReleaseError::Behind)), "{refused:?}");
}

#[test]
fn a_length_in_the_header_that_is_not_the_signed_one_is_refused() {
    // One byte moved from the package to the signatures: the sum stays.
    let mut file = Kit::new().build();
    let payload = u32::from_le_bytes([file[32], file[33], file[34], file[35]]);
    file[24..28].copy_from_slice(&(2 * 96 + 1_u32).to_le_bytes());
    file[32..36].copy_from_slice(&(payload - 1).to_le_bytes());
    assert_eq!(by_its_signatures(&file, &pinned()), SignatureError::Length(193));
}

#[test]
fn lengths_beyond_the_limits_are_refused_before_anything_is_read() {
    for (at, size) in [(16, 1 << 20), (20, 20_000), (24, 2000), (28, 0), (36, 1_u32)] {
        let mut file = Kit::new().build();
        file[at..at + 4].copy_from_slice(&size.to_le_bytes());
        let refused = read_as(&file[..HEADER_SIZE], u64::MAX, &pinned());
        let header = match refused {
            Err(ReleaseError::Header(why)) => why,
            other => panic!("{other:?}"),
        };
        let large = matches!(header, HeaderError::TooLarge { .. });
        assert!(large || at == 28, "{at}: {header:?}");
    }
}

#[test]
fn a_file_of_something_else_is_refused() {
    let mut file = Kit::new().build();
    file[0] = b'S';
    assert_eq!(by_its_header(&file), HeaderError::Magic);
}

#[test]
fn a_file_in_a_later_form_is_named() {
    let mut file = Kit::new().build();
    file[14] = b'2';
    assert_eq!(by_its_header(&file), HeaderError::LaterVersion);
}

#[test]
fn a_header_with_something_in_its_empty_places_is_refused() {
    for at in (28..32).chain(40..64) {
        let mut file = Kit::new().build();
        file[at] = 1;
        assert_eq!(by_its_header(&file), HeaderError::Reserved, "{at}");
    }
}

#[test]
fn one_bit_changed_anywhere_is_refused() {
    let kit = Kit::rotated();
    let good = kit.build();
    for at in 0..good.len() {
        let mut file = good.clone();
        file[at] ^= 1 << (at % 8);
        assert!(read(&file, &pinned()).is_err(), "byte {at} of {}", good.len());
    }
}

// Whether it is for this station.

fn here(installed: u32) -> Installed {
    let highest = Highest { counter: counter(installed), signed: None };
    Installed {
        counter: Some(counter(installed)),
        highest: Some(highest),
        tails: Some("7.3.1".parse().expect("a version")),
    }
}

fn judged(kit: &Kit, here: &Installed) -> Result<(), Refusal> {
    let manifest = kit.manifest();
    may_install(&manifest, Sha256::of(&manifest.to_json()), here)
}

#[test]
fn a_later_release_may_be_installed() {
    assert_eq!(judged(&Kit::new(), &here(11)), Ok(()));
    assert_eq!(judged(&Kit::new(), &here(10)), Ok(()));
}

#[test]
fn an_older_release_is_refused() {
    let refused = Refusal::Older { found: counter(12), have: counter(13) };
    assert_eq!(judged(&Kit::new(), &here(13)), Err(refused));
}

#[test]
fn the_installed_release_is_refused() {
    assert_eq!(judged(&Kit::new(), &here(12)), Err(Refusal::Same(counter(12))));
}

#[test]
fn an_older_version_under_a_later_counter_is_what_its_counter_says() {
    assert_eq!(judged(&Kit::numbered(14, "0.1.0"), &here(13)), Ok(()));
}

#[test]
fn another_release_of_the_same_number_is_an_alarm() {
    let signed = Some(Sha256::of(b"another"));
    let mut here = here(12);
    here.highest = Some(Highest { counter: counter(12), signed });
    assert_eq!(judged(&Kit::new(), &here), Err(Refusal::Fork(counter(12))));
    // Also after going back.
    here.counter = Some(counter(11));
    assert_eq!(judged(&Kit::new(), &here), Err(Refusal::Fork(counter(12))));
}

#[test]
fn a_release_below_the_highest_seen_is_refused_after_going_back() {
    let mut here = here(10);
    here.highest = Some(Highest { counter: counter(13), signed: None });
    let refused = Refusal::OlderThanSeen { found: counter(12), seen: counter(13) };
    assert_eq!(judged(&Kit::new(), &here), Err(refused));
}

#[test]
fn a_jump_from_below_its_floor_is_refused() {
    let refused = Refusal::Jump { found: counter(12), need: counter(10), have: counter(9) };
    assert_eq!(judged(&Kit::new(), &here(9)), Err(refused));
}

#[test]
fn a_tails_too_old_too_new_or_none_is_refused() {
    let on = |tails: Option<&str>| {
        let mut here = here(11);
        here.tails = tails.map(|t| t.parse().expect("a version"));
        judged(&Kit::new(), &here)
    };
    assert!(matches!(on(Some("5.22")), Err(Refusal::TailsTooOld { .. })));
    assert!(matches!(on(Some("7.10")), Err(Refusal::TailsTooNew { .. })));
    assert_eq!(on(None), Err(Refusal::NotTails));
    assert_eq!((on(Some("6.0")), on(Some("7.9.4"))), (Ok(()), Ok(())));
}

#[test]
fn without_an_installation_there_is_nothing_to_update() {
    let nothing = Installed { counter: None, highest: None, tails: None };
    assert_eq!(judged(&Kit::new(), &nothing), Err(Refusal::NotInstalled));
    let manifest = Kit::new().manifest();
    assert_eq!(may_carry(&manifest, Sha256::of(&manifest.to_json()), &nothing), Ok(()));
}

#[test]
fn a_release_older_than_one_that_was_carried_is_not_carried() {
    let manifest = Kit::new().manifest();
    let mut here = here(11);
    here.highest = Some(Highest { counter: counter(13), signed: None });
    let refused = may_carry(&manifest, Sha256::of(&manifest.to_json()), &here);
    let older = Refusal::OlderThanSeen { found: counter(12), seen: counter(13) };
    assert_eq!(refused, Err(older));
}

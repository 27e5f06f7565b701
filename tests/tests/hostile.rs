//! What a hostile source, server or stick may bring, and where it ends.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test tampers with files behind the programs"
)]

use std::os::unix::fs::PermissionsExt as _;

use sd_tests::ciphertext::broken;
use sd_tests::journalist_interface::{Kind, World};
use sd_tests::newsroom::{Newsroom, Run, files};
use sd_tests::noise::Noise;

/// Fetches and packs this world's items; the SVS is paired.
fn packed(world: World) -> Newsroom {
    let newsroom = Newsroom::new(world).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    newsroom
}

fn whys(run: &Run) -> Vec<String> {
    let report = run.json();
    let refused = report["report"]["refused"].as_array().cloned().unwrap_or_default();
    refused.iter().map(|r| r["why"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn hostile_upload_names_stay_in_their_item_s_directory() {
    let long = format!("{}.txt", "a".repeat(300));
    let names: &[&[u8]] = &[
        b"../../x",
        b"/etc/x",
        b"",
        long.as_bytes(),
        b"a\x1b[2Jb.txt",
        "minutes\u{202e}fdp.exe".as_bytes(),
        b"memo.txt",
        b"memo.txt",
        b"item.json",
        b"outcome.json",
        b"statement.desktop",
        b"..",
        b"\xff\xfe.pdf",
    ];
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for (i, name) in names.iter().enumerate() {
        source = source.document_from(Some(name), format!("file {i}").as_bytes()).expect("added");
    }
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(0);
    let plaintexts = newsroom.plaintexts().expect("listed");
    assert_eq!(plaintexts.len(), names.len(), "nothing is lost");
    let mut contents: Vec<String> =
        plaintexts.iter().map(|p| std::fs::read_to_string(&p.path).expect("text")).collect();
    contents.sort();
    let mut expected: Vec<String> = (0..names.len()).map(|i| format!("file {i}")).collect();
    expected.sort();
    assert_eq!(contents, expected);
    for plain in &plaintexts {
        assert!(plain.name.len() <= 200 && !plain.name.chars().any(char::is_control));
        assert!(!plain.name.contains('\u{202e}') && !plain.name.ends_with(".desktop"));
        let mode = std::fs::metadata(&plain.path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The original names are in the records, escaped, and nothing stands outside the store.
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(
        said.contains(r"../../x") && said.contains(r"\\u{1b}[2J") && said.contains(r"\\u{202e}")
    );
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'));
    let outside: Vec<String> = files(&newsroom.path("svs"))
        .into_iter()
        .filter(|f| !f.starts_with("store/sources/"))
        .collect();
    assert_eq!(
        outside,
        [
            "keys/station.json",
            "keys/submission.asc",
            "keys/workstation.asc",
            "store/.lock",
            "store/ledger.jsonl"
        ]
    );
}

/// The attack of 2017: a launcher that looks like a document and starts a program on a double click.
#[test]
fn a_submitted_launcher_is_never_one_from_the_upload_to_the_preview() {
    let launcher = b"[Desktop Entry]\nType=Application\nName=statement.pdf\nExec=sh -c 'id'\n";
    let names: &[&[u8]] =
        &[b"statement.desktop", b"statement.pdf", b"statement.DESKTOP", b"a.desktop "];
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for name in names {
        source = source.document_from(Some(name), &launcher[..]).expect("added");
    }
    let newsroom = packed(world);
    let _ = newsroom.unpack().expect(0);
    let plaintexts = newsroom.plaintexts().expect("listed");
    assert_eq!(plaintexts.len(), names.len());
    for plain in &plaintexts {
        let ending = plain.name.trim_end().to_lowercase();
        assert!(!ending.ends_with(".desktop"), "{}", plain.name);
        let mode = std::fs::metadata(&plain.path).expect("there").permissions().mode();
        assert_eq!(mode & 0o111, 0, "{}", plain.name);
        let path = plain.path.to_string_lossy();
        for words in [&["preview", "--to", "."][..], &["scrub"]] {
            let words = words.iter().copied().chain([&*path, "--home", "svs"]);
            let run = newsroom.run("sd-export", words);
            assert_ne!(run.code, Some(0), "{run:?}");
            assert!(run.stdout.contains("desktop launcher"), "{run:?}");
        }
    }
    assert_eq!(newsroom.plaintexts().expect("listed").len(), names.len(), "nothing was made of it");
}

#[test]
fn messages_without_protection_are_refused_by_name_and_kept() {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("A good one."))
        .and_then(|s| s.made_by(Kind::Message, |_, sink| sink.write_all(broken::TAG_9)))
        .and_then(|s| {
            s.made_by(Kind::Message, |key, sink| {
                sink.write_all(&broken::without_mdc(key, b"no integrity")?)
            })
        })
        .and_then(|s| {
            s.made_by(Kind::Message, |key, sink| {
                sink.write_all(&broken::downgraded(key, b"downgraded to tag nine")?)
            })
        })
        .and_then(|s| {
            s.made_by(Kind::Message, |_, sink| {
                let mut out = Vec::new();
                broken::unencrypted(b"never encrypted", &mut out)?;
                sink.write_all(&out)
            })
        })
        .and_then(|s| s.made_by(Kind::Message, |_, sink| sink.write_all(b"not OpenPGP at all")))
        .and_then(|s| s.made_by(Kind::Message, |_, sink| sink.write_all(broken::GNUPG)))
        .expect("a source");
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(4);
    let whys = whys(&run);
    assert_eq!(whys.len(), 5, "{whys:?}");
    assert!(whys.iter().any(|w| w.contains("not encrypted")), "{whys:?}");
    assert!(whys.iter().any(|w| w.contains("without integrity")), "{whys:?}");
    assert!(whys.iter().any(|w| w.contains("integrity check failed")), "{whys:?}");
    // The good one and the one GnuPG made are there; all seven ciphertexts are kept.
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 2);
    let kept = files(&newsroom.path("svs/store/sources"));
    assert_eq!(kept.iter().filter(|f| f.ends_with("ciphertext.pgp")).count(), 7);
    let receipt = run.json()["report"]["bundles"][0]["receipt"].clone();
    let _ = newsroom.workstation(&["confirm", receipt.as_str().expect("a code")]).expect(0);
}

#[test]
fn a_message_tampered_in_its_last_bytes_leaves_no_file_whatever_its_size() {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    // Above 40 MiB the library hands out most of the plaintext before it notices.
    for size in [100_u64, 200_000, 42 << 20] {
        source = source
            .made_by(Kind::File, |key, sink| {
                let mut out = Vec::new();
                let noise = Noise::new(size, size);
                sd_tests::ciphertext::document(key, Some(b"big.bin"), noise, &mut out)?;
                let last = out.len() - 5;
                out[last] ^= 1;
                sink.write_all(&out)
            })
            .expect("added");
    }
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(4);
    let whys = whys(&run);
    assert_eq!(whys.len(), 3);
    assert!(whys.iter().all(|w| w.contains("integrity check failed")), "{whys:?}");
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 0);
    let left = files(&newsroom.path("svs/store/sources"));
    let ours = ["ciphertext.pgp", "item.json", "outcome.json"];
    let known = |f: &String| ours.iter().any(|name| f.ends_with(name));
    assert!(left.iter().all(known), "{left:?}");
}

#[test]
fn a_wrapped_session_key_that_is_none_stops_nothing_else() {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for length in 0..4 {
        source = source
            .made_by(Kind::Message, |key, sink| {
                sink.write_all(&broken::short_session_key(key, b"no session key", length)?)
            })
            .and_then(|s| s.message("The next one is fine."))
            .expect("added");
    }
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(4);
    assert_eq!(whys(&run), ["not a wrapped session key"; 4]);
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 4);
}

/// For most of these lengths the library panics; that must end nothing but the worker. Found by
/// the fuzz target `openpgp`.
#[test]
fn an_encrypted_packet_too_short_for_its_own_check_stops_nothing_else() {
    const LENGTHS: [usize; 7] = [0, 1, 18, 19, 20, 40, 41];
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for length in LENGTHS {
        source = source
            .made_by(Kind::Message, |key, sink| {
                sink.write_all(&broken::short_packet(key, b"cut short", length)?)
            })
            .and_then(|s| s.message("The next one is fine."))
            .expect("added");
    }
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(4);
    assert_eq!(whys(&run).len(), LENGTHS.len(), "{:?}", whys(&run));
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert_eq!(newsroom.plaintexts().expect("listed").len(), LENGTHS.len());
}

#[test]
fn a_gzip_bomb_stops_at_the_limit_and_is_named() {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| {
            s.made_by(Kind::File, |key, sink| {
                let mut out = Vec::new();
                broken::gzip_bomb(key, 600 << 20, &mut out)?;
                sink.write_all(&out)
            })
        })
        .and_then(|s| s.message("The next one is fine."))
        .expect("a source");
    let newsroom = packed(world);
    let run = newsroom.unpack().expect(4);
    assert!(whys(&run)[0].contains("larger than the limit"), "{:?}", whys(&run));
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 1);
}

#[test]
fn a_changed_bundle_is_refused_before_anything_is_stored() {
    let mut world = World::with_test_key().expect("a world");
    world.source("focal ghost").and_then(|s| s.message("Hello.")).expect("a source");
    let newsroom = packed(world);
    let bundle = newsroom.bundles().expect("listed").remove(0);
    let good = std::fs::read(&bundle).expect("readable");
    let mib = 1 << 20;
    // One place in each part: the strict reader's own tests walk every offset.
    for at in [
        0,
        700,
        mib + 5,
        mib + 600,
        mib + 1024 + 10,
        mib + 1024 + 700,
        good.len() - 1500,
        good.len() - 1,
    ] {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        std::fs::write(&bundle, &bad).expect("written");
        let run = newsroom.unpack().expect(10);
        assert_eq!(run.json()["status"], "VERIFY_FAILED", "offset {at}");
        assert_eq!(newsroom.plaintexts().expect("listed").len(), 0);
        assert_eq!(files(&newsroom.path("svs/store")), [".lock"], "offset {at}");
    }
    std::fs::write(&bundle, &good[..good.len() - 512]).expect("written");
    let _ = newsroom.unpack().expect(10);
    std::fs::write(&bundle, &good).expect("written");
    let _ = newsroom.unpack().expect(0);
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 1);
}

#[test]
fn a_bundle_of_another_workstation_is_refused() {
    let world = |text: &str| {
        let mut world = World::with_test_key().expect("a world");
        world.source("focal ghost").and_then(|s| s.message(text)).expect("a source");
        world
    };
    let (ours, theirs) = (packed(world("ours")), packed(world("theirs")));
    let foreign = theirs.bundles().expect("listed").remove(0);
    let run = ours.svs(&["unpack", &foreign.to_string_lossy()]).expect(10);
    assert!(run.stdout.contains("not signed by the paired workstation"), "{}", run.stdout);
    assert_eq!(ours.plaintexts().expect("listed").len(), 0);
}

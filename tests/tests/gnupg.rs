//! Stock GnuPG as the second reader: of SecureDrop's ciphertexts, and of our bundles.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test runs other programs and reads their files"
)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;
use sd_tests::ciphertext::{broken, keys};
use sd_tests::gnupg::Gnupg;
use sd_tests::journalist_interface::{Kind, World};
use sd_tests::newsroom::Newsroom;

/// Every whole ciphertext among the recordings: name, kind, bytes.
fn recorded() -> Vec<(String, Kind, Vec<u8>)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/data/recordings/blobs");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("the recordings") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name.contains("range") || name.contains("resume") || name.contains("multi") {
            continue;
        }
        let kind = match () {
            () if name.contains("msg") => Kind::Message,
            () if name.contains("reply") => Kind::Reply,
            () => Kind::File,
        };
        let bytes = std::fs::read(&path).expect("readable");
        // Parts of files (answers to range requests) are no messages.
        if bytes.len() > 600 {
            found.push((name, kind, bytes));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A newsroom whose server holds the recorded ciphertexts; item UUID to ciphertext.
fn newsroom() -> (Newsroom, BTreeMap<String, (Kind, Vec<u8>)>) {
    let key = keys::securedrop_dev().expect("the dev key");
    let mut world = World::new(key).expect("a world");
    let mut items = BTreeMap::new();
    let mut source = world.source("focal ghost").expect("a source");
    for (n, (_, kind, bytes)) in recorded().into_iter().enumerate() {
        let ending = match kind {
            Kind::Message => "msg.gpg",
            Kind::Reply => "reply.gpg",
            Kind::File => "doc.gz.gpg",
        };
        let name = format!("{}-focal_ghost-{ending}", n + 1);
        source = source.raw_item(&name, kind, &bytes[..]).expect("added");
        items.insert(source.last_item().expect("one"), (kind, bytes));
    }
    (Newsroom::new(world).expect("a newsroom"), items)
}

/// What gpg makes of a ciphertext; documents are unpacked as `gunzip` would.
fn by_gnupg(gnupg: &Gnupg, kind: Kind, ciphertext: &[u8]) -> Vec<u8> {
    let path = gnupg.file("message.gpg");
    std::fs::write(&path, ciphertext).expect("written");
    let output = gnupg.decrypt(&path).expect("gpg runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    if kind != Kind::File {
        return output.stdout;
    }
    let mut plain = Vec::new();
    GzDecoder::new(&output.stdout[..]).read_to_end(&mut plain).expect("gzip");
    plain
}

fn compare(newsroom: &Newsroom, items: &BTreeMap<String, (Kind, Vec<u8>)>) {
    let gnupg = Gnupg::with_key(keys::SECUREDROP_DEV_SECRET).expect("gpg");
    let plaintexts = newsroom.plaintexts().expect("listed");
    assert_eq!(plaintexts.len(), items.len());
    for plain in plaintexts {
        let (kind, ciphertext) = &items[&plain.item];
        let ours = std::fs::read(&plain.path).expect("readable");
        assert!(ours == by_gnupg(&gnupg, *kind, ciphertext), "{} {}", plain.item, plain.name);
    }
}

#[test]
fn recorded_ciphertexts_open_to_what_gpg_makes_of_them_by_key_file() {
    let (newsroom, items) = newsroom();
    assert!(items.len() >= 20, "only {} recorded ciphertexts", items.len());
    newsroom.pair_with(keys::SECUREDROP_DEV_SECRET).expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let unpacked = newsroom.unpack().expect(0);
    assert!(unpacked.stderr.contains("SHA-1"), "an old key is named: {}", unpacked.stderr);
    compare(&newsroom, &items);
}

/// Pairs both stations; the SVS keeps the dev key in this gpg-agent.
fn pair_with_agent(newsroom: &Newsroom, gnupg: &Gnupg) {
    let fingerprint = newsroom.pair_workstation(keys::SECUREDROP_DEV_SECRET).expect("paired");
    let exported = gnupg.feed(&["--export"], b"").expect("gpg runs").stdout;
    std::fs::write(newsroom.path("public.pgp"), exported).expect("written");
    let public = newsroom.path("public.pgp").to_string_lossy().into_owned();
    let home = gnupg.home().to_string_lossy().into_owned();
    let carried = newsroom.carried();
    let args = [
        "pair",
        "svs",
        "--workstation",
        &carried,
        "--fingerprint",
        &fingerprint,
        "--submission-key",
        &public,
        "--gnupg-home",
        &home,
    ];
    let _ = newsroom.svs(&args).expect(0);
}

#[test]
fn recorded_ciphertexts_open_to_what_gpg_makes_of_them_by_gpg_agent() {
    let (newsroom, items) = newsroom();
    let gnupg = Gnupg::with_key(keys::SECUREDROP_DEV_SECRET).expect("gpg");
    pair_with_agent(&newsroom, &gnupg);
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let _ = newsroom.unpack().expect(0);
    compare(&newsroom, &items);
}

#[test]
fn messages_with_broken_session_keys_do_not_keep_gpg_agent_from_the_others() {
    let key = keys::securedrop_dev().expect("the dev key");
    let mut world = World::new(key).expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("First."))
        .and_then(|s| {
            s.made_by(Kind::Message, |key, sink| {
                let mut out = Vec::new();
                sd_tests::ciphertext::message(key, "never to be read", &mut out)?;
                // Inside the RSA-encrypted session key.
                out[300] ^= 0x55;
                sink.write_all(&out)
            })
        })
        .and_then(|s| {
            s.made_by(Kind::Message, |key, sink| {
                sink.write_all(&broken::short_session_key(key, b"no session key", 0)?)
            })
        })
        .and_then(|s| s.message("Third."))
        .expect("a source");
    let newsroom = Newsroom::new(world).expect("a newsroom");
    let gnupg = Gnupg::with_key(keys::SECUREDROP_DEV_SECRET).expect("gpg");
    pair_with_agent(&newsroom, &gnupg);
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let unpacked = newsroom.unpack().expect(4).json();
    assert_eq!(unpacked["report"]["refused"].as_array().map(Vec::len), Some(2), "{unpacked}");
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 2);
}

/// A shell script with the recovery steps of the README, run in an empty directory.
fn stock(script: &str, dir: &Path, gnupg: &Gnupg) -> String {
    let output = Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(dir)
        .env("GNUPGHOME", gnupg.home())
        .output()
        .expect("a shell");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{talk}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_bundle_opens_with_tar_gpg_zstd_and_sha256sum_alone() {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("Meet me at the old mill."))
        .and_then(|s| s.document("minutes.txt", b"Minutes of the board.\n"))
        .expect("a source");
    let newsroom = Newsroom::new(world).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let gnupg = Gnupg::with_key(keys::SUBMISSION_SECRET).expect("gpg");
    let certificate = std::fs::read(newsroom.carried()).expect("readable");
    let imported = gnupg.feed(&["--import"], &certificate).expect("gpg runs");
    assert!(imported.status.success());
    let dir = newsroom.path("by-hand");
    std::fs::create_dir(&dir).expect("made");
    let bundle = newsroom.bundles().expect("listed").remove(0);
    let gpg = "gpg --batch --quiet --trust-model always";
    let script = format!(
        "tar -xf '{}'\n\
         {gpg} --status-fd 3 --decrypt 2-manifest.json.zst.pgp 3>status > manifest.json.zst\n\
         grep -q '^.GNUPG:. GOODSIG' status\n\
         zstd -q -d manifest.json.zst\n\
         python3 -c 'import json; [print(m[\"item\"][\"sha256\"] + \"  \" + m[\"name\"]) \
             for m in json.load(open(\"manifest.json\"))[\"members\"]]' > SHA256SUMS\n\
         sha256sum --strict -c SHA256SUMS >&2\n\
         {gpg} --decrypt m-000001.pgp\n\
         {gpg} --decrypt m-000002.pgp | gunzip\n",
        bundle.display()
    );
    let said = stock(&script, &dir, &gnupg);
    assert_eq!(said, "Meet me at the old mill.Minutes of the board.\n");
}

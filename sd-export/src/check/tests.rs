//! One thing wrong at a time.

use sd_fs::{Blake3, Quiet, SafeName, Sha256};

use super::*;
use crate::manifest::{Entry, State};

fn export() -> (tempfile::TempDir, Dir) {
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("it opens");
    let entry = |name: &str, bytes: &[u8]| {
        dir.write_new(name, bytes).expect("free");
        Entry {
            name: SafeName::new(name).expect("plain"),
            size: bytes.len() as u64,
            sha256: Sha256::of(bytes),
            blake3: Blake3::of(bytes),
            kind: "plain text".to_owned(),
            state: State::Cleaned,
        }
    };
    let files = vec![entry("a.txt", b"one"), entry("b.txt", b"two")];
    let manifest = Manifest::new(files, Vec::new(), Some("a note".to_owned()));
    for (name, text) in manifest.beside() {
        dir.write_new(name, text.as_bytes()).expect("free");
    }
    dir.write_new(MANIFEST, &manifest.to_json().expect("plain data")).expect("free");
    (tmp, dir)
}

fn verdict(deed: impl FnOnce(&Dir)) -> String {
    let (_tmp, dir) = export();
    deed(&dir);
    check(&dir, &mut Quiet).expect_err("noticed").to_string()
}

#[test]
fn a_whole_export_is_whole() {
    let (_tmp, dir) = export();
    assert_eq!(check(&dir, &mut Quiet).expect("whole").files.len(), 2);
}

#[test]
fn each_change_is_named() {
    let changed = |name: &'static str| {
        move |dir: &Dir| {
            let mut bytes = dir.read_small(name, 1 << 20).expect("there");
            bytes[0] ^= 1;
            dir.replace(name, &bytes).expect("replaced");
        }
    };
    for name in ["a.txt", "b.txt", "SHA256SUMS", "B3SUMS", "MANIFEST.txt"] {
        assert_eq!(
            verdict(changed(name)),
            format!("{name} is not what was written: its bytes have changed")
        );
    }
    assert!(verdict(changed(MANIFEST)).contains("not the manifest"));
    assert!(verdict(|d| d.remove_file(MANIFEST).expect("removed")).starts_with("no MANIFEST"));
    assert_eq!(verdict(|d| d.remove_file("b.txt").expect("removed")), "b.txt is missing");
    let stranger = verdict(|d| d.write_new("x\n", b"").expect("free"));
    assert_eq!(stranger, "x\\u{a} does not belong to the export");
    let grown = verdict(|d| d.replace("a.txt", b"one more").expect("replaced"));
    assert!(grown.starts_with("a.txt is not what"), "{grown}");
}

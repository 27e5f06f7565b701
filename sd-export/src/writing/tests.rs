//! A medium that goes bad, and files that change, between one step and the next.

use sd_fs::{Quiet, SafeName, escape};

use super::*;
use crate::inputs::gather;
use crate::manifest::State;

/// A medium that goes bad just when everything is written.
struct Saboteur<'a>(&'a dyn Fn());

impl Progress for Saboteur<'_> {
    fn begin(&mut self, step: &str, _: Option<u64>) {
        if step == "reading back" {
            (self.0)();
        }
    }

    fn advance(&mut self, _: u64) {}

    fn end(&mut self) {}
}

struct Bench {
    _tmp: tempfile::TempDir,
    target: Dir,
    plan: Plan,
}

fn bench(expected: Blake3) -> Bench {
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("it opens");
    dir.write_new("a.txt", b"text").expect("free");
    let input = gather(&[tmp.path().join("a.txt")]).sources.remove(0);
    let file = Planned {
        source: input.shown(),
        name: SafeName::new("a.txt").expect("plain"),
        size: 4,
        kind: "plain text".to_owned(),
        state: State::AsIs,
        input,
        expected,
    };
    let plan = Plan {
        directory: escape(b"here"),
        name: "export-0001".to_owned(),
        files: vec![file],
        total: 4,
        free: 0,
        incomplete: vec![],
        archive: None,
        note: None,
    };
    Bench { _tmp: tmp, target: dir.make_sub("stick").expect("made"), plan }
}

fn sabotaged(deed: impl Fn(&Dir)) -> (String, Status, usize) {
    let Bench { _tmp, target, plan } = bench(Blake3::of(b"text"));
    let strike = || deed(&target.sub("export-0001").expect("being written"));
    let error = write(&plan, &target, &mut Saboteur(&strike)).expect_err("noticed");
    let failure = Failure::from(error);
    (failure.message, failure.status, target.entries().expect("listed").len())
}

#[test]
fn bytes_that_changed_on_the_medium_are_noticed_and_taken_away() {
    for name in ["a.txt", "SHA256SUMS", "B3SUMS", "MANIFEST.txt"] {
        let (message, status, left) = sabotaged(|dir| {
            let bytes = dir.read_small(name, 1000).expect("there");
            dir.replace(name, &vec![b'!'; bytes.len()]).expect("replaced");
        });
        assert_eq!((status, left), (Status::VerifyFailed, 0), "{message}");
        assert!(message.starts_with(&format!("{name}: what the medium holds")), "{message}");
        assert!(message.ends_with("export-0001 was removed again"), "{message}");
    }
}

#[test]
fn a_file_that_vanished_or_appeared_is_noticed() {
    let (message, status, _) = sabotaged(|dir| dir.remove_file("a.txt").expect("removed"));
    assert_eq!(status, Status::VerifyFailed, "{message}");
    let (message, status, _) = sabotaged(|dir| dir.write_new("b", b"").expect("free"));
    assert_eq!(status, Status::VerifyFailed);
    assert!(message.contains("something that was not written"), "{message}");
}

#[test]
fn a_file_that_changed_after_its_check_is_not_written() {
    let Bench { _tmp, target, plan } = bench(Blake3::of(b"TEXT"));
    let error = write(&plan, &target, &mut Quiet).expect_err("noticed");
    assert!(error.to_string().contains("it changed after it was checked"), "{error}");
    assert_eq!(target.entries().expect("listed"), []);
    let Bench { _tmp, target, plan } = bench(Blake3::of(b"text"));
    assert_eq!(write(&plan, &target, &mut Quiet).expect("unchanged").files.len(), 1);
}

#[test]
fn a_directory_that_appeared_in_the_meantime_is_left_alone() {
    let Bench { _tmp, target, plan } = bench(Blake3::of(b"text"));
    target.make_sub("export-0001").expect("made").write_new("b", b"").expect("free");
    let error = write(&plan, &target, &mut Quiet).expect_err("taken");
    assert!(error.to_string().ends_with("already there; nothing was written"), "{error}");
    assert!(target.sub("export-0001").and_then(|d| d.has("b")).expect("asked"));
}

#[test]
fn an_archive_holds_the_files_and_their_sums_and_nothing_of_their_owner() {
    let Bench { _tmp, target, mut plan } = bench(Blake3::of(b"text"));
    plan.archive = Some(crate::names::archive_name());
    plan.note = Some("for the desk".to_owned());
    let manifest = write(&plan, &target, &mut Quiet).expect("written");
    assert_eq!((manifest.files.len(), manifest.archived.len()), (1, 1));
    let dir = target.sub("export-0001").expect("there");
    assert_eq!(crate::check::check(&dir, &mut Quiet).expect("whole"), manifest);
    let packed = dir.read_small("files.tar.zst", 1 << 20).expect("there");
    let mut tar = tar::Archive::new(zstd::Decoder::new(&packed[..]).expect("zstd"));
    let mut names = Vec::new();
    for member in tar.entries().expect("a tar") {
        let member = member.expect("a member");
        let head = member.header();
        assert_eq!(
            (head.uid().ok(), head.gid().ok(), head.mtime().ok()),
            (Some(0), Some(0), Some(0))
        );
        names.push(member.path().expect("a path").display().to_string());
    }
    assert_eq!(names, ["a.txt", "SHA256SUMS", "B3SUMS"]);
}

#[test]
fn a_file_that_changed_its_length_is_not_archived() {
    for size in [3, 5] {
        let Bench { _tmp, target, mut plan } = bench(Blake3::of(b"text"));
        plan.archive = Some(crate::names::archive_name());
        plan.files[0].size = size;
        let error = write(&plan, &target, &mut Quiet).expect_err("noticed").to_string();
        assert!(error.contains("it changed after it was checked"), "{error}");
        assert_eq!(target.entries().expect("listed"), []);
    }
}

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

fn bench(expected: Option<Blake3>) -> Bench {
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
    };
    Bench { _tmp: tmp, target: dir.make_sub("stick").expect("made"), plan }
}

fn sabotaged(deed: impl Fn(&Dir)) -> (String, Status, usize) {
    let Bench { _tmp, target, plan } = bench(None);
    let strike = || deed(&target.sub("export-0001").expect("being written"));
    let error = write(&plan, &target, &mut Saboteur(&strike)).expect_err("noticed");
    let failure = Failure::from(error);
    (failure.message, failure.status, target.entries().expect("listed").len())
}

#[test]
fn bytes_that_changed_on_the_medium_are_noticed_and_taken_away() {
    for name in ["a.txt", "SHA256SUMS", "B3SUMS"] {
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
    let Bench { _tmp, target, plan } = bench(Some(Blake3::of(b"TEXT")));
    let error = write(&plan, &target, &mut Quiet).expect_err("noticed");
    assert!(error.to_string().contains("it changed after it was checked"), "{error}");
    assert_eq!(target.entries().expect("listed"), []);
    let Bench { _tmp, target, plan } = bench(Some(Blake3::of(b"text")));
    assert_eq!(write(&plan, &target, &mut Quiet).expect("unchanged").len(), 1);
}

#[test]
fn a_directory_that_appeared_in_the_meantime_is_left_alone() {
    let Bench { _tmp, target, plan } = bench(None);
    target.make_sub("export-0001").expect("made").write_new("b", b"").expect("free");
    let error = write(&plan, &target, &mut Quiet).expect_err("taken");
    assert!(error.to_string().ends_with("already there; nothing was written"), "{error}");
    assert!(target.sub("export-0001").and_then(|d| d.has("b")).expect("asked"));
}

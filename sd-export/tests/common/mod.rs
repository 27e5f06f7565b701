//! The real program, and files that hold something to remove.
#![expect(dead_code, reason = "each test program uses its part")]
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

pub(crate) mod files;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sd_fs::Dir;
use serde_json::Value;

/// A directory that goes away with the test.
pub(crate) struct Scratch {
    tmp: tempfile::TempDir,
    pub(crate) dir: Dir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        Self { tmp, dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.tmp.path()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        self.dir.write_new(name, bytes).expect("a free name");
        self.path().join(name)
    }

    pub(crate) fn sub(&self, name: &str) -> Dir {
        self.dir.make_sub(name).expect("a directory")
    }

    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let (dir, name) = Dir::containing(&self.path().join(path)).expect("it is there");
        dir.read_small(&name, 1 << 24).expect("it is readable")
    }

    /// Names of everything in it.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.dir)
    }
}

pub(crate) fn names(dir: &Dir) -> Vec<String> {
    dir.entries().expect("listed").into_iter().map(|e| e.name).collect()
}

/// How the program ended and what it said.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) talk: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests start the real program")]
pub(crate) fn command(program: &str, at: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    // Whoever runs the tests may have a station of their own at home.
    command.args(args).current_dir(at).env("HOME", at).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

pub(crate) fn run(at: &Scratch, args: &[&str]) -> Ran {
    let output = command(env!("CARGO_BIN_EXE_sd-export"), at.path(), args).output();
    ran(&output.expect("the program starts"))
}

pub(crate) fn start(at: &Scratch, args: &[&str]) -> Child {
    let mut command = command(env!("CARGO_BIN_EXE_sd-export"), at.path(), args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Runs another program, which must be installed.
pub(crate) fn tool(at: &Path, program: &str, args: &[&str]) -> Ran {
    let output = command(program, at, args).output();
    ran(&output.unwrap_or_else(|e| panic!("{program} must be installed: {e}")))
}

fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // What is said of the system that runs the tests is no business of theirs; gate.rs is about it.
    let talk = text(&output.stderr);
    let talk = talk.strip_prefix(NOT_TAILS).unwrap_or(&talk).to_owned();
    Ran { code: output.status.code().expect("it ended by itself"), out: text(&output.stdout), talk }
}

/// The first line of every verb that opens something, on a system that is not Tails.
const NOT_TAILS: &str = "warning: this is not Tails: the air gap was not checked\n";

//! The planted corpus through this crate, mat2 and exiftool, in one table: what each cleaned, and
//! how many canaries it left. Part of `make bench`; the bars of our own are in `tests/corpus.rs`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for developers, which runs other programs and prints"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::corpus::corpus;

/// What somebody made of a file: nothing, or a copy with so many canaries left.
type Made = Option<usize>;

fn ours(bytes: &[u8]) -> Made {
    Some(common::canaries(&common::scrub(bytes).ok()?.bytes).len())
}

/// What a program made of a file, if it says that it did and it is there.
fn theirs(command: &mut Command, made: &Path) -> Made {
    let output = command.output().ok()?;
    if !output.status.success() {
        return None;
    }
    Some(common::canaries(&std::fs::read(made).ok()?).len())
}

fn mat2(dir: &Path, name: &str, file: &Path) -> Made {
    let (stem, ending) = name.rsplit_once('.')?;
    theirs(Command::new("mat2").arg(file), &dir.join(format!("{stem}.cleaned.{ending}")))
}

fn exiftool(dir: &Path, file: &Path) -> Made {
    let out = dir.join("out");
    theirs(Command::new("exiftool").args(["-q", "-all=", "-o"]).arg(&out).arg(file), &out)
}

fn main() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    println!(
        "{:<22} {:>8} {:>6} {:>6} {:>9}",
        "canaries left", "planted", "ours", "mat2", "exiftool"
    );
    let mut sums = [0; 4];
    let mut cleaned = [0; 3];
    for file in corpus() {
        let path: PathBuf = dir.path().join(file.name);
        std::fs::write(&path, &file.bytes).expect("a temporary file");
        let planted = common::canaries(&file.bytes).len();
        let all =
            [ours(&file.bytes), mat2(dir.path(), file.name, &path), exiftool(dir.path(), &path)];
        let _ = std::fs::remove_file(dir.path().join("out"));
        let shown = all.map(|made| made.map_or_else(|| "-".to_owned(), |left| left.to_string()));
        println!("{:<22} {planted:>8} {:>6} {:>6} {:>9}", file.name, shown[0], shown[1], shown[2]);
        sums[0] += planted;
        for (n, made) in all.into_iter().enumerate() {
            sums[n + 1] += made.unwrap_or(planted);
            cleaned[n] += usize::from(made.is_some());
        }
    }
    println!(
        "{:<22} {:>8} {:>6} {:>6} {:>9}",
        "files cleaned", "", cleaned[0], cleaned[1], cleaned[2]
    );
    let gone = |n: usize| format!("{} %", (sums[0] - sums[n]) * 100 / sums[0]);
    println!("{:<22} {:>8} {:>6} {:>6} {:>9}", "canaries gone", sums[0], gone(1), gone(2), gone(3));
}

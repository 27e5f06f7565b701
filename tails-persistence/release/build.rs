//! Chooses the root that is compiled in: `SNEAKERNET_ROOT`, or the test root beside this file.
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-env-changed=SNEAKERNET_ROOT");
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let chosen = match variable("SNEAKERNET_ROOT") {
        given if given.is_empty() => here.join("root.json"),
        given => PathBuf::from(given),
    };
    println!("cargo::rerun-if-changed={}", chosen.display());
    let to = PathBuf::from(variable("OUT_DIR")).join("root.json");
    copy(&chosen, &to)
}

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script through its environment")]
fn variable(name: &str) -> std::ffi::OsString {
    std::env::var_os(name).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a build script copies a file of the repository")]
fn copy(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    std::fs::copy(from, to).map(drop)
}

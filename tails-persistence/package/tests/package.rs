//! The package as it comes out, made of programs that are none of ours: any will do.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads what was made")]

use std::path::{Path, PathBuf};
use std::process::Command;

use sd_package::{PROGRAMS, Packing, make};
use tails_persistence::layout;

/// The programs of the package, each a copy of this one.
fn programs(of: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for program in PROGRAMS {
        std::fs::copy(of, dir.path().join(program)).expect("copied");
    }
    dir
}

fn package(date: u64) -> (tempfile::TempDir, PathBuf) {
    let (binaries, out) = (programs("/usr/bin/true"), tempfile::tempdir().expect("a directory"));
    let made = make(binaries.path(), out.path(), date, Packing::Fast).expect("made");
    (out, made)
}

fn said(program: &str, args: &[&str], package: &Path) -> String {
    let ran = Command::new(program).args(args).arg(package).output().expect("it runs");
    assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn two_makings_of_the_same_programs_give_the_same_bytes() {
    let (_a, first) = package(1_700_000_000);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let (_b, second) = package(1_700_000_000);
    let read = |path: &Path| std::fs::read(path).expect("there");
    assert!(read(&first) == read(&second));
    let (_c, later) = package(1_700_000_001);
    assert!(read(&first) != read(&later), "the date is in it");
}

#[test]
fn everything_is_root_s_and_nobody_else_can_write_it() {
    let (_out, package) = package(1_700_000_000);
    let listed = said("dpkg-deb", &["--contents"], &package);
    for line in listed.lines() {
        let (mode, rest) = line.split_once(' ').expect("a mode");
        assert!(["drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"].contains(&mode), "{line}");
        assert!(rest.starts_with("root/root") && line.contains("2023-11-14"), "{line}");
    }
    for wanted in [
        "./usr/bin/sd-station",
        "./usr/share/man/man1/sd-airgap-pack.1.gz",
        "./usr/share/bash-completion/completions/sd-fetch",
        "./usr/share/sneakernet/release.json",
        "./usr/lib/sneakernet/udev/svs/91-sd-usb.rules",
        "./usr/share/doc/sneakernet/copyright",
    ] {
        assert!(listed.lines().any(|line| line.ends_with(wanted)), "no {wanted}");
    }
}

#[test]
fn the_control_file_names_what_is_linked() {
    let (_out, package) = package(1_700_000_000);
    let fields = said("dpkg-deb", &["--field"], &package);
    assert!(fields.contains("Package: sneakernet\n") && fields.contains("Architecture: amd64\n"));
    let depends = fields.lines().find(|l| l.starts_with("Depends: ")).expect("a line");
    assert!(depends.contains("libc6 (>= 2.") && !depends.contains("libudev1"), "{depends}");
}

#[test]
fn a_program_that_wants_a_library_nobody_named_is_refused() {
    let (binaries, out) = (programs("/usr/bin/gpg"), tempfile::tempdir().expect("a directory"));
    let refused = make(binaries.path(), out.path(), 0, Packing::Fast).expect_err("refused");
    assert!(refused.to_string().contains("is linked to lib"), "{refused}");
}

#[test]
fn the_package_s_scripts_and_the_programs_agree_on_paths_and_launchers() {
    let script = include_str!("../scripts/postinst");
    for (role, launchers) in
        [("workstation", layout::WORKSTATION_LAUNCHERS), ("svs", layout::SVS_LAUNCHERS)]
    {
        let line = format!("{role}) launchers='{}' ;;", launchers.join(" "));
        assert!(script.contains(&line), "{line}");
        for launcher in launchers {
            let file = format!("../launchers/sneakernet-{launcher}.desktop");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let text = std::fs::read_to_string(path).expect("a launcher");
            assert!(text.contains(&format!("\nExec=sd-station session {launcher}\n")));
            assert!(text.contains("\nTerminal=true\n"));
        }
    }
    let (_out, package) = package(1_700_000_000);
    let made = tempfile::tempdir().expect("a directory");
    let to = made.path().to_string_lossy().into_owned();
    let unpacked = Command::new("dpkg-deb").arg("--control").arg(&package).arg(&to).status();
    assert!(unpacked.expect("it runs").success());
    let script = std::fs::read_to_string(made.path().join("postinst")).expect("a script");
    assert!(script.contains(&format!("\nstation={}/station.toml\n", layout::SHELF)), "{script}");
}

#[test]
fn the_desktop_understands_the_launchers() {
    let Ok(version) = Command::new("desktop-file-validate").arg("--help").output() else {
        return; // Not installed here; `make test` installs it.
    };
    assert!(version.status.success());
    for name in ["fetch", "open", "export", "check"] {
        let file = format!("../launchers/sneakernet-{name}.desktop");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        assert_eq!(said("desktop-file-validate", &[], &path), "", "{name}");
    }
}

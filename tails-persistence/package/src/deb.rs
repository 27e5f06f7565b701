//! The package, written by `dpkg-deb` itself.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use tails_persistence::layout;

use crate::Packing;
use crate::contents::Tree;

/// Where questions about the package go.
pub(crate) const MAINTAINER: &str = "The sneakernet maintainers <maintainers@sneakernet.invalid>";

/// What runs when the package comes and goes.
const SCRIPTS: [(&str, &str); 3] = [
    ("postinst", include_str!("../scripts/postinst")),
    ("prerm", include_str!("../scripts/prerm")),
    ("postrm", include_str!("../scripts/postrm")),
];

/// Writes it below `out`, and says where it is.
pub(crate) fn write(
    tree: &Tree,
    version: &str,
    needs: &str,
    out: &Path,
    date: u64,
    packing: Packing,
) -> io::Result<PathBuf> {
    let staged = tempfile::tempdir()?;
    let root = staged.path();
    std::fs::set_permissions(root, Permissions::from_mode(0o755))?;
    let mut size = 0;
    for (path, entry) in tree {
        put(root, path, &entry.bytes, entry.mode)?;
        size += entry.bytes.len().div_ceil(1024);
    }
    for (name, script) in SCRIPTS {
        let script = script.replace("@STATION@", &format!("{}/station.toml", layout::SHELF));
        put(root, &format!("DEBIAN/{name}"), script.as_bytes(), 0o755)?;
    }
    put(root, "DEBIAN/control", control(version, needs, size).as_bytes(), 0o644)?;
    put(root, "DEBIAN/md5sums", &sums(root, tree)?, 0o644)?;
    age(root, UNIX_EPOCH + Duration::from_secs(date))?;
    std::fs::create_dir_all(out)?;
    let package = out.join(format!("sneakernet_{version}_amd64.deb"));
    let mut dpkg = Command::new("dpkg-deb");
    dpkg.args(["--root-owner-group", "--build"]);
    match packing {
        Packing::Small => dpkg.args(["-Zxz", "-z9"]),
        Packing::Fast => dpkg.args(["-Zgzip", "-z1"]),
    };
    // One thread: how many there are changes what xz writes.
    dpkg.env("SOURCE_DATE_EPOCH", date.to_string()).env("DPKG_DEB_THREADS_MAX", "1");
    let made = dpkg.arg(root).arg(&package).stdout(Stdio::null()).status()?;
    if made.success() { Ok(package) } else { Err(io::Error::other("dpkg-deb failed")) }
}

/// Puts a file below the staged root; every directory is readable by all.
fn put(root: &Path, path: &str, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut at = root.to_owned();
    let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
    for part in parents.split('/').filter(|p| !p.is_empty()) {
        at.push(part);
        if !at.is_dir() {
            std::fs::create_dir(&at)?;
            std::fs::set_permissions(&at, Permissions::from_mode(0o755))?;
        }
    }
    at.push(name);
    std::fs::write(&at, bytes)?;
    std::fs::set_permissions(&at, Permissions::from_mode(mode))
}

/// Everything is as old as it says, also what dpkg-deb would leave alone because it is older.
fn age(dir: &Path, date: std::time::SystemTime) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            age(&path, date)?;
        } else {
            std::fs::File::open(&path)?.set_modified(date)?;
        }
    }
    std::fs::File::open(dir)?.set_modified(date)
}

fn control(version: &str, needs: &str, kib: usize) -> String {
    let mut text = String::new();
    let fields = [
        ("Package", "sneakernet"),
        ("Version", version),
        ("Architecture", "amd64"),
        ("Maintainer", MAINTAINER),
        ("Installed-Size", &kib.to_string()),
        ("Depends", needs),
        ("Section", "utils"),
        ("Priority", "optional"),
        (
            "Description",
            "carries SecureDrop submissions across the air gap\n \
             Fetches encrypted submissions on the networked workstation, carries them on\n \
             a stick to the offline Secure Viewing Station, opens them there, and cleans\n \
             what is carried out. sd-station installs all of it into Tails.",
        ),
    ];
    for (name, value) in fields {
        let _ = writeln!(text, "{name}: {value}");
    }
    text
}

/// `md5sums`, as dpkg wants it: against mistakes, not against anybody.
fn sums(root: &Path, tree: &Tree) -> io::Result<Vec<u8>> {
    let names: Vec<&str> = tree.keys().map(String::as_str).collect();
    let mut sum = Command::new("xargs")
        .args(["-0", "md5sum", "--"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = sum.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    stdin.write_all(names.join("\0").as_bytes())?;
    drop(stdin);
    let done = sum.wait_with_output()?;
    if done.status.success() { Ok(done.stdout) } else { Err(io::Error::other("md5sum failed")) }
}

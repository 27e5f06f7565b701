//! The Debian package, read by dpkg itself: what is tried out is what would be installed.
//!
//! ```text
//! .deb (already authentic) --dpkg-deb--> tar --strict--> files and directories, nothing else
//! ```

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sd_fs::{Dir, DirError, Quiet, copy_bounded, escape, read_bounded};
use serde::Deserialize;
use tar::EntryType;

use crate::words::{Counter, TailsVersion, Version};

/// By its full path: root's search path is not asked.
const DPKG_DEB: &str = "/usr/bin/dpkg-deb";

/// What the package says of itself.
const RELEASE: &str = "usr/share/sneakernet/release.json";

/// The most bytes all files of a package may have: four times what a release may.
pub const MAX_TREE: u64 = 1 << 30;

/// The most entries.
const MAX_ENTRIES: usize = 10_000;

/// A few words.
const MAX_WORDS: u64 = 64 << 10;

/// What a package says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    /// The version of the programs.
    pub version: Version,
    /// The release counter.
    pub counter: Counter,
    /// The newest Tails that was known.
    pub newest_tails: TailsVersion,
}

/// Why a package cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// dpkg-deb cannot be started.
    #[error("dpkg-deb does not start: {0}")]
    Start(#[source] io::Error),
    /// dpkg-deb refuses the package.
    #[error("dpkg-deb refuses the package: {0}")]
    Refused(sd_fs::Escaped),
    /// It is no package of this toolkit.
    #[error("a package called {0}")]
    Name(sd_fs::Escaped),
    /// It does not say what it is, or says two things.
    #[error("the package does not say which release it is: {0}")]
    Unclear(&'static str),
    /// Something that our packages do not have.
    #[error("{path}: {what}")]
    Entry {
        /// Its name.
        path: sd_fs::Escaped,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The tar stream cannot be read.
    #[error("reading the package failed: {0}")]
    Read(#[source] io::Error),
    /// A file cannot be written.
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// What the package says of itself, in its control file and in its release file.
pub fn about(package: &Path) -> Result<About, PackageError> {
    let name = field(package, "Package")?;
    if name != "sneakernet" {
        return Err(PackageError::Name(escape(name.as_bytes())));
    }
    let mut found = None;
    walk(package, |path, _, mut entry| {
        if path == RELEASE {
            let json = read_bounded(&mut entry, MAX_WORDS)
                .map_err(|_| PackageError::Unclear("release.json is too long"))?;
            let about = serde_json::from_slice::<About>(&json);
            found = Some(about.map_err(|_| PackageError::Unclear("release.json"))?);
        }
        Ok(())
    })?;
    let about = found.ok_or(PackageError::Unclear("it has no release.json"))?;
    if field(package, "Version")? != about.version.to_string() {
        return Err(PackageError::Unclear("control file and release.json differ"));
    }
    Ok(about)
}

/// Unpacks a package into an empty directory; says how many files it has.
pub fn unpack(package: &Path, into: &Dir) -> Result<usize, PackageError> {
    let mut files = 0;
    walk(package, |path, mode, mut entry| {
        let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
        let dir = directory(into, parents)?;
        let Some(mode) = mode else {
            directory(&dir, name)?;
            return Ok(());
        };
        files += 1;
        let mut file = dir.new_file()?;
        copy_bounded(&mut entry, &mut file, MAX_TREE, &mut Quiet).map_err(|e| {
            PackageError::Dir(DirError::new(
                "unpacking",
                &dir.path().join(name),
                io::Error::other(e),
            ))
        })?;
        file.set_mode(if mode & 0o100 != 0 { 0o755 } else { 0o644 })?;
        Ok(file.link_to(&dir, name)?)
    })?;
    into.sync_filesystem()?;
    Ok(files)
}

fn directory(from: &Dir, path: &str) -> Result<Dir, DirError> {
    let mut dir = from.again()?;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        dir = dir.make_sub(name)?;
        dir.set_mode(0o755)?;
    }
    Ok(dir)
}

#[expect(clippy::disallowed_methods, reason = "dpkg-deb is started here and nowhere else")]
fn dpkg_deb(arguments: &[&str], package: &Path) -> Result<Child, PackageError> {
    Command::new(DPKG_DEB)
        .args(arguments)
        .arg("--")
        .arg(package)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(PackageError::Start)
}

/// One field of the control file.
fn field(package: &Path, name: &str) -> Result<String, PackageError> {
    let format = format!("--showformat=${{{name}}}");
    let mut child = dpkg_deb(&["--show", &format], package)?;
    let value = match child.stdout.take() {
        Some(mut stdout) => read_bounded(&mut stdout, MAX_WORDS).unwrap_or_default(),
        None => Vec::new(),
    };
    ended(child)?;
    Ok(String::from_utf8_lossy(&value).into_owned())
}

/// Waits for its end, and turns its complaint into an error.
fn ended(mut child: Child) -> Result<(), PackageError> {
    drop(child.stdout.take());
    let mut words = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let _ = stderr.take(MAX_WORDS).read_to_end(&mut words);
    }
    let status = child.wait().map_err(PackageError::Read)?;
    let complaint = || words.trim_ascii().split(|b| *b == b'\n').next_back().unwrap_or_default();
    if status.success() { Ok(()) } else { Err(PackageError::Refused(escape(complaint()))) }
}

/// Shows each entry: its path, its mode if it is a file, its bytes.
fn walk(
    package: &Path,
    mut each: impl FnMut(&str, Option<u32>, &mut dyn Read) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let mut child = dpkg_deb(&["--fsys-tarfile"], package)?;
    let stdout = child.stdout.take().ok_or(PackageError::Unclear("dpkg-deb gives nothing"))?;
    let walked = walk_tar(stdout, &mut each);
    // A walk that ended early closes the pipe, and dpkg-deb complains of that.
    let ended = ended(child);
    walked.and(ended)
}

fn walk_tar(
    tar: impl Read,
    each: &mut impl FnMut(&str, Option<u32>, &mut dyn Read) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let mut archive = tar::Archive::new(tar);
    let (mut entries, mut bytes) = (0, 0_u64);
    // Raw: no long names, links or sparse files are put together behind our back.
    for entry in archive.entries().map_err(PackageError::Read)?.raw(true) {
        let mut entry = entry.map_err(PackageError::Read)?;
        let raw = entry.path_bytes().into_owned();
        let bad = |what| PackageError::Entry { path: escape(&raw), what };
        entries += 1;
        bytes = bytes.saturating_add(entry.size());
        if entries > MAX_ENTRIES || bytes > MAX_TREE {
            return Err(bad("more than a package may hold"));
        }
        let mode = entry.header().mode().map_err(PackageError::Read)?;
        let kind = entry.header().entry_type();
        if mode & 0o7000 != 0 {
            return Err(bad("a set-id or sticky bit"));
        }
        let path = plain(&raw).ok_or_else(|| bad("not a plain path"))?;
        match kind {
            EntryType::Directory => each(path, None, &mut entry)?,
            EntryType::Regular if !path.is_empty() => each(path, Some(mode), &mut entry)?,
            _ => return Err(bad("neither a file nor a directory")),
        }
    }
    Ok(())
}

/// `./usr/bin/` is `usr/bin`; anything that leads elsewhere is nothing.
fn plain(raw: &[u8]) -> Option<&str> {
    let path = std::str::from_utf8(raw).ok()?.strip_prefix("./")?;
    let path = path.strip_suffix('/').unwrap_or(path);
    let good = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(['\0', '\\'])
    };
    (path.is_empty() || path.split('/').all(good)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_the_root_are_plain() {
        assert_eq!(plain(b"./usr/bin/x"), Some("usr/bin/x"));
        assert_eq!((plain(b"./usr/"), plain(b"./")), (Some("usr"), Some("")));
        for bad in ["/usr", "usr", "./../x", "./usr//x", "./usr/./x", "./a\\b"] {
            assert_eq!(plain(bad.as_bytes()), None, "{bad}");
        }
    }

    fn tar_of(kind: EntryType, mode: u32) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(0);
        header.as_ustar_mut().expect("ustar").name[..5].copy_from_slice(b"./usr");
        header.set_cksum();
        builder.append(&header, io::empty()).expect("written");
        builder.into_inner().expect("written")
    }

    #[test]
    fn links_devices_and_set_id_programs_are_refused() {
        let judged = |kind, mode| walk_tar(&tar_of(kind, mode)[..], &mut |_, _, _| Ok(()));
        assert!(judged(EntryType::Regular, 0o755).is_ok());
        assert!(judged(EntryType::Directory, 0o755).is_ok());
        for kind in [
            EntryType::Symlink,
            EntryType::Link,
            EntryType::Char,
            EntryType::Fifo,
            EntryType::GNULongName,
            EntryType::XHeader,
        ] {
            assert!(matches!(judged(kind, 0o644), Err(PackageError::Entry { .. })), "{kind:?}");
        }
        for mode in [0o4755, 0o2755, 0o1777] {
            assert!(matches!(judged(EntryType::Regular, mode), Err(PackageError::Entry { .. })));
        }
    }
}

//! What is in the package, and where.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use flate2::{Compression, GzBuilder};

use crate::release::{ROOT, Workspace};
use crate::{PROGRAMS, copyright, pages};

/// A file of the package.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) mode: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Each file under its path, without the first slash; in order.
pub(crate) type Tree = BTreeMap<String, Entry>;

/// What is copied as it is: from the repository, to the package, and whether it is a program.
const COPIED: [(&str, &str, bool); 14] = [
    ("usb-rules/rules/lib/block-access", "usr/lib/sneakernet/block-access", true),
    ("usb-rules/rules/lib/usb-ports", "usr/lib/sneakernet/usb-ports", true),
    (
        "usb-rules/rules/workstation/90-sd-storage.rules",
        "usr/lib/sneakernet/udev/workstation/90-sd-storage.rules",
        false,
    ),
    (
        "usb-rules/rules/workstation/91-sd-usb.rules",
        "usr/lib/sneakernet/udev/workstation/91-sd-usb.rules",
        false,
    ),
    (
        "usb-rules/rules/svs/90-sd-storage.rules",
        "usr/lib/sneakernet/udev/svs/90-sd-storage.rules",
        false,
    ),
    ("usb-rules/rules/svs/91-sd-usb.rules", "usr/lib/sneakernet/udev/svs/91-sd-usb.rules", false),
    (
        "usb-rules/rules/systemd/sneakernet-usb-close.service",
        "usr/lib/sneakernet/systemd/sneakernet-usb-close.service",
        false,
    ),
    ("usb-rules/rules/usbguard/rules.conf", "usr/lib/sneakernet/usbguard/rules.conf", false),
    (
        "tails-persistence/launchers/sneakernet-check.desktop",
        "usr/lib/sneakernet/launchers/sneakernet-check.desktop",
        false,
    ),
    (
        "tails-persistence/launchers/sneakernet-fetch.desktop",
        "usr/lib/sneakernet/launchers/sneakernet-fetch.desktop",
        false,
    ),
    (
        "tails-persistence/launchers/sneakernet-open.desktop",
        "usr/lib/sneakernet/launchers/sneakernet-open.desktop",
        false,
    ),
    (
        "tails-persistence/launchers/sneakernet-export.desktop",
        "usr/lib/sneakernet/launchers/sneakernet-export.desktop",
        false,
    ),
    (
        "tails-persistence/launchers/sneakernet.svg",
        "usr/share/icons/hicolor/scalable/apps/sneakernet.svg",
        false,
    ),
    ("docs/usb-policy.md", "usr/share/doc/sneakernet/usb-policy.md", false),
];

/// Everything.
pub(crate) fn tree(binaries: &Path, workspace: &Workspace, date: u64) -> io::Result<Tree> {
    let mut tree = Tree::new();
    let mut put = |path: String, mode: u32, bytes: Vec<u8>| {
        tree.insert(path, Entry { mode, bytes });
    };
    for program in PROGRAMS {
        put(format!("usr/bin/{program}"), 0o755, std::fs::read(binaries.join(program))?);
    }
    for (from, to, runs) in COPIED {
        let bytes = std::fs::read(format!("{ROOT}/{from}"))
            .map_err(|e| io::Error::new(e.kind(), format!("{from}: {e}")))?;
        put(to.to_owned(), if runs { 0o755 } else { 0o644 }, bytes);
    }
    for (name, text) in pages::man()? {
        put(format!("usr/share/man/man1/{name}.gz"), 0o644, gzip(&text)?);
    }
    for (name, script) in pages::completions() {
        put(format!("usr/share/bash-completion/completions/{name}"), 0o644, script);
    }
    put("usr/share/sneakernet/release.json".into(), 0o644, workspace.release()?);
    let doc = |name: &str| format!("usr/share/doc/sneakernet/{name}");
    put(doc("copyright"), 0o644, copyright::text(&workspace.metadata)?);
    put(doc("changelog.gz"), 0o644, gzip(changelog(&workspace.version, date)?.as_bytes())?);
    put(doc("CHANGELOG.md.gz"), 0o644, gzip(&std::fs::read(format!("{ROOT}/CHANGELOG.md"))?)?);
    Ok(tree)
}

/// The changelog in Debian's form; what changed is in ours.
fn changelog(version: &str, date: u64) -> io::Result<String> {
    Ok(format!(
        "sneakernet ({version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n \
         -- {}  {}\n",
        crate::deb::MAINTAINER,
        rfc_2822(date)?
    ))
}

/// A date as changelogs have it, in UTC.
fn rfc_2822(seconds: u64) -> io::Result<String> {
    let seconds = i64::try_from(seconds).map_err(io::Error::other)?;
    let date = jiff::Timestamp::from_second(seconds).map_err(io::Error::other)?;
    Ok(date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

/// Packed without a name and without a time.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().write(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_in_changelogs() {
        assert_eq!(rfc_2822(0).unwrap(), "Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(rfc_2822(951_782_400).unwrap(), "Tue, 29 Feb 2000 00:00:00 +0000");
        assert_eq!(rfc_2822(1_798_761_599).unwrap(), "Thu, 31 Dec 2026 23:59:59 +0000");
    }
}

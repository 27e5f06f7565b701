//! The Debian copyright file: our licence in full, and that of each crate that is linked.

use std::collections::BTreeSet;
use std::io;

use cargo_metadata::{DependencyKind, Metadata, PackageId};

use crate::release::ROOT;

const HEAD: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: sneakernet
Comment:
 The programs are linked statically to the crates below, each with its version and its licence as
 its author states it. sd-airgap is also linked to Nettle (LGPL-3+ or GPL-2+) and GMP (LGPL-3+ or
 GPL-2+), from the Debian packages nettle-dev and libgmp-dev.
";

/// The file.
pub(crate) fn text(metadata: &Metadata) -> io::Result<Vec<u8>> {
    let mut text = HEAD.to_owned();
    for line in crates(metadata)? {
        text.extend([" .\n ", &line, "\n"]);
    }
    text.push_str(
        "\nFiles: *\nCopyright: 2026 The sneakernet contributors\nLicense: AGPL-3.0-or-later\n",
    );
    let licence = std::fs::read_to_string(format!("{ROOT}/LICENSE"))?;
    text.push_str("\nLicense: AGPL-3.0-or-later\n");
    for line in licence.trim_end().lines() {
        let line = line.trim_end();
        text.extend([" ", if line.is_empty() { "." } else { line }, "\n"]);
    }
    Ok(text.into_bytes())
}

/// `name version: licence` of every crate that is linked into a program, in order.
fn crates(metadata: &Metadata) -> io::Result<Vec<String>> {
    let unresolved = || io::Error::other("cargo metadata resolved nothing");
    let resolve = metadata.resolve.as_ref().ok_or_else(unresolved)?;
    let programs = ["sd-airgap", "sd-export", "sd-fetch", "tails-persistence"];
    let members = metadata.workspace_packages();
    let mut todo: Vec<&PackageId> =
        members.iter().filter(|p| programs.contains(&p.name.as_str())).map(|p| &p.id).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if seen.insert(id) {
            let node = resolve.nodes.iter().find(|n| n.id == *id).ok_or_else(unresolved)?;
            let linked = node
                .deps
                .iter()
                .filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
            todo.extend(linked.map(|d| &d.pkg));
        }
    }
    let mut lines = Vec::new();
    for id in seen {
        let package = &metadata[id];
        if package.source.is_none() {
            continue;
        }
        let unstated = || io::Error::other(format!("{} states no licence", package.name));
        let licence = package.license.as_deref().ok_or_else(unstated)?;
        lines.push(format!("{} {}: {licence}", package.name, package.version));
    }
    lines.sort();
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Workspace;

    #[test]
    fn what_is_linked_is_listed_and_what_only_tests_use_is_not() {
        let lines = crates(&Workspace::read().unwrap().metadata).unwrap();
        let listed = |name: &str| lines.iter().any(|l| l.starts_with(&format!("{name} ")));
        assert!(listed("sequoia-openpgp") && listed("ureq") && listed("clap"));
        assert!(!listed("proptest") && !listed("clap_mangen") && !listed("sd-fs"), "{lines:?}");
    }
}

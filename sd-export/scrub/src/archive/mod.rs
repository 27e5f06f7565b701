//! What all archives have in common.

mod noted;

pub(crate) use noted::Noted;

use std::collections::BTreeSet;

use crate::Refusal;
use crate::member_name::{Kind, MemberName};
use crate::report::{Class, Findings};
use crate::wording::escape;

/// Whether a member is what a system leaves in archives unasked: it is nobody's document, and is
/// never kept. Told by name and content both.
pub(crate) fn is_system_litter(name: &str, data: &[u8], findings: &mut Findings) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let (class, what) = if last.starts_with("._") && data.starts_with(b"\0\x05\x16\x07") {
        (Class::HiddenContent, "macOS notes on a file: where it came from, tags, thumbnails")
    } else if last == ".DS_Store" && data.starts_with(b"\0\0\0\x01Bud1") {
        (Class::HiddenContent, "macOS notes on a directory: names of files, also deleted ones")
    } else if last == "Thumbs.db" && data.starts_with(b"\xd0\xcf\x11\xe0") {
        (Class::Thumbnail, "Windows thumbnails of a directory, also of deleted pictures")
    } else {
        return false;
    };
    findings.removed(class, escape(name), what);
    true
}

/// Names the directories that hold nothing: only files are kept, and with them the directories
/// they stand in. The members come in the order of their names.
pub(crate) fn note_directories<'a>(
    members: impl Iterator<Item = (&'a MemberName, Kind)> + Clone,
    findings: &mut Findings,
) {
    let files: BTreeSet<&str> =
        members.clone().filter(|m| m.1 == Kind::File).map(|(name, _)| name.as_str()).collect();
    for (name, _) in members.filter(|m| m.1 == Kind::Directory) {
        let below = format!("{name}/");
        let first = files.range(below.as_str()..).next();
        if !first.is_some_and(|file| file.starts_with(&below)) {
            findings.removed(Class::Unknown, escape(name.as_str()), "an empty directory");
        }
    }
}

/// Says that names stay; an archive with nothing in it is refused.
pub(crate) fn note_names(kept: usize, findings: &mut Findings) -> Result<(), Refusal> {
    if kept == 0 {
        return Err(Refusal::unsupported("an archive with no file that can be kept"));
    }
    let why = "files are found by their names; rename them before packing if a name tells too much";
    findings.kept(Class::Identifier, "names of files", &kept.to_string(), why);
    Ok(())
}

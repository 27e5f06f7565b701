//! What all archives have in common.

mod noted;

pub(crate) use noted::Noted;

use crate::Refusal;
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

/// Says that names stay; an archive with nothing in it is refused.
pub(crate) fn note_names(kept: usize, findings: &mut Findings) -> Result<(), Refusal> {
    if kept == 0 {
        return Err(Refusal::unsupported("an archive with no file that can be kept"));
    }
    let why = "files are found by their names; rename them before packing if a name tells too much";
    findings.kept(Class::Identifier, "names of files", &kept.to_string(), why);
    Ok(())
}

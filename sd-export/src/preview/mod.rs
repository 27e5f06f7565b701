//! Previews: where they stand, the sheet that shows them, and how they go again.

mod place;
mod report;
mod sheet;

pub(crate) use place::{Place, base, clear};
pub(crate) use report::Preview;

use sd_fs::Dir;
use sd_term::Failure;

use crate::report::Item;

/// The contact sheet.
const SHEET: &str = "index.html";

/// The name of a picture: which file, which page.
pub(crate) fn picture_name(file: usize, page: usize) -> String {
    format!("{file:03}-{page:03}.png")
}

/// Whether a name is one that a preview gives.
fn is_ours(name: &str) -> bool {
    let number = |text: &str| text.len() >= 3 && text.bytes().all(|b| b.is_ascii_digit());
    let picture = name.strip_suffix(".png").and_then(|stem| stem.split_once('-'));
    let unfinished = name.strip_prefix('.').and_then(|n| n.strip_suffix(".part")).is_some();
    name == SHEET || unfinished || picture.is_some_and(|(file, page)| number(file) && number(page))
}

/// Writes the contact sheet of these files.
pub(crate) fn write_sheet(dir: &Dir, items: &[Item]) -> Result<(), Failure> {
    let mut file = dir.new_file()?;
    sheet::write(&mut file, dir, items)?;
    Ok(file.commit(SHEET)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_knows_its_own_names() {
        for name in [&picture_name(1, 1), &picture_name(1000, 12), SHEET, ".0123456789abcdef.part"]
        {
            assert!(is_ours(name), "{name}");
        }
        for name in ["a-001.png", "001-001.jpg", "001.png", "-.png", "1-1.png", "index.htm", ""] {
            assert!(!is_ours(name), "{name}");
        }
    }
}

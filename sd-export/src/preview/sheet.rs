//! The contact sheet: one page that shows all pictures of a preview.

use sd_fs::{Dir, NewFile};
use sd_term::{Failure, count};

use crate::html::Page;
use crate::report::{Item, Outcome};
use crate::worker::Shown;

/// The longest picture that is put on the sheet: twice what a page of noise takes.
const MAX_PICTURE: u64 = 16 << 20;

/// Writes the sheet; the pictures are read from where they stand.
pub(super) fn write(out: &mut NewFile, dir: &Dir, items: &[Item]) -> Result<(), Failure> {
    let mut page = Page::begin(out, "Preview")?;
    page.text("h1", &count(items.len(), "file"))?;
    for item in items {
        one(&mut page, dir, item)?;
    }
    page.end()
}

fn one(page: &mut Page<'_>, dir: &Dir, item: &Item) -> Result<(), Failure> {
    page.text("h2", item.file.as_str())?;
    match &item.outcome {
        Outcome::Shown { shown } => {
            for line in shown.lines() {
                page.text("p", &line)?;
            }
            for warning in item.note.iter().cloned().chain(shown.warnings()) {
                page.warning(&warning)?;
            }
            pictures(page, dir, shown)
        }
        Outcome::Refused { message, .. } => page.warning(message),
        Outcome::Inspected { .. } | Outcome::Cleaned { .. } => Ok(()),
    }
}

fn pictures(page: &mut Page<'_>, dir: &Dir, shown: &Shown) -> Result<(), Failure> {
    for (number, name) in (1..).zip(&shown.pictures) {
        let number: usize = number;
        let png = dir.read_small(name, MAX_PICTURE)?;
        let alt = format!("page {number}");
        page.picture(&png, &alt, &format!("{alt}: {name}"))?;
    }
    Ok(())
}

//! An office document as pages: LibreOffice, in an empty room.
//!
//! ```text
//! document --scrub--> clean document --LibreOffice, locked in--> PDF --draw--> pixels
//!   hostile              of our making       no network, nothing else to read
//! ```
//! It is cleaned first, for two reasons: what LibreOffice parses was written by us, and it shows
//! changes that a document has recorded, also what was deleted. What it makes is a stranger's PDF
//! again and is drawn as one.

use std::fs::File;

use sd_fs::{Dir, NewFile};
use sd_sandbox::Room;
use sd_scrub::{Choices, Format, Limits, Report};
use sd_term::Failure;

use super::{WorkError, scrub};

/// Twenty times what a report of a hundred pages takes; a large sheet of numbers is cut off.
const ROOM: Room = Room { memory: 6 << 30, output: 1 << 30, seconds: 240 };

/// The ending by which LibreOffice knows what it is given, if it is one of its kinds.
pub(super) fn ending(format: Format) -> Option<&'static str> {
    let office = matches!(format, Format::Docx | Format::Xlsx | Format::Pptx | Format::Rtf);
    (office || format.is_open_document()).then(|| format.extension())
}

/// The document as a PDF without a name, with what was found in the document.
pub(super) fn pages(
    input: &File,
    beside: &Dir,
    ending: &str,
    limits: &Limits,
    choices: Choices,
) -> Result<(NewFile, Report), Failure> {
    let clean = Dir::new_file(beside)?;
    let report = scrub(input, &clean, limits, choices)?.report;
    let pages = Dir::new_file(beside)?;
    let name = format!("document.{ending}");
    // It ends with 0 also when it made nothing: then there is no file to show.
    let script = format!(
        "soffice -env:UserInstallation=file:///tmp/profile --headless --norestore \
         --convert-to pdf --outdir /tmp/made /tmp/{name} >/dev/null && exec cat /tmp/made/document.pdf"
    );
    let room = ROOM.run(&script, (clean.file(), &name), pages.file());
    room.map_err(|e| Failure::from(WorkError::from(e)))?;
    Ok((pages, report))
}

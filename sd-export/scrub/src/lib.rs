//! Metadata removal by allow-list: bytes in, clean bytes and a report out.
//!
//! ```text
//! bytes --detect--> format --parse all--> what is on the list --write anew--> clean bytes
//!                     |          |                                                |
//!                 unknown     cannot be                                     second reader,
//!                  type       understood                                    another route
//!                     '---------'---------> Refusal <------ something left -------'
//! ```
//!
//! Nothing is edited in place: a clean file is written from what the format's list names, so a
//! segment, chunk, object or trailing byte that is not understood does not survive. What cannot
//! be parsed is refused by name. The same input gives the same bytes, on every machine.
//!
//! The crate does no I/O, starts no threads and asks neither clock, random numbers nor
//! environment: it runs in a worker that may only read, write and map memory.
#![forbid(unsafe_code)]

mod bmp;
mod bytes;
mod deflate;
mod detect;
mod exif;
mod gif;
mod icc;
mod iptc;
mod jpeg;
mod limits;
mod pdf;
mod png;
mod pnm;
mod refusal;
mod report;
mod riff;
mod text;
mod tiff;
mod webp;
mod wording;
mod xmp;

pub use detect::{Detected, detect};
pub use limits::Limits;
pub use refusal::Refusal;
pub use report::{Class, Fate, Finding, Format, MAX_FINDINGS, Report, Scrubbed};

use report::Findings;

/// The characters of a plain text, whatever its encoding; `None` when it is not text.
pub fn text(bytes: &[u8]) -> Option<String> {
    text::decode(bytes).map(|(text, _)| text)
}

/// Which way up a picture is, from its EXIF block (from its TIFF header on): 1 to 8.
pub fn orientation(exif: &[u8]) -> Option<u16> {
    exif::read(exif, "", &mut Findings::default())
}

/// What a format module hands back: the clean bytes and what it met on the way.
pub(crate) type Cleaned = (Vec<u8>, Findings);

/// Tells what is in a file, without changing it.
///
/// It walks the same road as [`scrub`], so it reports what `scrub` would remove, and refuses
/// what `scrub` would refuse.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Report, Refusal> {
    let mut report = scrub(bytes, limits)?.report;
    for finding in &mut report.findings {
        if finding.fate == Fate::Removed {
            finding.fate = Fate::Found;
        }
    }
    Ok(report)
}

/// Writes a clean copy of a file and reports what was removed and what was kept.
pub fn scrub(bytes: &[u8], limits: &Limits) -> Result<Scrubbed, Refusal> {
    limits.admit_input(bytes.len())?;
    let format = match detect(bytes) {
        Detected::Known(format) => format,
        Detected::Unknown(kind) => return Err(Refusal::UnknownType(kind.to_owned())),
    };
    let (clean, findings) = match format {
        Format::Jpeg => jpeg::scrub(bytes, limits)?,
        Format::Png => png::scrub(bytes, limits)?,
        Format::Gif => gif::scrub(bytes, limits)?,
        Format::Webp => webp::scrub(bytes, limits)?,
        Format::Bmp => bmp::scrub(bytes, limits)?,
        Format::Pnm => pnm::scrub(bytes, limits)?,
        Format::Tiff => tiff::scrub(bytes, limits)?,
        Format::Pdf => pdf::scrub(bytes, limits)?,
        Format::Text => text::scrub(bytes, limits)?,
    };
    limits.admit_output(clean.len())?;
    Ok(Scrubbed { bytes: clean, report: findings.into_report(format) })
}

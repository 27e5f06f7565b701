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
//! be parsed is refused by name. The same input gives the same bytes, on every machine. What is inside
//! an archive or a document goes the same road (`nest.rs`).
//!
//! The crate opens nothing (what [`scrub_into`] writes to is handed in), starts no threads and asks neither clock, random numbers nor
//! environment: it runs in a worker that may only read, write and map memory.
#![forbid(unsafe_code)]

mod aiff;
mod archive;
mod asf;
mod avi;
mod base64;
mod bits;
mod bmff;
mod bmp;
mod bytes;
mod choices;
mod codec;
mod codepage;
mod css;
mod csv;
mod deflate;
mod detect;
mod endings;
mod epub;
mod exif;
mod flac;
mod gif;
mod heif;
mod html;
mod icc;
mod id3;
mod iptc;
mod jpeg;
mod jxl;
mod limits;
mod link;
mod mail;
mod markup;
mod media_type;
mod member_name;
mod metafile;
mod mkv;
mod mp3;
mod mp4;
mod msmedia;
mod nest;
mod odf;
mod ogg;
mod ooxml;
mod packed;
mod pdf;
mod png;
mod pnm;
mod refusal;
mod report;
mod riff;
mod rope;
mod rtf;
mod sums;
mod svg;
mod tar;
mod text;
mod tiff;
mod torrent;
mod wav;
mod webp;
mod wording;
mod xml;
mod xmp;
mod zip;

pub use choices::{Changes, Choices, Comments, Unclean};
pub use detect::{Detected, detect};
pub use endings::ENDINGS;
pub use limits::Limits;
pub use refusal::Refusal;
pub use report::{Class, Fate, Finding, Format, MAX_FINDINGS, Report, Scrubbed};

use std::io::Write;

use nest::{Budget, Nest};
use report::Findings;
use rope::Rope;

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

/// Why [`scrub_into`] wrote no clean copy, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// The file is not cleaned.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The copy could not be written.
    #[error("writing the copy failed")]
    Write(#[source] std::io::Error),
}

/// Tells what is in a file, without changing it.
///
/// It walks the same road as [`scrub`], so it reports what `scrub` would remove, and refuses
/// what `scrub` would refuse.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Report, Refusal> {
    let (_, mut report) = clean(bytes, limits, Choices::default())?;
    for finding in &mut report.findings {
        if finding.fate == Fate::Removed {
            finding.fate = Fate::Found;
        }
    }
    Ok(report)
}

/// Writes a clean copy of a file and reports what was removed and what was kept.
pub fn scrub(bytes: &[u8], limits: &Limits) -> Result<Scrubbed, Refusal> {
    scrub_with(bytes, limits, Choices::default())
}

/// [`scrub`] by a person's choices.
pub fn scrub_with(bytes: &[u8], limits: &Limits, choices: Choices) -> Result<Scrubbed, Refusal> {
    let (clean, report) = clean(bytes, limits, choices)?;
    Ok(Scrubbed { bytes: clean.concat(), report })
}

/// Writes a clean copy to `sink` instead of holding it: of a video hardly more than its tables is
/// held. Nothing is written before the second reader has passed the whole copy.
pub fn scrub_into(
    bytes: &[u8],
    limits: &Limits,
    choices: Choices,
    sink: &mut dyn Write,
) -> Result<Report, ScrubError> {
    let (clean, report) = clean(bytes, limits, choices)?;
    clean.write(sink).map_err(ScrubError::Write)?;
    Ok(report)
}

fn clean<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    choices: Choices,
) -> Result<(Rope<'a>, Report), Refusal> {
    let budget = Budget::new(limits);
    let (clean, format, findings) = Nest::outermost(limits, choices, &budget).open(bytes)?;
    Ok((clean, findings.into_report(format)))
}

//! Documents to pixels, and pixels to fresh documents.
//!
//! ```text
//! JPEG, PNG --picture--.                             .--Fresh--> a PDF that shows them
//! PDF ------document---+--> Pixels --stream--> Pixels +--to_png--> a picture a page
//! text -----writing----'      first process   second  '--qr_codes, tracking_dots
//! ```
//! Nothing is followed: no link, no path, no font of the system, no profile that is not in the
//! file. The crate does no I/O of its own, starts no threads and asks neither clock, random
//! numbers nor environment: it runs in workers that may only read, write and map memory. The
//! same input gives the same bytes.
#![forbid(unsafe_code)]

mod area;
mod coding;
mod cover;
mod differ;
mod document;
mod dots;
mod fresh;
mod ink;
mod limits;
mod paper;
mod patch;
mod picture;
mod pixels;
mod png_file;
mod qr;
mod refusal;
mod stream;
mod writing;

pub use area::Area;
pub use cover::Covered;
pub use differ::{Place, differences};
pub use document::{Document, Drawn};
pub use dots::{DocuColor, Reading, TrackingDots, tracking_dots};
pub use fresh::{Fresh, FreshError, Written};
pub use ink::Ink;
pub use limits::Limits;
pub use picture::{Picture, jpeg, png};
pub use pixels::Pixels;
pub use png_file::to_png;
pub use qr::qr_codes;
pub use refusal::Refusal;
pub use stream::{StreamError, read_page, write_page};
pub use writing::Writing;

/// How large a page is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Dots an inch, for pages that have a size on paper.
    pub per_inch: u16,
    /// Most pixels on the longer side, for pages and pictures.
    pub longest: u16,
}

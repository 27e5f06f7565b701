//! TIFF: every page with its samples to the bit; only the tags that are needed to show it.
//!
//! ```text
//! directories --read--> pages: numbers by tag, strips or tiles --cut after the last code-->
//!   head, (directory, long values, strips or tiles)* --> check: every byte accounted for
//! ```
//! Sub-directories hold small or raw versions and further metadata; they do not survive.

mod check;
mod coding;
mod ifd;
mod page;
mod shape;

use std::collections::BTreeSet;

use crate::exif::{self, Order};
use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal};
use ifd::Directory;
use page::Page;

/// Most pages of one file: a scanned archive box has fewer, a loop of directories has more.
const MAX_PAGES: usize = 10_000;

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let (order, first) = exif::header(bytes).ok_or_else(|| Refusal::malformed("the head"))?;
    exif::note_others(bytes, page::KEPT, &mut findings);
    let pages = pages(bytes, order, first, limits, &mut findings)?;
    if pages.iter().any(Page::has_margin) {
        let why = "they are part of the coded tiles; viewers do not show them";
        let place = "samples of edge tiles outside the picture";
        findings.kept(Class::HiddenContent, place, "", why);
    }
    let mut out = match order {
        Order::Little => b"II*\0\x08\0\0\0".to_vec(),
        Order::Big => b"MM\0*\0\0\0\x08".to_vec(),
    };
    for (number, page) in pages.iter().enumerate() {
        let last = number.saturating_add(1) == pages.len();
        page.write(&mut out, order, last)?;
        limits.admit_output(out.len())?;
    }
    check::check(&out)?;
    Ok((out, findings))
}

/// The pages that are shown, in their order.
fn pages(
    bytes: &[u8],
    order: Order,
    first: usize,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<Page>, Refusal> {
    let mut pages = Vec::new();
    let mut seen = BTreeSet::new();
    let (mut at, mut pixels, mut size) = (first, 0u64, 0usize);
    while at != 0 {
        if !seen.insert(at) || seen.len() > MAX_PAGES {
            return Err(Refusal::malformed("a loop of directories"));
        }
        let directory = Directory::read(bytes, order, at)?;
        at = directory.next;
        if directory.is_raw() {
            return Err(Refusal::unsupported("a camera raw file"));
        }
        let small = directory.number(0x00fe).is_some_and(|kind| kind & 1 != 0);
        if directory.has(0x014a) {
            if small && pages.is_empty() {
                return Err(Refusal::unsupported("a TIFF whose picture is in a sub-directory"));
            }
            findings.removed(Class::HiddenContent, "pictures in sub-directories", "");
        }
        if small && !pages.is_empty() {
            findings.removed(Class::Thumbnail, "a smaller version of a page", "");
            continue;
        }
        let page = Page::read(bytes, &directory, limits, findings)?;
        pixels = pixels.saturating_add(page.pixels());
        limits.admit_pixels(u32::try_from(pixels).unwrap_or(u32::MAX), 1, 1)?;
        size = size.saturating_add(page.len());
        limits.admit_output(size)?;
        pages.push(page);
    }
    if seen.len() > 30 {
        // The report on tags reads so many directories and no more.
        findings.removed(Class::Unknown, "tags of further pages that are not on the list", "");
    }
    if pages.is_empty() {
        return Err(Refusal::malformed("no picture in the file"));
    }
    Ok(pages)
}

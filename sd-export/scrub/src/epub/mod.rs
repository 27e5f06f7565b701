//! EPUB: books of pages, style sheets and pictures.
//!
//! ```text
//! zip --container.xml--> OPF: what there is, in which order
//!          pages in that order --html/--> p1.xhtml ..   what they show or lead to --> s1.css .. i1.jpg ..
//!          contents (nav, or NCX made into one) --'                                       |
//!     nothing else is written; the OPF is our own <-- the same again until nothing changes <'
//! ```

mod book;
mod contents;
mod host;
mod leftovers;
mod opf;
mod package;
mod write;

use std::rc::Rc;

use book::Book;
use package::Package;

use crate::nest::Nest;
use crate::report::Findings;
use crate::xml::{Names, Tally};
use crate::{Cleaned, Refusal, css, html, zip};

/// What the first member says, as it is.
pub(crate) const TYPE: &str = "application/epub+zip";
/// Most times that a clean book is cleaned again until it stays the same.
const ROUNDS: usize = 5;

/// A member. A book is walked through several times, and not copied each time.
type Bytes = Rc<Vec<u8>>;

/// Writes a book anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let parts = zip::files(bytes, nest, &mut findings)?.into_iter();
    let package = Package::open(parts.map(|(name, bytes)| (name, Bytes::new(bytes))).collect())?;
    let (names, tally) = (Names::default(), Tally::default());
    let (once, met) = Book::clean(&package, Some(nest), (&names, &tally))?;
    findings.absorb("book", met);
    tally.report(&mut findings);
    let clean = settle(once)?;
    check(&clean)?;
    Ok((write::pack(&clean, nest)?, findings))
}

/// Cleans a clean book until that changes nothing: what a name becomes depends on what stood before it.
fn settle(once: book::Clean) -> Result<book::Clean, Refusal> {
    let mut clean = once;
    for _ in 0..ROUNDS {
        let package = Package::open(write::parts(&clean))?;
        let (names, tally) = (Names::default(), Tally::default());
        let (next, _) = Book::clean(&package, None, (&names, &tally))?;
        if next == clean {
            return Ok(clean);
        }
        clean = next;
    }
    Err(Refusal::not_clean("a book that changes each time it is cleaned"))
}

/// The second reader: every page and style, in the one form that is written.
fn check(clean: &book::Clean) -> Result<(), Refusal> {
    let text = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).map(str::to_owned);
        text.map_err(|_| Refusal::not_clean("a page in another encoding"))
    };
    for page in &clean.pages {
        if page.is_text() {
            html::check(&text(&page.bytes)?, true)?;
        }
    }
    for sheet in clean.sheets.values() {
        css::check_sheet(&text(sheet)?)?;
    }
    Ok(())
}

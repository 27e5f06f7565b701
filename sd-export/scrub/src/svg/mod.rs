//! SVG drawings: what draws, by allow-list; one form of XML.

use crate::markup::{self, Alone, Cleaner, Space, Tree};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Tally};
use crate::{Cleaned, Refusal, css};

/// The first line of every drawing.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Writes a drawing anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let tree = markup::read(bytes, Space::Svg)?;
    if tree.standard {
        findings.removed(Class::Software, "document type", "");
    }
    let mut alone = Alone::new(nest);
    let tally = Tally::default();
    let names = Names::default();
    let once = draw(&tree, &names, &tally, &mut alone)?;
    alone.tell(&mut findings);
    tally.report(&mut findings);
    let clean = markup::settle(once, |text| {
        let tree = markup::read_text(text, Space::Svg)?;
        draw(&tree, &Names::default(), &Tally::default(), &mut markup::Cleaned)
    })?;
    check(&clean, false)?;
    Ok((clean.into_bytes(), findings))
}

/// A drawing in our form; what it shows from outside is the host's.
pub(crate) fn draw(
    tree: &Tree,
    names: &Names,
    tally: &Tally,
    host: &mut dyn css::Host,
) -> Result<String, Refusal> {
    let body = Cleaner { names, tally, host, place: "drawing" }.run(tree)?;
    Ok([HEAD, &body, "\n"].concat())
}

/// The second reader of a drawing.
pub(crate) fn check(drawing: &str, book: bool) -> Result<(), Refusal> {
    let body = drawing.strip_prefix(HEAD).and_then(|body| body.strip_suffix('\n'));
    let body = body.filter(|body| body.starts_with("<svg "));
    markup::check(body.ok_or_else(|| Refusal::not_clean("a drawing with another head"))?, book)
}

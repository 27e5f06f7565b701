//! HTML and XHTML pages: what they say and how it looks, by allow-list.
//!
//! ```text
//! bytes --encoding--> text --XML reader, if it is XHTML--.
//!                        '--html5ever, within bounds------'--> tree --markup/--> page anew --read as XML--> the same?
//! ```
//!
//! A clean page is HTML and XHTML at once, so the second road is another parser, and another grammar.

mod entities;
mod guard;
mod sink;

use html5ever::tendril::{StrTendril, TendrilSink};

pub(crate) use entities::named;

use crate::css::Host;
use crate::markup::{self, Alone, Cleaner, Space, Tree};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::text::{self, Encoding};
use crate::xml::{Names, Tally};
use crate::{Cleaned, Refusal};

/// What tells a browser to show a page by the standard.
const DOCTYPE: &str = "<!DOCTYPE html>\n";
/// How much is read before it is asked whether that is too much already.
const STEP: usize = 8 << 10;

/// Writes a page anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let page = decode(bytes, &mut findings)?;
    let clean = clean(&page, nest, &mut findings)?;
    Ok((clean.into_bytes(), findings))
}

/// Cleans the text of a page: the whole page comes out, as UTF-8 that says so.
pub(crate) fn clean(
    html: &str,
    nest: &Nest<'_>,
    findings: &mut Findings,
) -> Result<String, Refusal> {
    let tree = read(html)?;
    let (names, tally) = (Names::default(), Tally::default());
    let mut alone = Alone::new(nest);
    let once = page(&tree, &names, &tally, &mut alone)?;
    alone.tell(findings);
    tally.report(findings);
    let clean = markup::settle(once, |text| {
        let tree = markup::read_text(text, Space::Html)?;
        page(&tree, &Names::default(), &Tally::default(), &mut markup::Cleaned)
    });
    let clean = clean.map_err(|why| match why {
        Refusal::Malformed { what } => {
            Refusal::not_clean(format!("a page that XML cannot read: {what}"))
        }
        why => why,
    })?;
    check(&clean, false)?;
    Ok(clean)
}

/// A page as a tree.
pub(crate) fn tree(bytes: &[u8], findings: &mut Findings) -> Result<Tree, Refusal> {
    read(&decode(bytes, findings)?)
}

/// A page in our form; what it shows from outside is the host's.
pub(crate) fn page(
    tree: &Tree,
    names: &Names,
    tally: &Tally,
    host: &mut dyn Host,
) -> Result<String, Refusal> {
    let body = Cleaner { names, tally, host, place: "page" }.run(tree)?;
    Ok([if tree.standard { DOCTYPE } else { "" }, &body, "\n"].concat())
}

/// The second reader of a page.
pub(crate) fn check(page: &str, book: bool) -> Result<(), Refusal> {
    let body = page.strip_prefix(DOCTYPE).unwrap_or(page).strip_suffix('\n');
    let body = body.filter(|body| body.starts_with("<html "));
    markup::check(body.ok_or_else(|| Refusal::not_clean("a page with another head"))?, book)
}

/// Reads a page: as XML where it says that it is, and as HTML where it does not, or is not.
fn read(text: &str) -> Result<Tree, Refusal> {
    let head = text.get(..text.len().min(4096)).unwrap_or(text);
    if head.trim_start().starts_with("<?xml") || head.contains(Space::HTML) {
        match markup::read_text(text, Space::Html) {
            Ok(tree) if tree.is_rooted("html") => return Ok(tree),
            Err(why @ (Refusal::TooLarge { .. } | Refusal::Unsupported { .. })) => return Err(why),
            _ => {}
        }
    }
    guard::admit(text)?;
    let mut parser = html5ever::parse_document(sink::Sink::new(), html5ever::ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(STEP);
        while !rest.is_char_boundary(end) {
            end = end.saturating_add(1);
        }
        let (step, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        parser.process(StrTendril::from(step));
        if let Some(why) = parser.tokenizer.sink.sink.fault() {
            return Err(why);
        }
        rest = behind;
    }
    parser.finish()
}

/// The characters of a page, by its mark, by what it says of itself, or as a plain text is read.
fn decode(bytes: &[u8], findings: &mut Findings) -> Result<String, Refusal> {
    let fault = || Refusal::malformed("a page in no known encoding");
    let (text, encoding) = text::decode(bytes).ok_or_else(fault)?;
    if encoding == Encoding::Windows1252 {
        let said = said_encoding(&text);
        let western = [
            "",
            "windows-1252",
            "iso-8859-1",
            "latin1",
            "us-ascii",
            "iso-8859-15",
            "utf-8",
            "ansi",
        ];
        if !western.contains(&said.as_str()) {
            return Err(Refusal::unsupported(
                "a page in an encoding other than UTF-8, UTF-16 or Windows-1252",
            ));
        }
    }
    if encoding != Encoding::Utf8 {
        findings.removed(Class::Software, "text encoding", encoding.name());
    }
    Ok(text)
}

/// The encoding that a page names in its first lines, in small letters.
fn said_encoding(text: &str) -> String {
    let head: String = text.chars().take(2048).collect::<String>().to_ascii_lowercase();
    let Some((_, rest)) = head.split_once("charset=").or_else(|| head.split_once("encoding="))
    else {
        return String::new();
    };
    let rest = rest.trim_start_matches(['"', '\'', ' ']);
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

//! Plain text: one encoding, one line end, and only characters that can be seen.
//!
//! ```text
//! bytes --decode--> characters --tidy, one by one--> visible characters --> UTF-8, LF
//!                                     '--> counts per family, with the first place
//! ```

mod decode;
mod tables;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub(crate) use decode::{Encoding, decode};
pub(crate) use tables::is_invisible;

use crate::nest::reads_as;
use crate::report::{Class, Findings};
use crate::{Cleaned, Format, Limits, Refusal};
use tables::{
    family, is_emoji, is_joining, is_latin, is_lookalike, is_odd_space, is_private, is_styled,
};

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// What a tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tabs {
    /// A blank, which goes at the end of a line.
    Blank,
    /// What separates cells, of which the last may be empty.
    Cells,
}

/// Writes the visible characters anew, with tabs as they are meant, and tells whether the copy is a
/// text or a table.
pub(crate) fn scrub(
    bytes: &[u8],
    tabs: Tabs,
    limits: &Limits,
) -> Result<(Cleaned, Format), Refusal> {
    let (text, encoding) =
        decode(bytes).ok_or_else(|| Refusal::malformed("text that is in no known encoding"))?;
    let mut findings = Findings::default();
    note_encoding(bytes, encoding, &mut findings);
    let out = visible(&text, tabs, &mut findings)?;
    // Five times the file: what follows needs room of its own.
    drop(text);
    limits.admit_output(out.len())?;
    // Marks that cannot be seen may have kept a launcher or a page from being known as one.
    let seen = reads_as(out.as_bytes(), &[Format::Text, Format::Csv])?;
    Ok(((out.into_bytes(), findings), seen))
}

/// The visible characters of a text, with one line end.
pub(crate) fn visible(text: &str, tabs: Tabs, findings: &mut Findings) -> Result<String, Refusal> {
    let mut tidy = Tidy::default();
    let chars: Vec<char> = one_line_end(text, findings).chars().collect();
    for at in 0..chars.len() {
        tidy.step(&chars, at, tabs);
    }
    drop(chars);
    let Tidy { out, counts, .. } = tidy.finish();
    for (name, (count, place)) in counts {
        findings.removed(Class::Identifier, name, &format!("{count}, first at {place}"));
    }
    point_out(&out, findings);
    check(&out, tabs)?;
    Ok(out)
}

fn note_encoding(bytes: &[u8], encoding: Encoding, findings: &mut Findings) {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        findings.removed(Class::Software, "byte order mark", "");
    }
    if encoding != Encoding::Utf8 {
        findings.removed(Class::Software, "text encoding", encoding.name());
    }
}

/// All line ends as LF; which ones were used tells the system, a mix can mark a copy.
fn one_line_end(text: &str, findings: &mut Findings) -> String {
    let crlf = text.matches("\r\n").count();
    let cr = text.matches('\r').count().saturating_sub(crlf);
    let lf = text.matches('\n').count().saturating_sub(crlf);
    let others = text.matches(['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).count();
    if crlf > 0 || cr > 0 || others > 0 {
        let detail = format!("{crlf} CRLF, {cr} CR, {lf} LF, {others} other");
        findings.removed(Class::Software, "line ends", &detail);
    }
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
}

/// The text as far as it is tidied, and what was met.
#[derive(Default)]
struct Tidy {
    out: String,
    line: usize,
    column: usize,
    /// Blanks not yet written: they are dropped when the line ends.
    blanks: String,
    counts: BTreeMap<&'static str, (usize, String)>,
}

impl Tidy {
    fn step(&mut self, chars: &[char], at: usize, tabs: Tabs) {
        let Some(c) = chars.get(at).copied() else {
            return;
        };
        match c {
            '\n' => self.end_line(),
            ' ' => self.blanks.push(c),
            '\t' if tabs == Tabs::Blank => self.blanks.push(c),
            _ if is_odd_space(c) => {
                self.count("odd spaces");
                self.blanks.push(' ');
            }
            _ if c != '\t' && is_invisible(c) && !belongs(chars, at) => self.count(family(c)),
            _ => {
                self.out.push_str(&self.blanks);
                self.blanks.clear();
                self.out.push(c);
            }
        }
        self.column = self.column.saturating_add(1);
        if c == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 0;
        }
    }

    fn end_line(&mut self) {
        if !self.blanks.is_empty() {
            self.count("blanks at line ends");
            self.blanks.clear();
        }
        self.out.push('\n');
    }

    fn count(&mut self, name: &'static str) {
        let place = || format!("{}:{}", self.line.saturating_add(1), self.column.saturating_add(1));
        let entry = self.counts.entry(name).or_insert_with(|| (0, place()));
        entry.0 = entry.0.saturating_add(1);
    }

    fn finish(mut self) -> Self {
        if !self.blanks.is_empty() {
            self.count("blanks at line ends");
        }
        self
    }
}

/// Whether an invisible character has work to do where it stands: a joiner between letters of a
/// joining script or between pictographs, a selector after a pictograph, the tags of a flag.
fn belongs(chars: &[char], at: usize) -> bool {
    let Some(c) = chars.get(at).copied() else {
        return false;
    };
    let before = at.checked_sub(1).and_then(|n| chars.get(n)).copied();
    let after = at.checked_add(1).and_then(|n| chars.get(n)).copied();
    match c {
        ZWJ | ZWNJ if before.is_some_and(is_joining) && after.is_some_and(is_joining) => true,
        ZWJ => {
            // A selector in front must stay itself.
            let selected = || at.checked_sub(1).is_some_and(|at| belongs(chars, at));
            let joins = |b| is_emoji(b) || (b == '\u{fe0f}' && selected());
            before.is_some_and(joins) && after.is_some_and(is_emoji)
        }
        '\u{fe0f}' => before.is_some_and(|b| is_emoji(b) || is_keycap(b, after)),
        '\u{e0020}'..='\u{e007f}' => is_flag(chars, at),
        _ => false,
    }
}

/// Whether a character is a mark that cannot be seen and has no work to do where it stands.
pub(crate) fn is_unseen(chars: &[char], at: usize) -> bool {
    let space = |c: char| matches!(c, '\t' | '\n' | '\r');
    chars
        .get(at)
        .is_some_and(|c| !space(*c) && !is_odd_space(*c) && is_invisible(*c) && !belongs(chars, at))
}

/// A text that is one of several parts, without marks that cannot be seen. What a joiner at its edge joins
/// may stand in the part beside it.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\n' | b'\r')) {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let is_at_edge = |at: usize| {
        let neighbours = [at.checked_sub(1), at.checked_add(1)];
        let mut known = neighbours.into_iter().flatten().filter_map(|at| chars.get(at));
        let joiner = matches!(chars.get(at), Some(&(ZWJ | ZWNJ)));
        joiner && known.clone().count() == 1 && known.all(|c| is_joining(*c))
    };
    let is_seen = |at: usize| !is_unseen(&chars, at) || is_at_edge(at);
    if (0..chars.len()).all(is_seen) {
        return Cow::Borrowed(text);
    }
    let seen = |(at, c): (usize, &char)| is_seen(at).then_some(*c);
    Cow::Owned(chars.iter().enumerate().filter_map(seen).collect())
}

/// Words that are not what they look like: letters of two scripts that look alike, or letters that are
/// symbols.
pub(crate) fn strange_words(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_ascii());
    words.filter_map(|word| {
        let mixed = word.chars().any(is_latin) && word.chars().any(is_lookalike);
        match () {
            () if mixed => Some(("look-alike letters", word)),
            () if word.chars().any(is_styled) => Some(("styled letters", word)),
            () => None,
        }
    })
}

/// Why letters stay that are not what they look like.
pub(crate) const STRANGE: &str = "letters are content; compare them by eye or retype the word";

/// Digits and `#*` take a selector only as part of a keycap.
fn is_keycap(before: char, after: Option<char>) -> bool {
    (before.is_ascii_digit() || matches!(before, '#' | '*')) && after == Some('\u{20e3}')
}

/// Whether the tag character at `at` is part of one of the three flags that are spelt with tags.
fn is_flag(chars: &[char], at: usize) -> bool {
    const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
    let is_tag = |c: &char| ('\u{e0020}'..='\u{e007f}').contains(c);
    let head = chars.get(..at).unwrap_or_default();
    let start = at.saturating_sub(head.iter().rev().take_while(|c| is_tag(c)).count());
    let black_flag = start.checked_sub(1).and_then(|n| chars.get(n)) == Some(&'\u{1f3f4}');
    let tags = chars.get(start..).unwrap_or_default().iter().take_while(|c| is_tag(c));
    let spelt: String =
        tags.filter_map(|c| char::from_u32(u32::from(*c).saturating_sub(0xe_0000))).collect();
    black_flag && FLAGS.iter().any(|flag| spelt.strip_suffix('\u{7f}') == Some(flag))
}

/// Names what stays but may mark a copy: letters of two scripts in one word, private characters.
fn point_out(text: &str, findings: &mut Findings) {
    for (number, line) in text.lines().enumerate() {
        let number = number.saturating_add(1);
        for (what, word) in strange_words(line) {
            findings.kept(Class::Identifier, format!("{what} in line {number}"), word, STRANGE);
        }
        let private = line.chars().filter(|c| is_private(*c)).count();
        if private > 0 {
            let place = format!("private-use characters in line {number}");
            findings.kept(Class::Identifier, place, &private.to_string(), STRANGE);
        }
    }
}

/// The second reader: looks at the clean text line by line instead of character by character.
fn check(text: &str, tabs: Tabs) -> Result<(), Refusal> {
    if text.contains('\r') {
        return Err(Refusal::not_clean("a carriage return"));
    }
    for line in text.split('\n') {
        if line.ends_with(' ') || (tabs == Tabs::Blank && line.ends_with('\t')) {
            return Err(Refusal::not_clean("a blank at a line end"));
        }
        if line.contains(is_odd_space) {
            return Err(Refusal::not_clean("an odd space"));
        }
        let chars: Vec<char> = line.chars().collect();
        let hidden =
            |(at, c): (usize, &char)| *c != '\t' && is_invisible(*c) && !belongs(&chars, at);
        if chars.iter().enumerate().any(hidden) {
            return Err(Refusal::not_clean("an invisible character"));
        }
    }
    Ok(())
}

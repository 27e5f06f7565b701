//! What the value of an attribute may be. A value that is not of its kind goes, and is counted.

use std::borrow::Cow;

use super::table::class;
use crate::report::Class;

/// Longest word of a fixed vocabulary.
const MAX_TOKEN: usize = 48;

/// What an attribute may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number with or without a unit, or a number in hexadecimal.
    Number,
    /// Numbers, and what stands between them.
    Numbers,
    /// A word of a fixed vocabulary (letters and digits), or a number.
    Token,
    /// Words of a fixed vocabulary with dashes, numbers and colours, in a list or alone.
    Words,
    /// Outlines of shapes and what computes them: numbers, operators and short words.
    Expression,
    /// A formula, or a place in a table, that stays inside the document.
    Formula,
    /// A date, a time or how long something takes.
    Moment,
    /// A language, such as `en-US`.
    Language,
    /// A cell, a range of cells, or a list of them.
    Range,
    /// Text that the document shows.
    Text,
    /// The name of a font.
    Font,
    /// A list of CSS properties with plain values.
    Css,
    /// Always this value.
    Fixed(&'static str),
    /// A name that is replaced by a number of its own, the same everywhere.
    Mapped(&'static str),
    /// The same, but names of words that every program knows stay.
    Named(&'static str),
    /// Such a name behind `#`.
    Hash(&'static str),
    /// The number of another part of the package; without one the attribute goes.
    Relation,
    /// The same; without one the element goes.
    RelationNeeded,
    /// The same; without one the element is replaced by what is in it.
    RelationWrap,
    /// The guide decides.
    Ask,
    /// It goes, and this is what it is.
    Drop(Class),
}

/// What a value becomes by its kind alone.
pub(crate) enum Value<'v> {
    Keep(Cow<'v, str>),
    Gone,
}

impl Kind {
    pub(super) fn read(word: &'static str) -> Option<Self> {
        if let Some((head, rest)) = word.split_once('=') {
            return Some(match head {
                "fixed" => Self::Fixed(rest),
                "map" => Self::Mapped(rest),
                "name" => Self::Named(rest),
                "hash" => Self::Hash(rest),
                "drop" => Self::Drop(class(rest)?),
                _ => return None,
            });
        }
        Some(match word {
            "num" => Self::Number,
            "nums" => Self::Numbers,
            "tok" => Self::Token,
            "word" => Self::Words,
            "expr" => Self::Expression,
            "formula" => Self::Formula,
            "time" => Self::Moment,
            "lang" => Self::Language,
            "range" => Self::Range,
            "text" => Self::Text,
            "font" => Self::Font,
            "css" => Self::Css,
            "rel" => Self::Relation,
            "relneed" => Self::RelationNeeded,
            "relwrap" => Self::RelationWrap,
            "ask" => Self::Ask,
            _ => return None,
        })
    }

    /// Whether a value is of this kind, and what is written of it. Kinds that need more than the
    /// value are the sieve's.
    pub(super) fn admit(self, value: &str) -> Value<'_> {
        let fits = match self {
            Self::Number => is_number(value),
            Self::Numbers => value.split([' ', ',', ';', ':', '(', ')']).all(is_number_or_empty),
            Self::Token => is_token(value) || is_number(value),
            Self::Words => value.split([' ', ',']).all(is_word),
            Self::Expression => is_expression(value),
            Self::Formula => !is_outside(value),
            Self::Moment => is_moment(value),
            Self::Language => is_language(value) || value == "none",
            Self::Range => value.split_ascii_whitespace().all(is_range),
            Self::Text => true,
            Self::Font => value.len() <= 128,
            Self::Css => return css(value).map_or(Value::Gone, |css| Value::Keep(Cow::Owned(css))),
            Self::Fixed(fixed) => return Value::Keep(Cow::Borrowed(fixed)),
            _ => false,
        };
        if fits { Value::Keep(Cow::Borrowed(value)) } else { Value::Gone }
    }
}

/// A number, perhaps with a sign, a point, an exponent and a unit; or hexadecimal.
pub(super) fn is_number(value: &str) -> bool {
    let hex = matches!(value.len(), 1..=8) && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        return true;
    }
    let rest = value.strip_prefix(['-', '+']).unwrap_or(value);
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let exponent = digits.strip_prefix(['e', 'E']).and_then(|rest| {
        let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        (behind.len() < rest.len()).then_some(behind)
    });
    let unit = exponent.unwrap_or(digits);
    let known = [
        "", "%", "pt", "in", "cm", "mm", "pc", "pi", "px", "em", "ex", "f", "fd", "emu", "s", "ms",
        "deg", "rad", "grad",
    ];
    value.len() <= 40 && rest.len() > digits.len() && known.contains(&unit)
}

fn is_number_or_empty(value: &str) -> bool {
    value.is_empty() || is_number(value)
}

pub(super) fn is_token(value: &str) -> bool {
    value.len() <= MAX_TOKEN && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A number, a colour, or a word that starts with a small letter, such as `page-content`.
fn is_word(word: &str) -> bool {
    let small = word.starts_with(|c: char| c.is_ascii_lowercase()) && word.len() <= MAX_TOKEN;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    word.is_empty()
        || is_number(word)
        || word.strip_prefix('#').is_some_and(is_number)
        || (small && word.bytes().all(plain))
}

/// `M 0 0 L 21600 0 Z N`, `rotate (0.5) translate (1cm 2cm)`, `$0 *logwidth/2`: no word is longer
/// than the functions' names.
fn is_expression(value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" #_+-*/().,$%:;@?=<>\n".contains(&b);
    let word = |word: &str| {
        let rest = word.strip_suffix(['X', 'Y']).unwrap_or(word);
        word.len() <= 3 || (word.len() <= 14 && rest.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let letters = value.split(|c: char| !c.is_ascii_alphabetic());
    // Outlines are written without spaces: one letter is one command.
    let outline = |word: &str| word.bytes().all(|b| b"MLCZNHVSQTAmlczhvsqtaFGUWXYBe".contains(&b));
    value.bytes().all(plain) && !value.contains("//") && { letters }
        .all(|text| word(text) || outline(text))
}

/// Whether a formula asks for something that is not in the document.
fn is_outside(formula: &str) -> bool {
    const ASKS: [&str; 13] = [
        "FILE:",
        "SMB:",
        "FTP:",
        "VND.SUN.STAR",
        "\\\\",
        ":\\",
        "|'",
        "'#$",
        "'#'",
        "WEBSERVICE(",
        "DDE(",
        "RTD(",
        "SQL.REQUEST(",
    ];
    let upper = formula.to_ascii_uppercase();
    // `of:` and the like say in which language it is written; others are not known.
    let prefix = formula.split_once(":=").map(|(prefix, _)| prefix);
    let foreign = prefix.is_some_and(|prefix| !matches!(prefix, "of" | "oooc"));
    foreign || ASKS.iter().any(|ask| upper.contains(ask))
}

/// `2026-11-23T10:00:00`, `PT12H30M05.5S`.
fn is_moment(value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_digit() || b"TZPYMDHSW:.,+-".contains(&b);
    value.len() <= 48 && value.bytes().all(plain)
}

fn is_language(value: &str) -> bool {
    let mut parts = value.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    let short = first.len() <= 3 && first.bytes().all(|b| b.is_ascii_alphabetic());
    let rest = |p: &str| p.len() <= 8 && p.bytes().all(|b| b.is_ascii_alphanumeric());
    // Word writes numbers of languages too.
    (short && value.len() <= 24 && parts.all(rest)) || (value.len() <= 5 && is_number(value))
}

/// `A1`, `$A$1:B2`, `A:C` or `1:3`.
fn is_range(value: &str) -> bool {
    let cell = |part: &str| {
        let part = part.replace('$', "");
        let letters = part.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = part.bytes().skip(letters);
        let count = part.len().saturating_sub(letters);
        letters <= 3 && count <= 7 && !part.is_empty() && { digits }.all(|b| b.is_ascii_digit())
    };
    let parts: Vec<_> = value.split(':').collect();
    parts.len() <= 2 && parts.iter().all(|part| cell(part))
}

/// The properties of a list whose values are numbers and words of a vocabulary.
fn css(value: &str) -> Option<String> {
    let mut out = Vec::new();
    for property in value.split(';') {
        let Some((name, value)) = property.split_once(':') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && name.len() <= 40;
        let vocabulary = |word: &str| {
            is_number(word) || (is_token(word) && !word.bytes().any(|b| b.is_ascii_uppercase()))
        };
        let colour = |word: &str| word.strip_prefix('#').is_some_and(is_number);
        let font = name == "font-family" && value.len() <= 128 && !value.contains(['(', ':', '\\']);
        let fits = value.split([' ', ',', '-']).all(|w| w.is_empty() || vocabulary(w) || colour(w));
        if plain && (fits || font) {
            out.push(format!("{name}:{value}"));
        }
    }
    (!out.is_empty()).then(|| out.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fit_their_kinds_and_free_words_fit_none() {
        let fits = |kind: &'static str, value: &str| {
            matches!(Kind::read(kind).expect("a kind").admit(value), Value::Keep(_))
        };
        for (kind, value) in [
            ("num", "12"),
            ("num", "-1.5pt"),
            ("num", "00FF7F"),
            ("num", "1.0E-3"),
            ("num", "50%"),
            ("nums", "0,0 21600,21600"),
            ("tok", "wedgeRoundRectCallout"),
            ("lang", "x-none"),
            ("lang", "sr-Latn-RS"),
            ("range", "A1:B5 $C$7 A:A"),
            ("css", "position:absolute;left:0;width:10.5pt"),
            ("word", "0.06pt solid #000000"),
            ("word", "ooxml-flowChartProcess"),
            ("expr", "M ?f0 $1 L 21600 0 Z N"),
            ("expr", "rotate (0.52) translate (1cm 2cm)"),
            ("expr", "m0 0l100-5zm3 3h5"),
            ("formula", "of:=SUM([.A1:.B2])*HYPERLINK(\"https://example.org\")"),
            ("formula", "$'Sheet #1'.$A$1:.$B$5"),
            ("time", "2026-11-23T10:00:00.5"),
        ] {
            assert!(fits(kind, value), "{kind} {value}");
        }
        let kinds = ["num", "nums", "tok", "lang", "range", "css", "word", "expr", "time"];
        for kind in kinds {
            for free in ["CANARY-0001-JaneDoe", "C:\\Users\\jane", "file:///home/jane"] {
                assert!(!fits(kind, free), "{kind} {free}");
            }
        }
        for outside in [
            "of:='file:///home/jane/a.ods'#$Sheet1.A1",
            "of:=DDE(\"soffice\";\"a\";\"b\")",
            "of:=WEBSERVICE(\"https://example.org\")",
            "msoxl:='C:\\x\\[a.xlsx]S'!A1",
        ] {
            assert!(!fits("formula", outside), "{outside}");
        }
    }
}

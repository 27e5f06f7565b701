//! The operators content may use, each with the operands it takes.

use super::lexer::Token;
use super::textstring;

/// The rendering intents.
pub(super) const INTENTS: &[&str] =
    &["AbsoluteColorimetric", "RelativeColorimetric", "Saturation", "Perceptual"];

/// What an operator does, as far as the copier must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Changes the state or builds a path.
    State,
    /// Paints the current path.
    Paint,
    /// Shows text.
    Show,
}

/// Operators whose operands are numbers (`n`), strings (`s`) or arrays (`a`) only.
const SIMPLE: &[(&str, &str, Effect)] = &[
    ("q", "", Effect::State),
    ("Q", "", Effect::State),
    ("cm", "nnnnnn", Effect::State),
    ("w", "n", Effect::State),
    ("J", "n", Effect::State),
    ("j", "n", Effect::State),
    ("M", "n", Effect::State),
    ("d", "an", Effect::State),
    ("i", "n", Effect::State),
    ("m", "nn", Effect::State),
    ("l", "nn", Effect::State),
    ("c", "nnnnnn", Effect::State),
    ("v", "nnnn", Effect::State),
    ("y", "nnnn", Effect::State),
    ("h", "", Effect::State),
    ("re", "nnnn", Effect::State),
    ("W", "", Effect::State),
    ("W*", "", Effect::State),
    ("n", "", Effect::State),
    ("S", "", Effect::Paint),
    ("s", "", Effect::Paint),
    ("f", "", Effect::Paint),
    ("F", "", Effect::Paint),
    ("f*", "", Effect::Paint),
    ("B", "", Effect::Paint),
    ("B*", "", Effect::Paint),
    ("b", "", Effect::Paint),
    ("b*", "", Effect::Paint),
    ("BT", "", Effect::State),
    ("ET", "", Effect::State),
    ("Tc", "n", Effect::State),
    ("Tw", "n", Effect::State),
    ("Tz", "n", Effect::State),
    ("TL", "n", Effect::State),
    ("Tr", "n", Effect::State),
    ("Ts", "n", Effect::State),
    ("Td", "nn", Effect::State),
    ("TD", "nn", Effect::State),
    ("Tm", "nnnnnn", Effect::State),
    ("T*", "", Effect::State),
    ("Tj", "s", Effect::Show),
    ("TJ", "a", Effect::Show),
    ("'", "s", Effect::Show),
    ("\"", "nns", Effect::Show),
    ("d0", "nn", Effect::State),
    ("d1", "nnnnnn", Effect::State),
    ("G", "n", Effect::State),
    ("g", "n", Effect::State),
    ("RG", "nnn", Effect::State),
    ("rg", "nnn", Effect::State),
    ("K", "nnnn", Effect::State),
    ("k", "nnnn", Effect::State),
];

/// The operands and the effect of a simple operator.
pub(super) fn simple(word: &[u8]) -> Option<(&'static str, Effect)> {
    let found = SIMPLE.iter().find(|(name, ..)| name.as_bytes() == word);
    found.map(|(_, operands, effect)| (*operands, *effect))
}

/// Most letters that stand behind one mark: what a ligature or a shape of a script stands for. More
/// would be text that is copied and not seen.
const MOST_LETTERS: usize = 8;

/// The letters that these operands of a mark say it stands for, if nothing hides in them.
pub(super) fn letters(operands: &[Token]) -> Option<Vec<u8>> {
    let [.., Token::Name(tag), Token::Dict(entries)] = operands else { return None };
    let mut text = entries.iter().filter(|(key, _)| key == b"ActualText").map(|(_, value)| value);
    let (Some(Token::Str(text)), None) = (text.next(), text.next()) else { return None };
    let clean = textstring::clean(text);
    let length = textstring::read(&clean).chars().count();
    (tag == b"Span" && (1..=MOST_LETTERS).contains(&length)).then_some(clean)
}

/// Whether these operands are a mark in the one form that is written.
pub(super) fn are_letters(operands: &[Token]) -> bool {
    matches!(operands, [_, Token::Dict(entries)] if matches!(entries.as_slice(),
        [(_, Token::Str(text))] if letters(operands).as_ref() == Some(text)))
}

/// Whether a word is an operator a clean content stream may hold; asked by the second reader.
pub(super) fn is_listed(word: &[u8]) -> bool {
    let named = ["ri", "gs", "CS", "cs", "SC", "SCN", "sc", "scn", "sh", "Do", "Tf", "BDC", "EMC"];
    simple(word).is_some() || named.iter().any(|name| name.as_bytes() == word)
}

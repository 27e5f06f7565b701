//! Showing foreign text without letting it act.

use std::fmt;

use unicode_width::UnicodeWidthChar as _;

/// The most accents and vowel signs on one character. Tibetan and pointed Hebrew stay below; a
/// tower of them would cover the lines above.
const MAX_MARKS: usize = 8;

/// Foreign text that is safe to print: controls, bidi and invisible characters are escapes.
///
/// It stays on one line, whatever the original held. A backslash is doubled, so an escape in
/// the output is always ours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Escaped(String);

impl Escaped {
    /// Of a path, what stands behind its last slash. No escape has a slash in it.
    #[must_use]
    pub fn last_part(&self) -> Self {
        Self(self.0.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Escapes bytes of unknown origin; what is not UTF-8 is shown as `\x..`.
pub fn escape(bytes: &[u8]) -> Escaped {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for (c, plain) in judged(chunk.valid()) {
            push(&mut out, c, plain);
        }
        for b in chunk.invalid() {
            put(&mut out, format_args!("\\x{b:02x}"));
        }
    }
    Escaped(out)
}

fn push(out: &mut String, c: char, plain: bool) {
    match c {
        '\\' => out.push_str("\\\\"),
        c if plain => out.push(c),
        c => put(out, format_args!("\\u{{{:x}}}", u32::from(c))),
    }
}

fn put(out: &mut String, text: fmt::Arguments<'_>) {
    use fmt::Write as _;
    // A String takes everything.
    let _ = out.write_fmt(text);
}

/// Each character of a text, and whether it shows as itself there: a mark needs a character to
/// sit on, and no more than [`MAX_MARKS`] sit on one.
pub(crate) fn judged(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut room = 0;
    text.chars().map(move |c| {
        let plain = is_plain(c);
        if !plain || c.width() != Some(0) {
            room = if plain { MAX_MARKS } else { 0 };
            return (c, plain);
        }
        let sits = room > 0;
        room = room.saturating_sub(1);
        (c, sits)
    })
}

/// Whether a character shows as itself: no control, no bidi mark, nothing invisible, no
/// space but the plain one, nothing private or unassigned-looking.
///
/// The table is `Bidi_Control`, `Default_Ignorable_Code_Point`, the line separators, the odd
/// spaces and the blank-looking letters of Unicode 16.
pub(crate) fn is_plain(c: char) -> bool {
    !(c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(u32::from(c),
            0x00ad | 0x034f | 0x061c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164
            | 0xd800..=0xf8ff | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffd
            | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0x0010_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_path_stays_escaped_once() {
        assert_eq!(escape(b"/a/b\\c\n.txt").last_part().as_str(), r"b\\c\u{a}.txt");
        assert_eq!(escape(b"plain").last_part().as_str(), "plain");
    }

    #[test]
    fn ordinary_words_in_any_script_stay_as_they_are() {
        for word in ["report.pdf", "Résumé", "日本語", "отчёт 3", "تقرير"] {
            assert_eq!(escape(word.as_bytes()).as_str(), word);
        }
    }

    #[test]
    fn nothing_that_moves_the_cursor_or_hides_survives() {
        let hostile = "a\x1b[31mb\u{202e}c\u{200b}d\u{e0041}e\nf\\g\u{feff}";
        assert_eq!(
            escape(hostile.as_bytes()).as_str(),
            r"a\u{1b}[31mb\u{202e}c\u{200b}d\u{e0041}e\u{a}f\\g\u{feff}"
        );
        assert_eq!(escape(b"\xff\xfea").as_str(), r"\xff\xfea");
    }

    #[test]
    fn a_tower_of_marks_is_cut_and_a_mark_alone_sits_on_nothing_of_ours() {
        let tower = format!("a{}b", "\u{301}".repeat(10));
        let shown = format!(r"a{}\u{{301}}\u{{301}}b", "\u{301}".repeat(8));
        assert_eq!(escape(tower.as_bytes()).as_str(), shown);
        assert_eq!(escape("\u{301}a".as_bytes()).as_str(), r"\u{301}a");
        assert_eq!(escape("\u{7}\u{301}".as_bytes()).as_str(), r"\u{7}\u{301}");
        for word in ["Vie\u{302}\u{323}t", "שָׁלוֹם", "བསྒྲུབས"] {
            assert_eq!(escape(word.as_bytes()).as_str(), word);
        }
    }

    #[test]
    fn every_escaped_character_is_plain() {
        for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let shown = escape(c.to_string().as_bytes());
            assert!(shown.as_str().chars().all(is_plain), "U+{:04X}", u32::from(c));
        }
    }
}

//! The text of a message: as much of it as is shown, escaped, line by line.

use sd_fs::escape;
use serde::Serialize;

/// The most bytes of a message that are read. SecureDrop takes 100,000 characters; what is longer
/// was made otherwise, and is read with something else.
pub(crate) const SHOWN: u64 = 512 << 10;

/// Columns between two tabs.
const TAB: usize = 8;

/// A message's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Text {
    /// Each line by itself, escaped.
    pub(crate) lines: Vec<String>,
    /// Bytes of it that are not shown.
    pub(crate) left_out: u64,
    /// Whether anything in it had to be escaped.
    pub(crate) escaped: bool,
}

impl Text {
    /// From a message's first bytes, and how many it has in all.
    pub(crate) fn of(bytes: &[u8], whole: u64) -> Self {
        let left_out = whole.saturating_sub(bytes.len() as u64);
        let bytes = if left_out > 0 { without_half_a_character(bytes) } else { bytes };
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let lines: Vec<String> = bytes.split(|b| *b == b'\n').map(line).collect();
        let escaped = lines.iter().any(|line| line.contains('\\'));
        Self { lines, left_out, escaped }
    }

    /// Its first line that is not blank, for a list.
    pub(crate) fn first_line(&self) -> &str {
        self.lines.iter().map(|l| l.trim()).find(|l| !l.is_empty()).unwrap_or_default()
    }

    /// What a reader should know about how it is shown.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = String> {
        let left_out = (self.left_out > 0).then(|| sd_term::size(self.left_out));
        let escapes = r"\u{..} and \x.. stand for what cannot be shown, \\ for one \";
        let left_out = left_out.map(|size| format!("({size} more are not shown here)"));
        left_out.into_iter().chain(self.escaped.then(|| format!("({escapes})")))
    }
}

fn line(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let (mut shown, mut column) = (String::new(), 0);
    for (n, part) in bytes.split(|b| *b == b'\t').enumerate() {
        if n > 0 {
            let stop = TAB - column % TAB;
            shown.extend(std::iter::repeat_n(' ', stop));
            column += stop;
        }
        let part = escape(part);
        column += sd_term::width(part.as_str());
        shown.push_str(part.as_str());
    }
    shown
}

/// A cut in the middle of a character is not the writer's: it must not look like bytes of theirs.
fn without_half_a_character(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(e) if e.error_len().is_none() => &bytes[..e.valid_up_to()],
        // An error before the end hides the one there; four bytes hold any character.
        Err(_) => {
            let tail = bytes.len().saturating_sub(4);
            let cut = bytes[tail..].utf8_chunks().last().map_or(0, |chunk| {
                let half = std::str::from_utf8(chunk.invalid());
                if half.is_err_and(|e| e.error_len().is_none()) { chunk.invalid().len() } else { 0 }
            });
            &bytes[..bytes.len() - cut]
        }
        Ok(_) => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> Vec<String> {
        Text::of(bytes, bytes.len() as u64).lines
    }

    #[test]
    fn lines_end_where_the_writer_ended_them_and_tabs_are_spaces() {
        assert_eq!(whole(b"one\r\ntwo\n\nthree\n"), ["one", "two", "", "three"]);
        assert_eq!(whole(b"a\tb\t\tc"), ["a       b               c"]);
        assert_eq!(whole(b""), [""]);
        assert_eq!(Text::of(b" \n  hello\n", 10).first_line(), "hello");
    }

    #[test]
    fn nothing_acts_and_a_lone_return_is_shown() {
        assert_eq!(whole(b"\x1b]0;x\x07a\rb\xff\\"), [r"\u{1b}]0;x\u{7}a\u{d}b\xff\\"]);
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        let text = Text::of("aé".as_bytes(), 100);
        assert_eq!((text.lines, text.left_out), (vec!["aé".to_owned()], 97));
        for (cut, shown) in [(&b"a\xc3"[..], "a"), (b"\xff\xe2\x82", r"\xff"), (b"a\xff", r"a\xff")]
        {
            let text = Text::of(cut, 1_000_000);
            assert_eq!(text.lines, [shown]);
            assert!(text.remarks().any(|w| w.contains("1.0 MB more")));
        }
        assert_eq!(Text::of(b"a", 1).remarks().count(), 0);
        assert_eq!(Text::of(b"a\\", 2).remarks().count(), 1);
    }
}

//! Letters: charsets by name, encoded words in headers, and how they are written.

use std::fmt::Write as _;

use crate::codepage::Page;
use crate::{Refusal, base64};

/// Most bytes of text in one encoded word: the word may have 75 letters.
const CHUNK: usize = 42;

/// Longest encoded word that is read; the rules allow 75 letters.
const LONGEST_WORD: usize = 4096;

/// Bytes of a charset as text.
pub(super) fn decode(bytes: &[u8], charset: &str) -> Result<String, Refusal> {
    let name = charset.trim().to_ascii_lowercase();
    let found = match name.as_str() {
        // What says nothing, or too little, is told by its bytes.
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" => {
            crate::text::decode(bytes).map(|(text, _)| text)
        }
        "utf-16" | "utf-16le" | "utf-16be" => utf16(bytes, name.ends_with("le")),
        // Windows' own page has letters where ISO's has none.
        "iso-8859-1" | "latin1" => Page::named("1252").and_then(|page| page.decode(bytes)),
        other if Page::named(other).is_some() => {
            Page::named(other).and_then(|page| page.decode(bytes))
        }
        other => {
            let plain: String = other.chars().filter(char::is_ascii_graphic).take(40).collect();
            return Err(Refusal::unsupported(format!("letters in the charset {plain}")));
        }
    };
    found.ok_or_else(|| Refusal::malformed("letters that are not in the charset they name"))
}

fn utf16(bytes: &[u8], little: bool) -> Option<String> {
    let (bytes, little) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        all => (all, little),
    };
    let unit = |pair: &[u8]| {
        let pair: [u8; 2] = pair.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let units: Option<Vec<u16>> = bytes.chunks(2).map(unit).collect();
    String::from_utf16(&units?).ok()
}

/// A header with its encoded words read. Blanks between two of them mean nothing.
pub(super) fn unfold(raw: &str) -> Result<String, Refusal> {
    let mut out = String::new();
    let mut rest = raw;
    let mut encoded = false;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some((word, behind)) = encoded_word(from) else {
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            encoded = false;
            continue;
        };
        if !(encoded && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&word?);
        (encoded, rest) = (true, behind);
    }
    out.push_str(rest);
    Ok(out)
}

/// The encoded word at the start, and what stands behind it; `None` when it is none.
fn encoded_word(text: &str) -> Option<(Result<String, Refusal>, &str)> {
    // A longer one is none; else many that do not end would be looked through to the end of all.
    let near = (0..4).find_map(|n| text.get(..LONGEST_WORD.min(text.len()).checked_sub(n)?))?;
    let (charset, rest) = near.strip_prefix("=?")?.split_once('?')?;
    let (kind, rest) = rest.split_once('?')?;
    let (body, rest) = rest.split_once("?=")?;
    let behind = text.get(near.len().saturating_sub(rest.len())..)?;
    if charset.is_empty() || charset.len() > 60 || body.contains([' ', '\t']) {
        return None;
    }
    let bytes = match kind {
        "B" | "b" => base64::decode(body)?,
        "Q" | "q" => unquoted(body.replace('_', " ").as_bytes())?,
        _ => return None,
    };
    // A language may stand behind the charset.
    let charset = charset.split('*').next().unwrap_or_default();
    Some((decode(&bytes, charset), behind))
}

/// Text for a header: plain ASCII as it is, all else in encoded words.
pub(super) fn header(text: &str) -> String {
    let plain = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if plain && text.len() <= 200 && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len().saturating_add(c.len_utf8()) > CHUNK {
            words.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    words.push(chunk);
    let word = |chunk: &String| format!("=?utf-8?B?{}?=", base64::encode(chunk.as_bytes()));
    words.iter().map(word).collect::<Vec<_>>().join("\r\n ")
}

/// The bytes of quoted-printable; `None` when it is none.
pub(super) fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|b| *b == b'\n') {
        let end = line.trim_ascii_end().len();
        let has_end = line.ends_with(b"\n");
        // Blanks at the end of a line were put there on the way.
        let body = if has_end { line.get(..end)? } else { line };
        let (body, soft) = match body.strip_suffix(b"=") {
            Some(body) => (body, true),
            None => (body, false),
        };
        let mut rest = body;
        while let Some((first, behind)) = rest.split_first() {
            if *first != b'=' {
                out.push(*first);
                rest = behind;
                continue;
            }
            let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = behind.get(2..)?;
        }
        if has_end && !soft {
            out.extend_from_slice(b"\r\n");
        }
    }
    Some(out)
}

/// Text as quoted-printable, in one form.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let (body, ended) = match line.strip_suffix('\n') {
            Some(body) => (body, true),
            None => (line, false),
        };
        let mut column = 0usize;
        let mut bytes = body.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let last = bytes.peek().is_none();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~');
            let blank = matches!(byte, b' ' | b'\t') && !last;
            let width = if plain || blank { 1 } else { 3 };
            if column.saturating_add(width) > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            if plain || blank {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "={byte:02X}");
            }
            column = column.saturating_add(width);
        }
        if ended {
            out.push_str("\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in
            ["", "a", "ab", "abc", "Grüße, 漢字\nund mehr = mehr \n.\n--x\n", &"ä".repeat(300)]
        {
            let back = unquoted(quoted(text).as_bytes()).expect("read");
            assert_eq!(String::from_utf8_lossy(&back).replace("\r\n", "\n"), text);
            let line = text.replace('\n', " ");
            assert_eq!(unfold(&header(&line).replace("\r\n", "")), Ok(line));
        }
    }

    #[test]
    fn encoded_words_are_read() {
        let read = |text: &str| unfold(text).expect("read");
        assert_eq!(read("=?iso-8859-1?Q?Gr=FC=DFe_x?= =?utf-8?B?4oKs?= y"), "Grüße x€ y");
        assert_eq!(read("a =?b"), "a =?b");
        assert!(unfold("=?iso-2022-jp?B?AAAA?=").is_err());
    }
}

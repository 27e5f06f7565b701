//! Which encoding a text is in: UTF-8, UTF-16 with its mark, else Windows-1252.

use crate::codepage::Page;

/// The encoding a text came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, low byte first, with its mark.
    Utf16Le,
    /// UTF-16, high byte first, with its mark.
    Utf16Be,
    /// The Western single-byte encoding; the fallback.
    Windows1252,
}

impl Encoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16, low byte first",
            Self::Utf16Be => "UTF-16, high byte first",
            Self::Windows1252 => "Windows-1252 or Latin-1 (assumed)",
        }
    }
}

/// The characters of a text, without the byte order mark; `None` when it is not text.
pub(crate) fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    let (text, encoding) = if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        (utf16(rest, u16::from_le_bytes)?, Encoding::Utf16Le)
    } else if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        (utf16(rest, u16::from_be_bytes)?, Encoding::Utf16Be)
    } else {
        let rest = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
        match std::str::from_utf8(rest) {
            Ok(text) => (text.to_owned(), Encoding::Utf8),
            Err(_) => (windows_1252(rest)?, Encoding::Windows1252),
        }
    };
    let binary =
        |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    (!text.contains(binary)).then_some((text, encoding))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units = pairs.filter_map(|pair| pair.try_into().ok().map(unit));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

/// Reads single bytes as letters, when most of them are plain ones: dense high bytes are data.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let plain = bytes.iter().filter(|b| b.is_ascii()).count();
    if plain.saturating_mul(4) < bytes.len().saturating_mul(3) {
        return None;
    }
    Page::named("1252")?.decode(bytes)
}

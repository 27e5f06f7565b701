//! Drawings, pages and style sheets with a canary in every hiding place and a keep-mark in every
//! kind of content.

use super::{canary, jpeg, png};

/// A photograph with EXIF, as an address.
pub(crate) fn photo() -> String {
    format!("data:image/jpeg;base64,{}", super::base64(&jpeg::with_exif()))
}

/// A picture with a text in it, as an address.
fn noted_png() -> String {
    format!("data:image/png;base64,{}", super::base64(&png::with_author(&canary(801))))
}

/// A text in which `%804%` is the canary of that number and `%photo%` a picture.
pub(super) fn planted(text: &str) -> String {
    let mut out = String::new();
    for (n, part) in text.split('%').enumerate() {
        match (n % 2, part) {
            (0, part) => out += part,
            (_, "photo") => out += &photo(),
            (_, "noted") => out += &noted_png(),
            (_, "inner") => out += &inner(),
            (_, "zero") => out.push('\u{200b}'),
            (_, "percent") => out.push('%'),
            (_, number) => out += &canary(number.parse().expect("a number")),
        }
    }
    out
}

/// A drawing in a drawing.
fn inner() -> String {
    let text = "<svg xmlns='http://www.w3.org/2000/svg' id='%802%'><desc>%803%</desc><text>KEEP inner</text></svg>";
    super::base64(planted(text).as_bytes())
}

/// A drawing.
pub(crate) fn svg() -> String {
    planted(include_str!("data/web/drawing.svg.in"))
}

/// A page in HTML.
pub(crate) fn html() -> String {
    planted(include_str!("data/web/page.html.in"))
}

/// A page in XHTML.
pub(crate) fn xhtml() -> String {
    planted(include_str!("data/web/page.xhtml.in"))
}

/// A style sheet.
pub(crate) fn css() -> String {
    planted(include_str!("data/web/looks.css.in"))
}

/// All the pictures that a text holds, behind it, so that what hides in them is found.
pub(crate) fn opened(text: &[u8]) -> Vec<u8> {
    let mut all = text.to_vec();
    let text = String::from_utf8_lossy(text);
    for (at, start) in text.match_indices(";base64,") {
        let rest = &text[at + start.len()..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)));
        let inner = bytes(&rest[..end.unwrap_or(rest.len())]);
        all.push(b'\n');
        all.extend(opened(&inner));
    }
    all
}

fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for letter in text.bytes().filter(|b| *b != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).expect("a byte"));
        }
    }
    out
}

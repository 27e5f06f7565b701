//! What is said of objects that are dropped.

use super::{Object, id};
use crate::bytes::Cursor;
use crate::msmedia::wide;
use crate::report::{Class, Findings};
use crate::wording::{escape, foreign};

/// Names an object that is dropped.
pub(super) fn dropped(found: &Object<'_>, findings: &mut Findings) {
    let body = found.body;
    let text = || words(body);
    match found.id {
        id::DESCRIPTION => drop(description(body, findings)),
        id::MORE_DESCRIPTION => drop(pairs(body, findings)),
        id::LIBRARY => records(body, "library", findings),
        id::METADATA => records(body, "metadata", findings),
        id::CODECS => findings.removed(Class::Software, "list of codecs", &text()),
        id::COMMANDS => findings.removed(Class::Link, "script commands", &text()),
        id::MARKERS => findings.removed(Class::Comment, "markers", &text()),
        id::BRANDING => findings.removed(Class::Link, "branding", &foreign(body)),
        id::SIGNATURE => findings.removed(Class::Identifier, "digital signature", ""),
        id::LANGUAGES => findings.removed(Class::Location, "list of languages", &text()),
        id::EXCLUSION => {
            findings.removed(Class::Unknown, "which streams are shown one at a time", "");
        }
        id::CORRECTION => findings.removed(Class::Unknown, "error correction", ""),
        id::PADDING => {
            if body.iter().any(|b| *b != 0) {
                findings.removed(Class::Trailing, "padding", &foreign(body));
            }
        }
        known if id::QUIET.contains(&known) => {}
        [a, b, c, d, ..] => {
            let name = format!("object {:08x}", u32::from_le_bytes([a, b, c, d]));
            findings.removed(Class::Unknown, name, &text());
        }
    }
}

/// What can be read in an object, as two bytes a letter or as one.
fn words(body: &[u8]) -> String {
    let head = body.get(..body.len().min(400)).unwrap_or_default();
    // Of letters that take two bytes the second is mostly zero.
    if head.iter().skip(1).step_by(2).filter(|b| **b != 0).count() * 3 > head.len() {
        return foreign(head);
    }
    let mut from = Cursor::new(head);
    let units = std::iter::from_fn(|| from.le16()).filter(|unit| *unit >= 0x20);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Title, author, copyright, description and rating.
fn description(body: &[u8], findings: &mut Findings) -> Option<()> {
    let mut from = Cursor::new(body);
    let mut lens = [0; 5];
    for len in &mut lens {
        *len = usize::from(from.le16()?);
    }
    let places = [
        (Class::Comment, "title"),
        (Class::Person, "author"),
        (Class::Person, "copyright"),
        (Class::Comment, "description"),
        (Class::Comment, "rating"),
    ];
    for (len, (class, place)) in lens.into_iter().zip(places) {
        let text = wide(from.take(len)?);
        if !text.is_empty() {
            findings.removed(class, place, &text);
        }
    }
    Some(())
}

/// Names and values.
fn pairs(body: &[u8], findings: &mut Findings) -> Option<()> {
    let mut from = Cursor::new(body);
    for _ in 0..from.le16()? {
        let len = from.le16()?;
        let name = wide(from.take(len.into())?);
        let (kind, len) = (from.le16()?, from.le16()?);
        pair(&name, kind, from.take(len.into())?, "tag", findings);
    }
    Some(())
}

/// Names and values that belong to a stream; the shape of a pixel is kept and not named.
pub(super) fn records(body: &[u8], place: &str, findings: &mut Findings) {
    let mut from = Cursor::new(body.get(2..).unwrap_or_default());
    let mut one = || {
        from.take(4)?;
        let (name, kind) = (from.le16()?, from.le16()?);
        let len = usize::try_from(from.le32()?).ok()?;
        let name = wide(from.take(name.into())?);
        Some((name, kind, from.take(len)?))
    };
    while let Some((name, kind, value)) = one() {
        if !matches!(name.as_str(), "AspectRatioX" | "AspectRatioY") {
            pair(&name, kind, value, place, findings);
        }
    }
}

fn pair(name: &str, kind: u16, value: &[u8], place: &str, findings: &mut Findings) {
    let class = match name {
        "Author" | "Copyright" | "WM/Composer" | "WM/Writer" | "WM/Publisher" | "WM/EncodedBy"
        | "WM/AlbumArtist" | "WM/Director" | "WM/Producer" | "WM/Conductor" => Class::Person,
        "WM/EncodingTime" | "WM/Year" => Class::Time,
        "WMFSDKVersion"
        | "WMFSDKNeeded"
        | "WM/ToolName"
        | "WM/ToolVersion"
        | "WM/EncodingSettings"
        | "DeviceConformanceTemplate" => Class::Software,
        "WM/Picture" => Class::Thumbnail,
        "WM/UniqueFileIdentifier"
        | "WM/MediaClassPrimaryID"
        | "WM/MediaClassSecondaryID"
        | "WM/WMContentID"
        | "WM/WMCollectionID" => Class::Identifier,
        name if name.contains("ocation") || name.contains("GPS") => Class::Location,
        name if name.contains("Date") || name.contains("Time") => Class::Time,
        _ => Class::Comment,
    };
    let text = if kind == 0 { wide(value) } else { String::new() };
    findings.removed(class, format!("{place} {}", escape(name)), &text);
}

/// A time in units of 100 nanoseconds since 1601, as a day.
pub(super) fn date(time: u64) -> String {
    // Days since 1 March 1600, and from there by the rule of the calendar's 400 years.
    let days = time / 864_000_000_000 + 306;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", 1600 + era * 400 + year + carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_since_1601_are_said_as_days() {
        assert_eq!(date(0), "1601-01-01");
        assert_eq!(date(116_444_736_000_000_000), "1970-01-01");
        assert_eq!(date(134_083_000_000_000_000), "2025-11-22");
        assert_eq!(date(u64::MAX).len(), 11);
    }
}

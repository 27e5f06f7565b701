//! Names what is dropped: user data, metadata, handlers' names, tracks of other kinds.

use crate::bmff::{self, Box, boxes};
use crate::bytes::{Cursor, be16, slice};
use crate::report::{Class, Findings};
use crate::wording::{escape, foreign};

/// Brands that are not among those every file of a kind has.
pub(super) fn brands(found: &Box<'_>, findings: &mut Findings) {
    const COMMON: [&[u8; 4]; 10] =
        [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4A "];
    let all = found.body.chunks_exact(4).enumerate().filter(|(n, _)| *n != 1);
    for (_, brand) in all {
        if !COMMON.iter().any(|known| known.as_slice() == brand) && brand != [0; 4] {
            findings.removed(Class::Software, "file type brand", &foreign(brand));
        }
    }
    if slice(found.body, 4, 4).is_some_and(|version| version != [0; 4]) {
        findings.removed(Class::Software, "file type version", "");
    }
}

/// Seconds since 1904 in words.
pub(super) fn time(seconds: u64) -> String {
    // From 1904 to 1970 there are 24,107 days.
    let days = (seconds / 86_400).saturating_sub(24_107);
    let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
    let (year, month, day) = civil(days.min(3_000_000));
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// Year, month and day of a day since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

/// The name a program gave a track's handler.
pub(super) fn handler(found: &Box<'_>, findings: &mut Findings) {
    let name = found.body.get(24..).unwrap_or_default();
    // QuickTime puts the length in front.
    let counted = name.first().is_some_and(|n| usize::from(*n) == name.len().saturating_sub(1));
    let name = foreign(if counted { name.get(1..).unwrap_or_default() } else { name });
    if !name.is_empty() {
        findings.removed(Class::Software, "name of a track's handler", &name);
    }
}

/// A track that is neither pictures nor sound.
pub(super) fn other_track(kind: &[u8], coding: [u8; 4], findings: &mut Findings) {
    let coding_name = Box { kind: coding, body: &[], at: 0 }.name();
    let (class, what) = match (kind, &coding) {
        (_, b"gpmd" | b"camm" | b"mebx" | b"fdsc" | b"priv") | (b"camm", _) => {
            (Class::Location, "track of positions and sensors")
        }
        (b"tmcd", _) | (_, b"tmcd") => (Class::Time, "track of time codes"),
        (b"text" | b"sbtl" | b"subt" | b"clcp", _) => {
            (Class::HiddenContent, "track of text (subtitles or chapters)")
        }
        (b"meta", _) => (Class::Location, "track of timed metadata"),
        (b"hint", _) => (Class::Software, "track of hints for streaming"),
        _ => (Class::HiddenContent, "track of another kind"),
    };
    let detail = format!("{} {coding_name}", foreign(kind));
    findings.removed(class, what, &detail);
}

/// What a piece of user data is about.
fn meaning(kind: [u8; 4]) -> (Class, &'static str) {
    match &kind {
        b"\xa9xyz" | b"loci" => (Class::Location, "position"),
        b"\xa9mak" | b"\xa9mod" | b"manu" | b"modl" | b"CAME" | b"LENS" | b"FIRM" | b"SNum" => {
            (Class::Device, "device")
        }
        b"\xa9swr" | b"\xa9too" | b"\xa9enc" | b"\xa9fmt" | b"SDLN" => (Class::Software, "program"),
        b"\xa9day" | b"date" | b"yrrc" | b"\xa9ed1" => (Class::Time, "time"),
        b"\xa9ART" | b"\xa9art" | b"aART" | b"auth" | b"perf" | b"cprt" | b"\xa9cpy"
        | b"\xa9aut" | b"\xa9dir" | b"\xa9prd" | b"\xa9wrt" | b"apID" | b"ownr" => {
            (Class::Person, "person")
        }
        b"MUID" | b"GUMI" | b"xid " | b"cnID" | b"uuid" => (Class::Identifier, "identifier"),
        b"covr" | b"thmb" => (Class::Thumbnail, "picture"),
        b"chpl" | b"\xa9nam" | b"\xa9cmt" | b"desc" | b"titl" | b"dscp" | b"\xa9inf"
        | b"\xa9alb" | b"\xa9gen" | b"\xa9lyr" => (Class::Comment, "text"),
        _ => (Class::Unknown, "entry"),
    }
}

/// The kind in letters; the copyright sign of `QuickTime`'s names is kept.
fn name(kind: [u8; 4]) -> String {
    escape(&kind.iter().map(|b| char::from(*b)).collect::<String>())
}

/// The list of user data of the movie or of a track.
pub(super) fn user_data(found: &Box<'_>, place: &str, findings: &mut Findings) {
    for entry in boxes(found.body).unwrap_or_default() {
        if entry.kind == *b"meta" {
            meta(&entry, place, findings);
            continue;
        }
        let (class, what) = meaning(entry.kind);
        let text = match entry.kind {
            // Length, language, text.
            [0xa9, ..] => {
                let len = usize::from(be16(entry.body, 0).unwrap_or(0));
                foreign(slice(entry.body, 4, len).or(entry.body.get(4..)).unwrap_or_default())
            }
            _ if class == Class::Thumbnail => String::new(),
            _ => foreign(entry.body),
        };
        findings.removed(class, format!("{place} {what} ({})", name(entry.kind)), &text);
    }
}

/// Metadata: names and values, in Apple's two ways.
pub(super) fn meta(found: &Box<'_>, place: &str, findings: &mut Findings) {
    // QuickTime leaves out version and flags.
    let inner = match found.full() {
        Some((0, 0, rest)) => boxes(rest).ok(),
        _ => None,
    };
    let inner = inner.or_else(|| boxes(found.body).ok()).unwrap_or_default();
    let mut keys = Vec::new();
    if let Some((_, _, rest)) = bmff::first(&inner, *b"keys").and_then(|keys| keys.full()) {
        for key in boxes(rest.get(4..).unwrap_or_default()).unwrap_or_default() {
            keys.push(foreign(key.body));
        }
    }
    let list = bmff::first(&inner, *b"ilst").and_then(|list| boxes(list.body).ok());
    let list = list.unwrap_or_default();
    if list.is_empty() {
        let detail = format!("{} bytes", found.body.len());
        findings.removed(Class::Unknown, format!("{place} metadata"), &detail);
    }
    for entry in list {
        let number = usize::try_from(u32::from_be_bytes(entry.kind)).unwrap_or(0);
        let key = number.checked_sub(1).and_then(|n| keys.get(n));
        let (class, what) = match key {
            Some(key) => (key_class(key), escape(key)),
            None => (meaning(entry.kind).0, name(entry.kind)),
        };
        let value = boxes(entry.body).unwrap_or_default();
        let value =
            bmff::first(&value, *b"data").map(|data| data.body.get(8..).unwrap_or_default());
        let value = value.unwrap_or(entry.body);
        let text = if class == Class::Thumbnail { String::new() } else { value_text(value) };
        findings.removed(class, format!("{place} metadata {what}"), &text);
    }
}

/// A value as text, or how long it is.
fn value_text(value: &[u8]) -> String {
    if value.iter().all(|b| *b >= 0x20) {
        return foreign(value);
    }
    let mut from = Cursor::new(value);
    match (value.len(), from.be(value.len().min(8))) {
        (1..=8, Some(number)) => number.to_string(),
        _ => format!("{} bytes", value.len()),
    }
}

fn key_class(key: &str) -> Class {
    let has = |parts: &[&str]| parts.iter().any(|part| key.contains(part));
    if has(&["location", "direction"]) {
        Class::Location
    } else if has(&["make", "model", "camera", "manufacturer", "lens"]) {
        Class::Device
    } else if has(&["software", "version", "encoder"]) {
        Class::Software
    } else if has(&["date", "time"]) {
        Class::Time
    } else if has(&["author", "artist", "copyright", "creator"]) {
        Class::Person
    } else if has(&["identifier", "uuid"]) {
        Class::Identifier
    } else {
        Class::Comment
    }
}

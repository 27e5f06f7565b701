//! What a file is, told by its content; its name is never asked.

mod container;
mod magic;
mod ole;

use crate::bytes::{find, slice};
use crate::report::Format;

/// What the content of a file says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detected {
    /// A format this crate cleans.
    Known(Format),
    /// Something else, named for the reader.
    Unknown(&'static str),
}

/// How far into a file the textual kinds look for their marks.
const HEAD: usize = 4096;

/// Most bytes of headers that are looked at.
pub(crate) const LONGEST_HEAD: usize = 1 << 18;

/// Longest file that is looked through for text: it takes several times its size in memory.
const LONGEST_TEXT: usize = 512 << 20;

/// Tells what a file is by its content.
pub fn detect(bytes: &[u8]) -> Detected {
    if bytes.is_empty() {
        return Detected::Unknown("empty file");
    }
    if let Some(format) = known(bytes) {
        return Detected::Known(format);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return container::detect(bytes);
    }
    if let Some(kind) = ole::detect(bytes) {
        return Detected::Unknown(kind);
    }
    if let Some(kind) = by_magic(bytes).or_else(|| by_offset(bytes)).or_else(|| riff(bytes)) {
        return Detected::Unknown(kind);
    }
    // Readers accept a PDF header anywhere in the first kilobyte.
    if find(bytes.get(..bytes.len().min(1024)).unwrap_or_default(), b"%PDF-").is_some() {
        return Detected::Known(Format::Pdf);
    }
    if crate::rtf::is_rtf(bytes) {
        return Detected::Known(Format::Rtf);
    }
    match mail(bytes) {
        Some(Mail::One) => return Detected::Known(Format::Eml),
        Some(Mail::Box) => return Detected::Unknown("mailbox (MBOX; save its mails as EML)"),
        None => {}
    }
    if bytes.len() > LONGEST_TEXT {
        return Detected::Unknown("data too long to be a text");
    }
    let Some((text, _)) = crate::text::decode(bytes) else {
        return Detected::Unknown("unknown binary data");
    };
    if is_launcher(&text) {
        return Detected::Unknown("desktop launcher");
    }
    let head: String = text.chars().take(HEAD).collect();
    if let Some(format) = flat_document(&text).or_else(|| document(&text)) {
        return Detected::Known(format);
    }
    match textual(head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')) {
        Some(kind) => Detected::Unknown(kind),
        None if crate::css::is_sheet(&text) => Detected::Known(Format::Css),
        None if crate::csv::delimiter(&text).is_some() => Detected::Known(Format::Csv),
        None => Detected::Known(Format::Text),
    }
}

/// The formats that this crate cleans and that start with fixed bytes.
fn known(bytes: &[u8]) -> Option<Format> {
    const MAGIC: &[(&[u8], Format)] = &[
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
        (b"%PDF-", Format::Pdf),
        (b"{\\rtf", Format::Rtf),
        (b"fLaC", Format::Flac),
        (b"OggS", Format::Ogg),
        (b"\x1f\x8b\x08", Format::Gzip),
        (b"\xfd7zXZ\0", Format::Xz),
        (b"\x28\xb5\x2f\xfd", Format::Zstd),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
        (b"\xff\x0a", Format::Jxl),
    ];
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(*format);
    }
    match (slice(bytes, 0, 4), slice(bytes, 8, 4)) {
        (Some(b"RIFF"), Some(b"WEBP")) => return Some(Format::Webp),
        (Some(b"RIFF"), Some(b"AVI ")) => return Some(Format::Avi),
        (Some(b"RIFF" | b"RIFX" | b"RF64"), Some(b"WAVE")) => return Some(Format::Wav),
        (Some(b"FORM"), Some(b"AIFF" | b"AIFC")) => return Some(Format::Aiff),
        // Canon's raw files say so behind a header that is TIFF's.
        (Some(b"II*\0" | b"MM\0*"), rest) if rest.is_none_or(|r| !r.starts_with(b"CR")) => {
            return Some(Format::Tiff);
        }
        _ => {}
    }
    if slice(bytes, 0, 3) == Some(b"BZh") && bytes.get(3).is_some_and(u8::is_ascii_digit) {
        return Some(Format::Bzip2);
    }
    // A frame that readers skip may stand first.
    if matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]) {
        return Some(Format::Zstd);
    }
    if slice(bytes, 257, 5) == Some(b"ustar") || crate::tar::is_tar(bytes) {
        return Some(Format::Tar);
    }
    if crate::metafile::is_emf(bytes) {
        return Some(Format::Emf);
    }
    if crate::metafile::is_wmf(bytes) {
        return Some(Format::Wmf);
    }
    if crate::torrent::is_torrent(bytes) {
        return Some(Format::Torrent);
    }
    if bytes.starts_with(b"BM") && slice(bytes, 6, 4) == Some(&[0; 4]) {
        return Some(Format::Bmp);
    }
    if let Some(len) = crate::id3::tag_len(bytes) {
        // A tag can stand before more than one kind of sound.
        return match bytes.get(len..).unwrap_or_default() {
            rest if rest.starts_with(b"fLaC") => Some(Format::Flac),
            rest if rest.starts_with(b"OggS") => Some(Format::Ogg),
            _ => Some(Format::Mp3),
        };
    }
    if bytes.starts_with(b"\x1aE\xdf\xa3") {
        return Some(if crate::mkv::is_webm(bytes) { Format::Webm } else { Format::Matroska });
    }
    if bytes.starts_with(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") {
        return Some(if crate::asf::has_pictures(bytes) { Format::Wmv } else { Format::Wma });
    }
    if is_mpeg_audio(bytes) {
        return Some(Format::Mp3);
    }
    media(bytes).or_else(|| crate::pnm::is_pnm(bytes).then_some(Format::Pnm))
}

/// An MPEG audio frame: eleven sync bits, a layer, and a bit rate that is not bad.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    match bytes {
        // Not the mark of UTF-16.
        [0xff, second, third, ..] => {
            *second != 0xfe
                && second & 0xe0 == 0xe0
                && second & 0x06 != 0
                && !matches!(third >> 4, 0 | 15)
        }
        _ => false,
    }
}

/// The files of the ISO base media format, by their main brand.
fn media(bytes: &[u8]) -> Option<Format> {
    // A length in front, and not words.
    let words = slice(bytes, 0, 4)?.iter().all(|b| (0x20..0x7f).contains(b));
    (!words).then_some(())?;
    match (slice(bytes, 4, 4)?, slice(bytes, 8, 4)) {
        (b"ftyp", Some(brand)) => Some(match brand {
            b"avif" | b"avis" => Format::Avif,
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => Format::Heic,
            b"qt  " => Format::Mov,
            b"M4A " | b"M4B " => Format::M4a,
            b"crx " | b"jp2 " | b"jpx " => return None,
            _ => Format::Mp4,
        }),
        (b"moov" | b"mdat" | b"wide", _) => Some(Format::Mov),
        _ => None,
    }
}

/// Whether a desktop would take this for a launcher: comments and empty lines, however many, and
/// then the one group that starts programs.
fn is_launcher(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.eq_ignore_ascii_case("[desktop entry]"))
}

fn by_magic(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x7fELF") && slice(bytes, 8, 3) == Some(b"AI\x02") {
        return Some("AppImage program");
    }
    if matches!(slice(bytes, 0, 4), Some(b"II*\0" | b"MM\0*")) {
        return Some("camera raw file");
    }
    magic::MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

/// Kinds whose mark stands further in.
fn by_offset(bytes: &[u8]) -> Option<&'static str> {
    if slice(bytes, 4, 4) == Some(b"ftyp") {
        return Some(match slice(bytes, 8, 4) {
            Some(b"crx ") => "camera raw file",
            _ => "JPEG 2000 picture",
        });
    }
    if slice(bytes, 0x8001, 5) == Some(b"CD001") {
        return Some("disk image");
    }
    (slice(bytes, 4, 2) == Some(&[0x11, 0xaf])).then_some("FLIC animation")
}

fn riff(bytes: &[u8]) -> Option<&'static str> {
    match (slice(bytes, 0, 4)?, slice(bytes, 8, 4)?) {
        (b"RIFF", _) => Some("RIFF file"),
        (b"FORM", _) => Some("IFF file"),
        _ => None,
    }
}

/// Text that is more than plain text: it has places that a reader does not see.
fn textual(head: &str) -> Option<&'static str> {
    const GROUPS: [(&str, &str); 2] =
        [("[desktop entry]", "desktop launcher"), ("[internetshortcut]", "web shortcut")];
    const STARTS: &[(&str, &str)] = &[
        ("#!", "script"),
        ("[desktop entry]", "desktop launcher"),
        ("%!ps", "PostScript document"),
        ("-----begin pgp", "OpenPGP message or key"),
        ("-----begin ", "PEM key or certificate"),
        ("begin:vcard", "contact card"),
        ("begin:vcalendar", "calendar file"),
        ("[unit]", "service file"),
        ("id;p", "SYLK spreadsheet"),
        ("<?php", "script"),
        ("@echo off", "script"),
        ("windows registry editor", "Windows registry file"),
        ("/* xpm */", "XPM picture"),
    ];
    let lower = head.to_ascii_lowercase();
    if let Some((_, kind)) = STARTS.iter().find(|(start, _)| lower.starts_with(start)) {
        return Some(kind);
    }
    // The header of the group that counts stands on a line of its own, behind others or not.
    if let Some((_, kind)) = GROUPS.iter().find(|(g, _)| lower.lines().any(|l| l.trim() == *g)) {
        return Some(kind);
    }
    markup(&lower)
}

/// Elements of HTML that a page or a part of one starts with.
const PARTS: [&str; 36] = [
    "head",
    "body",
    "title",
    "meta",
    "link",
    "base",
    "style",
    "script",
    "p",
    "div",
    "span",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "a",
    "b",
    "i",
    "u",
    "img",
    "br",
    "hr",
    "font",
    "center",
    "pre",
    "blockquote",
    "form",
    "iframe",
    "section",
    "article",
];

/// Documents of markup, by their root.
fn document(text: &str) -> Option<Format> {
    match crate::markup::root_name(text)?.as_str() {
        "svg" => Some(Format::Svg),
        "html" => Some(Format::Html),
        // A page may leave out where it and its parts start.
        root if !text.trim_start().starts_with("<?") && PARTS.contains(&root) => Some(Format::Html),
        _ => None,
    }
}

/// `OpenDocument` in one XML file: the root says what it is.
fn flat_document(text: &str) -> Option<Format> {
    // The root declares all its prefixes before it says what it is.
    let head: String = text.chars().take(4 * HEAD).collect();
    let (_, root) = head.split_once("<office:document ")?;
    let root = root.split('>').next()?;
    let (_, said) = root.split_once("office:mimetype=")?;
    let said = said.get(1..)?.split(['"', '\'']).next()?;
    crate::odf::kind::of_type(said).and_then(|(kind, _)| kind.flat)
}

fn markup(lower: &str) -> Option<&'static str> {
    if lower.contains("<svg") {
        return Some("SVG drawing");
    }
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| lower.contains(tag)) {
        return Some("HTML page");
    }
    if lower.starts_with("<?xml") || lower.starts_with("<!doctype") {
        return Some("XML document");
    }
    let mut chars = lower.chars();
    let tag =
        chars.next() == Some('<') && chars.next().is_some_and(|c| c.is_alphabetic() || c == '!');
    tag.then_some("HTML or XML fragment")
}

/// What a text of headers is.
enum Mail {
    One,
    Box,
}

/// A mail or a mailbox, by the lines up to the first empty one: all of them are headers, the first
/// is one that mails start with, and they say what only mails say.
fn mail(bytes: &[u8]) -> Option<Mail> {
    const FIRST: [&str; 14] = [
        "from",
        "to",
        "date",
        "subject",
        "message-id",
        "received",
        "reply-to",
        "cc",
        "mime-version",
        "return-path",
        "delivered-to",
        "sender",
        "content-type",
        "dkim-signature",
    ];
    // What stands behind the headers may be anything.
    let start = bytes.get(..bytes.len().min(LONGEST_HEAD)).unwrap_or_default();
    let end = find(start, b"\n\n").into_iter().chain(find(start, b"\n\r\n")).min();
    let (text, _) = crate::text::decode(start.get(..end.unwrap_or(start.len()))?)?;
    let lower = |line: &str| line.to_ascii_lowercase();
    if let Some(rest) = text.strip_prefix("From ") {
        let second = rest.lines().nth(1).and_then(header_name);
        return second.map(|_| Mail::Box);
    }
    let mut names = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) && !names.is_empty() {
            continue;
        }
        names.push(lower(header_name(line)?));
    }
    let first = names.first()?;
    let known =
        FIRST.contains(&first.as_str()) || first.starts_with("x-") || first.starts_with("arc-");
    let has = |name: &str| names.iter().any(|n| n == name);
    let alone =
        ["mime-version", "return-path", "delivered-to", "received"].contains(&first.as_str());
    let mails = has("message-id") || has("content-type") || has("mime-version");
    (known && (alone || mails)).then_some(Mail::One)
}

/// The name of a header line.
fn header_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let plain = name.bytes().all(|b| b.is_ascii_graphic());
    (plain && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_of_a_known_format_name_it() {
        assert_eq!(detect(b"\xff\xd8\xff\xe0"), Detected::Known(Format::Jpeg));
        assert_eq!(detect(b"\x89PNG\r\n\x1a\n..."), Detected::Known(Format::Png));
        assert_eq!(detect(b"%PDF-1.4\n"), Detected::Known(Format::Pdf));
        assert_eq!(detect(b"\n\n%PDF-1.4\n"), Detected::Known(Format::Pdf));
        assert_eq!(detect(b"\xff\x0a\xfa\x1f"), Detected::Known(Format::Jxl));
        assert_eq!(detect(b"\0\0\0\x0cJXL \r\n\x87\n...."), Detected::Known(Format::Jxl));
        assert_eq!(detect(b"GIF89a"), Detected::Known(Format::Gif));
        assert_eq!(detect(b"{\\rtf1"), Detected::Known(Format::Rtf));
        assert_eq!(detect(b"\xef\xbb\xbf\n {\\rtf1"), Detected::Known(Format::Rtf));
        assert_eq!(detect(b"RIFF\0\0\0\0WEBPVP8 "), Detected::Known(Format::Webp));
        assert_eq!(detect(b"RIFF\0\0\0\0AVI LIST"), Detected::Known(Format::Avi));
        assert_eq!(detect(b"MM\0*\0\0\0\x08"), Detected::Known(Format::Tiff));
        assert_eq!(detect(b"P5 # by hand\n2 3\n255\n......"), Detected::Known(Format::Pnm));
        assert_eq!(detect(b"\0\0\0\x18ftypheic\0\0\0\0"), Detected::Known(Format::Heic));
        assert_eq!(detect(b"\0\0\0\x18ftypisom\0\0\0\0"), Detected::Known(Format::Mp4));
        assert_eq!(detect(b"\0\0\0\x08wide\0\0\0\x08mdat"), Detected::Known(Format::Mov));
        assert_eq!(detect(b"\xff\xfb\x90\x00"), Detected::Known(Format::Mp3));
        assert_eq!(detect(b"ID3\x04\0\0\0\0\0\0fLaC"), Detected::Known(Format::Flac));
        assert_eq!(detect(b"\x1aE\xdf\xa3\x87\x42\x82\x84webm"), Detected::Known(Format::Webm));
        assert_eq!(detect(b"The wide world of sports"), Detected::Known(Format::Text));
        assert_eq!(detect(b"ID3 tags are older"), Detected::Known(Format::Text));
        assert_eq!(detect(b"P5 is a channel"), Detected::Known(Format::Text));
        assert_eq!(detect(b"Dear editor,\n"), Detected::Known(Format::Text));
        assert_eq!(detect("Grüße".as_bytes()), Detected::Known(Format::Text));
    }

    #[test]
    fn other_kinds_are_named_by_content() {
        let cases: &[(&[u8], &str)] = &[
            (b"", "empty file"),
            (b"7z\xbc\xaf\x27\x1c\0\x04", "7-Zip archive"),
            (b"Rar!\x1a\x07\x01\0", "RAR archive"),
            (b"PK\x03\x04....word/document.xml", "Word document"),
            (b"II*\0\x10\0\0\0CR\x02\0", "camera raw file"),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", "camera raw file"),
            (b"\x7fELF\x02", "ELF program"),
            (b"MZ\x90\0", "Windows program"),
            (b"\n# a file\n[Desktop Entry]\nExec=sh\n", "desktop launcher"),
            (b"#!/bin/sh\n", "script"),
            (b"\x7fELF\x02\x01\x01\0AI\x02", "AppImage program"),
            (b"L\0\0\0\x01\x14\x02\0\0\0", "Windows shortcut"),
            (b"[{000214A0}]\r\nProp3=19\r\n[InternetShortcut]\r\nURL=file:///", "web shortcut"),
            (b"[Unit]\nDescription=x\n", "service file"),
            (b"PK\x03\x04....META-INF/MANIFEST.MF", "Java archive"),
            (
                b"PK\x03\x04....word/document.xml....word/vbaProject.bin",
                "Office document with macros",
            ),
            (b"From jane Mon Nov 23\nReceived: x\n", "mailbox (MBOX; save its mails as EML)"),
            (b"!BDN\0", "Outlook mailbox (PST; save its mails as EML)"),
            (b"Read <html><body>", "HTML page"),
            (b"\x01\x02\x03\x04\x05", "unknown binary data"),
        ];
        for (bytes, kind) in cases {
            assert_eq!(detect(bytes), Detected::Unknown(kind));
        }
    }

    #[test]
    fn mails_are_told_by_their_headers() {
        for mail in [
            "X-Spam: no\nMessage-ID: <1@x>\n",
            "Message-ID: <1@x>\nFrom: a@b\n",
            "From: a@b\r\nMessage-ID: <1@x>\r\n\r\n<html>",
            "MIME-Version: 1.0\n\n",
            "Received: x\n y\n",
        ] {
            assert_eq!(detect(mail.as_bytes()), Detected::Known(Format::Eml), "{mail}");
        }
        for other in ["From: a\nTo: b\n\nMemo", "Dear editor,\nMessage-ID: x\n", "From here on\n"] {
            assert_eq!(detect(other.as_bytes()), Detected::Known(Format::Text), "{other}");
        }
    }

    #[test]
    fn a_launcher_behind_any_number_of_comments_is_one() {
        let mut text = "# nothing to see here\n".repeat(1000);
        assert_eq!(detect(text.as_bytes()), Detected::Known(Format::Text));
        text.push_str("[Desktop Entry]\nType=Application\nExec=sh -c 'gpg --sign x'\n");
        assert_eq!(detect(text.as_bytes()), Detected::Unknown("desktop launcher"));
    }

    #[test]
    fn the_members_of_a_large_archive_are_read_from_its_end() {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(1 << 18, 0);
        bytes.extend_from_slice(b"PK\x01\x02....xl/workbook.xml");
        assert_eq!(detect(&bytes), Detected::Unknown("Excel workbook"));
    }
}

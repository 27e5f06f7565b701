//! JPEG pictures: pixels kept to the bit, everything else gone.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::{clean, found, jpeg, position, scrub};
use sd_scrub::{Fate, Refusal};

/// The decoded samples.
fn pixels(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(bytes.to_vec()));
    decoder.decode().expect("a JPEG that decodes")
}

#[test]
fn pixels_of_every_kind_of_picture_are_kept_to_the_bit() {
    for picture in [jpeg::gray(), jpeg::restarts(), jpeg::progressive(), jpeg::bare()] {
        let (bytes, _) = clean(&picture);
        assert_eq!(pixels(&bytes), pixels(&picture));
    }
    let (bytes, _) = clean(&jpeg::planted());
    assert_eq!(pixels(&bytes), pixels(&jpeg::bare()));
}

#[test]
fn no_canary_comes_through() {
    let (_, report) = clean(&jpeg::planted());
    for place in [
        "APP0 JFIF thumbnail",
        "APP0 JFXX thumbnail",
        "APP1 EXIF camera make",
        "APP1 EXIF GPS position",
        "APP1 EXIF camera serial number",
        "APP1 EXIF maker notes",
        "APP1 EXIF tag 0x4242",
        "APP1 XMP creator",
        "APP1 extended XMP",
        "APP2 further pictures (MPF)",
        "APP2 colour profile",
        "APP11 C2PA provenance",
        "APP13 Photoshop IPTC by-line",
        "APP14 Adobe version and flags",
        "APP7 unknown",
        "COM comment",
        "bytes between segments",
        "bytes after the last block of a scan",
        "a video after the end",
        "tables that no scan uses",
    ] {
        assert!(found(&report, place), "{place} is reported");
    }
    let position = report.findings.iter().find(|f| f.place.contains("GPS position"));
    assert_eq!(position.map(|f| f.detail.as_str()), Some("52.50000, 13.40000"));
}

#[test]
fn the_orientation_is_kept_by_its_meaning() {
    let (bytes, report) = clean(&jpeg::planted());
    let at = position(&bytes, b"Exif\0\0MM\0*").expect("a new block");
    assert_eq!(bytes.get(at - 4..at - 2), Some([0xff, 0xe1].as_slice()));
    let kept = report.findings.iter().find(|f| f.place == "orientation").expect("reported");
    assert!(matches!(kept.fate, Fate::Kept { .. }) && kept.detail == "6");
}

#[test]
fn a_profile_that_says_srgb_is_dropped_and_another_is_reduced() {
    let with = |name: &str| {
        let body = [b"ICC_PROFILE\0\x01\x01".to_vec(), common::profile(name)].concat();
        let plain = jpeg::restarts();
        [plain[..2].to_vec(), jpeg::segment(0xe2, &body), plain[2..].to_vec()].concat()
    };
    let (bytes, _) = clean(&with("sRGB IEC61966-2.1"));
    assert_eq!(position(&bytes, b"ICC_PROFILE"), None);
    let (bytes, _) = clean(&with("Monitor of CANARY"));
    assert!(position(&bytes, b"ICC_PROFILE").is_some() && position(&bytes, b"rTRC").is_some());
}

#[test]
fn a_file_without_its_end_marker_gets_one() {
    let whole = jpeg::gray();
    let (bytes, _) = clean(&whole[..whole.len() - 2]);
    assert!(bytes.ends_with(&[0xff, 0xd9]));
    assert_eq!(pixels(&bytes), pixels(&whole));
}

/// The picture with the bytes at a marker replaced.
fn with_marker(from: u8, to: u8) -> Vec<u8> {
    let mut bytes = jpeg::gray();
    let at = position(&bytes, &[0xff, from]).expect("the fixture has it");
    bytes[at + 1] = to;
    bytes
}

#[test]
fn other_kinds_of_jpeg_are_refused_by_name() {
    for (marker, name) in [
        (0xc3, "lossless JPEG"),
        (0xc5, "hierarchical JPEG"),
        (0xc9, "JPEG with arithmetic coding"),
        (0xf7, "JPEG-LS"),
        (0xdc, "JPEG that says its height only at the end (DNL)"),
        (0xf0, "JPEG marker 0xfff0"),
    ] {
        let refusal = scrub(&with_marker(0xc0, marker)).expect_err("not a kind we clean");
        assert_eq!(refusal, Refusal::Unsupported { what: name.to_owned() });
    }
}

#[test]
fn broken_pictures_are_refused() {
    let malformed = |bytes: &[u8], what: &str| {
        assert_eq!(scrub(bytes), Err(Refusal::Malformed { what: what.to_owned() }));
    };
    let whole = jpeg::gray();
    malformed(&whole[..whole.len() - 6], "picture data end early");
    malformed(&[0xff, 0xd8, 0xff, 0xd9], "no picture in the file");
    malformed(&with_marker(0xc4, 0xfe), "a Huffman table is missing");
    malformed(&with_marker(0xdb, 0xfe), "a quantisation table is missing");
    let twice = [whole[..whole.len() - 2].to_vec(), whole[2..].to_vec()].concat();
    malformed(&twice, "a second frame");
    let scan = position(&whole, &[0xff, 0xda]).expect("a scan");
    let again = [whole[..whole.len() - 2].to_vec(), whole[scan..].to_vec()].concat();
    malformed(&again, "a scan out of order");
}

#[test]
fn a_picture_over_the_limit_is_refused() {
    let limits = sd_scrub::Limits { max_pixels: 255, ..Default::default() };
    assert!(matches!(sd_scrub::scrub(&jpeg::gray(), &limits), Err(Refusal::TooLarge { .. })));
    let limits = sd_scrub::Limits { max_input: 10, ..Default::default() };
    assert!(matches!(sd_scrub::scrub(&jpeg::gray(), &limits), Err(Refusal::TooLarge { .. })));
}

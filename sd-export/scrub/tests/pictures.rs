//! GIF, WebP, BMP, PNM and TIFF: pixels kept to the bit, everything else gone.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::io::Cursor;

use common::tiff::{Order, Stored};
use common::{canary, clean, found, gif, plain, position, scrub, tiff, webp};
use image::ImageFormat;
use sd_scrub::{Fate, Refusal, Report};

/// All frames with their delays.
fn frames<'a>(decoder: impl image::AnimationDecoder<'a>) -> Vec<(Vec<u8>, u32)> {
    let frames = decoder.into_frames().collect_frames().expect("an animation that decodes");
    let parts = |frame: image::Frame| {
        let delay = frame.delay().numer_denom_ms().0;
        (frame.into_buffer().into_raw(), delay)
    };
    frames.into_iter().map(parts).collect()
}

fn gif_frames(bytes: &[u8]) -> Vec<(Vec<u8>, u32)> {
    frames(image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).expect("a GIF"))
}

fn webp_frames(bytes: &[u8]) -> Vec<(Vec<u8>, u32)> {
    frames(image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP"))
}

fn pixels(bytes: &[u8], format: ImageFormat) -> image::DynamicImage {
    image::load_from_memory_with_format(bytes, format).expect("a picture that decodes")
}

fn all_found(report: &Report, places: &[&str]) {
    for place in places {
        assert!(found(report, place), "{place} is reported: {:#?}", report.findings);
    }
}

fn kept(report: &Report, place: &str) -> Option<String> {
    let finding = report.findings.iter().find(|finding| finding.place == place)?;
    matches!(finding.fate, Fate::Kept { .. }).then(|| finding.detail.clone())
}

#[test]
fn frames_delays_and_loop_of_a_gif_are_kept() {
    let large = [gif::large(), vec![0x3b]].concat();
    for (picture, bare) in [(gif::planted(), gif::bare()), (gif::large(), large)] {
        let (bytes, _) = clean(&picture);
        assert_eq!(gif_frames(&bytes), gif_frames(&bare));
    }
    let (bytes, report) = clean(&gif::planted());
    assert_eq!(gif_frames(&bytes).len(), 3);
    assert!(position(&bytes, b"NETSCAPE2.0\x03\x01\x07\0\0").is_some());
    assert_eq!(kept(&report, "application block: loop").as_deref(), Some("7"));
}

#[test]
fn no_canary_comes_through_a_gif() {
    let places = [
        "comment",
        "bytes in the loop block",
        "application block: XMP",
        "application block: colour profile",
        "application block CANARY12345",
        "text that viewers do not show",
        "bytes in a graphic control",
        "spare flags of a graphic control",
        "bytes between blocks",
        "bytes after the compressed picture data",
        "data after the last pixel",
        "palette entries that no pixel uses",
        "extension 0x42",
        "shape of the pixels",
        "bytes after the end",
    ];
    all_found(&clean(&gif::planted()).1, &places);
}

#[test]
fn a_gif_without_its_end_gets_one_and_a_broken_one_is_refused() {
    let whole = gif::large();
    let (bytes, _) = clean(&whole);
    assert_eq!(bytes.last(), Some(&0x3b));
    let malformed = |bytes: &[u8], what: &str| {
        assert_eq!(scrub(bytes), Err(Refusal::Malformed { what: what.to_owned() }));
    };
    malformed(&whole[..whole.len() - 1], "the file ends inside a block");
    malformed(&whole[..37], "no picture in the file");
    malformed(&[&whole[..37], b"\x99"].concat(), "a block of no known kind");
    let mut short = whole.clone();
    short[49] = 0x98;
    malformed(&short, "picture data end early");
}

#[test]
fn pixels_of_a_webp_are_kept_and_no_canary_comes_through() {
    let simple = [
        webp::file(&[webp::chunk(*b"VP8 ", &webp::lossy())]),
        webp::file(&[webp::chunk(*b"VP8L", &webp::lossless())]),
    ];
    for picture in simple.iter().chain([&webp::planted()]) {
        let (bytes, _) = clean(picture);
        assert_eq!(pixels(&bytes, ImageFormat::WebP), pixels(picture, ImageFormat::WebP));
    }
    let (bytes, report) = clean(&webp::planted());
    assert_eq!(kept(&report, "orientation").as_deref(), Some("6"));
    assert!(position(&bytes, b"ICCP").is_some() && position(&bytes, b"rTRC").is_some());
    let places = [
        "spare bytes of chunk VP8X",
        "ICCP colour profile",
        "chunk prVt",
        "chunk C2PA",
        "EXIF camera make",
        "EXIF GPS position",
        "XMP",
        "bytes after the end",
    ];
    all_found(&report, &places);
}

#[test]
fn every_frame_of_a_webp_is_kept() {
    let (bytes, report) = clean(&webp::animation(true));
    assert_eq!(webp_frames(&bytes).len(), 2);
    assert_eq!(webp_frames(&bytes), webp_frames(&webp::animation(false)));
    let places = ["bytes at the end of chunk ANIM", "spare flags of a frame", "chunk unkn", "XMP"];
    all_found(&report, &places);
}

#[test]
fn a_webp_that_is_cut_off_is_refused() {
    let whole = webp::planted();
    assert!(matches!(scrub(&whole[..200]), Err(Refusal::Malformed { .. })));
    let empty = webp::file(&[webp::chunk(*b"XMP ", b"x")]);
    let expected = Refusal::Malformed { what: "no picture in the file".to_owned() };
    assert_eq!(scrub(&empty), Err(expected));
}

#[test]
fn pixels_of_every_bmp_are_kept_and_no_canary_comes_through() {
    for (size, depth, method) in [
        (40, 1, 0),
        (40, 4, 0),
        (40, 8, 0),
        (40, 16, 0),
        (40, 24, 0),
        (40, 32, 0),
        (40, 16, 3),
        (52, 16, 3),
        (108, 32, 3),
        (124, 32, 3),
        (124, 24, 0),
    ] {
        for up in [true, false] {
            let picture = plain::bmp(size, depth, method, up);
            let (bytes, report) = clean(&picture);
            let same = pixels(&bytes, ImageFormat::Bmp) == pixels(&picture, ImageFormat::Bmp);
            assert!(same, "head {size}, depth {depth}, method {method}");
            all_found(&report, &["print resolution", "bytes after the rows"]);
        }
    }
    let (_, report) = clean(&plain::bmp(124, 24, 0, true));
    all_found(
        &report,
        &["path of a colour profile", "bytes that fill up rows", "measured colours"],
    );
    let (_, report) = clean(&plain::bmp(40, 8, 0, true));
    all_found(&report, &["palette entries that no pixel uses", "spare bytes of the palette"]);
    let (_, report) = clean(&plain::bmp(40, 32, 0, true));
    all_found(&report, &["bits that no colour uses"]);
}

#[test]
fn a_run_length_coded_bmp_shows_the_same_and_is_plain_afterwards() {
    for (method, depth, coded) in [
        (
            1u32,
            8u16,
            &b"\x05\x01\0\0\0\x03\x01\x02\x03\0\x02\x02\0\0\0\x02\x01\0\x01\x01\0\x01CANARY"[..],
        ),
        (2, 4, b"\x05\x12\0\0\0\x05\x12\x30\x10\0\0\0\x04\x33\x01\x22\0\x01CANARY"),
    ] {
        let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
        for field in [70u32, 40, 5, 3, u32::from(depth) << 16 | 1, method, 0, 0, 0, 4, 0] {
            file.extend_from_slice(&field.to_le_bytes());
        }
        file.extend_from_slice(&[0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0]);
        file.extend_from_slice(coded);
        let (out, report) = clean(&file);
        assert_eq!(out.get(30..34), Some(&[0; 4][..]));
        let shown = |bytes: &[u8]| {
            let read = image::load_from_memory_with_format(bytes, image::ImageFormat::Bmp);
            read.expect("a BMP").into_rgb8().into_raw()
        };
        assert_eq!(shown(&out), shown(&file), "{depth} bits");
        all_found(&report, &["bytes after the rows"]);
    }
    let around = Refusal::Unsupported { what: "a BMP around a JPEG or PNG".to_owned() };
    assert_eq!(scrub(&plain::bmp(40, 8, 4, true)), Err(around));
}

#[test]
fn samples_of_every_pnm_are_kept_and_no_canary_comes_through() {
    for (kind, largest) in [
        ('1', 1),
        ('2', 255),
        ('2', 999),
        ('3', 255),
        ('4', 1),
        ('5', 255),
        ('5', 65535),
        ('6', 255),
    ] {
        let (bytes, report) = clean(&plain::pnm(kind, largest));
        let bare = plain::bare_pnm(kind, largest);
        let same = pixels(&bytes, ImageFormat::Pnm) == pixels(&bare, ImageFormat::Pnm);
        assert!(same, "P{kind}");
        all_found(&report, &["comment", "bytes after the end"]);
    }
    let (bytes, report) = clean(&plain::pam(true));
    assert_eq!(pixels(&bytes, ImageFormat::Pnm), pixels(&plain::pam(false), ImageFormat::Pnm));
    all_found(&report, &["comment", "bytes after the end"]);
}

#[test]
fn a_second_picture_in_a_pnm_is_not_lost_in_silence() {
    let one = b"P5\n1 1\n255\nx".to_vec();
    let what = "a PNM file with more than one picture".to_owned();
    assert_eq!(scrub(&[one.clone(), one].concat()), Err(Refusal::Unsupported { what }));
    let what = "a sample over the largest".to_owned();
    assert_eq!(scrub(b"P5\n1 1\n9\nx"), Err(Refusal::Malformed { what }));
}

/// The samples of all pages.
fn pages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = ::tiff::decoder::Decoder::new(Cursor::new(bytes)).expect("a TIFF");
    let mut out = Vec::new();
    loop {
        let number = out.len();
        let read = decoder.read_image().unwrap_or_else(|e| panic!("page {number}: {e}"));
        match read {
            ::tiff::decoder::DecodingResult::U8(samples) => out.push(samples),
            _ => panic!("the fixtures have samples of eight bits or less"),
        }
        if !decoder.more_images() {
            return out;
        }
        decoder.next_image().expect("the next page");
    }
}

#[test]
fn samples_of_every_page_of_a_tiff_are_kept_and_no_canary_comes_through() {
    use Stored::{Deflate, Fax, Jpeg, Lzw, PackBits, Plain, Tiles};
    let all = [Plain, PackBits, Lzw, Deflate, Tiles, Fax, Jpeg];
    for order in [Order::Little, Order::Big] {
        let (bytes, report) = clean(&tiff::file(order, &all));
        assert_eq!(pages(&bytes).len(), 7);
        assert_eq!(pages(&bytes), pages(&tiff::bare(order, &all)));
        let places = [
            "tag camera make",
            "tag artist",
            "tag camera serial number",
            "pictures in sub-directories",
            "bytes behind a strip or tile",
            "ICC colour profile",
            "JPEG inside TIFF",
        ];
        all_found(&report, &places);
        assert_eq!(kept(&report, "shape of the pixels").as_deref(), Some("102 to 49"));
    }
}

#[test]
fn other_kinds_of_tiff_are_refused_by_name() {
    let unsupported = |bytes: &[u8], what: &str| {
        assert_eq!(scrub(bytes), Err(Refusal::Unsupported { what: what.to_owned() }));
    };
    let with_compression = |number: u16| {
        let mut picture = tiff::file(Order::Little, &[Stored::Plain]);
        let at = position(&picture, &[3, 1, 3, 0, 1, 0, 0, 0, 1, 0]).expect("the tag");
        picture[at + 8..at + 10].copy_from_slice(&number.to_le_bytes());
        picture
    };
    unsupported(&with_compression(6), "old JPEG inside TIFF");
    unsupported(&with_compression(50000), "Zstandard inside TIFF");
    unsupported(&with_compression(777), "TIFF compression 777");
    let mut raw = tiff::file(Order::Little, &[Stored::Plain]);
    let at = position(&raw, &[6, 1, 3, 0, 1, 0, 0, 0, 1, 0]).expect("the tag");
    raw[at + 8..at + 10].copy_from_slice(&32803u16.to_le_bytes());
    unsupported(&raw, "a camera raw file");
    assert_eq!(scrub(b"II+\0\x08\0\0\0"), Err(Refusal::UnknownType("BigTIFF picture".to_owned())));
}

#[test]
fn a_tiff_with_a_loop_of_directories_is_refused() {
    let mut picture = tiff::file(Order::Little, &[Stored::Plain]);
    let first: [u8; 4] = picture[4..8].try_into().expect("four");
    let end = picture.len() - canary(232).len() - common::exif(3).len();
    picture[end - 4..end].copy_from_slice(&first);
    let what = "a loop of directories".to_owned();
    assert_eq!(scrub(&picture), Err(Refusal::Malformed { what }));
}

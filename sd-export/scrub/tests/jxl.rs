//! JPEG XL: the same picture before and after, by libjxl; everything else is gone.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::made::{FRONT, all_found, boxed, drawn_jxl, exiftool, jxl, jxl_in_boxes as boxes};
use common::{Dice, canary, clean, exif, find_canary, found, jpeg, mutate, png, scrub, stay_clean};
use sd_scrub::{Fate, Format, Refusal};

const PLACES: [&str; 10] = [
    "EXIF camera make",
    "XMP",
    "compressed box Exif",
    "C2PA provenance",
    "data to restore a JPEG",
    "gain map",
    "box CANA",
    "free space",
    "box uuid",
    "bytes after the last frame",
];

/// Pictures as cjxl codes them, without boxes: coded, with loss, in passes, of a JPEG, moving.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let picture = png::plain(8, 6, false);
    let alone = "--container=0";
    vec![
        ("lossless", jxl("a.png", &picture, &["-d", "0", alone])),
        ("lossy", jxl("a.png", &picture, &["-d", "2", alone])),
        ("progressive", jxl("a.png", &picture, &["-p", "-d", "1", alone])),
        ("modular", jxl("a.png", &picture, &["-m", "1", "-d", "1", alone])),
        // A JPEG is always put into boxes.
        ("of a jpeg", clean(&jxl("a.jpg", &photo(), &[])).0),
        ("large", jxl("a.ppm", &large(), &["-d", "1", "-e", "3", alone])),
        ("animation", jxl("a.png", &png::animation(&[]), &["-d", "0", alone])),
    ]
}

/// A picture whose colours no short name stands for.
fn with_profile() -> Vec<u8> {
    let fixed = |values: [u32; 3]| values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<u8>>();
    let xyz = |values| [b"XYZ \0\0\0\0".to_vec(), fixed(values)].concat();
    let curve = b"curv\0\0\0\0\0\0\0\x05\0\0\x10\0\x50\0\xc0\0\xff\xff\0\0".to_vec();
    let desc = [b"desc\0\0\0\0\0\0\0\x07screen\0".as_slice(), &[0; 81]].concat();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", desc),
        (b"cprt", b"text\0\0\0\0none\0\0\0\0".to_vec()),
        (b"wtpt", xyz([0xf6d5, 0x10000, 0xd32c])),
        (b"rXYZ", xyz([0x6fa4, 0x38f6, 0x38f])),
        (b"gXYZ", xyz([0x6296, 0xb787, 0x18db])),
        (b"bXYZ", xyz([0x24a2, 0xf83, 0xb6cf])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut head = vec![0; 128];
    head[8..10].copy_from_slice(&[2, 0x40]);
    head[12..24].copy_from_slice(b"mntrRGB XYZ ");
    head[36..40].copy_from_slice(b"acsp");
    head[68..80].copy_from_slice(&fixed([0xf6d5, 0x10000, 0xd32c]));
    head.extend_from_slice(&[0, 0, 0, 9]);
    let mut bodies = Vec::new();
    for (name, body) in &tags {
        head.extend_from_slice(*name);
        for value in [132 + 12 * tags.len() + bodies.len(), body.len()] {
            head.extend_from_slice(&u32::try_from(value).expect("short").to_be_bytes());
        }
        bodies.extend_from_slice(body);
    }
    head.extend(bodies);
    let len = u32::try_from(head.len()).expect("short").to_be_bytes();
    head[..4].copy_from_slice(&len);
    let parts = [
        png::SIGNATURE.to_vec(),
        png::header(7, 5, 8, 2, 0),
        png::chunk(*b"iCCP", &[b"a\0\0".to_vec(), png::deflate(&head)].concat()),
        png::chunk(*b"IDAT", &png::deflate(&png::rows(5, 21))),
        png::chunk(*b"IEND", &[]),
    ];
    parts.concat()
}

/// A JPEG with EXIF and a comment.
fn photo() -> Vec<u8> {
    let mut out = jpeg::gray();
    let block = [b"Exif\0\0".to_vec(), exif(6)].concat();
    out.splice(2..2, jpeg::segment(0xfe, canary(721).as_bytes()));
    out.splice(2..2, jpeg::segment(0xe1, &block));
    out
}

/// A picture of more than one group, so that the table has more than one part.
fn large() -> Vec<u8> {
    let mut out = b"P6 700 300 255\n".to_vec();
    out.extend((0..700 * 300 * 3u32).map(|n| (n.wrapping_mul(n) >> 9).to_le_bytes()[0]));
    out
}

#[test]
fn a_picture_shows_the_same_and_no_box_comes_through() {
    for (name, coded) in pictures() {
        let expected = drawn_jxl(&coded);
        let (bytes, report) = clean(&boxes(&coded, 5));
        assert_eq!(report.format, Format::Jxl);
        all_found(&report, &PLACES);
        assert!(bytes == coded, "{name}: the coded stream, and nothing else");
        assert_eq!(drawn_jxl(&bytes), expected, "{name}");
        let (bytes, report) = clean(&[&coded, canary(720).as_bytes()].concat());
        assert!(bytes == coded && found(&report, "bytes after the last frame"), "{name}");
        let said = exiftool("a.jxl", &bytes);
        assert!(!said.contains(common::CANARY) && !said.contains("[IFD0]"), "{said}");
    }
}

#[test]
fn a_level_stays_and_so_does_the_box_that_says_it() {
    let coded = jxl("a.png", &png::plain(8, 6, false), &["-d", "0", "--container=0"]);
    let (bytes, report) = clean(&boxes(&coded, 10));
    all_found(&report, &PLACES);
    assert!(bytes.starts_with(FRONT) && bytes.ends_with(&coded));
    assert_eq!(bytes.len(), FRONT.len() + 9 + 8 + coded.len());
    assert_eq!(drawn_jxl(&bytes), drawn_jxl(&coded));
}

#[test]
fn a_jpeg_that_was_made_smaller_shows_the_same_without_its_metadata() {
    // cjxl puts EXIF, XMP and what is needed to make the same JPEG again into boxes.
    let packed = jxl("a.jpg", &photo(), &[]);
    let (bytes, report) = clean(&packed);
    assert!(found(&report, "data to restore a JPEG"), "{:#?}", report.findings);
    assert!(bytes.starts_with(b"\xff\x0a"));
    assert_eq!(drawn_jxl(&bytes), drawn_jxl(&packed));
}

#[test]
fn a_colour_profile_in_the_coded_picture_is_kept_and_named() {
    let coded = jxl("a.png", &with_profile(), &["-d", "0", "--container=0"]);
    let (_, report) = clean(&coded);
    let profile = report.findings.iter().find(|f| f.place.contains("colour profile"));
    assert!(matches!(profile.map(|f| &f.fate), Some(Fate::Kept { .. })), "{:#?}", report.findings);
}

#[test]
fn what_is_cut_off_or_out_of_order_is_refused() {
    let coded = jxl("a.png", &png::plain(8, 6, false), &["-d", "1", "--container=0"]);
    for cut in [1, coded.len() / 2, coded.len() - 2] {
        let refusal = scrub(&coded[..coded.len() - cut]);
        assert!(matches!(refusal, Err(Refusal::Malformed { .. })), "{cut}");
    }
    let part = |n: u8| boxed(*b"jxlp", &[&[0, 0, 0, n], coded.as_slice()].concat());
    for body in [part(0), part(1), Vec::new()] {
        let refusal = scrub(&[FRONT, &body].concat());
        assert!(matches!(refusal, Err(Refusal::Malformed { .. })));
    }
}

#[test]
fn changed_pictures_never_panic_and_come_out_clean() {
    for (seed, (name, coded)) in (700u64..).zip(pictures()) {
        let mut dice = Dice::new(seed);
        let changed = |n: usize| {
            let file = if n.is_multiple_of(2) { boxes(&coded, 5) } else { coded.clone() };
            mutate(&file, &mut dice)
        };
        let cleaned = stay_clean(name, 150, changed, |_, _| {});
        assert!(cleaned >= 5, "{name}: only {cleaned} were cleaned");
        assert_eq!(find_canary(&coded), None);
    }
}

//! PNG pictures: pixels kept to the bit, everything else gone.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::png::{SIGNATURE, animation, chunk, deflate, header, plain, planted, rows};
use common::{canary, clean, found, position, scrub};
use sd_scrub::Refusal;

/// All frames as they are stored, without any conversion.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes.to_vec()));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().expect("a PNG that decodes");
    let mut out = Vec::new();
    let count = reader.info().animation_control().map_or(1, |control| control.num_frames);
    for _ in 0..count {
        let mut buffer = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut buffer).expect("a frame");
        buffer.truncate(info.buffer_size());
        out.push(buffer);
    }
    out
}

/// All frames as eight-bit colours, palette and transparency applied.
fn colours(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes.to_vec()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG that decodes");
    let mut buffer = vec![0; reader.output_buffer_size().expect("small")];
    reader.next_frame(&mut buffer).expect("a frame");
    buffer
}

#[test]
fn pixels_of_every_kind_of_picture_are_kept_to_the_bit() {
    let kinds = [
        (1, 0),
        (2, 0),
        (4, 0),
        (8, 0),
        (16, 0),
        (8, 2),
        (16, 2),
        (8, 3),
        (8, 4),
        (16, 4),
        (8, 6),
        (16, 6),
    ];
    for (depth, kind) in kinds {
        for interlaced in [false, true] {
            let picture = plain(depth, kind, interlaced);
            let (bytes, _) = clean(&picture);
            assert_eq!(colours(&bytes), colours(&picture), "depth {depth}, kind {kind}");
            if depth >= 8 {
                assert_eq!(frames(&bytes), frames(&picture), "depth {depth}, kind {kind}");
            }
        }
    }
}

#[test]
fn every_frame_of_an_animation_is_kept_to_the_bit() {
    let picture = animation(&[]);
    let (bytes, _) = clean(&picture);
    assert_eq!(frames(&bytes).len(), 3);
    assert_eq!(frames(&bytes), frames(&picture));
}

#[test]
fn no_canary_comes_through() {
    let (bytes, report) = clean(&planted());
    assert_eq!(colours(&bytes), colours(&planted()));
    for place in [
        "tEXt text",
        "zTXt text",
        "iTXt XMP",
        "iCCP colour profile",
        "pHYs print resolution",
        "tIME time of change",
        "eXIf camera make",
        "palette entries that no pixel uses",
        "hIST",
        "sPLT",
        "chunk prVt",
        "caBX C2PA provenance",
        "data after the last pixel row",
        "bytes after the compressed picture data",
        "bytes in the end chunk",
        "bytes after the end",
    ] {
        assert!(found(&report, place), "{place} is reported");
    }
    let time = report.findings.iter().find(|f| f.place.starts_with("tIME"));
    assert_eq!(time.map(|f| f.detail.as_str()), Some("2026-11-23 01:02:03"));
}

#[test]
fn colour_chunks_are_kept_and_the_orientation_by_its_meaning() {
    let (bytes, _) = clean(&planted());
    assert!(position(&bytes, b"gAMA").is_some());
    assert!(position(&bytes, b"eXIfMM\0*").is_some());
}

#[test]
fn colours_under_transparency_are_pointed_out() {
    let mut row = vec![0];
    row.extend_from_slice(b"abc\0");
    let picture = [
        SIGNATURE.to_vec(),
        header(1, 1, 8, 6, 0),
        chunk(*b"IDAT", &deflate(&row)),
        chunk(*b"IEND", &[]),
    ]
    .concat();
    let (_, report) = clean(&picture);
    assert!(found(&report, "colours under fully transparent pixels"));
}

#[test]
fn broken_pictures_are_refused() {
    let malformed = |bytes: &[u8], what: &str| {
        assert_eq!(scrub(bytes), Err(Refusal::Malformed { what: what.to_owned() }));
    };
    let picture = |data: &[u8]| {
        [SIGNATURE.to_vec(), header(7, 5, 8, 0, 0), chunk(*b"IDAT", data), chunk(*b"IEND", &[])]
            .concat()
    };
    malformed(&picture(&deflate(&rows(4, 7))), "picture data end early");
    malformed(&picture(&[0x78, 0x9c, 0xff, 0xff]), "compressed picture data");
    malformed(&picture(&deflate(&[9; 40])), "row filter");
    let whole = plain(8, 2, false);
    malformed(&whole[..whole.len() - 12], "the file ends before its end chunk");
    malformed(&whole[..whole.len() - 5], "a chunk that is cut off");
    let mut wrong = whole.clone();
    let at = position(&wrong, b"IDAT").expect("data");
    wrong[at + 6] ^= 1;
    malformed(&wrong, "the checksum of a chunk");
    let mut palette = plain(8, 3, false);
    let at = position(&palette, b"PLTE").expect("a palette");
    palette.drain(at - 4..at + 4 + 768 + 4);
    let at = position(&palette, b"tRNS").expect("transparency");
    palette.drain(at - 4..at + 4 + 2 + 4);
    malformed(&palette, "palette");
    let bomb = picture(&deflate(&vec![0; 4 << 20]));
    malformed(&bomb, "more picture data than pixels");
}

#[test]
fn an_unknown_critical_chunk_is_refused_by_name() {
    let whole = plain(8, 2, false);
    let at = position(&whole, b"IDAT").expect("data") - 4;
    let picture =
        [whole[..at].to_vec(), chunk(*b"SECr", canary(1).as_bytes()), whole[at..].to_vec()]
            .concat();
    let expected = Refusal::Unsupported { what: "PNG critical chunk SECr".to_owned() };
    assert_eq!(scrub(&picture), Err(expected));
}

#[test]
fn a_picture_over_the_limit_is_refused() {
    let limits = sd_scrub::Limits { max_pixels: 100, ..Default::default() };
    assert!(matches!(sd_scrub::scrub(&animation(&[]), &limits), Err(Refusal::TooLarge { .. })));
}

//! Files changed at random: never a panic, never a canary in what is given out.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::tiff::{Order, Stored};
use common::{
    Dice, find_canary, gif, jpeg, odf, packed, pdf, plain, png, scrub, tar, tiff, web, webp, zip,
};

/// Changes, cuts, doubles or moves a few bytes.
fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(out.len());
        let len = dice.roll(24).min(out.len() - at);
        match dice.roll(5) {
            0 => out[at] = u8::try_from(dice.roll(256)).expect("a byte"),
            1 => out[at] ^= 1 << dice.roll(8),
            2 => drop(out.drain(at..at + len)),
            3 => {
                let copy = out[at..at + len].to_vec();
                let to = dice.roll(out.len());
                out.splice(to..to, copy);
            }
            _ => out.truncate(at.max(8)),
        }
        if out.is_empty() {
            out.push(0);
        }
    }
    out
}

/// Makes the checksums of a PNG fit again, so that a change is met by more than their check.
fn mend(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let len = u32::from_be_bytes(head[..4].try_into().expect("four bytes")) as usize;
        let Some(end) = at.checked_add(8 + len).filter(|end| end + 4 <= bytes.len()) else {
            break;
        };
        let checksum = crc32fast::hash(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&checksum.to_be_bytes());
        at = end + 4;
    }
    bytes
}

fn run(fixture: &[u8], count: usize, seed: u64) -> usize {
    run_mended(fixture, count, seed, |bytes| bytes)
}

/// Cleans `count` changed copies; says how many were cleaned.
fn run_mended(fixture: &[u8], count: usize, seed: u64, mend: fn(Vec<u8>) -> Vec<u8>) -> usize {
    let mut dice = Dice::new(seed);
    let mut cleaned = 0;
    for n in 0..count {
        let bytes = mend(mutate(fixture, &mut dice));
        if let Ok(done) = scrub(&bytes) {
            cleaned += 1;
            // A text may be anything; a picture or a document shows no canary of ours.
            if done.report.format != sd_scrub::Format::Text {
                assert_eq!(find_canary(&done.bytes), None, "seed {seed}, copy {n}");
            }
        }
    }
    cleaned
}

#[test]
fn changed_jpeg_pictures_never_panic_and_never_leak() {
    assert!(run(&jpeg::planted(), 700, 1) > 20);
    assert!(run(&jpeg::progressive(), 300, 2) > 5);
    assert!(run(&jpeg::restarts(), 200, 3) > 5);
}

#[test]
fn changed_png_pictures_never_panic_and_never_leak() {
    assert!(run(&png::planted(), 200, 4) > 5);
    assert!(run_mended(&png::planted(), 400, 8, mend) > 20);
    assert!(run_mended(&png::animation(&[]), 400, 5, mend) > 5);
}

#[test]
fn changed_documents_never_panic_and_never_leak() {
    assert!(run(&pdf::planted_with("Visible"), 700, 6) > 50);
    assert!(run(&pdf::text_page(), 300, 7) > 20);
}

#[test]
fn changed_gif_and_webp_pictures_never_panic_and_never_leak() {
    assert!(run(&gif::planted(), 500, 9) > 20);
    assert!(run(&webp::planted(), 300, 10) > 20);
    assert!(run(&webp::animation(true), 300, 11) > 20);
}

/// Cleans `count` changed copies of a file whose content is bare samples: a changed place or
/// length makes samples of anything, so what must hold is that a clean file does not change.
fn run_bare(fixture: &[u8], count: usize, seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let mut cleaned = 0;
    for n in 0..count {
        let done = scrub(&mutate(fixture, &mut dice));
        if let Ok(done) = done
            && done.report.format != sd_scrub::Format::Text
        {
            cleaned += 1;
            let again = scrub(&done.bytes).map(|again| again.bytes);
            assert_eq!(again, Ok(done.bytes), "seed {seed}, copy {n}");
        }
    }
    cleaned
}

#[test]
fn changed_plain_pictures_never_panic_and_come_out_clean() {
    assert!(run_bare(&plain::bmp(124, 32, 3, true), 150, 12) > 20);
    assert!(run_bare(&plain::bmp(40, 8, 0, false), 150, 13) > 20);
    assert!(run_bare(&plain::pnm('3', 255), 150, 14) > 5);
    assert!(run_bare(&plain::pam(true), 150, 15) > 5);
}

#[test]
fn changed_tiff_pictures_never_panic_and_come_out_clean() {
    use Stored::{Deflate, Fax, Jpeg, Lzw, PackBits, Plain, Tiles};
    let all = [Plain, PackBits, Lzw, Deflate, Tiles, Fax, Jpeg];
    assert!(run_bare(&tiff::file(Order::Little, &all), 300, 16) > 10);
    assert!(run_bare(&tiff::file(Order::Big, &[Lzw, Fax, Deflate, Jpeg]), 300, 17) > 10);
}

#[test]
fn changed_open_documents_never_panic_and_come_out_clean() {
    for (seed, kind) in (30..).zip(["text", "spreadsheet", "presentation", "graphics"]) {
        // Most changes break a sum of the archive; those of flat ones reach the XML.
        run_bare(&odf::package(kind).pack(), 200, seed);
        assert!(run_bare(odf::flat(kind).as_bytes(), 200, seed + 10) > 5, "{kind}");
    }
}

/// Makes the sums of tar heads fit again.
fn mend_tar(mut bytes: Vec<u8>) -> Vec<u8> {
    for head in bytes.chunks_exact_mut(512) {
        if head[257..262] == *b"ustar" {
            head[148..156].fill(b' ');
            let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
            head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    bytes
}

#[test]
fn changed_archives_never_panic_and_never_leak() {
    run(&zip::planted(), 400, 18);
    assert!(run(&tar::planted(), 400, 19) > 20);
    assert!(run(&packed::planted_gzip(b"Keep these words, all of them, please.\n"), 300, 20) > 20);
    run(&packed::planted_gzip(&tar::planted()), 100, 21);
}

#[test]
fn changed_archives_come_out_clean() {
    run_bare(&zip::planted(), 200, 22);
    let mut dice = Dice::new(23);
    for _ in 0..300 {
        if let Ok(done) = scrub(&mend_tar(mutate(&tar::planted(), &mut dice))) {
            assert_eq!(scrub(&done.bytes).map(|again| again.bytes), Ok(done.bytes));
        }
    }
    let words = "Keep these words, all of them, please.\n".repeat(50);
    for (seed, (_, file)) in (24..).zip(packed::packed(words.as_bytes())) {
        run_bare(&file, 300, seed);
    }
    assert!(run_bare(&packed::torrent("", "7:privatei1e"), 300, 28) > 20);
    let table = "name\tplace\tsum\t\r\n".repeat(20);
    assert!(run_bare(table.as_bytes(), 300, 29) > 20);
}

#[test]
fn changed_drawings_pages_and_sheets_come_out_clean() {
    assert!(run_bare(web::svg().as_bytes(), 300, 30) > 5);
    assert!(run_bare(web::html().as_bytes(), 300, 32) > 100);
    assert!(run_bare(web::xhtml().as_bytes(), 200, 33) > 50);
    assert!(run_bare(web::css().as_bytes(), 300, 31) > 20);
}

//! Three thousand changed files over all formats: none panics, none takes long, and what is cleaned
//! can be cleaned again without changing a byte. Prints what came of them.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::tiff::{Order, Stored};
use common::{
    Dice, gif, in_a_word, jpeg, made, mail, mutate, odf, office, packed, pdf, plain, png, rtf,
    scrub, tar, tiff, web, webp, windows, zip,
};
use sd_scrub::{Detected, detect};

/// How many changed files there are in all.
const FILES: usize = 3_000;
/// The longest that one of them may take, on a busy machine and not optimised.
const LIMIT: Duration = Duration::from_secs(20);

/// One file of each format, in the form its own tests make the most of.
fn files() -> Vec<Vec<u8>> {
    let both = "-t 0.3 -map 0:v -map 1:a";
    let avc = format!("{both} -c:v libx264 -pix_fmt yuv420p -c:a aac");
    let avi = |arguments: &str| windows::avi(&made::ffmpeg("a.avi", arguments));
    vec![
        jpeg::planted(),
        jpeg::progressive(),
        png::planted(),
        png::animation(&[]),
        gif::planted(),
        webp::planted(),
        webp::animation(true),
        plain::bmp(124, 32, 3, true),
        plain::pnm('3', 255),
        plain::pam(true),
        tiff::file(Order::Little, &[Stored::Lzw, Stored::Fax, Stored::Deflate, Stored::Jpeg]),
        made::with_boxes(made::heif(false)),
        made::with_boxes(made::heif(true)),
        made::jxl("a.jpg", &jpeg::gray(), &[]),
        made::jxl("a.png", &png::plain(8, 6, false), &["-d", "1"]),
        made::mp3(),
        made::flac(),
        made::wav(),
        made::aiff(),
        made::ffmpeg("a.ogg", "-map 1:a -c:a libvorbis"),
        made::ffmpeg("a.opus", "-map 1:a -c:a libopus"),
        made::ffmpeg("a.m4a", "-map 1:a -c:a aac"),
        made::with_boxes(made::ffmpeg("a.mp4", &avc)),
        made::ffmpeg("a.mov", &format!("{avc} -timecode 01:00:00:00")),
        made::ffmpeg("a.mkv", &avc),
        made::ffmpeg("a.webm", &format!("{both} -c:v libvpx-vp9 -c:a libopus")),
        avi(&format!("{both} -c:v mpeg4 -vtag XVID -c:a libmp3lame")),
        avi(&format!("{both} -c:v mjpeg -pix_fmt yuvj420p -c:a pcm_s16le")),
        windows::asf(&made::ffmpeg("a.wmv", &format!("{both} -c:v wmv2 -c:a wmav2"))),
        windows::asf(&made::ffmpeg("a.wma", "-map 1:a -c:a wmav2 -f asf")),
        pdf::planted_with("Visible"),
        pdf::text_page(),
        office::word().pack(),
        office::sheet().pack(),
        office::slides().pack(),
        rtf::planted(),
        odf::package("text").pack(),
        odf::package("spreadsheet").pack(),
        odf::package("presentation").pack(),
        odf::package("graphics").pack(),
        odf::formula_package().pack(),
        odf::flat("text").into_bytes(),
        odf::flat("spreadsheet").into_bytes(),
        mail::planted(),
        zip::planted(),
        tar::planted(),
        packed::planted_gzip(&tar::planted()),
        web::svg().into_bytes(),
        web::html().into_bytes(),
        web::xhtml().into_bytes(),
        web::css().into_bytes(),
        packed::torrent("8:encoding12:CANARY-0765x", ""),
        b"name,sum\nKeep\xe2\x80\x8b,12\nthese,-5\n".to_vec(),
        "a\u{200b}b \u{202e}c\u{a0}d\r\n p\u{430}yp\u{430}l \u{feff}\n".as_bytes().to_vec(),
    ]
}

/// What came of a file, in a word.
fn outcome(bytes: &[u8]) -> &'static str {
    match scrub(bytes) {
        Ok(done) => {
            let again = scrub(&done.bytes);
            let again = again.map(|again| (again.bytes, again.report.format));
            let same = again.as_ref() == Ok(&(done.bytes, done.report.format));
            let shown = String::from_utf8_lossy(bytes).chars().take(300).collect::<String>();
            assert!(same, "{}: {shown:?}", done.report.format);
            "cleaned"
        }
        Err(refusal) => in_a_word(refusal),
    }
}

#[test]
fn three_thousand_changed_files_are_cleaned_or_refused_by_name() {
    let files = files();
    let mut dice = Dice::new(3_000);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut longest = (Duration::ZERO, String::new());
    for n in 0..FILES {
        let file = &files[n % files.len()];
        let kind = match detect(file) {
            Detected::Known(format) => format.to_string(),
            Detected::Unknown(kind) => panic!("a fixture is {kind}"),
        };
        let changed = mutate(file, &mut dice);
        let start = Instant::now();
        let came = std::panic::catch_unwind(|| outcome(&changed))
            .unwrap_or_else(|_| panic!("{kind}, file {n}"));
        let took = start.elapsed();
        assert!(took < LIMIT, "{kind}, file {n}: {took:?}");
        if took > longest.0 {
            longest = (took, kind);
        }
        *counts.entry(came).or_default() += 1;
    }
    let said: Vec<String> = counts.iter().map(|(came, count)| format!("{count} {came}")).collect();
    // Shown with `--nocapture`.
    let (took, kind) = longest;
    std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("{FILES} files: {}; longest {took:?}, a {kind}\n", said.join(", ")),
    )
    .expect("the log");
    assert!(counts["cleaned"] > FILES / 10);
}

//! Files of every format that `sd_scrub` cleans, from the builders of its own tests.

#[path = "../../../../sd-export/scrub/tests/common/mod.rs"]
mod common;

use common::tiff::{Order, Stored};
use common::{
    epub, gif, jpeg, made, mail, metafile, odf, office, packed, pdf, plain, png, rtf, tar, tiff,
    web, webp, windows, zip,
};
use sd_fuzz::package::described;

use super::Seeds;

/// The seeds of a family are named by what they are.
fn named(seeds: Vec<(&str, Vec<u8>)>) -> Seeds {
    seeds.into_iter().map(|(name, seed)| (name.to_owned(), seed)).collect()
}

pub(super) fn pictures() -> Seeds {
    use Stored::{Deflate, Fax, Jpeg, Lzw, PackBits, Plain, Tiles};
    named(vec![
        ("jpeg", jpeg::planted()),
        ("jpeg-progressive", jpeg::progressive()),
        ("jpeg-restarts", jpeg::restarts()),
        ("png", png::planted()),
        ("apng", png::animation(&[])),
        ("gif", gif::planted()),
        ("webp", webp::planted()),
        ("webp-animation", webp::animation(true)),
        ("bmp-124", plain::bmp(124, 32, 3, true)),
        ("bmp-40", plain::bmp(40, 8, 0, false)),
        ("pnm", plain::pnm('3', 255)),
        ("pnm-6", plain::pnm('6', 255)),
        ("pam", plain::pam(true)),
        ("tiff", tiff::file(Order::Little, &[Plain, PackBits, Lzw, Deflate, Tiles, Fax, Jpeg])),
        ("tiff-big", tiff::file(Order::Big, &[Lzw, Fax, Deflate, Jpeg])),
        ("emf", metafile::emf(&[])),
        ("wmf", metafile::wmf(true, &[])),
        ("heic", made::heif(false)),
        ("avif", made::heif(true)),
        ("jxl", made::jxl("a.png", &png::plain(8, 6, false), &["-d", "1"])),
        ("jxl-boxes", made::jxl("a.jpg", &jpeg::gray(), &[])),
        ("jxl-animation", made::jxl("a.png", &png::animation(&[]), &["-d", "0"])),
    ])
}

/// What ffmpeg makes, cut to a tenth of a second.
fn short(name: &str, arguments: &str) -> Vec<u8> {
    made::ffmpeg(name, &format!("-t 0.15 {arguments}"))
}

pub(super) fn sound() -> Seeds {
    named(vec![
        ("mp3", short("a.mp3", "-map 1:a -write_id3v1 1")),
        ("flac", short("a.flac", "-map 1:a")),
        ("ogg", short("a.ogg", "-map 1:a -ac 2 -c:a libvorbis")),
        ("opus", short("a.opus", "-map 1:a -c:a libopus")),
        ("wav", short("a.wav", "-map 1:a")),
        ("wav-adpcm", short("a.wav", "-map 1:a -ac 2 -c:a adpcm_ms")),
        ("aiff", short("a.aiff", "-map 1:a")),
        ("wma", short("a.wma", "-map 1:a -c:a wmav2 -f asf")),
    ])
}

pub(super) fn video() -> Seeds {
    let (avc, both) = ("-map 0:v -c:v libx264 -pix_fmt yuv420p", "-map 0:v -map 1:a");
    named(vec![
        ("mp4", short("a.mp4", &format!("{both} -map 2:s -c:v libx264 -c:a aac -c:s mov_text"))),
        ("mp4-av1", short("a.mp4", "-map 0:v -c:v libaom-av1 -cpu-used 8")),
        ("mov", short("a.mov", &format!("{both} -c:v libx264 -c:a pcm_u8 -timecode 01:00:00:00"))),
        ("m4a", short("a.m4a", "-map 1:a -c:a aac")),
        ("m4a-alac", short("a.m4a", "-map 1:a -c:a alac")),
        ("mkv", short("a.mkv", &format!("{avc} -map 2:s"))),
        ("mkv-flac", short("a.mkv", "-map 1:a -c:a flac")),
        ("avi", windows::avi(&short("a.avi", &format!("{both} -c:v msmpeg4 -c:a libmp3lame")))),
        ("avi-avc", short("a.avi", avc)),
        ("avi-mpeg4", short("a.avi", "-map 0:v -c:v mpeg4 -vtag XVID")),
        ("avi-mjpeg", short("a.avi", "-map 0:v -c:v mjpeg -pix_fmt yuvj420p")),
        ("wmv", windows::asf(&short("a.wmv", &format!("{both} -c:v wmv2 -c:a wmav2")))),
        ("webm", short("a.webm", &format!("{both} -c:v libvpx-vp9 -c:a libopus"))),
    ])
}

pub(super) fn pdf() -> Seeds {
    named(vec![
        ("planted", pdf::planted_with("Visible")),
        ("text", pdf::text_page()),
        ("gallery", pdf::gallery()),
        ("revised", pdf::revised()),
    ])
}

pub(super) fn text() -> Seeds {
    let wide: Vec<u8> =
        "\u{feff}Wide \u{200b}words".encode_utf16().flat_map(u16::to_le_bytes).collect();
    named(vec![
        ("marks", "a\u{200b}b\u{feff}c \u{202e}d\u{a0}e\u{ad}f\r\nend \t\n".as_bytes().to_vec()),
        (
            "joiners",
            "\u{645}\u{200c}\u{646} \u{1f469}\u{200d}\u{1f4bb} 1\u{fe0f}\u{20e3}"
                .as_bytes()
                .to_vec(),
        ),
        (
            "flag",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}".as_bytes().to_vec(),
        ),
        ("look-alike", "p\u{430}yp\u{430}l \u{1d400}\u{e000}".as_bytes().to_vec()),
        ("utf-16", wide),
        ("latin", b"Gr\xfc\xdfe aus M\xfcnchen\r\n".to_vec()),
        ("launcher", "\u{200b}[Desktop\u{200b} Entry]\nExec=x\n".as_bytes().to_vec()),
        ("page", "<\u{200b}html>".as_bytes().to_vec()),
    ])
}

/// The members of a ZIP file, as the targets take them; the one that says what it is comes first.
fn members(file: &[u8]) -> Vec<u8> {
    let mut parts: Vec<(String, Vec<u8>)> = office::parts(file).into_iter().collect();
    parts.sort_by_key(|(name, _)| name != "mimetype");
    described(&parts)
}

pub(super) fn archives() -> Seeds {
    let mut seeds = named(vec![
        ("zip", zip::planted()),
        (
            "zip-members",
            described(&[("a.txt".to_owned(), b"words".to_vec()), ("b/".to_owned(), Vec::new())]),
        ),
        ("tar", tar::planted()),
        ("torrent", packed::torrent("", "")),
    ]);
    for (format, bytes) in packed::packed(b"words, and words again") {
        seeds.push((format.extension().to_owned(), bytes));
    }
    seeds
}

pub(super) fn office() -> Seeds {
    let named = |name: &str, package: &[u8]| (name.to_owned(), members(package));
    let mut seeds = vec![
        named("docx", &office::word().pack()),
        named("xlsx", &office::sheet().pack()),
        named("pptx", &office::slides().pack()),
        named("odf", &odf::formula_package().pack()),
        ("rtf".to_owned(), rtf::planted()),
    ];
    for kind in ["text", "spreadsheet", "presentation", "graphics"] {
        seeds.push(named(kind, &odf::package(kind).pack()));
        seeds.push((format!("flat-{kind}"), odf::flat(kind).into_bytes()));
    }
    seeds
}

pub(super) fn web() -> Seeds {
    let mut seeds = named(vec![
        ("svg", web::svg().into_bytes()),
        ("css", web::css().into_bytes()),
        ("html", web::html().into_bytes()),
        ("xhtml", web::xhtml().into_bytes()),
    ]);
    for (name, book) in [("epub", epub::planted()), ("old-epub", epub::old())] {
        seeds.push((name.to_owned(), members(&book)));
    }
    seeds
}

pub(super) fn mail() -> Seeds {
    named(vec![("planted", mail::planted()), ("plain", mail::plain())])
}

//! The planted corpus: files of every format, a canary in each place that can hide data, and
//! something in each that must stay.

use super::made::{aiff, ffmpeg, flac, grid, heif, jxl, jxl_in_boxes, mp3, wav, with_boxes};
use super::tiff::{Order, Stored};
use super::{
    canary, epub, exif, gif, jpeg, mail, metafile, odf, office, packed, pdf, plain, png, rtf, tar,
    tiff, web, webp, windows, zip,
};

/// One file of the corpus.
pub(crate) struct Planted {
    /// Its name, which says what it is.
    pub(crate) name: &'static str,
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// The same with nothing in it that keeps other readers from what must stay.
    pub(crate) bare: Vec<u8>,
}

/// All files. Sound, video and HEIF come from real encoders, which must be installed.
pub(crate) fn corpus() -> Vec<Planted> {
    let mut all = pictures();
    all.extend(sheets());
    all.extend(sound());
    all.extend(video());
    all.extend(documents());
    all.extend(packages());
    all.extend(open_documents());
    all
}

fn same(name: &'static str, bytes: Vec<u8>) -> Planted {
    Planted { name, bare: bytes.clone(), bytes }
}

fn with(name: &'static str, bytes: Vec<u8>, bare: Vec<u8>) -> Planted {
    Planted { name, bytes, bare }
}

/// A file with something behind its end.
fn behind(name: &'static str, bare: Vec<u8>) -> Planted {
    Planted { name, bytes: [bare.as_slice(), canary(600).as_bytes()].concat(), bare }
}

/// A JPEG with EXIF and a comment in front and something behind its end.
fn marked(name: &'static str, bare: Vec<u8>) -> Planted {
    let mut bytes = bare.clone();
    let words = jpeg::segment(0xfe, canary(601).as_bytes());
    bytes.splice(2..2, [jpeg::exif_segment(), words].concat());
    bytes.extend(canary(602).bytes());
    Planted { name, bytes, bare }
}

/// A PNG with texts and times in front of its picture and something behind its end.
fn noted(name: &'static str, bare: Vec<u8>) -> Planted {
    let mut bytes = bare.clone();
    let chunks = [
        png::chunk(*b"tEXt", &[b"Author\0".as_slice(), canary(603).as_bytes()].concat()),
        png::chunk(
            *b"zTXt",
            &[b"Note\0\0".to_vec(), png::deflate(canary(604).as_bytes())].concat(),
        ),
        png::chunk(*b"eXIf", &exif(1)),
        png::chunk(*b"prVt", canary(605).as_bytes()),
    ];
    // Behind the signature and the header.
    bytes.splice(33..33, chunks.concat());
    bytes.extend(canary(606).bytes());
    Planted { name, bytes, bare }
}

fn pictures() -> Vec<Planted> {
    let simple = |kind: [u8; 4], data: Vec<u8>| webp::file(&[webp::chunk(kind, &data)]);
    let tile = super::clean(&heif(true)).0;
    let jxl = jxl("a.png", &png::plain(8, 6, false), &["-d", "0", "--container=0"]);
    vec![
        with("photo.jpg", jpeg::planted(), jpeg::bare()),
        marked("grey.jpg", jpeg::gray()),
        marked("progressive.jpg", jpeg::progressive()),
        marked("restarts.jpg", jpeg::restarts()),
        same("drawing.png", png::planted()),
        noted("interlaced.png", png::plain(8, 2, true)),
        noted("sixteen-bits.png", png::plain(16, 6, false)),
        noted("animation.png", png::animation(&[])),
        with("animation.gif", gif::planted(), gif::bare()),
        same("photo.webp", webp::planted()),
        behind("lossless.webp", simple(*b"VP8L", webp::lossless())),
        behind("lossy.webp", simple(*b"VP8 ", webp::lossy())),
        with("animation.webp", webp::animation(true), webp::animation(false)),
        with("photo.heic", with_boxes(heif(false)), heif(false)),
        with("photo.avif", with_boxes(heif(true)), heif(true)),
        same("tiles.avif", grid(&tile)),
        with("boxes.jxl", jxl_in_boxes(&jxl, 5), jxl.clone()),
    ]
}

fn sheets() -> Vec<Planted> {
    use Stored::{Deflate, Fax, Jpeg, Lzw, PackBits, Plain, Tiles};
    let all = [Plain, PackBits, Lzw, Deflate, Tiles, Fax, Jpeg];
    let pnm =
        |name, kind, largest| with(name, plain::pnm(kind, largest), plain::bare_pnm(kind, largest));
    vec![
        same("palette.bmp", plain::bmp(40, 8, 0, true)),
        same("masks.bmp", plain::bmp(52, 16, 3, false)),
        same("colour.bmp", plain::bmp(124, 24, 0, true)),
        same("alpha.bmp", plain::bmp(124, 32, 3, true)),
        pnm("bits.pbm", '4', 1),
        pnm("grey.pgm", '5', 65535),
        pnm("digits.pgm", '2', 255),
        pnm("colour.ppm", '6', 255),
        with("alpha.pam", plain::pam(true), plain::pam(false)),
        with("pages.tif", tiff::file(Order::Little, &all), tiff::bare(Order::Little, &all)),
        with("pages-big-endian.tif", tiff::file(Order::Big, &all), tiff::bare(Order::Big, &all)),
    ]
}

fn sound() -> Vec<Planted> {
    let bare = |name, arguments| ffmpeg(name, arguments);
    let tagged = |name, arguments| behind(name, ffmpeg(name, arguments));
    vec![
        with("voice.mp3", mp3(), bare("a.mp3", "-map 1:a -write_id3v1 1")),
        same("stereo.mp3", bare("a.mp3", "-map 1:a -ac 2 -q:a 4")),
        with("voice.flac", flac(), bare("a.flac", "-map 1:a")),
        tagged("voice.ogg", "-map 1:a -ac 2 -c:a libvorbis"),
        tagged("voice.opus", "-map 1:a -c:a libopus"),
        with("voice.wav", wav(), bare("a.wav", "-map 1:a")),
        with("voice.aiff", aiff(), bare("a.aiff", "-map 1:a")),
    ]
}

fn video() -> Vec<Planted> {
    let boxed = |name, arguments: &str| {
        let bare = ffmpeg(name, arguments);
        with(name, with_boxes(bare.clone()), bare)
    };
    let tagged = |name, arguments: &str| behind(name, ffmpeg(name, arguments));
    let text = "-map 0:v -map 1:a -map 2:s -c:v libx264 -pix_fmt yuv420p -c:a aac -c:s mov_text";
    let attached = "-map 0:v -map 1:a -map 2:s -c:v libx264 -c:a aac -attach ATTACHED \
                    -metadata:s:t mimetype=text/plain";
    let positions = ffmpeg("a.mp4", text);
    let old = ffmpeg("a.avi", "-map 0:v -map 1:a -c:v rawvideo -pix_fmt bgr24 -c:a ac3");
    let wmv = ffmpeg("a.wmv", "-map 0:v -map 1:a -c:v wmv2 -c:a wmav2");
    let wma = ffmpeg("a.wma", "-map 1:a -c:a wmav2 -f asf");
    vec![
        with("old.avi", windows::avi(&old), old.clone()),
        with("old.wmv", windows::asf(&wmv), wmv.clone()),
        with("old.wma", windows::asf(&wma), wma.clone()),
        boxed("subtitles.mp4", text),
        with("positions.mp4", track_of_positions(positions.clone()), positions),
        boxed("av1.mp4", "-map 0:v -c:v libaom-av1 -cpu-used 8"),
        boxed("hevc.mp4", "-map 0:v -map 1:a -c:v libx265 -x265-params log-level=none -c:a aac"),
        boxed("clock.mov", "-map 0:v -map 1:a -c:v libx264 -c:a pcm_s16le -timecode 01:00:00:00"),
        boxed("voice.m4a", "-map 1:a -c:a aac"),
        boxed("lossless.m4a", "-map 1:a -c:a alac"),
        tagged("attached.mkv", attached),
        tagged("flac.mkv", "-map 0:v -map 1:a -c:v libx264 -bf 2 -c:a flac"),
        tagged("vp9.webm", "-map 0:v -map 1:a -c:v libvpx-vp9 -c:a libopus"),
        boxed("fragments.mp4", "-map 0:v -c:v libx264 -movflags frag_keyframe+empty_moov"),
    ]
}

/// The subtitle track made a track of a camera's positions.
fn track_of_positions(mut video: Vec<u8>) -> Vec<u8> {
    for (from, to) in [(b"sbtl", b"meta"), (b"tx3g", b"gpmd")] {
        while let Some(at) = super::position(&video, from) {
            video[at..at + 4].copy_from_slice(to);
        }
    }
    video
}

fn documents() -> Vec<Planted> {
    let hidden = hidden();
    let letter = format!("Keep these\u{200b} words{hidden}.\nAnd this line: 1,234.56 €.\n");
    let wide: Vec<u8> =
        format!("\u{feff}{letter}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        with("report.pdf", pdf::planted(), pdf::text_page()),
        behind("gallery.pdf", pdf::gallery()),
        same("revised.pdf", pdf::revised()),
        same("letter.txt", letter.into_bytes()),
        same("wide.txt", wide),
        same("table.csv", format!("Name,Sum\u{200b}\nKeep{hidden},12\nthese,-5\n").into_bytes()),
    ]
}

/// Files that hold files: office documents, archives, compressed files.
fn packages() -> Vec<Planted> {
    let letter = format!("Keep these words\u{200b}{}.\n", hidden());
    let [_, bzip2, xz, zstd] = packed::packed(letter.as_bytes()).map(|(_, bytes)| bytes);
    let same_behind = |name, mut bytes: Vec<u8>| {
        bytes.extend(canary(607).bytes());
        same(name, bytes)
    };
    vec![
        same("minutes.docx", office::word().pack()),
        same("table.xlsx", office::sheet().pack()),
        same("talk.pptx", office::slides().pack()),
        same("letter.rtf", rtf::planted()),
        same("letter.eml", mail::planted()),
        same("short.eml", mail::plain()),
        same("letters.zip", zip::planted()),
        same("letters.tar", tar::planted()),
        same("letters.tar.gz", packed::planted_gzip(&tar::planted())),
        same("letter.gz", packed::planted_gzip(letter.as_bytes())),
        same_behind("letter.bz2", bzip2),
        same("letter.xz", xz),
        same_behind("letter.zst", zstd),
        same("drawing.svg", web::svg().into_bytes()),
        same("drawing.svgz", packed::planted_gzip(web::svg().as_bytes())),
        same("page.html", web::html().into_bytes()),
        same("page.xhtml", web::xhtml().into_bytes()),
        same("drawing.emf", metafile::emf(&[])),
        same("drawing.wmf", metafile::wmf(true, &[])),
        same("bare.wmf", metafile::wmf(false, &[])),
        same("book.epub", epub::planted()),
        same("old-book.epub", epub::old()),
        same("looks.css", web::css().into_bytes()),
        same("files.torrent", packed::torrent("8:encoding12:CANARY-0765x", "")),
    ]
}

/// Documents of `OpenDocument`, in packages and flat.
fn open_documents() -> Vec<Planted> {
    let flat = |name, kind| same(name, odf::flat(kind).into_bytes());
    vec![
        same("minutes.odt", odf::package("text").pack()),
        same("table.ods", odf::package("spreadsheet").pack()),
        same("talk.odp", odf::package("presentation").pack()),
        same("plan.odg", odf::package("graphics").pack()),
        same("sum.odf", odf::formula_package().pack()),
        flat("minutes.fodt", "text"),
        flat("table.fods", "spreadsheet"),
        flat("talk.fodp", "presentation"),
        flat("plan.fodg", "graphics"),
    ]
}

/// A canary in letters that are not shown.
fn hidden() -> String {
    super::CANARY.chars().filter_map(|c| char::from_u32(0xe_0000 + u32::from(c))).collect()
}

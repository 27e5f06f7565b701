//! Files to scrub, made on the spot, each with a person and a place in its metadata.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, stage};

/// A kind of file: its words, the name that says it, and what ffmpeg is told.
pub(crate) struct Kind {
    pub(crate) words: &'static str,
    pub(crate) name: &'static str,
    recipe: &'static str,
    /// The goal: how many times our processor time mat2 takes.
    pub(crate) goal: Option<f64>,
}

const fn kind(words: &'static str, name: &'static str, recipe: &'static str) -> Kind {
    Kind { words, name, recipe, goal: Some(10.0) }
}

const fn without_goal(words: &'static str, name: &'static str, recipe: &'static str) -> Kind {
    Kind { words, name, recipe, goal: None }
}

/// Every kind that is measured.
pub(crate) const KINDS: &[Kind] = &[
    kind(
        "JPEG photos of 3 MB, 12 megapixels",
        "a.jpg",
        "-f lavfi -i mandelbrot=s=4000x3000,noise=alls=14 -frames:v 1 -q:v 4",
    ),
    kind(
        "JPEG photos of 5 MB, 12 megapixels",
        "a.jpg",
        "-f lavfi -i mandelbrot=s=4000x3000,noise=alls=14 -frames:v 1 -q:v 3",
    ),
    kind("PNG pictures, 1920x1080", "a.png", "-f lavfi -i testsrc2=s=1920x1080 -frames:v 1"),
    kind(
        "TIFF pictures, 1920x1080, LZW",
        "a.tif",
        "-f lavfi -i testsrc2=s=1920x1080 -frames:v 1 -pix_fmt rgb24 -compression_algo lzw",
    ),
    kind(
        "WebP pictures, 1920x1080",
        "a.webp",
        "-f lavfi -i mandelbrot=s=1920x1080,noise=alls=8 -frames:v 1 -c:v libwebp",
    ),
    kind("GIF animations of 20 frames", "a.gif", "-f lavfi -i testsrc2=s=480x270:r=10 -t 2"),
    kind(
        "MP3 recordings of 3 minutes",
        "a.mp3",
        "-f lavfi -i anoisesrc=c=pink:d=180 -ac 2 -b:a 192k",
    ),
    kind("FLAC recordings of 1 minute", "a.flac", "-f lavfi -i anoisesrc=c=pink:d=60 -ac 2"),
    kind(
        "Ogg recordings of 3 minutes",
        "a.ogg",
        "-f lavfi -i anoisesrc=c=pink:d=180 -ac 2 -c:a libvorbis",
    ),
    kind("WAV recordings of 1 minute", "a.wav", "-f lavfi -i anoisesrc=c=pink:d=60 -ac 2"),
    without_goal("MP4 videos of 10 s, 720p", "a.mp4", CLIP),
    without_goal("Matroska videos of 10 s, 720p", "a.mkv", CLIP),
    Kind { words: "PDF documents of 30 pages", name: "a.pdf", recipe: "", goal: Some(50.0) },
];

const CLIP: &str = "-f lavfi -i testsrc2=s=1280x720:r=30,noise=alls=10:allf=t \
    -f lavfi -i anoisesrc=c=pink -t 10 -c:v libx264 -preset ultrafast -b:v 8M -pix_fmt yuv420p -c:a aac";

/// About 20 Mbit/s, as phones record.
const LONG_CLIP: &str = "-f lavfi -i testsrc2=s=1280x720:r=30,noise=alls=20:allf=t \
    -f lavfi -i anoisesrc=c=pink -t 8 -c:v libx264 -preset ultrafast -b:v 20M -maxrate 20M \
    -bufsize 20M -pix_fmt yuv420p -c:a aac";

/// Makes one file of a kind; none if a tool for it is missing.
pub(crate) fn make(kind: &Kind, dir: &Path) -> Outcome<PathBuf> {
    let path = dir.join(kind.name);
    if kind.recipe.is_empty() {
        std::fs::write(&path, document())?;
        return Ok(path);
    }
    ffmpeg(kind.recipe.split_whitespace(), &path)?;
    if kind.name == "a.jpg" {
        let tags =
            ["-Artist=Jane Source", "-Make=SpyCam", "-GPSLatitude=52.5", "-GPSLatitudeRef=N"];
        let tags = tags.iter().chain(&["-q", "-overwrite_original"]);
        stage::succeed(Command::new("exiftool").args(tags).arg(&path))?;
    }
    Ok(path)
}

/// Makes a video of at least so many bytes: a clip, over and over.
pub(crate) fn make_long(name: &str, bytes: u64, dir: &Path) -> Outcome<PathBuf> {
    let (clip, path) = (dir.join("clip.mkv"), dir.join(name));
    if !clip.exists() {
        ffmpeg(LONG_CLIP.split_whitespace(), &clip)?;
    }
    let rounds = bytes.div_ceil(std::fs::metadata(&clip)?.len()).to_string();
    let clip = clip.to_str().ok_or("a path that is not text")?;
    ffmpeg(["-stream_loop", &rounds, "-i", clip, "-c", "copy"], &path)?;
    Ok(path)
}

fn ffmpeg<'a>(recipe: impl IntoIterator<Item = &'a str>, path: &Path) -> Outcome<()> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-y"]).args(recipe);
    command.args(["-metadata", "artist=Jane Source", "-metadata", "comment=Berlin"]).arg(path);
    stage::succeed(&mut command)
}

/// Thirty pages of text with an author.
fn document() -> Vec<u8> {
    const PAGES: usize = 30;
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Author (Jane Source) /Producer (SpyWord) /CreationDate (D:20260101) >>".to_owned(),
    ];
    let mut kids = String::new();
    for page in 0..PAGES {
        let mut text = "BT /F1 11 Tf 60 780 Td 14 TL\n".to_owned();
        for line in 0..45 {
            let _ = writeln!(text, "(Page {page}, line {line}: the quick brown fox went home.) '");
        }
        text.push_str("ET");
        let number = objects.len() + 1;
        objects.push(format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>"
        ));
        let _ = write!(kids, "{} 0 R ", number + 1);
    }
    objects[1] = format!("<< /Type /Pages /Count {PAGES} /Kids [{kids}] >>");
    let (mut out, mut places) = ("%PDF-1.5\n".to_owned(), Vec::new());
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (out.len(), objects.len() + 1);
    let _ = write!(out, "xref\n0 {size}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\n");
    let _ = write!(out, "startxref\n{start}\n%%EOF\n");
    out.into_bytes()
}

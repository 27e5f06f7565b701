//! Documents that can be known again on paper.

use std::fmt::{Arguments, Write as _};
use std::io;

/// A picture of two by three squares, higher than wide, or CUPS would turn it.
pub(crate) const SQUARES: [[u8; 2]; 3] = [[0, 255], [255, 128], [0, 0]];

/// The picture, 60 pixels a square.
pub(crate) fn squares() -> io::Result<Vec<u8>> {
    let row = |y: usize| (0..120).map(move |x| SQUARES[y / 60][x / 60]);
    let pixels: Vec<u8> = (0..180).flat_map(row).collect();
    encoded(png::ColorType::Grayscale, 120, 180, &pixels)
}

/// A red square.
pub(crate) fn red() -> io::Result<Vec<u8>> {
    encoded(png::ColorType::Rgb, 90, 90, &[220, 20, 20].repeat(90 * 90))
}

fn encoded(colour: png::ColorType, width: u32, height: u32, data: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(colour);
    encoder.write_header().and_then(|mut w| w.write_image_data(data)).map_err(io::Error::other)?;
    Ok(out)
}

/// So many pages of numbered lines.
pub(crate) fn text(pages: usize) -> Vec<u8> {
    // Fewer than 60 lines a page on either paper, so each page has some.
    let mut out = String::new();
    (1..=pages * 55).for_each(|n| put(&mut out, format_args!("line {n} of the lab's document\n")));
    out.into()
}

/// One page of 612 by 792 points with a black bar in its upper left quarter.
pub(crate) fn pdf() -> Vec<u8> {
    let content = "0 g\n72 600 150 72 re f\n";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ];
    let (mut out, mut offsets) = ("%PDF-1.4\n".to_owned(), Vec::new());
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        put(&mut out, format_args!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let start = out.len();
    out += "xref\n0 5\n0000000000 65535 f \n";
    for offset in offsets {
        put(&mut out, format_args!("{offset:010} 00000 n \n"));
    }
    put(&mut out, format_args!("trailer\n<< /Size 5 /Root 1 0 R >>\n"));
    put(&mut out, format_args!("startxref\n{start}\n%%EOF\n"));
    out.into()
}

fn put(out: &mut String, text: Arguments<'_>) {
    // A string takes everything.
    let _ = out.write_fmt(text);
}

//! TIFF pictures of several pages, with something in every gap.

use super::{canary, exif, profile};

/// A tag: number, type, and its value's bytes in the order of the file.
type Tag = (u16, u16, Vec<u8>);

/// Which way round numbers are written.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    fn short(self, n: u16) -> Vec<u8> {
        match self {
            Self::Little => n.to_le_bytes().to_vec(),
            Self::Big => n.to_be_bytes().to_vec(),
        }
    }

    fn long(self, n: usize) -> Vec<u8> {
        let n = u32::try_from(n).expect("small");
        match self {
            Self::Little => n.to_le_bytes().to_vec(),
            Self::Big => n.to_be_bytes().to_vec(),
        }
    }
}

/// How a page's samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Plain,
    PackBits,
    Lzw,
    Deflate,
    Tiles,
    Fax,
    Jpeg,
}

/// One page's tags and pieces, before places are known.
struct Page {
    tags: Vec<Tag>,
    pieces: Vec<Vec<u8>>,
    tiles: bool,
}

fn page(order: Order, stored: Stored, number: u32, planted: bool) -> Page {
    let text = |n: u32| canary(200 + n + 20 * number).into_bytes();
    let ascii = |tag: u16, n: u32| (tag, 2, [text(n), vec![0]].concat());
    let short = |tag: u16, n: u16| (tag, 3, order.short(n));
    let (width, height) = (16u16, 16u16);
    let (compression, photometric, bits) = match stored {
        Stored::Plain | Stored::Tiles => (1, 1, 8),
        Stored::PackBits => (32773, 1, 8),
        Stored::Lzw => (5, 1, 8),
        Stored::Deflate => (8, 1, 8),
        Stored::Fax => (4, 0, 1),
        Stored::Jpeg => (7, 1, 8),
    };
    let mut tags = vec![
        short(0x0100, width),
        short(0x0101, height),
        short(0x0102, bits),
        short(0x0103, compression),
        short(0x0106, photometric),
        ascii(0x010d, 0),
        ascii(0x010e, 1),
        ascii(0x010f, 2),
        ascii(0x0110, 3),
        short(0x0112, 6),
        short(0x0115, 1),
        (0x011a, 5, [order.long(204), order.long(1)].concat()),
        (0x011b, 5, [order.long(98), order.long(1)].concat()),
        short(0x0128, 2),
        ascii(0x0131, 4),
        ascii(0x0132, 5),
        ascii(0x013b, 6),
        ascii(0x013c, 7),
        (0x02bc, 1, text(8)),
        ascii(0x8298, 9),
        (0x83bb, 7, text(10)),
        (0x8649, 7, text(11)),
        (0x8773, 7, profile(&canary(212))),
        ascii(0x87b0, 13),
        (0xfde8, 7, text(14)),
    ];
    let samples: Vec<u8> =
        (0..256usize).map(|n| u8::try_from(n * n % 253).expect("small")).collect();
    let mut pieces: Vec<Vec<u8>> = match stored {
        Stored::Tiles => {
            tags.push(short(0x0142, 16));
            tags.push(short(0x0143, 16));
            vec![samples]
        }
        Stored::Fax => vec![fax()],
        Stored::Jpeg => vec![jpeg()],
        _ => {
            tags.push(short(0x0116, 10));
            let (first, second) = samples.split_at(160);
            [first, second].iter().map(|part| packed(stored, part)).collect()
        }
    };
    for piece in pieces.iter_mut().filter(|_| planted) {
        piece.extend(text(15));
    }
    Page { tags, pieces, tiles: stored == Stored::Tiles }
}

fn packed(stored: Stored, bytes: &[u8]) -> Vec<u8> {
    match stored {
        Stored::PackBits => bytes
            .chunks(100)
            .flat_map(|part| {
                let head = u8::try_from(part.len() - 1).expect("short");
                [&[128, head], part].concat()
            })
            .collect(),
        Stored::Lzw => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
            .encode(bytes)
            .expect("in memory"),
        Stored::Deflate => super::png::deflate(bytes),
        _ => bytes.to_vec(),
    }
}

/// A whole JPEG with a comment.
fn jpeg() -> Vec<u8> {
    let mut out = super::jpeg::gray();
    out.splice(2..2, super::jpeg::segment(0xfe, canary(229).as_bytes()));
    out
}

/// Sixteen rows of eight white and eight black pixels, fax-coded.
fn fax() -> Vec<u8> {
    // Horizontal, white 8, black 8; then each row straight below the one before, and the end.
    let mut bits = "001".to_owned() + "10011" + "000101";
    bits.push_str(&"11".repeat(15));
    bits.push_str("000000000001000000000001");
    let bits: Vec<char> = bits.chars().collect();
    bits.chunks(8)
        .map(|byte| {
            byte.iter().enumerate().fold(0, |sum, (n, bit)| sum | u8::from(*bit == '1') << (7 - n))
        })
        .collect()
}

/// A file of such pages, with words before, between and after them.
pub(crate) fn file(order: Order, stored: &[Stored]) -> Vec<u8> {
    pages(order, stored, true)
}

/// The same without words behind strips, which keep other readers from them.
pub(crate) fn bare(order: Order, stored: &[Stored]) -> Vec<u8> {
    pages(order, stored, false)
}

fn pages(order: Order, stored: &[Stored], planted: bool) -> Vec<u8> {
    let mut out = match order {
        Order::Little => b"II*\0\0\0\0\0".to_vec(),
        Order::Big => b"MM\0*\0\0\0\0".to_vec(),
    };
    let mut pointer = 4;
    for (number, stored) in (0u32..).zip(stored) {
        let mut page = page(order, *stored, number, planted);
        out.extend(canary(230).bytes());
        // An EXIF block of its own order is no directory of this file; a canary in its place is.
        let below = out.len();
        out.extend(order.short(1));
        out.extend(order.short(0xa431));
        out.extend(order.short(2));
        out.extend(order.long(19));
        out.extend(order.long(below + 18));
        out.extend(order.long(0));
        out.extend(canary(231).bytes());
        out.resize(out.len() + 8, 0);
        page.tags.push((0x8769, 4, order.long(below)));
        page.tags.push((0x014a, 4, order.long(below)));
        let (mut places, mut counts) = (Vec::new(), Vec::new());
        for piece in &page.pieces {
            places.extend(order.long(out.len()));
            counts.extend(order.long(piece.len()));
            out.extend_from_slice(piece);
        }
        let numbers = if page.tiles { (0x0144, 0x0145) } else { (0x0111, 0x0117) };
        page.tags.push((numbers.0, 4, places));
        page.tags.push((numbers.1, 4, counts));
        page.tags.sort_by_key(|(tag, ..)| *tag);
        let mut fields = order.short(u16::try_from(page.tags.len()).expect("few"));
        for (tag, kind, value) in &page.tags {
            let unit = [0, 1, 1, 2, 4, 8, 0, 1][usize::from(*kind)];
            fields.extend(order.short(*tag));
            fields.extend(order.short(*kind));
            fields.extend(order.long(value.len() / unit));
            let mut field = value.clone();
            if value.len() > 4 {
                field = order.long(out.len());
                out.extend_from_slice(value);
            }
            field.resize(4, b'C');
            fields.extend(field);
        }
        let at = order.long(out.len());
        out[pointer..pointer + 4].copy_from_slice(&at);
        pointer = out.len() + fields.len();
        out.extend(fields);
        out.extend([0; 4]);
    }
    out.extend(exif(3));
    out.extend(canary(232).bytes());
    out
}

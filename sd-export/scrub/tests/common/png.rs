//! PNG pictures of every kind, written chunk by chunk.

use std::io::Write as _;

use super::{canary, exif, profile};

pub(crate) fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&kind);
    hasher.update(body);
    let len = u32::try_from(body.len()).expect("short");
    [&len.to_be_bytes(), kind.as_slice(), body, &hasher.finalize().to_be_bytes()].concat()
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).expect("in memory");
    encoder.finish().expect("in memory")
}

pub(crate) fn header(width: u32, height: u32, depth: u8, kind: u8, interlace: u8) -> Vec<u8> {
    let mut body = [width.to_be_bytes(), height.to_be_bytes()].concat();
    body.extend_from_slice(&[depth, kind, 0, 0, interlace]);
    chunk(*b"IHDR", &body)
}

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Rows of bytes that differ, with each filter in turn.
pub(crate) fn rows(height: usize, len: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for y in 0..height {
        out.push(u8::try_from(y % 5).expect("small"));
        out.extend((0..len).map(|x| u8::try_from((x * 37 + y * 11 + x * y) % 251).expect("small")));
    }
    out
}

/// A plain picture of the given kind, 7 by 5.
pub(crate) fn plain(depth: u8, kind: u8, interlaced: bool) -> Vec<u8> {
    let channels = [1, 0, 3, 1, 2, 0, 4][usize::from(kind)];
    let row = |width: usize| (width * channels * usize::from(depth)).div_ceil(8);
    let data = if interlaced {
        [(1, 1), (1, 1), (2, 1), (2, 2), (4, 1), (3, 3), (7, 2)]
            .iter()
            .flat_map(|(w, h)| rows(*h, row(*w)))
            .collect()
    } else {
        rows(5, row(7))
    };
    let mut out = [SIGNATURE.to_vec(), header(7, 5, depth, kind, u8::from(interlaced))].concat();
    if kind == 3 {
        let entries = 1usize << depth;
        let palette: Vec<u8> =
            (0..entries * 3).map(|n| u8::try_from(n % 256).expect("small")).collect();
        out.extend(chunk(*b"PLTE", &palette));
        out.extend(chunk(*b"tRNS", &[0, 128]));
    }
    out.extend(chunk(*b"IDAT", &deflate(&data)));
    out.extend(chunk(*b"IEND", &[]));
    out
}

/// An animation of three frames; the still picture is the first.
pub(crate) fn animation(extra: &[u8]) -> Vec<u8> {
    let control = |sequence: u32, side: u32| {
        let mut body = sequence.to_be_bytes().to_vec();
        for n in [side, side, 0, 0] {
            body.extend_from_slice(&n.to_be_bytes());
        }
        body.extend_from_slice(&[0, 1, 0, 10, 0, 1]);
        chunk(*b"fcTL", &body)
    };
    let frame = |sequence: u32, side: usize| {
        let data = deflate(&rows(side, side * 3));
        chunk(*b"fdAT", &[sequence.to_be_bytes().as_slice(), &data].concat())
    };
    let parts = [
        SIGNATURE.to_vec(),
        header(8, 8, 8, 2, 0),
        extra.to_vec(),
        chunk(*b"acTL", &[0, 0, 0, 3, 0, 0, 0, 0]),
        control(0, 8),
        chunk(*b"IDAT", &deflate(&rows(8, 24))),
        control(1, 4),
        frame(2, 4),
        control(3, 8),
        frame(4, 8),
        chunk(*b"IEND", &[]),
    ];
    parts.concat()
}

/// A palette picture with a canary in every place a PNG has for one.
pub(crate) fn planted() -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let keyed = |key: &str, value: &[u8]| [key.as_bytes(), b"\0", value].concat();
    let mut palette = vec![10, 20, 30, 40, 50, 60];
    palette.extend(text(50));
    palette.resize(48, b'x');
    let mut pixels = rows(5, 7);
    for (n, byte) in pixels.iter_mut().enumerate() {
        *byte = if n % 8 == 0 { 0 } else { u8::from(n % 3 == 0) };
    }
    pixels.extend(text(51));
    let mut packed = deflate(&pixels);
    packed.extend(text(52));
    let mut icc = keyed("Monitor CANARY", &[0]);
    icc.extend(deflate(&profile(&canary(53))));
    let mut out = [SIGNATURE.to_vec(), header(7, 5, 8, 3, 0)].concat();
    out.extend(chunk(*b"tEXt", &keyed("Author", &text(54))));
    out.extend(chunk(*b"zTXt", &keyed("Comment", &[vec![0], deflate(&text(55))].concat())));
    out.extend(chunk(
        *b"iTXt",
        &keyed("XML:com.adobe.xmp", &[b"\0\0\0\0".to_vec(), text(56)].concat()),
    ));
    out.extend(chunk(*b"iCCP", &icc));
    out.extend(chunk(*b"gAMA", &45455u32.to_be_bytes()));
    out.extend(chunk(*b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]));
    out.extend(chunk(*b"tIME", &[7, 234, 11, 23, 1, 2, 3]));
    out.extend(chunk(*b"eXIf", &exif(8)));
    out.extend(chunk(*b"PLTE", &palette));
    out.extend(chunk(*b"tRNS", &[255, 0, b'C', b'A', b'N', b'A', b'R', b'Y']));
    out.extend(chunk(*b"hIST", &text(57)));
    out.extend(chunk(*b"sPLT", &text(58)));
    out.extend(chunk(*b"prVt", &text(59)));
    out.extend(chunk(*b"caBX", &text(60)));
    let (first, second) = packed.split_at(9);
    out.extend(chunk(*b"IDAT", first));
    out.extend(chunk(*b"IDAT", second));
    out.extend(chunk(*b"tEXt", &keyed("Software", &text(61))));
    out.extend(chunk(*b"IEND", &text(62)));
    out.extend(text(63));
    out
}

/// A picture with a text in it.
pub(crate) fn with_author(author: &str) -> Vec<u8> {
    let mut picture = plain(8, 2, false);
    let text = chunk(*b"tEXt", &[b"Author\0".as_slice(), author.as_bytes()].concat());
    // Behind the signature and the header.
    picture.splice(33..33, text);
    picture
}

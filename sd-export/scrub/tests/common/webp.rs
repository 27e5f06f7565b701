//! WebP pictures of every kind, written chunk by chunk.

use super::{canary, exif, profile};

/// A lossy picture of 20 by 18, as cwebp coded it.
const LOSSY: &str = "\
    9004009d012a140012003f2976b453ae26a522b7faa801c025096c60126b9664b57e92aa0c0c03b000716923\
    b000fc177fda3ffd13c770f4f6cd9ee4b4ee7d0b7456048d520eaf03a813ba44f23b7ac817cecf643f6a8d06\
    e0cf801c143a1c4a1c5eea9c46901ebb572203ef66502fc10affd1bcffa722a98e0ef3cf9fa457ed546175a8\
    c2eb4cf82653b9dee6a639b1662cc599784ba8e381a25f8747cdf81efa9e263f53c51d86854d081f5f54cd5f\
    41ff4c279484f2075f63486b171f5f8c48a41890a50800bf53f314bf53f5cc6f9489d573d903520509314000";

pub(crate) fn lossy() -> Vec<u8> {
    let digits = LOSSY.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| {
        u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal")
    };
    digits.map(byte).collect()
}

/// A lossless picture of 20 by 18, half of it transparent.
pub(crate) fn lossless() -> Vec<u8> {
    let pixels: Vec<u8> =
        (0..20 * 18 * 4usize).map(|n| u8::try_from(n * n % 251).expect("small")).collect();
    let mut out = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut out)
        .encode(&pixels, 20, 18, image::ExtendedColorType::Rgba8)
        .expect("in memory");
    out[20..].to_vec()
}

pub(crate) fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).expect("short").to_le_bytes();
    let mut out = [kind.as_slice(), &len, body].concat();
    if body.len() % 2 == 1 {
        out.push(b'C');
    }
    out
}

pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), chunks.concat()].concat();
    let len = u32::try_from(body.len()).expect("short").to_le_bytes();
    [b"RIFF".as_slice(), &len, &body].concat()
}

/// The size of the canvas, with flags and with something in the spare bytes.
fn canvas(flags: u8) -> Vec<u8> {
    chunk(*b"VP8X", &[flags, b'C', b'A', b'N', 19, 0, 0, 17, 0, 0])
}

/// A picture with a canary in every place that the container has for one.
pub(crate) fn planted() -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let mut out = file(&[
        canvas(0x2c),
        chunk(*b"ICCP", &profile(&canary(100))),
        chunk(*b"prVt", &text(101)),
        chunk(*b"VP8 ", &lossy()),
        chunk(*b"EXIF", &exif(6)),
        chunk(*b"XMP ", &text(102)),
        chunk(*b"C2PA", &text(103)),
    ]);
    out.extend(text(104));
    out
}

/// Two frames, one lossy and one lossless, with or without canaries between and in them.
pub(crate) fn animation(planted: bool) -> Vec<u8> {
    let frame = |picture: Vec<u8>, number: u32| {
        let flags = if planted { 2 | 0xf0 } else { 2 };
        let mut body = vec![0, 0, 0, 0, 0, 0, 19, 0, 0, 17, 0, 0, 80, 0, 0, flags];
        body.extend(picture);
        if planted {
            body.extend(chunk(*b"unkn", canary(number).as_bytes()));
        }
        chunk(*b"ANMF", &body)
    };
    let behind = if planted { canary(110) } else { String::new() };
    let head = [[1, 2, 3, 4, 5, 0].as_slice(), behind.as_bytes()].concat();
    let mut chunks = vec![
        canvas(0x12),
        chunk(*b"ANIM", &head),
        frame(chunk(*b"VP8 ", &lossy()), 111),
        frame(chunk(*b"VP8L", &lossless()), 112),
    ];
    if planted {
        chunks.push(chunk(*b"XMP ", canary(113).as_bytes()));
    }
    file(&chunks)
}

//! A small JPEG encoder: enough codes for pictures of every kind that is cleaned.

use super::{canary, exif, profile};

/// Code lengths and symbols of the tables the encoder uses: sizes 0 to 11 for brightness, and a
/// few runs for the rest.
const DC: ([u8; 16], &[u8]) =
    ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const AC: ([u8; 16], &[u8]) = (
    [0, 2, 1, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0x00, 0x01, 0x02, 0x11, 0x10, 0x12, 0xf0, 0x20, 0x21, 0x03, 0x31],
);

pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 2).expect("short");
    [&[0xff, marker], len.to_be_bytes().as_slice(), body].concat()
}

fn dht(head: u8, (counts, symbols): ([u8; 16], &[u8])) -> Vec<u8> {
    segment(0xc4, &[&[head], counts.as_slice(), symbols].concat())
}

fn dqt(id: u8) -> Vec<u8> {
    segment(0xdb, &[vec![id], vec![1; 64]].concat())
}

/// Writes bits, most significant first, with stuffing.
#[derive(Default)]
pub(crate) struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    pub(crate) fn put(&mut self, value: u32, count: u32) {
        for n in (0..count).rev() {
            self.held = (self.held << 1) | ((value >> n) & 1);
            self.count += 1;
            if self.count == 8 {
                let byte = u8::try_from(self.held & 0xff).expect("masked");
                self.out.push(byte);
                if byte == 0xff {
                    self.out.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    fn code(&mut self, (counts, symbols): ([u8; 16], &[u8]), symbol: u8) {
        let (mut code, mut at) = (0u32, 0usize);
        for (length, count) in (1u32..).zip(counts) {
            for _ in 0..count {
                if symbols[at] == symbol {
                    return self.put(code, length);
                }
                code += 1;
                at += 1;
            }
            code <<= 1;
        }
        panic!("symbol {symbol:#x} is not in the table");
    }

    /// A brightness step.
    pub(crate) fn dc(&mut self, step: i32) {
        let size = 32 - step.unsigned_abs().leading_zeros();
        self.code(DC, u8::try_from(size).expect("small"));
        let bits = if step < 0 { step - 1 } else { step };
        self.put(bits.cast_unsigned() & ((1 << size) - 1), size);
    }

    /// A run and a size.
    pub(crate) fn ac(&mut self, symbol: u8) {
        self.code(AC, symbol);
    }

    /// Fills the last byte with zeros, which encoders do not: the spare bits can tell something.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.put(0, 1);
        }
        self.out
    }
}

fn tables() -> Vec<u8> {
    [dqt(0), dqt(1), dht(0x00, DC), dht(0x10, AC)].concat()
}

fn frame(marker: u8, side: u16, components: &[[u8; 3]]) -> Vec<u8> {
    let mut body = vec![8];
    body.extend_from_slice(&side.to_be_bytes());
    body.extend_from_slice(&side.to_be_bytes());
    body.push(u8::try_from(components.len()).expect("few"));
    for c in components {
        body.extend_from_slice(c);
    }
    segment(marker, &body)
}

fn sos(components: &[u8], spectral: [u8; 3]) -> Vec<u8> {
    let mut body = vec![u8::try_from(components.len()).expect("few")];
    for id in components {
        body.extend_from_slice(&[*id, 0]);
    }
    body.extend_from_slice(&spectral);
    segment(0xda, &body)
}

/// Blocks with steps that differ and a few values, ended by an end of block.
fn blocks(bits: &mut Bits, count: u32, seed: i32) {
    for n in 0..count {
        bits.dc([seed, -3, 7, 0, -seed][n as usize % 5]);
        bits.ac(0x02);
        bits.put(0b10 | (n & 1), 2);
        bits.ac(0x21);
        bits.put(n & 1, 1);
        bits.ac(0x00);
    }
}

/// A gray picture of 16 by 16, in one scan.
pub(crate) fn gray() -> Vec<u8> {
    let mut bits = Bits::default();
    blocks(&mut bits, 4, 40);
    let parts = [
        vec![0xff, 0xd8],
        tables(),
        frame(0xc0, 16, &[[1, 0x11, 0]]),
        sos(&[1], [0, 63, 0]),
        bits.finish(),
        vec![0xff, 0xd9],
    ];
    parts.concat()
}

/// A colour picture of 32 by 32 with half the colour, in one scan with restarts.
pub(crate) fn restarts() -> Vec<u8> {
    let mut data = Vec::new();
    for unit in 0..4u8 {
        let mut bits = Bits::default();
        blocks(&mut bits, 6, 20 + i32::from(unit));
        data.extend(bits.finish());
        if unit < 3 {
            data.extend_from_slice(&[0xff, 0xd0 | unit]);
        }
    }
    let parts = [
        vec![0xff, 0xd8],
        tables(),
        segment(0xdd, &[0, 1]),
        frame(0xc0, 32, &[[1, 0x22, 0], [2, 0x11, 1], [3, 0x11, 1]]),
        sos(&[1, 2, 3], [0, 63, 0]),
        data,
        vec![0xff, 0xd9],
    ];
    parts.concat()
}

/// A gray progressive picture: rough brightness, rough values, then both refined.
pub(crate) fn progressive() -> Vec<u8> {
    let (mut first, mut rough, mut finer, mut refined) =
        (Bits::default(), Bits::default(), Bits::default(), Bits::default());
    for n in 0..4 {
        first.dc([30, -4, 9, 0][n]);
        finer.put(u32::from(n % 2 == 0), 1);
    }
    // Two blocks with values, then a run of two blocks without any.
    for n in 0..2 {
        rough.ac(0x01);
        rough.put(n, 1);
        rough.ac(0x21);
        rough.put(1, 1);
        rough.ac(0x00);
    }
    rough.ac(0x10);
    rough.put(0, 1);
    // Refinement: a new value after the first old one, the old ones get a bit each.
    for n in 0..2 {
        refined.ac(0x01);
        refined.put(1, 1);
        refined.put(n, 1);
        refined.ac(0x00);
        refined.put(1, 1);
    }
    refined.ac(0x10);
    refined.put(1, 1);
    refined.ac(0x00);
    let parts = [
        vec![0xff, 0xd8],
        tables(),
        frame(0xc2, 16, &[[1, 0x11, 0]]),
        sos(&[1], [0, 0, 1]),
        first.finish(),
        sos(&[1], [1, 63, 1]),
        rough.finish(),
        sos(&[1], [0, 0, 0x10]),
        finer.finish(),
        sos(&[1], [1, 63, 0x10]),
        refined.finish(),
        vec![0xff, 0xd9],
    ];
    parts.concat()
}

/// A frame and its three scans, with something after each.
fn three_scans(after: &[u8]) -> Vec<u8> {
    let mut out = frame(0xc0, 16, &[[1, 0x11, 0], [2, 0x11, 1], [3, 0x11, 1]]);
    for id in 1..=3 {
        let mut bits = Bits::default();
        blocks(&mut bits, 4, 10 + i32::from(id));
        out.extend(sos(&[id], [0, 63, 0]));
        out.extend(bits.finish());
        out.extend_from_slice(after);
    }
    out
}

/// The picture of [`planted`] and nothing else.
pub(crate) fn bare() -> Vec<u8> {
    let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    [vec![0xff, 0xd8], jfif, tables(), three_scans(&[]), vec![0xff, 0xd9]].concat()
}

/// A colour picture in three scans, with a canary in every place a JPEG has for one.
pub(crate) fn planted() -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let jfif = [b"JFIF\0\x01\x02\x01\0\x48\0\x48\x02\x04".to_vec(), text(30)].concat();
    let icc = [b"ICC_PROFILE\0\x01\x01".to_vec(), profile(&canary(31))].concat();
    let iptc = [b"\x1c\x02\x50\0\x13".to_vec(), text(32)].concat();
    let photoshop = [
        b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x18".to_vec(),
        iptc,
        b"8BIM\x0b\xad\0\0\0\0\0\x06CANARY".to_vec(),
    ]
    .concat();
    let xmp =
        format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>{}</dc:creator>", canary(33));
    let mut out = vec![0xff, 0xd8];
    out.extend(segment(0xe0, &jfif));
    out.extend(segment(0xe0, &[b"JFXX\0\x10".to_vec(), text(34)].concat()));
    out.extend(segment(0xe1, &[b"Exif\0\0".to_vec(), exif(6)].concat()));
    out.extend(segment(0xe1, xmp.as_bytes()));
    out.extend(segment(
        0xe1,
        &[b"http://ns.adobe.com/xmp/extension/\0".to_vec(), text(35)].concat(),
    ));
    out.extend(segment(0xe2, &icc));
    out.extend(segment(0xe2, &[b"MPF\0".to_vec(), text(36)].concat()));
    out.extend(segment(0xeb, &[b"JP\0\x01".to_vec(), text(37)].concat()));
    out.extend(segment(0xed, &photoshop));
    out.extend(segment(0xee, &[b"Adobe\0\x65\x80\x40\0\0\x01".to_vec(), text(38)].concat()));
    out.extend(segment(0xe7, &text(39)));
    out.extend(segment(0xfe, &text(40)));
    out.extend(text(41));
    out.extend(tables());
    let unused: Vec<u8> = (0..64u8).map(|n| canary(42).as_bytes()[usize::from(n) % 19]).collect();
    out.extend(segment(0xdb, &[vec![3], unused].concat()));
    out.extend(three_scans(&[text(43), segment(0xfe, &text(44))].concat()));
    out.extend_from_slice(&[0xff, 0xd9]);
    out.extend(text(45));
    out.extend_from_slice(b"\0\0\0\x18ftypmp42");
    out.extend(gray());
    out
}

/// The segment with EXIF.
pub(crate) fn exif_segment() -> Vec<u8> {
    segment(0xe1, &[b"Exif\0\0".as_slice(), &exif(1)].concat())
}

/// A grey photograph with EXIF.
pub(crate) fn with_exif() -> Vec<u8> {
    let mut picture = gray();
    picture.splice(2..2, exif_segment());
    picture
}

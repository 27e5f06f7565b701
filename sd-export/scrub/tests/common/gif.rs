//! GIF pictures, written block by block.

use super::canary;

fn blocks(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in bytes.chunks(100) {
        out.push(u8::try_from(part.len()).expect("short"));
        out.extend_from_slice(part);
    }
    out
}

fn extension(label: u8, head: &[u8], body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(head.len()).expect("short");
    [&[0x21, label, len], head, &blocks(body), &[0]].concat()
}

/// A frame with the given indexes, and bytes behind its last code.
fn frame(place: [u8; 4], flags: u8, table: &[u8], indexes: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut out = vec![0x2c];
    out.extend(place.iter().flat_map(|n| [*n, 0]));
    out.push(flags);
    out.extend_from_slice(table);
    out.push(3);
    let mut packed =
        weezl::encode::Encoder::new(weezl::BitOrder::Lsb, 3).encode(indexes).expect("in memory");
    packed.extend_from_slice(behind);
    out.extend(blocks(&packed));
    out.push(0);
    out
}

/// An animation of three frames with a canary in every place a GIF has for one.
pub(crate) fn planted() -> Vec<u8> {
    file(true)
}

/// The same without the canaries that keep other readers from it.
pub(crate) fn bare() -> Vec<u8> {
    file(false)
}

fn file(planted: bool) -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let only = |bytes: Vec<u8>| if planted { bytes } else { Vec::new() };
    let indexes = |count: usize, most: usize| -> Vec<u8> {
        (0..count).map(|n| u8::try_from((n * n + n / 3) % most).expect("small")).collect()
    };
    let mut table: Vec<u8> = (0..12).map(|n| n * 20).collect();
    table.extend_from_slice(b"CANARY-JaneD");
    let mut out = b"GIF87a\x10\0\x0c\0\xf2\x01\x31".to_vec();
    out.extend_from_slice(&table);
    out.extend(extension(0xfe, &text(80)[..9], &text(80)));
    let rounds =
        [b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x07\0".to_vec(), only(blocks(&text(81))), vec![0]];
    out.extend(rounds.concat());
    out.extend(extension(0xff, b"XMP DataXMP", &text(82)));
    out.extend(extension(0xff, b"ICCRGBG1012", &text(83)));
    out.extend(extension(0xff, b"CANARY12345", &text(84)));
    out.extend(only(extension(0x01, &[0; 12], &text(85))));
    out.extend(extension(0xf9, &[0x05, 10, 0, 3], &only(text(86))));
    out.extend(frame([0, 0, 16, 12], 0, &[], &indexes(192, 4), &only(text(87))));
    out.extend(only(vec![0, 0, 0]));
    out.extend(extension(0xf9, &[0x08 | 0xe2, 20, 0, 0], &[]));
    let local = [table[..12].to_vec(), table[12..].iter().rev().copied().collect()].concat();
    out.extend(frame([4, 3, 10, 9], 0xc2, &local, &indexes(90, 3), &[]));
    let mut long = indexes(20, 4);
    long.extend(only(b"CANARY".iter().map(|byte| byte % 4).collect()));
    out.extend(frame([2, 2, 5, 4], 0, &[], &long, &[]));
    out.extend(only(extension(0x42, &text(88), &[])));
    out.push(0x3b);
    out.extend(text(89));
    out
}

/// A picture so large that the codes reach their full length many times.
pub(crate) fn large() -> Vec<u8> {
    let mut out = b"GIF89a\xc8\0\xc8\0\xa2\0\0".to_vec();
    out.extend((0..24u8).map(|n| n * 10));
    let mut dice = super::Dice::new(7);
    let indexes: Vec<u8> =
        (0..40_000).map(|_| u8::try_from(dice.roll(8)).expect("small")).collect();
    out.extend(frame([0, 0, 200, 200], 0, &[], &indexes, &[]));
    out
}

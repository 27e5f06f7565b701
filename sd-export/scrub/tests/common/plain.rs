//! Pictures without compression: BMP and PNM.

use super::canary;

/// A BMP of 5 by 3 of the given head, masks and depth, with a canary in every gap.
pub(crate) fn bmp(size: u32, depth: u16, method: u32, up: bool) -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let mut head = size.to_le_bytes().to_vec();
    let height: i32 = if up { 3 } else { -3 };
    head.extend_from_slice(&5u32.to_le_bytes());
    head.extend_from_slice(&height.to_le_bytes());
    head.extend_from_slice(&[1, 0]);
    head.extend_from_slice(&depth.to_le_bytes());
    head.extend_from_slice(&method.to_le_bytes());
    head.extend_from_slice(&0u32.to_le_bytes());
    head.extend_from_slice(b"CANARY-J");
    let colours: u32 = if depth <= 8 { 1 << depth } else { 0 };
    head.extend_from_slice(&colours.to_le_bytes());
    head.extend_from_slice(b"anJD");
    let masks: [u32; 4] = match depth {
        16 => [0xf800, 0x07e0, 0x001f, 0],
        _ => [0x00ff_0000, 0xff00, 0xff, 0xff00_0000],
    };
    if method == 3 || size > 40 {
        let count = if size > 52 { 4 } else { 3 };
        head.extend(masks.iter().take(count).flat_map(|mask| mask.to_le_bytes()));
    }
    let profile = text(120);
    if size == 108 {
        head.resize(108, b'C');
    }
    if size == 124 {
        head.extend_from_slice(b"KNIL");
        head.extend_from_slice(&text(121)[..12]);
        head.resize(112, b'C');
        head.extend_from_slice(&u32::to_le_bytes(124));
        head.extend_from_slice(&u32::try_from(profile.len()).expect("short").to_le_bytes());
        head.extend_from_slice(b"CANA");
    }
    for n in 0..colours {
        let used = n < 2;
        let spare = if used { *b"\x10\x20\x30C" } else { *b"CANA" };
        head.extend_from_slice(&spare);
    }
    if size == 124 {
        head.extend_from_slice(&profile);
    }
    head.extend(text(122));
    let row = (5 * usize::from(depth)).div_ceil(32) * 4;
    let mut rows = Vec::new();
    for y in 0..3usize {
        let used = 5 * usize::from(depth) / 8;
        let byte = |x: usize| match depth {
            1 => 0b1010_1000,
            4 => [0x01, 0x10, 0x0f][x.min(2)],
            8 => u8::try_from((x + y) % 2).expect("small"),
            _ => u8::try_from((x * 31 + y * 17) % 256).expect("small"),
        };
        let mut bytes: Vec<u8> = (0..used.max(usize::from(depth < 8))).map(byte).collect();
        if depth < 8 {
            bytes = vec![byte(0), byte(1), byte(2)];
            bytes.truncate((5 * usize::from(depth)).div_ceil(8));
        }
        bytes.resize(row, b'C');
        rows.extend(bytes);
    }
    let start = 14 + head.len();
    let mut out = b"BM\0\0\0\0\0\0\0\0".to_vec();
    out.extend_from_slice(&u32::try_from(start).expect("small").to_le_bytes());
    out.extend(head);
    out.extend(rows);
    out.extend(text(123));
    out
}

/// A PNM of 5 by 3 of the given kind, with comments and something behind it.
pub(crate) fn pnm(kind: char, largest: u32) -> Vec<u8> {
    with_comments(kind, largest, &canary(130))
}

/// The same without what keeps other readers from it.
pub(crate) fn bare_pnm(kind: char, largest: u32) -> Vec<u8> {
    with_comments(kind, largest, "")
}

fn with_comments(kind: char, largest: u32, text: &str) -> Vec<u8> {
    let sizes = match kind {
        '1' | '4' => "5 3".to_owned(),
        _ => format!("5\t3 # {text}\n{largest}"),
    };
    let mut out = format!("P{kind}\n# {text}\n#{text}\r\n{sizes}\n").into_bytes();
    let channels = if matches!(kind, '3' | '6') { 3 } else { 1 };
    let sample = |n: usize| u32::try_from(n * 37).expect("small") % (largest + 1);
    match kind {
        '1' if text.is_empty() => out.extend(b"1 0 1 0 1 0 1 1 0 1 1 1 1 1 1\n"),
        '1' => out.extend(b"10101 0110\n1\t11111# CANARY\n"),
        '2' | '3' => {
            for n in 0..15 * channels {
                out.extend(format!("{}  ", sample(n)).bytes());
                if n == 4 && !text.is_empty() {
                    out.extend(format!("#{text}\n").bytes());
                }
            }
        }
        '4' => out.extend([0xa8 | 5, 0x58 | 3, 0xf8 | 7]),
        _ if largest > 255 => {
            for n in 0..15 * channels {
                out.extend(u16::try_from(sample(n)).expect("16 bits").to_be_bytes());
            }
        }
        _ => out.extend((0..15 * channels).map(|n| u8::try_from(sample(n)).expect("8 bits"))),
    }
    out.extend(text.bytes());
    out
}

/// A PAM, with or without a line of its own making.
pub(crate) fn pam(planted: bool) -> Vec<u8> {
    let text = canary(131);
    let owner = if planted { format!("OWNER {text}\n") } else { String::new() };
    let mut out = format!(
        "P7\n# {text}\nWIDTH 5\nHEIGHT 3\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n{owner}ENDHDR\n"
    )
    .into_bytes();
    out.extend((0..60u8).map(|n| n * 4));
    out.extend(text.bytes());
    out
}

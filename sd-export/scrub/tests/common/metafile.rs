//! Drawings of Windows' commands, with a canary wherever one fits and a keep-mark in their texts.

use super::canary;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Numbers of four bytes.
pub(crate) fn numbers(all: &[i32]) -> Vec<u8> {
    all.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn shorts(all: &[i16]) -> Vec<u8> {
    all.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn len(bytes: &[u8]) -> i32 {
    i32::try_from(bytes.len()).expect("short")
}

/// A command of EMF.
pub(crate) fn command(kind: i32, fields: &[u8]) -> Vec<u8> {
    let mut out = numbers(&[kind, 0]);
    out.extend_from_slice(fields);
    out.resize(out.len().next_multiple_of(4), 0);
    let size = len(&out);
    out[4..8].copy_from_slice(&size.to_le_bytes());
    out
}

/// A text as EMF draws it; with steps, and with some bytes behind it.
pub(crate) fn text(words: &str, behind: &[u8]) -> Vec<u8> {
    let letters = utf16(words);
    let count = i32::try_from(words.encode_utf16().count()).expect("short");
    let mut body = letters.clone();
    body.resize(body.len().next_multiple_of(4), 0);
    let steps_at = 76 + len(&body);
    let mut fields = numbers(&[0, 0, 100, 100, 2, 0x3f80_0000, 0x3f80_0000]);
    fields.extend(numbers(&[10, 10, count, 76, 0, 0, 0, 100, 100, steps_at]));
    fields.extend(body);
    fields.extend((0..count).flat_map(|_| 7i32.to_le_bytes()));
    fields.extend_from_slice(behind);
    command(84, &fields)
}

/// A picture of two by two dots with 24 bits: its rows are filled up with `padding`.
fn dib(padding: [u8; 2]) -> (Vec<u8>, Vec<u8>) {
    let head =
        [numbers(&[40, 2, 2]), shorts(&[1, 24]), numbers(&[0, 16, 2835, 2835, 0, 0])].concat();
    let row = |shade: u8| [&[shade, 0, 90, 0, shade, 90][..], &padding].concat();
    (head, [row(10), row(200)].concat())
}

/// A drawing; these commands too.
pub(crate) fn emf(more: &[Vec<u8>]) -> Vec<u8> {
    let newer = [b"EMF+\x01\x40\x01\0".as_slice(), canary(1403).as_bytes()].concat();
    let newer = command(70, &[numbers(&[40]), newer].concat());
    plain_emf(&[&[newer], more].concat())
}

/// The same without the newer form of the drawing, which other programs take for all of it.
pub(crate) fn plain_emf(more: &[Vec<u8>]) -> Vec<u8> {
    let said = utf16(&canary(1401));
    let mut commands = vec![
        command(17, &numbers(&[8])),
        command(9, &[numbers(&[1000, 1000]), canary(1402).into_bytes()].concat()),
        command(11, &numbers(&[1000, 1000])),
        command(38, &numbers(&[1, 0, 3, 0x4a4b_4c4d, 0x00ff])),
        command(37, &numbers(&[1])),
        command(70, &[numbers(&[40]), canary(1404).into_bytes()].concat()),
        command(106, canary(1405).as_bytes()),
        command(122, &[numbers(&[2]), canary(1406).into_bytes()].concat()),
        command(43, &numbers(&[10, 10, 900, 500])),
        command(
            86,
            &[numbers(&[0, 0, 9, 9, 3]), shorts(&[0, 0, 90, 0, 90, 90]), canary(1407).into_bytes()]
                .concat(),
        ),
        command(8, &[numbers(&[0, 0, 9, 9, 2, 5, 2, 3]), numbers(&[1; 10])].concat()),
        command(
            75,
            &[
                numbers(&[48, 5, 32, 1, 1, 16, 0, 0, 999, 999]),
                numbers(&[0, 0, 999, 999]),
                canary(1408).into_bytes(),
            ]
            .concat(),
        ),
        text("KEEP words in a drawing,\u{200b} too", canary(1409).as_bytes()),
    ];
    let mut font = numbers(&[2, -20, 0, 0, 0, 400]);
    font.extend([0; 8]);
    let mut name = utf16("Liberation Sans");
    name.extend(utf16(&format!("\0{}", canary(1410))));
    name.resize(64, 0);
    font.extend(&name);
    font.extend(utf16(&canary(1411)));
    font.resize(324, 0);
    commands.push(command(82, &font));
    let (head, rows) = dib(*b"CA");
    let mut stretch = numbers(&[
        0,
        0,
        9,
        9,
        100,
        100,
        0,
        0,
        2,
        2,
        120,
        len(&head),
        160,
        len(&rows),
        0,
        0x00cc_0020,
        300,
        300,
    ]);
    // Something between the fields and the picture.
    stretch.extend(canary(1412).into_bytes());
    stretch.resize(112, 0);
    stretch.extend(&head);
    stretch.extend(&rows);
    commands.push(command(81, &stretch));
    commands.extend_from_slice(more);
    let end = command(14, &[numbers(&[0, 16]), canary(1413).into_bytes(), numbers(&[40])].concat());
    let body = [commands.concat(), end].concat();
    let head_len = 108 + said.len().next_multiple_of(4);
    let mut out = numbers(&[1, i32::try_from(head_len).expect("short")]);
    out.extend(numbers(&[0, 0, 1000, 1000, 0, 0, 20000, 20000]));
    out.extend(b" EMF\0\0\x01\0");
    out.extend(numbers(&[i32::try_from(head_len + body.len()).expect("short")]));
    out.extend(numbers(&[i32::try_from(commands.len() + 2).expect("few")]));
    out.extend(shorts(&[3, 0x5a5a]));
    out.extend(numbers(&[
        i32::try_from(said.len() / 2).expect("short"),
        108,
        0,
        1920,
        1080,
        508,
        286,
        0,
        0,
        0,
        508_000,
        286_000,
    ]));
    out.extend(said);
    out.resize(head_len, 0);
    out.extend(body);
    out.extend(canary(1414).into_bytes());
    out
}

/// A command of WMF.
pub(crate) fn short_command(kind: u16, fields: &[u8]) -> Vec<u8> {
    let mut body = fields.to_vec();
    body.resize(body.len().next_multiple_of(2), 0);
    let words = u32::try_from(body.len() / 2 + 3).expect("short");
    [&words.to_le_bytes()[..], &kind.to_le_bytes(), &body].concat()
}

/// A drawing of the older form; these commands too. `placed`: with the head that says how large it is.
pub(crate) fn wmf(placed: bool, more: &[Vec<u8>]) -> Vec<u8> {
    let letters = b"KEEP words in an old drawing";
    let mut placed_text =
        shorts(&[300, 100, i16::try_from(letters.len()).expect("short"), 4, 0, 0, 9, 9]);
    placed_text.extend_from_slice(letters);
    placed_text.extend(shorts(&[12; 28]));
    placed_text.extend(canary(1421).into_bytes());
    let mut font = shorts(&[-20, 0, 0, 0, 400]);
    font.extend([0; 8]);
    font.extend(format!("Arial\0{}", canary(1422)).into_bytes());
    let (head, rows) = dib(*b"NA");
    let mut picture = numbers(&[0x00cc_0020]);
    picture.extend(shorts(&[0, 2, 2, 0, 0, 300, 300, 500, 500]));
    picture.extend([head, rows, canary(1423).into_bytes()].concat());
    let mut commands = vec![
        short_command(0x0103, &shorts(&[8])),
        short_command(0x020b, &shorts(&[0, 0])),
        short_command(0x020c, &[shorts(&[1000, 1000]), canary(1424).into_bytes()].concat()),
        short_command(0x02fa, &shorts(&[0, 3, 0, 0xff, 0])),
        short_command(0x012d, &shorts(&[0])),
        short_command(0x0626, &[shorts(&[15, 40]), canary(1425).into_bytes()].concat()),
        short_command(0x0626, &[shorts(&[9, 40]), canary(1426).into_bytes()].concat()),
        short_command(0x041b, &shorts(&[900, 500, 10, 10])),
        short_command(
            0x0324,
            &[shorts(&[3, 0, 0, 90, 0, 90, 90]), canary(1427).into_bytes()].concat(),
        ),
        short_command(0x02fb, &font),
        short_command(
            0x0521,
            &[shorts(&[8]), b"KEEP old".to_vec(), shorts(&[10, 10]), canary(1428).into_bytes()]
                .concat(),
        ),
        short_command(0x0a32, &placed_text),
        short_command(0x0f43, &picture),
    ];
    commands.extend_from_slice(more);
    let longest = commands.iter().map(Vec::len).max().expect("some");
    let mut body = commands.concat();
    body.extend(short_command(0, b""));
    let words = |len: usize| i32::try_from(len / 2).expect("short");
    let mut out = Vec::new();
    if placed {
        out.extend(b"\xd7\xcd\xc6\x9a\x11\x11");
        out.extend(shorts(&[0, 0, 1000, 1000, 1440]));
        out.extend(b"SPY!");
        let sum =
            out.chunks_exact(2).fold(0, |sum, pair| sum ^ u16::from_le_bytes([pair[0], pair[1]]));
        out.extend(sum.to_le_bytes());
    }
    out.extend(shorts(&[1, 9, 0x300]));
    out.extend(numbers(&[words(body.len() + 18)]));
    out.extend(shorts(&[2]));
    out.extend(numbers(&[words(longest)]));
    out.extend(shorts(&[0x7777]));
    out.extend(body);
    out.extend(canary(1429).into_bytes());
    out
}

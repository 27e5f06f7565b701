//! What a stranger may write to act on whoever reads it: several hundred texts, of any bytes.
//!
//! Controls and escape sequences of every kind a terminal knows, everything that is there and cannot
//! be seen, everything that turns or covers what is around it, and bytes that are no text at all.

/// Sequences that terminals act on, after the escape character or its one-byte form.
const SEQUENCES: &[&str] = &[
    "[2J",
    "[H",
    "[1;1H",
    "[999C",
    "[31m",
    "[8m",
    "[?1049l",
    "[?1049h",
    "[?25l",
    "[?7h",
    "[?2004h",
    "[?1000h",
    "[6n",
    "[c",
    "[>c",
    "[5n",
    "[18t",
    "[21t",
    "[14t",
    "[3J",
    "[1K",
    "[5i",
    "[4i",
    "[20l",
    "[!p",
    "[?3h",
    "[10;20r",
    "[200~",
    "[1;31;40m",
    "[s",
    "[u",
    "c",
    "7",
    "8",
    "D",
    "M",
    "E",
    "H",
    "Z",
    "#8",
    "(0",
    ")0",
    "%G",
    "%@",
    ">",
    "=",
    "n",
    "o",
    "N",
    "O",
    "\\",
    "]0;title\u{7}",
    "]2;title\u{1b}\\",
    "]52;c;aGVsbG8=\u{7}",
    "]8;;file:///etc/passwd\u{7}x\u{1b}]8;;\u{7}",
    "]10;?\u{7}",
    "]11;?\u{7}",
    "]4;1;?\u{7}",
    "]7;file://x\u{7}",
    "]9;note\u{7}",
    "]777;notify;a;b\u{7}",
    "]1337;File=inline=1:AAAA\u{7}",
    "]50;?\u{7}",
    "P$qm\u{1b}\\",
    "P+q544e\u{1b}\\",
    "P1$r0m\u{1b}\\",
    "Pq#0;2;0;0;0~\u{1b}\\",
    "_Gf=24;AAAA\u{1b}\\",
    "^private\u{1b}\\",
    "Xstring\u{1b}\\",
];

/// `Default_Ignorable_Code_Point`, by its ranges, a few of the long ones.
const IGNORABLE: &[(u32, u32)] = &[
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    (0x061c, 0x061c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe007f),
    (0xe0100, 0xe0110),
    (0xe01ef, 0xe01ef),
    (0xe0ffe, 0xe0fff),
];

/// Spaces, ends of lines and fillers that are not the plain ones; private and unassigned ones.
const ODD: &[u32] = &[
    0x0085, 0x00a0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
    0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x2800, 0x3000, 0xe000, 0xf8ff, 0xfff9, 0xfffa,
    0xfffb, 0xfffc, 0xfffd, 0xfffe, 0xffff, 0x1fffe, 0xf0000, 0x10_fffd, 0x10_ffff,
];

/// Bytes that are not UTF-8: cut, too long, surrogates, beyond the end, and the bytes of UTF-16.
const NOT_TEXT: &[&[u8]] = &[
    b"\x80",
    b"\xbf",
    b"\xc0\xaf",
    b"\xc0\x9b[2J",
    b"\xe0\x80\x9b",
    b"\xc2",
    b"\xe2\x82",
    b"\xf0\x9f\x91",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xff\xfea\x00b\x00",
    b"\xfe\xff\x00a\x00b",
    b"\x9b2J",
    b"\x9d0;x\x9c",
    b"\x90q\x9c",
    b"a\xcc",
    b"\xef\xbb\xbfbom",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xed\xb0\x80\x1b[2J",
];

/// Every text with a name of what it is.
pub fn hostile_texts() -> Vec<(String, Vec<u8>)> {
    let mut texts = Vec::new();
    let mut add = |what: String, text: Vec<u8>| texts.push((what, text));
    for c in (0..=0x20).chain(0x7f..=0x9f).filter_map(char::from_u32) {
        add(format!("control {:02x}", u32::from(c)), format!("a{c}b").into_bytes());
    }
    for sequence in SEQUENCES {
        add(format!("ESC {}", sequence.escape_debug()), format!("a\u{1b}{sequence}b").into_bytes());
    }
    for sequence in SEQUENCES.iter().filter(|s| s.starts_with(['[', ']', 'P'])) {
        // The same with the escape in one character, and in one byte.
        let one = match sequence.as_bytes()[0] {
            b'[' => 0x9b_u8,
            b']' => 0x9d,
            _ => 0x90,
        };
        add(
            "C1 character".to_owned(),
            format!("a{}{}", char::from(one), &sequence[1..]).into_bytes(),
        );
        add("C1 byte".to_owned(), [b"a", &[one][..], &sequence.as_bytes()[1..]].concat());
    }
    for c in IGNORABLE.iter().flat_map(|(from, to)| *from..=*to).chain(ODD.iter().copied()) {
        let Some(c) = char::from_u32(c) else { continue };
        add(format!("U+{:04X}", u32::from(c)), format!("{c}a{c}b{c}").into_bytes());
    }
    for bytes in NOT_TEXT {
        add(format!("not UTF-8: {bytes:02x?}"), bytes.to_vec());
    }
    texts.extend(floods());
    texts
}

/// Much of one thing.
fn floods() -> Vec<(String, Vec<u8>)> {
    let text = |what: &str, text: String| (what.to_owned(), text.into_bytes());
    vec![
        text("a tower of marks", format!("a{}b", "\u{301}".repeat(2000))),
        text("marks of all kinds", format!("a{}b", "\u{35c}\u{489}\u{20dd}\u{fe20}".repeat(500))),
        text("a mark alone", "\u{301}".to_owned()),
        text("marks at each line's beginning", "\u{301}a\n\u{20dd}b\n".repeat(50)),
        text("a line of a megabyte", "x".repeat(1 << 20)),
        text("a wide line of a megabyte", "日".repeat(350_000)),
        text("spaces without end", " ".repeat(300_000)),
        text("lines without end", "\n".repeat(300_000)),
        text("tabs without end", "\t".repeat(20_000)),
        text("returns that would write over it", "good news\rbad news\r".repeat(20)),
        text("backspaces", format!("secret{}", "\u{8}".repeat(6))),
        text("nested directions", "\u{202e}\u{2066}\u{202d}\u{2067}".repeat(200)),
        text("escapes without end", "\u{1b}[".repeat(2000)),
        text("backslashes that look like our escapes", r"\u{1b}[2J \x1b[2J \\".to_owned()),
        text(
            "emoji that terminals measure otherwise",
            "👍🏽👩\u{200d}👩\u{200d}👧🇩🇪☺\u{fe0f}1\u{fe0f}\u{20e3}".repeat(20),
        ),
        text("right to left", "מסמכים سرية ".repeat(30)),
        text("syllables of jamo", "\u{1112}\u{1161}\u{11ab}".repeat(100)),
        text("names of Indian letters", "क्षत्रिय ".repeat(100)),
        text("letters that look like others", "раypаl.com ".repeat(10)),
        text("nothing", String::new()),
    ]
}

#[test]
fn there_are_several_hundred_of_them() {
    let texts = hostile_texts();
    assert!(texts.len() > 400, "{}", texts.len());
}

//! Fixtures made in code: files with a canary in every place that can hide data.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "fixtures are ours; a fault is a bug in the test"
)]

pub(crate) mod bombs;
pub(crate) mod corpus;
pub(crate) mod epub;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod libre;
pub(crate) mod made;
pub(crate) mod mail;
pub(crate) mod metafile;
pub(crate) mod mutants;
pub(crate) mod odf;
pub(crate) mod office;
pub(crate) mod packed;
pub(crate) mod pdf;
pub(crate) mod plain;
pub(crate) mod png;
pub(crate) mod rtf;
pub(crate) mod tar;
pub(crate) mod tiff;
pub(crate) mod web;
pub(crate) mod webp;
pub(crate) mod windows;
pub(crate) mod zip;

use std::io::Read as _;

use sd_scrub::{Format, Limits, Refusal, Report, Scrubbed};

/// Stands, numbered, in every hiding place; must not be in any clean file.
pub(crate) const CANARY: &str = "CANARY";

/// A canary with a number, so that a failing test tells which one came through.
pub(crate) fn canary(number: u32) -> String {
    format!("{CANARY}-{number:04}-JaneDoe")
}

/// Bytes as letters, in one line.
pub(crate) fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

pub(crate) fn scrub(bytes: &[u8]) -> Result<Scrubbed, Refusal> {
    sd_scrub::scrub(bytes, &Limits::default())
}

/// Why a file was refused, in a word; that our own second reader found something is a fault.
pub(crate) fn in_a_word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotClean { what } => panic!("a fault of ours: {what}"),
        Refusal::Malformed { .. } => "malformed",
        Refusal::Unsupported { .. } => "not supported",
        Refusal::TooLarge { .. } => "too large",
        Refusal::Encrypted => "encrypted",
        Refusal::UnknownType(_) => "of another type",
        Refusal::Inside { why, .. } => in_a_word(*why),
    }
}

/// The clean file of a fixture that must be cleaned, checked for canaries and for sameness.
pub(crate) fn clean(bytes: &[u8]) -> (Vec<u8>, Report) {
    let done = scrub(bytes).expect("the fixture can be cleaned");
    assert_eq!(find_canary(&done.bytes), None);
    let second = scrub(bytes).expect("and again");
    assert_eq!(second.bytes, done.bytes, "the same input gives the same bytes");
    let again = scrub(&done.bytes).expect("a clean file can be cleaned");
    assert_eq!(again.bytes, done.bytes, "a clean file does not change");
    assert_eq!(again.report.format, done.report.format, "and is of the same kind");
    (done.bytes, done.report)
}

/// Where a canary is: in the raw bytes, in any inflated stream, as UTF-16, in hexadecimal, or in
/// characters that are not shown.
pub(crate) fn find_canary(bytes: &[u8]) -> Option<String> {
    canaries(bytes).into_iter().next()
}

/// Where all canaries are.
pub(crate) fn canaries(bytes: &[u8]) -> Vec<String> {
    let mut layers = vec![("raw".to_owned(), bytes.to_vec())];
    for at in 0..bytes.len().saturating_sub(2) {
        // Every place where a zlib stream can start.
        if bytes[at] & 0x0f == 8
            && u16::from_be_bytes([bytes[at], bytes[at + 1]]).is_multiple_of(31)
        {
            let mut out = Vec::new();
            let decoder = flate2::read::ZlibDecoder::new(&bytes[at..]);
            let _ = decoder.take(1 << 22).read_to_end(&mut out);
            layers.push((format!("inflated at {at}"), out));
        }
    }
    let wide: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let narrow: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex: String = hex(CANARY.as_bytes());
    let tags = CANARY.chars().filter_map(|c| char::from_u32(0xe_0000 + u32::from(c)));
    let tags: String = tags.collect();
    let tags_wide: Vec<u8> = tags.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let needles =
        [CANARY.as_bytes().to_vec(), wide, narrow, hex.into_bytes(), tags.into_bytes(), tags_wide];
    let mut places = Vec::new();
    for (name, layer) in layers {
        let lower = layer.to_ascii_lowercase();
        for needle in needles.iter().map(|needle| needle.to_ascii_lowercase()) {
            let mut from = 0;
            while let Some(at) = position(&lower[from..], &needle).map(|at| from + at) {
                let around = &layer[at..layer.len().min(at + 40)];
                places.push(format!("{name}: {}", String::from_utf8_lossy(around)));
                from = at + needle.len();
            }
        }
    }
    places
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

pub(crate) fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// Whether the report has a finding at this place.
pub(crate) fn found(report: &Report, place: &str) -> bool {
    report.findings.iter().any(|finding| finding.place.contains(place))
}

/// Numbers that look random and are the same on every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides.max(1)
    }
}

/// Changes or cuts a few bytes. Nothing is copied: what is copied into a sample is a sample.
pub(crate) fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(out.len());
        let len = dice.roll(24).min(out.len() - at);
        match dice.roll(4) {
            0 => out[at] = u8::try_from(dice.roll(256)).expect("a byte"),
            1 => out[at] ^= 1 << dice.roll(8),
            2 => drop(out.drain(at..at + len)),
            _ => out.truncate(at.max(16)),
        }
    }
    out
}

/// Cleans `count` changed files and gives each clean copy to `look`. None may change when it is
/// cleaned again, unless it became a text. Says how many were cleaned.
pub(crate) fn stay_clean(
    name: &str,
    count: usize,
    mut changed: impl FnMut(usize) -> Vec<u8>,
    look: impl Fn(usize, &Scrubbed),
) -> usize {
    let mut cleaned = 0;
    for n in 0..count {
        if let Ok(done) = scrub(&changed(n)) {
            cleaned += 1;
            look(n, &done);
            let again = scrub(&done.bytes).map(|again| again.bytes);
            let same = again.as_ref() == Ok(&done.bytes) || done.report.format == Format::Text;
            assert!(same, "{name}, copy {n} changes when cleaned again");
        }
    }
    cleaned
}

/// A TIFF block with the given entries (tag, type, value) in its main directory, and a canary in
/// each kind of sub-directory.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let text = |tag: u16, number: u32| (tag, 2u16, [canary(number).into_bytes(), vec![0]].concat());
    let main = vec![
        text(0x010e, 1),
        text(0x010f, 2),
        text(0x0110, 3),
        (0x0112, 3, orientation.to_le_bytes().to_vec()),
        text(0x0131, 4),
        text(0x013b, 5),
        text(0x8298, 6),
        text(0x4242, 7),
    ];
    let detail = vec![
        text(0x9003, 8),
        text(0x927c, 9),
        text(0xa430, 10),
        text(0xa431, 11),
        text(0xa435, 12),
    ];
    let degrees = |d: u32, m: u32| {
        [d, 1, m, 1, 0, 1].iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>()
    };
    let place = vec![
        (1u16, 2u16, b"N\0".to_vec()),
        (2, 5, degrees(52, 30)),
        (3, 2, b"E\0".to_vec()),
        (4, 5, degrees(13, 24)),
        text(0x1b, 13),
    ];
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    directory(&mut out, &main, &[(0x8769, &detail), (0x8825, &place)]);
    out
}

type Entry = (u16, u16, Vec<u8>);

fn directory(out: &mut Vec<u8>, entries: &[Entry], below: &[(u16, &Vec<Entry>)]) {
    let start = out.len();
    let count = entries.len() + below.len();
    out.extend_from_slice(&u16::try_from(count).expect("few").to_le_bytes());
    out.resize(start + 2 + 12 * count + 4, 0);
    for (n, (tag, kind, value)) in entries.iter().enumerate() {
        let unit = [0, 1, 1, 2, 4, 8][usize::from(*kind)];
        let offset = u32::try_from(out.len()).expect("small");
        let mut field = value.clone();
        field.resize(4, 0);
        if value.len() > 4 {
            field = offset.to_le_bytes().to_vec();
            out.extend_from_slice(value);
        }
        let len = u32::try_from(value.len() / unit).expect("small");
        slot(out, start + 2 + 12 * n, *tag, *kind, len, &field);
    }
    for (n, (tag, entries)) in below.iter().enumerate() {
        let offset = u32::try_from(out.len()).expect("small");
        slot(
            out,
            start + 2 + 12 * (entries_before(count, below.len()) + n),
            *tag,
            4,
            1,
            &offset.to_le_bytes(),
        );
        directory(out, entries, &[]);
    }
}

fn entries_before(count: usize, below: usize) -> usize {
    count - below
}

fn slot(out: &mut [u8], at: usize, tag: u16, kind: u16, count: u32, field: &[u8]) {
    out[at..at + 2].copy_from_slice(&tag.to_le_bytes());
    out[at + 2..at + 4].copy_from_slice(&kind.to_le_bytes());
    out[at + 4..at + 8].copy_from_slice(&count.to_le_bytes());
    out[at + 8..at + 12].copy_from_slice(field);
}

/// A profile of primaries and curves with canaries in its names, header and private tags.
pub(crate) fn profile(name: &str) -> Vec<u8> {
    let xyz = |x: u32| {
        let mut out = b"XYZ \0\0\0\0".to_vec();
        for n in [x, 0x8000, 0x4000] {
            out.extend_from_slice(&n.to_be_bytes());
        }
        out
    };
    let text = |text: &str| [b"text\0\0\0\0", text.as_bytes(), b"\0"].concat();
    let mut desc = b"desc\0\0\0\0".to_vec();
    desc.extend_from_slice(&u32::try_from(name.len() + 1).expect("short").to_be_bytes());
    desc.extend_from_slice(name.as_bytes());
    desc.extend_from_slice(&[0; 80]);
    let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33\0\0".to_vec();
    let tags: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"desc", desc),
        (b"cprt", text(&canary(20))),
        (b"dmnd", text(&canary(21))),
        (b"priv", text(&canary(22))),
        (b"wtpt", xyz(0xf6d6)),
        (b"rXYZ", xyz(0x6fa2)),
        (b"gXYZ", xyz(0x6299)),
        (b"bXYZ", xyz(0x24a0)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut out = vec![0u8; 128];
    out[8] = 2;
    out[12..16].copy_from_slice(b"mntr");
    out[16..20].copy_from_slice(b"RGB ");
    out[20..24].copy_from_slice(b"XYZ ");
    out[36..40].copy_from_slice(b"acsp");
    out[80..86].copy_from_slice(CANARY.as_bytes());
    out.extend_from_slice(&u32::try_from(tags.len()).expect("few").to_be_bytes());
    let mut offset = 132 + 12 * tags.len();
    for (name, body) in &tags {
        out.extend_from_slice(*name);
        out.extend_from_slice(&u32::try_from(offset).expect("small").to_be_bytes());
        out.extend_from_slice(&u32::try_from(body.len()).expect("small").to_be_bytes());
        offset += body.len();
    }
    for (_, body) in &tags {
        out.extend_from_slice(body);
    }
    out
}

/// A chunk of RIFF or of its big-endian brother.
pub(crate) fn riff(kind: [u8; 4], body: &[u8], big: bool) -> Vec<u8> {
    let len = u32::try_from(body.len()).expect("short");
    let len = if big { len.to_be_bytes() } else { len.to_le_bytes() };
    let mut out = [kind.as_slice(), &len, body].concat();
    if body.len() % 2 == 1 {
        out.push(0);
    }
    out
}

//! A bundle laid out in memory, for surgery.

use std::io;

use sd_fs::Sha256;

const BLOCK: usize = 512;

/// A part of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `0-pad`.
    Pad,
    /// `1-head.json`.
    Head,
    /// `2-manifest.json.zst.pgp`.
    Manifest,
    /// A member, counted from 1.
    Member(usize),
    /// The zero blocks.
    End,
}

/// The bytes of a bundle, and where each part stands.
///
/// Offsets are those of the bundle as it was laid out: what changes lengths comes last.
#[derive(Clone, Debug)]
pub struct Laid {
    bytes: Vec<u8>,
    /// Each part's header and the size of its content.
    parts: Vec<(usize, usize)>,
}

impl Laid {
    /// A bundle that was written with these sizes of head, sealed manifest and members.
    pub(super) fn new(bytes: Vec<u8>, sizes: impl Iterator<Item = usize>) -> Self {
        let mut parts = Vec::new();
        let mut at = 0;
        for size in std::iter::once((1 << 20) - BLOCK).chain(sizes) {
            parts.push((at, size));
            at += BLOCK + size.next_multiple_of(BLOCK);
        }
        parts.push((at, 2 * BLOCK));
        Self { bytes, parts }
    }

    /// The same parts at the front of other bytes: those of a bare device.
    pub(super) fn on(&self, device: Vec<u8>) -> Self {
        Self { bytes: device, parts: self.parts.clone() }
    }

    /// The bundle.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bundle and nothing else.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn part(&self, place: Place) -> (usize, usize) {
        let last = self.parts.len() - 1;
        let index = match place {
            Place::Pad => 0,
            Place::Head => 1,
            Place::Manifest => 2,
            Place::Member(n) => 2 + n,
            Place::End => last,
        };
        self.parts[index.min(last)]
    }

    /// Where a part begins: its header, or the first of the zero blocks.
    pub fn start(&self, place: Place) -> usize {
        self.part(place).0
    }

    /// Where a part's content begins.
    pub fn content(&self, place: Place) -> usize {
        self.start(place) + BLOCK
    }

    /// Where a part's content ends and its filling begins.
    pub fn filling(&self, place: Place) -> usize {
        self.content(place) + self.part(place).1
    }

    /// The bytes of a part: header, content, filling.
    pub fn whole(&self, place: Place) -> &[u8] {
        let (start, size) = self.part(place);
        &self.bytes[start..start + BLOCK + size.next_multiple_of(BLOCK)]
    }

    /// Puts bytes at an offset.
    #[must_use]
    pub fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Flips a bit at an offset.
    #[must_use]
    pub fn flip(mut self, at: usize) -> Self {
        self.bytes[at] ^= 0x40;
        self
    }

    /// Puts bytes into a header, and makes its checksum good again.
    #[must_use]
    pub fn field(self, place: Place, offset: usize, bytes: &[u8]) -> Self {
        let start = self.start(place);
        self.put(start + offset, bytes).checksum(start)
    }

    fn checksum(mut self, header: usize) -> Self {
        set_checksum(&mut self.bytes[header..header + BLOCK]);
        self
    }

    /// Writes the head's JSON anew, and its header to fit.
    pub fn head(self, edit: impl FnOnce(&str) -> io::Result<String>) -> io::Result<Self> {
        let (at, end) = (self.content(Place::Head), self.filling(Place::Head));
        let json = edit(std::str::from_utf8(&self.bytes[at..end]).map_err(io::Error::other)?)?;
        if json.len() > BLOCK {
            return Err(io::Error::other("a head of more than one block"));
        }
        let size = format!("{:011o}\0", json.len());
        let edited = self.put(at, &[0; BLOCK]).put(at, json.as_bytes());
        Ok(edited.field(Place::Head, 124, size.as_bytes()))
    }

    /// The same with one number of the head changed.
    pub fn head_number(self, field: &str, number: usize) -> io::Result<Self> {
        self.head(|json| set(json, field, &number.to_string()))
    }

    /// Lets the head tell the length that the file now has.
    pub fn head_agrees(self) -> io::Result<Self> {
        let length = self.bytes.len();
        self.head_number("length", length)
    }

    /// Cuts everything from an offset on.
    #[must_use]
    pub fn cut(mut self, at: usize) -> Self {
        self.bytes.truncate(at);
        self
    }

    /// Puts bytes between others.
    #[must_use]
    pub fn insert(mut self, at: usize, bytes: &[u8]) -> Self {
        self.bytes.splice(at..at, bytes.iter().copied());
        self
    }

    /// Takes a part out.
    #[must_use]
    pub fn without(mut self, place: Place) -> Self {
        let start = self.start(place);
        let length = self.whole(place).len();
        self.bytes.drain(start..start + length);
        self
    }

    /// The SHA-256 of a part's content.
    pub fn sha256(&self, place: Place) -> Sha256 {
        Sha256::of(&self.bytes[self.content(place)..self.filling(place)])
    }
}

/// A header of any kind of entry, its checksum good: what other writers of tar put there.
pub(super) fn header(name: &str, kind: u8, size: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let size = format!("{size:011o}\0");
    let fields: [(usize, &[u8]); 8] = [
        (0, name.as_bytes()),
        (100, b"0000600\0"),
        (108, b"0000000\0"),
        (116, b"0000000\0"),
        (124, size.as_bytes()),
        (136, b"00000000000\0"),
        (156, &[kind]),
        (257, b"ustar\x0000"),
    ];
    for (at, bytes) in fields {
        block[at..at + bytes.len()].copy_from_slice(bytes);
    }
    set_checksum(&mut block);
    block
}

fn set_checksum(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..156].copy_from_slice(format!("{sum:07o}\0").as_bytes());
}

/// The text with one replacement; an error unless there is exactly one place for it.
pub(super) fn once(text: &str, from: &str, to: &str) -> io::Result<String> {
    match text.matches(from).count() {
        1 => Ok(text.replacen(from, to, 1)),
        n => Err(io::Error::other(format!("{n} places for {from}"))),
    }
}

/// The JSON with another value for the first field of this name; for values without a comma.
pub(super) fn set(json: &str, field: &str, value: &str) -> io::Result<String> {
    let key = format!("\"{field}\":");
    let missing = || io::Error::other(format!("no field {field}"));
    let at = json.find(&key).ok_or_else(missing)? + key.len();
    let end = at + json[at..].find([',', '}']).ok_or_else(missing)?;
    Ok(format!("{}{value}{}", &json[..at], &json[end..]))
}

/// The value of the first field of this name, quotation marks and all.
pub(super) fn value<'a>(json: &'a str, field: &str) -> io::Result<&'a str> {
    let key = format!("\"{field}\":");
    let missing = || io::Error::other(format!("no field {field}"));
    let rest = &json[json.find(&key).ok_or_else(missing)? + key.len()..];
    Ok(&rest[..rest.find([',', '}']).ok_or_else(missing)?])
}

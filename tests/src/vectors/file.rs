//! One vector as a file: a header of text lines, an empty line, the bundle behind zstd.

use std::fmt::Write as _;
use std::io;

use sd_bundle::{ItemId, Region};
use sd_fs::Sha256;

use super::Expect;

/// The first line of every vector.
const FORMAT: &str = "format: sneakernet-vector 1";

/// Bundles are small and mostly zeros; nothing is gained by more.
const LEVEL: i32 = 19;

/// Uncompressed bundles are little more than 1 MiB, devices than 2 MiB or 4.
const MAX_BUNDLE: usize = 4 << 20;

/// What a vector's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A bundle file.
    File,
    /// Everything that a bare device holds.
    Device,
}

/// A bundle with one fault, or none, and everything a reader must make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its name, which is the file's name without the ending.
    pub name: String,
    /// File or bare device.
    pub medium: Medium,
    /// What a reader must find.
    pub expect: Expect,
    /// Where.
    pub region: Option<Region>,
    /// The exit code of `sd-airgap verify`.
    pub exit: i32,
    /// Its status word.
    pub status: String,
    /// The receipt code of a good bundle.
    pub receipt: Option<String>,
    /// Each ciphertext that may be released: the member's name and its SHA-256.
    pub members: Vec<(String, Sha256)>,
    /// Each plaintext that may be released: the item and its SHA-256.
    pub plaintexts: Vec<(ItemId, Sha256)>,
    /// Each item of a good bundle that must not open.
    pub refused: Vec<ItemId>,
    /// What is wrong, in plain words.
    pub comment: String,
    /// The bundle.
    pub bytes: Vec<u8>,
}

impl Vector {
    /// The file.
    pub fn to_file(&self) -> io::Result<Vec<u8>> {
        let mut file = self.header().into_bytes();
        file.push(b'\n');
        file.extend(zstd::encode_all(&self.bytes[..], LEVEL)?);
        Ok(file)
    }

    fn header(&self) -> String {
        let mut lines = vec![FORMAT.to_owned(), format!("name: {}", self.name)];
        if self.medium == Medium::Device {
            lines.push("medium: device".to_owned());
        }
        lines.push(format!("expect: {}", self.expect));
        lines.extend(self.region.iter().map(|r| format!("region: {r}")));
        lines.push(format!("exit: {}", self.exit));
        lines.push(format!("status: {}", self.status));
        lines.extend(self.receipt.iter().map(|r| format!("receipt: {r}")));
        lines.extend(self.members.iter().map(|(name, hash)| format!("member: {name} {hash}")));
        lines.extend(self.plaintexts.iter().map(|(id, hash)| format!("plaintext: {id} {hash}")));
        lines.extend(self.refused.iter().map(|id| format!("refused: {id}")));
        lines.push(format!("bytes: {} {}", self.bytes.len(), Sha256::of(&self.bytes)));
        lines.push(format!("comment: {}", self.comment));
        lines.iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        })
    }

    /// Reads a file: every line of the header is known, and the bundle is what `bytes:` says.
    pub fn from_file(file: &[u8]) -> io::Result<Self> {
        let end = file.windows(2).position(|w| w == b"\n\n").ok_or_else(|| bad("no header"))?;
        let header = std::str::from_utf8(&file[..end]).map_err(io::Error::other)?;
        let body = zstd::bulk::decompress(&file[end + 2..], MAX_BUNDLE)?;
        let mut lines = header.lines();
        if lines.next() != Some(FORMAT) {
            return Err(bad("another format"));
        }
        let mut vector = Self {
            name: String::new(),
            medium: Medium::File,
            expect: Expect::Good,
            region: None,
            exit: -1,
            status: String::new(),
            receipt: None,
            members: Vec::new(),
            plaintexts: Vec::new(),
            refused: Vec::new(),
            comment: String::new(),
            bytes: body,
        };
        for line in lines {
            let (field, value) = line.split_once(": ").ok_or_else(|| bad(line))?;
            vector.take(field, value)?;
        }
        // Written again it is the same: nothing was missing, repeated or in another order.
        if vector.header() == format!("{header}\n") { Ok(vector) } else { Err(bad(header)) }
    }

    fn take(&mut self, field: &str, value: &str) -> io::Result<()> {
        match field {
            "name" => value.clone_into(&mut self.name),
            "medium" if value == "device" => self.medium = Medium::Device,
            "expect" => self.expect = parsed(value)?,
            "region" => self.region = Some(region(value).ok_or_else(|| bad(value))?),
            "exit" => self.exit = parsed(value)?,
            "status" => value.clone_into(&mut self.status),
            "receipt" => self.receipt = Some(value.to_owned()),
            "member" => self.members.push(pair(value)?),
            "plaintext" => self.plaintexts.push(pair(value)?),
            "refused" => self.refused.push(parsed(value)?),
            "comment" => value.clone_into(&mut self.comment),
            // Compared when the header is written again.
            "bytes" => {}
            _ => return Err(bad(field)),
        }
        Ok(())
    }
}

fn pair<T: std::str::FromStr<Err: ToString>>(value: &str) -> io::Result<(T, Sha256)> {
    let (name, hash) = value.split_once(' ').ok_or_else(|| bad(value))?;
    Ok((parsed(name)?, parsed(hash)?))
}

fn parsed<T: std::str::FromStr<Err: ToString>>(value: &str) -> io::Result<T> {
    value.parse().map_err(|e: T::Err| bad(&format!("{value}: {}", e.to_string())))
}

fn region(text: &str) -> Option<Region> {
    Some(match text {
        "pad" => Region::Pad,
        "head" => Region::Head,
        "manifest" => Region::Manifest,
        "end" => Region::End,
        "tail" => Region::Tail,
        member => Region::Member(member.strip_prefix("member ")?.to_owned()),
    })
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

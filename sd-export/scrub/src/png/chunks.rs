//! Chunks: length, kind, body, checksum.

use crate::Refusal;
use crate::bytes::{be32, be32_len, slice};

/// The first eight bytes of every PNG.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// One chunk as it stands in the file.
pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'a [u8],
    checksum: u32,
}

impl Chunk<'_> {
    /// Checks the checksum; asked of every chunk that is used.
    pub(super) fn verify(&self) -> Result<(), Refusal> {
        if checksum(self.kind, self.body) == self.checksum {
            return Ok(());
        }
        Err(Refusal::malformed("the checksum of a chunk"))
    }

    /// The kind in letters; a chunk of other bytes ends the walk before it is asked.
    pub(super) fn name(&self) -> String {
        self.kind.iter().map(|b| char::from(*b)).collect()
    }
}

fn checksum(kind: [u8; 4], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&kind);
    hasher.update(body);
    hasher.finalize()
}

/// The chunks of a file, one by one.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if !bytes.starts_with(SIGNATURE) {
            return Err(Refusal::malformed("no PNG signature"));
        }
        Ok(Self { bytes, at: SIGNATURE.len() })
    }

    /// The next chunk; `None` at the end of the bytes.
    pub(super) fn next(&mut self) -> Result<Option<Chunk<'a>>, Refusal> {
        if self.rest().is_empty() {
            return Ok(None);
        }
        let chunk = self.read().ok_or_else(|| Refusal::malformed("a chunk that is cut off"))?;
        if !chunk.kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refusal::malformed("a chunk without a name"));
        }
        Ok(Some(chunk))
    }

    fn read(&mut self) -> Option<Chunk<'a>> {
        let len = be32_len(self.bytes, self.at)?;
        let kind = slice(self.bytes, self.at.checked_add(4)?, 4)?.try_into().ok()?;
        let start = self.at.checked_add(8)?;
        let body = slice(self.bytes, start, len)?;
        let end = start.checked_add(len)?;
        let checksum = be32(self.bytes, end)?;
        self.at = end.checked_add(4)?;
        Some(Chunk { kind, body, checksum })
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// Writes one chunk with its checksum.
pub(super) fn write_chunk(out: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) -> Result<(), Refusal> {
    let len = u32::try_from(body.len()).ok().filter(|len| *len < 1 << 31);
    let len = len.ok_or_else(|| Refusal::malformed("a chunk that is too long"))?;
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(&kind);
    out.extend_from_slice(body);
    out.extend_from_slice(&checksum(kind, body).to_be_bytes());
    Ok(())
}

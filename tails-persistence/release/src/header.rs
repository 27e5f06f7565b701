//! The first 64 bytes: what the file is, and how long each part of it.

use crate::limits::Limits;

/// The first bytes of every release file of version 1.
pub const MAGIC: &[u8; 16] = b"sneakernet-upd1\n";

/// Bytes of the header.
pub const HEADER_SIZE: usize = 64;

/// Lengths of what follows, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The chain of roots.
    pub roots: u32,
    /// The signed part.
    pub signed: u32,
    /// The signatures.
    pub signatures: u32,
    /// Changelog, vectors and package together.
    pub payload: u64,
}

/// Why bytes are not the header of a file of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not even a header.
    #[error("not a release: {0} bytes are fewer than a header has")]
    TooShort(u64),
    /// Other first bytes.
    #[error("not a release of this toolkit")]
    Magic,
    /// The later version of the format.
    #[error("a release in a later form than this program knows; look for a release in between")]
    LaterVersion,
    /// Bytes that must be zero.
    #[error("its header has bytes where there must be none")]
    Reserved,
    /// A part beyond its limit.
    #[error("its {part} has {size} bytes, more than the {limit} it may have")]
    TooLarge {
        /// Which.
        part: &'static str,
        /// What the header says.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// The file is shorter than its header says.
    #[error("cut: {actual} of {announced} bytes are there")]
    Cut {
        /// By the header.
        announced: u64,
        /// The file's.
        actual: u64,
    },
    /// The file is longer than its header says.
    #[error("{} bytes too long: something stands behind its end", actual - announced)]
    Longer {
        /// By the header.
        announced: u64,
        /// The file's.
        actual: u64,
    },
}

impl Header {
    /// The 64 bytes.
    pub fn to_bytes(self) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..20].copy_from_slice(&self.roots.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.signed.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.signatures.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.payload.to_le_bytes());
        bytes
    }

    /// Reads it, and compares it with the length of the file.
    pub fn parse(
        bytes: &[u8; HEADER_SIZE],
        length: u64,
        limits: &Limits,
    ) -> Result<Self, HeaderError> {
        if &bytes[..16] != MAGIC {
            let later = bytes.starts_with(b"sneakernet-upd") && bytes[15] == b'\n';
            return Err(if later { HeaderError::LaterVersion } else { HeaderError::Magic });
        }
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let payload = u64::from(word(32)) | u64::from(word(36)) << 32;
        let (roots, signed, signatures) = (word(16), word(20), word(24));
        let header = Self { roots, signed, signatures, payload };
        if header.to_bytes() != *bytes {
            return Err(HeaderError::Reserved);
        }
        header.within(limits)?;
        let announced = header.length();
        match length.cmp(&announced) {
            std::cmp::Ordering::Less => Err(HeaderError::Cut { announced, actual: length }),
            std::cmp::Ordering::Equal => Ok(header),
            std::cmp::Ordering::Greater => Err(HeaderError::Longer { announced, actual: length }),
        }
    }

    fn within(&self, limits: &Limits) -> Result<(), HeaderError> {
        let payload = limits.changelog + limits.vectors + limits.package;
        let parts = [
            ("chain of roots", u64::from(self.roots), limits.roots as u64),
            ("signed part", u64::from(self.signed), limits.signed as u64),
            ("list of signatures", u64::from(self.signatures), limits.signatures as u64),
            ("payload", self.payload, payload),
        ];
        let over = parts.into_iter().find(|(_, size, limit)| size > limit);
        match over {
            Some((part, size, limit)) => Err(HeaderError::TooLarge { part, size, limit }),
            None => Ok(()),
        }
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        let small = [self.roots, self.signed, self.signatures];
        HEADER_SIZE as u64 + small.into_iter().map(u64::from).sum::<u64>() + self.payload
    }
}

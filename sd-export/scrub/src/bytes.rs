//! Reading numbers and slices out of foreign bytes without ever panicking.

use memchr::memmem;

/// `len` bytes from `at`, when they are there.
pub(crate) fn slice(bytes: &[u8], at: usize, len: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(len)?)
}

/// A big-endian 16-bit number at `at`.
pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(slice(bytes, at, 2)?.try_into().ok()?))
}

/// A big-endian 32-bit number at `at`.
pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(slice(bytes, at, 4)?.try_into().ok()?))
}

/// A big-endian 32-bit number at `at`, as a length or offset.
pub(crate) fn be32_len(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(be32(bytes, at)?).ok()
}

/// Where `needle` first stands in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(bytes, needle).filter(|_| !needle.is_empty())
}

/// How often `needle` stands in `bytes`, without overlap.
pub(crate) fn count(bytes: &[u8], needle: &[u8]) -> usize {
    let mut rest = bytes;
    let mut n = 0usize;
    while let Some(at) = find(rest, needle) {
        n = n.saturating_add(1);
        rest = rest.get(at.saturating_add(needle.len())..).unwrap_or_default();
    }
    n
}

/// A little-endian 16-bit number at `at`.
pub(crate) fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(slice(bytes, at, 2)?.try_into().ok()?))
}

/// A little-endian 32-bit number at `at`.
pub(crate) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(slice(bytes, at, 4)?.try_into().ok()?))
}

/// Where `needle` last stands in `bytes`.
pub(crate) fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(needle.len())?;
    (0..=last).rev().find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(needle)))
}

/// A walk through bytes from front to back; every step says whether the bytes are there.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How far the walk has come.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The same bytes, walked again from `at`.
    pub(crate) fn again_from(&self, at: usize) -> Option<Self> {
        (at <= self.bytes.len()).then_some(Self { bytes: self.bytes, at })
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = slice(self.bytes, self.at, len)?;
        self.at = self.at.checked_add(len)?;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    pub(crate) fn be16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn be32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn be64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// A big-endian number of so many bytes, at most eight.
    pub(crate) fn be(&mut self, len: usize) -> Option<u64> {
        (len <= 8).then_some(())?;
        Some(self.take(len)?.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    pub(crate) fn le16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn le32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn le64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

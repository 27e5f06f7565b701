//! Reading numbers and slices out of foreign bytes without ever panicking.

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
    let first = *needle.first()?;
    let mut from = 0usize;
    while let Some(step) = bytes.get(from..)?.iter().position(|b| *b == first) {
        let at = from.checked_add(step)?;
        if bytes.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at.checked_add(1)?;
    }
    None
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

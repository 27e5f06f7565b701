//! RFC 1952, section 2.3, read a second time.

/// The name in a gzip header, if the bytes begin with a header at all.
pub fn name(bytes: &[u8]) -> Option<Option<&[u8]>> {
    let (fixed, mut rest) = bytes.split_first_chunk::<10>()?;
    let [0x1f, 0x8b, 8, flags, ..] = *fixed else { return None };
    if flags & 4 != 0 {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    if flags & 8 == 0 {
        return Some(None);
    }
    let end = rest.iter().position(|b| *b == 0)?;
    Some(Some(&rest[..end]))
}

//! Copies that know when to stop.

use std::io::{self, Read, Write};

use crate::digest::{Digests, Hasher};
use crate::progress::Progress;

/// One read: large enough for a stick, small enough to stay in cache.
const CHUNK: usize = 256 * 1024;

/// Why a copy ended early.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source holds more than it may.
    #[error("longer than the limit of {0} bytes")]
    TooLong(u64),
    /// The source failed.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// The target failed.
    #[error("writing failed: {0}")]
    Write(#[source] io::Error),
}

/// Copies `from` to its end, at most `limit` bytes, hashing on the way.
///
/// One byte beyond the limit is an error, never a silent cut.
pub fn copy_bounded(
    from: &mut impl Read,
    to: &mut impl Write,
    limit: u64,
    progress: &mut dyn Progress,
) -> Result<Digests, CopyError> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; CHUNK];
    let mut left = limit;
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(CopyError::Read(e)),
        };
        left = left.checked_sub(n as u64).ok_or(CopyError::TooLong(limit))?;
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n]).map_err(CopyError::Write)?;
        progress.advance(n as u64);
    }
}

/// Reads a small thing whole, at most `limit` bytes.
pub fn read_bounded(from: &mut impl Read, limit: u64) -> Result<Vec<u8>, CopyError> {
    let mut out = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut out).map_err(CopyError::Read)?;
    if out.len() as u64 > limit {
        return Err(CopyError::TooLong(limit));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    #[test]
    fn one_byte_too_many_is_an_error() {
        let mut out = Vec::new();
        assert!(copy_bounded(&mut &b"12345"[..], &mut out, 5, &mut Quiet).is_ok());
        assert!(matches!(
            copy_bounded(&mut &b"123456"[..], &mut out, 5, &mut Quiet),
            Err(CopyError::TooLong(5))
        ));
        assert!(read_bounded(&mut &b"12345"[..], 5).is_ok());
        assert!(matches!(read_bounded(&mut &b"123456"[..], 5), Err(CopyError::TooLong(5))));
    }
}

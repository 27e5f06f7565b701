//! A document on its way out that shows its last bytes only if it is what was checked.

use std::io::{self, ErrorKind, Read};

use sd_fs::{Blake3, Hasher};

/// One step; as much is held back.
const CHUNK: usize = 256 << 10;

/// Hashes what it passes on, always one step behind. The end of a document that changed after it
/// was checked is never passed on, so whoever waits for its whole length never has it.
pub(super) struct Vouched<R> {
    from: R,
    size: u64,
    expected: Blake3,
    /// Gone when the document was found to be what was checked.
    hasher: Option<Hasher>,
    ready: Vec<u8>,
    given: usize,
    held: Vec<u8>,
}

impl<R: Read> Vouched<R> {
    /// A document of `size` bytes, which had this hash when it was checked.
    pub(super) fn new(from: R, size: u64, expected: Blake3) -> Self {
        let hasher = Some(Hasher::new());
        Self { from, size, expected, hasher, ready: Vec::new(), given: 0, held: Vec::new() }
    }

    /// Reads one step further and releases the one before it.
    fn step(&mut self, mut hasher: Hasher) -> io::Result<()> {
        let mut next = Vec::with_capacity(CHUNK);
        // To a full step or the end, whatever interrupts it.
        let n = (&mut self.from).take(CHUNK as u64).read_to_end(&mut next)?;
        hasher.update(&next);
        if n > 0 && hasher.size() <= self.size {
            self.hasher = Some(hasher);
        } else {
            let found = hasher.finish();
            let other = self.expected != found.blake3;
            if found.size != self.size || other {
                return Err(changed());
            }
        }
        self.ready = std::mem::replace(&mut self.held, next);
        self.given = 0;
        Ok(())
    }
}

/// The error that [`Vouched`] gives instead of the end of another document.
fn changed() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it changed after it was checked")
}

impl<R: Read> Read for Vouched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            match self.hasher.take() {
                None => return Ok(0),
                Some(hasher) => self.step(hasher)?,
            }
        }
        let n = (&self.ready[self.given..]).read(buffer)?;
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8], size: u64, expected: Blake3) -> (usize, io::Result<usize>) {
        let mut out = Vec::new();
        let end = Vouched::new(bytes, size, expected).read_to_end(&mut out);
        assert!(bytes.starts_with(&out));
        (out.len(), end)
    }

    #[test]
    fn what_was_checked_comes_through_whole() {
        for size in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes = vec![7; size];
            let (passed, end) = through(&bytes, size as u64, Blake3::of(&bytes));
            assert_eq!((passed, end.expect("the same")), (size, size));
        }
    }

    #[test]
    fn of_what_changed_the_end_is_never_passed_on() {
        for size in [1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let mut bytes = vec![7; size];
            let hash = Blake3::of(&bytes);
            bytes[0] = 8;
            let (passed, end) = through(&bytes, size as u64, hash);
            assert!(end.is_err() && passed < size, "another byte, {size}");
            for wrong in [size as u64 - 1, size as u64 + 1] {
                let (passed, end) = through(&bytes, wrong, Blake3::of(&bytes));
                assert!(end.is_err() && (passed as u64) < wrong.max(1), "{size}, not {wrong}");
            }
        }
    }

    #[test]
    fn an_interrupted_read_goes_on() {
        struct Twice<'a>(bool, &'a [u8]);
        impl Read for Twice<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 = !self.0;
                if self.0 { Err(ErrorKind::Interrupted.into()) } else { self.1.read(buffer) }
            }
        }
        let mut out = Vec::new();
        let hash = Blake3::of(b"abc");
        let end = Vouched::new(Twice(false, b"abc"), 3, hash).read_to_end(&mut out);
        assert_eq!((end.expect("whole"), out.as_slice()), (3, &b"abc"[..]));
    }
}

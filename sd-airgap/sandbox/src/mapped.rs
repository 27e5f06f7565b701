//! A file as a slice of memory, for a worker whose input is too long to be read.
//!
//! ```text
//! parent: Still::hold(file) ---------------------------------> is_held()? no: nothing it said counts
//! worker:     '--> Inside::map(length) --> Mapped --> &[u8]
//!                                             '--a page that is not there--> SIGBUS, WorkerError::Input
//! ```

use std::io;
use std::ops::Deref;
use std::os::fd::AsRawFd as _;
use std::ptr::NonNull;

use crate::spawn::Inside;

/// The first bytes of an input, mapped read-only.
///
/// Whoever started the worker keeps the file from being changed ([`crate::Still`]), or takes
/// nothing that comes from it: that, and not this process, is what makes it a slice.
#[derive(Debug)]
pub struct Mapped {
    start: NonNull<u8>,
    length: usize,
}

impl Inside {
    /// Maps the first `length` bytes of the input, at most [`crate::Profile::map`] of them.
    pub fn map(&self, length: u64) -> io::Result<Mapped> {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        if length == 0 {
            return Ok(Mapped { start: NonNull::dangling(), length });
        }
        // SAFETY: a new mapping at a place that the kernel chooses; no memory that is in use
        // changes. The descriptor is open for as long as `self` is.
        #[expect(unsafe_code, reason = "a mapping has no safe wrapper")]
        let start = unsafe {
            let (access, kind) = (libc::PROT_READ, libc::MAP_PRIVATE | libc::MAP_NORESERVE);
            libc::mmap(std::ptr::null_mut(), length, access, kind, self.input.as_raw_fd(), 0)
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Mapped { start, length })
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `length` bytes from `start` are mapped readable until `drop`. Nobody writes
        // them: not here, where the mapping is read-only, and not elsewhere while the parent
        // holds the file still. Where it did not, it believes nothing of what this worker did.
        #[expect(unsafe_code, reason = "a mapping as a slice")]
        unsafe {
            std::slice::from_raw_parts(self.start.as_ptr(), self.length)
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: made by `map`, given back once; every slice of it borrowed `self`.
            #[expect(unsafe_code, reason = "a mapping has no safe wrapper")]
            unsafe {
                libc::munmap(self.start.as_ptr().cast(), self.length);
            }
        }
    }
}

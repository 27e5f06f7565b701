//! A file that nobody changes while a worker has it mapped.
//!
//! ```text
//! Still::hold --read lease--> whoever opens the file for writing, or cuts it, waits
//!      |                         '--longer than /proc/sys/fs/lease-break-time (45 s): the lease is gone
//!      '--is_held()--> no: the file may be another one by now
//! ```

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};

/// Which signal tells of a lease: `F_SETSIG` of `linux/fcntl.h`, which libc does not name.
const F_SETSIG: libc::c_int = 10;

/// A lease on a file that is open for reading.
#[derive(Debug)]
pub struct Still<'a>(&'a File);

impl<'a> Still<'a> {
    /// Takes the lease. It is refused while anybody has the file open for writing, for files of
    /// another user, and by file systems that know no leases.
    pub fn hold(file: &'a File) -> io::Result<Self> {
        // A lease that ends tells by a signal, and the usual one would end this process.
        // SIGURG does nothing unless somebody asks for it.
        ask(file.as_raw_fd(), F_SETSIG, libc::SIGURG)?;
        ask(file.as_raw_fd(), libc::F_SETLEASE, libc::F_RDLCK)?;
        Ok(Self(file))
    }

    /// Whether it was held all the time, and is: nobody could change the file so far.
    pub fn is_held(&self) -> bool {
        ask(self.0.as_raw_fd(), libc::F_GETLEASE, 0).is_ok_and(|kind| kind == libc::F_RDLCK)
    }
}

impl Drop for Still<'_> {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = ask(self.0.as_raw_fd(), libc::F_SETLEASE, libc::F_UNLCK);
    }
}

fn ask(fd: RawFd, what: libc::c_int, value: libc::c_int) -> io::Result<libc::c_int> {
    // SAFETY: these three questions take and give a number; no memory is touched.
    #[expect(unsafe_code, reason = "leases have no safe wrapper")]
    let answer = unsafe { libc::fcntl(fd, what, value) };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

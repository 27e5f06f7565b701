//! Waiting for somebody to type.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// What standard input has to tell within this time; nothing if it is silent, or if a signal came.
pub(crate) fn wait_for_input(limit: Duration) -> io::Result<PollFlags> {
    let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut fds, Some(&limit)) {
        Ok(_) => Ok(fds.iter().fold(PollFlags::empty(), |told, fd| told | fd.revents())),
        Err(Errno::INTR) => Ok(PollFlags::empty()),
        Err(e) => Err(e.into()),
    }
}

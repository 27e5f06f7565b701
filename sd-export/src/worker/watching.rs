//! A long copy is hashed and sent to the disk while its worker is still writing it.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use sd_fs::{Blake3, CopyError, NewFile, hash_growing};

/// Between two flushes.
const PAUSE: Duration = Duration::from_millis(10);

/// Does `work`, which appends about so many bytes to the copy. One hand hashes what is there;
/// another sends it to the disk, so that the flush before the copy gets its name has little left to
/// do.
pub(super) fn watched<T>(
    copy: &NewFile,
    expected: u64,
    work: impl FnOnce() -> T,
) -> (T, Result<(u64, Blake3), CopyError>) {
    let file = copy.file();
    copy.reserve(expected);
    let (hashing, until) = mpsc::channel::<()>();
    let (flushing, done) = mpsc::channel::<()>();
    let (result, found) = thread::scope(|scope| {
        let hash = scope.spawn(move || hash_growing(file, &until));
        scope.spawn(move || {
            while done.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                // What fails here fails again where it counts.
                let _ = file.sync_data();
            }
        });
        let result = work();
        drop((hashing, flushing));
        let panicked = |_| Err(CopyError::Read(io::Error::other("a reader panicked")));
        (result, hash.join().unwrap_or_else(panicked))
    });
    (result, found.and_then(|found| copy.release().map(|()| found).map_err(CopyError::Write)))
}

//! No hang survives: whoever waits is woken by the end of QEMU.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// After the end of QEMU everything has ended within this, or the whole process does.
const GRACE: Duration = Duration::from_secs(90);

/// Until this is dropped, the clock runs.
#[derive(Debug)]
pub struct Deadline(#[expect(dead_code, reason = "its end is what the clock sees")] Sender<()>);

impl Deadline {
    /// When the time is up, the machine is killed, and each wait for it is an error. If that does
    /// not help either, this process ends.
    pub(super) fn start(limit: Duration, machine: Arc<AtomicI32>) -> Self {
        let (sender, receiver) = channel::<()>();
        std::thread::spawn(move || {
            let timed_out = |limit| receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if !timed_out(limit) {
                return;
            }
            if let Some(pid) = Pid::from_raw(machine.load(Ordering::SeqCst)) {
                let _ = kill_process(pid, Signal::KILL);
            }
            if timed_out(GRACE) {
                // Nothing is left to wait for.
                std::process::abort();
            }
        });
        Self(sender)
    }
}

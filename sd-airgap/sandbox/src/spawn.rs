//! A worker, from outside and from inside.

use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use crate::channel::{Channel, ChannelError};
use crate::lock_down::{Profile, lock_down};
use crate::template::Process;
use crate::{EXIT_GAVE_UP, EXIT_NO_SANDBOX};

/// The longest silence of a worker: one that waits instead of working uses no processor time,
/// so its own limit would never end it. Above every [`Profile`]'s seconds.
const PATIENCE: Duration = Duration::from_mins(30);

/// How long a worker may linger after it hung up.
const LINGER: Duration = Duration::from_secs(10);

/// One kind of work.
pub struct Job {
    /// Its name, by which it is asked for.
    pub name: &'static str,
    /// What it may use up.
    pub profile: Profile,
    /// The work. An error means that the conversation with the parent broke down; refusals
    /// are messages.
    pub run: fn(Inside) -> Result<(), ChannelError>,
}

/// What a worker has: three open files and nothing else.
pub struct Inside {
    /// The file to read.
    pub input: File,
    /// The file to write.
    pub output: File,
    /// The parent.
    pub channel: Channel,
}

/// A running worker, seen from its parent.
#[derive(Debug)]
pub struct Worker {
    process: Process,
    channel: Channel,
}

/// How a worker ended, if not well.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// It could not be started or waited for.
    #[error("the worker could not be started or waited for: {0}")]
    Start(#[source] std::io::Error),
    /// It could not lock itself down, and did nothing.
    #[error("this system cannot lock down a worker")]
    NoSandbox,
    /// It tried something forbidden and was killed by the kernel.
    #[error("the worker tried a forbidden system call and was ended")]
    Forbidden,
    /// It used up its processor time.
    #[error("the worker took too long and was ended")]
    Time,
    /// It wrote more than allowed.
    #[error("the worker wrote more than allowed and was ended")]
    Output,
    /// It ran out of memory or failed an internal check.
    #[error("the worker ran out of memory or gave up")]
    Memory,
    /// A part of the file that it had mapped could not be read, or was not there any more.
    #[error("a part of the file could not be read, or it became shorter meanwhile")]
    Input,
    /// Any other end.
    #[error("the worker ended unexpectedly ({0})")]
    Ended(String),
    /// The conversation broke the rules.
    #[error("the worker broke the protocol: {0}")]
    Protocol(#[source] ChannelError),
}

/// The life of a worker.
pub(crate) fn be_worker(job: &Job, inside: Inside) -> u8 {
    // A panic message holds foreign data: say nothing.
    std::panic::set_hook(Box::new(|_| {}));
    end_by_sigbus();
    if lock_down(&job.profile).is_err() {
        return EXIT_NO_SANDBOX;
    }
    match (job.run)(inside) {
        Ok(()) => 0,
        Err(_) => EXIT_GAVE_UP,
    }
}

/// A page of a mapped file that is not there ends the worker at once, by SIGBUS itself: the
/// runtime's handler would make a call first that is forbidden, and the end would be a lie.
fn end_by_sigbus() {
    // SAFETY: the default action, for a signal whose handler nobody here asked for.
    #[expect(unsafe_code, reason = "a signal's action has no safe wrapper")]
    unsafe {
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
    }
}

impl Worker {
    /// Starts a worker with one file to read and one to write.
    pub fn spawn(job: &str, input: impl AsFd, output: impl AsFd) -> Result<Self, WorkerError> {
        let (ours, theirs) = UnixStream::pair().map_err(WorkerError::Start)?;
        ours.set_read_timeout(Some(PATIENCE)).map_err(WorkerError::Start)?;
        let files = [input.as_fd(), output.as_fd(), theirs.as_fd()];
        let process = Process::start(job, files).map_err(WorkerError::Start)?;
        Ok(Self { process, channel: Channel::new(ours) })
    }

    /// The conversation.
    pub fn channel(&mut self) -> &mut Channel {
        &mut self.channel
    }

    /// Waits for the end: success only if it exited 0 and left nothing unsaid.
    pub fn finish(mut self) -> Result<(), WorkerError> {
        match self.channel.expect_end() {
            Ok(()) => self.ended(),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// The end of a worker that has hung up, which it may not put off.
    fn ended(&mut self) -> Result<(), WorkerError> {
        if !self.process.ends_within(LINGER).map_err(WorkerError::Start)? {
            self.process.kill();
            return Err(WorkerError::Time);
        }
        judge(self.process.wait().map_err(WorkerError::Start)?)
    }

    /// Why the conversation broke off: the worker's own end if it had one, else the protocol
    /// error. The worker is killed first, so this never waits for one that hangs.
    pub fn broken(mut self, error: ChannelError) -> WorkerError {
        match &error {
            ChannelError::Closed => {}
            ChannelError::Io(e) if e.kind() == std::io::ErrorKind::WouldBlock => {
                self.process.kill();
                return WorkerError::Time;
            }
            _ => {
                self.process.kill();
                return WorkerError::Protocol(error);
            }
        }
        match self.ended() {
            Err(ended) => ended,
            Ok(()) => WorkerError::Protocol(error),
        }
    }
}

fn judge(status: ExitStatus) -> Result<(), WorkerError> {
    if status.success() {
        return Ok(());
    }
    if status.code() == Some(i32::from(EXIT_NO_SANDBOX)) {
        return Err(WorkerError::NoSandbox);
    }
    Err(match status.signal() {
        Some(libc::SIGSYS) => WorkerError::Forbidden,
        Some(libc::SIGXCPU | libc::SIGKILL) => WorkerError::Time,
        Some(libc::SIGXFSZ) => WorkerError::Output,
        Some(libc::SIGABRT | libc::SIGSEGV) => WorkerError::Memory,
        Some(libc::SIGBUS) => WorkerError::Input,
        _ => WorkerError::Ended(status.to_string()),
    })
}

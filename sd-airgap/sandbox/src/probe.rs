//! Proof that the walls stand: a worker that tries what is forbidden and must not survive.

use std::io::Read as _;

use crate::channel::ChannelError;
use crate::lock_down::Profile;
use crate::spawn::{Inside, Job, Worker, WorkerError};

/// The job, known to every program that has workers.
pub(crate) const JOB: Job = Job {
    name: "probe",
    profile: Profile { memory: 256 << 20, output: 1 << 20, seconds: 5, map: 0 },
    run: attempt,
};

/// Something no worker may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// Open a socket.
    Socket,
    /// Open a file.
    Openat,
    /// Start a program.
    Execve,
    /// Send a signal.
    Kill,
    /// Start a process or thread.
    Clone,
    /// Look around in another process.
    Ptrace,
    /// Set up a ring that does system calls by itself.
    IoUring,
}

/// The sandbox did not hold, or could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The worker lived on.
    #[error("a worker survived the forbidden call {0:?}")]
    Survived(Forbidden),
    /// The worker could not be tried.
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

impl Forbidden {
    /// Everything that is tried.
    pub const ALL: &[Self] = &[
        Self::Socket,
        Self::Openat,
        Self::Execve,
        Self::Kill,
        Self::Clone,
        Self::Ptrace,
        Self::IoUring,
    ];

    fn system_call(self) -> libc::c_long {
        match self {
            Self::Socket => libc::SYS_socket,
            Self::Openat => libc::SYS_openat,
            Self::Execve => libc::SYS_execve,
            Self::Kill => libc::SYS_kill,
            Self::Clone => libc::SYS_clone,
            Self::Ptrace => libc::SYS_ptrace,
            Self::IoUring => libc::SYS_io_uring_setup,
        }
    }
}

/// Starts a worker that makes one forbidden call; fails unless the kernel ends it.
pub fn probe(what: Forbidden) -> Result<(), ProbeError> {
    let (order, input) = rustix::pipe::pipe().map(|(r, w)| (w, r)).map_err(start)?;
    let index = Forbidden::ALL.iter().position(|f| *f == what).unwrap_or_default();
    let byte = [u8::try_from(index).unwrap_or_default()];
    rustix::io::write(&order, &byte).map_err(start)?;
    let mut worker = Worker::spawn(JOB.name, &input, &order)?;
    drop(order);
    let answer = worker.channel().receive(1);
    match (answer, worker.finish()) {
        (Err(_), Err(WorkerError::Forbidden)) => Ok(()),
        (_, Err(e @ (WorkerError::NoSandbox | WorkerError::Start(_)))) => Err(e.into()),
        _ => Err(ProbeError::Survived(what)),
    }
}

/// One probe before a program hands a stranger's bytes to workers.
pub fn self_test() -> Result<(), ProbeError> {
    probe(Forbidden::Openat)
}

fn start(e: rustix::io::Errno) -> WorkerError {
    WorkerError::Start(e.into())
}

fn attempt(mut inside: Inside) -> Result<(), ChannelError> {
    let mut which = [0];
    inside.input.read_exact(&mut which)?;
    if let Some(what) = Forbidden::ALL.get(usize::from(which[0])) {
        // SAFETY: with all-zero arguments each of these calls fails without touching memory
        // (a null path, an unknown family, no flags); the point is that it is never made.
        #[expect(unsafe_code, reason = "a raw call is what the filter must stop")]
        unsafe {
            match what {
                // kill(0, 0) would ask about our own group; signal 0 sends nothing.
                Forbidden::Clone => libc::syscall(what.system_call(), libc::SIGCHLD, 0, 0, 0, 0),
                Forbidden::Socket => {
                    libc::syscall(what.system_call(), libc::AF_UNIX, libc::SOCK_STREAM, 0)
                }
                _ => libc::syscall(what.system_call(), 0, 0, 0, 0, 0, 0),
            };
        }
    }
    inside.channel.send(b"!")
}

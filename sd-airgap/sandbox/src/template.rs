//! The template: this program started anew, once, of which each worker is a copy.
//!
//! ```text
//! parent                                  template: no argument, no environment, no file
//!   start: job, three files ----------->    fork --> worker: lock down, Job::run
//!          <---- number, handle --------'                      |
//!   the handle says that it ended <----------------------------'
//!   wait: number ----------------------->   waitpid
//!          <---- how it ended ----------'
//! ```
//! Starting a program takes milliseconds: it is loaded, its addresses are filled in, its libraries
//! are found. A copy of one that stands ready takes a fraction of it. The template never sees a byte
//! of anybody's file, so no worker has more in its memory than one that was started anew; but copies
//! of one template have the same places in memory. So after a worker that did not end well a
//! template is not used again ([decision 0027](../../docs/decisions/0027-workers-are-copies.md)).

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::channel::Channel;
use crate::spawn::{Inside, Job, be_worker};
use crate::{EXIT_GAVE_UP, EXIT_NO_SANDBOX, probe};

/// The first argument that makes a program a template.
const TEMPLATE: &str = "--sandboxed-worker";

/// The longest question: a letter, and the name of a job or a number.
const LONGEST: usize = 64;

/// The files of a worker: its input, its output, its channel.
const FILES: usize = 3;

/// The longest time for an answer: a fork, or the end of who has ended already.
const PATIENCE: Duration = Duration::from_mins(1);

const START: u8 = b's';
const WAIT: u8 = b'w';

/// The one that is in use.
static CURRENT: Mutex<Option<Arc<Template>>> = Mutex::new(None);

/// The parent's end of a template.
#[derive(Debug)]
struct Template {
    /// Taken for a question and its answer.
    socket: Mutex<OwnedFd>,
    child: Child,
}

/// A worker as a process.
#[derive(Debug)]
pub(crate) struct Process {
    template: Arc<Template>,
    number: i32,
    handle: OwnedFd,
    /// Whether it is made to end badly.
    is_probe: bool,
    is_waited_for: bool,
}

/// Runs a program that may start workers, or what this process was started for instead. First in
/// `main`, before arguments are parsed or files opened.
pub fn with_workers(jobs: &[Job], program: impl FnOnce() -> ExitCode) -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == TEMPLATE) {
        return serve(jobs);
    }
    let code = program();
    // Waited for, so that whoever measures this program measures its workers too.
    drop(current().take());
    code
}

fn current() -> std::sync::MutexGuard<'static, Option<Arc<Template>>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// Starts a worker with these files.
    pub(crate) fn start(job: &str, files: [BorrowedFd<'_>; FILES]) -> io::Result<Self> {
        let started_before = current().clone();
        if let Some(template) = started_before {
            if let Ok(copy) = template.copy(job, files) {
                return Ok(copy);
            }
            // Something ended it: the system, when memory ran out, or a key for the whole group.
            retire(&template);
        }
        let template = Arc::clone(current().insert(Arc::new(Template::start()?)));
        template.copy(job, files)
    }

    /// Waits for the end, without burning time on asking.
    pub(crate) fn ends_within(&self, limit: Duration) -> io::Result<bool> {
        ends_within(&self.handle, limit)
    }

    /// How it ended; it must have.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        self.is_waited_for = true;
        let question = [&[WAIT][..], &self.number.to_le_bytes()].concat();
        let (status, _) = self.template.ask(&question, &[])?;
        let status = ExitStatus::from_raw(status);
        if !status.success() && !self.is_probe {
            retire(&self.template);
        }
        Ok(status)
    }

    /// Ends it.
    pub(crate) fn kill(&mut self) {
        // It may be gone already.
        let _ = pidfd_send_signal(&self.handle, Signal::KILL);
        if self.ends_within(Duration::MAX).is_ok() {
            let _ = self.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_waited_for {
            self.kill();
        }
    }
}

/// A template that is not used for another worker. It ends with its last one.
fn retire(template: &Arc<Template>) {
    current().take_if(|current| Arc::ptr_eq(current, template));
}

/// Waits for a process of which this is the handle.
pub(crate) fn ends_within(handle: &impl AsFd, limit: Duration) -> io::Result<bool> {
    let mut events = [PollFd::new(handle, PollFlags::IN)];
    // What is too long for the system to count is no limit.
    let limit = Timespec::try_from(limit).ok();
    Ok(rustix::io::retry_on_intr(|| rustix::event::poll(&mut events, limit.as_ref()))? == 1)
}

impl Template {
    fn start() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        set_socket_timeout(&ours, Timeout::Recv, Some(PATIENCE))?;
        #[expect(clippy::disallowed_methods, reason = "the one place that starts workers")]
        let child = Command::new("/proc/self/exe")
            .arg(TEMPLATE)
            .env_clear()
            // Large blocks in large pages: a worker lives for milliseconds, and each page costs.
            .env("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { socket: Mutex::new(ours), child })
    }

    fn copy(self: &Arc<Self>, job: &str, files: [BorrowedFd<'_>; FILES]) -> io::Result<Process> {
        let question = [&[START][..], job.as_bytes()].concat();
        let (number, handle) = self.ask(&question, &files)?;
        let handle = handle.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (template, is_probe) = (Arc::clone(self), job == probe::JOB.name);
        Ok(Process { template, number, handle, is_probe, is_waited_for: false })
    }

    /// A question and its answer: a number, and a handle when there is one.
    fn ask(&self, question: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<(i32, Option<OwnedFd>)> {
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        send(&*socket, question, files)?;
        let (answer, mut handles) = receive(&*socket)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let numbers = answer.first_chunk().zip(answer.get(4..).and_then(<[u8]>::first_chunk));
        let (fault, number) = numbers.ok_or(io::ErrorKind::UnexpectedEof)?;
        match i32::from_le_bytes(*fault) {
            0 => Ok((i32::from_le_bytes(*number), handles.pop())),
            fault => Err(io::Error::from_raw_os_error(fault)),
        }
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the process does that was started to be a template, and each of its copies.
fn serve(jobs: &[Job]) -> ExitCode {
    let is_bare = close_inherited();
    let parent = rustix::stdio::stdin();
    // Nothing more to be asked: the parent is gone.
    while let Ok(Some((question, files))) = receive(&parent) {
        let answer = match question.split_first() {
            Some((&START, job)) => match fork(files) {
                Ok(Fork::Worker(files)) => return become_worker(jobs, job, files, is_bare),
                Ok(Fork::Template(number, handle)) => Ok((number, Some(handle))),
                Err(e) => Err(e),
            },
            Some((&WAIT, number)) => wait(number).map(|status| (status, None)),
            _ => Err(Errno::INVAL),
        };
        let (fault, number, handle) = match answer {
            Ok((number, handle)) => (0, number, handle),
            Err(e) => (e.raw_os_error(), 0, None),
        };
        let numbers = [fault.to_le_bytes(), number.to_le_bytes()].concat();
        let handles: Vec<_> = handle.iter().map(AsFd::as_fd).collect();
        if send(&parent, &numbers, &handles).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// Closes what the program was started with, but for standard input, output and error; says
/// whether that could be done.
fn close_inherited() -> bool {
    // SAFETY: the first thing a template does; nothing in this process owns a descriptor above
    // 2 yet, so none is closed behind an owner's back.
    #[expect(unsafe_code, reason = "close_range has no safe wrapper")]
    let closed = unsafe { libc::close_range(3, libc::c_uint::MAX, 0) };
    closed == 0
}

/// Which of the two a process is after a fork.
enum Fork {
    /// The copy, with its files.
    Worker([OwnedFd; FILES]),
    /// The template: the number of the copy and a handle on it.
    Template(i32, OwnedFd),
}

fn fork(files: Vec<OwnedFd>) -> Result<Fork, Errno> {
    let files: [OwnedFd; FILES] = files.try_into().map_err(|_| Errno::INVAL)?;
    // SAFETY: this process has one thread, so its copy has nothing half done in its memory.
    #[expect(unsafe_code, reason = "fork has no safe wrapper")]
    let number = unsafe { libc::fork() };
    match Pid::from_raw(number.max(0)) {
        None if number == 0 => Ok(Fork::Worker(files)),
        None => Err(Errno::AGAIN),
        Some(pid) => Ok(Fork::Template(number, pidfd_open(pid, PidfdFlags::empty())?)),
    }
}

/// In the copy. It has its three files, and nothing else that leads anywhere.
fn become_worker(
    jobs: &[Job],
    name: &[u8],
    [input, output, channel]: [OwnedFd; FILES],
    is_bare: bool,
) -> ExitCode {
    // Standard output and error lead nowhere; the socket to the parent is the template's alone.
    let parted = rustix::stdio::dup2_stdin(rustix::stdio::stdout());
    if !is_bare || parted.is_err() {
        return ExitCode::from(EXIT_NO_SANDBOX);
    }
    let (input, output) = (File::from(input), File::from(output));
    let inside = Inside { input, output, channel: Channel::new(UnixStream::from(channel)) };
    let job = jobs.iter().chain([&probe::JOB]).find(|job| job.name.as_bytes() == name);
    ExitCode::from(job.map_or(EXIT_GAVE_UP, |job| be_worker(job, inside)))
}

fn wait(number: &[u8]) -> Result<i32, Errno> {
    let number = number.first_chunk().map(|bytes| i32::from_le_bytes(*bytes));
    let number = number.filter(|number| *number > 0).ok_or(Errno::INVAL)?;
    let mut status = 0;
    // SAFETY: writes one number.
    #[expect(unsafe_code, reason = "the status as the kernel gives it, for `ExitStatus`")]
    let found = unsafe { libc::waitpid(number, &raw mut status, 0) };
    if found == number { Ok(status) } else { Err(Errno::CHILD) }
}

fn send(socket: &impl AsFd, bytes: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    sendmsg(socket, &[IoSlice::new(bytes)], &mut beside, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// The next message and the files that came with it; `None` when the other end is gone.
fn receive(socket: &impl AsFd) -> io::Result<Option<(Vec<u8>, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let got = rustix::io::retry_on_intr(|| {
        let parts = &mut [IoSliceMut::new(&mut bytes)];
        recvmsg(socket, parts, &mut beside, RecvFlags::CMSG_CLOEXEC)
    })?;
    let mut files = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(more) = message {
            files.extend(more);
        }
    }
    bytes.truncate(got.bytes);
    Ok(if bytes.is_empty() { None } else { Some((bytes, files)) })
}

//! One worker a file: the job inside the walls, and the parent's side of its protocol.
//!
//! ```text
//! parent --order: mode, limits--> worker: read the file or map it, scrub, write the copy
//!        <--answer, at most 1 MiB: report, size, BLAKE3, or a refusal--'
//! parent: exit status? nothing left unsaid? size by fstat? BLAKE3 by reading the copy again?
//! ```
//! The worker is not believed: what it says about bytes is compared with the bytes, and what it
//! says in words is escaped before anybody sees it.

mod comparing;
mod drawing;
mod inside;
mod looking;
mod marks;
mod office;
mod pressing;
mod protocol;
mod rebuilding;
mod showing;
mod watching;

use std::fs::File;
use std::io::{self, Seek as _};
use std::os::fd::AsFd;

use rustix::fs::{Mode as FileMode, OFlags};
use sd_fs::{Blake3, CopyError, NewFile, hash_file};
use sd_sandbox::{Job, Profile, RoomError, Still, Worker, WorkerError};
use sd_scrub::{Changes, Choices, Comments, Format, Limits, Refusal, Report};
use sd_term::{Failure, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use comparing::{Comparison, compare_documents};
pub(crate) use looking::{Crops, look, may_bear_marks};
pub(crate) use marks::Mark;
use protocol::{Answer, MAX_ANSWER, Mode, Order, Trouble, escaped, too_long};
pub(crate) use rebuilding::{listed, rebuild};
pub(crate) use showing::{Shown, show, thumbnail};

/// The job's name.
const SCRUB: &str = "scrub";

/// The same for a long file.
const SCRUB_LONG: &str = "scrub-long";

/// What one worker may use up.
///
/// Memory: 2 GiB held a text of 250 MB with its clean copy; of 500 MB it did not, and neither
/// did a PNG of 450 MB, so such files are refused by name though the input limit admits them.
/// More would leave a station with 8 GiB one worker at a time for every file. Output: the most
/// the scrubber may write. Time: 300 seconds of processor, twenty times what that text took.
pub(crate) const PROFILE: Profile =
    Profile { memory: 2 << 30, output: 1 << 30, seconds: 300, map: 0 };

/// The same with a file mapped that is not long.
const SHORT: Profile = Profile { map: LONG, ..PROFILE };

/// The same for the longest video. Its copy is as long as it is; hashing 16 GiB takes an old
/// processor without wide registers less than two minutes.
const LONGEST: Profile = Profile { output: 16 << 30, seconds: 600, map: 16 << 30, ..PROFILE };

/// Longest file that is read into the worker's own memory where it could be mapped: below it
/// neither is any work
/// ([decision 0025](../../docs/decisions/0025-large-files-are-mapped.md)).
const READ_MOST: u64 = 64 << 10;

/// A file that is longer has a job of its own, and its copy is read while it is being written.
const LONG: u64 = 32 << 20;

/// The jobs of this program.
pub(crate) const JOBS: &[Job] = &[
    Job { name: SCRUB, profile: SHORT, run: inside::work },
    Job { name: SCRUB_LONG, profile: LONGEST, run: inside::work },
    drawing::JOB,
    pressing::JOB,
];

/// Why there is no result for a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    /// The scrubber refused, having told what the file is.
    #[error("{}", in_words(*format, refusal))]
    Refused {
        /// What the file is, if that could be told.
        format: Option<Format>,
        /// Why.
        refusal: Refusal,
    },
    /// The worker could not read or write.
    #[error("{0}")]
    Trouble(Trouble),
    /// The worker did not end well.
    #[error("{0}; no copy was made")]
    Worker(#[from] WorkerError),
    /// An answer that is not one.
    #[error("the worker gave an answer that makes no sense; no copy was made")]
    Nonsense,
    /// The copy is not what the worker said it was.
    #[error("the copy is not what the worker said it was; it was thrown away")]
    Untrue,
    /// A file too long to be read into memory could be changed by others all the while.
    #[error(
        "too large to be read into memory, and it cannot be kept from being changed meanwhile \
         ({0}): close it in other programs, or copy it into a directory of your own"
    )]
    Restless(#[source] io::Error),
    /// Somebody opened the file for writing while it was mapped.
    #[error("it was being changed meanwhile; no copy was made")]
    Changed,
    /// The parent could not read the file itself.
    #[error("reading it again failed: {0}")]
    Again(#[source] io::Error),
    /// LibreOffice, which turns office documents into pages, made none.
    #[error("LibreOffice made no pages of it: {0}")]
    NoPages(#[from] RoomError),
}

impl From<WorkError> for Failure {
    fn from(e: WorkError) -> Self {
        Self::new(e.status(), e)
    }
}

impl From<CopyError> for WorkError {
    fn from(e: CopyError) -> Self {
        match e {
            CopyError::TooLong(_) => Self::Untrue,
            CopyError::Read(e) => Self::Again(e),
            CopyError::Write(e) => Self::Trouble(inside::unwritten(&e)),
        }
    }
}

impl WorkError {
    fn status(&self) -> Status {
        match self {
            Self::Refused { refusal, .. } => status_of(refusal),
            Self::Restless(_) => Status::Refused,
            Self::NoPages(RoomError::NotThere | RoomError::Time | RoomError::Ended(_)) => {
                Status::UnsupportedType
            }
            Self::Trouble(Trouble::NoSpace) => Status::NoSpace,
            Self::Trouble(Trouble::Read | Trouble::Write)
            | Self::Again(_)
            | Self::Changed
            | Self::NoPages(RoomError::Start(_))
            | Self::Worker(WorkerError::Start(_) | WorkerError::Input) => Status::FileError,
            Self::Trouble(Trouble::Order) => Status::Bug,
            Self::Worker(WorkerError::NoSandbox) | Self::NoPages(RoomError::None) => {
                Status::SandboxUnavailable
            }
            // A file that makes its worker misbehave is the last one to be called clean.
            Self::Worker(
                WorkerError::Forbidden
                | WorkerError::Time
                | WorkerError::Output
                | WorkerError::Memory
                | WorkerError::Ended(_)
                | WorkerError::Protocol(_),
            )
            | Self::Nonsense
            | Self::Untrue => Status::NotClean,
        }
    }

    /// Whether this is about what the file holds, and not about reading it or about the walls.
    pub(crate) fn is_about_content(&self) -> bool {
        use Status::{Bug, FileError, NoSpace, SandboxUnavailable};
        !matches!(self.status(), SandboxUnavailable | FileError | NoSpace | Bug)
    }

    /// The format, if it could be told before the refusal.
    pub(crate) fn format(&self) -> Option<Format> {
        match self {
            Self::Refused { format, .. } => *format,
            _ => None,
        }
    }

    /// What the file is, in words that may leave the station: a kind that the worker named
    /// freely is taken only if it is a few plain words.
    pub(crate) fn kind(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || " -()".contains(c);
        match self {
            Self::Refused { format: Some(format), .. } => format.to_string(),
            Self::Refused { refusal: Refusal::UnknownType(kind), .. }
                if kind.len() <= 48 && kind.chars().all(plain) =>
            {
                kind.clone()
            }
            _ => "unknown".to_owned(),
        }
    }
}

fn status_of(refusal: &Refusal) -> Status {
    match refusal {
        Refusal::UnknownType(_) | Refusal::Unsupported { .. } => Status::UnsupportedType,
        Refusal::Encrypted | Refusal::TooLarge { .. } => Status::Refused,
        Refusal::Malformed { .. } | Refusal::NotClean { .. } => Status::NotClean,
        Refusal::Inside { why, .. } => status_of(why),
    }
}

fn in_words(format: Option<Format>, refusal: &Refusal) -> String {
    match (format, refusal) {
        (_, Refusal::UnknownType(kind)) if kind.ends_with(" archive") => {
            format!("{kind}: not opened; unpack it, then clean the directory")
        }
        (_, Refusal::UnknownType(kind)) => format!("{kind}: cannot be cleaned yet"),
        (Some(format), refusal) => format!("{format}: {refusal}"),
        (None, refusal) => refusal.to_string(),
    }
}

/// A clean copy that was read again and found to be what the worker said.
#[derive(Debug)]
#[must_use]
pub(crate) struct Cleaned {
    pub(crate) report: Report,
    pub(crate) size: u64,
    pub(crate) blake3: Blake3,
}

/// What a second scrubbing of a file says about it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Checked {
    pub(crate) format: Format,
    /// Present if scrubbing changes no byte: the file is clean, and this is what it is.
    pub(crate) clean: Option<Blake3>,
}

/// What a file holds.
pub(crate) fn inspect(input: &File, limits: &Limits) -> Result<Report, WorkError> {
    match ask(Mode::Inspect, input, nowhere()?, limits, Choices::default())? {
        Answer::Inspected { report } => Ok(report),
        answer => Err(answer.into_error()),
    }
}

/// Writes a clean copy to `output`, which has no name yet, and checks it.
pub(crate) fn scrub(
    input: &File,
    output: &NewFile,
    limits: &Limits,
    choices: Choices,
) -> Result<Cleaned, WorkError> {
    // What the worker has written is read while it goes on: it must not be able to change it.
    let end = output.appending().map_err(|e| WorkerError::Start(io::Error::other(e)))?;
    let work = || match ask(Mode::Scrub, input, &end, limits, choices)? {
        Answer::Cleaned { report, size, blake3 } => Ok(Cleaned { report, size, blake3 }),
        answer => Err(answer.into_error()),
    };
    let expected = length(input)?;
    if expected <= LONG {
        let cleaned = work()?;
        compare(output.file(), cleaned.size, cleaned.blake3)?;
        return Ok(cleaned);
    }
    let (cleaned, found) = watching::watched(output, expected, work);
    let cleaned = cleaned?;
    if found? == (cleaned.size, cleaned.blake3) { Ok(cleaned) } else { Err(WorkError::Untrue) }
}

/// Scrubs a file once more: if that changes no byte, the file is clean.
pub(crate) fn check(input: &File, limits: &Limits) -> Result<Checked, WorkError> {
    let checked = check_by(Choices::default(), input, limits)?;
    if checked.clean.is_some() || !checked.format.records_changes() {
        return Ok(checked);
    }
    // It may be a copy in which a person chose to keep them.
    let (changes, comments) = (Changes::Keep, Comments::Keep);
    check_by(Choices { changes, comments, ..Choices::default() }, input, limits)
}

fn check_by(choices: Choices, input: &File, limits: &Limits) -> Result<Checked, WorkError> {
    match ask(Mode::Check, input, nowhere()?, limits, choices)? {
        Answer::Cleaned { report, size, blake3 } => {
            let clean = match compare(input, size, blake3) {
                Ok(()) => Some(blake3),
                Err(WorkError::Untrue) => None,
                Err(e) => return Err(e),
            };
            Ok(Checked { format: report.format, clean })
        }
        answer => Err(answer.into_error()),
    }
}

/// Holds a file against a size and a hash, reading every byte again.
fn compare(file: &File, size: u64, blake3: Blake3) -> Result<(), WorkError> {
    if length(file)? != size {
        return Err(WorkError::Untrue);
    }
    if hash_file(file, size)? == (size, blake3) { Ok(()) } else { Err(WorkError::Untrue) }
}

/// The output of a worker that has nothing to write.
fn nowhere() -> Result<rustix::fd::OwnedFd, WorkError> {
    rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, FileMode::empty())
        .map_err(|e| WorkError::Worker(WorkerError::Start(e.into())))
}

/// Small files are read by the worker, large ones mapped, which nobody may change meanwhile.
fn ask(
    mode: Mode,
    input: &File,
    output: impl AsFd,
    limits: &Limits,
    choices: Choices,
) -> Result<Answer, WorkError> {
    let length = admit_length(input, limits.max_input.max(limits.max_video))?;
    let held = if length > READ_MOST { Some(Still::hold(input)) } else { None };
    match held {
        Some(Ok(still)) => {
            // Asked again: before it was held, it may have grown.
            let length = admit_length(input, limits.max_video)?;
            let order = Order::new(mode, Some(length), limits, choices);
            let job = if length > LONG { SCRUB_LONG } else { SCRUB };
            let answer = converse(job, &order, input, output);
            // Whatever came of it: bytes that changed under the worker explain everything.
            if still.is_held() { answer.map(escaped) } else { Err(WorkError::Changed) }
        }
        Some(Err(e)) if length > limits.max_input => Err(WorkError::Restless(e)),
        Some(Err(_)) | None => {
            let order = Order::new(mode, None, limits, choices);
            converse(SCRUB, &order, input, output).map(escaped)
        }
    }
}

fn admit_length(input: &File, most: u64) -> Result<u64, WorkError> {
    let length = length(input)?;
    if length > most {
        return Err(WorkError::Refused { format: None, refusal: too_long(most) });
    }
    Ok(length)
}

fn length(file: &File) -> Result<u64, WorkError> {
    Ok(file.metadata().map_err(WorkError::Again)?.len())
}

/// One worker from start to end: an answer counts only after a good end.
fn converse<A: DeserializeOwned>(
    job: &str,
    order: &impl Serialize,
    mut input: &File,
    output: impl AsFd,
) -> Result<A, WorkError> {
    input.rewind().map_err(WorkError::Again)?;
    let order = serde_json::to_vec(order).map_err(|_| WorkError::Nonsense)?;
    let mut worker = Worker::spawn(job, input, output)?;
    let channel = worker.channel();
    let answer = match channel.send(&order).and_then(|()| channel.receive(MAX_ANSWER)) {
        Ok(answer) => answer,
        Err(e) => return Err(worker.broken(e).into()),
    };
    worker.finish()?;
    serde_json::from_slice(&answer).map_err(|_| WorkError::Nonsense)
}

impl Answer {
    /// The error an answer stands for; a result of the wrong kind is none of ours.
    fn into_error(self) -> WorkError {
        match self {
            Self::Refused { format, refusal } => WorkError::Refused { format, refusal },
            Self::Failed(trouble) => WorkError::Trouble(trouble),
            Self::Inspected { .. } | Self::Cleaned { .. } => WorkError::Nonsense,
        }
    }
}

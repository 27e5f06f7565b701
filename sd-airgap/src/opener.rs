//! The parent's side of opening a message: the vault answers, a worker does the rest.

use std::fs::File;
use std::os::fd::AsFd;

use sd_pgp::PkeskBytes;
use sd_sandbox::{ChannelError, Worker, WorkerError};
use sd_term::{Failure, Status};
use zeroize::Zeroizing;

use crate::vault::{self, Unwrapped, Vault, VaultError};
use crate::worker::{MAX_FRAME, OPEN, Opened, Order, Refusal, Said};

/// A worker may ask about this many recipients.
const MAX_QUESTIONS: usize = 64;

/// Why a message was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenFailure {
    /// The message itself is to blame.
    #[error("{0}")]
    Message(Refusal),
    /// The key is to blame: the message may be fine.
    #[error("{0}")]
    Vault(VaultError),
    /// The worker ended before its verdict: hostile content, or limits.
    #[error("{0}")]
    Worker(WorkerError),
    /// The worker said what cannot be.
    #[error("the worker's report does not fit its output")]
    Report,
}

impl OpenFailure {
    /// Whether trying again on this station, with its key in order, may go better.
    pub(crate) fn is_station(&self) -> bool {
        match self {
            Self::Message(Refusal::Output) => true,
            Self::Vault(VaultError::Malformed) | Self::Message(_) | Self::Report => false,
            Self::Vault(_) => true,
            Self::Worker(e) => matches!(e, WorkerError::NoSandbox | WorkerError::Start(_)),
        }
    }
}

impl From<OpenFailure> for Failure {
    fn from(e: OpenFailure) -> Self {
        match e {
            OpenFailure::Vault(VaultError::Malformed) => {
                Self::new(Status::VerifyFailed, VaultError::Malformed)
            }
            OpenFailure::Vault(e) => e.into(),
            OpenFailure::Worker(WorkerError::NoSandbox) => {
                Self::new(Status::SandboxUnavailable, WorkerError::NoSandbox)
            }
            e @ OpenFailure::Message(Refusal::Output) => Self::new(Status::NoSpace, e),
            e @ (OpenFailure::Message(_) | OpenFailure::Worker(_) | OpenFailure::Report) => {
                Self::new(Status::VerifyFailed, e)
            }
        }
    }
}

/// Opens one message in a worker. On success the output holds exactly what the verdict says;
/// on failure it holds anything, and the caller drops it nameless.
pub(crate) fn open(
    vault: &dyn Vault,
    order: &Order,
    input: impl AsFd,
    output: &File,
) -> Result<Opened, OpenFailure> {
    let mut worker = Worker::spawn(OPEN, input, output).map_err(OpenFailure::Worker)?;
    let mut blocked = None;
    let verdict = match converse(&mut worker, vault, order, &mut blocked) {
        Ok(verdict) => verdict,
        Err(e) => return Err(OpenFailure::Worker(worker.broken(e))),
    };
    worker.finish().map_err(OpenFailure::Worker)?;
    match (verdict, blocked) {
        (Ok(opened), _) => {
            let size = output.metadata().map_err(|_| OpenFailure::Report)?.len();
            if size == opened.size { Ok(opened) } else { Err(OpenFailure::Report) }
        }
        (Err(Refusal::NoKey), Some(vault)) => Err(OpenFailure::Vault(vault)),
        (Err(refusal), _) => Err(OpenFailure::Message(refusal)),
    }
}

fn converse(
    worker: &mut Worker,
    vault: &dyn Vault,
    order: &Order,
    blocked: &mut Option<VaultError>,
) -> Result<Result<Opened, Refusal>, ChannelError> {
    let channel = worker.channel();
    let order = serde_json::to_vec(order).map_err(|_| ChannelError::Nonsense)?;
    channel.send(&order)?;
    for _ in 0..MAX_QUESTIONS {
        let said = channel.receive(MAX_FRAME)?;
        match serde_json::from_slice(&said).map_err(|_| ChannelError::Nonsense)? {
            Said::Verdict(verdict) => return Ok(verdict),
            Said::Question { packet, algorithm } => {
                let answer = answer(vault, &PkeskBytes { packet, algorithm }, blocked);
                channel.send(&answer)?;
            }
        }
    }
    Err(ChannelError::Nonsense)
}

fn answer(
    vault: &dyn Vault,
    question: &PkeskBytes,
    blocked: &mut Option<VaultError>,
) -> Zeroizing<Vec<u8>> {
    match vault::answer(vault, question) {
        Unwrapped::Key(session) => {
            let mut bytes = Zeroizing::new(Vec::with_capacity(2 + session.key.len()));
            bytes.extend_from_slice(&[1, session.algorithm]);
            bytes.extend_from_slice(&session.key);
            bytes
        }
        Unwrapped::NotOurs => Zeroizing::new(vec![0]),
        Unwrapped::Failed(e) => {
            *blocked = Some(e);
            Zeroizing::new(vec![0])
        }
    }
}

//! What is asked of CUPS: printers, and one job from its making to its purging.

use std::io::Read;
use std::path::PathBuf;

use ipp::model::{Operation, StatusCode};
use ipp::value::IppValue;
use sd_fs::Escaped;
use sd_term::{Failure, Status};

use super::http::{self, Body, HttpError};
use super::message::{Answer, MessageError, NOBODY, Question};
use super::printer::{self, Choice, Printer};
use super::settings::Settings;
use super::watch::{self, View};

/// What every job is called: job names stand in logs and on the printer's display.
const JOB_NAME: &str = "document";

/// CUPS behind its local socket.
#[derive(Debug)]
pub(crate) struct Cups {
    socket: PathBuf,
}

/// A job that CUPS made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JobId(pub(super) i32);

/// Why CUPS was of no help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CupsError {
    /// No answer.
    #[error("{doing}: CUPS: {error}")]
    Http {
        /// What was asked.
        doing: &'static str,
        /// Why.
        error: HttpError,
    },
    /// A question that could not be put, or an answer that could not be read.
    #[error("{doing}: CUPS and this program do not understand each other: {error}")]
    Message {
        /// What was asked.
        doing: &'static str,
        /// Why.
        error: MessageError,
    },
    /// An answer without what was asked for.
    #[error("{doing}: CUPS left out what was asked for")]
    LeftOut {
        /// What was asked.
        doing: &'static str,
    },
    /// No.
    #[error("{doing}: CUPS refused: {}", word.as_ref().map_or_else(|| status.to_string(), ToString::to_string))]
    Refused {
        /// What was asked.
        doing: &'static str,
        /// Its code.
        status: StatusCode,
        /// Its words.
        word: Option<Escaped>,
    },
}

impl CupsError {
    /// The status word.
    pub(super) fn status(&self) -> Status {
        use StatusCode as Code;
        match self {
            Self::Http { error: HttpError::Document(_), .. } => Status::VerifyFailed,
            Self::Http { error: HttpError::Status(401 | 403), .. } => Status::PrinterRefused,
            Self::Http { .. } | Self::Message { .. } | Self::LeftOut { .. } => {
                Status::PrintingUnavailable
            }
            Self::Refused { status, .. } => match status {
                Code::ServerErrorNotAcceptingJobs => Status::PrinterPaused,
                Code::ClientErrorDocumentFormatNotSupported => Status::Unprintable,
                Code::ClientErrorForbidden
                | Code::ClientErrorNotAuthenticated
                | Code::ClientErrorNotAuthorized => Status::PrinterRefused,
                _ => Status::PrintFailed,
            },
        }
    }

    /// Whether another document could fare better.
    pub(super) fn is_about_the_document(&self) -> bool {
        matches!(self.status(), Status::VerifyFailed | Status::Unprintable)
    }

    /// Whether CUPS knows nothing of what was asked about.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::ClientErrorNotFound, .. })
    }
}

impl From<CupsError> for Failure {
    fn from(e: CupsError) -> Self {
        Self::new(e.status(), e)
    }
}

impl Cups {
    /// CUPS, as it listens at `socket`.
    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// All printers that are set up.
    pub(crate) fn printers(&self) -> Result<Vec<Choice>, CupsError> {
        const DOING: &str = "listing the printers";
        let question =
            Question::new(Operation::CupsGetPrinters, None).and_then(|q| q.wants(printer::WANTED));
        match self.ask(DOING, question, None) {
            Ok(answer) => Ok(answer.printers().filter_map(printer::read).collect()),
            // What CUPS says when there is none.
            Err(e) if e.is_unknown() => Ok(Vec::new()),
            Err(e) => Err(e),
        }
    }

    /// Makes a job, which waits for its document.
    pub(super) fn create(&self, printer: &Printer, how: &Settings) -> Result<JobId, CupsError> {
        const DOING: &str = "making a job";
        let answer = self.ask(DOING, job(printer, how), None)?;
        let id = answer.job().and_then(|job| job.number("job-id"));
        id.filter(|n| *n > 0).map(JobId).ok_or(CupsError::LeftOut { doing: DOING })
    }

    /// Gives a job its only document.
    pub(super) fn send(
        &self,
        printer: &Printer,
        job: JobId,
        mime: &str,
        document: (&mut dyn Read, u64),
    ) -> Result<(), CupsError> {
        let question = about(Operation::SendDocument, printer, job).and_then(|q| {
            q.with("document-format", IppValue::new_mime_media_type(mime)?)?
                .with("last-document", IppValue::new_boolean(true))
        });
        self.ask("sending the document", question, Some(document)).map(drop)
    }

    /// Looks at a job.
    pub(super) fn view(&self, printer: &Printer, job: JobId) -> Result<View, CupsError> {
        const DOING: &str = "looking at the job";
        let question =
            about(Operation::GetJobAttributes, printer, job).and_then(|q| q.wants(watch::WANTED));
        let answer = self.ask(DOING, question, None)?;
        answer.job().and_then(View::read).ok_or(CupsError::LeftOut { doing: DOING })
    }

    /// Stops a job.
    pub(super) fn cancel(&self, printer: &Printer, job: JobId) -> Result<(), CupsError> {
        let question = about(Operation::CancelJob, printer, job);
        self.ask("cancelling the job", question, None).map(drop)
    }

    /// Makes CUPS forget a job, with its document.
    pub(super) fn purge(&self, printer: &Printer, job: JobId) -> Result<(), CupsError> {
        let question = about(Operation::CancelJob, printer, job)
            .and_then(|q| q.with("purge-job", IppValue::new_boolean(true)));
        self.ask("purging the job", question, None).map(drop)
    }

    /// Asks for the document of a job; `Ok` means that it is still there.
    pub(super) fn document(&self, printer: &Printer, job: JobId) -> Result<(), CupsError> {
        let question = about(Operation::CupsGetDocument, printer, job)
            .and_then(|q| q.with("document-number", IppValue::new_integer(1)));
        self.ask("asking for the document", question, None).map(drop)
    }

    fn ask(
        &self,
        doing: &'static str,
        question: Result<Question, MessageError>,
        document: Option<(&mut dyn Read, u64)>,
    ) -> Result<Answer, CupsError> {
        let wrong = |error| CupsError::Message { doing, error };
        let message = question.map_err(wrong)?.bytes();
        let body = Body { message: &message, document };
        let bytes = http::post(&self.socket, "/", body)
            .map_err(|error| CupsError::Http { doing, error })?;
        let answer = Answer::read(bytes).map_err(wrong)?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(CupsError::Refused { doing, status: answer.status, word: answer.word() })
    }
}

fn about(operation: Operation, printer: &Printer, job: JobId) -> Result<Question, MessageError> {
    Question::about_job(operation, &printer.uri(), job.0)
}

/// The question that makes a job. What stands here is all that anybody learns of its origin.
fn job(printer: &Printer, how: &Settings) -> Result<Question, MessageError> {
    let name = IppValue::new_name_without_language;
    let mut question = Question::new(Operation::CreateJob, Some(&printer.uri()))?
        .with("requesting-user-name", name(NOBODY)?)?
        .with("job-name", name(JOB_NAME)?)?
        .of_job("job-sheets", IppValue::new_keyword("none")?)?
        .of_job("copies", IppValue::new_integer(how.copies))?;
    if let Some(word) = printer.colour_word(how.colour) {
        question = question.of_job("print-color-mode", IppValue::new_keyword(word)?)?;
    }
    if let Some(pages) = how.pages {
        let range = IppValue::new_range_of_integer(pages.first, pages.last);
        question = question.of_job("page-ranges", range)?;
    }
    if let Some(paper) = &how.paper {
        question = question.of_job("media", IppValue::new_keyword(paper)?)?;
    }
    Ok(question)
}

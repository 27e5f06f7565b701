//! What `inspect` and `scrub` have to say, file by file.

use std::path::PathBuf;

use sd_fs::{Blake3, Escaped};
use sd_scrub::Report as Findings;
use sd_term::{Failure, Hint, Report, Status};
use serde::Serialize;

use crate::inputs::Source;
use crate::worker::{Mark, Shown};

/// One file and what became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    /// The file as it was named, escaped.
    pub(crate) file: Escaped,
    /// Bytes, if it could be opened.
    pub(crate) size: Option<u64>,
    /// Something to know about it, such as a wrong ending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// How it went.
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// How it went with one file.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was looked at.
    Inspected {
        /// What it holds.
        report: Findings,
        /// What marks its pages, if they were looked at.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        marks: Vec<Mark>,
    },
    /// A clean copy was made, checked and named.
    Cleaned {
        /// The copy, escaped.
        copy: Escaped,
        /// Its bytes.
        copy_size: u64,
        /// Its hash.
        blake3: Blake3,
        /// What was removed and what was kept.
        report: Findings,
        /// The copy as the system knows it.
        #[serde(skip)]
        path: PathBuf,
    },
    /// Pictures of it were made.
    Shown {
        /// What they show.
        #[serde(flatten)]
        shown: Shown,
    },
    /// Nothing was made of it.
    Refused {
        /// The status word.
        status: Status,
        /// Why.
        message: String,
    },
}

/// What was done with each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Inspect,
    Scrub,
    Rebuild,
    Preview,
}

/// Files in the order they were asked for.
#[derive(Debug, Serialize)]
pub(crate) struct Batch {
    #[serde(skip)]
    pub(crate) verb: Verb,
    /// Files done.
    pub(crate) done: usize,
    /// Files refused.
    pub(crate) refused: usize,
    /// Every file.
    pub(crate) files: Vec<Item>,
    /// What stood in the directories and is no regular file.
    pub(crate) skipped: Vec<Escaped>,
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

impl Item {
    /// A file nothing is known of yet but its size.
    pub(crate) fn of(source: &Source, size: Option<u64>) -> Self {
        Self::refused(source, size, Failure::new(Status::Bug, "nothing was done with it"))
    }

    /// A file that was refused.
    pub(crate) fn refused(source: &Source, size: Option<u64>, why: impl Into<Failure>) -> Self {
        let Failure { status, message, .. } = why.into();
        let outcome = Outcome::Refused { status, message };
        Self { file: source.shown(), size, note: None, outcome }
    }

    /// The status, if it was refused.
    pub(crate) fn refusal(&self) -> Option<Status> {
        match &self.outcome {
            Outcome::Refused { status, .. } => Some(*status),
            Outcome::Inspected { .. } | Outcome::Cleaned { .. } | Outcome::Shown { .. } => None,
        }
    }
}

impl Batch {
    /// The report on these files.
    pub(crate) fn new(verb: Verb, files: Vec<Item>, skipped: Vec<Escaped>) -> Self {
        let refused = files.iter().filter(|f| f.refusal().is_some()).count();
        Self { verb, done: files.len() - refused, refused, files, skipped, hint: None }
    }

    /// The same with names in place of paths, for somebody who picked the files from a list.
    pub(crate) fn with_short_names(mut self) -> Self {
        for item in &mut self.files {
            item.file = item.file.last_part();
            if let Outcome::Cleaned { copy, .. } = &mut item.outcome {
                *copy = copy.last_part();
            }
        }
        self
    }

    /// The clean copies.
    pub(crate) fn copies(&self) -> Vec<PathBuf> {
        let copy = |item: &Item| match &item.outcome {
            Outcome::Cleaned { path, .. } => Some(path.clone()),
            Outcome::Inspected { .. } | Outcome::Shown { .. } | Outcome::Refused { .. } => None,
        };
        self.files.iter().filter_map(copy).collect()
    }
}

/// The status of several refusals: the one with the highest code, the first of these.
pub(crate) fn gravest(statuses: impl Iterator<Item = Status>) -> Option<Status> {
    statuses.reduce(|worst, s| if s.exit() > worst.exit() { s } else { worst })
}

impl Report for Batch {
    fn status(&self) -> Status {
        match (self.done, gravest(self.files.iter().filter_map(Item::refusal))) {
            (0, None) => Status::NothingToDo,
            (_, None) => Status::Done,
            // A system that lost its walls on the way did not do part of the work well.
            (_, Some(Status::SandboxUnavailable)) => Status::SandboxUnavailable,
            (0, Some(status)) => status,
            (_, Some(_)) => Status::PartDone,
        }
    }

    fn hint(&self) -> Option<Hint> {
        self.hint.clone()
    }
}

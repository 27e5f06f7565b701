//! What is left of a job: nothing, or a warning.

use std::fmt;
use std::path::Path;

use sd_fs::Dir;
use serde::Serialize;

use super::cups::{Cups, JobId};
use super::printer::Printer;

/// What is left of a document in CUPS's spool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "spool", rename_all = "snake_case")]
#[must_use]
pub(crate) enum Traces {
    /// CUPS never had it.
    NeverThere,
    /// CUPS forgot the job, has no document of it, and its directory shows none where it can be
    /// looked into.
    Gone {
        /// Whether the directory could be looked into.
        directory_seen: bool,
    },
    /// It may still be there.
    MayRemain {
        /// Why.
        why: String,
    },
}

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverThere => f.write_str("CUPS was given nothing of it"),
            Self::Gone { .. } => f.write_str("CUPS removed its copy and was asked for it again"),
            Self::MayRemain { why } => {
                write!(f, "A COPY MAY STILL BE IN THE PRINT SPOOL: {why}")
            }
        }
    }
}

/// Has CUPS forget a job that is over, and asks for it again.
pub(super) fn clear(cups: &Cups, printer: &Printer, job: JobId, spool: &Path) -> Traces {
    // Refused or not: what counts is whether the job is there afterwards.
    let purged = cups.purge(printer, job);
    let answers = [cups.view(printer, job).map(drop), cups.document(printer, job)];
    let why = answers.into_iter().find_map(|answer| match answer {
        Ok(()) => Some("CUPS still knows the job".to_owned()),
        Err(e) if e.is_unknown() => None,
        Err(e) => Some(e.to_string()),
    });
    let why = match (why, purged) {
        (Some(why), Err(e)) => Some(format!("{why}; {e}")),
        (why, _) => why,
    };
    match (why, files_of(job, spool)) {
        (Some(why), _) => Traces::MayRemain { why },
        (None, Some(0)) => Traces::Gone { directory_seen: true },
        (None, None) => Traces::Gone { directory_seen: false },
        (None, Some(_)) => {
            Traces::MayRemain { why: "files of the job are in CUPS's directory".to_owned() }
        }
    }
}

/// How many files of a job stand in CUPS's directory, where that may be looked into (by root).
fn files_of(job: JobId, spool: &Path) -> Option<usize> {
    let entries = Dir::open(spool).and_then(|dir| dir.entries()).ok()?;
    let (control, document) = (format!("c{:05}", job.0), format!("d{:05}-", job.0));
    let ours = |name: &str| name.starts_with(&control) || name.starts_with(&document);
    Some(entries.iter().filter(|e| ours(&e.name)).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_job_are_found_in_the_spool_and_those_of_others_are_not() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        for name in ["c00012", "d00012-001", "d00012-002", "c00013", "d00001-001", "tmp"] {
            dir.write_new(name, b"x").expect("free");
        }
        assert_eq!(files_of(JobId(12), tmp.path()), Some(3));
        assert_eq!(files_of(JobId(2), tmp.path()), Some(0));
        assert_eq!(files_of(JobId(12), &tmp.path().join("not there")), None);
    }
}

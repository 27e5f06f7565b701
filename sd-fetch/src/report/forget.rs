//! What was forgotten here, or would be.

use std::fmt;

use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::{SourceLine, write_wrapped};

/// The report of `sd-fetch forget`.
#[derive(Debug, Serialize)]
pub(crate) struct ForgetReport {
    /// Nothing was removed: this is the plan.
    pub(crate) dry_run: bool,
    /// Delivered items of each source.
    pub(crate) sources: Vec<SourceLine>,
    /// Ciphertexts that an interrupted run left without their records.
    pub(crate) leftovers: Files,
    /// Interrupted downloads.
    pub(crate) interrupted: Files,
    /// Interrupted downloads that stay.
    pub(crate) interrupted_kept: usize,
    /// Items that stay because they wait to be packed.
    pub(crate) waiting: usize,
    /// Items that stay because their receipt has not come back.
    pub(crate) packed: usize,
    /// Items that stay because the SVS has other bytes under their identity.
    pub(crate) other_bytes: usize,
    /// Why the run ended early.
    pub(crate) ended_early: Option<String>,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

/// So many files, so many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Files {
    /// How many.
    pub(crate) files: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl FromIterator<u64> for Files {
    fn from_iter<T: IntoIterator<Item = u64>>(sizes: T) -> Self {
        sizes.into_iter().fold(Self::default(), |sum, size| Self {
            files: sum.files + 1,
            bytes: sum.bytes.saturating_add(size),
        })
    }
}

impl ForgetReport {
    /// Whether there is anything to remove.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.leftovers.files == 0 && self.interrupted.files == 0
    }

    fn write_files(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = if self.dry_run { "to remove" } else { "removed" };
        for (Files { files, bytes }, what) in [
            (self.leftovers, "leftover of an interrupted run"),
            (self.interrupted, "interrupted download"),
        ] {
            if files > 0 {
                writeln!(f, "{done}: {files} × {what}, {}", size(bytes))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ForgetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SourceLine::write(f, &self.sources)?;
        let items = count(SourceLine::items(&self.sources), "delivered item");
        let bytes = size(SourceLine::bytes(&self.sources));
        let done = if self.dry_run { "to forget here" } else { "forgotten here" };
        writeln!(f, "{items} {done}, {bytes}")?;
        self.write_files(f)?;
        if self.interrupted_kept > 0 {
            let kept = count(self.interrupted_kept, "interrupted download");
            writeln!(f, "{kept} kept: --partial removes what no sync shall go on with")?;
        }
        writeln!(f, "kept: {} waiting to be packed, {} not confirmed", self.waiting, self.packed)?;
        if self.other_bytes > 0 {
            let kept = count(self.other_bytes, "item");
            writeln!(f, "kept: {kept}, because other bytes of the same item were delivered")?;
        }
        match &self.ended_early {
            Some(why) => write_wrapped(f, "ended early: ", why),
            None => Ok(()),
        }
    }
}

impl Report for ForgetReport {
    fn status(&self) -> Status {
        match (&self.ended_early, self.is_empty()) {
            (Some(_), _) => Status::CutShort,
            (None, true) => Status::NothingToDo,
            (None, false) => Status::Done,
        }
    }

    fn hint(&self) -> Option<Hint> {
        self.hint.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use sd_bundle::{Designation, Kind, SourceId};

    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";

    #[test]
    fn both_faces_tell_the_same() {
        let source: SourceId = SOURCE.parse().expect("a UUID");
        let words: Designation = "focal ghost".to_owned().try_into().expect("words");
        let report = ForgetReport {
            dry_run: false,
            sources: SourceLine::tally([(&source, &words, Kind::Document, 2_000_000)]),
            leftovers: [500, 500].into_iter().collect(),
            interrupted: [12_000_000].into_iter().collect(),
            interrupted_kept: 1,
            waiting: 2,
            packed: 3,
            other_bytes: 1,
            ended_early: None,
            hint: None,
        };
        let text = "\
focal ghost                 1 document                                  2.0 MB
1 delivered item forgotten here, 2.0 MB
removed: 2 × leftover of an interrupted run, 1.0 kB
removed: 1 × interrupted download, 12.0 MB
1 interrupted download kept: --partial removes what no sync shall go on with
kept: 2 waiting to be packed, 3 not confirmed
kept: 1 item, because other bytes of the same item were delivered
";
        assert_eq!(report.to_string(), text);
        let wanted = json!({
            "dry_run": false,
            "sources": [{"source": SOURCE, "designation": "focal ghost", "messages": 0,
                "documents": 1, "replies": 0, "bytes": 2_000_000}],
            "leftovers": {"files": 2, "bytes": 1000},
            "interrupted": {"files": 1, "bytes": 12_000_000},
            "interrupted_kept": 1,
            "waiting": 2,
            "packed": 3,
            "other_bytes": 1,
            "ended_early": null,
        });
        assert_eq!(serde_json::to_value(&report).expect("JSON"), wanted);
        assert_eq!(report.status(), Status::Done);
        let cut = ForgetReport { ended_early: Some("disk".to_owned()), ..report };
        assert_eq!(cut.status(), Status::CutShort);
        let nothing = ForgetReport {
            dry_run: true,
            sources: Vec::new(),
            leftovers: Files::default(),
            interrupted: Files::default(),
            ended_early: None,
            ..cut
        };
        assert_eq!(nothing.status(), Status::NothingToDo);
    }
}

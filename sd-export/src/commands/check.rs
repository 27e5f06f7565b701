//! `sd-export check`.

use std::fmt;
use std::path::{Path, PathBuf};

use sd_fs::{Dir, Escaped, Kind, escape};
use sd_term::{Failure, Report, Status, Ui, count, size};
use serde::Serialize;

use crate::check::check;
use crate::manifest::Manifest;
use crate::names;
use crate::report::gravest;

/// Check that an export is whole and unchanged, where it arrived.
///
/// Reads every file and compares it with MANIFEST.json. DIR is a directory export-NNNN, or one
/// with such directories in it. It shows that the bytes are those that were written, not who
/// wrote them: whoever had the stick could have made a whole new export.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports, or a directory with exports in it.
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,
}

/// One export.
#[derive(Debug, Serialize)]
struct Checked {
    directory: Escaped,
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Verdict {
    /// Every byte is there.
    Whole {
        #[serde(flatten)]
        manifest: Manifest,
    },
    /// It is not what it should be.
    Refused { status: Status, message: String },
}

/// All that were checked.
#[derive(Debug, Serialize)]
pub(super) struct Exports {
    exports: Vec<Checked>,
}

pub(super) fn run(args: &Args, ui: &mut Ui) -> Result<Exports, Failure> {
    let mut exports = Vec::new();
    for path in &args.dirs {
        let dir = Dir::open(path)?;
        let inside = exports_in(&dir)?;
        if inside.is_empty() {
            exports.push(one(path, &dir, ui));
        }
        for name in inside {
            exports.push(one(&path.join(&name), &dir.sub(&name)?, ui));
        }
    }
    Ok(Exports { exports })
}

fn exports_in(dir: &Dir) -> Result<Vec<String>, Failure> {
    let entries = dir.entries()?.into_iter();
    let is_export = |name: &str, kind: Kind| names::number_of("export-", name, kind).is_some();
    Ok(entries.filter(|e| is_export(&e.name, e.kind)).map(|e| e.name).collect())
}

fn one(path: &Path, dir: &Dir, ui: &Ui) -> Checked {
    let directory = escape(path.as_os_str().as_encoded_bytes());
    let verdict = match check(dir, &mut ui.bar()) {
        Ok(manifest) => Verdict::Whole { manifest },
        Err(e) => {
            let Failure { status, message, .. } = e.into();
            Verdict::Refused { status, message }
        }
    };
    Checked { directory, verdict }
}

impl Report for Exports {
    fn status(&self) -> Status {
        let refused = self.exports.iter().filter_map(|e| match e.verdict {
            Verdict::Whole { .. } => None,
            Verdict::Refused { status, .. } => Some(status),
        });
        gravest(refused).unwrap_or(Status::Done)
    }
}

impl fmt::Display for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Checked { directory, verdict } in &self.exports {
            match verdict {
                Verdict::Whole { manifest } => {
                    let (files, total) = (count(manifest.count(), "file"), size(manifest.total()));
                    writeln!(f, "{directory}: {files}, {total}: whole and unchanged")?;
                    if let Some(note) = &manifest.note {
                        writeln!(f, "  note: {}", escape(note.as_bytes()))?;
                    }
                }
                Verdict::Refused { status, message } => {
                    writeln!(f, "{directory}: {}: {message}", status.word())?;
                }
            }
        }
        Ok(())
    }
}

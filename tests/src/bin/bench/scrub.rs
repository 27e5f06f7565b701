//! Files of each format without their metadata, against mat2 and exiftool.

use std::path::{Path, PathBuf};
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure, take_turns};
use crate::report::{Goal, Row, Who};
use crate::samples::{self, KINDS, Kind};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// Two rows a format: each file in a run of its own, as one cleans a photo, and all in one run. The
/// tools differ in what they leave, so their outputs are counted and weighed, not compared.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for kind in KINDS {
        let dir = tempfile::tempdir()?;
        step(&format!("making {}", kind.words));
        let sample = samples::make(kind, dir.path())?;
        for runs in [Runs::Each, Runs::One] {
            let (dir, sample) = (dir.path().to_owned(), sample.clone());
            let place = Place { dir, sample, count: settings.sizes.files, runs };
            rows.push(row(kind, &place, settings.rounds)?);
        }
    }
    Ok(rows)
}

fn row(kind: &Kind, place: &Place, rounds: usize) -> Outcome<Row> {
    let mut contenders = vec![Contender {
        who: Who::Ours,
        what: "sd-export scrub: a worker for each, checked",
        run: Box::new(|| place.ours()),
    }];
    // Who cannot do it, or leaves some out, is no contender.
    if place.mat2().is_ok() {
        contenders.push(Contender {
            who: Who::Theirs,
            what: "mat2",
            run: Box::new(|| place.mat2()),
        });
    }
    if place.exiftool().is_ok() {
        contenders.push(Contender {
            who: Who::Theirs,
            what: "exiftool -all=: one process",
            run: Box::new(|| place.exiftool()),
        });
    }
    let has_mat2 = contenders.iter().any(|contender| contender.what == "mat2");
    let runs = match place.runs {
        Runs::Each => ", one by one",
        Runs::One => "",
    };
    let row = take_turns(format!("{} {}{runs}", place.count, kind.words), rounds, contenders)?;
    Ok(match kind.goal {
        Some(times) if has_mat2 => row.goal(Goal::Lighter { times }),
        _ => row,
    })
}

/// How often a program is started.
#[derive(Clone, Copy)]
enum Runs {
    /// For each file.
    Each,
    /// Once for all of them.
    One,
}

/// Where the files are.
struct Place {
    dir: PathBuf,
    sample: PathBuf,
    count: usize,
    runs: Runs,
}

/// A command line, once for each file.
const ONE_BY_ONE: &str = r#"words=$1; shift; for file; do $words "$file" || exit 1; done"#;

impl Place {
    fn ours(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let words = format!("{} scrub --to {}", program("sd-export").display(), out.display());
        self.counted(measure(&self.command(words, files))?, &out, |_| true)
    }

    fn mat2(&self) -> Outcome<Sample> {
        let (files, _) = self.fresh()?;
        // It writes beside the originals.
        self.counted(
            measure(&self.command("mat2".to_owned(), files))?,
            &self.dir.join("in"),
            |name| name.contains(".cleaned."),
        )
    }

    fn exiftool(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let words = format!("exiftool -q -all= -o {}", out.display());
        self.counted(measure(&self.command(words, files))?, &out, |_| true)
    }

    /// Runs these words, parted by spaces, on the files.
    fn command(&self, words: String, files: Vec<PathBuf>) -> Command {
        let script = match self.runs {
            Runs::Each => ONE_BY_ONE,
            Runs::One => r#"words=$1; shift; exec $words "$@""#,
        };
        stage::script(script, [PathBuf::from(words)].into_iter().chain(files))
    }

    /// The files anew, and an empty place for what is made of them.
    fn fresh(&self) -> Outcome<(Vec<PathBuf>, PathBuf)> {
        let (from, out) = (self.dir.join("in"), self.dir.join("out"));
        stage::empty(&from)?;
        stage::empty(&out)?;
        let name = self.sample.file_name().ok_or("no name")?.to_string_lossy().into_owned();
        let files: Vec<PathBuf> =
            (0..self.count).map(|n| from.join(format!("{n:03}-{name}"))).collect();
        files.iter().try_for_each(|file| std::fs::copy(&self.sample, file).map(drop))?;
        Ok((files, out))
    }

    /// The sample with the size of what was made, which must be all of it.
    fn counted(&self, sample: Sample, dir: &Path, is_made: fn(&str) -> bool) -> Outcome<Sample> {
        let (mut count, mut made) = (0, 0);
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            if is_made(&entry.file_name().to_string_lossy()) {
                (count, made) = (count + 1, made + entry.metadata()?.len());
            }
        }
        if count == self.count {
            return Ok(Sample { made: Some(made), ..sample });
        }
        Err(format!("{count} files instead of {}", self.count).into())
    }
}

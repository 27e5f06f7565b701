//! Files of each format without their metadata, against mat2 and exiftool.

use std::path::{Path, PathBuf};
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure, measure_with, take_turns};
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

impl Place {
    fn ours(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let mut command = Command::new(program("sd-export"));
        command.args(["scrub", "--to"]).arg(&out);
        self.counted(self.measured(command, &files)?, &out, |_| true)
    }

    fn mat2(&self) -> Outcome<Sample> {
        let (files, _) = self.fresh()?;
        let sample = self.measured(Command::new("mat2"), &files)?;
        // It writes beside the originals.
        self.counted(sample, &self.dir.join("in"), |name| name.contains(".cleaned."))
    }

    fn exiftool(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let mut command = Command::new("exiftool");
        command.args(["-q", "-all=", "-o"]).arg(&out);
        self.counted(self.measured(command, &files)?, &out, |_| true)
    }

    /// The command on all files, or on one after the other.
    fn measured(&self, mut command: Command, files: &[PathBuf]) -> Outcome<Sample> {
        match self.runs {
            Runs::One => measure(command.args(files)),
            Runs::Each => {
                let mut each = Command::new("xargs");
                each.args(["-d", r"\n", "-n", "1"]).arg(command.get_program());
                each.args(command.get_args());
                let lines: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
                measure_with(&each, &lines.join("\n"))
            }
        }
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

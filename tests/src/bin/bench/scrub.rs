//! Files of each format without their metadata, against mat2 and exiftool.

use std::path::{Path, PathBuf};
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure, take_turns};
use crate::report::{Goal, Row, Who};
use crate::samples::{self, KINDS, Kind};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// A row a format. The tools differ in what they leave, so their outputs are counted and weighed,
/// not compared.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    KINDS.iter().map(|kind| row(kind, settings)).collect()
}

fn row(kind: &Kind, settings: &Settings) -> Outcome<Row> {
    let dir = tempfile::tempdir()?;
    step(&format!("making {}", kind.words));
    let sample = samples::make(kind, dir.path())?;
    let place = Place { dir: dir.path().to_owned(), sample, count: settings.sizes.files };
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
    let row = take_turns(format!("{} {}", place.count, kind.words), settings.rounds, contenders)?;
    Ok(match kind.goal {
        Some(times) if has_mat2 => row.goal(Goal::Lighter { times }),
        _ => row,
    })
}

/// Where the files are.
struct Place {
    dir: PathBuf,
    sample: PathBuf,
    count: usize,
}

impl Place {
    fn ours(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let mut command = Command::new(program("sd-export"));
        command.args(["scrub", "--to"]).arg(&out).args(files);
        self.counted(measure(&command)?, &out, |_| true)
    }

    fn mat2(&self) -> Outcome<Sample> {
        let (files, _) = self.fresh()?;
        let mut command = Command::new("mat2");
        command.args(files);
        // It writes beside the originals.
        self.counted(measure(&command)?, &self.dir.join("in"), |name| name.contains(".cleaned."))
    }

    fn exiftool(&self) -> Outcome<Sample> {
        let (files, out) = self.fresh()?;
        let mut command = Command::new("exiftool");
        command.args(["-q", "-all=", "-o"]).arg(&out).args(files);
        self.counted(measure(&command)?, &out, |_| true)
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

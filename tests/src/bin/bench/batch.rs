//! A batch of small mixed files: on all cores, and on one.

use std::path::Path;
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure_private, take_turns};
use crate::report::{Goal, Row, Who};
use crate::samples::{self, KINDS};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// Kinds of which a file takes milliseconds: a batch is mostly about starting and checking.
const SMALL: [&str; 3] = ["a.png", "a.gif", "a.pdf"];

/// The row.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let count = settings.sizes.batch;
    step(&format!("making {count} mixed files"));
    let dir = tempfile::tempdir()?;
    let (from, out) = (dir.path().join("in"), dir.path().join("out"));
    std::fs::create_dir(&from)?;
    let mut kinds = Vec::new();
    for kind in KINDS.iter().filter(|kind| SMALL.contains(&kind.name)) {
        kinds.push(samples::make(kind, dir.path())?);
    }
    for n in 0..count {
        let Some(sample) = kinds.get(n % kinds.len()) else { continue };
        let name = sample.file_name().unwrap_or_default().to_string_lossy().into_owned();
        std::fs::copy(sample, from.join(format!("{n:04}-{name}")))?;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-export scrub, on all cores",
            run: Box::new(|| run(Command::new(program("sd-export")), &from, &out, count)),
        },
        Contender {
            who: Who::Ours,
            what: "of ours, on one core (taskset)",
            run: Box::new(|| {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(program("sd-export"));
                run(command, &from, &out, count)
            }),
        },
    ];
    let row = take_turns(format!("{count} mixed files scrubbed"), settings.rounds, contenders)?;
    let row = row.goal(Goal::Cores { cores }).goal(Goal::Memory { mebibytes: 96.0 });
    Ok(vec![row.goal(Goal::Each { count })])
}

fn run(mut command: Command, from: &Path, out: &Path, count: usize) -> Outcome<Sample> {
    stage::empty(out)?;
    stage::warm(from)?;
    command.arg("scrub").arg(from).arg("--to").arg(out);
    let sample = measure_private(&command)?;
    let found = std::fs::read_dir(out)?.count();
    if found == count { Ok(sample) } else { Err(format!("{found} of {count} files").into()) }
}

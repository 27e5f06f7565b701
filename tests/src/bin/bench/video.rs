//! A long video without its metadata: against `cp`, flushed as ours is, and against mat2.

use std::path::Path;
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure, measure_private, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, samples, stage, step};

/// Of memory that is no page of a file; whatever the length of the video.
const MEMORY: Goal = Goal::Memory { mebibytes: 96.0 };

const COPY: &str = r#"cp "$1" "$2" && sync "$2""#;

/// A row for MP4, and one for Matroska.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let bytes = settings.sizes.video;
    let dir = tempfile::tempdir()?;
    let mut rows = Vec::new();
    for (words, name) in [("MP4", "a.mp4"), ("Matroska", "a.mkv")] {
        let title = format!("{words} video of {} MB", bytes / 1_000_000);
        step(&format!("making a {title}"));
        let video = samples::make_long(name, bytes, dir.path())?;
        let copy = dir.path().join("copy").with_extension(&name[2..]);
        let cleaned = dir.path().join("a.cleaned.mp4");
        let mut contenders = vec![
            Contender {
                who: Who::Ours,
                what: "sd-export scrub: checked, flushed, read again",
                run: Box::new(|| ours(&video, &copy)),
            },
            Contender {
                who: Who::Theirs,
                what: "cp, flushed",
                run: Box::new(|| {
                    fresh(&video, &copy)?;
                    made(measure_private(&stage::script(COPY, [&video, &copy]))?, &copy)
                }),
            },
            Contender {
                who: Who::Theirs,
                what: "cp, left in the cache",
                run: Box::new(|| {
                    fresh(&video, &copy)?;
                    made(measure(Command::new("cp").args([&video, &copy]))?, &copy)
                }),
            },
        ];
        if name == "a.mp4" && stage::installed("mat2") {
            contenders.push(Contender {
                who: Who::Theirs,
                what: "mat2",
                run: Box::new(|| {
                    let mut command = Command::new("mat2");
                    command.arg(&video);
                    fresh(&video, &cleaned)?;
                    let sample = made(measure_private(&command)?, &cleaned);
                    stage::remove_file(&cleaned)?;
                    sample
                }),
            });
        }
        let row = take_turns(title, settings.rounds, contenders)?;
        stage::remove_file(&video)?;
        rows.push(row.goal(Goal::Within { times: 1.2 }).goal(MEMORY));
    }
    Ok(rows)
}

fn ours(video: &Path, copy: &Path) -> Outcome<Sample> {
    fresh(video, copy)?;
    let mut command = Command::new(program("sd-export"));
    command.arg("scrub").arg(video).arg("--output").arg(copy);
    made(measure_private(&command)?, copy)
}

/// Nothing where the copy goes, and the original in the cache for everybody.
fn fresh(video: &Path, copy: &Path) -> Outcome<()> {
    stage::remove_file(copy)?;
    Ok(stage::warm(video)?)
}

fn made(sample: Sample, copy: &Path) -> Outcome<Sample> {
    Ok(Sample { made: Some(std::fs::metadata(copy)?.len()), ..sample })
}

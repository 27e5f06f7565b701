//! Photos without their metadata, against mat2 and exiftool.

use std::path::{Path, PathBuf};
use std::process::Command;

use sd_tests::newsroom::program;

use crate::measure::{Contender, Sample, measure, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

const PHOTO: &[u8] = include_bytes!("../../../data/demo/photo.jpg");

/// The row. The tools differ in what they leave, so their outputs are counted, not compared.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let count = settings.sizes.photos;
    step(&format!("making {count} photos"));
    let dir = tempfile::tempdir()?;
    let (album, out) = (dir.path().join("album"), dir.path().join("out"));
    let mut contenders = vec![Contender {
        who: Who::Ours,
        what: "sd-export scrub: a worker for each, checked",
        run: Box::new(|| {
            let mut command = Command::new(program("sd-export"));
            command.args(["scrub", "--to"]).arg(&out).args(make(&album, &out, count)?);
            scrubbed(&command, &out, count)
        }),
    }];
    if stage::installed("mat2") {
        contenders.push(Contender {
            who: Who::Theirs,
            what: "mat2",
            run: Box::new(|| {
                let mut command = Command::new("mat2");
                command.args(make(&album, &out, count)?);
                // It writes beside the originals.
                scrubbed(&command, &album, 2 * count)
            }),
        });
    }
    if stage::installed("exiftool") {
        contenders.push(Contender {
            who: Who::Theirs,
            what: "exiftool -all=: one process, pixels untouched",
            run: Box::new(|| {
                let mut command = Command::new("exiftool");
                command.args(["-q", "-all=", "-o"]).arg(&out).args(make(&album, &out, count)?);
                scrubbed(&command, &out, count)
            }),
        });
    }
    let row = take_turns(format!("{count} photos scrubbed"), settings.rounds, contenders)?;
    Ok(vec![row.goal(Goal::Shown).goal(Goal::Each { count })])
}

/// A new album and an empty place for what is made of it.
fn make(album: &Path, out: &Path, count: usize) -> Outcome<Vec<PathBuf>> {
    stage::empty(album)?;
    stage::empty(out)?;
    let photos: Vec<PathBuf> =
        (0..count).map(|n| album.join(format!("photo-{n:03}.jpg"))).collect();
    photos.iter().try_for_each(|photo| std::fs::write(photo, PHOTO))?;
    Ok(photos)
}

/// Measures, and counts what is there then.
fn scrubbed(command: &Command, results: &Path, expected: usize) -> Outcome<Sample> {
    let sample = measure(command)?;
    let found = std::fs::read_dir(results)?.count();
    if found == expected {
        return Ok(sample);
    }
    let what = command.get_program().display();
    Err(format!("{what}: {found} files instead of {expected}").into())
}

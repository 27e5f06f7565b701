//! `make bench`: our programs side by side with what a person would type instead.
//!
//! ```text
//!                     .--> sd-airgap, sd-fetch, sd-export --.
//! the same bytes -----|                                     |--> outputs compared, then medians
//!                     '--> gpg, tar, sha256sum, curl, mat2 -'
//! ```
//! Contenders take turns (ours, theirs, ours, ...), so that whatever else the machine does meets
//! both. Times decide nothing: a missed goal is shown, and only a wrong output is a failure.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the benchmarks stand outside the programs: they run them and show what it took"
)]

mod batch;
mod browse;
mod document;
mod items;
mod measure;
mod messages;
mod pace;
mod photos;
mod report;
mod samples;
mod scrub;
mod settings;
mod stage;
mod stick;
mod video;
mod volume;
mod workers;

use std::error::Error;
use std::process::ExitCode;

use report::{Report, Row};
use settings::Settings;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// One line of the benchmarks: its name for `--only`, and what it does.
type Line = (&'static str, fn(&Settings) -> Outcome<Vec<Row>>);

const LINES: &[Line] = &[
    ("messages", messages::line),
    ("document", document::line),
    ("volume", volume::line),
    ("stick", stick::line),
    ("workers", workers::line),
    ("photos", photos::line),
    ("items", items::line),
    ("browse", browse::line),
    ("scrub", scrub::line),
    ("video", video::line),
    ("batch", batch::line),
];

fn main() -> ExitCode {
    sd_sandbox::with_workers(workers::JOBS, start)
}

fn start() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("bench: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let Some(settings) = Settings::from_args(std::env::args().skip(1))? else {
        print!("{}", settings::HELP);
        return Ok(());
    };
    if let Some(count) = settings.start_workers {
        return workers::start(count);
    }
    if let Some((node, dir)) = &settings.raw_write {
        return stick::write(node, dir);
    }
    if let Some((node, dir)) = &settings.raw_read {
        return stick::read(node, dir);
    }
    if let Some(dir) = &settings.dir {
        if !dir.is_dir() {
            return Err(format!("{}: no such directory", dir.display()).into());
        }
        let _first_use = tempfile::env::override_temp_dir(dir);
    }
    step("building the programs, if they are not");
    sd_tests::newsroom::program("");
    let mut rows = Vec::new();
    for (name, line) in LINES {
        if settings.wants(name) {
            rows.extend(line(&settings)?);
        }
    }
    let report = Report::new(&settings, rows);
    if settings.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

/// Says what is being done: the whole takes minutes.
fn step(what: &str) {
    eprintln!("... {what}");
}

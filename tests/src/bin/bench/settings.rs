//! What was asked for on the command line.

use std::path::PathBuf;

use crate::{LINES, Outcome};

pub(crate) const HELP: &str = "\
Runs our programs side by side with the tools they stand in for.

  --rounds N    how often each contender runs; the median counts (3)
  --quick       a tenth of the sizes
  --dir DIR     where the files are made (the system's temporary directory)
  --only LINE   this line only; may be given again:
                messages, document, volume, stick, workers, photos,
                items, browse, scrub, video, batch
  --json        the result as JSON
";

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) rounds: usize,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) sizes: Sizes,
    /// How this program is told to be the one that starts so many workers.
    pub(crate) start_workers: Option<usize>,
    /// How it is told to be the one that writes a bare stick, or reads it: the node, the files.
    pub(crate) raw_write: Option<(PathBuf, PathBuf)>,
    pub(crate) raw_read: Option<(PathBuf, PathBuf)>,
    only: Vec<String>,
}

/// How much of everything.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Sizes {
    /// Messages to open.
    pub(crate) messages: usize,
    /// Bytes of the document.
    pub(crate) document: u64,
    /// Bytes of each of the four large files.
    pub(crate) large: u64,
    /// Small files beside them.
    pub(crate) small: usize,
    /// Workers to start.
    pub(crate) workers: usize,
    /// Photos to scrub.
    pub(crate) photos: usize,
    /// Files of each format to scrub.
    pub(crate) files: usize,
    /// Bytes of a video to scrub.
    pub(crate) video: u64,
    /// Small mixed files to scrub in one run.
    pub(crate) batch: usize,
    /// Small items to fetch.
    pub(crate) items: usize,
    /// Sources in the store that is browsed, with twenty items each.
    pub(crate) sources: usize,
}

impl Sizes {
    const FULL: Self = Self {
        messages: 1000,
        document: 500_000_000,
        large: 500_000_000,
        small: 20_000,
        workers: 500,
        photos: 100,
        files: 10,
        video: 1_000_000_000,
        batch: 1000,
        items: 10_000,
        sources: 1000,
    };

    const QUICK: Self = Self {
        messages: 100,
        document: 50_000_000,
        large: 50_000_000,
        small: 2_000,
        workers: 50,
        photos: 10,
        files: 3,
        video: 100_000_000,
        batch: 100,
        items: 1000,
        sources: 100,
    };
}

impl Settings {
    /// Reads the command line; `None` if help was asked for.
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> Outcome<Option<Self>> {
        let mut settings = Self {
            rounds: 3,
            dir: None,
            json: false,
            sizes: Sizes::FULL,
            start_workers: None,
            raw_write: None,
            raw_read: None,
            only: Vec::new(),
        };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--rounds" => settings.rounds = value()?.parse::<usize>()?.max(1),
                "--quick" => settings.sizes = Sizes::QUICK,
                "--dir" => settings.dir = Some(std::path::absolute(value()?)?),
                "--only" => settings.only.push(known(value()?)?),
                "--json" => settings.json = true,
                "--start-workers" => settings.start_workers = Some(value()?.parse()?),
                "--raw-write" => settings.raw_write = Some((value()?.into(), value()?.into())),
                "--raw-read" => settings.raw_read = Some((value()?.into(), value()?.into())),
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("{arg}: not known; see --help").into()),
            }
        }
        Ok(Some(settings))
    }

    /// Whether this line is to run.
    pub(crate) fn wants(&self, line: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == line)
    }
}

fn known(line: String) -> Outcome<String> {
    if LINES.iter().any(|(name, _)| *name == line) {
        Ok(line)
    } else {
        Err(format!("{line}: no such line; see --help").into())
    }
}

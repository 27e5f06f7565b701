//! `sd-station self-test`

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use sd_fs::Dir;
use sd_release::Limits;
use sd_term::{Failure, Report, Status};
use serde::Serialize;

use crate::self_test::{self, Passed, SelfTestError};

/// Try the programs out: open a test bundle, refuse a changed one, clean a document
///
/// `update apply` does this with a new version before it is installed. Nothing of the station is
/// touched; the test has keys of its own.
#[derive(Debug, Args)]
pub(crate) struct SelfTestArgs {
    /// The directory with the programs
    #[arg(long, value_name = "DIR", default_value = "/usr/bin")]
    programs: PathBuf,
    /// The test vectors [default: those of this program]
    #[arg(long, value_name = "FILE")]
    vectors: Option<PathBuf>,
}

/// The vectors of this version.
const VECTORS: &[u8] = include_bytes!("../../release/self-test.json");

/// What was tried out.
#[derive(Debug, Serialize)]
pub(crate) struct SelfTested {
    passed: Vec<Passed>,
}

impl fmt::Display for SelfTested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.passed.iter().try_for_each(|Passed(what)| writeln!(f, "ok    {what}"))
    }
}

impl Report for SelfTested {
    fn status(&self) -> Status {
        Status::Done
    }
}

impl SelfTestArgs {
    pub(crate) fn run(&self) -> Result<SelfTested, Failure> {
        let read = |path: &PathBuf| {
            let (dir, name) = Dir::containing(path)?;
            dir.read_small(&name, Limits::default().vectors)
        };
        let vectors = self.vectors.as_ref().map(read).transpose()?;
        let programs =
            std::path::absolute(&self.programs).map_err(|e| Failure::new(Status::Refused, e))?;
        let passed = self_test::run(&programs, None, vectors.as_deref().unwrap_or(VECTORS))?;
        Ok(SelfTested { passed })
    }
}

impl From<SelfTestError> for Failure {
    fn from(e: SelfTestError) -> Self {
        match e {
            SelfTestError::Dir(e) => e.into(),
            e => Self::new(Status::StationUnsafe, e),
        }
    }
}

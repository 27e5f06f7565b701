//! Where the bundles are that the SVS reads.

use std::path::{Path, PathBuf};

use sd_bundle::{Bundle, Home, Limits, Unverified};
use sd_fs::{Ahead, Dir, DirError, Kind, Sectors as _};
use sd_term::{Failure, Status, Ui};
use usb_rules::Access;

use super::{ENDING, bundle_failure, shown};
use crate::media::Stick;
use sd_stick::{LetGo, Wanted};

/// Bundles, and the stick they are on if this run opened it.
pub(crate) struct Bundles {
    found: Vec<Found>,
    stick: Option<Stick>,
}

/// One bundle, not opened yet.
pub(crate) enum Found {
    /// In a file.
    File(PathBuf),
    /// On the bare stick.
    Stick,
}

impl Bundles {
    /// At a path that was given; else on the stick, which is unlocked and mounted read-only.
    pub(crate) fn find(
        path: Option<&Path>,
        home: &Home,
        wanted: &Wanted,
        ui: &mut Ui,
    ) -> Result<Self, Failure> {
        if let Some(path) = path {
            return Ok(Self { found: bundles_at(path)?, stick: None });
        }
        let stick = Stick::open(home, wanted, Access::Read, ui)?;
        let found = match &stick {
            Stick::Mounted(mounted) => bundles_at(mounted.path())?,
            Stick::Raw(_) => vec![Found::Stick],
        };
        Ok(Self { found, stick: Some(stick) })
    }

    /// What was found, in order; each to be opened once.
    pub(crate) fn take(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.found)
    }

    /// Opens one: its front is read and nothing is believed.
    pub(crate) fn open(&mut self, found: &Found) -> Result<Bundle<Unverified, Ahead>, Failure> {
        let limits = Limits::default();
        match (found, &mut self.stick) {
            (Found::File(path), _) => {
                let (dir, name) = Dir::containing(path)?;
                let file = dir.open_file(&name)?;
                let length =
                    file.metadata().map_err(|e| DirError::new("looking at", path, e))?.len();
                Bundle::open(Ahead::of(file), length, limits).map_err(bundle_failure)
            }
            (Found::Stick, Some(Stick::Raw(stick))) => {
                let failed = |e| Failure::new(Status::DeviceFailed, e);
                let (size, reader) = (stick.device().size(), stick.device().reader());
                let reader = Ahead::of(reader.map_err(failed)?);
                Bundle::open_raw(reader, size, limits).map_err(bundle_failure)
            }
            (Found::Stick, _) => Err(Failure::new(Status::Bug, "there is no bare stick")),
        }
    }

    /// A bundle's name for a report.
    pub(crate) fn shown(&self, found: &Found) -> String {
        match (found, &self.stick) {
            (Found::File(path), _) => shown(path),
            (Found::Stick, Some(Stick::Raw(stick))) => stick.title().to_owned(),
            (Found::Stick, _) => String::new(),
        }
    }

    /// Unmounts and locks the stick, if there is one.
    pub(crate) fn close(self, ui: &mut Ui) {
        if let Some(stick) = self.stick {
            stick.close(ui);
        }
    }

    /// Lets the stick go, if there is one.
    pub(crate) fn let_go(self) -> Option<LetGo> {
        self.stick.map(Stick::let_go)
    }
}

/// The bundle files that a path stands for: itself, or every bundle in a directory, by name.
fn bundles_at(path: &Path) -> Result<Vec<Found>, Failure> {
    if !path.is_dir() {
        let (dir, name) = Dir::containing(path)?;
        dir.open_file(&name)?;
        return Ok(vec![Found::File(path.to_owned())]);
    }
    let entries = Dir::open(path)?.entries()?;
    let ours = entries.iter().filter(|e| e.kind == Kind::File && e.name.ends_with(ENDING));
    let found: Vec<Found> = ours.map(|e| Found::File(path.join(&e.name))).collect();
    if found.is_empty() {
        let what = format!(
            "{}: no bundle (*{ENDING}) in this directory",
            sd_fs::escape(path.as_os_str().as_encoded_bytes())
        );
        return Err(Failure::new(Status::NotFound, what));
    }
    Ok(found)
}

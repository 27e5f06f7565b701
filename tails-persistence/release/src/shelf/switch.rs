//! From one version to another, and what a cut leaves.
//!
//! ```text
//! 1 switching.json: from, to     cut before 3: nothing has changed; it is forgotten
//! 2 .current.next -> to
//! 3 renamed over current         cut behind 3: the new version is in use; the rest is done again
//! 4 previous -> from
//! 5 root.json: highest counter
//! 6 a line in history.jsonl
//! 7 other releases removed
//! 8 switching.json removed
//! ```

use sd_fs::{Dir, Kind};
use serde::{Deserialize, Serialize};

use super::staging::MAX_DEPTH;
use super::{
    CURRENT, FILE_MODE, Highest, PREVIOUS, STATION, Shelf, ShelfError, Slot, TRUST, readable, shown,
};
use crate::canonical;

const SWITCHING: &str = "switching.json";
const HISTORY: &str = "history.jsonl";
const FORMAT: &str = "sneakernet-switching";
const VERSION: u32 = 1;

/// Two names and a few words.
const MAX_SWITCHING: usize = 4096;

/// One line a change: more than a station sees in its life.
const MAX_HISTORY: u64 = 1 << 20;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    Forward,
    Back,
}

/// A change that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switching {
    format: String,
    version: u32,
    way: Way,
    from: Option<Slot>,
    to: Slot,
    highest: Option<Highest>,
    /// Which line of the history it is, from 1.
    line: u64,
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    line: u64,
    way: Way,
    from: Option<Slot>,
    to: Slot,
}

impl Switching {
    pub(super) fn read(dir: &Dir) -> Result<Option<Self>, ShelfError> {
        let json = match dir.read_small(SWITCHING, MAX_SWITCHING as u64) {
            Ok(json) => json,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let bad = |why| ShelfError::Json { path: shown(dir, SWITCHING), why };
        canonical::parse(&json, FORMAT, VERSION, MAX_SWITCHING).map(Some).map_err(bad)
    }
}

impl Shelf {
    /// Makes a staged release the current one, and keeps the one before it.
    pub fn switch(&mut self, to: Slot, highest: Highest) -> Result<(), ShelfError> {
        self.may_change()?;
        if self.current == Some(to) {
            return Err(ShelfError::IsCurrent(to));
        }
        self.begin(Way::Forward, to, Some(highest))
    }

    /// Goes back to the one version that is kept; the highest counter stays what it is.
    pub fn back(&mut self) -> Result<Slot, ShelfError> {
        self.may_change()?;
        let to = self.previous.ok_or(ShelfError::NothingKept)?;
        self.begin(Way::Back, to, None)?;
        Ok(to)
    }

    fn begin(&mut self, way: Way, to: Slot, highest: Option<Highest>) -> Result<(), ShelfError> {
        if !self.releases.has_dir(&to.to_string())? {
            return Err(self.damaged("the release to switch to is not there"));
        }
        let line = self.history()?.last().map_or(1, |entry| entry.line + 1);
        let (format, from) = (FORMAT.to_owned(), self.current);
        let intent = Switching { format, version: VERSION, way, from, to, highest, line };
        self.step("write down the change");
        self.dir.replace_with_mode(SWITCHING, &canonical::to_json(&intent), FILE_MODE)?;
        self.point(CURRENT, to)?;
        self.current = Some(to);
        self.finish_switching(&intent)
    }

    /// Steps 4 to 8; doing them twice is the same as once.
    fn finish_switching(&mut self, intent: &Switching) -> Result<(), ShelfError> {
        match (intent.way, intent.from) {
            (Way::Forward, Some(from)) if self.releases.has_dir(&from.to_string())? => {
                self.point(PREVIOUS, from)?;
                self.previous = Some(from);
            }
            // Going back leaves nothing to go back to: what was left is what was wrong.
            _ => {
                self.step("forget the previous version");
                self.dir.remove_file(PREVIOUS)?;
                self.dir.sync()?;
                self.previous = None;
            }
        }
        if let Some(highest) = intent.highest {
            let trust = self.trust.clone().having_seen(highest);
            self.step("write the highest counter");
            readable(&self.dir, TRUST, &trust.to_json())?;
            self.trust = trust;
        }
        self.record(intent)?;
        self.sweep()?;
        self.step("strike off the change");
        self.dir.remove_file(SWITCHING)?;
        self.step("flush that it is struck off");
        Ok(self.dir.sync()?)
    }

    /// Points a link at a release: the old target or the new one, never none.
    fn point(&mut self, name: &str, slot: Slot) -> Result<(), ShelfError> {
        let next = format!(".{name}.next");
        self.step("remove an old stand-in link");
        self.dir.remove_file(&next)?;
        self.step("make the stand-in link");
        self.dir.make_pointer(&next, &format!("releases/{slot}"))?;
        self.step("rename the link");
        self.dir.rename_over(&next, name)?;
        self.step("flush the link");
        Ok(self.dir.sync()?)
    }

    /// One line for this change, if it has none yet.
    fn record(&mut self, intent: &Switching) -> Result<(), ShelfError> {
        let mut history = self.history()?;
        if history.last().is_some_and(|entry| entry.line >= intent.line) {
            return Ok(());
        }
        let Switching { line, way, from, to, .. } = *intent;
        history.push(Entry { line, way, from, to });
        let mut text = Vec::new();
        for entry in &history {
            text.extend(canonical::to_json(entry));
            text.push(b'\n');
        }
        self.step("write the history");
        Ok(readable(&self.dir, HISTORY, &text)?)
    }

    fn history(&self) -> Result<Vec<Entry>, ShelfError> {
        let text = match self.dir.read_small(HISTORY, MAX_HISTORY) {
            Ok(text) => text,
            Err(e) if e.is_not_found() => return Ok(Vec::new()),
            Err(e) => return Err(e.into()),
        };
        let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        let entries: Result<_, _> = lines.map(serde_json::from_slice).collect();
        entries.map_err(|_| self.damaged("its history is not readable"))
    }

    /// Finishes or forgets what a cut left.
    pub(super) fn repair(&mut self) -> Result<(), ShelfError> {
        for link in [CURRENT, PREVIOUS] {
            self.dir.remove_file(&format!(".{link}.next"))?;
        }
        for file in [SWITCHING, HISTORY, TRUST, STATION] {
            self.dir.remove_file(&format!(".{file}.part"))?;
        }
        match Switching::read(&self.dir)? {
            Some(intent) if self.current == Some(intent.to) => self.finish_switching(&intent),
            Some(intent) if self.current == intent.from => {
                self.dir.remove_file(SWITCHING)?;
                self.dir.sync()?;
                self.sweep()
            }
            Some(_) => Err(self.damaged("a change was begun that fits no version here")),
            // Without a current version nothing may be swept away: it may be all there is.
            None if self.current.is_none() && self.trust.highest.is_some() => {
                Err(self.damaged("it says which version is installed nowhere"))
            }
            None => self.sweep(),
        }
    }

    /// Removes every release that neither link points at.
    pub(super) fn sweep(&mut self) -> Result<(), ShelfError> {
        let kept: Vec<String> =
            [self.current, self.previous].into_iter().flatten().map(|s| s.to_string()).collect();
        let leftovers = self.releases.entries()?.into_iter().filter(|e| !kept.contains(&e.name));
        let mut swept = false;
        for entry in leftovers {
            self.step("remove a leftover");
            swept = true;
            match entry.kind {
                Kind::Dir => self.releases.remove_tree(&entry.name, MAX_DEPTH)?,
                Kind::File | Kind::Other => self.releases.remove_file(&entry.name)?,
            }
        }
        if swept {
            self.releases.sync()?;
        }
        Ok(())
    }
}

//! What this program does, as lines in the ledger of the Secure Viewing Station.
//!
//! ```text
//! scrub --> Scrubbed                     print, write --> Leaving --the deed--> Left
//! ```
//! A departure is written down before its first byte leaves: where that cannot be, nothing does.
//! On a computer that is no Secure Viewing Station there is no ledger, and nothing is kept.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sd_bundle::{Carried, Document, Event, Home, ItemId, Ledger, Pairing, Role, Way};
use sd_fs::Blake3;
use sd_gate::{ledger_failure, pairing_failure};
use sd_term::{Failure, Report};

use crate::inputs::Source;

/// The ledger, if this station has one.
#[derive(Debug)]
pub(crate) struct Journal {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    ledger: Mutex<Ledger>,
    /// `store/sources`, without links.
    sources: Option<PathBuf>,
}

/// A departure that was written down.
#[must_use = "its end belongs into the ledger too"]
#[derive(Debug)]
pub(crate) struct Departure<'a> {
    journal: &'a Journal,
    line: u64,
}

impl Journal {
    /// Opens it, and checks its chain.
    pub(crate) fn open(home: &Home) -> Result<Self, Failure> {
        match Pairing::look(home).map_err(pairing_failure)? {
            Some(Pairing { role: Role::Svs, .. }) => {}
            Some(_) | None => return Ok(Self { kept: None }),
        }
        let store = home.part("store")?;
        let ledger = Mutex::new(Ledger::open(&store).map_err(ledger_failure)?);
        let sources = store.path().join("sources").canonicalize().ok();
        Ok(Self { kept: Some(Kept { ledger, sources }) })
    }

    /// A clean copy with this hash is about to get its name.
    pub(crate) fn scrubbed(&self, of: &Source, to: Blake3, rebuilt: bool) -> Result<(), Failure> {
        if self.kept.is_none() {
            return Ok(());
        }
        let from = self.document(of.path(), of.digests()?.blake3);
        self.append(Event::Scrubbed { from, to, rebuilt }).map(drop)
    }

    /// Documents are about to leave: their paths, their hashes, and whether they are not clean.
    pub(crate) fn leaving<'d>(
        &self,
        way: Way,
        documents: impl IntoIterator<Item = (&'d Path, Blake3, bool)>,
    ) -> Result<Departure<'_>, Failure> {
        let carried =
            |(path, blake3, as_is)| Carried { document: self.document(path, blake3), as_is };
        let documents = documents.into_iter().map(carried).collect();
        let line = self.append(Event::Leaving { way, documents })?;
        Ok(Departure { journal: self, line })
    }

    fn append(&self, event: Event) -> Result<u64, Failure> {
        let Some(kept) = &self.kept else { return Ok(0) };
        let mut ledger = kept.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.append(event).map_err(ledger_failure)
    }

    fn document(&self, path: &Path, blake3: Blake3) -> Document {
        Document { blake3, item: self.kept.as_ref().and_then(|kept| kept.item(path)) }
    }
}

impl Departure<'_> {
    /// How it ended.
    pub(crate) fn ended<R: Report>(self, result: Result<R, Failure>) -> Result<R, Failure> {
        let status = result.as_ref().map_or_else(|failure| failure.status, Report::status);
        let event = Event::Left { announced: self.line, status: status.word().to_owned() };
        let written = self.journal.append(event);
        let result = result?;
        // What was done is done; that it is not in the ledger must be said all the same.
        written.map(|_| result)
    }
}

impl Kept {
    /// The item that a file of the store belongs to: `sources/<source>/<item>/..`.
    fn item(&self, path: &Path) -> Option<ItemId> {
        let path = path.canonicalize().ok()?;
        let inner = path.strip_prefix(self.sources.as_ref()?).ok()?;
        inner.components().nth(1)?.as_os_str().to_str()?.parse().ok()
    }
}

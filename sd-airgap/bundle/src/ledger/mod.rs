//! The ledger of the Secure Viewing Station: append-only, hash-chained, flushed at every line.
//!
//! ```text
//! store/ledger.jsonl   {"n":1,"previous":"00..","at":"..","event":{..}}
//!                      {"n":2,"previous":BLAKE3 of line 1,..}
//! ```
//! Every program of the station writes in it, each under the lock and for one line only. It also
//! answers how a new bundle stands to those that came before.

mod event;

use std::io::Write as _;

use sd_fs::{Blake3, Dir, DirError, Fingerprint};
use serde::{Deserialize, Serialize};

pub use event::{Carried, Document, Event, Standing, Way};

use crate::manifest::{Manifest, Note, Timestamp};

const FILE: &str = "ledger.jsonl";

/// A newsroom's years stay far below this.
const MAX_LEDGER: u64 = 256 << 20;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number; the first is 1.
    pub n: u64,
    /// The hash of the line before it.
    pub previous: Blake3,
    /// When, by this station's clock.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// The ledger, read and checked.
#[derive(Debug)]
pub struct Ledger {
    dir: Dir,
    lines: Vec<Line>,
    head: Blake3,
    /// Bytes that were read or written.
    length: u64,
}

/// Why the ledger cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file operation failed.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// Not what this module writes.
    #[error("ledger.jsonl, line {0}: not a ledger line")]
    Line(usize),
    /// A line does not follow the one before it.
    #[error("ledger.jsonl, line {0}: the chain is broken; a line before it was changed or removed")]
    Chain(usize),
    /// It could not be written.
    #[error("ledger.jsonl: {0}")]
    Io(#[from] std::io::Error),
}

impl Ledger {
    /// Reads the ledger in `store` and checks its chain. A last line cut by a power failure is
    /// set aside.
    pub fn open(store: &Dir) -> Result<Self, LedgerError> {
        let _lock = store.lock_when_free()?;
        Self::read(store)
    }

    fn read(store: &Dir) -> Result<Self, LedgerError> {
        let bytes = match store.read_small(FILE, MAX_LEDGER) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => Vec::new(),
            Err(e) => return Err(e.into()),
        };
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            store.replace(FILE, &bytes[..whole])?;
        }
        let dir = store.again()?;
        let mut ledger =
            Self { dir, lines: Vec::new(), head: Blake3::new([0; 32]), length: whole as u64 };
        let lines = bytes[..whole].split(|b| *b == b'\n').filter(|l| !l.is_empty());
        for (i, text) in lines.enumerate() {
            let line: Line = serde_json::from_slice(text).map_err(|_| LedgerError::Line(i + 1))?;
            if line.previous != ledger.head || line.n != i as u64 + 1 {
                return Err(LedgerError::Chain(i + 1));
            }
            ledger.head = Blake3::of(text);
            ledger.lines.push(line);
        }
        Ok(ledger)
    }

    /// Adds a line, makes it durable, and returns its number. What other programs added meanwhile
    /// is read first.
    pub fn append(&mut self, event: Event) -> Result<u64, LedgerError> {
        let _lock = self.dir.lock_when_free()?;
        let now = match self.dir.size_of(FILE) {
            Err(e) if e.is_not_found() => 0,
            size => size?,
        };
        if now != self.length {
            *self = Self::read(&self.dir)?;
        }
        let n = self.lines.len() as u64 + 1;
        let line = Line { n, previous: self.head, at: Timestamp::now(), event };
        let mut bytes = serde_json::to_vec(&line).map_err(std::io::Error::other)?;
        let head = Blake3::of(&bytes);
        bytes.push(b'\n');
        let mut file = self.dir.append(FILE)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        if n == 1 {
            self.dir.sync()?;
        }
        self.head = head;
        self.length += bytes.len() as u64;
        self.lines.push(line);
        Ok(n)
    }

    /// Every line, the oldest first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The newest system and the newest time of packing that verified manifests named.
    pub fn last_known(&self) -> Option<(&Note, &Timestamp)> {
        let named = self.lines.iter().rev().filter_map(|line| match &line.event {
            Event::Imported { system: Some(system), created: Some(created), .. } => {
                Some((system, created))
            }
            _ => None,
        });
        // A bundle may come late: the newest by its own date, not by its place here.
        named.max_by(|a, b| a.1.cmp(b.1))
    }

    /// The hash of the last line: whoever has it can tell whether a line was taken away.
    pub fn head(&self) -> &Blake3 {
        &self.head
    }

    /// How a bundle with this manifest stands to those before it from the same workstation.
    pub fn standing(&self, from: &Fingerprint, manifest: &Manifest, hash: &Blake3) -> Standing {
        let mut last = None;
        let (mut same_number, mut known_previous) = (false, false);
        for line in &self.lines {
            let Event::Imported { workstation, sequence, manifest: seen, .. } = &line.event else {
                continue;
            };
            if workstation != from {
                continue;
            }
            if seen == hash {
                return Standing::Replay;
            }
            same_number |= *sequence == manifest.sequence;
            known_previous |= Some(*seen) == manifest.previous;
            last = last.max(Some((*sequence, *seen)));
        }
        match last {
            _ if same_number => Standing::Fork,
            None if manifest.previous.is_none() => Standing::First,
            Some((_, newest)) if manifest.previous == Some(newest) => Standing::Next,
            Some((sequence, _)) if manifest.sequence < sequence => Standing::Late,
            // What came before it never left the workstation: its pack was given up, and yet
            // that bundle may have arrived.
            Some(_) if manifest.previous.is_none() => Standing::Next,
            _ if known_previous => Standing::Late,
            _ => Standing::Gap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::BundleId;
    use crate::receipt::Nonce;

    fn manifest(sequence: u64, previous: Option<&Manifest>) -> Manifest {
        let note = |t: &str| t.to_owned().try_into().expect("a note");
        Manifest::new(
            BundleId::from_bytes([u8::try_from(sequence).expect("small"); 16]),
            sequence,
            previous.map(hash),
            Timestamp::from_unix(0),
            (note("0"), note("")),
            Nonce::from_bytes([0; 32]),
            Vec::new(),
        )
    }

    fn hash(manifest: &Manifest) -> Blake3 {
        Blake3::of(&manifest.to_json().expect("json"))
    }

    fn workstation(digit: char) -> Fingerprint {
        digit.to_string().repeat(40).parse().expect("a fingerprint")
    }

    fn import(ledger: &mut Ledger, manifest: &Manifest) -> Standing {
        import_from(ledger, manifest, '1')
    }

    fn import_from(ledger: &mut Ledger, manifest: &Manifest, digit: char) -> Standing {
        let standing = ledger.standing(&workstation(digit), manifest, &hash(manifest));
        ledger
            .append(Event::Imported {
                workstation: workstation(digit),
                bundle: manifest.bundle.clone(),
                sequence: manifest.sequence,
                manifest: hash(manifest),
                previous: manifest.previous,
                members: 0,
                standing,
                system: Some(manifest.system.clone()),
                created: Some(manifest.created.clone()),
            })
            .expect("appended");
        standing
    }

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let tmp = tempfile::tempdir().expect("a directory");
        let ledger = Ledger::open(&Dir::open(tmp.path()).expect("open")).expect("empty");
        (tmp, ledger)
    }

    #[test]
    fn order_replay_gap_and_fork_have_their_names() {
        let (_tmp, mut ledger) = ledger();
        let one = manifest(1, None);
        let two = manifest(2, Some(&one));
        let three = manifest(3, Some(&two));
        let four = manifest(4, Some(&three));
        assert_eq!(import(&mut ledger, &one), Standing::First);
        assert_eq!(import(&mut ledger, &one), Standing::Replay);
        assert_eq!(import(&mut ledger, &two), Standing::Next);
        assert_eq!(import(&mut ledger, &four), Standing::Gap);
        assert_eq!(import(&mut ledger, &three), Standing::Late);
        assert_eq!(import(&mut ledger, &manifest(4, Some(&two))), Standing::Fork);
    }

    #[test]
    fn a_number_skipped_by_an_abandoned_pack_is_no_gap() {
        let (_tmp, mut ledger) = ledger();
        let one = manifest(1, None);
        import(&mut ledger, &one);
        assert_eq!(import(&mut ledger, &manifest(3, Some(&one))), Standing::Next);
        assert_eq!(import(&mut ledger, &manifest(2, Some(&one))), Standing::Late);
    }

    #[test]
    fn a_new_workstation_starts_anew_and_is_no_fork() {
        let (_tmp, mut ledger) = ledger();
        assert_eq!(import(&mut ledger, &manifest(1, None)), Standing::First);
        let mut other = manifest(1, None);
        other.bundle = BundleId::from_bytes([9; 16]);
        assert_eq!(import_from(&mut ledger, &other, '2'), Standing::First);
    }

    #[test]
    fn a_first_bundle_whose_pack_was_given_up_is_no_gap() {
        let (_tmp, mut ledger) = ledger();
        assert_eq!(import(&mut ledger, &manifest(1, None)), Standing::First);
        assert_eq!(import(&mut ledger, &manifest(2, None)), Standing::Next);
    }

    #[test]
    fn a_changed_or_missing_line_is_noticed() {
        let (tmp, mut ledger) = ledger();
        let one = manifest(1, None);
        import(&mut ledger, &one);
        import(&mut ledger, &manifest(2, Some(&one)));
        let dir = Dir::open(tmp.path()).expect("open");
        let bytes = dir.read_small(FILE, MAX_LEDGER).expect("there");
        let text = String::from_utf8(bytes.clone()).expect("text");
        assert!(Ledger::open(&dir).is_ok());
        dir.replace(FILE, text.replacen("\"sequence\":1", "\"sequence\":7", 1).as_bytes())
            .expect("replaced");
        assert!(matches!(Ledger::open(&dir), Err(LedgerError::Chain(2))));
        let second = text.split_once('\n').expect("two lines").1;
        dir.replace(FILE, second.as_bytes()).expect("replaced");
        assert!(matches!(Ledger::open(&dir), Err(LedgerError::Chain(1))));
        dir.replace(FILE, &bytes[..bytes.len() - 5]).expect("replaced");
        assert_eq!(Ledger::open(&dir).expect("the torn line is set aside").lines().len(), 1);
    }

    #[test]
    fn the_newest_manifest_s_system_is_known_even_if_an_older_one_came_after_it() {
        let (_tmp, mut ledger) = ledger();
        assert_eq!(ledger.last_known(), None);
        for (sequence, at, system) in [(2, 200, "Tails 7.7"), (1, 100, "Tails 7.4")] {
            let mut manifest = manifest(sequence, None);
            manifest.created = Timestamp::from_unix(at);
            manifest.system = system.to_owned().try_into().expect("a note");
            import(&mut ledger, &manifest);
        }
        let (system, created) = ledger.last_known().expect("known");
        assert_eq!((system.as_str(), created), ("Tails 7.7", &Timestamp::from_unix(200)));
    }

    #[test]
    fn a_line_of_an_older_version_is_read_and_names_no_system() {
        let bundle = "0".repeat(32);
        let digits = "0".repeat(64);
        let old = format!(
            r#"{{"event":"imported","workstation":"{}","bundle":"{bundle}","sequence":1,"manifest":"{digits}","previous":null,"members":1,"standing":"first"}}"#,
            "1".repeat(40)
        );
        let event: Event = serde_json::from_str(&old).expect("an older line");
        assert_eq!(serde_json::to_string(&event).expect("the same"), old);
    }

    #[test]
    fn two_programs_write_one_chain() {
        let (tmp, mut ledger) = ledger();
        let mut other = Ledger::open(&Dir::open(tmp.path()).expect("open")).expect("empty");
        let opened = |opened| Event::Opened { opened, refused: 0 };
        assert_eq!(ledger.append(opened(1)).expect("appended"), 1);
        assert_eq!(other.append(opened(2)).expect("appended"), 2);
        assert_eq!(other.append(opened(3)).expect("appended"), 3);
        assert_eq!(ledger.append(opened(4)).expect("appended"), 4);
        let again = Ledger::open(&Dir::open(tmp.path()).expect("open")).expect("a chain");
        assert_eq!(again.lines(), ledger.lines());
        assert_eq!(again.head(), ledger.head());
        assert_eq!(again.lines()[2].event, opened(3));
    }
}

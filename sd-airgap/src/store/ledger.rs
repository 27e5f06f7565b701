//! The ledger: append-only, hash-chained, flushed at every line.
//!
//! ```text
//! {"n":1,"previous":"00..","at":"..","event":{..}}
//! {"n":2,"previous":BLAKE3 of line 1,..}
//! ```
//! It answers one question about a new bundle: how does it stand to those that came before?

use std::fmt;
use std::io::Write as _;

use sd_bundle::{BundleId, Manifest, Timestamp};
use sd_fs::{Blake3, Dir, DirError};
use sd_pgp::Fingerprint;
use serde::{Deserialize, Serialize};

const FILE: &str = "ledger.jsonl";

/// A newsroom's years of bundles stay far below this.
const MAX_LEDGER: u64 = 256 << 20;

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Event {
    /// A bundle was verified and stored whole.
    Imported {
        /// Whose bundle: each workstation key has a sequence of its own.
        workstation: Fingerprint,
        bundle: BundleId,
        sequence: u64,
        manifest: Blake3,
        previous: Option<Blake3>,
        members: usize,
        /// How it stood to those before it.
        standing: Standing,
    },
    /// A run of opening ended.
    Opened { opened: usize, refused: usize },
}

/// How a bundle stands to those that came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    /// The first from this workstation.
    First,
    /// It follows the last one.
    Next,
    /// It was imported before.
    Replay,
    /// At least one bundle packed before it has not arrived.
    Gap,
    /// It follows an earlier one than the last: brought out of order, or from an
    /// interrupted pack.
    Late,
    /// Another bundle with its number was imported: two workstations use one key, or an old
    /// copy of the workstation's storage was put back.
    Fork,
}

impl Standing {
    /// What a person should hear about it, if anything.
    pub(crate) fn warning(self) -> Option<&'static str> {
        match self {
            Self::First | Self::Next => None,
            Self::Replay => Some("this bundle was brought here before; nothing is stored twice"),
            Self::Gap => {
                Some("a bundle packed before this one has not arrived; look for its stick")
            }
            Self::Late => Some("this bundle is older than the last one imported"),
            Self::Fork => Some(
                "another bundle with the same number was imported before: the workstation's \
                 storage was put back from a copy, or somebody else has its key",
            ),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::First => "first from this workstation",
            Self::Next => "in order",
            Self::Replay => "seen before",
            Self::Gap => "one before it is missing",
            Self::Late => "out of order",
            Self::Fork => "its number was used before",
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    n: u64,
    previous: Blake3,
    at: Timestamp,
    event: Event,
}

/// The ledger, read and checked.
#[derive(Debug)]
pub(crate) struct Ledger {
    dir: Dir,
    events: Vec<Event>,
    head: Blake3,
}

/// Why the ledger cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LedgerError {
    #[error(transparent)]
    Dir(#[from] DirError),
    #[error("ledger.jsonl, line {0}: not a ledger line")]
    Line(usize),
    #[error("ledger.jsonl, line {0}: the chain is broken; a line before it was changed or removed")]
    Chain(usize),
    #[error("ledger.jsonl: {0}")]
    Io(#[from] std::io::Error),
}

impl Ledger {
    /// Reads the ledger and checks its chain. A last line cut by a power failure is set aside.
    pub(crate) fn open(dir: &Dir) -> Result<Self, LedgerError> {
        let bytes = match dir.read_small(FILE, MAX_LEDGER) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => Vec::new(),
            Err(e) => return Err(e.into()),
        };
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            dir.replace(FILE, &bytes[..whole])?;
        }
        let mut ledger = Self { dir: dir.again()?, events: Vec::new(), head: Blake3::new([0; 32]) };
        let lines = bytes[..whole].split(|b| *b == b'\n').filter(|l| !l.is_empty());
        for (i, line) in lines.enumerate() {
            let parsed: Line =
                serde_json::from_slice(line).map_err(|_| LedgerError::Line(i + 1))?;
            if parsed.previous != ledger.head || parsed.n != i as u64 + 1 {
                return Err(LedgerError::Chain(i + 1));
            }
            ledger.head = Blake3::of(line);
            ledger.events.push(parsed.event);
        }
        Ok(ledger)
    }

    /// Adds a line and makes it durable.
    pub(crate) fn append(&mut self, event: Event) -> Result<(), LedgerError> {
        let n = self.events.len() as u64 + 1;
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
        self.events.push(line.event);
        Ok(())
    }

    /// How a bundle with this manifest stands to those before it from the same workstation.
    pub(crate) fn standing(
        &self,
        from: &Fingerprint,
        manifest: &Manifest,
        hash: &Blake3,
    ) -> Standing {
        let mut last = None;
        let (mut same_number, mut known_previous) = (false, false);
        for event in &self.events {
            let Event::Imported { workstation, sequence, manifest: seen, .. } = event else {
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
    use sd_bundle::Nonce;

    use super::*;

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
        assert_eq!(Ledger::open(&dir).expect("the torn line is set aside").events.len(), 1);
    }
}

//! `persistence.conf`, which says what Tails mounts from the Persistent Storage.
//!
//! ```text
//! <where> TAB source=<relative>[,link][,file]
//! ```
//! Tails takes it only from its own user, with mode 0600 and without an access list; else it puts
//! it aside as `persistence.conf.invalid`, and the user has lost every feature until somebody
//! repairs it. So it is never exchanged for another file: it grows by one write behind its end,
//! and is cut back to the length it had.

use sd_fs::{Dir, DirError, Escaped, Kind, Owner, Sha256, escape, read_bounded};
use serde::{Deserialize, Serialize};

/// The file.
pub(crate) const NAME: &str = "persistence.conf";
/// Where Tails puts one that it does not take.
const PUT_ASIDE: &str = "persistence.conf.invalid";
/// Some dozen lines; far above what anybody has.
const MAX: u64 = 64 << 10;

/// The feature that installs packages at each login.
const BINDINGS: [(&str, &str); 2] =
    [("/var/cache/apt/archives", "apt/cache"), ("/var/lib/apt/lists", "apt/lists")];

/// Why the file is left as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfError {
    /// There is none.
    #[error(
        "persistence.conf is not there: start Tails anew, unlock the Persistent Storage in the Welcome Screen, and try again"
    )]
    Missing,
    /// Tails put one aside.
    #[error(
        "persistence.conf.invalid is there: Tails put a damaged persistence.conf aside, and features are off. Bring that in order first"
    )]
    PutAside,
    /// A link or something else.
    #[error("persistence.conf is not a regular file: put the real file back first")]
    NotRegular,
    /// Of another owner.
    #[error(
        "persistence.conf belongs to user {user}, group {group}, and Tails will put it aside: sudo chown tails-persistent-storage: {path}"
    )]
    Owner {
        /// Its user.
        user: u32,
        /// Its group.
        group: u32,
        /// Where it is.
        path: Escaped,
    },
    /// With other permissions.
    #[error(
        "persistence.conf has mode {mode:04o}, and Tails will put it aside: sudo chmod 0600 {path}"
    )]
    Mode {
        /// Permission bits.
        mode: u32,
        /// Where it is.
        path: Escaped,
    },
    /// With an access list.
    #[error(
        "persistence.conf has an access list, and Tails will put it aside: sudo setfacl -b {0}"
    )]
    AccessList(Escaped),
    /// Not text, or an open quote.
    #[error("line {0} of persistence.conf cannot be read by Tails: mend it first")]
    Line(usize),
    /// Another use of the same place.
    #[error(
        "line {0} of persistence.conf uses the place of Additional Software for something else: mend it first"
    )]
    Conflict(usize),
    /// Something with our own memory of it.
    #[error(
        "persistence.conf is in no state that an interrupted run leaves: it was changed meanwhile. Run the command again"
    )]
    Changed,
    /// The disk.
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// What was put behind the end of the file, and what it was before: enough to take it back, and
/// to know a write that a crash cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grown {
    /// Bytes before.
    pub(crate) size: u64,
    /// Of those bytes.
    pub(crate) sha256: Sha256,
    /// What was added.
    pub(crate) added: String,
}

/// The file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersistenceConf {
    bytes: Vec<u8>,
    /// Lines of the feature that are not there yet.
    missing: Vec<(&'static str, &'static str)>,
    /// Bytes behind these that a crash left of a growth of ours.
    torn: u64,
}

impl PersistenceConf {
    /// Reads it, if Tails would take it. What a crash left of the growth that was noted does not
    /// count.
    pub(crate) fn read(
        storage: &Dir,
        owner: Owner,
        noted: Option<&Grown>,
    ) -> Result<Self, ConfError> {
        if storage.has(PUT_ASIDE)? {
            return Err(ConfError::PutAside);
        }
        let seen = storage.attributes(NAME)?.ok_or(ConfError::Missing)?;
        let path = || escape(storage.path().join(NAME).as_os_str().as_encoded_bytes());
        if seen.kind != Kind::File {
            return Err(ConfError::NotRegular);
        }
        if seen.owner != owner {
            let Owner { user, group } = seen.owner;
            return Err(ConfError::Owner { user, group, path: path() });
        }
        if seen.mode != 0o600 {
            return Err(ConfError::Mode { mode: seen.mode, path: path() });
        }
        if storage.has_access_list(NAME)? {
            return Err(ConfError::AccessList(path()));
        }
        let mut bytes = storage.read_small(NAME, MAX)?;
        let whole = bytes.len() as u64;
        if let Some(grown) = noted.filter(|g| g.state(&bytes) == State::Cut) {
            bytes.truncate(usize::try_from(grown.size).unwrap_or(usize::MAX));
        }
        let torn = whole - bytes.len() as u64;
        Ok(Self { torn, ..Self::parse(bytes)? })
    }

    fn parse(bytes: Vec<u8>) -> Result<Self, ConfError> {
        let mut missing = BINDINGS.to_vec();
        for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
            let line = std::str::from_utf8(line).map_err(|_| ConfError::Line(number + 1))?;
            let Some((place, options)) = binding(line).ok_or(ConfError::Line(number + 1))? else {
                continue;
            };
            for (own, source) in BINDINGS {
                let ours = options == [format!("source={source}")];
                if place == own && ours {
                    missing.retain(|(place, _)| *place != own);
                } else if place == own || ours {
                    return Err(ConfError::Conflict(number + 1));
                }
            }
        }
        Ok(Self { bytes, missing, torn: 0 })
    }

    /// Whether Additional Software is on.
    pub(crate) fn installs(&self) -> bool {
        self.missing.is_empty()
    }

    /// What must be put behind its end to switch Additional Software on.
    pub(crate) fn growth(&self) -> Option<Grown> {
        if self.installs() {
            return None;
        }
        let unended = self.bytes.last().is_some_and(|b| *b != b'\n');
        let mut added = if unended { "\n".to_owned() } else { String::new() };
        for (place, source) in &self.missing {
            added.extend([place, "\tsource=", source, "\n"]);
        }
        Some(Grown { size: self.bytes.len() as u64, sha256: Sha256::of(&self.bytes), added })
    }

    /// Grows it, and reads it again, past the page cache.
    pub(crate) fn grow(self, storage: &Dir, grown: &Grown) -> Result<(), ConfError> {
        if self.bytes.len() as u64 != grown.size || Sha256::of(&self.bytes) != grown.sha256 {
            return Err(ConfError::Changed);
        }
        if self.torn > 0 {
            storage.cut(NAME, grown.size + self.torn, grown.size)?;
        }
        storage.grow(NAME, grown.size, grown.added.as_bytes())?;
        let expected = [&self.bytes, grown.added.as_bytes()].concat();
        if read_again(storage)? == expected { Ok(()) } else { Err(ConfError::Changed) }
    }
}

/// What the medium holds.
fn read_again(storage: &Dir) -> Result<Vec<u8>, ConfError> {
    let mut medium = storage.read_medium(NAME)?;
    let failed = |_| DirError::TooLong { path: escape(NAME.as_bytes()), limit: MAX };
    Ok(read_bounded(&mut medium, MAX).map_err(failed)?)
}

impl Grown {
    /// What has become of it in the file.
    fn state(&self, bytes: &[u8]) -> State {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let Some((before, behind)) = bytes.split_at_checked(size) else { return State::Other };
        if Sha256::of(before) != self.sha256 {
            State::Other
        } else if behind == self.added.as_bytes() {
            State::Whole
        } else if self.added.as_bytes().starts_with(behind) {
            State::Cut
        } else {
            State::Other
        }
    }

    /// Whether the file is what it was before, with or without it.
    pub(crate) fn can_be_taken_back(&self, storage: &Dir) -> Result<bool, ConfError> {
        Ok(self.state(&storage.read_small(NAME, MAX)?) != State::Other)
    }

    /// Whether the file is what it was before, and nothing more.
    pub(crate) fn is_gone(&self, storage: &Dir) -> Result<bool, ConfError> {
        let bytes = storage.read_small(NAME, MAX)?;
        Ok(bytes.len() as u64 == self.size && self.state(&bytes) == State::Cut)
    }

    /// Takes all of it back, or what a crash left of it, byte for byte. If the file was changed
    /// since, it stays as it is, and that is what is returned: `false`.
    pub(crate) fn take_back(&self, storage: &Dir) -> Result<bool, ConfError> {
        let bytes = storage.read_small(NAME, MAX)?;
        if self.state(&bytes) == State::Other {
            return Ok(false);
        }
        storage.cut(NAME, bytes.len() as u64, self.size)?;
        let again = read_again(storage)?;
        if again.len() as u64 == self.size && Sha256::of(&again) == self.sha256 {
            Ok(true)
        } else {
            Err(ConfError::Changed)
        }
    }
}

/// What has become of a growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All of it is there, and nothing behind it.
    Whole,
    /// The beginning of it is there, or nothing.
    Cut,
    /// The file was changed since.
    Other,
}

/// A line as Tails reads it: the place and its options. `Some(None)` for a line that is ignored,
/// `None` for one that Tails chokes on.
#[expect(clippy::option_option, reason = "not readable, readable and nothing, a binding")]
fn binding(line: &str) -> Option<Option<(&str, Vec<&str>)>> {
    let open = |quote: char| line.matches(quote).count() % 2 == 1;
    if open('"') || open('\'') || line.ends_with('\\') {
        return None;
    }
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    Some(match (words.next(), words.next(), words.next()) {
        (Some(place), Some(options), None) => Some((place, options.split(',').collect())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: &str =
        "/var/cache/apt/archives\tsource=apt/cache\n/var/lib/apt/lists\tsource=apt/lists\n";

    fn parse(text: &str) -> Result<PersistenceConf, ConfError> {
        PersistenceConf::parse(text.as_bytes().to_vec())
    }

    #[test]
    fn the_feature_is_on_when_both_of_its_lines_are_there() {
        assert!(parse(ON).unwrap().installs());
        assert!(parse(&ON.replace('\n', "\r\n")).unwrap().installs());
        assert!(parse(&format!("# {ON}{ON}{ON}")).unwrap().installs(), "a line twice is one line");
        assert!(!parse("").unwrap().installs());
        assert!(!parse(&format!("#{}", ON.replace('\n', "\n#"))).unwrap().installs());
        let half = parse("/var/lib/apt/lists  source=apt/lists").unwrap();
        let added = half.growth().unwrap().added;
        assert_eq!(added, "\n/var/cache/apt/archives\tsource=apt/cache\n");
    }

    #[test]
    fn another_use_of_the_same_place_is_named_with_its_line() {
        for bad in [
            "/var/lib/apt/lists\tsource=mine\n",
            "/var/lib/apt/lists\tsource=apt/lists,link\n",
            "/elsewhere\tsource=apt/cache\n",
        ] {
            let refused =
                parse(&format!("/home/amnesia\tsource=dotfiles,link\n{bad}")).unwrap_err();
            assert!(matches!(refused, ConfError::Conflict(2)), "{bad}: {refused}");
        }
    }

    #[test]
    fn what_tails_chokes_on_is_named() {
        assert!(matches!(parse("a\n/x \"source=y\n"), Err(ConfError::Line(2))));
        let bytes = b"/x\tsource=\xff\n".to_vec();
        assert!(matches!(PersistenceConf::parse(bytes), Err(ConfError::Line(1))));
        assert!(parse("what is this line of seven words\n\n;;\n").is_ok(), "Tails ignores it");
    }

    #[test]
    fn each_cut_of_a_growth_is_repaired_and_can_be_taken_back() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = Dir::open(tmp.path()).unwrap();
        let me = Owner {
            user: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
        };
        let before = "/home/amnesia\tsource=dotfiles,link";
        let grown = parse(before).unwrap().growth().unwrap();
        let whole = format!("{before}{}", grown.added);
        let now = || String::from_utf8(dir.read_small(NAME, MAX).unwrap()).unwrap();
        for n in before.len()..=whole.len() {
            dir.replace(NAME, &whole.as_bytes()[..n]).unwrap();
            let conf = PersistenceConf::read(&dir, me, Some(&grown)).unwrap();
            assert_eq!(conf.installs(), n == whole.len(), "cut at {n}");
            if let Some(again) = conf.growth() {
                assert_eq!(again, grown, "cut at {n}");
                conf.grow(&dir, &again).unwrap();
            }
            assert_eq!(now(), whole, "cut at {n}");
            dir.replace(NAME, &whole.as_bytes()[..n]).unwrap();
            assert!(grown.take_back(&dir).unwrap());
            assert_eq!(now(), before, "cut at {n}");
        }
    }

    #[test]
    fn a_file_that_was_changed_since_stays_as_it_is() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = Dir::open(tmp.path()).unwrap();
        let grown = parse("/a\tsource=b\n").unwrap().growth().unwrap();
        for changed in
            [format!("{ON}/a\tsource=b\n"), "/a\tsource=b\n/more\tsource=c\n".into(), String::new()]
        {
            dir.replace(NAME, changed.as_bytes()).unwrap();
            assert!(!grown.take_back(&dir).unwrap());
            assert_eq!(dir.read_small(NAME, MAX).unwrap(), changed.as_bytes());
        }
    }
}

//! `live-additional-software.conf`, which says what Tails installs at each login: a line each.

use sd_fs::{Dir, DirError, Kind, Owner};
use serde::{Deserialize, Serialize};

use crate::layout::{PACKAGE, PACKAGE_LINE};

/// The file.
pub(crate) const NAME: &str = "live-additional-software.conf";
/// A thousand packages.
const MAX: u64 = 64 << 10;
/// Everybody may read it.
const MODE: u32 = 0o644;

/// Why the file is left as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SoftwareError {
    /// A link or something else.
    #[error("live-additional-software.conf is not a regular file: put the real file back first")]
    NotRegular,
    /// Others could say what root installs.
    #[error(
        "live-additional-software.conf can be written by user {user} (mode {mode:04o}), so others say what root installs: look at its lines, then sudo chown tails-persistent-storage: and sudo chmod 0644"
    )]
    Open {
        /// Its user.
        user: u32,
        /// Permission bits.
        mode: u32,
    },
    /// Not text.
    #[error("live-additional-software.conf is not text: mend it first")]
    NotText,
    /// Our package by its name, which no offline station can find.
    #[error(
        "live-additional-software.conf lists \"{0}\": remove it in the Additional Software window first"
    )]
    OtherLine(sd_fs::Escaped),
    /// The disk.
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// What the file was before our line came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Before {
    /// Whether there was one.
    pub(crate) existed: bool,
    /// Whether its last line had an end.
    pub(crate) ended: bool,
}

/// The file as it was read; none is an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SoftwareConf {
    text: Option<String>,
}

impl SoftwareConf {
    /// Reads it. It may belong to root or to `owner`, and nobody else may write it.
    pub(crate) fn read(storage: &Dir, root: Owner, owner: Owner) -> Result<Self, SoftwareError> {
        let Some(seen) = storage.attributes(NAME)? else { return Ok(Self { text: None }) };
        if seen.kind != Kind::File {
            return Err(SoftwareError::NotRegular);
        }
        let theirs = [root.user, owner.user].contains(&seen.owner.user);
        let shared = [root.group, owner.group].contains(&seen.owner.group);
        if !theirs || seen.mode & 0o002 != 0 || (seen.mode & 0o020 != 0 && !shared) {
            return Err(SoftwareError::Open { user: seen.owner.user, mode: seen.mode });
        }
        let text = String::from_utf8(storage.read_small(NAME, MAX)?);
        Ok(Self { text: Some(text.map_err(|_| SoftwareError::NotText)?) })
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.iter().flat_map(|text| text.lines()).map(str::trim).filter(|l| !l.is_empty())
    }

    /// Whether our package is listed.
    pub(crate) fn lists_us(&self) -> bool {
        self.lines().any(|line| line == PACKAGE_LINE)
    }

    /// Whether anything else is.
    pub(crate) fn lists_others(&self) -> bool {
        self.lines().any(|line| line != PACKAGE_LINE)
    }

    /// Whether our package is listed in another way.
    pub(crate) fn check(&self) -> Result<(), SoftwareError> {
        let other = |line: &&str| {
            let name = line.split(['/', ':', '=']).next().unwrap_or_default();
            let file = line.rsplit('/').next().unwrap_or_default();
            let ours = file.starts_with("sneakernet") && extension(file) == Some("deb");
            (name == PACKAGE || (line.starts_with('/') && ours)) && *line != PACKAGE_LINE
        };
        match self.lines().find(other) {
            Some(line) => Err(SoftwareError::OtherLine(sd_fs::escape(line.as_bytes()))),
            None => Ok(()),
        }
    }

    /// What it is now, to be noted down before our line comes.
    pub(crate) fn before(&self) -> Before {
        let ended = self.text.as_ref().is_none_or(|t| t.is_empty() || t.ends_with('\n'));
        Before { existed: self.text.is_some(), ended }
    }

    /// Adds our line behind the others.
    pub(crate) fn add(&self, storage: &Dir, owner: Owner) -> Result<(), SoftwareError> {
        let mut text = self.text.clone().unwrap_or_default();
        if !self.before().ended {
            text.push('\n');
        }
        text.extend([PACKAGE_LINE, "\n"]);
        Ok(storage.replace_for(NAME, text.as_bytes(), owner, MODE)?)
    }

    /// Takes our line away; the others stay as they are.
    pub(crate) fn take_back(
        &self,
        storage: &Dir,
        owner: Owner,
        before: Option<Before>,
    ) -> Result<(), SoftwareError> {
        let lines = self.text.iter().flat_map(|text| text.split_inclusive('\n'));
        let mut text: String = lines.filter(|line| line.trim() != PACKAGE_LINE).collect();
        if before.is_some_and(|b| !b.ended) && text.ends_with('\n') {
            text.pop();
        }
        if text.is_empty() && before.is_some_and(|b| !b.existed) {
            storage.remove_file(NAME)?;
            return Ok(storage.sync()?);
        }
        Ok(storage.replace_for(NAME, text.as_bytes(), owner, MODE)?)
    }
}

fn extension(file: &str) -> Option<&str> {
    file.rsplit_once('.').map(|(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_line_comes_and_goes_and_the_others_stay() {
        for before in [None, Some(""), Some("mat2"), Some("mat2\n"), Some("\n a \n\nb=1\n")] {
            let tmp = tempfile::tempdir().unwrap();
            let dir = Dir::open(tmp.path()).unwrap();
            let standing = dir.standing().unwrap();
            let me = Owner { user: standing.owner, group: standing.group };
            let read = || SoftwareConf::read(&dir, me, me).unwrap();
            if let Some(text) = before {
                dir.replace_for(NAME, text.as_bytes(), me, MODE).unwrap();
            }
            let noted = read().before();
            read().add(&dir, me).unwrap();
            assert!(read().lists_us());
            let text = String::from_utf8(dir.read_small(NAME, MAX).unwrap()).unwrap();
            assert!(text.starts_with(before.unwrap_or_default()), "{text:?}");
            read().take_back(&dir, me, Some(noted)).unwrap();
            let after = dir.read_small(NAME, MAX).ok();
            assert_eq!(after.as_deref(), before.map(str::as_bytes));
        }
    }

    #[test]
    fn our_package_by_another_line_is_named() {
        let conf = |text: &str| SoftwareConf { text: Some(text.to_owned()) };
        for bad in ["sneakernet", "mat2\nsneakernet=1.0\n", "/x/sneakernet_0.1.0_amd64.deb"] {
            assert!(matches!(conf(bad).check(), Err(SoftwareError::OtherLine(_))), "{bad}");
        }
        for good in ["", "sneakernet-like\nmat2", PACKAGE_LINE, "/x/other.deb"] {
            assert!(conf(good).check().is_ok(), "{good}");
        }
    }
}

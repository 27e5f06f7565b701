//! From the words on the command line to files that can be opened.
//!
//! ```text
//! FILE --its directory, no link at the end--> Opened
//! DIR  --walked, sorted, links listed and not followed--> every regular file beneath
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};

use sd_fs::{CopyError, Digests, Dir, DirError, Escaped, Quiet, copy_bounded, escape};
use sd_term::{Failure, Status};
use walkdir::WalkDir;

use crate::batch::Weigh;

/// One file that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    path: PathBuf,
    place: Place,
    weight: u64,
}

#[derive(Clone, Debug)]
enum Place {
    /// Named by the user; its directory is theirs to choose, links and all.
    Named,
    /// Found beneath a directory that the user named: no link on the way is followed.
    Beneath { top: PathBuf, inner: PathBuf },
    /// It could not even be listed.
    Unlisted(String),
}

/// A file that was opened, for reading only.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The directory it is in.
    pub(crate) dir: Dir,
    /// The file.
    pub(crate) file: File,
    /// Its name there.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// What the command line asked for.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// The files, in order.
    pub(crate) sources: Vec<Source>,
    /// Links, pipes, devices and unfinished files met in directories: none of them was opened.
    pub(crate) skipped: Vec<Escaped>,
}

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The door refused.
    #[error("{}", in_short(.0))]
    Door(#[from] DirError),
    /// A directory could not be read.
    #[error("could not be listed: {0}")]
    Unlisted(String),
    /// The open file would not say how long it is.
    #[error("looking at it failed: {0}")]
    Look(std::io::Error),
}

impl From<InputError> for Failure {
    fn from(e: InputError) -> Self {
        let message = e.to_string();
        let status = match e {
            InputError::Door(e) => Self::from(e).status,
            InputError::Unlisted(_) | InputError::Look(_) => Status::FileError,
        };
        Self::new(status, message)
    }
}

/// The path is shown in front already.
fn in_short(e: &DirError) -> String {
    match e {
        DirError::NotFound { .. } => "not found".to_owned(),
        DirError::NotRegular { .. } => "not a regular file".to_owned(),
        DirError::NotAName(_) => "a name that cannot be used: rename the file first".to_owned(),
        DirError::Io { doing, source, .. } => format!("{doing} failed: {source}"),
        DirError::Exists { .. }
        | DirError::Locked { .. }
        | DirError::TooLong { .. }
        | DirError::NoSpace { .. } => e.to_string(),
    }
}

impl Weigh for Source {
    fn weight(&self) -> u64 {
        self.weight
    }
}

impl Source {
    /// A file that was named.
    pub(crate) fn named(path: &Path) -> Self {
        let weight = path.symlink_metadata().map_or(0, |m| m.len());
        Self { path: path.to_owned(), place: Place::Named, weight }
    }

    /// The path for a person to read.
    pub(crate) fn shown(&self) -> Escaped {
        escape(self.path.as_os_str().as_encoded_bytes())
    }

    /// The path as it was given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory part of the path.
    pub(crate) fn parent(&self) -> Option<&Path> {
        self.path.parent()
    }

    /// The last part of the path, whatever its bytes.
    pub(crate) fn name(&self) -> &[u8] {
        self.path.file_name().unwrap_or_default().as_encoded_bytes()
    }

    /// Opens it for reading.
    pub(crate) fn open(&self) -> Result<Opened, InputError> {
        let (dir, name) = match &self.place {
            Place::Named => Dir::containing(&self.path)?,
            Place::Beneath { top, inner } => beneath(top, inner)?,
            Place::Unlisted(why) => return Err(InputError::Unlisted(why.clone())),
        };
        let file = dir.open_file(&name)?;
        let size = file.metadata().map_err(InputError::Look)?.len();
        Ok(Opened { dir, file, name, size })
    }

    /// Reads it whole, for its hashes.
    pub(crate) fn digests(&self) -> Result<Digests, Failure> {
        let Opened { mut file, size, .. } = self.open()?;
        copy_bounded(&mut file, &mut std::io::sink(), size, &mut Quiet).map_err(|e| {
            let status = match e {
                CopyError::TooLong(_) => Status::VerifyFailed,
                CopyError::Read(_) | CopyError::Write(_) => Status::FileError,
            };
            Failure::new(status, e)
        })
    }
}

fn beneath(top: &Path, inner: &Path) -> Result<(Dir, String), DirError> {
    let bad = || DirError::NotAName(escape(inner.as_os_str().as_encoded_bytes()));
    let name = inner.file_name().and_then(|n| n.to_str()).ok_or_else(bad)?;
    let dir = Dir::open(top)?;
    let dir = match inner.parent() {
        Some(sub) if !sub.as_os_str().is_empty() => dir.sub(sub.to_str().ok_or_else(bad)?)?,
        _ => dir,
    };
    Ok((dir, name.to_owned()))
}

/// Lists every file that the paths stand for.
pub(crate) fn gather(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs { sources: Vec::new(), skipped: Vec::new() };
    for path in paths {
        if Dir::open(path).is_ok() {
            walk(path, &mut inputs);
        } else {
            inputs.sources.push(Source::named(path));
        }
    }
    inputs
}

fn walk(top: &Path, inputs: &mut Inputs) {
    for entry in WalkDir::new(top).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                inputs.sources.push(unlisted(top, &e));
                continue;
            }
        };
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let name = entry.file_name().as_encoded_bytes();
        let unfinished = name.starts_with(b".") && name.ends_with(b".part");
        match entry.path().strip_prefix(top) {
            Ok(inner) if kind.is_file() && !unfinished => inputs.sources.push(Source {
                path: entry.path().to_owned(),
                place: Place::Beneath { top: top.to_owned(), inner: inner.to_owned() },
                weight: entry.metadata().map_or(0, |m| m.len()),
            }),
            _ => inputs.skipped.push(escape(entry.path().as_os_str().as_encoded_bytes())),
        }
    }
}

/// A part of a directory that could not be read is a file that failed, not one less file.
fn unlisted(top: &Path, e: &walkdir::Error) -> Source {
    let why = e.io_error().map_or_else(|| "a loop of links".to_owned(), ToString::to_string);
    let path = e.path().unwrap_or(top).to_owned();
    Source { path, place: Place::Unlisted(why), weight: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_stands_for_its_regular_files_and_links_are_listed() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        dir.write_new("b", b"2").expect("free");
        dir.write_new("a", b"1").expect("free");
        dir.make_sub("c").expect("made").write_new("d", b"34").expect("free");
        std::os::unix::fs::symlink("/etc", tmp.path().join("e")).expect("a link");
        let inputs = gather(&[tmp.path().to_owned()]);
        let names: Vec<_> = inputs.sources.iter().map(Source::name).collect();
        assert_eq!(names, [b"a", b"b", b"d"]);
        assert_eq!(inputs.skipped.len(), 1);
        let last = inputs.sources[2].open().expect("there");
        assert_eq!((last.size, last.name.as_str()), (2, "d"));
    }

    #[test]
    fn a_link_named_on_the_command_line_is_not_followed() {
        let tmp = tempfile::tempdir().expect("a directory");
        let link = tmp.path().join("f");
        std::os::unix::fs::symlink("/etc/passwd", &link).expect("a link");
        let inputs = gather(&[link]);
        let error = inputs.sources[0].open().expect_err("refused");
        assert_eq!(error.to_string(), "not a regular file");
    }
}

//! Where a station is looked at.

use std::fmt;
use std::path::Path;

use sd_fs::{DirError, Look, Tree};

/// What the kernel and Tails say in one file: a list of modules or mounts stays far below.
const MAX: u64 = 1 << 20;

/// A station's files: the real ones, or a directory that stands for `/` in a test.
///
/// Nothing but a caller's code chooses the directory: no word of the command line and no variable
/// of the environment leads here.
#[derive(Debug)]
pub struct Place {
    tree: Tree,
    /// Whoever owns `/`: root, and in a test whoever made the directory.
    root: u32,
}

/// Why something could not be looked at.
#[derive(Debug)]
pub(crate) struct Unseen(String);

impl Place {
    /// This computer.
    pub fn real() -> Result<Self, DirError> {
        Self::below(Path::new("/"))
    }

    /// A directory that stands for `/`.
    pub fn below(root: &Path) -> Result<Self, DirError> {
        let tree = Tree::open(root)?;
        let root = tree.look("/")?.uid;
        Ok(Self { tree, root })
    }

    /// A small text file; nothing if it is not there.
    pub fn file(&self, path: &str) -> Result<Option<String>, DirError> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        there(self.tree.read(path, MAX).map(text))
    }

    /// The names in a directory; nothing if it is not there.
    pub fn list(&self, path: &str) -> Result<Option<Vec<String>>, DirError> {
        there(self.tree.names(path))
    }

    /// What stands there, at the end of its links.
    pub fn stands(&self, path: &str) -> Result<Option<Look>, DirError> {
        there(self.tree.look(path))
    }

    /// Where a link points to.
    pub fn points(&self, path: &str) -> Result<Option<String>, DirError> {
        there(self.tree.link(path).map(|to| to.to_string_lossy().into_owned()))
    }

    pub(crate) fn text(&self, path: &str) -> Result<Option<String>, Unseen> {
        Ok(self.file(path)?)
    }

    /// A text file that every system has.
    pub(crate) fn must(&self, path: &str) -> Result<String, Unseen> {
        self.text(path)?.ok_or_else(|| Unseen::new(format_args!("{path} is not there")))
    }

    pub(crate) fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Unseen> {
        Ok(there(self.tree.read(path, MAX))?)
    }

    pub(crate) fn names(&self, path: &str) -> Result<Option<Vec<String>>, Unseen> {
        Ok(self.list(path)?)
    }

    pub(crate) fn look(&self, path: &str) -> Result<Option<Look>, Unseen> {
        Ok(self.stands(path)?)
    }

    pub(crate) fn has(&self, path: &str) -> Result<bool, Unseen> {
        Ok(self.stands(path)?.is_some())
    }

    pub(crate) fn free(&self, path: &str) -> Result<Option<u64>, Unseen> {
        Ok(there(self.tree.free_bytes(path))?)
    }

    /// Whether nobody but root can change what stands there.
    pub(crate) fn is_roots(&self, look: &Look) -> bool {
        look.uid == self.root && look.mode & 0o022 == 0
    }

    /// The first line of a file of sysfs.
    pub(crate) fn attribute(&self, path: &str) -> Result<Option<String>, Unseen> {
        Ok(self.text(path)?.map(|t| t.lines().next().unwrap_or_default().trim().to_owned()))
    }
}

fn there<T>(found: Result<T, DirError>) -> Result<Option<T>, DirError> {
    match found {
        Err(e) if e.is_not_found() => Ok(None),
        found => found.map(Some),
    }
}

impl Unseen {
    pub(crate) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl From<DirError> for Unseen {
    fn from(e: DirError) -> Self {
        Self(e.to_string())
    }
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

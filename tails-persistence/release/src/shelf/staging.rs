//! A release on its way onto the shelf: under a stand-in name until every byte was read back.

use std::io::Read;

use sd_fs::{Digests, Dir, DirError, Quiet, copy_bounded};
use serde::{Deserialize, Serialize};

use super::{DIR_MODE, FILE_MODE, Shelf, ShelfError, Slot, shown};
use crate::canonical;
use crate::manifest::Content;

/// What is being staged stands under this name.
pub(super) const STAGING: &str = ".staging";

/// How deep a tree of programs may be: `usr/share/doc/sneakernet/examples/...`.
pub(super) const MAX_DEPTH: u32 = 16;

/// A file of a release on the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The package.
    Package,
    /// The signed part.
    Signed,
    /// The signatures under it.
    Signatures,
    /// The chain of roots.
    Roots,
    /// What changed, for people.
    Changelog,
    /// Self-test vectors.
    Vectors,
}

impl Part {
    /// Its name on the shelf.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Package => "sneakernet.deb",
            Self::Signed => "signed.json",
            Self::Signatures => "signatures",
            Self::Roots => "roots",
            Self::Changelog => "changelog",
            Self::Vectors => "vectors",
        }
    }
}

/// The list of parts.
const CONTENTS: &str = "contents.json";
const FORMAT: &str = "sneakernet-contents";
const VERSION: u32 = 1;

/// Six names and hashes.
const MAX_CONTENTS: usize = 8 << 10;

/// The parts of a release on the shelf, as they were when it was staged.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: String,
    version: u32,
    parts: Vec<Listed>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    part: Part,
    content: Content,
}

impl Contents {
    fn new(written: &[(Part, Digests)]) -> Self {
        let listed = |(part, digests): &(Part, Digests)| Listed {
            part: *part,
            content: Content::from(*digests),
        };
        let parts = written.iter().map(listed).collect();
        Self { format: FORMAT.to_owned(), version: VERSION, parts }
    }

    /// Reads every part from the medium.
    fn check(&self, dir: &Dir) -> Result<(), ShelfError> {
        for Listed { part, content } in &self.parts {
            let mut medium = dir.read_medium(part.name())?;
            let mut sink = std::io::sink();
            let again = copy_bounded(&mut medium, &mut sink, content.size, &mut Quiet);
            if !again.is_ok_and(|again| again == content.digests()) {
                return Err(ShelfError::ReadBack(shown(dir, part.name())));
            }
        }
        Ok(())
    }
}

/// The directory that the unpacked programs stand in, in user mode.
pub(super) const TREE: &str = "tree";

/// A release that is being staged. Dropped, it stays under its stand-in name, and the next
/// [`Shelf::open`] removes it.
#[derive(Debug)]
#[must_use = "what is staged and not finished is thrown away"]
pub struct Staging<'a> {
    shelf: &'a mut Shelf,
    slot: Slot,
    dir: Dir,
    written: Vec<(Part, Digests)>,
}

impl Shelf {
    /// Begins to stage a release. What an earlier run left half staged is thrown away.
    pub fn stage(&mut self, slot: Slot) -> Result<Staging<'_>, ShelfError> {
        self.may_change()?;
        if self.current() == Some(slot) {
            return Err(ShelfError::IsCurrent(slot));
        }
        self.sweep()?;
        self.step("make the staging directory");
        let dir = self.releases.make_sub(STAGING)?;
        dir.set_mode(DIR_MODE)?;
        Ok(Staging { shelf: self, slot, dir, written: Vec::new() })
    }
}

impl Shelf {
    /// Reads a release on the shelf again: every part is what was staged.
    pub fn check(&self, slot: Slot) -> Result<(), ShelfError> {
        let dir = self.release(slot)?;
        let json = dir.read_small(CONTENTS, MAX_CONTENTS as u64)?;
        let bad = |why| ShelfError::Json { path: shown(&dir, CONTENTS), why };
        let contents: Contents =
            canonical::parse(&json, FORMAT, VERSION, MAX_CONTENTS).map_err(bad)?;
        contents.check(&dir)
    }
}

impl Staging<'_> {
    /// Copies a part in, at most `limit` bytes. With `expected`, any other bytes are refused.
    pub fn put(
        &mut self,
        part: Part,
        from: &mut impl Read,
        limit: u64,
        expected: Option<&Digests>,
    ) -> Result<Digests, ShelfError> {
        self.shelf.step("write a part");
        let mut file = self.dir.new_file()?;
        let path = || shown(&self.dir, part.name());
        let digests = copy_bounded(from, &mut file, limit, &mut Quiet).map_err(|e| match e {
            sd_fs::CopyError::TooLong(limit) => DirError::TooLong { path: path(), limit },
            sd_fs::CopyError::Read(e) | sd_fs::CopyError::Write(e) => {
                DirError::new("copying", &self.dir.path().join(part.name()), e)
            }
        })?;
        if expected.is_some_and(|e| *e != digests) {
            return Err(ShelfError::NotAsAnnounced(path()));
        }
        file.set_mode(FILE_MODE)?;
        self.shelf.step("name a part");
        file.commit(part.name())?;
        self.written.push((part, digests));
        Ok(digests)
    }

    /// Where it stands until it is finished: to try it out.
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// An empty directory for the unpacked programs, in user mode.
    pub fn tree(&mut self) -> Result<Dir, ShelfError> {
        self.shelf.step("make the tree");
        let tree = self.dir.make_sub(TREE)?;
        tree.set_mode(DIR_MODE)?;
        Ok(tree)
    }

    /// Writes down what it has, reads every part back from the medium and gives the release its name; it is not current yet.
    pub fn finish(self) -> Result<Slot, ShelfError> {
        let Self { shelf, slot, dir, written } = self;
        shelf.step("write the list of parts");
        let contents = Contents::new(&written);
        dir.replace_with_mode(CONTENTS, &canonical::to_json(&contents), FILE_MODE)?;
        contents.check(&dir)?;
        shelf.step("flush what is staged");
        // One call for a tree of many files.
        dir.sync_filesystem()?;
        shelf.step("name the release");
        shelf.releases.move_to(STAGING, &shelf.releases, &slot.to_string())?;
        shelf.step("flush the name of the release");
        shelf.releases.sync()?;
        Ok(slot)
    }
}

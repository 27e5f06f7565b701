//! An item's ciphertext on its way into the inbox.
//!
//! ```text
//! small   an unnamed file, gone with the run that began it
//! large   inbox/.partial/<item uuid>.part    the bytes so far, kept across runs
//!         inbox/.partial/<item uuid>.claim   what they must become, written before the first of them
//! ```
//! Bytes of an earlier run are only a saving: they are hashed again from the first, and the
//! whole must have the hash that the server announces for it today.

use std::collections::BTreeSet;
use std::io::{self, Write};

use sd_fs::{Digests, Dir, DirError, Hasher, Kind as EntryKind, NewFile, PartFile, Sha256};
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, SourceId};

const PARTIAL: &str = ".partial";

/// Below this an interrupted item is fetched anew: two more files and three more flushes cost
/// more than what they would save, over Tor too.
const WORTH_KEEPING: u64 = 256 * 1024;

/// A claim is about 250 bytes.
const MAX_CLAIM: u64 = 4 * 1024;

/// What an item's bytes must become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    source: SourceId,
    item: ItemId,
    size: u64,
    sha256: Sha256,
}

/// Ciphertext being received: hashed as it comes, without a name until it is whole.
#[derive(Debug)]
pub struct Incoming {
    source: SourceId,
    item: ItemId,
    size: u64,
    must_be: Option<Sha256>,
    hasher: Hasher,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Unnamed(NewFile),
    Kept { partial: Dir, file: PartFile },
}

/// An interrupted download that a later run may go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// The item.
    pub item: ItemId,
    /// Bytes that are here.
    pub bytes: u64,
}

impl Incoming {
    /// Begins, or goes on with what an earlier run left of exactly this item.
    pub(crate) fn open(
        inbox: &Dir,
        source: &SourceId,
        item: &ItemId,
        size: u64,
    ) -> Result<Self, DirError> {
        let begun = |must_be, hasher, body| Self {
            source: source.clone(),
            item: item.clone(),
            size,
            must_be,
            hasher,
            body,
        };
        if size < WORTH_KEEPING {
            return Ok(begun(None, Hasher::new(), Body::Unnamed(inbox.new_file()?)));
        }
        let partial = inbox.make_sub(PARTIAL)?;
        let claim = read_claim(&partial, item)
            .filter(|c| (&c.source, &c.item, c.size) == (source, item, size));
        // Bytes that nobody vouched for count for nothing.
        let known = if claim.is_some() { size } else { 0 };
        let (file, hasher) = go_on(&partial, item, known).or_else(|_| {
            // A leftover that cannot be read is only a saving lost.
            partial.remove_tree(&part_name(item), 1)?;
            go_on(&partial, item, 0)
        })?;
        Ok(begun(claim.map(|c| c.sha256), hasher, Body::Kept { partial, file }))
    }

    /// Bytes that are here.
    pub fn have(&self) -> u64 {
        self.hasher.size()
    }

    /// Bytes that are here for a later attempt too.
    pub fn kept(&self) -> u64 {
        match self.body {
            Body::Unnamed(_) => 0,
            Body::Kept { .. } => self.have(),
        }
    }

    /// The hash that the server announced for the whole, when these bytes began to come.
    pub fn must_be(&self) -> Option<Sha256> {
        self.must_be
    }

    /// Throws the bytes away; what comes next must become `sha256`.
    pub fn start_anew(&mut self, sha256: Sha256) -> Result<(), DirError> {
        self.hasher = Hasher::new();
        self.must_be = Some(sha256);
        match &mut self.body {
            Body::Unnamed(file) => file.clear(),
            Body::Kept { partial, file } => {
                file.truncate(0)?;
                let (source, item) = (self.source.clone(), self.item.clone());
                let claim = Claim { source, item, size: self.size, sha256 };
                let json = serde_json::to_vec(&claim).unwrap_or_default();
                partial.replace(&claim_name(&self.item), &json)
            }
        }
    }

    /// The digests of what is here.
    pub fn digests(&self) -> Digests {
        self.hasher.clone().finish()
    }

    /// Gives it its final name, durably.
    pub(crate) fn commit_to(self, to: &Dir, name: &str) -> Result<(), DirError> {
        match self.body {
            Body::Unnamed(file) => file.commit_to(to, name),
            Body::Kept { partial, file } => {
                file.commit_to(to, name)?;
                partial.remove_file(&claim_name(&self.item))
            }
        }
    }

    /// Throws it away for good.
    pub fn discard(self) -> Result<(), DirError> {
        match self.body {
            Body::Unnamed(_) => Ok(()),
            Body::Kept { partial, file } => {
                file.remove()?;
                partial.remove_file(&claim_name(&self.item))
            }
        }
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = match &mut self.body {
            Body::Unnamed(file) => file.write(bytes)?,
            Body::Kept { file, .. } => file.write(bytes)?,
        };
        self.hasher.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What interrupted downloads are in an inbox.
pub(crate) fn interrupted(inbox: &Dir) -> Result<Vec<Interrupted>, DirError> {
    let Some(partial) = begun(inbox)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in partial.entries()? {
        let item = entry.name.strip_suffix(".part").and_then(|stem| stem.parse().ok());
        let Some(item) = item else { continue };
        match partial.size_of(&entry.name) {
            Ok(bytes) => found.push(Interrupted { item, bytes }),
            // Another run finished it meanwhile, or it is nothing of ours.
            Err(e) if e.is_not_found() || entry.kind != EntryKind::File => {}
            Err(e) => return Err(e),
        }
    }
    Ok(found)
}

/// Claims without a part, none of which is among `found`.
pub(crate) fn claims_alone(
    inbox: &Dir,
    found: &[Interrupted],
) -> Result<Vec<Interrupted>, DirError> {
    let Some(partial) = begun(inbox)? else { return Ok(Vec::new()) };
    let known: BTreeSet<&ItemId> = found.iter().map(|part| &part.item).collect();
    let files = partial.entries()?.into_iter().filter(|e| e.kind == EntryKind::File);
    let claims = files.filter_map(|e| e.name.strip_suffix(".claim")?.parse().ok());
    let alone = claims.filter(|item| !known.contains(item));
    Ok(alone.map(|item| Interrupted { item, bytes: 0 }).collect())
}

/// Where interrupted downloads are, if there ever was one.
fn begun(inbox: &Dir) -> Result<Option<Dir>, DirError> {
    match inbox.sub(PARTIAL) {
        Ok(partial) => Ok(Some(partial)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    }
}

/// Forgets an interrupted download; that there is none is fine.
pub(crate) fn forget(inbox: &Dir, item: &ItemId) -> Result<(), DirError> {
    let Some(partial) = begun(inbox)? else { return Ok(()) };
    partial.remove_file(&part_name(item))?;
    partial.remove_file(&claim_name(item))
}

/// Opens what an earlier run left, and hashes so much of it.
fn go_on(partial: &Dir, item: &ItemId, bytes: u64) -> Result<(PartFile, Hasher), DirError> {
    let mut file = partial.part_file(&part_name(item))?;
    let hasher = file.rehash(bytes)?;
    Ok((file, hasher))
}

/// A claim that cannot be read is none: the item is fetched from its first byte.
fn read_claim(partial: &Dir, item: &ItemId) -> Option<Claim> {
    let bytes = partial.read_small(&claim_name(item), MAX_CLAIM).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn part_name(item: &ItemId) -> String {
    format!("{item}.part")
}

fn claim_name(item: &ItemId) -> String {
    format!("{item}.claim")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const ITEM: &str = "8d4aa076-59d8-44e8-80ca-d2794c81507f";
    const LARGE: u64 = 300_000;

    fn scratch() -> (tempfile::TempDir, Dir) {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        (tmp, dir)
    }

    fn open(dir: &Dir, size: u64) -> Incoming {
        let (source, item) = (SOURCE.parse().expect("a UUID"), ITEM.parse().expect("a UUID"));
        Incoming::open(dir, &source, &item, size).expect("opened")
    }

    fn begin(dir: &Dir, size: u64) -> Sha256 {
        let hash = Sha256::of(b"whatever it is");
        let mut incoming = open(dir, size);
        incoming.start_anew(hash).expect("begun");
        incoming.write_all(b"the first bytes").expect("written");
        hash
    }

    #[test]
    fn a_large_item_is_gone_on_with_and_a_small_one_is_not() {
        let (_tmp, dir) = scratch();
        let hash = begin(&dir, LARGE);
        let again = open(&dir, LARGE);
        assert_eq!((again.have(), again.must_be()), (15, Some(hash)));
        assert_eq!(again.digests().sha256, Sha256::of(b"the first bytes"));
        let found = interrupted(&dir).expect("listed");
        assert_eq!(found, [Interrupted { item: ITEM.parse().expect("a UUID"), bytes: 15 }]);

        let (_tmp, dir) = scratch();
        begin(&dir, 1000);
        assert_eq!((open(&dir, 1000).have(), interrupted(&dir).expect("listed").len()), (0, 0));
    }

    #[test]
    fn an_item_of_another_size_begins_anew() {
        let (_tmp, dir) = scratch();
        begin(&dir, LARGE);
        let other = open(&dir, LARGE + 1);
        assert_eq!((other.have(), other.must_be()), (0, None));
    }

    #[test]
    fn bytes_whose_claim_is_lost_or_damaged_count_for_nothing() {
        for claim in [None, Some(&b"{"[..])] {
            let (_tmp, dir) = scratch();
            begin(&dir, LARGE);
            let partial = dir.sub(PARTIAL).expect("there");
            partial.remove_file(&format!("{ITEM}.claim")).expect("removed");
            if let Some(bytes) = claim {
                partial.write_new(&format!("{ITEM}.claim"), bytes).expect("free");
            }
            assert_eq!((open(&dir, LARGE).have(), open(&dir, LARGE).must_be()), (0, None));
        }
    }

    #[test]
    fn a_whole_or_discarded_item_leaves_nothing_behind() {
        let (_tmp, dir) = scratch();
        begin(&dir, LARGE);
        open(&dir, LARGE).commit_to(&dir, "whole").expect("free");
        assert_eq!(dir.sub(PARTIAL).expect("there").entries().expect("listed"), []);
        begin(&dir, LARGE);
        open(&dir, LARGE).discard().expect("removed");
        begin(&dir, LARGE);
        forget(&dir, &ITEM.parse().expect("a UUID")).expect("removed");
        assert_eq!(dir.sub(PARTIAL).expect("there").entries().expect("listed"), []);
    }
}

//! From a bundle into the store: copied once, verified whole, then moved into place.

use std::io::Read;

use sd_bundle::{
    Authentic, Bundle, BundleId, Event, Item, Manifest, Member, MemberSink, Standing, Timestamp,
    Verified,
};
use sd_fs::{Dir, DirError, Fingerprint, NewFile, Progress};
use sd_term::{Failure, Status};

use super::item::{CIPHERTEXT, ITEM, StoredItem};
use super::{Entry, Homes, Store, StoreError};
use crate::commands::bundle_failure;

/// What an import did.
#[derive(Debug)]
pub(crate) struct Imported {
    /// How the bundle stood to those before it.
    pub(crate) standing: Standing,
    /// Items that were not here before.
    pub(crate) new: usize,
    /// Items that were here, byte for byte.
    pub(crate) known: usize,
    /// Items that were here with other bytes: both versions are kept.
    pub(crate) conflicts: Vec<Item>,
    /// The manifest.
    pub(crate) verified: Verified,
}

/// Copies a bundle's members into staging, and only when the last byte is verified moves them
/// to their places and writes the ledger line.
pub(crate) fn import<R: Read>(
    store: &mut Store,
    from: &Fingerprint,
    bundle: Bundle<Authentic, R>,
    progress: &mut dyn Progress,
) -> Result<Imported, Failure> {
    check_room(store, bundle.manifest())?;
    let standing = store.ledger.standing(from, bundle.manifest(), bundle.manifest_hash());
    let homes = store.homes()?;
    let staging = store.dir.make_sub("staging")?;
    let mut sink = Staging { dir: &staging, file: None, manifest: bundle.manifest().clone() };
    let verified = match bundle.copy_members(&mut sink, progress) {
        Ok(verified) => verified,
        Err(e) => {
            // Nothing of a refused bundle stays, not even ciphertext.
            store.dir.remove_tree("staging", 1)?;
            return Err(bundle_failure(e));
        }
    };
    store.dir.sync_filesystem()?;
    let mut imported = Imported { standing, new: 0, known: 0, conflicts: Vec::new(), verified };
    for index in 0..imported.verified.entries().len() {
        settle(store, &homes, &staging, &mut imported, index)?;
    }
    store.dir.sync_filesystem()?;
    record(store, from, &imported)?;
    store.dir.remove_tree("staging", 1)?;
    Ok(imported)
}

fn check_room(store: &Store, manifest: &Manifest) -> Result<(), Failure> {
    let need: u64 = manifest.members.iter().map(|m| m.item.size + 8192).sum();
    let free = store.dir.free_bytes()?;
    if need <= free {
        return Ok(());
    }
    let what =
        format!("the bundle needs {}, and {} are free", sd_term::size(need), sd_term::size(free));
    Err(Failure::new(Status::NoSpace, what))
}

fn record(store: &mut Store, from: &Fingerprint, imported: &Imported) -> Result<(), StoreError> {
    let manifest = imported.verified.manifest();
    let event = Event::Imported {
        workstation: from.clone(),
        bundle: manifest.bundle.clone(),
        sequence: manifest.sequence,
        manifest: *imported.verified.manifest_hash(),
        previous: manifest.previous,
        members: manifest.members.len(),
        standing: imported.standing,
        system: Some(manifest.system.clone()),
        created: Some(manifest.created.clone()),
    };
    store.ledger.append(event)?;
    Ok(())
}

/// Moves one verified ciphertext and its record to their place.
fn settle(
    store: &Store,
    homes: &Homes,
    staging: &Dir,
    imported: &mut Imported,
    index: usize,
) -> Result<(), StoreError> {
    let manifest = imported.verified.manifest();
    let Some(Member { item, .. }) = manifest.members.get(index) else { return Ok(()) };
    let (ciphertext, record) = (staged(item, "pgp"), staged(item, "json"));
    match held(store, homes, &manifest.bundle, item)? {
        Held::Same => imported.known += 1,
        Held::Other => {
            let conflicts = store.dir.make_sub("conflicts")?;
            let name = format!("{}-{}.pgp", manifest.bundle, item.item);
            match staging.move_to(&ciphertext, &conflicts, &name) {
                Err(e) if !e.is_exists() => return Err(e.into()),
                _ => imported.conflicts.push(item.clone()),
            }
        }
        Held::Nothing => {
            // Brought together first, then moved at once: an item never stands without its record.
            let whole = staging.make_sub(item.item.as_str())?;
            staging.move_to(&ciphertext, &whole, CIPHERTEXT)?;
            staging.move_to(&record, &whole, ITEM)?;
            let source = store.sources.make_sub(item.source.as_str())?;
            staging.move_to(item.item.as_str(), &source, item.item.as_str())?;
            imported.new += 1;
        }
    }
    Ok(())
}

/// What the store has of an item.
enum Held {
    Nothing,
    Same,
    /// Other bytes under its identity, or its identity under another source: a swap.
    Other,
}

fn held(store: &Store, homes: &Homes, bundle: &BundleId, item: &Item) -> Result<Held, StoreError> {
    if homes.get(item.item.as_str()).is_some_and(|source| *source != item.source.as_str()) {
        return Ok(Held::Other);
    }
    let Some(dir) = store.item_dir(&item.source, &item.item)? else { return Ok(Held::Nothing) };
    let entry = match Entry::read(&dir) {
        Ok(Some(entry)) => entry,
        // A record lost or torn by a power failure: the staged copy is verified and takes its place.
        Ok(None) | Err(StoreError::Record { .. }) => {
            set_aside(store, bundle, item)?;
            return Ok(Held::Nothing);
        }
        Err(e) => return Err(e),
    };
    let known = &entry.stored.item;
    // A source's designation may be spelt anew; everything else is the item itself.
    let same = Item { designation: known.designation.clone(), ..item.clone() } == *known;
    Ok(if same { Held::Same } else { Held::Other })
}

/// Moves what stands in an item's place out of the way. It is not removed: a person may have put
/// something beside it. It may have come to this before, so a name that is taken is numbered.
fn set_aside(store: &Store, bundle: &BundleId, item: &Item) -> Result<(), StoreError> {
    let source = store.sources.sub(item.source.as_str())?;
    let aside = store.dir.make_sub("conflicts")?;
    let name = format!("{bundle}-{}.incomplete", item.item);
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    for name in std::iter::once(name.clone()).chain(numbered) {
        match source.move_to(item.item.as_str(), &aside, &name) {
            Err(e) if e.is_exists() => {}
            done => return Ok(done?),
        }
    }
    Ok(())
}

fn staged(item: &Item, ending: &str) -> String {
    format!("{}.{ending}", item.item)
}

/// Writes each member and its record under a staging name once its hash is good.
struct Staging<'a> {
    dir: &'a Dir,
    file: Option<NewFile>,
    manifest: Manifest,
}

impl MemberSink for Staging<'_> {
    fn begin(&mut self, _: &Member) -> Result<(), DirError> {
        self.file = Some(self.dir.new_file()?);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DirError> {
        self.file.as_mut().map_or(Ok(()), |f| f.write_all(bytes))
    }

    fn end(&mut self, member: &Member) -> Result<(), DirError> {
        if let Some(file) = self.file.take() {
            file.link_to(self.dir, &staged(&member.item, "pgp"))?;
        }
        let stored = StoredItem {
            item: member.item.clone(),
            bundle: self.manifest.bundle.clone(),
            stored: Timestamp::now(),
        };
        let name = staged(&member.item, "json");
        let json = serde_json::to_vec(&stored)
            .map_err(|e| DirError::new("writing", self.dir.path(), std::io::Error::other(e)))?;
        let mut record = self.dir.new_file()?;
        record.write_all(&json)?;
        record.link_to(self.dir, &name)
    }
}

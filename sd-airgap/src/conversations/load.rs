//! From the store to conversations: through the index where it still holds, else record by record.

use sd_bundle::{Designation, ItemId, SourceId};
use sd_fs::{DirError, Progress, Stamp};

use super::{Conversation, Line, Said, State, newest_first};
use crate::store::{Entry, Index, Part, Shelves, StoreError};

/// Everything that is in the store, as lines.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) conversations: Vec<Conversation<Line>>,
    /// Items whose record cannot be read; the next import of their bundle brings them anew.
    pub(crate) unreadable: usize,
    /// The index for the next time, if it is not the one on disk.
    pub(crate) index: Option<Vec<u8>>,
}

/// One source, read.
struct Shelf<T> {
    items: Vec<T>,
    designation: Option<(u32, Designation)>,
    unfinished: Vec<ItemId>,
    unreadable: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: Vec::new(), designation: None, unfinished: Vec::new(), unreadable: 0 }
    }
}

/// Every source's lines.
pub(crate) fn load(shelves: &Shelves, progress: &mut dyn Progress) -> Result<Loaded, StoreError> {
    let mut index = Index::read(shelves)?;
    let mut loaded = Loaded::default();
    let (mut parts, mut anew) = (Vec::new(), false);
    let sources = shelves.sources()?;
    progress.begin("reading", Some(sources.len() as u64));
    for source in sources {
        progress.advance(1);
        // The stamp comes first: what changes while the directory is read is noticed next time.
        let Some(stamp) = found(shelves.stamp(&source))? else { continue };
        let (shelf, known) = match index.take(&source, stamp) {
            Some(part) => {
                let before = part.unfinished.len();
                let shelf = finish(shelves, part)?;
                let same = shelf.unfinished.len() == before;
                (shelf, same)
            }
            None => (read_source(shelves, &source, |entry| Line::of(&entry))?, false),
        };
        loaded.unreadable += shelf.unreadable;
        if stamp.is_settled() {
            parts.extend(part(&source, stamp, &shelf));
            anew |= !known;
        }
        loaded.conversations.extend(conversation(source, shelf));
    }
    progress.end();
    newest_first(&mut loaded.conversations);
    // Nothing of a source that is gone is kept.
    loaded.index = if anew || !index.is_empty() { Some(Index::sealed(&parts)?) } else { None };
    Ok(loaded)
}

/// Every source's records, each made into what a list shows.
pub(crate) fn read_all<T: Said>(
    shelves: &Shelves,
    of: impl Fn(Entry) -> T,
) -> Result<(Vec<Conversation<T>>, usize), StoreError> {
    let (mut conversations, mut unreadable) = (Vec::new(), 0);
    for source in shelves.sources()? {
        let shelf = read_source(shelves, &source, &of)?;
        unreadable += shelf.unreadable;
        conversations.extend(conversation(source, shelf));
    }
    newest_first(&mut conversations);
    Ok((conversations, unreadable))
}

fn conversation<T: Said>(source: SourceId, shelf: Shelf<T>) -> Option<Conversation<T>> {
    let (_, designation) = shelf.designation?;
    Some(Conversation { source, designation, items: shelf.items }.in_order())
}

fn read_source<T>(
    shelves: &Shelves,
    source: &SourceId,
    of: impl Fn(Entry) -> T,
) -> Result<Shelf<T>, StoreError> {
    let mut shelf = Shelf::default();
    for item in found(shelves.items(source))?.unwrap_or_default() {
        shelf.read(shelves, source, item, &of)?;
    }
    Ok(shelf)
}

/// A source as the index has it, with what was not finished then read anew.
fn finish(shelves: &Shelves, part: Part) -> Result<Shelf<Line>, StoreError> {
    let newest = part.lines.iter().map(|l| l.number).max().unwrap_or_default();
    let mut shelf = Shelf {
        items: part.lines,
        designation: Some((newest, part.designation)),
        unfinished: Vec::new(),
        unreadable: 0,
    };
    for item in part.unfinished {
        shelf.read(shelves, &part.source, item, |entry| Line::of(&entry))?;
    }
    Ok(shelf)
}

impl<T> Shelf<T> {
    fn read(
        &mut self,
        shelves: &Shelves,
        source: &SourceId,
        item: ItemId,
        of: impl Fn(Entry) -> T,
    ) -> Result<(), StoreError> {
        let entry = match shelves.entry(source, &item) {
            Ok(Some(entry)) => entry,
            Err(StoreError::Dir(e)) if !e.is_not_found() => return Err(e.into()),
            // Not complete yet, or moved aside just now.
            Ok(None) | Err(StoreError::Dir(_)) => {
                self.unfinished.push(item);
                return Ok(());
            }
            Err(_) => {
                self.unreadable += 1;
                self.unfinished.push(item);
                return Ok(());
            }
        };
        if Line::of(&entry).state != State::Opened {
            self.unfinished.push(item);
        }
        let stored = &entry.stored.item;
        if self.designation.as_ref().is_none_or(|(n, _)| *n <= stored.number) {
            self.designation = Some((stored.number, stored.designation.clone()));
        }
        self.items.push(of(entry));
        Ok(())
    }
}

/// What of a source may be kept: the lines that are final.
fn part(source: &SourceId, stamp: Stamp, shelf: &Shelf<Line>) -> Option<Part> {
    let (_, designation) = shelf.designation.as_ref()?;
    let lines = shelf.items.iter().filter(|l| l.state == State::Opened);
    Some(Part {
        source: source.clone(),
        stamp,
        designation: designation.clone(),
        lines: lines.cloned().collect(),
        unfinished: shelf.unfinished.clone(),
    })
}

/// Nothing for what has just gone.
fn found<T>(result: Result<T, DirError>) -> Result<Option<T>, DirError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests;

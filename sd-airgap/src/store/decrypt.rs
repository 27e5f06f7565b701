//! Opening what is stored: one worker a message, several at once, named in groups.
//!
//! ```text
//! threads: vault + worker --> nameless plaintext --channel--> committer: 64 at a time
//!                                                    syncfs, then names, then outcome records
//! ```
//! A plaintext gets its name only after its verdict and after its bytes are durable; the
//! outcome record comes after the name. A crash in between costs one opening more.

use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};

use sd_bundle::{Event, Item, Kind};
use sd_fs::{Dir, NewFile, Progress};
use sd_term::Failure;

use super::item::{CIPHERTEXT, CONTENT, OUTCOME, Outcome};
use super::{Entry, Store, StoreError};
use crate::opener;
use crate::vault::Vault;
use crate::worker::{Order, Task};

/// Items named with one flush: two descriptors each stay far below the usual limit of 1024.
const GROUP: usize = 64;

/// A group is flushed earlier when it holds this much: a person watches.
const GROUP_BYTES: u64 = 64 << 20;

/// What a run of opening did.
#[derive(Debug, Default)]
pub(crate) struct Decrypted {
    /// Items opened now.
    pub(crate) opened: Vec<(Item, Outcome)>,
    /// Items refused now, with the reason.
    pub(crate) refused: Vec<(Item, String)>,
    /// What kept the rest from being tried: the key, or the sandbox.
    pub(crate) stopped: Option<Failure>,
}

/// A nameless result on its way to the committer.
struct Finished {
    index: usize,
    content: NewFile,
    outcome: Outcome,
}

enum Reached {
    Finished(Finished),
    Refused(usize, String),
    Stopped(Failure),
}

/// Opens every item without an outcome (and, with `retry`, those refused before).
pub(crate) fn decrypt_pending(
    store: &mut Store,
    vault: &dyn Vault,
    limit: u64,
    retry: bool,
    progress: &mut dyn Progress,
) -> Result<Decrypted, Failure> {
    let pending = pending(store, retry)?;
    if pending.is_empty() {
        return Ok(Decrypted::default());
    }
    let total = pending.iter().map(|e| e.stored.item.size).sum();
    progress.begin("opening", Some(total));
    let done = open_all(store, &pending, vault, limit, progress);
    progress.end();
    let done = done?;
    let event = Event::Opened { opened: done.opened.len(), refused: done.refused.len() };
    store.ledger.append(event).map_err(StoreError::from)?;
    Ok(done)
}

fn pending(store: &Store, retry: bool) -> Result<Vec<Entry>, StoreError> {
    let mut pending = store.entries()?;
    pending.retain(|e| match &e.outcome {
        None => true,
        Some(Outcome::Refused { .. }) => retry,
        Some(Outcome::Opened { .. }) => false,
    });
    Ok(pending)
}

fn open_all(
    store: &Store,
    pending: &[Entry],
    vault: &dyn Vault,
    limit: u64,
    progress: &mut dyn Progress,
) -> Result<Decrypted, Failure> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(pending.len());
    std::thread::scope(|scope| {
        // Room for a group: the openers go on while the committer flushes.
        let (to, from) = mpsc::sync_channel(GROUP);
        for _ in 0..threads {
            let to = to.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || open_some(store, pending, vault, limit, next, stop, &to));
        }
        drop(to);
        let done = commit_all(store, pending, &from, progress);
        stop.store(true, Ordering::Relaxed);
        // Whoever waits to hand over a result must not wait for ever.
        while from.recv().is_ok() {}
        done
    })
}

fn open_some(
    store: &Store,
    pending: &[Entry],
    vault: &dyn Vault,
    limit: u64,
    next: &AtomicUsize,
    stop: &AtomicBool,
    to: &SyncSender<Reached>,
) {
    while !stop.load(Ordering::Relaxed) {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(entry) = pending.get(index) else { return };
        let result = open_one(store, entry, vault, limit, index);
        if matches!(result, Reached::Stopped(_)) {
            stop.store(true, Ordering::Relaxed);
        }
        if to.send(result).is_err() {
            return;
        }
    }
}

fn open_one(store: &Store, entry: &Entry, vault: &dyn Vault, limit: u64, index: usize) -> Reached {
    let kind = entry.stored.item.kind;
    let task = match kind {
        Kind::Message | Kind::Reply => Task::Text,
        Kind::Document => Task::Document,
    };
    let files = || -> Result<(File, NewFile), sd_fs::DirError> {
        Ok((entry.dir(&store.sources)?.open_file(CIPHERTEXT)?, store.dir.new_file()?))
    };
    let (ciphertext, content) = match files() {
        Ok(files) => files,
        Err(e) => return Reached::Stopped(e.into()),
    };
    match opener::open(vault, &Order { task, limit }, &ciphertext, content.file()) {
        Ok(opened) => {
            let outcome = Outcome::opened(kind, &opened);
            Reached::Finished(Finished { index, content, outcome })
        }
        Err(e) if e.is_station() => Reached::Stopped(e.into()),
        Err(e) => Reached::Refused(index, e.to_string()),
    }
}

fn commit_all(
    store: &Store,
    pending: &[Entry],
    from: &Receiver<Reached>,
    progress: &mut dyn Progress,
) -> Result<Decrypted, Failure> {
    let mut done = Decrypted::default();
    let mut group = Vec::new();
    let mut bytes = 0;
    while let Ok(result) = from.recv() {
        match result {
            Reached::Finished(finished) => {
                let Some(entry) = pending.get(finished.index) else { continue };
                progress.advance(entry.stored.item.size);
                bytes += entry.stored.item.size;
                group.push(finished);
            }
            Reached::Refused(index, why) => {
                let Some(entry) = pending.get(index) else { continue };
                progress.advance(entry.stored.item.size);
                refuse(store, entry, &why)?;
                done.refused.push((entry.stored.item.clone(), why));
            }
            Reached::Stopped(failure) => done.stopped = Some(failure),
        }
        if group.len() >= GROUP || bytes >= GROUP_BYTES {
            commit(store, pending, &mut group, &mut done)?;
            bytes = 0;
        }
    }
    commit(store, pending, &mut group, &mut done)?;
    Ok(done)
}

/// Flushes a group, then names its plaintexts, then writes its outcomes.
fn commit(
    store: &Store,
    pending: &[Entry],
    group: &mut Vec<Finished>,
    done: &mut Decrypted,
) -> Result<(), StoreError> {
    if group.is_empty() {
        return Ok(());
    }
    let mut records = Vec::with_capacity(group.len());
    for finished in group.iter() {
        records.push(record_file(&store.dir, &finished.outcome)?);
    }
    store.dir.sync_filesystem()?;
    for (finished, record) in group.drain(..).zip(records) {
        let Some(entry) = pending.get(finished.index) else { continue };
        let dir = entry.dir(&store.sources)?;
        dir.remove_file(OUTCOME)?;
        let content = dir.make_sub(CONTENT)?;
        if let Outcome::Opened { name, .. } = &finished.outcome {
            // What an interrupted run named without an outcome is opened anew.
            content.remove_file(name.as_str())?;
            finished.content.link_to(&content, name.as_str())?;
        }
        record.link_to(&dir, OUTCOME)?;
        done.opened.push((entry.stored.item.clone(), finished.outcome));
    }
    Ok(store.dir.sync_filesystem()?)
}

fn refuse(store: &Store, entry: &Entry, why: &str) -> Result<(), StoreError> {
    let outcome = Outcome::Refused { why: why.to_owned() };
    let dir = entry.dir(&store.sources)?;
    let record = record_file(&dir, &outcome)?;
    dir.remove_file(OUTCOME)?;
    record.sync()?;
    Ok(record.link_to(&dir, OUTCOME)?)
}

fn record_file(dir: &Dir, outcome: &Outcome) -> Result<NewFile, StoreError> {
    let json = serde_json::to_vec(outcome).map_err(|e| StoreError::Record {
        path: sd_fs::escape(dir.path().as_os_str().as_encoded_bytes()),
        why: e.to_string(),
    })?;
    let mut file = dir.new_file()?;
    file.write_all(&json)?;
    Ok(file)
}

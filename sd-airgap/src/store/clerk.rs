//! Who writes while a person reads: one thread, so that no key waits for a disk.
//!
//! ```text
//! view --Change--> Clerk --lock, read, apply, replace--> marks.json
//!                        '--lock, replace--------------> index.json
//! ```
//! Two views may be open: each brings its changes to what is on disk then, under a lock.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sd_fs::{Dir, DirError, Lock};

use super::{Change, Index, Marks, Shelves, StoreError};

const LOCK: &str = ".marks.lock";

/// Another view holds the lock for one write; that takes a moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// What is to be written.
enum Job {
    Change(Change),
    Index(Vec<u8>),
}

/// The thread, and the way to it.
#[derive(Debug)]
pub(crate) struct Clerk {
    to: Sender<Job>,
    trouble: Receiver<StoreError>,
    thread: JoinHandle<Result<(), StoreError>>,
}

impl Clerk {
    /// Starts the thread.
    pub(crate) fn start(shelves: &Shelves) -> Result<Self, DirError> {
        let store = shelves.dir().again()?;
        let (to, jobs) = mpsc::channel();
        let (tell, trouble) = mpsc::channel();
        let thread = thread::spawn(move || work(&store, &jobs, &tell));
        Ok(Self { to, trouble, thread })
    }

    /// Has a change written.
    pub(crate) fn change(&self, change: Change) {
        self.send(Job::Change(change));
    }

    /// Has the index written.
    pub(crate) fn index(&self, sealed: Vec<u8>) {
        self.send(Job::Index(sealed));
    }

    fn send(&self, job: Job) {
        // A thread that is gone has panicked, and `finish` says so.
        let _ = self.to.send(job);
    }

    /// What went wrong since the last time this was asked.
    pub(crate) fn trouble(&self) -> Option<StoreError> {
        self.trouble.try_iter().last()
    }

    /// Waits until every change is written, or says why one is not.
    pub(crate) fn finish(self) -> Result<(), StoreError> {
        drop(self.to);
        self.thread.join().unwrap_or(Err(StoreError::Unwritten))
    }
}

fn work(store: &Dir, jobs: &Receiver<Job>, tell: &Sender<StoreError>) -> Result<(), StoreError> {
    let mut unwritten = Vec::new();
    while let Ok(first) = jobs.recv() {
        let mut index = None;
        // What has come together is written together.
        for job in std::iter::once(first).chain(jobs.try_iter()) {
            match job {
                Job::Change(change) => unwritten.push(change),
                Job::Index(sealed) => index = Some(sealed),
            }
        }
        let written = write_changes(store, &mut unwritten);
        let indexed = index.map_or(Ok(()), |sealed| write_index(store, &sealed));
        if let Err(e) = written.and(indexed) {
            // Whoever left asks for the end of it all instead.
            let _ = tell.send(e);
        }
    }
    write_changes(store, &mut unwritten)
}

fn write_changes(store: &Dir, unwritten: &mut Vec<Change>) -> Result<(), StoreError> {
    if unwritten.is_empty() {
        return Ok(());
    }
    let _lock = lock(store)?;
    let mut marks = Marks::read_in(store)?;
    for change in unwritten.iter() {
        marks.apply(change);
    }
    marks.write(store)?;
    unwritten.clear();
    Ok(())
}

fn write_index(store: &Dir, sealed: &[u8]) -> Result<(), StoreError> {
    let _lock = lock(store)?;
    Index::write(store, sealed)
}

fn lock(store: &Dir) -> Result<Lock, DirError> {
    for _ in 1..TRIES {
        match store.lock(LOCK) {
            Err(DirError::Locked { .. }) => thread::sleep(PAUSE),
            done => return done,
        }
    }
    store.lock(LOCK)
}

#[cfg(test)]
mod tests {
    use sd_bundle::{Home, ItemId};

    use super::*;

    #[test]
    fn what_two_views_note_is_kept_of_both() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        let shelves = Shelves::open(&home).expect("opened");
        let item = |n: u32| -> ItemId {
            format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID")
        };
        let clerks: Vec<Clerk> = (0..2).map(|_| Clerk::start(&shelves).expect("started")).collect();
        for n in 0..50 {
            for (odd, clerk) in (0..).zip(&clerks) {
                clerk.change(Change::Read(vec![item(2 * n + odd)]));
            }
        }
        for clerk in clerks {
            clerk.finish().expect("written");
        }
        let marks = Marks::read(&shelves).expect("there");
        assert!((0..100).all(|n| marks.is_read(&item(n))));
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        let shelves = Shelves::open(&home).expect("opened");
        shelves.dir().write_new("marks.json", b"damaged meanwhile").expect("written");
        let clerk = Clerk::start(&shelves).expect("started");
        clerk.change(Change::Read(Vec::new()));
        assert!(matches!(clerk.finish(), Err(StoreError::Record { .. })));
        let kept = shelves.dir().read_small("marks.json", 100).expect("there");
        assert_eq!(kept, b"damaged meanwhile");
    }
}

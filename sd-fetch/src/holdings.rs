//! What this station holds, looked at without its locks: nothing is made, nothing is changed, and
//! another run may be at work.

use sd_bundle::{Home, Inbox, InboxError, Interrupted, Item, ItemState, OutboxError, Shipments};
use sd_fs::{Dir, DirError};

/// The inbox and the outbox, as they are at this moment.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    /// What is in the inbox.
    pub(crate) inbox: Vec<Item>,
    /// What was packed.
    pub(crate) shipments: Shipments,
    /// Downloads that broke off and can go on.
    pub(crate) interrupted: Vec<Interrupted>,
}

/// Why a station cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HoldingsError {
    /// A directory.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// The inbox.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl Holdings {
    /// Looks; what is not there yet is empty.
    pub(crate) fn look(home: &Home) -> Result<Self, HoldingsError> {
        let Some(dir) = there(Dir::open(home.path()))? else {
            return Ok(Self::default());
        };
        let mut holdings = Self::default();
        if let Some(inbox) = there(dir.sub("inbox"))? {
            holdings.inbox = Inbox::look(&inbox)?;
            holdings.interrupted = Inbox::look_interrupted(&inbox)?;
        }
        if let Some(outbox) = there(dir.sub("outbox"))? {
            holdings.shipments = Shipments::look(&outbox)?;
        }
        Ok(holdings)
    }

    /// Items in the inbox that are this far.
    pub(crate) fn in_inbox(&self, wanted: ItemState) -> usize {
        self.count(&self.inbox, wanted)
    }

    /// Those of these items that were never packed.
    pub(crate) fn waiting(&self, items: &[Item]) -> usize {
        self.count(items, ItemState::Waiting)
    }

    fn count(&self, items: &[Item], wanted: ItemState) -> usize {
        let states = self.shipments.item_states();
        let state = |item: &Item| states.get(&item.item).copied().unwrap_or(ItemState::Waiting);
        items.iter().filter(|item| state(item) == wanted).count()
    }
}

/// Nothing, if there is nothing of that name.
pub(crate) fn there<T>(opened: Result<T, DirError>) -> Result<Option<T>, DirError> {
    match opened {
        Err(e) if e.is_not_found() => Ok(None),
        opened => opened.map(Some),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests plant files")]
mod tests {
    use super::*;

    fn home(path: &std::path::Path) -> Home {
        Home::choose(Some(path.to_owned()), None).expect("a home")
    }

    #[test]
    fn a_look_at_a_station_that_is_not_there_makes_nothing() {
        let tmp = tempfile::tempdir().expect("a directory");
        let holdings = Holdings::look(&home(&tmp.path().join("ws"))).expect("looked");
        assert!(holdings.inbox.is_empty() && holdings.interrupted.is_empty());
        assert_eq!(std::fs::read_dir(tmp.path()).expect("listed").count(), 0);
    }

    #[test]
    fn a_look_does_not_need_the_locks() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = home(tmp.path());
        let _inbox = Inbox::open(home.part("inbox").expect("made")).expect("free");
        let _outbox = sd_bundle::Outbox::open(home.part("outbox").expect("made")).expect("free");
        assert!(Holdings::look(&home).expect("looked").inbox.is_empty());
    }

    #[test]
    fn only_parts_of_items_are_interrupted_downloads() {
        let tmp = tempfile::tempdir().expect("a directory");
        let partial = tmp.path().join("inbox/.partial");
        std::fs::create_dir_all(partial.join("952bab4d-260c-4136-b774-39eaacf9b912.part"))
            .expect("made");
        for name in ["8d4aa076-59d8-44e8-80ca-d2794c81507f.part", "note.part", "x"] {
            std::fs::write(partial.join(name), "12345").expect("written");
        }
        let holdings = Holdings::look(&home(tmp.path())).expect("looked");
        let item = "8d4aa076-59d8-44e8-80ca-d2794c81507f".parse().expect("a UUID");
        assert_eq!(holdings.interrupted, [Interrupted { item, bytes: 5 }]);
    }
}

//! What may leave the inbox: ciphertext that the SVS has, and what interrupted runs left behind.
//!
//! ```text
//! inbox item --delivered, the same bytes by both hashes--> may go
//!           '--anything else-----------------------------> stays
//! ```
//! The outbox keeps what it knows of every item, so what was forgotten here is still known as
//! delivered, and no sync fetches it again.

use std::collections::BTreeSet;

use sd_bundle::{Inbox, InboxError, Interrupted, Item, ItemState, Leftover, Shipments, SourceId};

/// What will be removed; plain data.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Delivered items.
    pub(crate) items: Vec<Item>,
    /// Ciphertexts without records.
    pub(crate) leftovers: Vec<Leftover>,
    /// Interrupted downloads.
    pub(crate) interrupted: Vec<Interrupted>,
    /// Interrupted downloads that stay.
    pub(crate) interrupted_kept: usize,
    /// Items that stay: not packed.
    pub(crate) waiting: usize,
    /// Items that stay: packed, not confirmed.
    pub(crate) packed: usize,
    /// Items that stay: the SVS has other bytes under their identity.
    pub(crate) other_bytes: usize,
}

/// What becomes of interrupted downloads, whoever they are from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// They stay.
    Keep,
    /// All of them go: they only save the next sync some bytes.
    Clean,
}

impl Plan {
    /// Looks at everything in the inbox. With `from`, other sources are left alone.
    pub(crate) fn new(
        inbox: &Inbox,
        shipments: &Shipments,
        from: Option<&BTreeSet<SourceId>>,
        parts: Parts,
    ) -> Result<Self, InboxError> {
        let (states, delivered) = (shipments.item_states(), shipments.delivered());
        let chosen = |source: &SourceId| from.is_none_or(|from| from.contains(source));
        let mut plan = Self::default();
        let here = inbox.items()?;
        for item in &here {
            match states.get(&item.item) {
                // Other bytes under the same identity are in nobody's hands but ours.
                Some(ItemState::Delivered) if delivered.holds(item) => {
                    if chosen(&item.source) {
                        plan.items.push(item.clone());
                    }
                }
                Some(ItemState::Delivered) => plan.other_bytes += 1,
                Some(ItemState::Packed) => plan.packed += 1,
                None | Some(ItemState::Waiting) => plan.waiting += 1,
            }
        }
        plan.leftovers = inbox.leftovers()?;
        plan.leftovers.retain(|left| chosen(&left.source));
        let interrupted = inbox.interrupted()?;
        match parts {
            Parts::Keep => plan.interrupted_kept = interrupted.len(),
            Parts::Clean => plan.interrupted = interrupted,
        }
        Ok(plan)
    }

    /// Removes what is planned, item by item, each in an order that a crash cannot make into
    /// something that looks whole. Gives what was removed, and why it ended early if it did.
    pub(crate) fn apply(mut self, inbox: &Inbox) -> (Self, Option<InboxError>) {
        let [items, leftovers, interrupted] =
            [self.items.len(), self.leftovers.len(), self.interrupted.len()];
        let mut gone = 0;
        let ended = self.remove_all(inbox, &mut gone).err();
        self.items.truncate(gone.min(items));
        self.leftovers.truncate(gone.saturating_sub(items).min(leftovers));
        self.interrupted.truncate(gone.saturating_sub(items + leftovers).min(interrupted));
        (self, ended)
    }

    fn remove_all(&self, inbox: &Inbox, gone: &mut usize) -> Result<(), InboxError> {
        for item in &self.items {
            inbox.remove(item)?;
            *gone += 1;
        }
        for left in &self.leftovers {
            inbox.remove_leftover(left)?;
            *gone += 1;
        }
        for part in &self.interrupted {
            inbox.forget_interrupted(&part.item)?;
            *gone += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sd_bundle::{BundleId, Home, Kind, Manifest, Nonce, Note, Outbox, PackState, Timestamp};
    use sd_fs::{Blake3, Sha256};

    use super::*;

    const ONE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const TWO: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";

    struct Scratch {
        _tmp: tempfile::TempDir,
        inbox: Inbox,
        outbox: Outbox,
    }

    fn scratch() -> Scratch {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        let inbox = Inbox::open(home.part("inbox").expect("made")).expect("free");
        let outbox = Outbox::open(home.part("outbox").expect("made")).expect("free");
        Scratch { _tmp: tmp, inbox, outbox }
    }

    fn item(source: &str, number: u32, bytes: &[u8]) -> Item {
        Item {
            source: source.parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
            number,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: bytes.len() as u64,
            sha256: Sha256::of(bytes),
            blake3: Blake3::of(bytes),
        }
    }

    impl Scratch {
        fn admit(&self, item: &Item, bytes: &[u8]) {
            use std::io::Write as _;
            let incoming = self.inbox.incoming(&item.source, &item.item, item.size);
            let mut incoming = incoming.expect("a file");
            incoming.write_all(bytes).expect("written");
            self.inbox.admit(item, incoming).expect("admitted");
        }

        fn pack(&mut self, items: &[Item], state: PackState) {
            let note = || Note::try_from(String::new()).expect("a note");
            let sequence = self.outbox.next_sequence();
            let manifest = Manifest::new(
                BundleId::from_bytes(u128::from(sequence).to_be_bytes()),
                sequence,
                None,
                Timestamp::from_unix(0),
                (note(), note()),
                Nonce::new().expect("random bytes"),
                items.to_vec(),
            );
            self.outbox.prepare(&manifest, b"sealed", "a file", None).expect("prepared");
            self.outbox.mark(self.outbox.bundles().len() - 1, state).expect("marked");
        }

        fn plan(&self, from: Option<&BTreeSet<SourceId>>, parts: Parts) -> Plan {
            Plan::new(&self.inbox, &self.outbox, from, parts).expect("planned")
        }
    }

    fn numbers(plan: &Plan) -> Vec<u32> {
        plan.items.iter().map(|i| i.number).collect()
    }

    #[test]
    fn only_what_was_delivered_with_the_same_bytes_goes() {
        let mut scratch = scratch();
        let [one, two, three, four] = [1, 2, 3, 4].map(|n| item(ONE, n, b"data"));
        for item in [&one, &two, &three] {
            scratch.admit(item, b"data");
        }
        // Fetched again with other bytes, after the pack that was confirmed.
        scratch.admit(&item(ONE, 4, b"atad"), b"atad");
        scratch.pack(&[one, four], PackState::Delivered);
        scratch.pack(&[two], PackState::Packed);
        let plan = scratch.plan(None, Parts::Keep);
        assert_eq!(numbers(&plan), [1]);
        assert_eq!((plan.waiting, plan.packed, plan.other_bytes), (1, 1, 1));
        let (done, ended) = plan.apply(&scratch.inbox);
        assert!(ended.is_none());
        assert_eq!(numbers(&done), [1]);
        let left: Vec<u32> =
            scratch.inbox.items().expect("listed").iter().map(|i| i.number).collect();
        assert_eq!(left, [2, 3, 4]);
        assert_eq!(numbers(&scratch.plan(None, Parts::Keep)), [] as [u32; 0]);
    }

    #[test]
    fn other_sources_are_left_alone_when_one_is_named() {
        let mut scratch = scratch();
        let items = [item(ONE, 1, b"data"), item(TWO, 2, b"data")];
        for item in &items {
            scratch.admit(item, b"data");
        }
        scratch.pack(&items, PackState::Delivered);
        let from = [TWO.parse().expect("a UUID")].into();
        assert_eq!(numbers(&scratch.plan(Some(&from), Parts::Keep)), [2]);
    }

    #[test]
    fn every_interrupted_download_goes_when_that_is_asked_for_and_none_otherwise() {
        use std::io::Write as _;
        let mut scratch = scratch();
        let items = [1, 2, 3].map(|n| item(ONE, n, b"data"));
        for item in &items {
            let mut part =
                scratch.inbox.incoming(&item.source, &item.item, 300_000).expect("begun");
            part.start_anew(Sha256::of(b"")).expect("begun");
            part.write_all(b"half").expect("written");
        }
        let [here, delivered, _] = items;
        scratch.admit(&here, b"data");
        scratch.pack(&[delivered], PackState::Delivered);
        let kept = scratch.plan(None, Parts::Keep);
        assert_eq!((kept.interrupted.len(), kept.interrupted_kept), (0, 3));
        let plan = scratch.plan(None, Parts::Clean);
        assert_eq!((plan.interrupted.len(), plan.interrupted_kept), (3, 0));
        let (done, ended) = plan.apply(&scratch.inbox);
        assert!(ended.is_none() && done.interrupted.len() == 3);
        assert_eq!(scratch.inbox.interrupted().expect("listed"), []);
    }

    #[test]
    fn a_claim_without_its_part_goes_too() {
        let scratch = scratch();
        let partial = scratch.inbox.dir().make_sub(".partial").expect("made");
        let item = item(ONE, 1, b"data").item;
        for name in [&format!("{item}.claim"), "note.claim"] {
            partial.write_new(name, b"{}").expect("written");
        }
        let plan = scratch.plan(None, Parts::Clean);
        assert_eq!(plan.interrupted, [Interrupted { item, bytes: 0 }]);
        assert!(plan.apply(&scratch.inbox).1.is_none());
        let left: Vec<String> =
            partial.entries().expect("listed").into_iter().map(|e| e.name).collect();
        assert_eq!(left, ["note.claim"], "what is not ours stays");
    }
}

//! What the outbox's records say: which items are on their way, and which the SVS has.
//!
//! Reading needs no lock. Files only ever appear in the outbox, each whole, so a look while
//! `pack` or `confirm` works sees the state before or the state after.

use std::collections::HashMap;

use sd_fs::Dir;

use crate::ids::ItemId;
use crate::item::Item;
use crate::outbox::{ItemState, OutboxError, PackState, Packed, records};

/// Every bundle that was packed here, in sequence.
#[derive(Debug, Default)]
pub struct Shipments {
    pub(crate) bundles: Vec<Packed>,
}

/// The items that the SVS has, by its receipts.
///
/// An item can have been delivered in two versions, when its ciphertext was fetched again
/// between two packs; each counts.
#[derive(Debug, Default)]
pub struct Delivered<'a>(HashMap<&'a ItemId, Vec<&'a Item>>);

impl Shipments {
    /// Reads every record in an outbox.
    pub fn look(dir: &Dir) -> Result<Self, OutboxError> {
        Ok(Self { bundles: records(dir)? })
    }

    /// Every bundle, in sequence.
    pub fn bundles(&self) -> &[Packed] {
        &self.bundles
    }

    /// How far each item has come; an item not listed is waiting.
    pub fn item_states(&self) -> HashMap<ItemId, ItemState> {
        let mut states = HashMap::new();
        for (item, state) in self.items() {
            let known = states.entry(item.item.clone()).or_insert(state);
            *known = state.max(*known);
        }
        states
    }

    /// Every item in a bundle that reached a medium, bundle by bundle, with how far that bundle
    /// has come.
    pub fn items(&self) -> impl Iterator<Item = (&Item, ItemState)> {
        let reached = self.bundles.iter().filter_map(|bundle| match bundle.state {
            PackState::Abandoned | PackState::Prepared => None,
            PackState::Packed => Some((bundle, ItemState::Packed)),
            PackState::Delivered => Some((bundle, ItemState::Delivered)),
        });
        reached.flat_map(|(b, state)| b.manifest.members.iter().map(move |m| (&m.item, state)))
    }

    /// What the SVS has.
    pub fn delivered(&self) -> Delivered<'_> {
        let delivered = self.items().filter(|(_, state)| *state == ItemState::Delivered);
        delivered.map(|(item, _)| item).collect()
    }
}

impl<'a> FromIterator<&'a Item> for Delivered<'a> {
    fn from_iter<T: IntoIterator<Item = &'a Item>>(items: T) -> Self {
        let mut versions: HashMap<&ItemId, Vec<&Item>> = HashMap::new();
        for item in items {
            let known = versions.entry(&item.item).or_default();
            if !known.contains(&item) {
                known.push(item);
            }
        }
        Self(versions)
    }
}

impl<'a> Delivered<'a> {
    /// Whether nothing was delivered yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every version of an item that was delivered; none if it was not.
    pub fn versions(&self, item: &ItemId) -> &[&'a Item] {
        self.0.get(item).map_or(&[], Vec::as_slice)
    }

    /// Whether this very item was delivered: these bytes, by both hashes, from this source.
    pub fn holds(&self, item: &Item) -> bool {
        self.versions(&item.item).contains(&item)
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use sd_fs::{Blake3, Sha256};

    use super::*;
    use crate::{BundleId, Kind, Manifest, Nonce, Note, Outbox, Timestamp};

    fn item(n: u32, bytes: &[u8]) -> Item {
        Item {
            source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID"),
            number: n,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("a designation"),
            size: bytes.len() as u64,
            sha256: Sha256::of(bytes),
            blake3: Blake3::of(bytes),
        }
    }

    fn pack(outbox: &mut Outbox, items: &[Item], state: PackState) {
        let note = || Note::try_from(String::new()).expect("a note");
        let manifest = Manifest::new(
            BundleId::from_bytes(u128::from(outbox.next_sequence()).to_be_bytes()),
            outbox.next_sequence(),
            None,
            Timestamp::from_unix(0),
            (note(), note()),
            Nonce::new().expect("random bytes"),
            items.to_vec(),
        );
        outbox.prepare(&manifest, b"sealed", "a file", None).expect("prepared");
        outbox.mark(outbox.bundles().len() - 1, state).expect("marked");
    }

    #[test]
    fn only_what_reached_a_medium_is_packed_and_only_a_receipt_delivers() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = || Dir::open(tmp.path()).expect("open");
        let mut outbox = Outbox::open(dir()).expect("free");
        let [one, two, three, four] = [1, 2, 3, 4].map(|n| item(n, b"data"));
        pack(&mut outbox, from_ref(&one), PackState::Delivered);
        pack(&mut outbox, &[one.clone(), two.clone()], PackState::Packed);
        pack(&mut outbox, from_ref(&three), PackState::Abandoned);
        pack(&mut outbox, from_ref(&four), PackState::Prepared);
        // The lock is held: a look does not need it.
        let seen = Shipments::look(&dir()).expect("read");
        let states = seen.item_states();
        assert_eq!(states.get(&one.item), Some(&ItemState::Delivered));
        assert_eq!(states.get(&two.item), Some(&ItemState::Packed));
        assert_eq!((states.get(&three.item), states.get(&four.item)), (None, None));
        let delivered = seen.delivered();
        assert!(delivered.holds(&one) && !delivered.holds(&two) && !delivered.holds(&four));
    }

    #[test]
    fn other_bytes_under_a_delivered_identity_are_not_delivered() {
        let tmp = tempfile::tempdir().expect("a directory");
        let mut outbox = Outbox::open(Dir::open(tmp.path()).expect("open")).expect("free");
        pack(&mut outbox, &[item(1, b"data")], PackState::Delivered);
        pack(&mut outbox, &[item(1, b"atad")], PackState::Delivered);
        let delivered = outbox.delivered();
        assert!(delivered.holds(&item(1, b"data")) && delivered.holds(&item(1, b"atad")));
        assert!(!delivered.holds(&item(1, b"next")));
        let other_source = Item {
            source: "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0".parse().expect("a UUID"),
            ..item(1, b"data")
        };
        assert!(!delivered.holds(&other_source));
        assert_eq!(delivered.versions(&item(2, b"data").item), [] as [&Item; 0]);
    }
}

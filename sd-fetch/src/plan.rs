//! What a sync is going to do: plain data, to be shown or to be done.

use std::collections::BTreeMap;

use sd_bundle::{Delivered, Inbox, InboxError, Interrupted, Item, ItemId, Kind};

use crate::inventory::{Inventory, Refused};
use crate::journalist_interface::{Refusal, Sources, Submission};
use crate::selection::{LeftOut, Selection, WhoError};

/// What an item needs on the disk besides its bytes: rounding, its record, its directory.
const ROUNDING: u64 = 16 * 1024;
/// Room left for everything else on this disk.
const RESERVE: u64 = 16 * 1024 * 1024;

/// Why an item is refused whose identifier the SVS knows for another one.
pub(crate) const CHANGED_SINCE: &str = "it is not the item that was delivered under its identifier";

/// What will be fetched, in order.
pub(crate) struct Plan {
    /// New items: messages, then replies, then documents by size.
    pub(crate) new: Vec<Submission>,
    /// Items on the server that are in the inbox already.
    pub(crate) here: usize,
    /// Items on the server that are not in the inbox any more, because the SVS has them.
    pub(crate) delivered: usize,
    /// What is not taken.
    pub(crate) refused: Vec<Refused>,
    /// What is new and was not asked for.
    pub(crate) left_out: LeftOut,
}

/// Not enough room for everything that is planned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoRoom {
    /// Bytes needed.
    pub(crate) needed: u64,
    /// Bytes there are.
    pub(crate) free: u64,
}

impl Plan {
    /// Compares the server with the inbox, and with what the SVS has. What was packed, is not
    /// confirmed and is not in the inbox any more is fetched again.
    pub(crate) fn new(inventory: Inventory, here: &[Item], delivered: &Delivered<'_>) -> Self {
        let here: BTreeMap<&ItemId, &Item> = here.iter().map(|i| (&i.item, i)).collect();
        let Inventory { items, mut refused, .. } = inventory;
        let mut new = Vec::new();
        let (mut already, mut on_the_svs) = (0, 0);
        for item in items {
            let past = delivered.versions(&item.item);
            match here.get(&item.item) {
                Some(copy) if is_same(copy, &item) => already += 1,
                Some(_) => refused.push(Refused::item(&item).because(Refusal::Changed)),
                None if past.is_empty() => new.push(item),
                None if past.iter().any(|copy| is_same(copy, &item)) => on_the_svs += 1,
                None => refused.push(Refused::item(&item).because(CHANGED_SINCE)),
            }
        }
        new.sort_by_key(|i| (rank(i), i.source.clone(), i.number, i.item.clone()));
        let left_out = LeftOut::default();
        Self { new, here: already, delivered: on_the_svs, refused, left_out }
    }

    /// Keeps of what is new only what is asked for.
    pub(crate) fn select(&mut self, sources: &Sources, wanted: &Selection) -> Result<(), WhoError> {
        self.left_out = wanted.apply(sources, &mut self.new)?;
        Ok(())
    }

    /// Bytes to fetch.
    pub(crate) fn bytes(&self) -> u64 {
        self.new.iter().fold(0, |sum, i| sum.saturating_add(i.size))
    }

    /// Whether everything fits where the inbox is.
    pub(crate) fn room(&self, inbox: &Inbox) -> Result<Result<(), NoRoom>, InboxError> {
        Ok(self.fits(self.begun(&inbox.interrupted()?), inbox.dir().free_bytes()?))
    }

    /// Bytes of what is planned that an earlier run left here, at most as many as are listed.
    fn begun(&self, interrupted: &[Interrupted]) -> u64 {
        let here: BTreeMap<&ItemId, u64> = interrupted.iter().map(|i| (&i.item, i.bytes)).collect();
        let of = |item: &Submission| here.get(&item.item).map_or(0, |bytes| item.size.min(*bytes));
        self.new.iter().map(of).sum()
    }

    fn fits(&self, begun: u64, free: u64) -> Result<(), NoRoom> {
        if self.new.is_empty() {
            return Ok(());
        }
        let items = self.new.len() as u64;
        let bytes = self.bytes().saturating_sub(begun);
        let needed = bytes.saturating_add(items.saturating_mul(ROUNDING));
        if needed.saturating_add(RESERVE) <= free { Ok(()) } else { Err(NoRoom { needed, free }) }
    }
}

/// `SecureDrop` never changes an item: one identifier, one source, number, kind and size.
pub(crate) fn is_same(copy: &Item, listed: &Submission) -> bool {
    (&copy.source, copy.number, copy.kind, copy.size)
        == (&listed.source, listed.number, listed.kind, listed.size)
}

/// What people wait for comes first; a large document holds up nothing but larger ones.
fn rank(item: &Submission) -> (u8, u64) {
    match item.kind {
        Kind::Message => (0, 0),
        Kind::Reply => (1, 0),
        Kind::Document => (2, item.size),
    }
}

#[cfg(test)]
mod tests {
    use sd_fs::{Blake3, Sha256};

    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const OTHER: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";

    fn listed(number: u32, kind: Kind, size: u64) -> Submission {
        let item = format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID");
        let designation = "focal ghost".to_owned().try_into().expect("words");
        let source = SOURCE.parse().expect("a UUID");
        Submission { source, item, number, kind, designation, size, seen: false }
    }

    fn copy(of: &Submission, source: &str) -> Item {
        Item {
            source: source.parse().expect("a UUID"),
            item: of.item.clone(),
            number: of.number,
            kind: of.kind,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: of.size,
            sha256: Sha256::of(b"x"),
            blake3: Blake3::of(b"x"),
        }
    }

    fn plan(items: &[Submission], here: &[Item]) -> Plan {
        let (sources, refused) = (Sources::new(), Vec::new());
        let inventory = Inventory { sources, items: items.to_vec(), refused };
        Plan::new(inventory, here, &Delivered::default())
    }

    #[test]
    fn what_was_delivered_is_not_fetched_again_and_not_replaced() {
        let item = listed(1, Kind::Message, 616);
        let delivered_as = |copy: &Item| {
            let inventory = Inventory {
                sources: Sources::new(),
                items: vec![item.clone()],
                refused: Vec::new(),
            };
            let plan = Plan::new(inventory, &[], &[copy].into_iter().collect());
            (plan.new.len(), plan.here, plan.delivered, plan.refused.len())
        };
        assert_eq!(delivered_as(&copy(&item, SOURCE)), (0, 0, 1, 0));
        assert_eq!(delivered_as(&copy(&item, OTHER)), (0, 0, 0, 1));
        assert_eq!(delivered_as(&copy(&listed(1, Kind::Message, 617), SOURCE)), (0, 0, 0, 1));
        assert_eq!(delivered_as(&copy(&listed(2, Kind::Message, 616), SOURCE)), (1, 0, 0, 0));
    }

    #[test]
    fn messages_come_first_then_replies_then_documents_by_size() {
        let items = [
            listed(1, Kind::Document, 900),
            listed(2, Kind::Reply, 5),
            listed(3, Kind::Document, 100),
            listed(4, Kind::Message, 700),
        ];
        let order: Vec<u32> = plan(&items, &[]).new.iter().map(|i| i.number).collect();
        assert_eq!(order, [4, 2, 3, 1]);
    }

    #[test]
    fn what_is_here_is_not_fetched_again() {
        let item = listed(1, Kind::Message, 616);
        let plan = plan(std::slice::from_ref(&item), &[copy(&item, SOURCE)]);
        assert_eq!((plan.new.len(), plan.here, plan.refused.len()), (0, 1, 0));
    }

    #[test]
    fn an_identifier_that_now_names_another_item_is_refused() {
        let item = listed(1, Kind::Message, 616);
        let larger = listed(1, Kind::Message, 617);
        for here in [copy(&item, OTHER), copy(&larger, SOURCE)] {
            let plan = plan(std::slice::from_ref(&item), &[here]);
            assert_eq!((plan.new.len(), plan.here, plan.refused.len()), (0, 0, 1));
        }
    }

    #[test]
    fn room_is_needed_for_everything_and_a_reserve() {
        let plan = plan(&[listed(1, Kind::Document, 1_000_000)], &[]);
        let needed = 1_000_000 + ROUNDING;
        assert_eq!(plan.fits(0, needed + RESERVE), Ok(()));
        let free = needed + RESERVE - 1;
        assert_eq!(plan.fits(0, free), Err(NoRoom { needed, free }));
    }

    #[test]
    fn what_an_earlier_run_left_needs_no_room_again() {
        let item = listed(1, Kind::Document, 1_000_000);
        let left = |bytes| [Interrupted { item: item.item.clone(), bytes }];
        let plan = plan(std::slice::from_ref(&item), &[]);
        assert_eq!((plan.begun(&left(600_000)), plan.begun(&[])), (600_000, 0));
        assert_eq!(plan.begun(&left(u64::MAX)), 1_000_000);
        assert_eq!(plan.fits(600_000, 400_000 + ROUNDING + RESERVE), Ok(()));
    }

    #[test]
    fn nothing_needs_no_room() {
        assert_eq!(plan(&[], &[]).fits(0, 0), Ok(()));
    }
}

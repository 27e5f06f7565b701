//! The members' bytes, their filling, their order, and the end.

use sd_bundle::Region;

use super::{Case, damaged, damaged_member, refused};
use crate::vectors::Place;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = bytes();
    cases.extend(order());
    cases.extend(end());
    cases
}

fn bytes() -> Vec<Case> {
    vec![
        refused("member-first-byte", damaged_member(1), "Its first byte is another.", |kit| {
            let at = kit.good.content(Place::Member(1));
            Ok(kit.good.clone().flip(at))
        }),
        refused("member-last-byte", damaged_member(2), "Its last byte is another.", |kit| {
            let at = kit.good.filling(Place::Member(2)) - 1;
            Ok(kit.good.clone().flip(at))
        }),
        refused(
            "member-filling-first",
            damaged_member(1),
            "The first byte behind its content is set.",
            |kit| {
                let at = kit.good.filling(Place::Member(1));
                Ok(kit.good.clone().flip(at))
            },
        ),
        refused(
            "member-filling-last",
            damaged_member(2),
            "The last byte before the zero blocks is set.",
            |kit| {
                let at = kit.good.start(Place::End) - 1;
                Ok(kit.good.clone().flip(at))
            },
        ),
    ]
}

fn order() -> Vec<Case> {
    vec![
        refused("members-in-another-order", damaged_member(1), "2 stands before 1.", |kit| {
            let (at, first) = (kit.good.start(Place::Member(1)), kit.good.whole(Place::Member(1)));
            let second = [kit.good.whole(Place::Member(2)), first].concat();
            Ok(kit.good.clone().put(at, &second))
        }),
        refused(
            "member-duplicate",
            damaged_member(2),
            "The first member stands there twice, and the second is missing.",
            |kit| {
                let at = kit.good.start(Place::Member(2));
                Ok(kit.good.clone().put(at, kit.good.whole(Place::Member(1))))
            },
        ),
        refused(
            "member-of-another-bundle",
            damaged_member(1),
            "The first member is another bundle's, with the same name and size.",
            |kit| {
                let at = kit.good.start(Place::Member(1));
                Ok(kit.good.clone().put(at, kit.other.whole(Place::Member(1))))
            },
        ),
        refused(
            "front-of-another-bundle",
            damaged_member(1),
            "Head and manifest are another bundle's, the members are this one's.",
            |kit| {
                let (first, second) = (Place::Member(1), Place::Member(2));
                let at = [kit.other.start(first), kit.other.start(second)];
                let laid = kit.other.clone().put(at[0], kit.good.whole(first));
                Ok(laid.put(at[1], kit.good.whole(second)))
            },
        ),
    ]
}

fn end() -> Vec<Case> {
    let end = || damaged(Region::End);
    vec![
        refused("end-first-byte", end(), "The first byte of the zero blocks is set.", |kit| {
            let at = kit.good.start(Place::End);
            Ok(kit.good.clone().flip(at))
        }),
        refused("end-second-block", end(), "A header stands in the second zero block.", |kit| {
            let at = kit.good.start(Place::End) + 512;
            Ok(kit.good.clone().put(at, &kit.good.whole(Place::Member(1))[..512]))
        }),
        refused("end-last-byte", end(), "The last byte of the file is set.", |kit| {
            let at = kit.good.bytes().len() - 1;
            Ok(kit.good.clone().flip(at))
        }),
    ]
}

//! Files that end too early or too late.

use sd_bundle::Region;

use super::{Case, refused};
use crate::vectors::laid::header;
use crate::vectors::{Expect, Laid, Place};

const LENGTH: (Expect, Option<Region>) = (Expect::Length, None);

pub(super) fn cases() -> Vec<Case> {
    let mut cases = truncated();
    cases.extend(cut());
    cases.extend(too_long());
    cases.extend(members());
    cases.extend(foreign_entries());
    cases
}

/// Cut where the reader still needs bytes: named by the part.
fn truncated() -> Vec<Case> {
    let head = || (Expect::Truncated, Some(Region::Head));
    let manifest = || (Expect::Truncated, Some(Region::Manifest));
    vec![
        refused("truncated-behind-pad", head(), "The file ends behind the pad.", |kit| {
            Ok(kit.good.clone().cut(1 << 20))
        }),
        refused("truncated-in-head", head(), "The file ends inside the head's JSON.", |kit| {
            Ok(kit.good.clone().cut((1 << 20) + 600))
        }),
        refused("truncated-behind-head", manifest(), "The file ends behind the head.", |kit| {
            Ok(kit.good.clone().cut((1 << 20) + 1024))
        }),
        refused(
            "truncated-in-manifest",
            manifest(),
            "The file ends inside the sealed manifest.",
            |kit| Ok(kit.good.clone().cut(kit.good.filling(Place::Manifest) - 1)),
        ),
        refused(
            "truncated-in-manifest-filling",
            manifest(),
            "The file ends one byte before the end of the manifest's last block.",
            |kit| Ok(kit.good.clone().cut(kit.good.start(Place::Member(1)) - 1)),
        ),
    ]
}

/// Cut behind the manifest: the length is known to be wrong before a member is read.
fn cut() -> Vec<Case> {
    let at = |name, comment, place: fn(&Laid) -> usize| {
        refused(name, LENGTH, comment, move |kit| {
            let at = place(&kit.good);
            Ok(kit.good.clone().cut(at))
        })
    };
    let agreeing = |name, comment, place: fn(&Laid) -> usize| {
        refused(name, LENGTH, comment, move |kit| {
            let at = place(&kit.good);
            kit.good.clone().head_number("length", at).map(|laid| laid.cut(at))
        })
    };
    vec![
        at("cut-behind-manifest", "The file ends behind the manifest.", |g| {
            g.start(Place::Member(1))
        }),
        at("cut-in-member", "The file ends inside a member.", |g| {
            g.content(Place::Member(1)) + 100
        }),
        at("cut-behind-member", "The file ends behind the first member.", |g| {
            g.start(Place::Member(2))
        }),
        at("cut-behind-members", "The zero blocks are missing.", |g| g.start(Place::End)),
        at("cut-last-block", "The last zero block is missing.", |g| g.bytes().len() - 512),
        at("cut-last-byte", "The last byte is missing.", |g| g.bytes().len() - 1),
        agreeing(
            "cut-in-member-head-agrees",
            "The file ends inside a member, and the head tells that length.",
            |g| g.content(Place::Member(1)) + 100,
        ),
        agreeing(
            "cut-last-byte-head-agrees",
            "The last byte is missing, and the head tells that length.",
            |g| g.bytes().len() - 1,
        ),
    ]
}

fn too_long() -> Vec<Case> {
    vec![
        refused("behind-the-end-zero", LENGTH, "A zero byte follows the end.", |kit| {
            Ok(kit.good.clone().insert(kit.good.bytes().len(), &[0]))
        }),
        refused("behind-the-end-block", LENGTH, "A third zero block follows.", |kit| {
            Ok(kit.good.clone().insert(kit.good.bytes().len(), &[0; 512]))
        }),
        refused(
            "behind-the-end-head-agrees",
            LENGTH,
            "A block of text follows the end, and the head tells that length.",
            |kit| {
                let end = kit.good.bytes().len();
                kit.good.clone().insert(end, &b"hidden!\n".repeat(64)).head_agrees()
            },
        ),
        refused("head-length-more", LENGTH, "The head tells one byte more.", |kit| {
            kit.good.clone().head_number("length", kit.good.bytes().len() + 1)
        }),
        refused("head-length-zero", LENGTH, "The head tells a length of zero.", |kit| {
            kit.good.clone().head_number("length", 0)
        }),
    ]
}

fn members() -> Vec<Case> {
    vec![
        refused(
            "member-extra",
            LENGTH,
            "A third member follows that the manifest does not list; the head tells the length.",
            |kit| {
                let end = kit.good.start(Place::End);
                let again = kit.good.whole(Place::Member(1));
                let extra = [&header("m-000003.pgp", b'0', 700)[..], &again[512..]].concat();
                kit.good.clone().insert(end, &extra).head_agrees()
            },
        ),
        refused("member-missing", LENGTH, "The last member is missing.", |kit| {
            kit.good.clone().without(Place::Member(2)).head_agrees()
        }),
        refused(
            "member-twice",
            LENGTH,
            "The first member stands there twice before the second.",
            |kit| {
                let at = kit.good.start(Place::Member(2));
                kit.good.clone().insert(at, kit.good.whole(Place::Member(1))).head_agrees()
            },
        ),
    ]
}

/// What other writers of tar put before a member.
fn foreign_entries() -> Vec<Case> {
    let entry = |name, comment, kind: u8, title: &'static str, body: &'static [u8]| {
        refused(name, LENGTH, comment, move |kit| {
            let mut block = [0; 512];
            block[..body.len()].copy_from_slice(body);
            let whole = [&header(title, kind, body.len())[..], &block].concat();
            kit.good.clone().insert(kit.good.start(Place::Member(1)), &whole).head_agrees()
        })
    };
    vec![
        entry(
            "pax-header",
            "A pax header that renames the first member stands before it.",
            b'x',
            "PaxHeaders/m",
            b"14 path=x.pgp\n",
        ),
        entry(
            "gnu-longname",
            "A GNU long name for the first member stands before it.",
            b'L',
            "././@LongLink",
            b"x.pgp\0",
        ),
        entry("directory", "A directory with content stands before it.", b'5', "d/", b"content"),
    ]
}

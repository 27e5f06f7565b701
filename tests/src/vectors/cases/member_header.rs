//! Every field of a header: a reader compares the block, it does not interpret it.

use super::{Case, damaged_member, refused};
use crate::vectors::Place;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = names_and_numbers();
    cases.extend(types());
    cases.extend(the_rest());
    cases.extend(checksums());
    cases
}

/// Other bytes at an offset of the first member's header, the checksum good.
fn field(name: &'static str, at: usize, bytes: &'static [u8], comment: &'static str) -> Case {
    refused(name, damaged_member(1), comment, move |kit| {
        Ok(kit.good.clone().field(Place::Member(1), at, bytes))
    })
}

fn names_and_numbers() -> Vec<Case> {
    vec![
        field("member-name", 0, b"m-000003.pgp", "The first member is named m-000003.pgp."),
        field("member-name-path", 0, b"../../../pgp", "The first member's name climbs."),
        field("member-name-absolute", 0, b"/tmp/01.pgp\0", "The first member's name is absolute."),
        field("member-name-behind-nul", 13, b"x", "A byte stands behind the name's NUL."),
        field("member-mode", 100, b"0000644\0", "Its mode is 0644."),
        field("member-mode-setuid", 100, b"0004755\0", "Its mode has the setuid bit."),
        field("member-uid", 108, b"0001750\0", "It belongs to user 1000."),
        field("member-gid", 116, b"0001750\0", "It belongs to group 1000."),
        field("member-mtime", 136, b"15060000000\0", "It has a time."),
        field("member-size-huge", 124, b"77777777777\0", "Its size is 8 GiB less one byte."),
        refused("member-size-more", damaged_member(1), "Its size is one more.", |kit| {
            let size = kit.one.entries[0].ciphertext.len() + 1;
            Ok(kit.good.clone().field(Place::Member(1), 124, format!("{size:011o}\0").as_bytes()))
        }),
        refused(
            "member-size-base-256",
            damaged_member(1),
            "Its size is right, and written in GNU's binary form.",
            |kit| {
                let size = (kit.one.entries[0].ciphertext.len() as u64).to_be_bytes();
                let binary = [&[0x80, 0, 0, 0], &size[..]].concat();
                Ok(kit.good.clone().field(Place::Member(1), 124, &binary))
            },
        ),
    ]
}

fn types() -> Vec<Case> {
    vec![
        field("member-type-old", 156, b"\0", "Its type is NUL, a file of the oldest tar."),
        field("member-type-hard-link", 156, b"1", "It is called a hard link."),
        field("member-type-symlink", 156, b"2", "It is called a symbolic link."),
        field("member-type-device", 156, b"3", "It is called a character device."),
        field("member-type-directory", 156, b"5", "It is called a directory."),
        field("member-type-contiguous", 156, b"7", "It is called a contiguous file."),
        field("member-type-pax", 156, b"x", "It is called a pax header."),
        field("member-type-pax-global", 156, b"g", "It is called a global pax header."),
        field("member-type-gnu-longname", 156, b"L", "It is called a GNU long name."),
        field("member-type-gnu-sparse", 156, b"S", "It is called a GNU sparse file."),
    ]
}

fn the_rest() -> Vec<Case> {
    vec![
        field("member-link-name", 157, b"x", "It has a link name."),
        field("member-magic-gnu", 257, b"ustar  \0", "Its magic is GNU's."),
        field("member-magic-none", 257, &[0; 8], "It has no magic, as in the oldest tar."),
        field("member-version", 263, b"01", "Its version is 01."),
        field("member-user", 265, b"root", "It has a user name."),
        field("member-group", 297, b"root", "It has a group name."),
        field("member-device", 329, b"0000000\0", "Its device number is written out."),
        field("member-prefix", 345, b"x", "It has a prefix."),
        field("member-header-end", 511, b"x", "The last byte of its header is set."),
    ]
}

fn checksums() -> Vec<Case> {
    vec![
        refused("member-checksum", damaged_member(1), "Its checksum is wrong.", |kit| {
            let at = kit.good.start(Place::Member(1)) + 153;
            Ok(kit.good.clone().flip(at))
        }),
        refused(
            "member-checksum-style",
            damaged_member(1),
            "Its checksum is right, and written as GNU tar does: six digits, NUL, space.",
            |kit| {
                let at = kit.good.start(Place::Member(1)) + 148;
                let ours = &kit.good.bytes()[at..at + 8];
                let style = [&ours[1..8], b" "].concat();
                Ok(kit.good.clone().put(at, &style))
            },
        ),
    ]
}

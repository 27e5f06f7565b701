//! Bare devices: a bundle, its tail, zeros.

use std::io;

use sd_bundle::{Nonce, Region};

use super::{Case, damaged, damaged_member, good, refused};
use crate::vectors::device::{device, last};
use crate::vectors::kit::{json, receipt};
use crate::vectors::laid::header;
use crate::vectors::{Expect, Kit, Laid, Medium, Place};

const LENGTH: (Expect, Option<Region>) = (Expect::Length, None);
const NOT_A_BUNDLE: (Expect, Option<Region>) = (Expect::NotABundle, None);

/// A short tail, because noise cannot be compressed.
const TAIL: usize = 8 * SECTOR;

const SECTOR: usize = 512;

/// Whoever reads in steps of 64 KiB reads this one in two.
const LONG_TAIL: usize = (64 << 10) + 2 * SECTOR;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = whole();
    cases.extend(tail_bytes());
    cases.extend(foreign_tails());
    cases.extend(last_mebibyte());
    cases.extend(lengths());
    cases.extend(cuts());
    cases.extend(fronts());
    cases.into_iter().map(|case| Case { medium: Medium::Device, ..case }).collect()
}

/// The good bundle on a device.
fn on_device(kit: &Kit) -> io::Result<Laid> {
    device(&kit.one, &kit.good, TAIL)
}

fn tail() -> (Expect, Option<Region>) {
    damaged(Region::Tail)
}

/// Where the tail begins.
fn start(kit: &Kit) -> usize {
    kit.good.bytes().len()
}

fn whole() -> Vec<Case> {
    let of = |name, comment, tail| {
        good(name, comment, move |kit| {
            let receipt = receipt(&kit.one, json(&kit.one)?.as_bytes());
            Ok((device(&kit.one, &kit.good, tail)?, kit.one.clone(), receipt))
        })
    };
    vec![
        of("raw-good", "A message and a document on a bare device.", TAIL),
        of("raw-good-no-tail", "The bundle and 1 MiB of zeros fill the device: no tail.", 0),
        of("raw-good-long-tail", "A tail of more than 64 KiB.", LONG_TAIL),
    ]
}

fn tail_bytes() -> Vec<Case> {
    let flip = |name, comment, at: fn(usize) -> usize| {
        refused(name, tail(), comment, move |kit| Ok(on_device(kit)?.flip(at(start(kit)))))
    };
    vec![
        flip("raw-tail-first-byte", "The first byte of the tail is changed.", |at| at),
        flip("raw-tail-middle-byte", "A byte in the middle of the tail is changed.", |at| {
            at + TAIL / 2 + 77
        }),
        flip("raw-tail-last-byte", "The last byte of the tail is changed.", |at| at + TAIL - 1),
        refused(
            "raw-tail-second-step",
            tail(),
            "The last byte of a long tail is changed.",
            |kit| Ok(device(&kit.one, &kit.good, LONG_TAIL)?.flip(start(kit) + LONG_TAIL - 1)),
        ),
    ]
}

/// Tails that are none, or that belong to something else.
fn foreign_tails() -> Vec<Case> {
    let instead = |name, comment, other: fn(&Kit) -> io::Result<Vec<u8>>| {
        refused(name, tail(), comment, move |kit| {
            Ok(on_device(kit)?.put(start(kit), &other(kit)?[..TAIL]))
        })
    };
    vec![
        instead("raw-tail-zeros", "The tail is zeros.", |_| Ok(vec![0; TAIL])),
        instead("raw-tail-erased", "The tail is what erased flash gives back.", |_| {
            Ok(vec![0xff; TAIL])
        }),
        instead("raw-tail-of-another-bundle", "The tail is that of another bundle.", |kit| {
            let other = device(&kit.two, &kit.other, TAIL)?;
            Ok(other.bytes()[kit.other.bytes().len()..].to_vec())
        }),
        instead("raw-tail-of-another-nonce", "The tail belongs to another nonce.", |kit| {
            let mut content = kit.one.clone();
            content.manifest.nonce = Nonce::from_bytes([9; 32]);
            let other = device(&content, &kit.good, TAIL)?;
            Ok(other.bytes()[start(kit)..].to_vec())
        }),
        instead("raw-tail-shifted", "The tail begins with its second byte.", |kit| {
            let longer = device(&kit.one, &kit.good, LONG_TAIL)?;
            Ok(longer.bytes()[start(kit) + 1..].to_vec())
        }),
        instead(
            "raw-older-bundle-behind",
            "Behind the bundle stands the end of an older one that was longer: its last member.",
            |kit| {
                let mut older = kit.other.whole(Place::Member(2)).to_vec();
                older.resize(TAIL, 0);
                Ok(older)
            },
        ),
    ]
}

fn last_mebibyte() -> Vec<Case> {
    let put = |name, comment, at: fn(usize) -> usize, bytes: &'static [u8]| {
        refused(name, tail(), comment, move |kit| {
            let laid = on_device(kit)?;
            let at = at(laid.bytes().len());
            Ok(laid.put(at, bytes))
        })
    };
    vec![
        put(
            "raw-last-first-byte",
            "The first byte of the last MiB is set.",
            |n| n - last(),
            b"\x01",
        ),
        put("raw-last-last-byte", "The last byte of the device is set.", |n| n - 1, b"\x01"),
        put(
            "raw-last-gpt",
            "The signature of a second GPT stands in the last sector.",
            |n| n - SECTOR,
            b"EFI PART",
        ),
        refused(
            "raw-tail-too-long",
            tail(),
            "The tail goes on for one sector into the last MiB.",
            |kit| {
                let longer = device(&kit.one, &kit.good, TAIL + SECTOR)?;
                let end = start(kit) + TAIL;
                Ok(on_device(kit)?.put(end, &longer.bytes()[end..end + SECTOR]))
            },
        ),
    ]
}

fn lengths() -> Vec<Case> {
    let head = |name, comment, length: fn(usize) -> usize| {
        refused(name, LENGTH, comment, move |kit| {
            on_device(kit)?.head_number("length", length(start(kit)))
        })
    };
    vec![
        head("raw-head-length-one-block", "The head tells one block of tail more.", |n| n + SECTOR),
        head("raw-head-length-less", "The head tells one block less.", |n| n - SECTOR),
        head("raw-head-length-zero", "The head tells a length of zero.", |_| 0),
        head("raw-head-length-last", "The head's length reaches into the last MiB.", |n| {
            n + TAIL + 1
        }),
        head("raw-head-length-beyond", "The head's length is more than the device has.", |n| {
            n + TAIL + last() + 1
        }),
    ]
}

/// Devices that end too early or too late. What is a device of another size has its tail in
/// another place.
fn cuts() -> Vec<Case> {
    let cut = |name, expect, comment, at: fn(usize) -> usize| {
        refused(name, expect, comment, move |kit| Ok(on_device(kit)?.cut(at(start(kit)))))
    };
    vec![
        cut("raw-cut-last-sector", tail(), "The last sector is missing.", |at| {
            at + TAIL + last() - SECTOR
        }),
        cut("raw-cut-behind-tail", LENGTH, "The device ends behind the tail.", |at| at + TAIL),
        cut("raw-cut-behind-end", LENGTH, "The device ends with the bundle.", |at| at),
        refused(
            "raw-too-small",
            LENGTH,
            "The bundle leaves less than 1 MiB of the device, by one sector.",
            |kit| {
                let laid = device(&kit.one, &kit.good, 0)?;
                let end = laid.bytes().len() - SECTOR;
                Ok(laid.cut(end))
            },
        ),
        refused("raw-sector-more", tail(), "One sector of zeros follows.", |kit| {
            let laid = on_device(kit)?;
            let end = laid.bytes().len();
            Ok(laid.insert(end, &[0; SECTOR]))
        }),
    ]
}

/// What is wrong before the tail is so on a device as well.
fn fronts() -> Vec<Case> {
    vec![
        refused(
            "raw-pad-superblock",
            damaged(Region::Pad),
            "The magic number of an ext4 superblock stands in the pad, at offset 1080.",
            |kit| Ok(on_device(kit)?.put(1080, &[0x53, 0xef])),
        ),
        refused("raw-member-byte", damaged_member(1), "A byte of it is changed.", |kit| {
            Ok(on_device(kit)?.flip(kit.good.content(Place::Member(1)) + 5))
        }),
        refused("raw-end-byte", damaged(Region::End), "The last byte of the end is set.", |kit| {
            Ok(on_device(kit)?.flip(start(kit) - 1))
        }),
        refused("raw-empty-prepared", NOT_A_BUNDLE, "Prepared; no bundle yet.", |kit| {
            let label = br#"{"format":"sneakernet-device","version":1,"id":"6f1d2c3b4a5968778695a4b3c2d1e0f0","role":"transfer","name":"Transfer"}"#;
            let pad = kit.good.whole(Place::Pad).to_vec();
            let mut device = pad;
            device.extend(header("1-label.json", b'0', label.len()));
            device.extend(label);
            device.resize(4 << 20, 0);
            Ok(kit.good.on(device))
        }),
        refused("raw-partition-table", NOT_A_BUNDLE, "An MBR stands before the bundle.", |kit| {
            let mut mbr = [0; SECTOR];
            mbr[446..450].copy_from_slice(&[0, 32, 33, 0]);
            mbr[510..].copy_from_slice(&[0x55, 0xaa]);
            Ok(on_device(kit)?.put(0, &mbr))
        }),
    ]
}

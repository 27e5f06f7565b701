//! Every vector, described: what is wrong, what to expect, how it is made.

mod good;
mod head;
mod json;
mod length;
mod manifest;
mod member;
mod member_header;
mod pad;
mod raw;
mod zstd;

use std::io;

use sd_bundle::{Receipt, Region};
use sd_fs::Sha256;

use super::{Content, Expect, Kit, Laid, Medium, Vector};

/// A vector before its bytes are made.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    medium: Medium,
    expect: Expect,
    region: Option<Region>,
    comment: &'static str,
    make: Box<Make>,
}

type Make = dyn Fn(&Kit) -> io::Result<Made>;

/// The bundle, and for a good one what it holds.
struct Made {
    laid: Laid,
    good: Option<(Content, Receipt)>,
}

/// Every case there is.
pub fn all() -> Vec<Case> {
    let groups = [
        good::cases(),
        pad::cases(),
        head::cases(),
        manifest::cases(),
        zstd::cases(),
        json::cases(),
        member_header::cases(),
        member::cases(),
        length::cases(),
        raw::cases(),
    ];
    groups.into_iter().flatten().collect()
}

impl Case {
    /// Makes the vector. `OpenPGP` encryption is random: its bytes are others each time.
    pub fn vector(&self, kit: &Kit) -> io::Result<Vector> {
        let Made { laid, good } = (self.make)(kit)?;
        let mut vector = Vector {
            name: self.name.to_owned(),
            medium: self.medium,
            expect: self.expect,
            region: self.region.clone(),
            exit: self.expect.exit(),
            status: self.expect.status().to_owned(),
            receipt: good.as_ref().map(|(_, receipt)| receipt.to_string()),
            members: Vec::new(),
            plaintexts: Vec::new(),
            refused: Vec::new(),
            comment: self.comment.to_owned(),
            bytes: laid.into_bytes(),
        };
        if let Some((content, _)) = &good {
            for (member, entry) in content.manifest.members.iter().zip(&content.entries) {
                vector.members.push((member.name.clone(), Sha256::of(&entry.ciphertext)));
                let id = member.item.item.clone();
                match &entry.plaintext {
                    Some(plain) => vector.plaintexts.push((id, Sha256::of(plain))),
                    None => vector.refused.push(id),
                }
            }
        }
        Ok(vector)
    }
}

/// A bundle that must be refused, in a region.
fn refused(
    name: &'static str,
    (expect, region): (Expect, Option<Region>),
    comment: &'static str,
    make: impl Fn(&Kit) -> io::Result<Laid> + 'static,
) -> Case {
    let make = move |kit: &Kit| Ok(Made { laid: make(kit)?, good: None });
    Case { name, medium: Medium::File, expect, region, comment, make: Box::new(make) }
}

/// A good bundle.
fn good(
    name: &'static str,
    comment: &'static str,
    make: impl Fn(&Kit) -> io::Result<(Laid, Content, Receipt)> + 'static,
) -> Case {
    let make = move |kit: &Kit| {
        let (laid, content, receipt) = make(kit)?;
        Ok(Made { laid, good: Some((content, receipt)) })
    };
    let (medium, expect) = (Medium::File, Expect::Good);
    Case { name, medium, expect, region: None, comment, make: Box::new(make) }
}

/// Damaged in a region.
fn damaged(region: Region) -> (Expect, Option<Region>) {
    (Expect::Damaged, Some(region))
}

/// Damaged in the member of this number.
fn damaged_member(number: usize) -> (Expect, Option<Region>) {
    damaged(Region::Member(format!("m-{number:06}.pgp")))
}

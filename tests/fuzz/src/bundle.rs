//! A good bundle without a key, and a sink that believes nothing.

use std::io;

use sd_bundle::{
    BundleId, Item, Kind, Manifest, Member, MemberSink, Nonce, Timestamp, write_bundle,
};
use sd_fs::{Blake3, DirError, Quiet, Sha256};

const SEALED: &[u8] = b"sealed, and opened by somebody else";

/// A bundle as it was written.
pub struct Good {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The manifest's JSON.
    pub json: Vec<u8>,
    /// What the members hold.
    pub members: Vec<Vec<u8>>,
}

/// A bundle of three members: one that fills its blocks, one of a single byte, one between.
pub fn good() -> Good {
    let members: Vec<Vec<u8>> = [1024, 1, 700]
        .iter()
        .map(|size| (0..*size).map(|i: u32| (i * 7 % 251) as u8).collect())
        .collect();
    let items = (1..).zip(&members).map(|(n, content)| item(n, content)).collect();
    let note = |text: &str| text.to_owned().try_into().expect("a note");
    let manifest = Manifest::new(
        BundleId::from_bytes([7; 16]),
        1,
        None,
        Timestamp::from_unix(0),
        (note("0.1.0"), note("Debian 12")),
        Nonce::from_bytes([9; 32]),
        items,
    );
    let mut bytes = Vec::new();
    let open = |item: &Item| Ok(io::Cursor::new(members[item.number as usize - 1].clone()));
    write_bundle(&mut bytes, &manifest, SEALED, open, &mut Quiet).expect("written");
    Good { bytes, json: manifest.to_json().expect("JSON"), members }
}

fn item(number: u32, content: &[u8]) -> Item {
    Item {
        source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
        item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
        number,
        kind: Kind::Document,
        designation: "focal ghost".to_owned().try_into().expect("words"),
        size: content.len() as u64,
        sha256: Sha256::of(content),
        blake3: Blake3::of(content),
    }
}

/// Keeps what it is given, and what of it was called good.
#[derive(Default)]
pub struct Recorder {
    open: Option<(String, Vec<u8>)>,
    /// Name and content of each member that ended.
    pub ended: Vec<(String, Vec<u8>)>,
}

impl MemberSink for Recorder {
    fn begin(&mut self, member: &Member) -> Result<(), DirError> {
        assert!(self.open.is_none(), "a member begins inside another");
        self.open = Some((member.name.clone(), Vec::new()));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DirError> {
        self.open.as_mut().expect("a member is open").1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, member: &Member) -> Result<(), DirError> {
        let (name, content) = self.open.take().expect("a member is open");
        assert_eq!(name, member.name);
        // The second hash, which the reader does not compute.
        assert_eq!(Sha256::of(&content), member.item.sha256, "{name} ended with other bytes");
        self.ended.push((name, content));
        Ok(())
    }
}

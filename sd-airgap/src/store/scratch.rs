//! A store in a temporary directory, for tests.

use sd_bundle::{BundleId, Home, Item, ItemId, Kind, SourceId, Timestamp};
use sd_fs::{Blake3, Dir, SafeName, Sha256};

use super::item::{CONTENT, ITEM, OUTCOME};
use super::{Outcome, Shelves, StoredItem};

/// A store that items are put into without a bundle.
pub(crate) struct Scratch {
    _tmp: tempfile::TempDir,
    home: Home,
}

/// A source's identity.
pub(crate) fn source(n: u32) -> SourceId {
    format!("7c5a4ca2-4817-48c7-8397-{n:012x}").parse().expect("a UUID")
}

/// An item's identity.
pub(crate) fn item(source: u32, number: u32) -> ItemId {
    format!("8d4aa076-59d8-44e8-{source:04x}-{number:012x}").parse().expect("a UUID")
}

impl Shelves {
    /// Puts these bytes in the place of the index.
    pub(crate) fn put_index(&self, bytes: &[u8]) {
        self.dir().replace("index.json", bytes).expect("written");
    }

    /// The index as it is on disk.
    pub(crate) fn raw_index(&self) -> Vec<u8> {
        self.dir().read_small("index.json", 1 << 20).expect("there")
    }
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        Self { _tmp: tmp, home }
    }

    pub(crate) fn shelves(&self) -> Shelves {
        Shelves::open(&self.home).expect("opened")
    }

    /// The directory of an item, made when missing.
    pub(crate) fn dir(&self, from: u32, number: u32) -> Dir {
        let sources = self.home.part("store").and_then(|s| s.make_sub("sources"));
        let source = sources.and_then(|s| s.make_sub(source(from).as_str())).expect("made");
        source.make_sub(item(from, number).as_str()).expect("made")
    }

    /// An item that was stored at this second, and not opened.
    pub(crate) fn stored(&self, from: u32, words: &str, number: u32, kind: Kind) {
        let stored = StoredItem {
            item: Item {
                source: source(from),
                item: item(from, number),
                number,
                kind,
                designation: words.to_owned().try_into().expect("a designation"),
                size: 700,
                sha256: Sha256::new([0; 32]),
                blake3: Blake3::new([0; 32]),
            },
            bundle: BundleId::from_bytes([1; 16]),
            stored: Timestamp::from_unix(
                1_795_000_000 + i64::from(from) * 3600 + i64::from(number),
            ),
        };
        let json = serde_json::to_vec(&stored).expect("JSON");
        self.dir(from, number).write_new(ITEM, &json).expect("written");
    }

    /// Lets the kernel's clock tick: what changed in a source's directory bears another time now.
    pub(crate) fn tick(&self, from: u32) {
        let before = self.shelves().stamp(&source(from)).expect("there");
        while self.shelves().stamp(&source(from)).expect("there") == before {
            let sources = self.home.part("store").and_then(|s| s.sub("sources"));
            let dir = sources.and_then(|s| s.sub(source(from).as_str())).expect("there");
            dir.make_sub("tick").expect("made");
            dir.remove_tree("tick", 0).expect("removed");
        }
    }

    /// What became of it.
    pub(crate) fn outcome(&self, from: u32, number: u32, outcome: &Outcome) {
        let json = serde_json::to_vec(outcome).expect("JSON");
        self.dir(from, number).replace(OUTCOME, &json).expect("written");
    }

    /// An item that was stored and opened.
    pub(crate) fn opened(
        &self,
        from: u32,
        words: &str,
        number: u32,
        (kind, name): (Kind, &str),
        content: &[u8],
    ) {
        self.stored(from, words, number, kind);
        let name = SafeName::new(name).expect("a safe name");
        let dir = self.dir(from, number).make_sub(CONTENT).expect("made");
        dir.write_new(name.as_str(), content).expect("written");
        let outcome = Outcome::Opened {
            name,
            original: None,
            size: content.len() as u64,
            blake3: Blake3::of(content),
            notes: Vec::new(),
        };
        self.outcome(from, number, &outcome);
    }

    pub(crate) fn message(&self, from: u32, words: &str, number: u32, text: &str) {
        self.opened(from, words, number, (Kind::Message, "message.txt"), text.as_bytes());
    }

    pub(crate) fn document(&self, from: u32, words: &str, number: u32, name: &str) {
        self.opened(from, words, number, (Kind::Document, name), b"%PDF");
    }
}

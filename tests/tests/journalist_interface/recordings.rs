//! The recorded exchanges, and the world they took place in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use sd_tests::ciphertext::{EncryptionKey, keys};
use sd_tests::journalist_interface::{Kind, Source, World};
use serde_json::Value;

/// One recorded exchange.
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/recordings")
}

pub(crate) fn json(file: &str) -> Value {
    let path = folder().join(file);
    let text = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

impl Recording {
    pub(crate) fn load(name: &str) -> Self {
        let mut whole = json(&format!("{name}.json"));
        Self {
            name: name.to_owned(),
            request: whole["request"].take(),
            response: whole["response"].take(),
        }
    }

    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let pairs: Vec<(String, String)> =
            serde_json::from_value(self.response["headers"].clone()).unwrap();
        pairs
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers().into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The bytes of the body, if they were kept.
    pub(crate) fn blob(&self) -> Option<Vec<u8>> {
        let name = self.response["blob"].as_str()?;
        Some(fs::read(folder().join(name)).unwrap())
    }

    /// When it was answered; to the microsecond where the answer tells.
    pub(crate) fn moment(&self) -> Timestamp {
        if let Some(expiration) = self.response["json"]["expiration"].as_str() {
            let at: Timestamp = expiration.parse().unwrap();
            return at - jiff::SignedDuration::from_hours(2);
        }
        http_moment(&self.header("Date").unwrap())
    }
}

pub(crate) fn http_moment(text: &str) -> Timestamp {
    rfc2822::DateTimeParser::new().parse_timestamp(text).unwrap()
}

/// What is known of one item's file: its bytes, its time and its hash.
#[derive(Default)]
struct OnDisk {
    bytes: Option<Vec<u8>>,
    modified: Option<Timestamp>,
    sha256: Option<String>,
}

/// The world of a group of recordings, from its lists of sources, submissions and replies and from
/// whatever its downloads showed.
pub(crate) fn world(group: &[Recording], lists: [Option<&str>; 3]) -> World {
    let disk = disk(group);
    let mut world = World::new(keys::securedrop_dev().unwrap()).unwrap();
    let [sources, submissions, replies] = lists.map(|name| name.map(Recording::load));
    for source in list(sources.as_ref(), "sources") {
        let key = EncryptionKey::from_armored(text(&source["key"]["public"])).unwrap();
        let _ = world.source_with_key(text(&source["journalist_designation"]), key).change(|s| {
            text(&source["uuid"]).clone_into(&mut s.uuid);
        });
    }
    for item in list(submissions.as_ref(), "submissions") {
        let kind = if item["is_file"] == true { Kind::File } else { Kind::Message };
        enter(&mut world, &item, kind, &disk);
    }
    for item in list(replies.as_ref(), "replies") {
        enter(&mut world, &item, Kind::Reply, &disk);
    }
    for source in list(sources.as_ref(), "sources") {
        fill_up(&mut world, &source);
        let _ =
            world.existing_source(text(&source["uuid"])).unwrap().change(|s| restore(s, &source));
    }
    world
}

/// Adds nameless items until the counts of a source are right whose items were not listed.
fn fill_up(world: &mut World, source: &Value) {
    let uuid = text(&source["uuid"]);
    for (count, kind) in
        [("number_of_messages", Kind::Message), ("number_of_documents", Kind::File)]
    {
        let has = |world: &World| {
            world.items().iter().filter(|i| i.source_uuid == uuid && i.kind == kind).count() as u64
        };
        while has(world) < source[count].as_u64().unwrap() {
            let _ =
                world.existing_source(uuid).unwrap().raw_item("filler", kind, &b""[..]).unwrap();
        }
    }
}

/// Sets back what adding items has moved.
fn restore(source: &mut Source, recorded: &Value) {
    source.interaction_count =
        serde_json::from_value(recorded["interaction_count"].clone()).unwrap();
    source.last_updated = text(&recorded["last_updated"]).parse().unwrap();
}

fn list(recording: Option<&Recording>, name: &str) -> Vec<Value> {
    let array = recording.map(|r| r.response["json"][name].clone());
    array.and_then(|a| a.as_array().cloned()).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn enter(world: &mut World, item: &Value, kind: Kind, disk: &BTreeMap<String, OnDisk>) {
    let source_uuid = text(&item["source_url"]).rsplit('/').next().unwrap();
    let nothing = OnDisk::default();
    let known = disk.get(text(&item["uuid"])).unwrap_or(&nothing);
    let size = usize::try_from(item["size"].as_u64().unwrap()).unwrap();
    let bytes = known.bytes.clone().unwrap_or_else(|| vec![0; size]);
    let source = match world.existing_source(source_uuid) {
        Some(source) => source,
        None => world.source("unlisted").unwrap().change(|s| source_uuid.clone_into(&mut s.uuid)),
    };
    let source = source.raw_item(text(&item["filename"]), kind, bytes.as_slice()).unwrap();
    let _ = source.change_last(|entry| {
        text(&item["uuid"]).clone_into(&mut entry.uuid);
        entry.seen_by = serde_json::from_value(item["seen_by"].clone()).unwrap();
        entry.author = item["journalist_uuid"].as_str().map(str::to_owned);
        entry.stored_at = known.modified.unwrap_or(entry.stored_at);
        entry.sha256 = known.sha256.clone().unwrap_or_else(|| entry.sha256.clone());
    });
}

/// What the downloads of a group showed of the server's disk, by item.
fn disk(group: &[Recording]) -> BTreeMap<String, OnDisk> {
    let mut disk: BTreeMap<String, OnDisk> = BTreeMap::new();
    for recording in group.iter().filter(|r| r.header("Etag").is_some()) {
        let path = text(&recording.request["path"]);
        let uuid = path.strip_suffix("/download").and_then(|p| p.rsplit('/').next()).unwrap();
        let entry = disk.entry(uuid.to_owned()).or_default();
        if recording.response["status"] == 200 && recording.blob().is_some() {
            entry.bytes = recording.blob();
        }
        entry.modified = recording.header("Last-Modified").as_deref().map(http_moment);
        entry.sha256 = recording.header("Etag").map(|e| e.trim_start_matches("sha256:").to_owned());
    }
    disk
}

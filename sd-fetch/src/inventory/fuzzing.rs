//! Doors for the fuzz targets: three answers of a server, judged without the server.

use sd_bundle::Kind;
use serde::de::DeserializeOwned;
use ureq::Body;
use ureq::http::Response;

use super::judge::SourceJudge;
use crate::journalist_interface::{ClientError, Limits, Room, read_list, success};

/// Sources that are taken in a fuzz target.
pub const SOURCES: usize = 6;
/// Messages, documents and replies that are taken in a fuzz target.
pub const ITEMS: usize = 8;
/// Bytes of a text in a list.
pub const TEXT: u64 = 1 << 10;
/// Bytes of a list.
pub const LIST: u64 = 16 << 10;
/// Bytes of an item.
pub const ITEM: u64 = 600 << 20;

/// What was taken of three lists, and what was not.
#[derive(Debug)]
pub struct Listed {
    /// Source and designation.
    pub sources: Vec<(String, String)>,
    /// Messages, documents and replies.
    pub items: Vec<Item>,
    /// Each refusal in the words that a person sees.
    pub refused: Vec<Vec<String>>,
}

/// An item that can be asked for.
#[derive(Debug)]
pub struct Item {
    /// The source's UUID.
    pub source: String,
    /// Its own.
    pub item: String,
    /// Its number.
    pub number: u32,
    /// What it is.
    pub kind: Kind,
    /// How people call it.
    pub shown: String,
    /// The source's designation.
    pub designation: String,
    /// Bytes of ciphertext.
    pub size: u64,
}

/// Small limits, so that they are reached.
fn limits() -> Limits {
    let (sources, items) = (SOURCES, ITEMS);
    Limits {
        sources,
        items,
        text: TEXT,
        list_body: LIST,
        item: ITEM,
        depth: 8,
        ..Limits::default()
    }
}

fn answer(status: u16, kind: &[u8], body: &[u8]) -> Result<Response<Body>, String> {
    let body = Body::builder().data(body.to_vec());
    let answer = Response::builder().status(status).header("content-type", kind).body(body);
    answer.map_err(|_| "no answer can be made of it".to_owned())
}

/// Judges an answer with this status, type and body by its head; the error is what the program
/// says of it.
pub fn judged(status: u16, kind: &[u8], body: &[u8]) -> Result<(), String> {
    success(answer(status, kind, body)?, &limits()).map(drop).map_err(|e| e.to_string())
}

/// Judges the bodies of the three lists; the error is what the program says of them.
pub fn listed(sources: &[u8], submissions: &[u8], replies: &[u8]) -> Result<Listed, String> {
    let limits = limits();
    let mut judge = SourceJudge::default();
    let mut room = Room::for_sources(&limits);
    list(sources, "sources", &mut room, &limits, &mut |raw| judge.source(&raw))?;
    let mut judge = judge.then_items(&limits);
    let mut room = Room::for_items(&limits);
    list(submissions, "submissions", &mut room, &limits, &mut |raw| judge.submission(&raw))?;
    list(replies, "replies", &mut room, &limits, &mut |raw| judge.reply(&raw))?;
    let inventory = judge.inventory();
    let items = inventory.items.iter().map(|item| Item {
        source: item.source.to_string(),
        item: item.item.to_string(),
        number: item.number,
        kind: item.kind,
        shown: item.shown(),
        designation: item.designation.to_string(),
        size: item.size,
    });
    let refused = inventory.refused.iter().map(|refused| {
        let parts = [refused.source(), refused.item_id(), Some(refused.name())];
        let why = refused.why().to_string();
        parts.into_iter().flatten().map(str::to_owned).chain([why]).collect()
    });
    let sources = inventory.sources.iter().map(|(id, words)| (id.to_string(), words.to_string()));
    Ok(Listed { sources: sources.collect(), items: items.collect(), refused: refused.collect() })
}

fn list<T: DeserializeOwned>(
    body: &[u8],
    name: &'static str,
    room: &mut Room,
    limits: &Limits,
    take: &mut dyn FnMut(T),
) -> Result<(), String> {
    let answer = answer(200, b"application/json", body)?;
    read_list(answer, name, room, limits, take).map_err(|e: ClientError| e.to_string())
}

//! Downloads: the file as it lies on disk, under the hash the database remembers.
//!
//! Downloading marks nothing as seen.

use std::fs::File;

use super::api::{Call, Outcome, Problem};
use super::auth::opaque;
use super::config::Stack;
use super::items;
use super::range::{self, Selection};
use super::response::{Part, Response};
use super::stack::FileHead;
use super::world::{Item, Kind};

/// What every ciphertext is served as.
const CONTENT_TYPE: &str = "application/pgp-encrypted";

/// The download of a message or document.
pub(super) fn submission(call: &Call<'_>, uuid: &str) -> Outcome {
    serve(call, items::find(call, uuid, |kind| kind != Kind::Reply)?)
}

/// The download of a reply.
pub(super) fn reply(call: &Call<'_>, uuid: &str) -> Outcome {
    serve(call, items::find(call, uuid, |kind| kind == Kind::Reply)?)
}

fn serve(call: &Call<'_>, item: &Item) -> Outcome {
    let stack = call.config.stack;
    let lost = |_| Problem(500, None);
    let file = item.open().map_err(lost)?;
    let length = file.metadata().map_err(lost)?.len();
    let (range, if_range) = (call.request.header("Range"), call.request.header("If-Range"));
    let selection = range::select(stack, range, if_range, item.stored_at, length);
    match selection {
        Selection::Whole => Ok(one(call, item, file, (0, length), None)),
        Selection::One(start, end) => {
            let range = format!("bytes {start}-{}/{length}", end - 1);
            Ok(one(call, item, file, (start, end), Some(range)))
        }
        Selection::Many(stretches) => multipart(call, item, &file, &stretches, length),
        Selection::Unsatisfiable if stack == Stack::Apache => {
            Ok(stack.range_page(call.config.clock.now()))
        }
        Selection::Unsatisfiable => Err(Problem(416, None)),
    }
}

/// One stretch of the file, or all of it.
fn one(
    call: &Call<'_>,
    item: &Item,
    file: File,
    (start, end): (u64, u64),
    range: Option<String>,
) -> Response {
    let head = FileHead {
        filename: &item.filename,
        etag: &format!("sha256:{}", item.sha256),
        modified: item.stored_at,
        content_type: CONTENT_TYPE,
        length: end - start,
        partial: range.is_some(),
        range,
    };
    let response = call.config.stack.file(call.config.clock.now(), &head);
    response.part(Part::File { file, start, length: end - start })
}

/// Several stretches, each under a small head of its own, as Apache sends them.
fn multipart(
    call: &Call<'_>,
    item: &Item,
    file: &File,
    stretches: &[(u64, u64)],
    length: u64,
) -> Outcome {
    let boundary =
        opaque(&item.uuid, 16).to_lowercase().replace(|c: char| !c.is_ascii_hexdigit(), "0");
    let mut parts = Vec::new();
    for &(start, end) in stretches {
        let head = format!(
            "\r\n--{boundary}\r\nContent-type: {CONTENT_TYPE}\r\nContent-range: bytes {start}-{}/{length}\r\n\r\n",
            end - 1
        );
        parts.push(Part::Bytes(head.into_bytes()));
        let file = file.try_clone().map_err(|_| Problem(500, None))?;
        parts.push(Part::File { file, start, length: end - start });
    }
    parts.push(Part::Bytes(format!("\r\n--{boundary}--\r\n").into_bytes()));
    let head = FileHead {
        filename: &item.filename,
        etag: &format!("sha256:{}", item.sha256),
        modified: item.stored_at,
        content_type: &format!("multipart/byteranges; boundary={boundary}"),
        length: parts.iter().map(Part::length).sum(),
        partial: true,
        range: None,
    };
    let mut response = call.config.stack.file(call.config.clock.now(), &head);
    response.parts = parts;
    Ok(response)
}

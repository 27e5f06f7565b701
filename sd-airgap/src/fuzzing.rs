//! Doors for the fuzz targets: what the worker does with bytes, without the worker around it.

use std::io::{self, Read};

use crate::store::named;
use crate::worker::{self, Sink, Wrapping};

/// A document that was taken.
#[derive(Debug)]
pub struct Document {
    /// Its content.
    pub content: Vec<u8>,
    /// Whether it was wrapped in gzip, and the name that the header gave.
    pub gzip: Option<Option<Vec<u8>>>,
    /// Bytes behind the end of the gzip stream that had been read.
    pub leftover: u64,
}

/// The worker's way with a decrypted document; the error is the reason of the refusal.
pub fn document(source: impl Read, limit: u64) -> io::Result<Result<Document, String>> {
    let mut content = Vec::new();
    let taken = worker::document(source, &mut Sink::new(&mut content, limit))?;
    Ok(taken.map_err(|e| e.to_string()).map(|(wrapping, leftover)| {
        let gzip = match wrapping {
            Wrapping::Plain => None,
            Wrapping::Gzip { name } => Some(name),
        };
        Document { content, gzip, leftover }
    }))
}

/// The name that a document is stored under, for a name in its gzip header.
pub fn stored_name(raw: &[u8]) -> String {
    named(raw, &mut Vec::new()).0.to_string()
}

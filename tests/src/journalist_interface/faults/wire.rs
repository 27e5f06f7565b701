//! Answers spelled out step by step, down to the last byte.
//!
//! ```text
//! the honest answer (head, body) + steps --> what goes over the wire --> close
//! ```

use std::io::{self, Write};
use std::time::Duration;

use super::super::response::{After, Response};
use super::flood::Flood;

/// One step of an answer. After the last one the connection is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The honest status line and headers, without the empty line behind them.
    Head,
    /// The same without the headers of this name.
    HeadWithout(&'static str),
    /// These words. `{etag}` and `{length}` stand for those of the honest answer.
    Text(String),
    /// These bytes.
    Bytes(Vec<u8>),
    /// The honest body.
    Body,
    /// So many bytes of it, from the first.
    BodyTo(u64),
    /// What follows so many bytes of it.
    BodyFrom(u64),
    /// Entries of a list, made while they are sent.
    Flood(Flood),
    /// These bytes so many times.
    Repeat(Vec<u8>, u64),
    /// These bytes, one by one, over and over, with this pause behind each.
    Drip(Vec<u8>, Duration),
    /// Nothing, for as long as the client waits.
    Silence,
}

impl Step {
    /// Words.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// These bytes for ever.
    pub fn endless(bytes: &[u8]) -> Self {
        // In pieces of a decent size: nothing is learnt from a million tiny packets.
        Self::Repeat(bytes.repeat((4096 / bytes.len().max(1)).max(1)), u64::MAX)
    }
}

/// Sends an answer as the steps have it.
pub(in super::super) fn send(
    honest: &mut Response,
    steps: Vec<Step>,
    to: &mut impl Write,
) -> io::Result<After> {
    for step in steps {
        match step {
            Step::Head => to.write_all(&head(honest, None)?)?,
            Step::HeadWithout(name) => to.write_all(&head(honest, Some(name))?)?,
            Step::Text(text) => to.write_all(filled_in(&text, honest).as_bytes())?,
            Step::Bytes(bytes) => to.write_all(&bytes)?,
            Step::Body => honest.copy_body(0, u64::MAX, to)?,
            Step::BodyTo(end) => honest.copy_body(0, end, to)?,
            Step::BodyFrom(start) => honest.copy_body(start, u64::MAX, to)?,
            Step::Flood(flood) => flood.send(to)?,
            Step::Repeat(bytes, times) => (0..times).try_for_each(|_| to.write_all(&bytes))?,
            Step::Drip(bytes, pause) => drip(&bytes, pause, to)?,
            Step::Silence => return Ok(After::Stalled),
        }
    }
    Ok(After::Closed)
}

fn head(honest: &Response, without: Option<&str>) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    write!(head, "HTTP/1.1 {} {}\r\n", honest.status, honest.reason)?;
    let wanted = |name: &str| without.is_none_or(|other| !other.eq_ignore_ascii_case(name));
    for (name, value) in honest.headers.iter().filter(|(name, _)| wanted(name)) {
        write!(head, "{name}: {value}\r\n")?;
    }
    Ok(head)
}

fn filled_in(text: &str, honest: &Response) -> String {
    let value = |name: &str| {
        let found = honest.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    };
    text.replace("{etag}", value("Etag")).replace("{length}", value("Content-Length"))
}

fn drip(bytes: &[u8], pause: Duration, to: &mut impl Write) -> io::Result<()> {
    for byte in bytes.iter().cycle() {
        to.write_all(&[*byte])?;
        std::thread::sleep(pause);
    }
    Ok(())
}

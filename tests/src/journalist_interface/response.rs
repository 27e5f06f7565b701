//! An answer before it goes out: a head with its headers in order, a body in parts, and what is to
//! happen on the wire.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::faults::{self, Step};

/// Bytes moved at once from disk to network.
const CHUNK: usize = 64 * 1024;

/// What follows a body that ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stall {
    /// The connection closes.
    Close,
    /// Nothing happens any more.
    Wait,
}

/// How the answer is put on the wire; the default is as it should be.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    /// Stop the body after so many bytes.
    pub(super) cut_after: Option<(u64, Stall)>,
    /// Flip the byte at this offset of the file.
    pub(super) flip_at: Option<u64>,
    /// Close without an answer.
    pub(super) silent: bool,
    /// Close after the answer.
    pub(super) close: bool,
    /// Send the body in HTTP chunks.
    pub(super) chunked: bool,
    /// Send this instead.
    pub(super) steps: Option<Vec<Step>>,
}

/// A stretch of the body.
#[derive(Debug)]
pub(super) enum Part {
    /// Bytes from memory.
    Bytes(Vec<u8>),
    /// `length` bytes of a file, from `start` on.
    File { file: File, start: u64, length: u64 },
}

/// An answer.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) parts: Vec<Part>,
    pub(super) wire: Wire,
}

/// What became of the connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It can carry another request.
    Open,
    /// It has to be closed.
    Closed,
    /// It stays open, and nothing more is ever sent.
    Stalled,
}

impl Response {
    /// An answer whose parts are yet to be added.
    pub(super) fn new(status: u16, reason: &str) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            headers: Vec::new(),
            parts: Vec::new(),
            wire: Wire::default(),
        }
    }

    /// Adds a header at the end.
    #[must_use]
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a part at the end of the body.
    #[must_use]
    pub(super) fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Changes a header where it stands, or adds it at the end.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.headers.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Adds a header in front of another one.
    pub(super) fn insert_before(&mut self, other: &str, name: &str, value: &str) {
        let at = self.headers.iter().position(|(n, _)| n == other).unwrap_or(self.headers.len());
        self.headers.insert(at, (name.to_owned(), value.to_owned()));
    }

    /// Takes a header away.
    pub(super) fn remove(&mut self, name: &str) {
        self.headers.retain(|(n, _)| n != name);
    }

    /// Turns the answer into a web page that has nothing to do with the API.
    pub(super) fn become_page(&mut self, status: u16, reason: &str, text: &str) {
        let page = html_page(&format!("{status} {reason}"), reason, text);
        self.status = status;
        reason.clone_into(&mut self.reason);
        self.headers.retain(|(n, _)| ["Date", "Server", "Connection"].contains(&n.as_str()));
        self.set("Content-Length", &page.len().to_string());
        self.set("Content-Type", "text/html; charset=iso-8859-1");
        self.parts = vec![Part::Bytes(page.into_bytes())];
        self.wire.chunked = false;
    }

    /// Turns the answer into this one.
    pub(super) fn become_answer(&mut self, status: u16, kind: &str, body: String) {
        self.become_page(status, "Something Else", "");
        self.set("Content-Type", kind);
        self.set_body(body.into_bytes());
    }

    /// The whole body.
    pub(super) fn body(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        self.copy_body(0, u64::MAX, &mut body)?;
        Ok(body)
    }

    /// Changes the body, and its length with it.
    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        self.set("Content-Length", &body.len().to_string());
        self.parts = vec![Part::Bytes(body)];
    }

    /// Copies out what lies between two places of the body.
    pub(super) fn copy_body(
        &mut self,
        start: u64,
        end: u64,
        to: &mut impl Write,
    ) -> io::Result<()> {
        let mut window = Window { to, skip: start, left: end.saturating_sub(start) };
        self.parts.iter_mut().try_for_each(|part| part.copy_to(&mut window, None))
    }

    /// Compresses the body, by way of a file, and says so in the head.
    pub(super) fn compress(&mut self) -> io::Result<()> {
        let mut gzip = GzEncoder::new(tempfile::tempfile()?, Compression::fast());
        for part in &mut self.parts {
            part.copy_to(&mut gzip, None)?;
        }
        let mut file = gzip.finish()?;
        let length = file.stream_position()?;
        self.set("Content-Length", &length.to_string());
        self.insert_before("Content-Length", "Content-Encoding", "gzip");
        self.parts = vec![Part::File { file, start: 0, length }];
        Ok(())
    }

    /// Sends it; for `HEAD` the body stays behind.
    pub(super) fn send(mut self, to: &mut impl Write, head_only: bool) -> io::Result<After> {
        if self.wire.silent {
            return Ok(After::Closed);
        }
        if let Some(steps) = self.wire.steps.take() {
            return faults::send(&mut self, steps, to);
        }
        let mut head = Vec::new();
        write!(head, "HTTP/1.1 {} {}\r\n", self.status, self.reason)?;
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        head.extend_from_slice(b"\r\n");
        to.write_all(&head)?;
        let mut after = if self.wire.close { After::Closed } else { After::Open };
        if !head_only && let Some(stopped) = self.send_body(to)? {
            after = stopped;
        }
        to.flush()?;
        Ok(after)
    }

    /// Sends the body; `Some` if it had to stop early.
    fn send_body(&mut self, to: &mut impl Write) -> io::Result<Option<After>> {
        let flip = self.wire.flip_at;
        if self.wire.chunked {
            let mut body = Vec::new();
            self.parts.iter_mut().try_for_each(|part| part.copy_to(&mut body, flip))?;
            write!(to, "{:x}\r\n", body.len())?;
            to.write_all(&body)?;
            to.write_all(b"\r\n0\r\n\r\n")?;
            return Ok(None);
        }
        let Some((cut, stall)) = self.wire.cut_after else {
            self.parts.iter_mut().try_for_each(|part| part.copy_to(to, flip))?;
            return Ok(None);
        };
        let mut left = cut;
        for part in &mut self.parts {
            part.shorten(&mut left);
            part.copy_to(to, flip)?;
        }
        Ok(Some(if stall == Stall::Wait { After::Stalled } else { After::Closed }))
    }
}

impl Part {
    /// Bytes in this part.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// Copies the part out, with the byte at this offset of the file flipped.
    fn copy_to(&mut self, to: &mut impl Write, flip_at: Option<u64>) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => {
                flip(bytes, 0, flip_at);
                to.write_all(bytes)
            }
            Self::File { file, start, length } => {
                file.seek(SeekFrom::Start(*start))?;
                let mut from = file.take(*length);
                let (mut buffer, mut offset) = (vec![0; CHUNK], *start);
                loop {
                    let read = from.read(&mut buffer)?;
                    if read == 0 {
                        return Ok(());
                    }
                    flip(&mut buffer[..read], offset, flip_at);
                    to.write_all(&buffer[..read])?;
                    offset += read as u64;
                }
            }
        }
    }

    /// Keeps no more than `left` bytes and takes them off.
    fn shorten(&mut self, left: &mut u64) {
        match self {
            Self::Bytes(bytes) => {
                bytes.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= bytes.len() as u64;
            }
            Self::File { length, .. } => {
                *length = (*length).min(*left);
                *left -= *length;
            }
        }
    }
}

/// Lets only a stretch of what is written pass.
struct Window<'w, W> {
    to: &'w mut W,
    skip: u64,
    left: u64,
}

impl<W: Write> Write for Window<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let at_most = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len());
        let start = at_most(self.skip);
        let end = at_most(self.skip.saturating_add(self.left));
        self.to.write_all(&bytes[start..end])?;
        self.skip -= start as u64;
        self.left -= (end - start) as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Flips all bits of the byte at `at`, if it lies in this piece that begins at `start`.
fn flip(piece: &mut [u8], start: u64, at: Option<u64>) {
    let inside = at.and_then(|at| at.checked_sub(start)).and_then(|i| usize::try_from(i).ok());
    if let Some(byte) = inside.and_then(|i| piece.get_mut(i)) {
        *byte ^= 0xff;
    }
}

/// A page as Apache writes its own errors.
pub(super) fn html_page(title: &str, heading: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n\
         <html><head>\n<title>{title}</title>\n</head><body>\n<h1>{heading}</h1>\n<p>{text}</p>\n</body></html>\n"
    )
}

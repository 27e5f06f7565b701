//! One question and one answer over a local socket: as much of HTTP/1.1 as CUPS needs.
//!
//! A connection is made for each question and closed after it, so nothing of one answer can be
//! taken for another. What is not understood is refused: chunks, compression, redirections.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Longest head of an answer: those of CUPS have 400 bytes.
const MAX_HEAD: usize = 16 << 10;

/// Longest body of an answer: one of 100 printers has 300 kB.
const MAX_ANSWER: usize = 1 << 20;

/// Most header lines.
const MAX_HEADERS: usize = 64;

/// Longest silence: CUPS does one thing after the other, and a busy station is slow.
const SILENCE: Duration = Duration::from_mins(1);

/// One read and one write.
const CHUNK: usize = 64 << 10;

/// What is sent: a message, and a document of a known length behind it.
pub(super) struct Body<'m, 'd> {
    pub(super) message: &'m [u8],
    pub(super) document: Option<(&'d mut dyn Read, u64)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// Nobody listens.
    #[error("no connection to its socket: {0}")]
    Connect(#[source] io::Error),
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(#[source] io::Error),
    /// What was to be sent could not be read, or must not be sent.
    #[error("{0}")]
    Document(#[source] io::Error),
    /// CUPS said no before it looked at the message.
    #[error("it refused the request (HTTP status {0})")]
    Status(u16),
    /// Something else than an answer.
    #[error("its answer is not one")]
    NotHttp,
    /// An endless answer.
    #[error("its answer is longer than {MAX_ANSWER} bytes")]
    TooLong,
}

/// Asks, and returns the body of the answer.
pub(super) fn post(socket: &Path, path: &str, body: Body<'_, '_>) -> Result<Vec<u8>, HttpError> {
    let mut stream = UnixStream::connect(socket).map_err(HttpError::Connect)?;
    stream
        .set_read_timeout(Some(SILENCE))
        .and_then(|()| stream.set_write_timeout(Some(SILENCE)))
        .map_err(HttpError::Connection)?;
    match send(&mut stream, path, body) {
        Ok(()) => answer(&mut stream),
        // Whoever hangs up in the middle of a document has sometimes said why.
        Err(HttpError::Connection(e)) => match answer(&mut stream) {
            Err(why @ HttpError::Status(_)) => Err(why),
            _ => Err(HttpError::Connection(e)),
        },
        Err(e) => Err(e),
    }
}

fn send(to: &mut impl Write, path: &str, body: Body<'_, '_>) -> Result<(), HttpError> {
    let length = body.message.len() as u64 + body.document.as_ref().map_or(0, |(_, n)| *n);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/ipp\r\nContent-Length: {length}\r\n\r\n"
    );
    to.write_all(head.as_bytes()).map_err(HttpError::Connection)?;
    to.write_all(body.message).map_err(HttpError::Connection)?;
    if let Some((document, length)) = body.document {
        copy(document, length, to)?;
    }
    Ok(())
}

/// Sends exactly `length` bytes: one more or one less would be another message.
fn copy(from: &mut dyn Read, length: u64, to: &mut impl Write) -> Result<(), HttpError> {
    let mut buffer = vec![0; CHUNK];
    let mut left = length;
    loop {
        let n = match from.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(HttpError::Document(e)),
        };
        if n == 0 && left == 0 {
            return Ok(());
        }
        left = match left.checked_sub(n as u64) {
            Some(rest) if n > 0 => rest,
            _ => return Err(HttpError::Document(ErrorKind::InvalidData.into())),
        };
        to.write_all(&buffer[..n]).map_err(HttpError::Connection)?;
    }
}

fn answer(from: &mut impl Read) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    loop {
        match head(&bytes)? {
            Some(head) if head.code / 100 == 1 => drop(bytes.drain(..head.size)),
            Some(head) => return rest(from, bytes, &head),
            None if bytes.len() > MAX_HEAD => return Err(HttpError::NotHttp),
            None => more(from, &mut bytes)?,
        }
    }
}

/// What of an answer's head matters.
struct Head {
    /// Bytes of it.
    size: usize,
    code: u16,
    /// Bytes that follow.
    length: Option<usize>,
}

fn head(bytes: &[u8]) -> Result<Option<Head>, HttpError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|_| HttpError::NotHttp)?;
    let httparse::Status::Complete(size) = parsed else { return Ok(None) };
    let code = response.code.ok_or(HttpError::NotHttp)?;
    let named = |name: &str| {
        let same = |h: &&httparse::Header<'_>| h.name.eq_ignore_ascii_case(name);
        response.headers.iter().filter(same).map(|h| h.value).collect::<Vec<_>>()
    };
    if !named("transfer-encoding").is_empty() || !named("content-encoding").is_empty() {
        return Err(HttpError::NotHttp);
    }
    let length = match named("content-length")[..] {
        [] => None,
        [one] => Some(number(one).ok_or(HttpError::NotHttp)?),
        _ => return Err(HttpError::NotHttp),
    };
    Ok(Some(Head { size, code, length }))
}

fn number(digits: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok()?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The body behind a head, of which `bytes` holds the start.
fn rest(from: &mut impl Read, mut bytes: Vec<u8>, head: &Head) -> Result<Vec<u8>, HttpError> {
    if head.code != 200 {
        return Err(HttpError::Status(head.code));
    }
    let length = head.length.ok_or(HttpError::NotHttp)?;
    if length > MAX_ANSWER {
        return Err(HttpError::TooLong);
    }
    bytes.drain(..head.size);
    while bytes.len() < length {
        more(from, &mut bytes)?;
    }
    if bytes.len() == length { Ok(bytes) } else { Err(HttpError::NotHttp) }
}

fn more(from: &mut impl Read, bytes: &mut Vec<u8>) -> Result<(), HttpError> {
    let mut buffer = vec![0; CHUNK];
    match from.read(&mut buffer) {
        Ok(0) => Err(HttpError::Connection(ErrorKind::UnexpectedEof.into())),
        Ok(n) => {
            bytes.extend_from_slice(&buffer[..n]);
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::Interrupted => Ok(()),
        Err(e) => Err(HttpError::Connection(e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &str) -> Result<Vec<u8>, HttpError> {
        answer(&mut bytes.as_bytes())
    }

    #[test]
    fn an_answer_is_its_body_and_what_came_before_it_is_skipped() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
        assert_eq!(read(text).expect("an answer"), b"abc");
    }

    #[test]
    fn what_is_no_plain_answer_is_refused() {
        for wrong in [
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nabc",
            "SSH-2.0-x\r\n\r\n",
            "",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let asked = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
        assert!(matches!(read(asked), Err(HttpError::Status(401))));
    }

    #[test]
    fn a_document_of_another_length_is_not_sent_to_its_end() {
        for length in [2, 4] {
            let (mut document, mut wire) = (&b"abc"[..], Vec::new());
            let body = Body { message: b"m", document: Some((&mut document, length)) };
            assert!(matches!(send(&mut wire, "/", body), Err(HttpError::Document(_))));
        }
    }
}

//! Requests, read from a connection with limits.

use std::io::{self, Read};
use std::net::TcpStream;

/// A request line and headers may take this much.
const LONGEST_HEAD: usize = 64 * 1024;
/// A body may take this much; the biggest honest one is an armored reply.
const LONGEST_BODY: usize = 16 * 1024 * 1024;
/// This many headers are read.
const MOST_HEADERS: usize = 64;

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// With the query, if there was one.
    pub(super) target: String,
    /// `HTTP/1.x`: the x.
    pub(super) minor_version: u8,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The value of a header, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or(&self.target)
    }

    /// Whether the client wants the connection closed afterwards.
    pub(super) fn wants_close(&self) -> bool {
        self.minor_version == 0
            || self.header("Connection").is_some_and(|v| v.eq_ignore_ascii_case("close"))
    }
}

/// Reads one request; `None` when the client has closed or stays silent.
///
/// `held` keeps what was read beyond the request, for the next call.
pub(super) fn read_request(
    stream: &mut TcpStream,
    held: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    let (mut request, head_length) = loop {
        if let Some(parsed) = parse_head(held)? {
            break parsed;
        }
        if held.len() > LONGEST_HEAD {
            return Err(io::Error::other("the head of the request is too long"));
        }
        if !read_more(stream, held)? {
            return Ok(None);
        }
    };
    held.drain(..head_length);
    let length = body_length(&request)?;
    while held.len() < length {
        if !read_more(stream, held)? {
            return Ok(None);
        }
    }
    request.body = held.drain(..length).collect();
    Ok(Some(request))
}

/// Reads what there is; `false` at the end of the stream or after silence.
fn read_more(stream: &mut TcpStream, held: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 8 * 1024];
    match stream.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(read) => {
            held.extend_from_slice(&buffer[..read]);
            Ok(true)
        }
        Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            Ok(false)
        }
        Err(e) => Err(e),
    }
}

/// The head, if it is complete, and its length.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        minor_version: parsed.version.unwrap_or_default(),
        headers: parsed.headers.iter().map(|h| (h.name.to_owned(), text(h.value))).collect(),
        body: Vec::new(),
    };
    Ok(Some((request, length)))
}

fn body_length(request: &Request) -> io::Result<usize> {
    if request.header("Transfer-Encoding").is_some() {
        return Err(io::Error::other("a request in chunks is not understood here"));
    }
    let length = request.header("Content-Length").unwrap_or("0");
    let length: usize = length.trim().parse().map_err(io::Error::other)?;
    if length > LONGEST_BODY {
        return Err(io::Error::other("the body of the request is too long"));
    }
    Ok(length)
}

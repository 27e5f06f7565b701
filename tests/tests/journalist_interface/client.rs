//! The smallest client that shows an answer exactly as it came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer, nothing interpreted except where its body ends.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header of exactly this spelling.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request and reads all of the answer, up to `Content-Length` or the end of the connection.
pub(crate) fn exchange(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &str,
) -> Answer {
    let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("Host: {to}")];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if !body.is_empty() || method == "POST" {
        lines.push(format!("Content-Length: {}", body.len()));
    }
    raw(to, &format!("{}\r\n\r\n{body}", lines.join("\r\n")), method == "HEAD")
}

/// Sends these bytes and reads the answer.
pub(crate) fn raw(to: SocketAddr, request: &str, head_only: bool) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    loop {
        if is_complete(&bytes, head_only) {
            break;
        }
        let mut buffer = [0; 8 * 1024];
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
    parse(&bytes)
}

fn is_complete(bytes: &[u8], head_only: bool) -> bool {
    let Some(end) = head_end(bytes) else {
        return false;
    };
    let answer = parse(bytes);
    if answer.header("Transfer-Encoding").is_some() && !head_only {
        return bytes.ends_with(b"\r\n0\r\n\r\n");
    }
    let length = answer.header("Content-Length").and_then(|v| v.parse().ok());
    head_only || length.is_some_and(|length: usize| bytes.len() - end >= length)
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4)
}

fn parse(bytes: &[u8]) -> Answer {
    let end = head_end(bytes).unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
    let mut status = lines.next().unwrap_or_default().splitn(3, ' ').skip(1);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut answer = Answer {
        status: status.next().and_then(|s| s.parse().ok()).unwrap_or_default(),
        reason: status.next().unwrap_or_default().to_owned(),
        headers,
        body: bytes[end..].to_vec(),
    };
    if answer.header("Transfer-Encoding") == Some("chunked") {
        answer.body = dechunk(&answer.body);
    }
    answer
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = bytes.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..at]).ok();
        let size = size.and_then(|s| usize::from_str_radix(s, 16).ok()).unwrap_or(0);
        let Some(chunk) = bytes.get(at + 2..at + 2 + size).filter(|c| !c.is_empty()) else {
            break;
        };
        body.extend_from_slice(chunk);
        bytes = bytes.get(at + 2 + size + 2..).unwrap_or_default();
    }
    body
}

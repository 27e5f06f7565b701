//! A socket between `sd-export` and cupsd that keeps every question, and can lose one.

use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// One question, with its head.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) asked: Vec<u8>,
}

/// What was asked so far.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    exchanges: Vec<Exchange>,
    /// Questions with these bytes are not passed on.
    lost: Option<Vec<u8>>,
}

impl Recorder {
    /// Listens at `front` for everybody, and passes everything on to `back`.
    pub(crate) fn start(front: &Path, back: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(front)?;
        std::fs::set_permissions(front, std::fs::Permissions::from_mode(0o666))?;
        let (recorder, back) = (Self::default(), back.to_owned());
        let own = recorder.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (own, back) = (own.clone(), back.clone());
                // A connection that breaks is the client's business.
                thread::spawn(move || own.pass(client, &back));
            }
        });
        Ok(recorder)
    }

    /// Everything since the last call.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.state().exchanges)
    }

    /// From now on, a question that holds these bytes is answered by hanging up.
    pub(crate) fn lose(&self, bytes: Option<&[u8]>) {
        self.state().lost = bytes.map(<[u8]>::to_vec);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// First the whole question, then the whole answer: that is how `sd-export` speaks.
    fn pass(&self, mut client: UnixStream, back: &Path) -> io::Result<()> {
        let asked = question(&mut client)?;
        let lost = self.state().lost.as_ref().is_some_and(|bytes| holds(&asked, bytes));
        self.state().exchanges.push(Exchange { asked: asked.clone() });
        if lost {
            return Ok(());
        }
        let mut server = UnixStream::connect(back)?;
        server.write_all(&asked)?;
        // cupsd keeps some connections open; the client does not, and that ends it here.
        io::copy(&mut server, &mut client).map(drop)
    }
}

/// Reads a head and as many bytes as it announces.
fn question(client: &mut UnixStream) -> io::Result<Vec<u8>> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let n = client.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..n]);
        if n == 0 || length(&bytes).is_some_and(|whole| bytes.len() >= whole) {
            return Ok(bytes);
        }
    }
}

/// Bytes of a question with its head, once the head is there.
fn length(bytes: &[u8]) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(bytes).ok()? else { return None };
    let length = request.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"))?;
    let length: usize = std::str::from_utf8(length.value).ok()?.parse().ok()?;
    Some(head + length)
}

impl Exchange {
    /// The message of the question, behind its head, with the document.
    pub(crate) fn message(&self) -> &[u8] {
        body(&self.asked)
    }

    /// The code of the operation.
    pub(crate) fn operation(&self) -> u16 {
        self.message().get(2..4).map_or(0, |b| u16::from_be_bytes([b[0], b[1]]))
    }

    /// Names and values of the question's attributes.
    pub(crate) fn attributes(&self) -> Vec<(String, Vec<u8>)> {
        let (mut all, mut rest) = (Vec::new(), self.message().get(8..).unwrap_or_default());
        let mut last = String::new();
        while let Some((tag, after)) = rest.split_first() {
            rest = after;
            match tag {
                3 => break,
                0..=15 => continue,
                _ => {}
            }
            let name = counted(&mut rest);
            let value = counted(&mut rest);
            if !name.is_empty() {
                last = String::from_utf8_lossy(name).into_owned();
            }
            all.push((last.clone(), value.to_vec()));
        }
        all
    }
}

fn counted<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let Some((length, after)) = rest.split_first_chunk::<2>() else { return &[] };
    let (value, after) = after.split_at(usize::from(u16::from_be_bytes(*length)).min(after.len()));
    *rest = after;
    value
}

fn body(bytes: &[u8]) -> &[u8] {
    let head = bytes.windows(4).position(|w| w == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    &bytes[head..]
}

/// Whether `needle` stands anywhere in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

//! The Source Interface, as far as anybody but a source asks it: `/metadata`.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use super::http::read_request;
use super::{Exchange, lock};

/// What it answers.
#[derive(Clone, Debug)]
pub enum Metadata {
    /// What a real one says, with this fingerprint of the submission key.
    Key(String),
    /// This status, this type, this body.
    Other(u16, &'static str, String),
}

/// A running Source Interface; it stops when this is dropped.
#[derive(Debug)]
pub struct SourceInterface {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    metadata: Mutex<Metadata>,
    log: Mutex<Vec<Exchange>>,
    stopping: AtomicBool,
}

impl SourceInterface {
    /// Starts one on a free port of the loopback interface.
    pub fn start(metadata: Metadata) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            metadata: Mutex::new(metadata),
            log: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_thread.stopping.load(Ordering::SeqCst) {
                    return;
                }
                // What a client does to its connection is its own affair.
                let _ = for_thread.answer(stream);
            }
        });
        Ok(Self { address, shared, listening: Some(listening) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it answers from now on.
    pub fn say(&self, metadata: Metadata) {
        *lock(&self.shared.metadata) = metadata;
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Exchange> {
        lock(&self.shared.log).clone()
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let Some(request) = read_request(&mut stream, &mut Vec::new())? else { return Ok(()) };
        let (status, kind, body) = match lock(&self.metadata).clone() {
            _ if request.path() != "/metadata" => {
                (404, "text/html", "<h1>Not Found</h1>".to_owned())
            }
            Metadata::Other(status, kind, body) => (status, kind, body),
            Metadata::Key(gpg_fpr) => (200, "application/json", of_key(&gpg_fpr)),
        };
        let (method, path, headers) = (request.method, request.target, request.headers);
        lock(&self.log).push(Exchange { method, path, headers, status: Some(status) });
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} Answer\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
             Location: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n{body}"
        )?;
        stream.shutdown(Shutdown::Both)
    }
}

/// The fields of a real answer, with the same names.
fn of_key(gpg_fpr: &str) -> String {
    json!({
        "allow_document_uploads": true,
        "gpg_fpr": gpg_fpr,
        "organization_name": "A newsroom",
        "sd_version": "2.10.1",
        "server_os": "20.04",
        "supported_languages": ["en_US"],
        "v3_source_url": null,
    })
    .to_string()
}

impl Drop for SourceInterface {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; it then sees the flag.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

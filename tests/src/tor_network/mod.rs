//! A private Tor network on loopback, with an onion service that knows its clients by key.
//!
//! ```text
//! authority 0..3 --vote--> who is a relay
//!                              |
//!  with_key    --.             v
//!  without_key --+-- relays, three hops each --> service (client authorisation)
//!  wrong_key   --'                                  '--> 127.0.0.1:web_port(), whoever listens
//!  '-- two SOCKS ports each, with the flags of the two that Tails has
//! ```
//! Nothing leaves this computer: the nodes know each other and nobody else, and every port is
//! on 127.0.0.1. The nodes are killed when the network is dropped, and end by themselves when
//! this process is gone. It shows how Tor behaves, not how fast it is.

mod authority;
mod client_key;
mod control;
mod layout;
mod node;
mod ports;
mod socks;
mod torrc;
mod wait;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;

pub use control::Control;
pub use node::{Frozen, Node, Offline};
pub use wait::wait_for;

use client_key::ClientKey;
use layout::Layout;
use socks::knock;

/// One attempt to start. It takes 15 to 25 seconds, 40 on a computer that is busy.
const START: Duration = Duration::from_secs(80);
/// From "up" to the first connection, also after the service was restarted (5 seconds); and until
/// everybody has noticed that it is down. Tor itself gives up after two minutes.
const REACH: Duration = Duration::from_mins(2);

/// A running network.
#[derive(Debug)]
pub struct TorNetwork {
    /// The onion service's node.
    pub service: Node,
    /// The client that has the service's key.
    pub with_key: Client,
    /// A client that has no key for the service.
    pub without_key: Client,
    /// A client whose key the service does not know.
    pub wrong_key: Client,
    relays: Vec<Node>,
    onion: String,
    web: u16,
    attempts: u32,
    knocks: AtomicU32,
    // Last, so that the nodes are gone before their files.
    _dir: TempDir,
}

/// A client with its two SOCKS ports.
#[derive(Debug)]
pub struct Client {
    /// Its process.
    pub node: Node,
    /// As 127.0.0.1:9050 on Tails: refusals are not explained.
    pub plain: SocketAddr,
    /// As 10.200.1.1:9050 on Tails: a circuit for each user name, refusals are explained.
    pub extended: SocketAddr,
}

impl TorNetwork {
    /// Starts a network, and returns when the service can be reached. One that has missed its
    /// first list of relays does not recover in time: it is started once more from nothing.
    pub fn start() -> io::Result<Self> {
        Self::attempt(1).or_else(|first| {
            Self::attempt(2).map_err(|second| {
                io::Error::other(format!("no network: {first}\nand once more: {second}"))
            })
        })
    }

    fn attempt(attempts: u32) -> io::Result<Self> {
        let dir = tempfile::Builder::new().prefix("tor-network-").tempdir()?;
        let mut layout = Layout::new(dir.path())?;
        let relays = layout.relays()?;
        let (key, other) = (ClientKey::generate()?, ClientKey::generate()?);
        let web = layout.port()?;
        let (service, onion) = layout.service(web, &key)?;
        let mut network = Self {
            with_key: layout.client("with-key", Some(&key), &onion)?,
            without_key: layout.client("without-key", None, &onion)?,
            wrong_key: layout.client("wrong-key", Some(&other), &onion)?,
            service,
            relays,
            onion,
            web,
            attempts,
            knocks: AtomicU32::new(0),
            _dir: dir,
        };
        network.bootstrap()?;
        network.reach()?;
        Ok(network)
    }

    /// Starts the clients and waits until they and the service can build circuits.
    fn bootstrap(&mut self) -> io::Result<()> {
        for node in self.users_mut() {
            node.start()?;
        }
        let ready = wait_for("every node bootstrapped", START, || {
            let mut nodes = self.users_mut();
            // One that has ended, over its configuration or a port, is not waited for.
            for node in &mut nodes {
                if !node.is_running() {
                    return Some(Err(io::Error::other(format!("{} has ended", node.name()))));
                }
            }
            nodes.iter().all(|node| node.is_ready()).then_some(Ok(()))
        });
        ready.flatten().map_err(|e| io::Error::other(format!("{e}\n{}", self.last_words())))
    }

    fn users_mut(&mut self) -> [&mut Node; 4] {
        let [a, b, c] =
            [&mut self.with_key, &mut self.without_key, &mut self.wrong_key].map(|c| &mut c.node);
        [&mut self.service, a, b, c]
    }

    /// The nodes that build circuits of their own.
    fn users(&self) -> [&Node; 4] {
        let [a, b, c] = [&self.with_key, &self.without_key, &self.wrong_key].map(|c| &c.node);
        [&self.service, a, b, c]
    }

    /// Starts the service if it is down, and waits until the client with the key reaches it.
    pub fn reach(&mut self) -> io::Result<()> {
        self.service.start()?;
        // 0 is "connected", 1 is "connected, and no web server behind it".
        self.knock_until("a way to the service", |code| code <= 1)
    }

    /// Stops the service, and waits until nobody is led to it any more.
    ///
    /// For a moment the relays still take a client's introduction, and Tor waits two minutes for
    /// what comes of it.
    pub fn stop_service(&mut self) -> io::Result<()> {
        self.service.stop()?;
        self.knock_until("a network that has noticed", |code| code > 1)
    }

    /// Knocks at the service, as the client with the key, until this is the answer.
    fn knock_until(&self, what: &str, wanted: impl Fn(u8) -> bool) -> io::Result<()> {
        let mut answers = Vec::new();
        let came = wait_for(what, REACH, || {
            let user = self.knocks.fetch_add(1, Ordering::Relaxed);
            match knock(self.with_key.extended, user, &self.onion) {
                Ok(code) if wanted(code) => return Some(()),
                Ok(code) => answers.push(format!("{code:#04x}")),
                Err(e) => answers.push(format!("{e}, forgotten: {:?}", self.forget().err())),
            }
            None
        });
        came.map_err(|e| io::Error::other(format!("{e}: {answers:?}\n{}", self.last_words())))
    }

    /// Makes the client with the key forget what it knows of the service, and what it has begun.
    ///
    /// All its users wait for the same fetch of the service's descriptor, and behind one that got
    /// stuck each knock would end as the one before.
    fn forget(&self) -> io::Result<()> {
        self.with_key.node.control()?.command("SIGNAL NEWNYM").map(drop)
    }

    /// The service's address, with `.onion`.
    pub fn onion(&self) -> &str {
        &self.onion
    }

    /// The port of 127.0.0.1 where the service expects its web server.
    pub fn web_port(&self) -> u16 {
        self.web
    }

    /// How many starts it took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How many processes there are.
    pub fn nodes(&self) -> usize {
        self.relays.len() + self.users().len()
    }

    /// The ends of all logs.
    fn last_words(&self) -> String {
        self.relays.iter().chain(self.users()).map(Node::last_words).collect()
    }
}

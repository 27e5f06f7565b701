//! The only place that opens a network connection.
//!
//! ```text
//! ureq --connect--> Connector --.--> Tor's SOCKS port --name, unresolved--> onion service
//!        (NoDns)                '--> a loopback address, plainly
//! ```

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout};

use super::address::{OnionAddress, Server};
use super::limits::Limits;
use super::pace::Pace;
use super::socks::{self, Refusal, SocksError};
use super::tor::{PATIENCE, TorPlaces, TorState};
use super::wire::Wire;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// No SOCKS port is open.
    #[error("Tor is not connected: open Tor Connection and wait until it says so")]
    NoTor,
    /// A SOCKS port is open, and Tails says that Tor has not reached its network yet.
    #[error("Tor is still connecting: wait until Tails says that it is ready")]
    Connecting,
    /// The proxy did not connect us.
    #[error(transparent)]
    Socks(SocksError),
    /// Nothing listens at the loopback address.
    #[error("nothing answers there: {0}")]
    Refused(io::Error),
    /// A request for some other place than the configured one: our own mistake.
    #[error("a request went to another server than the configured one; it was not sent")]
    Elsewhere,
    /// The kernel gave no random bytes for the circuit's user name.
    #[error("the system gave no random bytes: {0}")]
    NoRandom(io::Error),
}

impl ConnectError {
    /// What Tor could not do because it is not ready is not the service's fault.
    fn of(e: SocksError, proxies: &[SocketAddr], places: &TorPlaces) -> Self {
        let refused = Self::Socks(e);
        if refused.may_pass() && TorState::of(proxies, places, PATIENCE) == TorState::Connecting {
            return Self::Connecting;
        }
        refused
    }

    /// Whether a moment later it may go better: Tor restarts once after the network comes up,
    /// and a service is not to be found in the first seconds.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::NoTor | Self::Connecting | Self::Socks(SocksError::Io(_)) => true,
            Self::Socks(SocksError::Refused(refusal)) => refusal.may_pass(),
            Self::Socks(SocksError::NotSocks)
            | Self::Refused(_)
            | Self::Elsewhere
            | Self::NoRandom(_) => false,
        }
    }

    /// Whether nobody gets a connection just now, though there was one before.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Socks(SocksError::Refused(Refusal::Unexplained)) | Self::Refused(_) => true,
            other => other.may_pass(),
        }
    }
}

/// Which circuit Tor takes: it never puts streams of two users on one.
#[derive(Clone)]
pub(crate) struct Circuit(Arc<Mutex<String>>);

impl Circuit {
    /// One that is nobody else's.
    pub(crate) fn new() -> Result<Self, ConnectError> {
        Ok(Self(Arc::new(Mutex::new(random_user()?))))
    }

    fn user(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another one from now on. Tor lets later streams of a user join a circuit that leads
    /// nowhere, and waits for it two minutes long.
    pub(crate) fn change(&self) -> Result<(), ConnectError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = random_user()?;
        Ok(())
    }
}

/// Opens connections to one server and to nothing else.
pub(crate) struct Doorway {
    host: String,
    route: Route,
    limits: Limits,
}

enum Route {
    Tor {
        onion: OnionAddress,
        proxies: Vec<SocketAddr>,
        /// The proxy that answered last; the others are tried after it.
        preferred: AtomicUsize,
        /// A random user: our circuit is nobody else's, and stays the same while it serves.
        user: Circuit,
    },
    Loopback(SocketAddr),
}

impl Doorway {
    /// A way to `server`; `proxies` are tried in order and matter to an onion only.
    pub(crate) fn new(
        server: &Server,
        proxies: &[SocketAddr],
        limits: &Limits,
        circuit: Circuit,
    ) -> Self {
        let route = match server {
            Server::Onion(onion) => Route::Tor {
                onion: onion.clone(),
                proxies: proxies.to_vec(),
                preferred: AtomicUsize::new(0),
                user: circuit,
            },
            Server::Loopback(addr) => Route::Loopback(addr.socket()),
        };
        Self { host: server.to_string(), route, limits: *limits }
    }

    fn open(&self, uri: &Uri) -> Result<TcpStream, ConnectError> {
        let same_place = uri.authority().is_some_and(|a| a.as_str() == self.host);
        if uri.scheme_str() != Some("http") || !same_place {
            return Err(ConnectError::Elsewhere);
        }
        match &self.route {
            Route::Loopback(addr) => self.tcp(*addr).map_err(ConnectError::Refused),
            Route::Tor { onion, proxies, preferred, user } => {
                let mut stream = self.proxy(proxies, preferred)?;
                let Err(e) = self.through_tor(&mut stream, onion, &user.user()) else {
                    return Ok(stream);
                };
                user.change()?;
                Err(ConnectError::of(e, proxies, &TorPlaces::default()))
            }
        }
    }

    fn proxy(
        &self,
        proxies: &[SocketAddr],
        preferred: &AtomicUsize,
    ) -> Result<TcpStream, ConnectError> {
        let first = preferred.load(Ordering::Relaxed);
        let in_turn = proxies.iter().enumerate().cycle().skip(first).take(proxies.len());
        for (i, addr) in in_turn {
            if let Ok(stream) = self.tcp(*addr) {
                preferred.store(i, Ordering::Relaxed);
                return Ok(stream);
            }
        }
        Err(ConnectError::NoTor)
    }

    fn through_tor(
        &self,
        stream: &mut TcpStream,
        onion: &OnionAddress,
        user: &str,
    ) -> Result<(), SocksError> {
        stream.set_read_timeout(Some(self.limits.circuit))?;
        stream.set_write_timeout(Some(self.limits.circuit))?;
        socks::connect(stream, onion.host(), 80, user)
    }

    #[expect(clippy::disallowed_methods, reason = "the one door to the network")]
    fn tcp(&self, addr: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&addr, self.limits.connect)?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl fmt::Debug for Doorway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Doorway({})", self.host)
    }
}

impl Connector for Doorway {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Wire>, ureq::Error> {
        let stream = self.open(details.uri).map_err(|e| ureq::Error::Other(Box::new(e)))?;
        let (input, output) =
            (details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Wire::new(stream, input, output, Pace::new(&self.limits))))
    }
}

/// Never looks up a name: Tor does that, inside its network.
#[derive(Debug)]
pub(crate) struct NoDns;

impl Resolver for NoDns {
    fn resolve(
        &self,
        _: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

fn random_user() -> Result<String, ConnectError> {
    let mut bytes = [0; 16];
    let got = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .map_err(|e| ConnectError::NoRandom(e.into()))?;
    if got != bytes.len() {
        return Err(ConnectError::NoRandom(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test listens and writes what is read")]
    fn on_a_tails_that_is_not_ready_tor_is_to_blame_and_not_the_service() {
        let tmp = tempfile::tempdir().expect("a directory");
        let (os_release, flag) = (tmp.path().join("os-release"), tmp.path().join("done"));
        std::fs::write(&os_release, "ID=tails\n").expect("written");
        let places = TorPlaces { os_release: vec![os_release], flag: flag.clone() };
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let ports = [port.local_addr().expect("an address")];
        let of = |refusal: Refusal| ConnectError::of(refusal.into(), &ports, &places);
        assert!(matches!(of(Refusal::NotNow), ConnectError::Connecting));
        assert!(matches!(of(Refusal::NoKey), ConnectError::Socks(_)));
        std::fs::write(&flag, "").expect("written");
        assert!(matches!(of(Refusal::NotNow), ConnectError::Socks(_)));
    }

    #[test]
    fn a_request_for_another_place_is_not_sent() {
        let server = Server::Loopback("127.0.0.1:9".parse().expect("loopback"));
        let doorway = Doorway::new(&server, &[], &Limits::default(), Circuit::new().expect("made"));
        for uri in ["http://127.0.0.1:10/", "https://127.0.0.1:9/", "http://a@127.0.0.1:9/", "/x"] {
            let got = doorway.open(&uri.parse().expect("a URI"));
            assert!(matches!(got, Err(ConnectError::Elsewhere)), "{uri}");
        }
    }
}

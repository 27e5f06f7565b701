//! A Journalist Interface for tests and the demo: a small web server that answers as a real one did.
//!
//! ```text
//!  World (sources, ciphertexts on disk) --.
//!  Config (stack, clock, users, rules) ---+--> JournalistInterface::start --> 127.0.0.1:port
//!  faults (what goes wrong) --------------'         '--> requests(), edit(), drop = stop
//! ```
//!
//! Statuses, reason phrases, header spelling and order, and bodies follow recorded exchanges with a
//! real server (`tests/data/recordings`), for two stacks: Flask's development server and Apache.
//! The server listens on the loopback interface only and has no place in production.

#![expect(clippy::disallowed_methods, reason = "a test server has to listen, and to wake itself")]

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

mod api;
mod auth;
mod clock;
mod config;
mod download;
mod faults;
mod http;
mod items;
mod json;
mod range;
mod response;
mod routes;
mod slow;
mod source_builder;
mod source_interface;
mod stack;
mod store;
mod world;

pub use clock::Clock;
pub use config::{
    Config, DELETED_USER_UUID, DEV_PASSPHRASE, DEV_TOTP_SECRET, Stack, Throttle, TokenLife, User,
};
pub use faults::{EMPTY_SHA256, EtagFault, Fault, FaultKind, Flood, Step, Target};
pub use source_builder::SourceBuilder;
pub use source_interface::{Metadata, SourceInterface};
pub use world::{Item, Kind, Source, World};

use api::State;
use auth::Logins;
use http::Request;
use response::After;

/// A request the server got, and the status it answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, with the query if there was one.
    pub path: String,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The status answered; `None` if the connection was closed instead.
    pub status: Option<u16>,
}

impl Exchange {
    /// The value of a request header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A running server; it stops when this is dropped.
#[derive(Debug)]
pub struct JournalistInterface {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    state: Mutex<State>,
    log: Mutex<Vec<Exchange>>,
    open: Mutex<Vec<TcpStream>>,
    stopping: AtomicBool,
}

impl JournalistInterface {
    /// Starts a server on a free port of the loopback interface.
    pub fn start(world: World, config: Config) -> io::Result<Self> {
        Self::start_at(0, world, config)
    }

    /// The same on this port, where somebody expects it; 0 is a free one.
    pub fn start_at(port: u16, world: World, config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let state = State { world, logins: Logins::default(), faults: config.faults.clone() };
        let shared = Arc::new(Shared {
            config,
            state: Mutex::new(state),
            log: Mutex::default(),
            open: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let listening = std::thread::spawn(move || listen(&listener, &for_thread));
        Ok(Self { address, shared, listening: Some(listening) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Exchange> {
        lock(&self.shared.log).clone()
    }

    /// How many requests there were so far.
    pub fn request_count(&self) -> usize {
        lock(&self.shared.log).len()
    }

    /// Looks at the world, or changes it, between two requests.
    pub fn edit<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut lock(&self.shared.state).world)
    }

    /// Lets one more thing go wrong from now on.
    pub fn add_fault(&self, fault: Fault) {
        lock(&self.shared.state).faults.push(fault);
    }

    /// Lets everything go right from now on.
    pub fn clear_faults(&self) {
        lock(&self.shared.state).faults.clear();
    }

    /// The server's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.config.clock
    }

    /// The accounts.
    pub fn users(&self) -> &[User] {
        &self.shared.config.users
    }

    /// A live token of this user, without a login; `None` if there is no such user.
    pub fn issue_token(&self, username: &str) -> Option<String> {
        let config = &self.shared.config;
        let user = config.users.iter().find(|user| user.username == username)?;
        Some(lock(&self.shared.state).logins.grant(config, user).token)
    }

    /// Ends all sessions, as the server's daily reboot does.
    pub fn revoke_all_tokens(&self) {
        lock(&self.shared.state).logins.revoke_all();
    }
}

impl Drop for JournalistInterface {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; it then sees the flag.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

/// Takes connections until told to stop, a thread for each.
fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if let Ok(clone) = stream.try_clone() {
            let mut open = lock(&shared.open);
            open.retain(|stream| stream.peer_addr().is_ok());
            open.push(clone);
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // What a client does to its connection is its own affair.
            let _ = converse(stream, &shared);
        });
    }
}

/// Answers the requests of one connection.
fn converse(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(shared.config.keep_alive))?;
    let mut held = Vec::new();
    while let Some(request) = http::read_request(&mut stream, &mut held)? {
        match respond(&mut stream, shared, request)? {
            After::Open => {}
            After::Closed => break,
            After::Stalled => wait_for_the_end(&stream)?,
        }
    }
    stream.shutdown(Shutdown::Both)
}

fn respond(stream: &mut TcpStream, shared: &Shared, request: Request) -> io::Result<After> {
    let config = &shared.config;
    let mut response = {
        let mut state = lock(&shared.state);
        if faults::end_session(&mut state.faults, request.path()) {
            state.logins.revoke_all();
        }
        let response = api::answer(&mut state, config, &request);
        faults::apply(&mut state.faults, request.path(), response)?
    };
    if config.stack == Stack::FlaskDev {
        response.wire.close = true;
    } else if request.wants_close() {
        response = response.header("Connection", "close");
        response.wire.close = true;
    }
    let head_only = request.method == "HEAD";
    lock(&shared.log).push(Exchange {
        method: request.method,
        path: request.target,
        headers: request.headers,
        status: (!response.wire.silent).then_some(response.status),
    });
    match config.rate {
        Some(rate) => response.send(&mut slow::Slowly::new(stream, rate), head_only),
        None => response.send(stream, head_only),
    }
}

/// Holds a connection open until the client, or the end of the server, closes it.
fn wait_for_the_end(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(None)?;
    io::copy(&mut stream, &mut io::sink()).map(drop)
}

/// Locks, also after a thread panicked: a test that fails should not take the others along.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

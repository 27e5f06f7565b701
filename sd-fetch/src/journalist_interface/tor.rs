//! Whether Tor is there: asked before a person reads a code that is valid for half a minute.
//!
//! ```text
//! SOCKS ports --none opens--> Closed
//!            '--one opens--> Tails without its bootstrap flag? --yes--> Connecting
//!                                                             '--no--> Ready
//! ```
//! Nothing is sent to Tor: a port is opened and closed again. The control port stays alone; Tails
//! does not let programs like this one ask there.

use std::fmt;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sd_fs::{Dir, DirError};
use serde::Serialize;

/// How far Tor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TorState {
    /// No SOCKS port opens: Tails keeps them closed until Tor Connection was used.
    Closed,
    /// A port opens, but Tor has not reached its network yet.
    Connecting,
    /// A port opens, and nothing says that Tor is not ready.
    Ready,
}

/// Where a system says what it is, and that its Tor is up.
#[derive(Clone, Debug)]
pub(crate) struct TorPlaces {
    /// Files in the form of os-release(5); the first that is there counts.
    pub(crate) os_release: Vec<PathBuf>,
    /// The file that Tails makes when Tor has reached its network.
    pub(crate) flag: PathBuf,
}

impl Default for TorPlaces {
    fn default() -> Self {
        Self {
            // The first is a link to the second on Debian, and no link is followed.
            os_release: ["/etc/os-release", "/usr/lib/os-release"].map(PathBuf::from).to_vec(),
            flag: PathBuf::from("/run/tor-has-bootstrapped/done"),
        }
    }
}

/// How long a SOCKS port on this computer may take to open.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// An os-release file has less than 1 kB.
const MAX_OS_RELEASE: u64 = 64 * 1024;

impl TorState {
    /// Looks at the ports, then at the files.
    pub(crate) fn of(ports: &[SocketAddr], places: &TorPlaces, patience: Duration) -> Self {
        if !ports.iter().any(|port| opens(port, patience)) {
            return Self::Closed;
        }
        // Only a flag that is certainly missing counts: a guess must not keep anybody from trying.
        if is_tails(&places.os_release) && is_missing(&places.flag) {
            return Self::Connecting;
        }
        Self::Ready
    }
}

impl fmt::Display for TorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "closed: open Tor Connection",
            Self::Connecting => "connecting: wait until Tails says that Tor is ready",
            Self::Ready => "ready",
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "Tor's own port, opened and closed again")]
fn opens(port: &SocketAddr, patience: Duration) -> bool {
    TcpStream::connect_timeout(port, patience).is_ok()
}

fn is_tails(os_release: &[PathBuf]) -> bool {
    let read = |path: &PathBuf| -> Result<Vec<u8>, DirError> {
        let (dir, name) = Dir::containing(path)?;
        dir.read_small(&name, MAX_OS_RELEASE)
    };
    let text = os_release.iter().find_map(|path| read(path).ok()).unwrap_or_default();
    let lines = String::from_utf8_lossy(&text);
    lines.lines().filter_map(|l| l.strip_prefix("ID=")).any(|id| id.trim_matches('"') == "tails")
}

fn is_missing(flag: &Path) -> bool {
    match Dir::containing(flag).and_then(|(dir, name)| dir.has(&name)) {
        Ok(there) => !there,
        Err(e) => e.is_not_found(),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests listen and write the files that are read")]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn system(id: &str, flag: bool) -> (tempfile::TempDir, TorPlaces) {
        let tmp = tempfile::tempdir().expect("a directory");
        std::fs::write(tmp.path().join("os-release"), format!("NAME=\"X\"\nID={id}\n")).expect("w");
        let places = TorPlaces {
            os_release: vec![tmp.path().join("not there"), tmp.path().join("os-release")],
            flag: tmp.path().join("run/done"),
        };
        if flag {
            std::fs::create_dir(tmp.path().join("run")).expect("made");
            std::fs::write(&places.flag, "").expect("written");
        }
        (tmp, places)
    }

    fn closed_port() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port")
    }

    #[test]
    fn ports_that_refuse_mean_that_tor_is_closed_whatever_the_files_say() {
        for (id, flag) in [("\"tails\"", true), ("debian", false)] {
            let (_tmp, places) = system(id, flag);
            let state = TorState::of(&[closed_port(), closed_port()], &places, PATIENCE);
            assert_eq!(state, TorState::Closed);
        }
        assert_eq!(TorState::of(&[], &TorPlaces::default(), PATIENCE), TorState::Closed);
    }

    #[test]
    fn an_open_port_is_ready_except_on_a_tails_that_has_not_bootstrapped() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let ports = [closed_port(), listener.local_addr().expect("an address")];
        for (id, flag, state) in [
            ("\"tails\"", false, TorState::Connecting),
            ("tails", false, TorState::Connecting),
            ("\"tails\"", true, TorState::Ready),
            ("debian", false, TorState::Ready),
            ("\"tails-like\"", false, TorState::Ready),
        ] {
            let (_tmp, places) = system(id, flag);
            assert_eq!(TorState::of(&ports, &places, PATIENCE), state, "{id} {flag}");
        }
        let nowhere = TorPlaces { os_release: Vec::new(), flag: PathBuf::from("/nowhere/done") };
        assert_eq!(TorState::of(&ports, &nowhere, PATIENCE), TorState::Ready);
    }

    #[test]
    fn nothing_is_sent_to_tor() {
        use std::io::Read as _;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address");
        let (_tmp, places) = system("debian", false);
        assert_eq!(TorState::of(&[port], &places, PATIENCE), TorState::Ready);
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).expect("closed");
        assert!(heard.is_empty(), "{heard:?}");
    }
}

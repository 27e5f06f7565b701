//! Which server a verb talks to, and the session it does its work in.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use sd_bundle::{Home, Pairing, Role};
use sd_term::{Failure, Hint, Status, Ui};

use crate::addresses::{Known, Origin, Station};
use crate::failures::Step;
use crate::journalist_interface::{Client, Limits, LoopbackAddress, OnionAddress, Server};
use crate::key_check::Where;
use crate::visit::{Login, Visit};

/// Downloads at once, each on a circuit of its own. One circuit is what limits the speed; more
/// than two are hard on a small server.
const LANES: usize = 2;

/// Tails' SOCKS port with extended errors, then the one every Tor has.
const TOR_SOCKS: [([u8; 4], u16); 2] = [([10, 200, 1, 1], 9050), ([127, 0, 0, 1], 9050)];

/// Which server, and who asks.
#[derive(Args)]
pub(crate) struct ServerArgs {
    /// The Journalist Interface: 56 characters, then .onion [default: this station's
    /// settings.toml, then what SecureDrop's own setup left on this stick]
    #[arg(long, value_name = "ADDRESS")]
    server: Option<OnionAddress>,
    /// Tor's SOCKS port; may be repeated, the first that is open is used
    /// [default: those in settings.toml, else 10.200.1.1:9050, then 127.0.0.1:9050]
    #[arg(long, value_name = "IP:PORT", conflicts_with = "insecure_loopback")]
    tor_socks: Vec<SocketAddr>,
    /// A test server on this very computer, without Tor
    #[arg(long, value_name = "IP:PORT", conflicts_with = "server")]
    insecure_loopback: Option<LoopbackAddress>,
    /// The journalist's user name [default: the one in settings.toml; else it is asked for]
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read user name, passphrase and one-time code, a line each, from this file descriptor (a
    /// pipe); if the server ends the session, three more lines are read
    #[arg(long, value_name = "N", conflicts_with = "username",
          value_parser = clap::value_parser!(i32).range(0..))]
    credentials_fd: Option<i32>,
    /// How long to wait for Tor to be ready, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u32,
    /// How long a silence is waited for in the middle of an answer, in seconds; the pauses
    /// between attempts grow from a sixtieth of it
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    patience: u32,
}

/// A server and a login, understood.
pub(crate) struct Request {
    pub(super) home: Home,
    server: Server,
    /// Whether a command for the same server has to name it.
    named: bool,
    proxies: Vec<SocketAddr>,
    proxies_given: bool,
    login: Login,
    wait: Duration,
    patience: Duration,
}

impl ServerArgs {
    pub(super) fn into_request(self, station: &Station) -> Result<Request, Failure> {
        let (server, named) = if let Some(addr) = self.insecure_loopback {
            (Server::Loopback(addr), true)
        } else {
            let Known { address, origin } = station.journalist_interface(self.server)?;
            (Server::Onion(address), origin == Origin::Flag)
        };
        let settings = station.settings()?;
        let (proxies, proxies_given) = proxies_or_default(self.tor_socks, settings.tor_socks);
        let login = match self.credentials_fd {
            Some(fd) => Login::from_descriptor(fd),
            None => Login::by_prompt(self.username.or(settings.username)),
        };
        let [wait, patience] = [self.wait, self.patience].map(|s| Duration::from_secs(s.into()));
        let home = station.home.clone();
        Ok(Request { home, server, named, proxies, proxies_given, login, wait, patience })
    }
}

impl Request {
    /// Knocks, asks for the credentials, logs in, does `work`, and logs out whatever came of it.
    pub(super) fn with_visit<T>(
        self,
        ui: &mut Ui,
        work: impl FnOnce(&mut Visit<'_>, &mut Ui) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        refuse_root(rustix::process::geteuid().is_root(), &self.server)?;
        refuse_the_svs(&self.home)?;
        let client = |_| Client::new(&self.server, &self.proxies, Limits::patient(self.patience));
        let clients = (0..LANES).map(client).collect::<Result<Vec<_>, _>>();
        let clients = clients.map_err(|e| Step::Reaching.failed(&e))?;
        let mut visit = Visit::begin(&clients, self.login, self.wait, ui)?;
        let result = work(&mut visit, ui);
        visit.end(ui);
        result
    }

    /// The Source Interface of the same newsroom, or why it is not known. A test server's is
    /// where the person who tests says.
    pub(super) fn source_interface(
        &self,
        station: &Station,
        test: Option<LoopbackAddress>,
    ) -> Where {
        match (&self.server, test) {
            (Server::Loopback(_), Some(address)) => Ok(Server::Loopback(address)),
            (Server::Loopback(_), None) => Err("a test server has none".to_owned()),
            (Server::Onion(onion), _) => station
                .source_interface(onion)
                .map(|known| Server::Onion(known.address))
                .map_err(|e| e.to_string()),
        }
    }

    /// The SOCKS ports to try.
    pub(super) fn proxies(&self) -> &[SocketAddr] {
        &self.proxies
    }

    /// The command that fetches from the same server.
    pub(super) fn sync_hint(&self) -> Hint {
        hint("sync", self.same_server())
    }

    /// The flags by which another command asks the same server, for the same station.
    pub(super) fn same_server(&self) -> Vec<String> {
        let mut args = Vec::new();
        match &self.server {
            Server::Onion(_) if !self.named => {}
            Server::Onion(_) => args.extend(["--server".to_owned(), self.server.to_string()]),
            Server::Loopback(_) => {
                args.extend(["--insecure-loopback".to_owned(), self.server.to_string()]);
            }
        }
        if self.proxies_given {
            let each = |p: &SocketAddr| ["--tor-socks".to_owned(), p.to_string()];
            args.extend(self.proxies.iter().flat_map(each));
        }
        args.extend(self.home.args());
        args
    }

    /// The command that takes the inbox to the stick.
    pub(super) fn pack_hint(&self) -> Hint {
        pack_hint(&self.home)
    }
}

/// A verb of this program with these flags.
pub(super) fn hint(verb: &str, flags: impl IntoIterator<Item = String>) -> Hint {
    Hint::new(["sd-fetch", verb].map(str::to_owned).into_iter().chain(flags))
}

/// The command that takes a station's inbox to the stick.
pub(super) fn pack_hint(home: &Home) -> Hint {
    // Where Tails mounts the documented Transfer Device.
    let pack = ["sd-airgap", "pack", "--to", "/media/amnesia/Transfer Device"];
    Hint::new(pack.map(str::to_owned).into_iter().chain(home.args()))
}

/// The command that removes what is delivered.
pub(super) fn forget_hint(home: &Home) -> Hint {
    hint("forget", home.args())
}

/// The SOCKS ports to try: those that were given, else those of the settings, else those of Tails;
/// and whether they were given.
pub(super) fn proxies_or_default(
    given: Vec<SocketAddr>,
    settings: Vec<SocketAddr>,
) -> (Vec<SocketAddr>, bool) {
    match (given.is_empty(), settings.is_empty()) {
        (false, _) => (given, true),
        (true, false) => (settings, false),
        (true, true) => (TOR_SOCKS.map(SocketAddr::from).to_vec(), false),
    }
}

/// Tails lets only ordinary users reach Tor; a root who is let through elsewhere would write
/// an inbox that nobody else can read.
fn refuse_root(is_root: bool, server: &Server) -> Result<(), Failure> {
    match server {
        Server::Onion(_) if is_root => Err(Failure::new(
            Status::Refused,
            "root cannot reach Tor on Tails: run this as the ordinary user, without sudo",
        )),
        _ => Ok(()),
    }
}

/// The Secure Viewing Station must never meet a network, and nobody should type a login there.
/// What cannot be read is judged by the check of the submission key, by name.
fn refuse_the_svs(home: &Home) -> Result<(), Failure> {
    match Pairing::look(home) {
        Ok(Some(Pairing { role: Role::Svs, .. })) => Err(Failure::new(
            Status::WrongStation,
            "this station was paired as the Secure Viewing Station, which must never be on a \
             network; nothing was sent",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_refused_for_an_onion_and_not_for_a_test_server() {
        let name = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
        let onion = Server::Onion(name.parse().expect("an onion"));
        let loopback = Server::Loopback("127.0.0.1:80".parse().expect("an address"));
        assert_eq!(refuse_root(true, &onion).expect_err("refused").status, Status::Refused);
        assert!(refuse_root(false, &onion).is_ok() && refuse_root(true, &loopback).is_ok());
    }

    #[test]
    fn the_svs_is_refused_and_the_workstation_is_not() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        assert!(refuse_the_svs(&home).is_ok());
        for (role, refused) in [("workstation", false), ("svs", true)] {
            let record = format!(r#"{{"version":1,"role":"{role}","key":null}}"#);
            let keys = home.part("keys").expect("made");
            keys.replace("station.json", record.as_bytes()).expect("written");
            let status = refuse_the_svs(&home).err().map(|f| f.status);
            assert_eq!(status, refused.then_some(Status::WrongStation));
        }
    }

    #[test]
    fn a_hint_names_the_server_only_if_the_person_had_to() {
        let tmp = tempfile::tempdir().expect("a directory");
        let name = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
        let settings = format!("journalist_interface = \"{name}\"\n");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        home.open().and_then(|d| d.write_new("settings.toml", settings.as_bytes())).expect("w");
        let args = |line: &str| {
            let words = line.split(' ').map(str::to_owned);
            let at_home = words.chain(home.args());
            let parsed = <Line as clap::Parser>::try_parse_from(at_home).expect("parsed").server;
            let station = Station { home: home.clone(), user: None };
            let request = parsed.into_request(&station).unwrap_or_else(|e| panic!("{}", e.message));
            let hint = request.sync_hint().args().to_vec();
            assert!(crate::parses(&hint), "{hint:?}");
            hint[..hint.len() - 2].join(" ")
        };
        assert_eq!(args("x"), "sd-fetch sync");
        assert_eq!(args(&format!("x --server {name}")), format!("sd-fetch sync --server {name}"));
        let loopback = "--insecure-loopback 127.0.0.1:80";
        assert_eq!(args(&format!("x {loopback}")), format!("sd-fetch sync {loopback}"));
    }

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        server: ServerArgs,
        #[arg(long)]
        home: std::path::PathBuf,
    }
}

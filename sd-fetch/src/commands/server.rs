//! Which server a verb talks to, and the session it does its work in.

use std::net::SocketAddr;

use clap::Args;
use sd_bundle::Home;
use sd_term::{Failure, Hint, Status, Ui};

use super::failures::Step;
use super::login::{Login, LoginArgs};
use crate::journalist_interface::{Client, Limits, LoopbackAddress, OnionAddress, Server, Session};

/// Tails' SOCKS port with extended errors, then the one every Tor has.
const TOR_SOCKS: [([u8; 4], u16); 2] = [([10, 200, 1, 1], 9050), ([127, 0, 0, 1], 9050)];

/// Which server, and who asks.
#[derive(Args)]
pub(crate) struct ServerArgs {
    /// The Journalist Interface: 56 characters, then .onion
    #[arg(long, value_name = "ADDRESS", required_unless_present = "insecure_loopback")]
    server: Option<OnionAddress>,
    /// Tor's SOCKS port; may be repeated, the first that is open is used
    /// [default: 10.200.1.1:9050, then 127.0.0.1:9050]
    #[arg(long, value_name = "IP:PORT", conflicts_with = "insecure_loopback")]
    tor_socks: Vec<SocketAddr>,
    /// A test server on this very computer, without Tor
    #[arg(long, value_name = "IP:PORT", conflicts_with = "server")]
    insecure_loopback: Option<LoopbackAddress>,
    #[command(flatten)]
    login: LoginArgs,
}

/// A server and a login, understood.
pub(crate) struct Request {
    pub(super) home: Home,
    server: Server,
    proxies: Vec<SocketAddr>,
    proxies_given: bool,
    login: Login,
}

impl ServerArgs {
    pub(super) fn into_request(self, home: Home) -> Option<Request> {
        let server = match (self.server, self.insecure_loopback) {
            (Some(onion), None) => Server::Onion(onion),
            (None, Some(addr)) => Server::Loopback(addr),
            // clap refuses both and neither.
            _ => return None,
        };
        let (proxies, proxies_given) = proxies_or_default(self.tor_socks);
        let login = self.login.into_login();
        Some(Request { home, server, proxies, proxies_given, login })
    }
}

impl Request {
    /// Knocks, asks for the credentials, logs in, does `work`, and logs out whatever came of it.
    pub(super) fn with_session<T>(
        self,
        ui: &mut Ui,
        work: impl FnOnce(&Session<'_>, &mut Ui) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        refuse_root(rustix::process::geteuid().is_root(), &self.server)?;
        let client = Client::new(&self.server, &self.proxies, Limits::default())
            .map_err(|e| Step::Reaching.failed(&e))?;
        client.knock().map_err(|e| Step::Reaching.failed(&e))?;
        let credentials = self.login.credentials(ui)?;
        let session = client.login(&credentials).map_err(|e| Step::LoggingIn.failed(&e))?;
        drop(credentials);
        let result = work(&session, ui);
        if let Err(e) = session.logout() {
            ui.warn(format_args!("logging out: {e}; the session ends by itself within two hours"));
        }
        result
    }

    /// The command that fetches from the same server.
    pub(super) fn sync_hint(&self) -> Hint {
        let mut args = vec!["sd-fetch".to_owned(), "sync".to_owned()];
        match &self.server {
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
        Hint::new(args)
    }

    /// The command that takes the inbox to the stick.
    pub(super) fn pack_hint(&self) -> Hint {
        pack_hint(&self.home)
    }
}

/// The command that takes a station's inbox to the stick.
pub(super) fn pack_hint(home: &Home) -> Hint {
    // Where Tails mounts the documented Transfer Device.
    let pack = ["sd-airgap", "pack", "--to", "/media/amnesia/Transfer Device"];
    Hint::new(pack.map(str::to_owned).into_iter().chain(home.args()))
}

/// The SOCKS ports to try, and whether they were given.
pub(super) fn proxies_or_default(given: Vec<SocketAddr>) -> (Vec<SocketAddr>, bool) {
    if given.is_empty() { (TOR_SOCKS.map(SocketAddr::from).to_vec(), false) } else { (given, true) }
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
}

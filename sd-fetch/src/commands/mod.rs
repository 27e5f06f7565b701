//! One file per verb, and what both verbs ask for: a server and a login.

pub(crate) mod list;
pub(crate) mod sync;

use std::net::SocketAddr;

use clap::Args;
use sd_bundle::{Home, InboxError};
use sd_term::{Failure, Hint, Secret, SecretError, Status, Ui};

use crate::fetch::FetchError;
use crate::journalist_interface::{
    Client, ClientError, Credentials, CredentialsError, DownloadError, Limits, LoopbackAddress,
    OnionAddress, Server, Session,
};

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
    /// The journalist's user name; asked for when not given
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read user name, passphrase and one-time code, a line each, from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "username",
          value_parser = clap::value_parser!(i32).range(0..))]
    credentials_fd: Option<i32>,
}

/// A server and a login, understood.
pub(crate) struct Request {
    home: Home,
    server: Server,
    proxies: Vec<SocketAddr>,
    proxies_given: bool,
    login: Login,
}

enum Login {
    Prompt { username: Option<String> },
    Descriptor(i32),
}

impl ServerArgs {
    fn into_request(self, home: Home) -> Option<Request> {
        let server = match (self.server, self.insecure_loopback) {
            (Some(onion), None) => Server::Onion(onion),
            (None, Some(addr)) => Server::Loopback(addr),
            // clap refuses both and neither.
            _ => return None,
        };
        let proxies_given = !self.tor_socks.is_empty();
        let proxies =
            if proxies_given { self.tor_socks } else { TOR_SOCKS.map(SocketAddr::from).to_vec() };
        let login = match self.credentials_fd {
            Some(fd) => Login::Descriptor(fd),
            None => Login::Prompt { username: self.username },
        };
        Some(Request { home, server, proxies, proxies_given, login })
    }
}

impl Request {
    /// Knocks, asks for the credentials, logs in, does `work`, and logs out whatever came of it.
    fn with_session<T>(
        self,
        ui: &mut Ui,
        work: impl FnOnce(&Session<'_>, &mut Ui) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        refuse_root(rustix::process::geteuid().is_root(), &self.server)?;
        let client = Client::new(&self.server, &self.proxies, Limits::default())
            .map_err(|e| Step::Reaching.failed(&e))?;
        client.knock().map_err(|e| Step::Reaching.failed(&e))?;
        let credentials = self.credentials(ui)?;
        let session = client.login(&credentials).map_err(|e| Step::LoggingIn.failed(&e))?;
        drop(credentials);
        let result = work(&session, ui);
        if let Err(e) = session.logout() {
            ui.warn(format_args!("logging out: {e}; the session ends by itself within two hours"));
        }
        result
    }

    fn credentials(&self, ui: &mut Ui) -> Result<Credentials, Failure> {
        const INSTEAD: &str = "use --credentials-fd";
        let (username, passphrase, code) = match &self.login {
            Login::Descriptor(fd) => {
                let names = ["user name", "passphrase", "one-time code"];
                let [username, passphrase, code] =
                    Secret::lines_from_fd(*fd, names).map_err(|e| unreadable(&e))?;
                (username.expose().to_owned(), passphrase, code)
            }
            Login::Prompt { username } => {
                let username = match username {
                    Some(name) => name.clone(),
                    None => ui.line("User name: ", INSTEAD)?,
                };
                let passphrase = ui.secret("Passphrase: ", INSTEAD)?;
                (username, passphrase, ui.secret("One-time code: ", INSTEAD)?)
            }
        };
        Credentials::new(&username, passphrase, &code).map_err(not_sent)
    }

    /// The command that fetches from the same server.
    fn sync_hint(&self) -> Hint {
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
    fn pack_hint(&self) -> Hint {
        // Where Tails mounts the documented Transfer Device.
        let pack = ["sd-airgap", "pack", "--to", "/media/amnesia/Transfer Device"];
        Hint::new(pack.map(str::to_owned).into_iter().chain(self.home.args()))
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

fn unreadable(e: &SecretError) -> Failure {
    Failure::new(Status::Usage, e)
}

fn not_sent(e: CredentialsError) -> Failure {
    Failure::new(Status::Refused, format_args!("{e}; nothing was sent"))
}

/// What was being done when the conversation failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Reaching,
    LoggingIn,
    Listing,
    Fetching,
}

impl Step {
    fn failed(self, e: &ClientError) -> Failure {
        let doing = match self {
            Self::Reaching => "reaching the Journalist Interface",
            Self::LoggingIn => "logging in",
            Self::Listing => "asking for the lists",
            Self::Fetching => "fetching",
        };
        Failure::new(self.status(e), format_args!("{doing}: {}", self.explained(e)))
    }

    /// The error, and what may be behind a 403: the server itself never says.
    fn explained(self, e: &ClientError) -> String {
        match (e, self) {
            (ClientError::Forbidden(_), Self::LoggingIn) => format!(
                "{}; the user name or the passphrase may be wrong, the one-time code wrong, old \
                 or used before, or there were too many attempts",
                e.to_string().trim_end_matches('.')
            ),
            (ClientError::Forbidden(_), Self::Listing | Self::Fetching) => {
                format!("{e}: the session may have ended")
            }
            _ => e.to_string(),
        }
    }

    fn status(self, e: &ClientError) -> Status {
        match e {
            ClientError::Connect(_) | ClientError::Stalled | ClientError::Cut(_) => {
                Status::ServerUnreachable
            }
            ClientError::Forbidden(_) if self == Self::LoggingIn => Status::LoginRefused,
            ClientError::Forbidden(_) if self != Self::Reaching => Status::SessionEnded,
            ClientError::Forbidden(_)
            | ClientError::Redirect(_)
            | ClientError::Status(..)
            | ClientError::Encoded(_)
            | ClientError::NotJson(_)
            | ClientError::TooLong(_)
            | ClientError::Shape(_)
            | ClientError::Protocol(_) => Status::ServerError,
        }
    }
}

fn inbox_failure(e: InboxError) -> Failure {
    match e {
        InboxError::Dir(e) => e.into(),
        InboxError::Record { .. } => Failure::new(Status::Refused, e),
    }
}

/// The failure of a run that ended before its first item.
fn fetch_failure(e: FetchError) -> Failure {
    match e {
        FetchError::Inbox(e) => inbox_failure(e),
        FetchError::Download(DownloadError::Client(e)) => Step::Fetching.failed(&e),
        FetchError::Download(DownloadError::Store(e)) => {
            let full = e.kind() == std::io::ErrorKind::StorageFull;
            Failure::new(if full { Status::NoSpace } else { Status::FileError }, e)
        }
        FetchError::Download(
            e @ (DownloadError::Etag(_)
            | DownloadError::NoLength
            | DownloadError::OtherLength { .. }
            | DownloadError::OtherSize { .. }
            | DownloadError::OtherHash),
        ) => Failure::new(Status::VerifyFailed, e),
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

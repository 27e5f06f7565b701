//! The Source Interface's own word for the submission key: a second channel to the same newsroom.
//!
//! ```text
//! http://<source>.onion/metadata --own circuit, no login, no token--> gpg_fpr
//! ```
//! Nothing that belongs to the Journalist Interface goes there: another client, another SOCKS
//! user, no header beyond those of any request here.

use std::net::SocketAddr;
use std::time::Duration;

use sd_fs::Fingerprint;
use serde::Deserialize;

use super::address::Server;
use super::answer::{ClientError, json, shown, success};
use super::client::agent;
use super::connector::Circuit;
use super::limits::Limits;

/// The check is worth less patience than the mail.
const PATIENCE: Duration = Duration::from_secs(45);

/// What it says of itself; the other fields do not matter here.
#[derive(Deserialize)]
struct Metadata {
    gpg_fpr: String,
}

/// The fingerprint of the submission key that the Source Interface announces.
pub(crate) fn announced_key(
    server: &Server,
    proxies: &[SocketAddr],
) -> Result<Fingerprint, ClientError> {
    let limits =
        Limits { circuit: PATIENCE, idle: PATIENCE, answer: PATIENCE, ..Limits::default() };
    let circuit = Circuit::new().map_err(ClientError::Connect)?;
    let agent = agent(server, proxies, &limits, circuit);
    let request = agent.get(format!("http://{server}/metadata"));
    let request = request.config().timeout_recv_body(Some(limits.body_time(0))).build();
    let answer: Metadata = json(success(request.call()?, &limits)?, limits.small_body)?;
    let text = answer.gpg_fpr.trim();
    text.parse().map_err(|_| ClientError::Shape(shown(&format!("no fingerprint: \"{text}\""))))
}

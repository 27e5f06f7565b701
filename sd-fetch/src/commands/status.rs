//! `sd-fetch status`

use std::fmt::Display;
use std::net::SocketAddr;

use sd_bundle::{Home, ItemState};
use sd_fs::Dir;
use sd_term::Failure;

use super::server::{forget_hint, pack_hint, proxies_or_default};
use crate::addresses::{Known, Station};
use crate::holdings::{Holdings, there};
use crate::journalist_interface::{PATIENCE, TorPlaces, TorState};
use crate::last_sync;
use crate::report::{InboxFacts, Partials, ServerFacts, StatusReport};

/// Show what is known without a network: the station, the server's address, the inbox, Tor
///
/// Nobody logs in and no server is asked. Of Tor, only its SOCKS port on this computer is
/// opened, and closed again.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  sd-fetch status")]
pub(crate) struct Args {
    /// Tor's SOCKS port; may be repeated
    /// [default: those in settings.toml, else 10.200.1.1:9050, then 127.0.0.1:9050]
    #[arg(long, value_name = "IP:PORT")]
    tor_socks: Vec<SocketAddr>,
}

/// Runs it.
pub(crate) fn run(args: Args, station: &Station) -> Result<StatusReport, Failure> {
    let home = &station.home;
    let holdings = Holdings::look(home)?;
    let server = station.journalist_interface(None);
    // Settings that cannot be read are shown as the reason why no address is known.
    let ports = station.settings().map_or_else(|_| Vec::new(), |settings| settings.tor_socks);
    let (proxies, _) = proxies_or_default(args.tor_socks, ports);
    let inbox = InboxFacts {
        items: holdings.inbox.len(),
        bytes: holdings.inbox.iter().map(|i| i.size).sum(),
        waiting: holdings.in_inbox(ItemState::Waiting),
        packed: holdings.in_inbox(ItemState::Packed),
        delivered: holdings.in_inbox(ItemState::Delivered),
    };
    let states = holdings.shipments.item_states();
    let hint = match (inbox.waiting, inbox.delivered) {
        (1.., _) => Some(pack_hint(home)),
        (0, 1..) => Some(forget_hint(home)),
        (0, 0) => None,
    };
    Ok(StatusReport {
        home: sd_fs::escape(home.path().as_os_str().as_encoded_bytes()),
        server: ServerFacts::from(&server),
        source_interface: source_interface(station, server.as_ref().ok()),
        tor: TorState::of(&proxies, &TorPlaces::default(), PATIENCE),
        inbox,
        partial: Partials {
            downloads: holdings.interrupted.len(),
            bytes: holdings.interrupted.iter().map(|p| p.bytes).sum(),
        },
        delivered_ever: states.values().filter(|s| **s == ItemState::Delivered).count(),
        free: free(home)?,
        last_sync: last_sync::read(home)?,
        hint,
    })
}

fn source_interface(station: &Station, of: Option<&Known>) -> ServerFacts {
    match of {
        Some(known) => ServerFacts::from(&station.source_interface(&known.address)),
        None => ServerFacts::NotKnown {
            problem: "it is looked for beside the Journalist Interface's address".to_owned(),
        },
    }
}

/// That no address is known is a fact to show, not a failure.
impl<E: Display> From<&Result<Known, E>> for ServerFacts {
    fn from(looked_for: &Result<Known, E>) -> Self {
        match looked_for {
            Ok(Known { address, origin }) => {
                Self::Known { address: address.host().to_owned(), from: origin.to_string() }
            }
            Err(e) => Self::NotKnown { problem: e.to_string() },
        }
    }
}

/// Bytes free where the station is, or will be.
fn free(home: &Home) -> Result<Option<u64>, Failure> {
    for place in home.path().ancestors().filter(|p| !p.as_os_str().is_empty()) {
        if let Some(dir) = there(Dir::open(place))? {
            return Ok(Some(dir.free_bytes()?));
        }
    }
    Ok(None)
}

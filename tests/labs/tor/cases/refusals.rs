//! What does not work, and what the person at the keyboard reads then.

use std::io;
use std::net::SocketAddr;

use sd_tests::newsroom::Run;

use crate::lab::Lab;
use crate::workstation::{NO_LOGIN, RUN, User, Workstation};

/// Runs of one case. Descriptors move between relays every few minutes in so fast a network, and
/// Tor may then say that it cannot reach the service instead of why not.
const TRIES: u32 = 3;

/// An address out of the documentation: well formed, and nobody's.
const NOBODYS: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

const NO_KEY: &str = "no key for the Journalist Interface";
const WRONG_KEY: &str = "wrong or was replaced";
const MISTYPED: &str = "the onion address is mistyped";
const NOT_NOW: &str = "cannot reach the Journalist Interface just now";
const UNEXPLAINED: &str = "does not say why";
const NOT_CONNECTED: &str = "Tor is not connected";

/// Panics unless a sync that does not wait for Tor ends as unreachable, with these words in its
/// message.
fn assert_unreachable(lab: &Lab, onion: &str, socks: SocketAddr, words: &str) -> io::Result<()> {
    let workstation = Workstation::new(lab)?;
    let mut sync = workstation.sync(onion, socks);
    sync.extend(["--wait".to_owned(), "0".to_owned()]);
    let mut said = Vec::new();
    for _ in 0..TRIES {
        let run = workstation.run(&sync, NO_LOGIN)?.expect(1);
        assert_eq!(run.json()["status"], "SERVER_UNREACHABLE", "{}", run.stdout);
        let message = message(&run);
        if message.contains(words) {
            return Ok(());
        }
        said.push(message);
    }
    panic!("not once {words:?}: {said:#?}");
}

fn message(run: &Run) -> String {
    run.json()["error"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn root_is_refused(lab: &mut Lab) -> io::Result<()> {
    let workstation = Workstation::new(lab)?;
    let sync = workstation.sync(lab.network.onion(), lab.network.with_key.extended);
    let run = workstation.start_as(User::Root, None, &sync, NO_LOGIN)?.end(RUN)?.expect(1);
    assert_eq!(run.json()["status"], "REFUSED");
    assert!(message(&run).contains("ordinary user"), "{}", run.stdout);
    Ok(())
}

pub(crate) fn a_missing_client_key_is_named(lab: &mut Lab) -> io::Result<()> {
    let network = &lab.network;
    assert_unreachable(lab, network.onion(), network.without_key.extended, NO_KEY)
}

pub(crate) fn a_wrong_client_key_is_named(lab: &mut Lab) -> io::Result<()> {
    let network = &lab.network;
    assert_unreachable(lab, network.onion(), network.wrong_key.extended, WRONG_KEY)
}

pub(crate) fn a_mistyped_address_is_named(lab: &mut Lab) -> io::Result<()> {
    let right = lab.network.onion();
    // A letter in the middle: the end of the address, which sd-fetch checks itself, is right.
    let letter = if right.as_bytes()[20] == b'a' { "b" } else { "a" };
    let typed = [&right[..20], letter, &right[21..]].concat();
    assert_unreachable(lab, &typed, lab.network.with_key.extended, MISTYPED)
}

pub(crate) fn an_address_without_a_service_is_not_reached(lab: &mut Lab) -> io::Result<()> {
    assert_unreachable(lab, NOBODYS, lab.network.with_key.extended, NOT_NOW)
}

pub(crate) fn a_plain_socks_port_cannot_say_which_key_fails(lab: &mut Lab) -> io::Result<()> {
    let network = &lab.network;
    for client in [&network.without_key, &network.wrong_key] {
        assert_unreachable(lab, network.onion(), client.plain, UNEXPLAINED)?;
    }
    Ok(())
}

pub(crate) fn a_web_server_that_is_down_is_not_taken_for_a_key(lab: &mut Lab) -> io::Result<()> {
    // Nothing listens behind the service unless a case says so.
    assert_unreachable(lab, lab.network.onion(), lab.network.with_key.extended, UNEXPLAINED)
}

pub(crate) fn a_service_that_is_down_is_not_reached(lab: &mut Lab) -> io::Result<()> {
    lab.network.stop_service()?;
    assert_unreachable(lab, lab.network.onion(), lab.network.with_key.extended, NOT_NOW)
}

/// On Tails the SOCKS ports are closed until Tor Connection is done, by this very setting.
pub(crate) fn a_tor_without_a_network_is_not_connected(lab: &mut Lab) -> io::Result<()> {
    let client = &lab.network.with_key;
    let offline = client.node.offline()?;
    assert_unreachable(lab, lab.network.onion(), client.extended, NOT_CONNECTED)?;
    offline.end()
}

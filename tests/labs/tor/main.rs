//! The Tor lab: `sd-fetch` as it is, through a real Tor, to an onion service that wants a key.
//!
//! ```text
//! sd-fetch (an ordinary user) --SOCKS--> client --private Tor network--> service
//!    '-- home/inbox                                                         |
//!                                        Journalist Interface (loopback) <--'
//! ```
//! `make lab-tor` builds and runs it; `lab-tor run [WORD..]` runs the cases whose names have one
//! of the words. It needs root, for an ordinary user to become and for a network namespace,
//! and the Debian packages tor, iproute2 and nftables. Where a namespace cannot be had, the case
//! that needs one fails; `LAB_TOR_WITHOUT_NAMESPACES=1` in the environment skips it instead, and
//! the closing line says so.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a lab starts programs, tampers with their network and talks to a terminal"
)]

mod cases;
mod lab;
mod namespace;
mod relay;
mod workstation;

use std::io;
use std::process::ExitCode;
use std::slice;
use std::time::Instant;

use cases::{cuts, guided, packets, refusals, stall, syncs};
use lab::Lab;
use sd_tests::cases;
use sd_tests::lab::{self as labs, Case, Tally};

const CASES: &[(&str, Case<Lab>)] = cases![
    syncs::a_sync_through_the_onion_service_brings_everything_once,
    syncs::the_plain_socks_port_serves_as_well,
    syncs::a_tor_that_connects_late_is_waited_for,
    guided::a_guided_fetch_asks_for_two_secrets_and_nothing_else,
    refusals::root_is_refused,
    refusals::a_missing_client_key_is_named,
    refusals::a_wrong_client_key_is_named,
    refusals::a_mistyped_address_is_named,
    refusals::an_address_without_a_service_is_not_reached,
    refusals::a_plain_socks_port_cannot_say_which_key_fails,
    refusals::a_web_server_that_is_down_is_not_taken_for_a_key,
    refusals::a_service_that_is_down_is_not_reached,
    refusals::a_tor_without_a_network_is_not_connected,
    packets::no_packet_leaves_but_to_tor,
    cuts::five_cut_circuits_cost_no_byte_of_a_download,
    stall::a_service_that_freezes_for_half_a_minute_costs_no_byte_of_a_download,
];

/// The one case that [`WITHOUT_NAMESPACES`] skips.
const NEEDS_NAMESPACE: &str = "no_packet_leaves_but_to_tor";
const WITHOUT_NAMESPACES: &str = "LAB_TOR_WITHOUT_NAMESPACES";

fn main() -> ExitCode {
    labs::main("Tor lab", "lab-tor", run)
}

fn run(words: &[String]) -> io::Result<Tally> {
    let start = Instant::now();
    let mut lab = Lab::start()?;
    let (nodes, attempts) = (lab.network.nodes(), lab.network.attempts());
    println!("{nodes} nodes up, attempt {attempts} ({:.1} s)", start.elapsed().as_secs_f32());
    let without = std::env::var_os(WITHOUT_NAMESPACES).is_some_and(|v| !v.is_empty());
    let skip = |name: &str| {
        (without && name == NEEDS_NAMESPACE).then(|| format!("{WITHOUT_NAMESPACES} is set"))
    };
    // On a network that works.
    let ready = |lab: &mut Lab| lab.network.reach();
    let tally = labs::run_cases(slice::from_mut(&mut lab), CASES, words, skip, ready)?;
    drop(lab);
    tally.say(start);
    Ok(tally)
}

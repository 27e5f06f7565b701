//! The air gap of a Secure Viewing Station, from files alone.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::network::{addresses, interfaces, listening, neighbours, routes};
use crate::finding::{Judged, Verdict, fail, ok, several, warn};
use crate::place::{Place, Unseen};

/// Where Tails keeps the choice of the Welcome Screen.
const NETWORK: &str = "/var/lib/live/config/tails.network";

pub(super) fn offline_mode(place: &Place) -> Judged {
    let said = match network_setting(place)? {
        Some(false) => return ok("Tails was started in Offline Mode"),
        Some(true) => "Tails was started with its network on",
        None => "Tails does not say whether it was started in Offline Mode",
    };
    let others = [driver_block, interfaces, addresses, routes, neighbours, bluetooth, radios];
    let pass = |check: &fn(&Place) -> Judged| {
        check(place).is_ok_and(|seen| matches!(seen.verdict, Verdict::Ok | Verdict::Warn))
    };
    if others.iter().all(pass) {
        warn(format_args!("{said}; drivers, interfaces, routes and radios are as they should be"))
    } else {
        fail(said)
    }
}

/// What `tails.network` says, if it says something.
pub(super) fn network_setting(place: &Place) -> Result<Option<bool>, Unseen> {
    let text = place.text(NETWORK)?.unwrap_or_default();
    let value = text.lines().find_map(|l| l.trim().strip_prefix("TAILS_NETWORK="));
    match value.map(|v| v.trim_matches(['"', '\''])) {
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) | None => Ok(None),
    }
}

pub(super) fn driver_block(place: &Place) -> Judged {
    match blocked(place)?.len() {
        0 => fail("Tails's list of blocked network drivers is not there"),
        n => ok(format_args!("{n} network drivers are blocked")),
    }
}

/// The modules that Tails's list blocks, with `_` for `-` as the kernel writes them.
fn blocked(place: &Place) -> Result<BTreeSet<String>, Unseen> {
    let mut modules = BTreeSet::new();
    for name in place.names("/etc/modprobe.d")?.unwrap_or_default() {
        // Older releases spelled it with "blacklist".
        let list = name.strip_suffix(".conf").is_some_and(|n| n.starts_with("all-net-bl"));
        if !list {
            continue;
        }
        let text = place.text(&format!("/etc/modprobe.d/{name}"))?.unwrap_or_default();
        modules.extend(text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let blocks = matches!(words.next(), Some("install" | "blacklist"));
            words.next().filter(|_| blocks).map(|module| module.replace('-', "_"))
        }));
    }
    Ok(modules)
}

pub(super) fn bluetooth(place: &Place) -> Judged {
    match place.names("/sys/class/bluetooth")? {
        None => ok("no driver is loaded"),
        Some(radios) if radios.is_empty() => fail("the driver is loaded"),
        Some(radios) => fail(several(&radios)),
    }
}

pub(super) fn radios(place: &Place) -> Judged {
    let phys = place.names("/sys/class/ieee80211")?.unwrap_or_default();
    let mut live: Vec<String> = phys.iter().map(|phy| format!("Wi-Fi hardware {phy}")).collect();
    let mut held = Vec::new();
    for switch in place.names("/sys/class/rfkill")?.unwrap_or_default() {
        let attribute = |name: &str| {
            let path = format!("/sys/class/rfkill/{switch}/{name}");
            place.attribute(&path)?.ok_or_else(|| Unseen::new(format_args!("{path} is not there")))
        };
        let (kind, soft, hard) = (attribute("type")?, attribute("soft")?, attribute("hard")?);
        let blocked = match (soft.as_str(), hard.as_str()) {
            ("0", "0") => None,
            (_, "0") => Some("blocked by software"),
            (_, _) => Some("blocked by its switch"),
        };
        match blocked {
            Some(how) => held.push(format!("{kind}, {how}")),
            // Its driver is another check; here it is a switch of the computer's own.
            None if kind == "bluetooth" => held.push("bluetooth, its switch is on".to_owned()),
            None => live.push(format!("{kind}, switched on")),
        }
    }
    match (live.is_empty(), held.is_empty()) {
        (true, true) => ok("none"),
        (true, false) => warn(held.join("; ")),
        (false, _) => fail([live, held].concat().join("; ")),
    }
}

pub(super) fn tor_running(place: &Place) -> Judged {
    if place.has(TOR_FLAG)? {
        return fail("Tor has reached its network");
    }
    let ports = listening(place)?;
    let open: Vec<String> = ports.into_iter().filter(|(_, p)| *p == SOCKS).map(shown).collect();
    if open.is_empty() {
        ok("it has not reached its network, and its port is closed")
    } else {
        fail(format_args!("Tor listens on {}", several(&open)))
    }
}

/// Tails makes this when Tor has reached its network.
pub(super) const TOR_FLAG: &str = "/run/tor-has-bootstrapped/done";
/// Tor's SOCKS port.
pub(super) const SOCKS: u16 = 9050;

fn shown((address, port): (Ipv4Addr, u16)) -> String {
    format!("{address}:{port}")
}

pub(super) fn loaded_drivers(place: &Place) -> Judged {
    let mut blocked = blocked(place)?;
    if blocked.is_empty() {
        return Err(Unseen::new("there is no list of blocked drivers to compare with"));
    }
    // Tails loads it for its own namespaces.
    blocked.remove("veth");
    let modules = place.must("/proc/modules")?;
    let mut loaded: BTreeSet<String> =
        modules.lines().filter_map(|l| l.split_whitespace().next()).map(str::to_owned).collect();
    for bus in ["pci", "usb"] {
        let drivers = place.names(&format!("/sys/bus/{bus}/drivers"))?.unwrap_or_default();
        loaded.extend(drivers.iter().map(|d| d.replace('-', "_")));
    }
    let found: Vec<&str> = loaded.intersection(&blocked).map(String::as_str).collect();
    if found.is_empty() { ok("none of the blocked ones") } else { fail(several(&found)) }
}

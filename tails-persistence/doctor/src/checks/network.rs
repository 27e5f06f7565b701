//! The kernel's lists of interfaces, addresses, routes and ports.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::finding::{Judged, fail, ok, several};
use crate::place::{Place, Unseen};

/// The host's ends of the five pairs that lead into Tails's own namespaces.
const OWN: [&str; 5] =
    ["veth-tbb", "veth-onioncircs", "veth-tca", "veth-onionshare", "veth-clearnet"];

pub(super) fn interfaces(place: &Place) -> Judged {
    let mut foreign = Vec::new();
    for Interface { name, state, is_own } in list(place)? {
        if !is_own {
            foreign.push(format!("{name} ({state})"));
        }
    }
    if foreign.is_empty() { ok("only Tails's own") } else { fail(several(&foreign)) }
}

/// A network interface.
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) state: String,
    /// It leads nowhere outside of this computer.
    pub(super) is_own: bool,
}

pub(super) fn list(place: &Place) -> Result<Vec<Interface>, Unseen> {
    const NET: &str = "/sys/class/net";
    let names = place.names(NET)?.ok_or_else(|| Unseen::new("/sys/class/net is not there"))?;
    let mut found = Vec::new();
    for name in names {
        let path = format!("{NET}/{name}");
        // A file such as bonding_masters is no interface. What vanished meanwhile was one.
        if place.look(&path)?.is_some_and(|look| !look.is_dir) {
            continue;
        }
        let state = place.attribute(&format!("{path}/operstate"))?;
        // A card can be given any name; where it hangs in the kernel's tree it cannot choose.
        let is_virtual = place.points(&path)?.is_some_and(|to| to.contains("/devices/virtual/"));
        let is_own = is_virtual && is_own(&name);
        found.push(Interface { name, state: state.unwrap_or_else(|| "gone".to_owned()), is_own });
    }
    Ok(found)
}

fn is_own(name: &str) -> bool {
    name == "lo" || OWN.contains(&name)
}

pub(super) fn addresses(place: &Place) -> Judged {
    let mut foreign = BTreeSet::new();
    for address in local_ipv4(&place.must("/proc/net/fib_trie")?)? {
        if !address.is_loopback() && !is_own_ipv4(address) {
            foreign.insert(address.to_string());
        }
    }
    // Without the file the kernel has no IPv6.
    for line in place.text("/proc/net/if_inet6")?.unwrap_or_default().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (address, name) = match words[..] {
            [address, _, _, _, _, name] => (ipv6(address)?, name),
            _ => return Err(Unseen::new("/proc/net/if_inet6 has an unknown form")),
        };
        let fine = name == "lo" || (is_own(name) && address.is_unicast_link_local());
        if !fine {
            foreign.insert(format!("{address} on {name}"));
        }
    }
    if foreign.is_empty() { ok("only this computer's own") } else { fail(several(foreign)) }
}

/// Tails's own pairs have addresses in 10.200.1.0/24.
fn is_own_ipv4(address: Ipv4Addr) -> bool {
    address.octets()[..3] == [10, 200, 1]
}

/// The addresses that the kernel calls its own.
fn local_ipv4(trie: &str) -> Result<BTreeSet<Ipv4Addr>, Unseen> {
    let mut found = BTreeSet::new();
    let mut last: Option<Ipv4Addr> = None;
    for line in trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            let bad = || Unseen::new("/proc/net/fib_trie has an unknown form");
            last = Some(address.trim().parse().map_err(|_| bad())?);
        } else if line.starts_with("/32 host LOCAL") {
            found.extend(last);
        }
    }
    Ok(found)
}

fn ipv6(hex: &str) -> Result<Ipv6Addr, Unseen> {
    let bits = u128::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 32);
    bits.map(Ipv6Addr::from_bits).ok_or_else(|| Unseen::new("an IPv6 address has an unknown form"))
}

pub(super) fn routes(place: &Place) -> Judged {
    let mut foreign = ipv4_routes(&place.must("/proc/net/route")?)?;
    let ipv6 = place.text("/proc/net/ipv6_route")?;
    foreign.extend(ipv6_routes(&ipv6.unwrap_or_default())?);
    if foreign.is_empty() { ok("none leads out") } else { fail(several(&foreign)) }
}

/// Routes that lead out of this computer.
fn ipv4_routes(text: &str) -> Result<Vec<String>, Unseen> {
    /// RTF_REJECT: "there is no way", written as a route.
    const REJECT: u32 = 0x0200;
    let bad = || Unseen::new("/proc/net/route has an unknown form");
    let number = |hex: &str| u32::from_str_radix(hex, 16).map_err(|_| bad());
    let mut foreign = Vec::new();
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, to, _, flags, _, _, _, mask, ..] = words[..] else { return Err(bad()) };
        let (to, mask) = (Ipv4Addr::from(number(to)?.to_le_bytes()), number(mask)?);
        if number(flags)? & REJECT != 0 || name == "lo" {
            continue;
        }
        if mask == 0 {
            foreign.push(format!("a default route by {name}"));
        } else if !(is_own(name) && is_own_ipv4(to)) {
            foreign.push(format!("a route to {to}/{} by {name}", mask.count_ones()));
        }
    }
    Ok(foreign)
}

fn ipv6_routes(text: &str) -> Result<Vec<String>, Unseen> {
    let bad = || Unseen::new("/proc/net/ipv6_route has an unknown form");
    let mut foreign = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [to, length, .., name] = words[..] else { return Err(bad()) };
        let (to, length) = (ipv6(to)?, u8::from_str_radix(length, 16).map_err(|_| bad())?);
        // The kernel writes "there is no way" as routes by lo.
        if name == "lo" || (is_own(name) && (to.is_unicast_link_local() || to.is_multicast())) {
            continue;
        }
        foreign.push(match length {
            0 => format!("a default route by {name}"),
            length => format!("a route to {to}/{length} by {name}"),
        });
    }
    Ok(foreign)
}

pub(super) fn neighbours(place: &Place) -> Judged {
    let text = place.text("/proc/net/arp")?.unwrap_or_default();
    let devices = text.lines().skip(1).filter_map(|l| l.split_whitespace().last());
    let foreign: BTreeSet<&str> = devices.filter(|name| !is_own(name)).collect();
    if foreign.is_empty() {
        ok("none outside of this computer")
    } else {
        {
            let names: Vec<&str> = foreign.into_iter().collect();
            fail(format_args!("another computer was heard by {}", several(&names)))
        }
    }
}

/// Where somebody listens, by the kernel's list: no connection is tried.
pub(super) fn listening(place: &Place) -> Result<Vec<(Ipv4Addr, u16)>, Unseen> {
    const LISTEN: &str = "0A";
    let bad = || Unseen::new("/proc/net/tcp has an unknown form");
    let mut found = Vec::new();
    for line in place.must("/proc/net/tcp")?.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, local, _, state, ..] = words[..] else { return Err(bad()) };
        let (address, port) = local.split_once(':').ok_or_else(bad)?;
        let address = u32::from_str_radix(address, 16).map_err(|_| bad())?;
        let port = u16::from_str_radix(port, 16).map_err(|_| bad())?;
        if state == LISTEN {
            found.push((Ipv4Addr::from(address.to_le_bytes()), port));
        }
    }
    Ok(found)
}

//! The network interfaces of a station that must not have a network.

use std::path::Path;

use sd_fs::{Dir, DirError};
use serde::Serialize;

/// One network interface, as the kernel lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// Its name, escaped.
    pub name: String,
    /// `up`, `down`, `unknown`, ...
    pub state: String,
    /// What it means on an SVS.
    pub verdict: Verdict,
}

/// What an interface means on an SVS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing leaves the machine through it.
    Ok,
    /// A way out of the machine, not in use.
    Warn,
    /// A way out of the machine, in use.
    Fail,
}

/// Judges one interface.
///
/// An offline Tails shows `lo` and five `veth-*` pairs that lead into its own namespaces;
/// everything else is hardware or a tunnel.
pub fn judge(name: &str, state: &str) -> Verdict {
    const OWN: &[&str] =
        &["veth-tbb", "veth-onioncircs", "veth-tca", "veth-onionshare", "veth-clearnet"];
    match state {
        _ if name == "lo" || OWN.contains(&name) => Verdict::Ok,
        "down" => Verdict::Warn,
        _ => Verdict::Fail,
    }
}

/// Every interface below a `/sys/class/net`.
pub(crate) fn list(net: &Path) -> Result<Vec<Interface>, DirError> {
    let mut found = Vec::new();
    for entry in Dir::open(net)?.entries()? {
        // Entries here are links into the device tree, so each is opened by its own path.
        let state = Dir::open(&net.join(&entry.name)).and_then(|d| d.read_small("operstate", 64));
        let state = match state {
            Ok(bytes) => sd_fs::escape(bytes.trim_ascii()).to_string(),
            // Files such as bonding_masters are no interfaces.
            Err(_) => continue,
        };
        let verdict = judge(&entry.name, &state);
        let name = sd_fs::escape(entry.name.as_bytes()).to_string();
        found.push(Interface { name, state, verdict });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offline_tails_is_no_false_alarm() {
        for name in ["lo", "veth-tbb", "veth-tca", "veth-clearnet"] {
            assert_eq!(judge(name, "up"), Verdict::Ok);
        }
    }

    #[test]
    fn a_network_card_is_named_and_one_in_use_fails() {
        assert_eq!(judge("eth0", "down"), Verdict::Warn);
        for (name, state) in
            [("eth0", "up"), ("wlan0", "dormant"), ("tun0", "unknown"), ("veth-x", "up")]
        {
            assert_eq!(judge(name, state), Verdict::Fail, "{name}");
        }
    }

    #[test]
    fn the_kernel_s_list_is_read() {
        let net = list(Path::new("/sys/class/net")).expect("sysfs");
        assert!(net.iter().any(|i| i.name == "lo" && i.verdict == Verdict::Ok));
    }
}

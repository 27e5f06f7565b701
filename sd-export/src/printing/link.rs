//! How a printer hangs on this station, judged by its device URI alone.
//!
//! ```text
//! usb: hp:/usb/ parallel: serial:   ipp: ipps: http: https: to loopback      everything else
//!             cable                  ipp-usb: a cable too                    refused, by its name
//! ```

use std::net::{Ipv4Addr, Ipv6Addr};

use sd_fs::{Escaped, escape};
use serde::Serialize;

/// A way to a printer that does not leave this desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Link {
    /// A USB cable.
    Usb,
    /// A service on this station that speaks to a USB cable (`ipp-usb`).
    Loopback,
    /// Another cable.
    Cable,
}

/// Why a printer is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// Another computer, or a printer with an address.
    #[error("a network printer ({0}): what is printed would leave this station by a network")]
    Network(Escaped),
    /// A name that anybody on a network can announce.
    #[error("a printer known by an announced name only ({0}): that may be any computer")]
    Announced(Escaped),
    /// Bluetooth.
    #[error("a printer reached by radio ({0})")]
    Radio(Escaped),
    /// Documents as files.
    #[error("not paper: it writes files on this station ({0})")]
    File(Escaped),
    /// A telephone line.
    #[error("a fax machine ({0})")]
    Fax(Escaped),
    /// Several printers, or none.
    #[error("no printer of its own: a class, or a queue without a device")]
    NoDevice,
    /// A backend that is not known here.
    #[error("an unknown kind of connection ({0})")]
    Unknown(Escaped),
}

impl Link {
    /// In words, for the plan.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Usb => "on a USB cable",
            Self::Loopback => "through this station's own IPP service",
            Self::Cable => "on a cable",
        }
    }
}

/// Decides by the device URI; what is not known to be a cable is refused.
pub(super) fn judge(uri: &str) -> Result<Link, Unfit> {
    let Some((scheme, rest)) = uri.split_once(':') else { return Err(Unfit::NoDevice) };
    let scheme = scheme.to_ascii_lowercase();
    let named = || escape(scheme.as_bytes());
    match scheme.as_str() {
        "usb" | "ippusb" | "ipp+usb" => Ok(Link::Usb),
        "hp" if rest.starts_with("/usb/") => Ok(Link::Usb),
        "hp" if rest.starts_with("/par/") => Ok(Link::Cable),
        "parallel" | "serial" => Ok(Link::Cable),
        "ipp" | "ipps" | "http" | "https" => by_host(&scheme, rest),
        "dnssd" | "mdns" | "implicitclass" => Err(Unfit::Announced(named())),
        "bluetooth" => Err(Unfit::Radio(named())),
        "file" | "cups-pdf" | "cups-brf" => Err(Unfit::File(named())),
        "hpfax" | "driverless-fax" => Err(Unfit::Fax(named())),
        "hp" | "socket" | "lpd" | "smb" | "snmp" | "ncp" | "pap" => Err(Unfit::Network(named())),
        _ => Err(Unfit::Unknown(named())),
    }
}

/// Loopback written as an address or as `localhost`; a name that must be looked up could be anybody.
fn by_host(scheme: &str, rest: &str) -> Result<Link, Unfit> {
    let authority = rest.strip_prefix("//").unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let shown = || escape(format!("{scheme}://{authority}").as_bytes());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, "631"),
    };
    let loopback = host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|a| a.is_loopback())
        || in_brackets(host).is_some_and(|a| a.is_loopback());
    if loopback && port.parse::<u16>().is_ok() {
        return Ok(Link::Loopback);
    }
    let announced = host.contains("._tcp") || host.to_ascii_lowercase().ends_with(".local");
    Err(if announced { Unfit::Announced(shown()) } else { Unfit::Network(shown()) })
}

fn in_brackets(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cable_or_loopback_is_taken() {
        for (uri, link) in [
            ("usb://HP/LaserJet%20400?serial=CN01", Link::Usb),
            ("USB://Brother/HL-L2350DW", Link::Usb),
            ("ippusb://HP%20LaserJet._ipp._tcp.local/", Link::Usb),
            ("hp:/usb/HP_LaserJet_400?serial=CN01", Link::Usb),
            ("hp:/par/LaserJet?device=/dev/parport0", Link::Cable),
            ("parallel:/dev/lp0", Link::Cable),
            ("serial:/dev/ttyS0?baud=9600", Link::Cable),
            ("ipp://localhost:60000/ipp/print", Link::Loopback),
            ("ipps://LOCALHOST/ipp/print", Link::Loopback),
            ("http://127.0.0.1:60000/ipp/print", Link::Loopback),
            ("ipp://[::1]:60000/ipp/print", Link::Loopback),
            ("ipp://[::1]/ipp/print", Link::Loopback),
        ] {
            assert_eq!(judge(uri), Ok(link), "{uri}");
        }
    }

    #[test]
    fn everything_that_could_leave_the_desk_is_refused_by_its_name() {
        for (uri, word) in [
            ("socket://192.168.1.9:9100", "network printer (socket)"),
            ("lpd://printer/queue", "network printer (lpd)"),
            ("smb://server/printer", "network printer (smb)"),
            ("hp:/net/HP_LaserJet?ip=192.168.1.9", "network printer (hp)"),
            ("ipp://192.168.1.9/ipp/print", "network printer (ipp://192.168.1.9)"),
            ("ipps://office.example/ipp/print", "network printer (ipps://office.example)"),
            ("https://[fe80::1]/ipp/print", "network printer"),
            // Written to be mistaken for loopback.
            ("ipp://localhost@192.168.1.9/", "network printer"),
            ("ipp://localhost:631@192.168.1.9/", "network printer"),
            ("ipp://localhost:x/", "network printer"),
            ("ipp://localhost.example/", "network printer"),
            ("ipp://localhost./", "network printer"),
            ("ipp://localhos%74/", "network printer"),
            ("ipp://127.1/", "network printer"),
            ("ipp:localhost/", "network printer"),
            ("ipp:///ipp/print", "network printer"),
            ("ipp://HP%20LaserJet%20(USB)._ipp._tcp.local/", "announced name"),
            ("ipp://printer.local/ipp/print", "announced name"),
            ("dnssd://HP%20LaserJet._ipp._tcp.local/", "announced name"),
            ("implicitclass://HP_LaserJet/", "announced name"),
            ("bluetooth://0123456789ab/spp", "radio"),
            ("cups-pdf:/", "writes files"),
            ("file:///dev/usb/lp0", "writes files"),
            ("hpfax:/usb/HP_LaserJet", "fax"),
            ("beh:/1/3/5/usb://HP/LaserJet", "unknown kind of connection (beh)"),
            ("x\u{202e}y:z", r"unknown kind of connection (x\u{202e}y)"),
            ("", "class"),
            ("///dev/null", "class"),
        ] {
            let why = judge(uri).expect_err(uri).to_string();
            assert!(why.contains(word), "{uri}: {why}");
        }
    }
}

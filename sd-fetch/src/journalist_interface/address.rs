//! Where the Journalist Interface may be: an onion service, or this computer itself.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// The server to talk to. There is no third kind: no name is ever looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// Through Tor.
    Onion(OnionAddress),
    /// Plain TCP to this computer: for tests and for developers.
    Loopback(LoopbackAddress),
}

/// A version 3 onion address: 56 base32 characters and `.onion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OnionAddress(String);

/// A loopback IP address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopbackAddress(SocketAddr);

/// Text that is not such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    /// Not 56 base32 characters and `.onion`.
    #[error("an onion address is 56 characters out of a-z and 2-7, then .onion")]
    NotOnion,
    /// The version byte inside is not 3.
    #[error("mistyped: the last two characters do not belong to a version 3 onion address")]
    NotVersion3,
    /// Not `IP:PORT` with a loopback IP.
    #[error("only a loopback address such as 127.0.0.1:8081 may be reached without Tor")]
    NotLoopback,
}

impl OnionAddress {
    /// The host name.
    pub(crate) fn host(&self) -> &str {
        &self.0
    }
}

impl FromStr for OnionAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let name = text.strip_suffix(".onion").ok_or(AddressError::NotOnion)?;
        let base32 = |b| matches!(b, b'a'..=b'z' | b'2'..=b'7');
        if name.len() != 56 || !name.bytes().all(base32) {
            return Err(AddressError::NotOnion);
        }
        // The last of the 35 bytes is the version, 3: its upper three bits end the 55th
        // character, its lower five are the 56th.
        if !matches!(&name.as_bytes()[54..], [b'a' | b'i' | b'q' | b'y', b'd']) {
            return Err(AddressError::NotVersion3);
        }
        Ok(Self(text.to_owned()))
    }
}

impl LoopbackAddress {
    /// The address.
    pub(crate) fn socket(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for LoopbackAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match text.parse::<SocketAddr>() {
            Ok(addr) if addr.ip().is_loopback() && addr.port() != 0 => Ok(Self(addr)),
            _ => Err(AddressError::NotLoopback),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Onion(onion) => f.write_str(&onion.0),
            Self::Loopback(addr) => addr.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

    #[test]
    fn only_a_version_3_onion_is_one() {
        assert!(GOOD.parse::<OnionAddress>().is_ok());
        for bad in [
            "",
            ".onion",
            &GOOD[1..],
            &GOOD.to_uppercase(),
            &format!("http://{GOOD}"),
            &format!("{GOOD}."),
            &format!("a.{GOOD}"),
            &GOOD.replace(".onion", ".onion:80"),
            &GOOD.replace(".onion", ".example"),
            &GOOD.replace("pg6m", "pg1m"),
        ] {
            assert_eq!(bad.parse::<OnionAddress>(), Err(AddressError::NotOnion), "{bad}");
        }
    }

    #[test]
    fn a_mistyped_end_is_seen_before_tor_is_asked() {
        for end in ["yz", "bd", "xd"] {
            let mut bad = GOOD.to_owned();
            bad.replace_range(54..56, end);
            assert_eq!(bad.parse::<OnionAddress>(), Err(AddressError::NotVersion3), "{end}");
        }
    }

    #[test]
    fn without_tor_only_a_loopback_literal_is_reached() {
        assert!("127.0.0.1:8081".parse::<LoopbackAddress>().is_ok());
        assert!("[::1]:8081".parse::<LoopbackAddress>().is_ok());
        for bad in
            ["127.0.0.1", "localhost:80", "10.0.0.1:80", "0.0.0.0:80", "127.0.0.1:0", "[::]:80"]
        {
            assert_eq!(bad.parse::<LoopbackAddress>(), Err(AddressError::NotLoopback), "{bad}");
        }
    }
}

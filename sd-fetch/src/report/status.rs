//! What is known without a network.

use std::fmt;

use sd_bundle::Timestamp;
use sd_fs::Escaped;
use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::write_wrapped;
use crate::journalist_interface::TorState;

/// The report of `sd-fetch status`.
#[derive(Debug, Serialize)]
pub(crate) struct StatusReport {
    /// The station's directory.
    pub(crate) home: Escaped,
    /// Which server a sync would ask.
    pub(crate) server: ServerFacts,
    /// Where the submission key's fingerprint can be compared.
    pub(crate) source_interface: ServerFacts,
    /// How far Tor is.
    pub(crate) tor: TorState,
    /// What is in the inbox.
    pub(crate) inbox: InboxFacts,
    /// Downloads that broke off.
    pub(crate) partial: Partials,
    /// Items that the SVS has, whether they are still here or not.
    pub(crate) delivered_ever: usize,
    /// Bytes free where the station is.
    pub(crate) free: Option<u64>,
    /// When a sync last went through everything, as far as is known.
    pub(crate) last_sync: Option<Timestamp>,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

/// An interface's address, as far as it is known.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ServerFacts {
    /// Its address, and the file that says so.
    Known {
        /// The onion address.
        address: String,
        /// The file.
        from: String,
    },
    /// Not known.
    NotKnown {
        /// Why, and what to do.
        problem: String,
    },
}

/// The inbox in numbers.
#[derive(Debug, Serialize)]
pub(crate) struct InboxFacts {
    /// Items.
    pub(crate) items: usize,
    /// Bytes of ciphertext.
    pub(crate) bytes: u64,
    /// Not packed yet.
    pub(crate) waiting: usize,
    /// Packed; no receipt yet.
    pub(crate) packed: usize,
    /// Delivered: they can be forgotten here.
    pub(crate) delivered: usize,
}

/// Downloads that broke off and can go on.
#[derive(Debug, Serialize)]
pub(crate) struct Partials {
    /// How many.
    pub(crate) downloads: usize,
    /// Bytes that are here.
    pub(crate) bytes: u64,
}

impl fmt::Display for StatusReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InboxFacts { items, bytes, waiting, packed, delivered } = self.inbox;
        writeln!(f, "station    {}", self.home)?;
        self.server.write(f, "server     ")?;
        self.source_interface.write(f, "source     ")?;
        writeln!(f, "Tor        {}", self.tor)?;
        writeln!(f, "inbox      {}, {}", count(items, "item"), size(bytes))?;
        writeln!(f, "           {waiting} waiting, {packed} packed, {delivered} delivered")?;
        if self.partial.downloads > 0 {
            let Partials { downloads, bytes } = self.partial;
            let downloads = count(downloads, "download");
            writeln!(f, "           {downloads} broken off, {} of them here", size(bytes))?;
        }
        writeln!(f, "delivered  {} so far", count(self.delivered_ever, "item"))?;
        match self.free {
            Some(free) => writeln!(f, "free       {}", size(free))?,
            None => writeln!(f, "free       not known")?,
        }
        match &self.last_sync {
            Some(at) => writeln!(f, "last sync  {at}"),
            None => writeln!(f, "last sync  not known"),
        }
    }
}

impl ServerFacts {
    fn write(&self, f: &mut fmt::Formatter<'_>, lead: &str) -> fmt::Result {
        match self {
            Self::Known { address, from } => {
                writeln!(f, "{lead}{address}")?;
                write_wrapped(f, "           from ", from)
            }
            Self::NotKnown { problem } => write_wrapped(f, &format!("{lead}not known: "), problem),
        }
    }
}

impl Report for StatusReport {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        self.hint.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_faces_tell_the_same() {
        let report = StatusReport {
            home: sd_fs::escape(b"/home/amnesia/Persistent/sneakernet"),
            server: ServerFacts::Known {
                address: "a.onion".to_owned(),
                from: "/home/amnesia/.config/securedrop-admin/app-journalist".to_owned(),
            },
            source_interface: ServerFacts::NotKnown { problem: "nobody said".to_owned() },
            tor: TorState::Connecting,
            inbox: InboxFacts { items: 12, bytes: 34_100_000, waiting: 3, packed: 9, delivered: 0 },
            partial: Partials { downloads: 1, bytes: 12_000_000 },
            delivered_ever: 120,
            free: Some(5_300_000_000),
            last_sync: Some(Timestamp::from_unix(1_795_443_271)),
            hint: None,
        };
        let text = "\
station    /home/amnesia/Persistent/sneakernet
server     a.onion
           from /home/amnesia/.config/securedrop-admin/app-journalist
source     not known: nobody said
Tor        connecting: wait until Tails says that Tor is ready
inbox      12 items, 34.1 MB
           3 waiting, 9 packed, 0 delivered
           1 download broken off, 12.0 MB of them here
delivered  120 items so far
free       5.3 GB
last sync  2026-11-23T14:14:31Z
";
        assert_eq!(report.to_string(), text);
        let wanted = json!({
            "home": "/home/amnesia/Persistent/sneakernet",
            "server": {"address": "a.onion",
                "from": "/home/amnesia/.config/securedrop-admin/app-journalist"},
            "source_interface": {"problem": "nobody said"},
            "tor": "connecting",
            "inbox": {"items": 12, "bytes": 34_100_000, "waiting": 3, "packed": 9, "delivered": 0},
            "partial": {"downloads": 1, "bytes": 12_000_000},
            "delivered_ever": 120,
            "free": 5_300_000_000_u64,
            "last_sync": "2026-11-23T14:14:31Z",
        });
        assert_eq!(serde_json::to_value(&report).expect("JSON"), wanted);
        let problem = "the address of the Journalist Interface is not known here: do this and that";
        let server = ServerFacts::NotKnown { problem: problem.to_owned() };
        let unknown = StatusReport { server, free: None, last_sync: None, ..report };
        let text = "\
station    /home/amnesia/Persistent/sneakernet
server     not known: the address of the Journalist Interface is not known
                      here: do this and that
source     not known: nobody said
";
        assert!(unknown.to_string().starts_with(text), "{unknown}");
        assert!(unknown.to_string().ends_with("free       not known\nlast sync  not known\n"));
        let value = serde_json::to_value(&unknown).expect("JSON");
        assert_eq!(value["server"], json!({"problem": problem}));
    }
}

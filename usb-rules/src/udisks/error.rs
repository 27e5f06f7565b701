//! What udisks2 refuses, in words for a person.

use sd_fs::Escaped;
use zbus::fdo;

/// The names of udisks2's own errors begin with this.
const PREFIX: &str = "org.freedesktop.UDisks2.Error.";

/// Why udisks2 did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum UdisksError {
    /// There is no bus, or no udisks2 on it.
    #[error("udisks2, which handles sticks for the desktop, cannot be reached: {0}")]
    Unreachable(Escaped),
    /// The stick is gone, or was never there.
    #[error("{0} is not there any more")]
    Gone(Escaped),
    /// An administration password would be asked for.
    #[error("{0} is not allowed to this user")]
    NotAllowed(&'static str),
    /// Somebody uses the stick.
    #[error("{0} failed: a program still uses the stick")]
    Busy(&'static str),
    /// The passphrase is not this volume's.
    #[error("the passphrase does not unlock this stick")]
    Passphrase,
    /// Anything else.
    #[error("{what} failed: {why}")]
    Failed {
        /// What was asked for.
        what: &'static str,
        /// udisks2's words.
        why: Escaped,
    },
}

impl UdisksError {
    /// Sorts what the bus says.
    pub(super) fn from_bus(what: &'static str, e: &zbus::Error) -> Self {
        let (name, message) = match e {
            zbus::Error::MethodError(name, message, _) => (name, message),
            zbus::Error::FDO(e) if no_such_object(e) => {
                return Self::Gone(sd_fs::escape(b"the stick"));
            }
            e => return Self::Unreachable(sd_fs::escape(e.to_string().as_bytes())),
        };
        let why = sd_fs::escape(message.as_deref().unwrap_or(name.as_str()).as_bytes());
        match name.as_str().strip_prefix(PREFIX) {
            Some("NotAuthorized" | "NotAuthorizedCanObtain" | "NotAuthorizedDismissed") => {
                Self::NotAllowed(what)
            }
            Some("DeviceBusy") => Self::Busy(what),
            _ if why.as_str().contains("target is busy") => Self::Busy(what),
            _ => Self::Failed { what, why },
        }
    }

    /// An unlock that failed for no reason that has a name of its own failed for its passphrase.
    pub(super) fn or_passphrase(self) -> Self {
        match self {
            Self::Failed { why, .. } if wrong_key(why.as_str()) => Self::Passphrase,
            other => other,
        }
    }
}

/// How the bus says that a device was taken away while it was asked about.
fn no_such_object(e: &fdo::Error) -> bool {
    matches!(e, fdo::Error::UnknownObject(_) | fdo::Error::UnknownMethod(_))
}

/// libblockdev's words for a key that opens no slot, in its generations and for each kind of
/// volume.
fn wrong_key(why: &str) -> bool {
    ["Operation not permitted", "No key available", "Incorrect passphrase"]
        .iter()
        .any(|words| why.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(why: &str) -> UdisksError {
        UdisksError::Failed { what: "unlocking", why: sd_fs::escape(why.as_bytes()) }
    }

    #[test]
    fn a_device_that_went_while_it_was_asked_about_is_gone() {
        let from = |e: fdo::Error| UdisksError::from_bus("asking", &zbus::Error::FDO(Box::new(e)));
        let what = || "Object does not exist at path".to_owned();
        assert!(matches!(from(fdo::Error::UnknownMethod(what())), UdisksError::Gone(_)));
        let nobody = fdo::Error::ServiceUnknown("no udisks2".to_owned());
        assert!(matches!(from(nobody), UdisksError::Unreachable(_)));
    }

    #[test]
    fn only_a_wrong_key_is_called_one() {
        for why in ["Operation not permitted", "Incorrect passphrase."] {
            let wrong = format!("Error unlocking /dev/sda: Failed to activate device: {why}");
            assert!(matches!(failed(&wrong).or_passphrase(), UdisksError::Passphrase));
        }
        let gone = "Error unlocking /dev/sda: Failed to load device: Input/output error";
        assert!(matches!(failed(gone).or_passphrase(), UdisksError::Failed { .. }));
    }
}

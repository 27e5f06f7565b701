//! What no file says: whoever examines a station asks it, and hands in the answers.

use std::fmt;

use crate::place::Unseen;

/// An answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// What was said.
    Told(T),
    /// Why nothing was said.
    NotTold(String),
}

/// Which of the two stations is examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The networked workstation.
    Workstation,
    /// The offline Secure Viewing Station.
    Svs,
}

/// Where the paired submission key is, on the SVS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the desktop user's `~/.gnupg`.
    GnuPg,
    /// In another directory of GnuPG's.
    OtherGnuPg(String),
    /// In a file.
    File(String),
}

/// What `sd-airgap pair` left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired {
    /// As what.
    pub role: Role,
    /// The submission key's fingerprint, in capitals, if the record has it.
    pub submission: Option<String>,
    /// Where its secret part is.
    pub key: KeyPlace,
}

/// A secret key that GnuPG lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretKey {
    /// Fingerprints of the key and its subkeys, in capitals.
    pub fingerprints: Vec<String>,
    /// Its user IDs.
    pub users: Vec<String>,
    /// When it expires, in seconds since 1970.
    pub expires: Option<i64>,
}

/// The newest manifest of the workstation, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastManifest {
    /// The workstation's system, such as `Tails 7.4`.
    pub system: String,
    /// When the newest one was packed, in seconds since 1970.
    pub created: i64,
}

/// What `sd-fetch status` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchStatus {
    /// Whether the address of the Journalist Interface is known.
    pub knows_address: bool,
    /// Its word for Tor.
    pub tor: String,
}

/// Everything that is not in a file, or only whoever asks can know.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The station that is examined.
    pub role: Role,
    /// The user's home, such as `/home/amnesia`.
    pub home: String,
    /// The station's directory.
    pub station: String,
    /// The running program's path.
    pub program: Answer<String>,
    /// Its version.
    pub version: &'static str,
    /// The effective user.
    pub uid: u32,
    /// This station's clock, in seconds since 1970.
    pub now: i64,
    /// The pairing, if there is one.
    pub pairing: Answer<Option<Paired>>,
    /// Whether the Persistent Storage is unlocked.
    pub storage: Answer<bool>,
    /// Whether its GnuPG feature is on.
    pub gnupg: Answer<bool>,
    /// Whether an administration password is set.
    pub password: Answer<bool>,
    /// The word of `systemd-detect-virt --vm`.
    pub machine: Answer<String>,
    /// GNOME's `usb-protection`.
    pub usb_protection: Answer<bool>,
    /// Whether USBGuard runs.
    pub usbguard: Answer<bool>,
    /// GNOME's `automount`.
    pub automount: Answer<bool>,
    /// GnuPG's secret keys.
    pub keys: Answer<Vec<SecretKey>>,
    /// NetworkManager's state, or `not running`.
    pub network_manager: Answer<String>,
    /// What `sd-fetch status` tells.
    pub fetch: Answer<FetchStatus>,
    /// Names of proxy variables that are set.
    pub proxies: Vec<String>,
    /// The newest manifest that the ledger keeps.
    pub manifest: Answer<Option<LastManifest>>,
}

impl Answers {
    /// Nothing was asked: enough for the air gap, which is judged by files alone.
    pub fn none(role: Role) -> Self {
        fn not<T>() -> Answer<T> {
            Answer::NotTold("not asked".to_owned())
        }
        Self {
            role,
            home: "/home/amnesia".to_owned(),
            station: "/home/amnesia/Persistent/sneakernet".to_owned(),
            program: not(),
            version: env!("CARGO_PKG_VERSION"),
            uid: u32::MAX,
            now: 0,
            pairing: not(),
            storage: not(),
            gnupg: not(),
            password: not(),
            machine: not(),
            usb_protection: not(),
            usbguard: not(),
            automount: not(),
            keys: not(),
            network_manager: not(),
            fetch: not(),
            proxies: Vec::new(),
            manifest: not(),
        }
    }
}

impl<T> Answer<T> {
    pub(crate) fn told(&self) -> Result<&T, Unseen> {
        match self {
            Self::Told(answer) => Ok(answer),
            Self::NotTold(why) => Err(Unseen::new(why)),
        }
    }

    /// An answer, or the error in words.
    pub fn of<E: fmt::Display>(result: Result<T, E>) -> Self {
        match result {
            Ok(answer) => Self::Told(answer),
            Err(e) => Self::NotTold(e.to_string()),
        }
    }
}

impl Role {
    /// The word that `--role` takes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workstation => "workstation",
            Self::Svs => "svs",
        }
    }
}

//! Whether the submission key that sources are given is the one this station was paired with.
//!
//! ```text
//! keys/station.json --fingerprint--.
//!                                  +--same?--> agrees, differs, or not compared (and why)
//! Source Interface --/metadata-----'
//! ```
//! A source encrypts to the key that the Source Interface shows. If that is not ours, either the
//! newsroom has a new key, or somebody put theirs in its place. Ciphertext harms nobody, so
//! everything is fetched all the same; but nobody is sent on to pack it.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use sd_bundle::{Home, Pairing};
use sd_fs::Fingerprint;
use sd_term::{Failure, Status};
use serde::Serialize;

use crate::journalist_interface::{ClientError, Server, announced_key};

/// What came of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum KeyCheck {
    /// The same key.
    Agrees {
        /// Its fingerprint.
        fingerprint: Fingerprint,
    },
    /// Another key.
    Differs {
        /// The one this station was paired with.
        paired: Fingerprint,
        /// The one that sources are given.
        announced: Fingerprint,
    },
    /// Nothing was compared.
    NotCompared {
        /// Why.
        why: String,
    },
}

impl Default for KeyCheck {
    fn default() -> Self {
        Self::NotCompared { why: "nobody asked".to_owned() }
    }
}

/// Where to ask, or why it is not known.
pub(crate) type Where = Result<Server, String>;

/// A comparison under way, beside the downloads.
pub(crate) enum Checking {
    /// The server is being asked.
    Asking(JoinHandle<KeyCheck>),
    /// It was not asked.
    Known(KeyCheck),
}

impl Checking {
    /// Begins, if there is something to compare.
    pub(crate) fn begin(home: &Home, source: &Where, proxies: &[SocketAddr]) -> Self {
        let not = |why: String| Self::Known(KeyCheck::NotCompared { why });
        let paired = match paired_key(home) {
            Ok(paired) => paired,
            Err(why) => return not(why),
        };
        match source {
            Err(why) => not(why.clone()),
            Ok(server) => {
                let (server, proxies) = (server.clone(), proxies.to_vec());
                Self::Asking(std::thread::spawn(move || {
                    KeyCheck::of(paired, announced_key(&server, &proxies))
                }))
            }
        }
    }

    /// Waits for the answer.
    pub(crate) fn end(self) -> KeyCheck {
        let why = || "the comparison broke off; that is a mistake in this program".to_owned();
        match self {
            Self::Known(check) => check,
            Self::Asking(thread) => {
                thread.join().unwrap_or_else(|_| KeyCheck::NotCompared { why: why() })
            }
        }
    }
}

impl KeyCheck {
    fn of(paired: Fingerprint, announced: Result<Fingerprint, ClientError>) -> Self {
        match announced {
            Ok(announced) if announced == paired => Self::Agrees { fingerprint: paired },
            Ok(announced) => Self::Differs { paired, announced },
            // Tor's advice in these words is for the Journalist Interface.
            Err(ClientError::Connect(_)) => {
                Self::NotCompared { why: "the Source Interface could not be reached".to_owned() }
            }
            Err(e) => Self::NotCompared { why: format!("the Source Interface: {e}") },
        }
    }

    /// Whether two keys were compared and are not the same.
    pub(crate) fn differs(&self) -> bool {
        matches!(self, Self::Differs { .. })
    }

    /// A failure of the same run, which says of another key as well.
    pub(crate) fn beside(&self, failure: Failure) -> Failure {
        let Self::Differs { paired, announced } = self else { return failure };
        let message = format!(
            "{}; AND THE SUBMISSION KEY DIFFERS: this station has {}, sources are given {}",
            failure.message,
            paired.spaced(),
            announced.spaced()
        );
        let worse = failure.status.exit() > Status::KeyDiffers.exit();
        Failure::new(if worse { failure.status } else { Status::KeyDiffers }, message)
    }
}

fn paired_key(home: &Home) -> Result<Fingerprint, String> {
    match Pairing::look(home) {
        Err(e) => Err(e.to_string()),
        Ok(None) => Err("this station has not been paired".to_owned()),
        Ok(Some(Pairing { submission: None, .. })) => {
            Err("this station was paired before the fingerprint was written down".to_owned())
        }
        Ok(Some(Pairing { submission: Some(fingerprint), .. })) => Ok(fingerprint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_of_another_key_and_its_exit_code_is_never_better() {
        let key = |digit: &str| digit.repeat(40).parse().expect("a fingerprint");
        let differs = KeyCheck::Differs { paired: key("A"), announced: key("B") };
        for status in Status::ALL {
            let failure = differs.beside(Failure::new(*status, "silence"));
            assert_eq!(failure.status.exit(), status.exit().max(Status::KeyDiffers.exit()));
            let words = ["silence", "AAAA AAAA", "BBBB BBBB"];
            assert!(words.iter().all(|word| failure.message.contains(word)), "{}", failure.message);
            let same = KeyCheck::Agrees { fingerprint: key("A") };
            let failure = same.beside(Failure::new(*status, "silence"));
            assert_eq!((failure.status, failure.message.as_str()), (*status, "silence"));
        }
    }
}

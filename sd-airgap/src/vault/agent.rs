//! The submission key in gpg-agent, where the SVS keeps it.

use std::path::Path;

use openpgp::packet::PKESK;
use sd_pgp::Certificate;
use sequoia_gpg_agent::KeyPair;
use sequoia_gpg_agent::gnupg::Context;
use sequoia_openpgp as openpgp;

use super::{PublicKey, Unwrapped, Vault, VaultError, session_key};

/// A running gpg-agent and the public halves of the keys to ask it for.
///
/// Each unwrapping is one request over the agent's socket; a passphrase is asked for by the
/// agent's own pinentry.
pub(crate) struct Agent {
    context: Context,
    keys: Vec<PublicKey>,
}

impl Agent {
    /// Finds the agent (`gpgconf` names its socket) and starts it if need be.
    pub(crate) fn connect(
        home: Option<&Path>,
        certificate: &Certificate,
    ) -> Result<Self, VaultError> {
        let context = match home {
            Some(home) => Context::with_homedir(home),
            None => Context::new(),
        }
        .map_err(|e| VaultError::AgentUnreachable(e.to_string()))?;
        context.start("gpg-agent").map_err(|e| VaultError::AgentUnreachable(e.to_string()))?;
        let keys = certificate
            .as_cert()
            .keys()
            .filter(|k| k.key().pk_algo().for_encryption())
            .map(|k| k.key().clone())
            .collect();
        Ok(Self { context, keys })
    }
}

/// Hears what the agent said: the library keeps only that it failed.
struct Listening<'a> {
    pair: &'a mut KeyPair,
    said: Option<String>,
}

impl openpgp::crypto::Decryptor for Listening<'_> {
    fn public(&self) -> &PublicKey {
        openpgp::crypto::Decryptor::public(self.pair)
    }

    fn decrypt(
        &mut self,
        ciphertext: &openpgp::crypto::mpi::Ciphertext,
        length: Option<usize>,
    ) -> openpgp::Result<openpgp::crypto::SessionKey> {
        self.pair.decrypt(ciphertext, length).inspect_err(|e| {
            self.said = Some(sd_fs::escape(format!("{e:#}").as_bytes()).to_string());
        })
    }
}

/// Whether the agent speaks of the key or its passphrase, and so of every message alike.
///
/// Anything else ("wrong ciphertext", "bad data") is about this one message, which must not
/// keep the others from being opened.
fn is_about_the_key(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "cancel",
        "no secret key",
        "passphrase",
        "pinentry",
        "timeout",
        "connect",
        "no agent",
        "unknown key",
        "smartcard",
        "card",
        "forbidden",
        "not found",
        "end of file",
        "broken pipe",
    ];
    let said = said.to_lowercase();
    WORDS.iter().any(|word| said.contains(word))
}

impl Vault for Agent {
    fn unwrap(&self, pkesk: &PKESK) -> Unwrapped {
        let fits = |key: &&PublicKey| session_key::may_be_for(pkesk, key.fingerprint());
        let mut refused = None;
        for key in self.keys.iter().filter(fits) {
            let mut pair = match KeyPair::new_for_gnupg_context(&self.context, key) {
                Ok(pair) => pair.with_password_prompt(
                    "The submission key is needed to open what was brought across.".to_owned(),
                ),
                Err(e) => {
                    refused = Some(VaultError::AgentUnreachable(e.to_string()));
                    continue;
                }
            };
            let mut listening = Listening { pair: &mut pair, said: None };
            if let Some(key) = session_key::unwrap(pkesk, &mut listening) {
                return Unwrapped::Key(key);
            }
            match listening.said {
                Some(why) if is_about_the_key(&why) => {
                    refused = Some(VaultError::AgentRefused(why));
                }
                // The agent did its part; the wrapped session key is not one.
                _ if pkesk.recipient().is_some() => {
                    refused.get_or_insert(VaultError::Malformed);
                }
                _ => {}
            }
        }
        refused.map_or(Unwrapped::NotOurs, Unwrapped::Failed)
    }
}

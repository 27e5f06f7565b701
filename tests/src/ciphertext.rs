//! Ciphertexts as a `SecureDrop` server stores them, made without holding them in memory.
//!
//! ```text
//! message:   text ------------------> literal 'b' -> SEIPDv1 AES-256 -> PKESK v3 (submission key)
//! document:  bytes -> gzip + FNAME -> literal 'b' -> SEIPDv1 AES-256 -> PKESK v3 (submission key)
//! reply:     text ------------------> literal 'b' -> SEIPDv1 AES-256 -> PKESK v3 (source, submission)
//! ```
//!
//! No compression packet, no signature, no date and no name in the literal packet; bodies above
//! 4 MiB leave in partial chunks of 4 MiB. What a hostile or broken server might store instead is in
//! [`broken`]; the keys of this repository are in [`keys`].

use std::io::{self, Read, Write};

use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Recipient};
use sequoia_openpgp::types::{Features, SymmetricAlgorithm};

pub mod broken;
mod gzip;
pub mod keys;

pub use gzip::{Gzip, fname_of_upload};

/// The key one recipient is encrypted to, and the certificate it came from.
#[derive(Clone, Debug)]
pub struct EncryptionKey {
    key: Key<PublicParts, UnspecifiedRole>,
    armored: String,
    fingerprint: String,
}

impl EncryptionKey {
    /// Reads an armored certificate and picks its encryption subkey.
    ///
    /// No policy is asked: the development key of `SecureDrop` carries SHA-1 self-signatures, which
    /// today's policies rightly refuse, and yet it must be possible to test with it.
    pub fn from_armored(armored: &str) -> io::Result<Self> {
        let cert = Cert::from_bytes(armored.as_bytes()).map_err(io::Error::other)?;
        let mut keys = cert.keys().filter(|key| {
            key.self_signatures().any(|signature| {
                signature
                    .key_flags()
                    .is_some_and(|f| f.for_storage_encryption() || f.for_transport_encryption())
            })
        });
        let key = keys.next().ok_or_else(|| io::Error::other("no key here can encrypt"))?;
        Ok(Self {
            key: key.key().clone().role_into_unspecified(),
            armored: armored.to_owned(),
            fingerprint: cert.fingerprint().to_hex(),
        })
    }

    /// The certificate as it was given.
    pub fn armored(&self) -> &str {
        &self.armored
    }

    /// The certificate's fingerprint: 40 upper-case hex digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// This key as a recipient that is known to support nothing newer than `SEIPDv1`; left to itself
    /// the library writes `SEIPDv2` for a certificate that asks for it, and the servers never do.
    pub(crate) fn recipient(&self) -> Recipient<'_> {
        Recipient::new(Features::empty().set_seipdv1(), Some(self.key.keyid().into()), &self.key)
    }
}

/// How a reply is laid out in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Binary packets, as the server writes a reply typed into its web page.
    Binary,
    /// ASCII armor kept as it was sent, as the server stores a reply that came through the API.
    Armored,
}

/// Encrypts everything `plaintext` yields, packet for packet as the server does.
pub fn encrypt(
    to: &[&EncryptionKey],
    mut plaintext: impl Read,
    sink: impl Write + Send + Sync,
) -> io::Result<()> {
    seal(to, Message::new(sink), |literal| io::copy(&mut plaintext, literal).map(drop))
}

/// A message from a source: its text, not compressed. A hostile one need not be text.
pub fn message(
    to: &EncryptionKey,
    text: impl AsRef<[u8]>,
    sink: impl Write + Send + Sync,
) -> io::Result<()> {
    encrypt(&[to], text.as_ref(), sink)
}

/// A document from a source: gzip, with these raw bytes as its FNAME field, inside `OpenPGP`.
///
/// A well-behaved server writes `fname_of_upload(name)`; a hostile one writes what it likes, and so
/// does this function.
pub fn document(
    to: &EncryptionKey,
    fname: Option<&[u8]>,
    mut content: impl Read,
    sink: impl Write + Send + Sync,
) -> io::Result<()> {
    seal(&[to], Message::new(sink), |literal| {
        let mut gzip = Gzip::new(literal, fname)?;
        io::copy(&mut content, &mut gzip)?;
        gzip.finish()
    })
}

/// A journalist's reply, readable by the source and by the submission key.
pub fn reply(
    source: &EncryptionKey,
    submission: &EncryptionKey,
    text: &str,
    encoding: Encoding,
    sink: impl Write + Send + Sync,
) -> io::Result<()> {
    let message = Message::new(sink);
    let message = match encoding {
        Encoding::Binary => message,
        Encoding::Armored => Armorer::new(message).build().map_err(io::Error::other)?,
    };
    seal(&[source, submission], message, |literal| literal.write_all(text.as_bytes()))
}

/// Wraps what `fill` writes into a literal packet inside `SEIPDv1`.
fn seal<'a>(
    to: &[&'a EncryptionKey],
    message: Message<'a>,
    fill: impl FnOnce(&mut Message<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let message = encryptor(to, message)?;
    let mut literal = LiteralWriter::new(message).build().map_err(io::Error::other)?;
    fill(&mut literal)?;
    literal.finalize().map_err(io::Error::other)
}

/// The encryption layer on its own.
fn encryptor<'a>(to: &[&'a EncryptionKey], message: Message<'a>) -> io::Result<Message<'a>> {
    Encryptor::for_recipients(message, to.iter().map(|key| key.recipient()))
        .symmetric_algo(SymmetricAlgorithm::AES256)
        .build()
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests;

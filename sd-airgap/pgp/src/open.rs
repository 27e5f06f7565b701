//! Opening a message without holding its key.
//!
//! ```text
//! reader --PKESK packets--> ask: the caller answers with a session key, or not
//!    '--decrypt--> Source: Read --> whoever consumes it --> end: MDC, layers, signature judged
//! ```
//! Bytes come out before the verdict is known: all but the last part of a large tampered
//! message is handed over first. Whoever reads must keep them nameless until [`open`] returns.

use std::io::{self, Read};

use openpgp::crypto::SessionKey;
use openpgp::packet::{PKESK, SKESK};
use openpgp::parse::Parse as _;
use openpgp::parse::stream::{
    DecryptionHelper, Decryptor, DecryptorBuilder, MessageLayer, MessageStructure,
    VerificationHelper,
};
use openpgp::policy::StandardPolicy;
use openpgp::serialize::SerializeInto as _;
use openpgp::types::SymmetricAlgorithm;
use openpgp::{Cert, KeyHandle, Packet};
use sequoia_openpgp as openpgp;

use crate::cert::{Certificate, end_of_time};

/// The decryptor's own buffer. Reads must not be larger: a slice above twice this size makes
/// the library buffer the whole message (1.8 GB for 500 MB, measured).
const BUFFER: usize = 1 << 20;

/// The largest single read passed on to the decryptor.
const READ: usize = 256 << 10;

/// What the message must be.
#[derive(Debug)]
pub enum Expect<'a> {
    /// Encrypted; nobody signs SecureDrop's submissions.
    Encrypted,
    /// Encrypted, and signed by this certificate.
    SignedBy(&'a Certificate),
}

/// What may be spent on one message.
#[derive(Clone, Copy, Debug)]
pub struct OpenLimits {
    /// Bytes of decrypted content: a compressed packet can turn 2 kB into 1 GB.
    pub plaintext: u64,
    /// Recipients asked about: SecureDrop makes one or two, a flood makes thousands.
    pub recipients: usize,
}

impl Default for OpenLimits {
    fn default() -> Self {
        // SecureDrop's own upload limit is 500 MiB; the margin is for its gzip and OpenPGP.
        Self { plaintext: 512 << 20, recipients: 16 }
    }
}

/// One serialized PKESK packet, and the algorithm the message itself names (0 if none).
#[derive(Clone, Debug)]
pub struct PkeskBytes {
    /// The packet.
    pub packet: Vec<u8>,
    /// The symmetric algorithm hint.
    pub algorithm: u8,
}

/// A session key and its algorithm (0: the message names it).
pub struct SessionKeyBytes {
    /// The symmetric algorithm.
    pub algorithm: u8,
    /// The key.
    pub key: SessionKey,
}

/// Why a message was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not an `OpenPGP` message, or cut before its content.
    #[error("not an OpenPGP message, or cut off")]
    NotAMessage,
    /// It was never encrypted: anybody could have put it there.
    #[error("not encrypted")]
    NotEncrypted,
    /// Encryption without integrity protection, or an algorithm long broken.
    #[error("no integrity protection, or a broken algorithm")]
    Unprotected,
    /// More than one encryption layer, or an odd structure.
    #[error("an unusual structure of layers")]
    Structure,
    /// No session key could be had.
    #[error("encrypted to another key")]
    NoKey,
    /// Changed, cut or damaged: the integrity check failed.
    #[error("damaged or tampered with: the integrity check failed")]
    Tampered,
    /// More content than allowed.
    #[error("more content than the limit of {0} bytes")]
    TooLong(u64),
    /// Not signed by the expected key.
    #[error("not signed by the paired workstation")]
    BadSignature,
    /// The consumer of the plaintext stopped.
    #[error("writing failed: {0}")]
    Consumer(String),
}

/// The plaintext as a reader. A limit breach or an integrity failure is a read error.
pub struct Source<'a, 'b> {
    decryptor: &'b mut Decryptor<'a, Helper<'a>>,
    left: u64,
    limit: u64,
    failed: &'b mut Option<OpenError>,
}

impl Read for Source<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = buf.len().min(READ);
        let n = self.decryptor.read(&mut buf[..most]).inspect_err(|e| {
            *self.failed = Some(refusal_of(e));
        })?;
        if let Some(left) = self.left.checked_sub(n as u64) {
            self.left = left;
        } else {
            *self.failed = Some(OpenError::TooLong(self.limit));
            return Err(io::Error::other("content limit"));
        }
        Ok(n)
    }
}

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening<T> {
    /// What the consumer made of the content.
    pub value: T,
    /// Bytes the consumer left unread; they were read and checked all the same.
    pub leftover: u64,
}

/// Opens a message: `ask` gives session keys, `consume` takes the plaintext.
///
/// Returns `Ok` only after the last byte was read, the integrity check held, exactly one
/// encryption layer was seen and, if asked for, the signature was good.
pub fn open<'a, T>(
    message: impl Read + Send + Sync + 'a,
    expect: Expect<'a>,
    limits: OpenLimits,
    ask: impl FnMut(PkeskBytes) -> Option<SessionKeyBytes> + 'a,
    consume: impl FnOnce(&mut Source<'_, '_>) -> io::Result<T>,
) -> Result<Opening<T>, OpenError> {
    let policy = StandardPolicy::new();
    let helper = Helper { ask: Box::new(ask), expect, limits, asked: false };
    let mut decryptor = DecryptorBuilder::from_reader(message)
        .map_err(|_| OpenError::NotAMessage)?
        .buffer_size(BUFFER)
        .with_policy(&policy, end_of_time(), helper)
        .map_err(|e| downcast(&e))?;
    let mut failed = None;
    let mut source = Source {
        decryptor: &mut decryptor,
        left: limits.plaintext,
        limit: limits.plaintext,
        failed: &mut failed,
    };
    let consumed = consume(&mut source);
    let drained = if consumed.is_ok() { drain(&mut source) } else { Ok(0) };
    if let Some(error) = failed {
        return Err(error);
    }
    let value = consumed.map_err(|e| OpenError::Consumer(e.to_string()))?;
    let leftover = drained.map_err(|e| refusal_of(&e))?;
    if !decryptor.message_processed() {
        return Err(OpenError::Tampered);
    }
    Ok(Opening { value, leftover })
}

fn drain(source: &mut Source<'_, '_>) -> io::Result<u64> {
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(total),
            n => total += n as u64,
        }
    }
}

type Ask<'a> = Box<dyn FnMut(PkeskBytes) -> Option<SessionKeyBytes> + 'a>;

struct Helper<'a> {
    ask: Ask<'a>,
    expect: Expect<'a>,
    limits: OpenLimits,
    asked: bool,
}

impl VerificationHelper for Helper<'_> {
    fn get_certs(&mut self, _: &[KeyHandle]) -> openpgp::Result<Vec<Cert>> {
        Ok(match &self.expect {
            Expect::Encrypted => Vec::new(),
            Expect::SignedBy(cert) => vec![cert.as_cert().clone()],
        })
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> openpgp::Result<()> {
        let (mut encryptions, mut groups, mut outside, mut all_good) = (0, 0, 0, true);
        // The outermost layer comes first.
        for layer in structure {
            match layer {
                MessageLayer::Encryption { sym_algo, .. } if !is_strong(sym_algo) => {
                    return Err(OpenError::Unprotected.into());
                }
                MessageLayer::Encryption { .. } => encryptions += 1,
                MessageLayer::SignatureGroup { results } => {
                    groups += 1;
                    outside += u32::from(encryptions == 0);
                    all_good &= !results.is_empty() && results.iter().all(Result::is_ok);
                }
                MessageLayer::Compression { .. } => {}
            }
        }
        match (encryptions, &self.expect) {
            (0, _) => Err(OpenError::NotEncrypted.into()),
            (2.., _) => Err(OpenError::Structure.into()),
            (1, Expect::SignedBy(_)) if groups == 0 || !all_good => {
                Err(OpenError::BadSignature.into())
            }
            // Signed, then encrypted, by nobody else: one group, inside.
            (1, Expect::SignedBy(_)) if groups > 1 || outside > 0 => {
                Err(OpenError::Structure.into())
            }
            _ => Ok(()),
        }
    }
}

impl DecryptionHelper for Helper<'_> {
    fn decrypt(
        &mut self,
        pkesks: &[PKESK],
        _: &[SKESK],
        algorithm: Option<SymmetricAlgorithm>,
        try_key: &mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool,
    ) -> openpgp::Result<Option<Cert>> {
        if std::mem::replace(&mut self.asked, true) {
            return Err(OpenError::Structure.into());
        }
        for pkesk in pkesks.iter().take(self.limits.recipients) {
            let question = PkeskBytes {
                packet: Packet::from(pkesk.clone()).to_vec()?,
                algorithm: algorithm.map_or(0, u8::from),
            };
            let Some(answer) = (self.ask)(question) else { continue };
            let named = (answer.algorithm != 0).then(|| answer.algorithm.into());
            if try_key(named, &answer.key) {
                return Ok(None);
            }
        }
        Err(OpenError::NoKey.into())
    }
}

/// AES with 128 bits or more, Twofish, Camellia: what `GnuPG` and SecureDrop ever chose.
fn is_strong(algorithm: SymmetricAlgorithm) -> bool {
    use SymmetricAlgorithm as S;
    matches!(
        algorithm,
        S::AES128
            | S::AES192
            | S::AES256
            | S::Twofish
            | S::Camellia128
            | S::Camellia192
            | S::Camellia256
    )
}

/// Our own refusal if it is inside, else what the library's error stands for.
fn downcast(e: &openpgp::anyhow::Error) -> OpenError {
    if let Some(own) = e.downcast_ref::<OpenError>() {
        return own.clone();
    }
    match e.downcast_ref::<openpgp::Error>() {
        Some(openpgp::Error::ManipulatedMessage) => OpenError::Tampered,
        Some(
            openpgp::Error::PolicyViolation(..) | openpgp::Error::UnsupportedSymmetricAlgorithm(_),
        ) => OpenError::Unprotected,
        Some(openpgp::Error::MissingSessionKey(_) | openpgp::Error::InvalidSessionKey(_)) => {
            OpenError::NoKey
        }
        Some(openpgp::Error::MalformedMessage(_) | openpgp::Error::MalformedPacket(_)) => {
            OpenError::NotAMessage
        }
        Some(openpgp::Error::NoBindingSignature(_) | openpgp::Error::BadSignature(_)) => {
            OpenError::BadSignature
        }
        _ => match e.downcast_ref::<io::Error>() {
            Some(io) if io.get_ref().is_some() => refusal_of(io),
            Some(io) if io.kind() == io::ErrorKind::UnexpectedEof => OpenError::Tampered,
            _ => OpenError::NotAMessage,
        },
    }
}

/// The same for errors that came through `Read`. Once plaintext flows, whatever breaks is a
/// message that is not what was sent.
fn refusal_of(e: &io::Error) -> OpenError {
    let Some(inner) = e.get_ref() else { return OpenError::Tampered };
    if let Some(own) = inner.downcast_ref::<OpenError>() {
        return own.clone();
    }
    if let Some(library) = inner.downcast_ref::<openpgp::Error>() {
        return match library {
            openpgp::Error::PolicyViolation(..) => OpenError::Unprotected,
            _ => OpenError::Tampered,
        };
    }
    match downcast_any(inner) {
        Some(error) => error,
        None => OpenError::Tampered,
    }
}

/// The library wraps its errors in `anyhow` before they become I/O errors.
fn downcast_any(inner: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<OpenError> {
    let mut at: Option<&(dyn std::error::Error + 'static)> = Some(inner);
    while let Some(e) = at {
        if let Some(own) = e.downcast_ref::<OpenError>() {
            return Some(own.clone());
        }
        if let Some(openpgp::Error::PolicyViolation(..)) = e.downcast_ref::<openpgp::Error>() {
            return Some(OpenError::Unprotected);
        }
        at = e.source();
    }
    None
}

//! The keys of the vectors and the good bundles that the faults are put into.

use std::io;
use std::time::SystemTime;

use openpgp::cert::Cert;
use openpgp::crypto::KeyPair;
use openpgp::parse::Parse as _;
use sd_bundle::{BundleId, Item, Kind, Manifest, Nonce, Receipt, Timestamp, write_bundle};
use sd_fs::{Blake3, Quiet, Sha256};
use sd_pgp::Certificate;
use sequoia_openpgp as openpgp;

use super::envelope;
use super::laid::Laid;
use crate::ciphertext::{EncryptionKey, document, keys, message};

/// The key of the workstation that signed the vectors: test data, no secret.
const WORKSTATION_SECRET: &str = include_str!("../../vectors/bundle/workstation.sec.asc");

/// An RSA number of the longest kind makes a message of one length; about one in 256 is shorter.
const TRIES: usize = 64;

/// One member: its ciphertext, and the plaintext if it opens to one.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the manifest calls it.
    pub kind: Kind,
    /// The member's content.
    pub ciphertext: Vec<u8>,
    /// What it opens to; `None`: it must not open.
    pub plaintext: Option<Vec<u8>>,
}

/// A manifest and the ciphertexts it lists.
#[derive(Clone, Debug)]
pub struct Content {
    /// The manifest.
    pub manifest: Manifest,
    /// The members, in order.
    pub entries: Vec<Entry>,
}

/// Everything vectors are made from.
#[derive(Debug)]
pub struct Kit {
    /// The submission key, to encrypt to.
    pub submission: EncryptionKey,
    certificate: Certificate,
    workstation: Cert,
    /// A message and a document: the bundle that most vectors change in one place.
    pub one: Content,
    /// Another bundle, whose members have the same sizes.
    pub two: Content,
    /// The first, laid out.
    pub good: Laid,
    /// The second, laid out.
    pub other: Laid,
}

impl Kit {
    /// Makes the two good bundles.
    pub fn new() -> io::Result<Self> {
        let submission = keys::submission()?;
        let certificate = certificate(keys::SUBMISSION_PUBLIC)?;
        let workstation = Cert::from_bytes(WORKSTATION_SECRET).map_err(io::Error::other)?;
        let one = pair(&submission, 1, "Meet me at the old mill.")?;
        let two = pair(&submission, 2, "Never go to the old mill")?;
        let lay = |content: &Content| {
            let json = json(content)?;
            let frame = envelope::frame(json.as_bytes())?;
            lay(content, &seal(&frame, signer(&workstation)?, &certificate)?)
        };
        let (good, other) = (lay(&one)?, lay(&two)?);
        Ok(Self { submission, certificate, workstation, one, two, good, other })
    }

    /// The workstation's signing key.
    pub fn signer(&self) -> io::Result<KeyPair> {
        signer(&self.workstation)
    }

    /// Signs with the workstation's key and encrypts to the submission key, as `pack` does.
    pub fn seal(&self, frame: &[u8]) -> io::Result<Vec<u8>> {
        self.seal_as(frame, self.signer()?)
    }

    /// The same at another moment.
    pub fn seal_at(&self, frame: &[u8], created: SystemTime) -> io::Result<Vec<u8>> {
        sd_pgp::seal(frame, self.signer()?, &self.certificate, created).map_err(io::Error::other)
    }

    /// The same with another key to sign with.
    pub fn seal_as(&self, frame: &[u8], signer: KeyPair) -> io::Result<Vec<u8>> {
        seal(frame, signer, &self.certificate)
    }

    /// The first bundle around another sealed manifest.
    pub fn with_sealed(&self, sealed: &[u8]) -> io::Result<Laid> {
        lay(&self.one, sealed)
    }

    /// The first bundle with another JSON, sealed as it should be.
    pub fn with_json(&self, json: &[u8]) -> io::Result<Laid> {
        self.with_sealed(&self.seal(&envelope::frame(json)?)?)
    }

    /// A bundle with this content, sealed as it should be, and its receipt.
    pub fn lay(&self, content: &Content) -> io::Result<(Laid, Receipt)> {
        let json = json(content)?;
        let laid = lay(content, &self.seal(&envelope::frame(json.as_bytes())?)?)?;
        Ok((laid, receipt(content, json.as_bytes())))
    }
}

impl Content {
    /// A manifest for these members. Nothing in it is random but the members' hashes.
    pub fn new(seed: u8, entries: Vec<Entry>) -> io::Result<Self> {
        let items = entries.iter().enumerate().map(|(i, e)| item(seed, i + 1, e));
        let note = |text: &str| text.to_owned().try_into().map_err(io::Error::other);
        let manifest = Manifest::new(
            BundleId::from_bytes([seed; 16]),
            1,
            None,
            Timestamp::from_unix(1_795_443_271),
            (note("0.1.0")?, note("test vector")?),
            Nonce::from_bytes([seed; 32]),
            items.collect::<io::Result<_>>()?,
        );
        Ok(Self { manifest, entries })
    }
}

impl Entry {
    /// A message.
    pub fn message(key: &EncryptionKey, text: &str) -> io::Result<Self> {
        let mut ciphertext = Vec::new();
        // Always of the same length for a text of the same length.
        for _ in 0..TRIES {
            ciphertext.clear();
            message(key, text, &mut ciphertext)?;
            if ciphertext.starts_with(&[0xc1, 0xc1, 0x4c]) {
                break;
            }
        }
        let plaintext = Some(text.as_bytes().to_vec());
        Ok(Self { kind: Kind::Message, ciphertext, plaintext })
    }

    /// A document with this name in its gzip header.
    pub fn document(key: &EncryptionKey, name: &[u8], content: &[u8]) -> io::Result<Self> {
        let mut ciphertext = Vec::new();
        document(key, Some(name), content, &mut ciphertext)?;
        Ok(Self { kind: Kind::Document, ciphertext, plaintext: Some(content.to_vec()) })
    }

    /// A member that is what the manifest says, and must not open.
    pub fn refused(kind: Kind, ciphertext: Vec<u8>) -> Self {
        Self { kind, ciphertext, plaintext: None }
    }
}

/// The fingerprint of the workstation that signed the vectors.
pub fn workstation_fingerprint() -> io::Result<String> {
    Ok(certificate(WORKSTATION_SECRET)?.fingerprint().to_string())
}

/// Signs and encrypts as `pack` does.
pub(super) fn seal(frame: &[u8], signer: KeyPair, recipient: &Certificate) -> io::Result<Vec<u8>> {
    sd_pgp::seal(frame, signer, recipient, SystemTime::now()).map_err(io::Error::other)
}

/// The JSON as our writer makes it.
pub(super) fn json(content: &Content) -> io::Result<String> {
    let json = content.manifest.to_json().map_err(io::Error::other)?;
    String::from_utf8(json).map_err(io::Error::other)
}

/// The receipt code for a manifest in exactly these bytes.
pub(super) fn receipt(content: &Content, json: &[u8]) -> Receipt {
    content.manifest.receipt(&Blake3::of(json))
}

/// A bundle with this content around any sealed manifest.
pub(super) fn lay(content: &Content, sealed: &[u8]) -> io::Result<Laid> {
    let mut bytes = Vec::new();
    let mut ciphertexts = content.entries.iter().map(|e| io::Cursor::new(e.ciphertext.clone()));
    let open = |_: &Item| ciphertexts.next().ok_or_else(|| io::Error::other("no ciphertext"));
    write_bundle(&mut bytes, &content.manifest, sealed, open, &mut Quiet)
        .map_err(io::Error::other)?;
    // The head is the one part whose size only its own block tells: JSON up to the first NUL.
    let head = bytes[(1 << 20) + 512..].iter().take_while(|b| **b != 0).count();
    let sizes = [head, sealed.len()];
    let members = content.entries.iter().map(|e| e.ciphertext.len());
    Ok(Laid::new(bytes, sizes.into_iter().chain(members)))
}

/// A certificate without its secret parts.
pub(super) fn certificate(armored: &str) -> io::Result<Certificate> {
    Certificate::parse(armored.as_bytes()).map_err(io::Error::other)
}

/// The key of a certificate that signs.
pub(super) fn signer(cert: &Cert) -> io::Result<KeyPair> {
    let policy = openpgp::policy::StandardPolicy::new();
    let mut keys = cert.keys().with_policy(&policy, None).for_signing().secret();
    let key = keys.next().ok_or_else(|| io::Error::other("no signing key"))?;
    key.key().clone().into_keypair().map_err(io::Error::other)
}

/// A message and a document of one source.
fn pair(key: &EncryptionKey, seed: u8, text: &str) -> io::Result<Content> {
    let minutes = format!("Minutes of the board, {seed}.\n");
    let document = Entry::document(key, b"minutes.txt", minutes.as_bytes())?;
    Content::new(seed, vec![Entry::message(key, text)?, document])
}

fn item(seed: u8, number: usize, entry: &Entry) -> io::Result<Item> {
    let id = format!("8d4aa076-59d8-44e8-80ca-{seed:04x}{number:08x}");
    Ok(Item {
        source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().map_err(io::Error::other)?,
        item: id.parse().map_err(io::Error::other)?,
        number: u32::try_from(number).map_err(io::Error::other)?,
        kind: entry.kind,
        designation: "focal ghost".to_owned().try_into().map_err(io::Error::other)?,
        size: entry.ciphertext.len() as u64,
        sha256: Sha256::of(&entry.ciphertext),
        blake3: Blake3::of(&entry.ciphertext),
    })
}

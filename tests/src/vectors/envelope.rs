//! Sealed manifests: as they should be, and as they should not.

use std::io::{self, Write as _};
use std::time::Duration;

use openpgp::cert::Cert;
use openpgp::crypto::KeyPair;
use openpgp::packet::signature::SignatureBuilder;
use openpgp::parse::Parse as _;
use openpgp::serialize::Serialize as _;
use openpgp::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Signer};
use openpgp::types::{HashAlgorithm, SignatureType, SymmetricAlgorithm};
use sequoia_openpgp as openpgp;

use super::kit::{Kit, signer};
use crate::ciphertext::keys;

/// Block types of a zstd frame, in the two bits behind "last".
const RAW: usize = 0;

/// The JSON as one zstd frame.
pub(super) fn frame(json: &[u8]) -> io::Result<Vec<u8>> {
    zstd::encode_all(json, 3)
}

/// The same with the checksum of the content behind it.
pub(super) fn frame_with_checksum(json: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3)?;
    encoder.include_checksum(true)?;
    encoder.write_all(json)?;
    encoder.finish()
}

/// One raw block in a frame that asks for a window of two to this power.
pub(super) fn frame_with_window(json: &[u8], log: u8) -> Vec<u8> {
    let block = (1 | RAW << 1 | json.len() << 3).to_le_bytes();
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3], &block[..3], json].concat()
}

/// A layer of a message, from the outside in.
#[derive(Clone)]
pub(super) enum Layer {
    /// ASCII armor.
    Armor,
    /// Encrypted to the submission key with this cipher.
    Encrypted(SymmetricAlgorithm),
    /// Signed by these keys, one beside the other, with this hash.
    Signed(Vec<KeyPair>, HashAlgorithm),
    /// Signed for one year.
    Expiring(Box<KeyPair>),
}

impl Layer {
    /// Encrypted as it should be.
    pub(super) const AES: Self = Self::Encrypted(SymmetricAlgorithm::AES256);

    /// Signed by one key as it should be.
    pub(super) fn signed(key: KeyPair) -> Self {
        Self::Signed(vec![key], HashAlgorithm::SHA512)
    }
}

/// A message of these layers around a literal packet.
pub(super) fn layers(kit: &Kit, layers: Vec<Layer>, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut sink = Vec::new();
    let mut message = Message::new(&mut sink);
    for layer in layers {
        let built = match layer {
            Layer::Armor => Armorer::new(message).build(),
            Layer::Encrypted(cipher) => {
                Encryptor::for_recipients(message, [kit.submission.recipient()])
                    .symmetric_algo(cipher)
                    .build()
            }
            Layer::Signed(keys, hash) => signed(message, keys, hash),
            Layer::Expiring(key) => {
                let template = SignatureBuilder::new(SignatureType::Binary);
                template
                    .set_signature_validity_period(Duration::from_hours(365 * 24))
                    .and_then(|t| Signer::with_template(message, *key, t))
                    .and_then(Signer::build)
            }
        };
        message = built.map_err(io::Error::other)?;
    }
    let mut literal = LiteralWriter::new(message).build().map_err(io::Error::other)?;
    literal.write_all(content)?;
    literal.finalize().map_err(io::Error::other)?;
    Ok(sink)
}

fn signed(
    message: Message<'_>,
    keys: Vec<KeyPair>,
    hash: HashAlgorithm,
) -> openpgp::Result<Message<'_>> {
    let mut keys = keys.into_iter();
    let first = keys.next().ok_or_else(|| io::Error::other("nobody signs"))?;
    let mut signer = Signer::new(message, first)?.hash_algo(hash)?;
    for key in keys {
        signer = signer.add_signer(key)?;
    }
    signer.build()
}

/// A key that is not the workstation's: the source key of the fixtures.
pub(super) fn stranger() -> io::Result<KeyPair> {
    let cert = Cert::from_bytes(keys::SOURCE_SECRET).map_err(io::Error::other)?;
    signer(&cert)
}

/// The newsroom's own submission key, which signs nothing here.
pub(super) fn submission_signer() -> io::Result<KeyPair> {
    let cert = Cert::from_bytes(keys::SUBMISSION_SECRET).map_err(io::Error::other)?;
    signer(&cert)
}

/// One content, with the workstation's signature over another.
pub(super) fn with_signature_over(kit: &Kit, content: &[u8], other: &[u8]) -> io::Result<Vec<u8>> {
    let signed = layers(kit, vec![Layer::signed(kit.signer()?)], other)?;
    let packets = openpgp::PacketPile::from_bytes(&signed).map_err(io::Error::other)?;
    let mut packets: Vec<openpgp::Packet> = packets.into_children().collect();
    for packet in &mut packets {
        if let openpgp::Packet::Literal(literal) = packet {
            literal.set_body(content.to_vec());
        }
    }
    let mut sealed = Vec::new();
    let message = Message::new(&mut sealed);
    let message = Encryptor::for_recipients(message, [kit.submission.recipient()])
        .symmetric_algo(SymmetricAlgorithm::AES256)
        .build();
    let mut message = message.map_err(io::Error::other)?;
    for packet in packets {
        packet.serialize(&mut message).map_err(io::Error::other)?;
    }
    message.finalize().map_err(io::Error::other)?;
    Ok(sealed)
}

//! Ciphertexts no honest server stores, and old kinds an honest server may still hold.

use std::io::{self, Read, Write};

use sequoia_openpgp::Packet;
use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::packet::pkesk::{PKESK, PKESK3};
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::serialize::stream::{Compressor, LiteralWriter, Message, Signer};
use sequoia_openpgp::types::CompressionAlgorithm;

use super::{EncryptionKey, document, encrypt, encryptor};

/// Tag 9, no integrity protection, made by `GnuPG` for the submission key of this repository; it holds
/// [`TAG_9_TEXT`].
pub const TAG_9: &[u8] = include_bytes!("../../data/ciphertexts/tag-9.gpg");
/// The text in [`TAG_9`].
pub const TAG_9_TEXT: &str = "a message without integrity protection\n";
/// A message as servers before `SecureDrop` 2.7 stored it, made by `GnuPG` (a compressed packet
/// inside `SEIPDv1`) for the submission key of this repository; it holds [`GNUPG_TEXT`].
pub const GNUPG: &[u8] = include_bytes!("../../data/ciphertexts/gnupg.gpg");
/// The text in [`GNUPG`].
pub const GNUPG_TEXT: &str = "a message from before SecureDrop 2.7\n";

/// New-format tag byte of a SEIPD packet.
const SEIPD: u8 = 0xc0 | 0x12;
/// New-format tag byte of a packet encrypted without integrity protection.
const SED: u8 = 0xc0 | 0x09;
/// Length of the MDC packet, which ends the plaintext of `SEIPDv1`.
const MDC_LENGTH: usize = 22;

/// `SEIPDv1` whose MDC packet was cut away; everything else is intact, and decrypts.
pub fn without_mdc(to: &EncryptionKey, text: &[u8]) -> io::Result<Vec<u8>> {
    mdc_cut_off(&sealed(to, text)?)
}

/// The same for a short ciphertext of one recipient that is there already.
pub fn mdc_cut_off(ciphertext: &[u8]) -> io::Result<Vec<u8>> {
    let (pkesk, body) = split(ciphertext)?;
    Ok(joined(&pkesk, SEIPD, &body[..body.len() - MDC_LENGTH]))
}

/// `SEIPDv1` relabelled as tag 9, the well-known downgrade: its first block decrypts to garbage.
pub fn downgraded(to: &EncryptionKey, text: &[u8]) -> io::Result<Vec<u8>> {
    relabelled(&sealed(to, text)?)
}

/// The same for a short ciphertext of one recipient that is there already.
pub fn relabelled(ciphertext: &[u8]) -> io::Result<Vec<u8>> {
    let (pkesk, body) = split(ciphertext)?;
    Ok(joined(&pkesk, SED, &body[1..]))
}

/// A message whose wrapped session key has this many bytes, algorithm and checksum included.
pub fn short_session_key(to: &EncryptionKey, text: &[u8], length: usize) -> io::Result<Vec<u8>> {
    let (_, body) = split(&sealed(to, text)?)?;
    let esk = to.key.encrypt(&vec![9; length].into()).map_err(io::Error::other)?;
    let pkesk = PKESK3::new(Some(to.key.keyid()), to.key.pk_algo(), esk);
    let packet = Packet::from(PKESK::from(pkesk.map_err(io::Error::other)?));
    Ok(joined(&packet.to_vec().map_err(io::Error::other)?, SEIPD, &body))
}

/// A message whose encrypted packet has this many bytes and says so: all of it needs 41 at least,
/// for a version, a random prefix and the MDC packet.
pub fn short_packet(to: &EncryptionKey, text: &[u8], length: usize) -> io::Result<Vec<u8>> {
    let (pkesk, body) = split(&sealed(to, text)?)?;
    Ok(joined(&pkesk, SEIPD, &body[..length.min(body.len())]))
}

/// A literal packet and nothing around it.
pub fn unencrypted(text: &[u8], sink: impl Write + Send + Sync) -> io::Result<()> {
    literal(Message::new(sink), text)
}

/// A text signed by this secret key and not encrypted.
pub fn signed_only(secret: &str, text: &[u8], sink: impl Write + Send + Sync) -> io::Result<()> {
    let cert = Cert::from_bytes(secret.as_bytes()).map_err(io::Error::other)?;
    let key = cert.primary_key().key().clone().parts_into_secret().map_err(io::Error::other)?;
    let signer = key.into_keypair().map_err(io::Error::other)?;
    let signer = Signer::new(Message::new(sink), signer).map_err(io::Error::other)?;
    literal(signer.build().map_err(io::Error::other)?, text)
}

/// What `content` yields behind a compressed packet, as `GnuPG` writes it; fed with zeros it is a bomb
/// of about 1000:1 that needs no gzip.
pub fn compressed(
    to: &EncryptionKey,
    content: impl Read,
    sink: impl Write + Send + Sync,
) -> io::Result<()> {
    let message = encryptor(&[to], Message::new(sink))?;
    let message = Compressor::new(message).algo(CompressionAlgorithm::Zip);
    literal(message.build().map_err(io::Error::other)?, content)
}

/// A document of this many zero bytes: about 1000:1.
pub fn gzip_bomb(to: &EncryptionKey, zeros: u64, sink: impl Write + Send + Sync) -> io::Result<()> {
    document(to, Some(b"zeros.bin"), io::repeat(0).take(zeros), sink)
}

/// The same bytes without the last `missing` ones.
pub fn truncated(ciphertext: &[u8], missing: usize) -> Vec<u8> {
    ciphertext[..ciphertext.len().saturating_sub(missing)].to_vec()
}

/// The same bytes with one bit flipped, `from_end` bytes before the end (0 is the last byte).
pub fn flipped(ciphertext: &[u8], from_end: usize) -> Vec<u8> {
    let mut bytes = ciphertext.to_vec();
    if let Some(byte) = bytes.iter_mut().rev().nth(from_end) {
        *byte ^= 1;
    }
    bytes
}

fn literal(message: Message<'_>, mut content: impl Read) -> io::Result<()> {
    let mut literal = LiteralWriter::new(message).build().map_err(io::Error::other)?;
    io::copy(&mut content, &mut literal)?;
    literal.finalize().map_err(io::Error::other)
}

fn sealed(to: &EncryptionKey, text: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    encrypt(&[to], text, &mut bytes)?;
    Ok(bytes)
}

/// The first packet as it stands, and the body of the second: of one recipient and a short text.
fn split(ciphertext: &[u8]) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let odd = || io::Error::other("this is not PKESK and SEIPD");
    let (head, length) = frame(ciphertext).ok_or_else(odd)?;
    let (pkesk, rest) = ciphertext.split_at_checked(head + length).ok_or_else(odd)?;
    let (head, length) = frame(rest).ok_or_else(odd)?;
    let body = rest.get(head..head + length).filter(|b| b.len() > MDC_LENGTH).ok_or_else(odd)?;
    Ok((pkesk.to_vec(), body.to_vec()))
}

/// Lengths of a new-format packet's head and body; partial lengths are not for short texts.
fn frame(packet: &[u8]) -> Option<(usize, usize)> {
    Some(match *packet.get(1)? {
        first @ 0..192 => (2, usize::from(first)),
        first @ 192..224 => {
            (3, (usize::from(first) - 192) * 256 + usize::from(*packet.get(2)?) + 192)
        }
        255 => {
            let length = packet.get(2..6)?.try_into().ok()?;
            (6, usize::try_from(u32::from_be_bytes(length)).ok()?)
        }
        _ => return None,
    })
}

fn joined(pkesk: &[u8], tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    [pkesk, &[tag, 255], &length, body].concat()
}

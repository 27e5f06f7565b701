//! Messages, whole and as the packets inside.

use std::io::{self, Write as _};
use std::path::Path;

use openpgp::Cert;
use openpgp::crypto::KeyPair;
use openpgp::parse::Parse as _;
use openpgp::policy::StandardPolicy;
use openpgp::serialize::stream::padding::Padder;
use openpgp::serialize::stream::{Compressor, LiteralWriter, Message, Signer};
use openpgp::types::{CompressionAlgorithm, DataFormat};
use sd_fuzz::openpgp::{SIGNED, wrap};
use sequoia_openpgp as openpgp;

use super::Seeds;

/// Read as it is, or as what stands inside; signed or not.
const WHOLE: u8 = 0;
const INSIDE: u8 = 1;
const WITH_SIGNATURE: u8 = 2;

pub(super) fn messages() -> io::Result<Seeds> {
    let mut seeds = stored()?;
    let text = literal(b"Meet me at the old mill.")?;
    let signed = signed()?;
    let inside = [
        ("text", text.clone()),
        ("empty", literal(b"")?),
        ("long", literal(&[b'l'; 9000])?),
        ("too-long", literal(&vec![0; 70_000])?),
        ("zip", compressed(CompressionAlgorithm::Zip, b"packed")?),
        ("zlib", compressed(CompressionAlgorithm::Zlib, &vec![b'z'; 3000])?),
        ("bzip2", compressed(CompressionAlgorithm::BZip2, b"packed")?),
        ("bomb", compressed(CompressionAlgorithm::Zip, &vec![0; 200_000])?),
        ("padded", padded()?),
        ("two-literals", [&text[..], &text[..]].concat()),
        ("encrypted-twice", wrap(&text)),
        ("signed", signed.clone()),
        ("nothing", Vec::new()),
    ];
    for (name, packets) in &inside {
        seeds.push((format!("inside-{name}"), with(INSIDE, packets)));
        seeds.push((format!("whole-{name}"), with(WHOLE, &wrap(packets))));
    }
    seeds.push(("signature-inside".to_owned(), with(INSIDE | WITH_SIGNATURE, &signed)));
    seeds.push(("signature-whole".to_owned(), with(WHOLE | WITH_SIGNATURE, &wrap(&signed))));
    seeds.push(("signature-missing".to_owned(), with(INSIDE | WITH_SIGNATURE, &text)));
    let twice = [&signed[..], &text[..]].concat();
    seeds.push(("signature-and-more".to_owned(), with(INSIDE | WITH_SIGNATURE, &twice)));
    seeds.retain(|(_, seed)| seed.len() < 12_000);
    Ok(seeds)
}

/// What real servers and GnuPG stored; its session keys are others.
fn stored() -> io::Result<Seeds> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let mut seeds = Seeds::new();
    for (name, path) in [
        ("stored-message", "recordings/blobs/030-download-msg.bin"),
        ("stored-document", "recordings/blobs/031-download-doc.bin"),
        ("stored-by-gnupg", "ciphertexts/gnupg.gpg"),
        ("stored-tag-9", "ciphertexts/tag-9.gpg"),
    ] {
        seeds.push((name.to_owned(), with(WHOLE, &std::fs::read(data.join(path))?)));
    }
    Ok(seeds)
}

fn with(how: u8, bytes: &[u8]) -> Vec<u8> {
    [&[how], bytes].concat()
}

fn literal(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write(Message::new(&mut out), content)?;
    Ok(out)
}

fn compressed(algorithm: CompressionAlgorithm, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let message = Compressor::new(Message::new(&mut out)).algo(algorithm).build();
    write(message.map_err(io::Error::other)?, content)?;
    Ok(out)
}

fn padded() -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let message = Padder::new(Message::new(&mut out)).build().map_err(io::Error::other)?;
    write(message, b"padded")?;
    Ok(out)
}

fn signed() -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let message = Signer::new(Message::new(&mut out), workstation()?).and_then(Signer::build);
    write(message.map_err(io::Error::other)?, SIGNED)?;
    Ok(out)
}

fn write(message: Message<'_>, content: &[u8]) -> io::Result<()> {
    let literal = LiteralWriter::new(message).format(DataFormat::Binary).build();
    let mut literal = literal.map_err(io::Error::other)?;
    literal.write_all(content)?;
    literal.finalize().map_err(io::Error::other)
}

/// The workstation of the test vectors; its secret key is public.
fn workstation() -> io::Result<KeyPair> {
    let cert = Cert::from_bytes(include_bytes!("../../../vectors/bundle/workstation.sec.asc"));
    let cert = cert.map_err(io::Error::other)?;
    let policy = StandardPolicy::new();
    let mut keys = cert.keys().with_policy(&policy, None).for_signing().secret();
    let key = keys.next().ok_or_else(|| io::Error::other("no signing key"))?;
    key.key().clone().into_keypair().map_err(io::Error::other)
}

//! Each ciphertext is taken apart again, packet by packet, with the secret key.

use std::io::Read;

use flate2::read::GzDecoder;
use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::packet::{Packet, SEIP};
use sequoia_openpgp::parse::{PacketParser, PacketParserResult, Parse};
use sequoia_openpgp::types::{DataFormat, SymmetricAlgorithm};

use super::{Encoding, broken, document, fname_of_upload, keys, message, reply};

/// What a ciphertext was made of: packet names, the literal's content.
#[derive(Debug, Default)]
struct TakenApart {
    packets: Vec<String>,
    content: Vec<u8>,
}

/// Walks through all packets, opening the container with this secret key.
fn take_apart(ciphertext: &[u8], secret: &str) -> TakenApart {
    try_take_apart(ciphertext, secret).unwrap()
}

fn try_take_apart(ciphertext: &[u8], secret: &str) -> sequoia_openpgp::Result<TakenApart> {
    let cert = Cert::from_bytes(secret.as_bytes()).unwrap();
    let mut found = TakenApart::default();
    let mut session_key = None;
    let mut parsing = PacketParser::from_bytes(ciphertext)?;
    while let PacketParserResult::Some(mut packet) = parsing {
        found.packets.push(name_of(&packet.packet));
        match &packet.packet {
            Packet::PKESK(pkesk) => session_key = session_key.or_else(|| open(&cert, pkesk)),
            Packet::SEIP(_) => {
                let (algorithm, key) = session_key.as_ref().expect("no session key");
                packet.decrypt(*algorithm, key)?;
            }
            Packet::Literal(literal) => {
                assert_eq!(literal.format(), DataFormat::Binary);
                assert_eq!((literal.filename(), literal.date()), (None, None));
                packet.read_to_end(&mut found.content)?;
            }
            _ => {}
        }
        parsing = packet.recurse()?.1;
    }
    Ok(found)
}

type SessionKey = (Option<SymmetricAlgorithm>, sequoia_openpgp::crypto::SessionKey);

fn open(cert: &Cert, pkesk: &sequoia_openpgp::packet::PKESK) -> Option<SessionKey> {
    cert.keys().secret().find_map(|key| {
        let mut pair = key.key().clone().into_keypair().ok()?;
        pkesk.decrypt(&mut pair, None)
    })
}

fn name_of(packet: &Packet) -> String {
    match packet {
        Packet::PKESK(p) => format!("PKESK v{}", p.version()),
        Packet::SEIP(SEIP::V1(_)) => "SEIP v1".to_owned(),
        other => other.tag().to_string(),
    }
}

fn made(make: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    make(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_message_is_pkesk_seip_v1_literal_and_mdc() {
    let key = keys::submission().unwrap();
    let bytes = made(|sink| message(&key, "Grüße\n", sink));
    let found = take_apart(&bytes, keys::SUBMISSION_SECRET);
    let mdc = found.packets.last().unwrap().clone();
    assert_eq!(found.packets[..3], ["PKESK v3", "SEIP v1", "Literal Data Packet"], "{mdc}");
    assert_eq!(found.packets.len(), 4);
    assert_eq!(found.content, "Grüße\n".as_bytes());
}

#[test]
fn the_development_key_can_be_encrypted_to_despite_its_old_signatures() {
    let bytes = made(|sink| message(&keys::securedrop_dev().unwrap(), "hello", sink));
    assert_eq!(take_apart(&bytes, keys::SECUREDROP_DEV_SECRET).content, b"hello");
    // 3 + 524 bytes of PKESK, as recorded, to the encryption subkey C3E7C4C0A2201B2A.
    assert_eq!(bytes[..4], [0xc1, 0xc1, 0x4c, 3]);
    assert_eq!(bytes[4..12], [0xc3, 0xe7, 0xc4, 0xc0, 0xa2, 0x20, 0x1b, 0x2a]);
}

#[test]
fn a_document_is_gzip_with_exactly_the_header_python_writes() {
    let key = keys::submission().unwrap();
    let bytes = made(|sink| document(&key, Some(b"../../x"), &b"content"[..], sink));
    let gzip = take_apart(&bytes, keys::SUBMISSION_SECRET).content;
    assert_eq!(gzip[..10], [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 2, 255]);
    assert_eq!(&gzip[10..18], b"../../x\0");
    let mut content = String::new();
    GzDecoder::new(gzip.as_slice()).read_to_string(&mut content).unwrap();
    assert_eq!(content, "content");
}

#[test]
fn a_document_without_a_name_has_no_fname_flag() {
    let key = keys::submission().unwrap();
    let bytes = made(|sink| document(&key, None, &b"x"[..], sink));
    assert_eq!(take_apart(&bytes, keys::SUBMISSION_SECRET).content[3], 0);
}

#[test]
fn above_four_mebibytes_the_body_leaves_in_partial_chunks() {
    let key = keys::submission().unwrap();
    let noise: Vec<u8> =
        (0..5_000_000_u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let bytes = made(|sink| super::encrypt(&[&key], noise.as_slice(), sink));
    // 527 bytes of PKESK, the tag, then "partial, 2^22 bytes".
    assert_eq!(bytes[527..529], [0xd2, 0xe0 | 0x16]);
    assert_eq!(take_apart(&bytes, keys::SUBMISSION_SECRET).content, noise);
}

#[test]
fn a_reply_opens_with_either_key_in_either_encoding() {
    let (source, submission) = (keys::source().unwrap(), keys::submission().unwrap());
    for encoding in [Encoding::Binary, Encoding::Armored] {
        let bytes = made(|sink| reply(&source, &submission, "thank you", encoding, sink));
        let is_armored = bytes.starts_with(b"-----BEGIN PGP MESSAGE-----\n");
        assert_eq!(is_armored, encoding == Encoding::Armored);
        for secret in [keys::SOURCE_SECRET, keys::SUBMISSION_SECRET] {
            let found = take_apart(&bytes, secret);
            assert_eq!(found.content, b"thank you");
            assert_eq!(found.packets[..2], ["PKESK v3", "PKESK v3"]);
        }
    }
}

#[test]
fn names_of_uploads_become_what_a_real_server_stored() {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("../../data/recordings/hostile-names.json")).unwrap();
    let mut compared = 0;
    for item in recorded["items"].as_array().unwrap() {
        let (Some(name), Some(gzip)) = (item["submitted_name"].as_str(), item.get("gzip")) else {
            continue;
        };
        let fname = fname_of_upload(name).map(|f| String::from_utf8(f).unwrap());
        assert_eq!(fname.as_deref(), gzip["fname"].as_str(), "{name}");
        compared += 1;
    }
    assert!(compared >= 15, "only {compared} names compared");
}

#[test]
fn a_cut_mdc_is_missed_by_whoever_looks_for_it() {
    let key = keys::submission().unwrap();
    let text = b"a text that is a good deal longer than an MDC packet";
    let whole = made(|sink| super::encrypt(&[&key], &text[..], sink));
    let cut = broken::without_mdc(&key, text).unwrap();
    // 22 bytes of MDC less; the length field takes five bytes instead of one.
    assert_eq!(cut.len(), whole.len() - 22 + 4);
    assert!(try_take_apart(&whole, keys::SUBMISSION_SECRET).is_ok());
    assert!(try_take_apart(&cut, keys::SUBMISSION_SECRET).is_err());
}

#[test]
fn a_downgraded_ciphertext_carries_tag_9() {
    let bytes = broken::downgraded(&keys::submission().unwrap(), b"hello").unwrap();
    assert_eq!(bytes[527], 0xc0 | 9);
    assert_eq!(broken::TAG_9[527], 0xc0 | 9);
}

#[test]
fn the_unencrypted_kinds_are_what_they_say() {
    let plain = made(|sink| broken::unencrypted(b"hello", sink));
    assert_eq!(take_apart(&plain, keys::SUBMISSION_SECRET).packets, ["Literal Data Packet"]);
    let signed = made(|sink| broken::signed_only(keys::SUBMISSION_SECRET, b"hello", sink));
    let names = take_apart(&signed, keys::SUBMISSION_SECRET).packets;
    assert_eq!(names, ["One-Pass Signature Packet", "Literal Data Packet", "Signature Packet"]);
}

#[test]
fn the_compressed_kind_has_a_compressed_packet() {
    let key = keys::submission().unwrap();
    let ours = made(|sink| broken::compressed(&key, &b"hello"[..], sink));
    let found = take_apart(&ours, keys::SUBMISSION_SECRET);
    assert_eq!(found.content, b"hello");
    assert_eq!(found.packets[2], "Compressed Data Packet");
}

#[test]
fn a_bomb_is_a_thousand_times_smaller_than_what_it_holds() {
    let key = keys::submission().unwrap();
    let bytes = made(|sink| broken::gzip_bomb(&key, 20 << 20, sink));
    assert!(bytes.len() < 25_000, "{}", bytes.len());
}

//! Sealing and opening, with a key that lives in the test.
#![expect(clippy::expect_used, reason = "a test that cannot go on should say where")]

use std::io::Read as _;
use std::time::SystemTime;

use openpgp::cert::CertBuilder;
use openpgp::packet::Packet;
use openpgp::parse::Parse as _;
use openpgp::{Cert, Profile};
use sd_pgp::{Certificate, Expect, OpenError, OpenLimits, PkeskBytes, SessionKeyBytes, open, seal};
use sequoia_openpgp as openpgp;

fn key() -> Cert {
    CertBuilder::new()
        .set_profile(Profile::RFC4880)
        .expect("known")
        .add_userid("test")
        .add_signing_subkey()
        .add_storage_encryption_subkey()
        .generate()
        .expect("made")
        .0
}

fn signer(cert: &Cert) -> openpgp::crypto::KeyPair {
    let policy = openpgp::policy::StandardPolicy::new();
    let key = cert.keys().with_policy(&policy, None).for_signing().secret().next().expect("one");
    key.key().clone().into_keypair().expect("unlocked")
}

fn holder(cert: Cert) -> impl FnMut(PkeskBytes) -> Option<SessionKeyBytes> {
    move |question| {
        let Ok(Packet::PKESK(pkesk)) = Packet::from_bytes(&question.packet) else { return None };
        cert.keys().secret().find_map(|k| {
            let mut pair = k.key().clone().parts_into_secret().ok()?.into_keypair().ok()?;
            let (algorithm, key) = pkesk.decrypt(&mut pair, None)?;
            Some(SessionKeyBytes { algorithm: algorithm.map_or(0, u8::from), key })
        })
    }
}

fn opened(
    message: &[u8],
    expect: Expect<'_>,
    key: &Cert,
    limit: u64,
) -> Result<Vec<u8>, OpenError> {
    let limits = OpenLimits { plaintext: limit, ..OpenLimits::default() };
    open(message, expect, limits, holder(key.clone()), |source| {
        let mut out = Vec::new();
        source.read_to_end(&mut out)?;
        Ok(out)
    })
    .map(|o| o.value)
}

fn public(cert: &Cert) -> Certificate {
    Certificate::of(cert).expect("a certificate")
}

#[test]
fn what_was_sealed_opens_for_its_recipient_and_names_its_signer() {
    let (sender, recipient) = (key(), key());
    let sealed =
        seal(b"manifest", signer(&sender), &public(&recipient), SystemTime::now()).expect("sealed");
    let signed_by = public(&sender);
    let plain = opened(&sealed, Expect::SignedBy(&signed_by), &recipient, 100).expect("opened");
    assert_eq!(plain, b"manifest");
    assert_eq!(opened(&sealed, Expect::Encrypted, &recipient, 100).expect("opened"), b"manifest");
}

#[test]
fn a_message_signed_by_another_key_is_refused() {
    let (sender, other, recipient) = (key(), key(), key());
    let sealed =
        seal(b"manifest", signer(&other), &public(&recipient), SystemTime::now()).expect("sealed");
    let expected = public(&sender);
    let refused = opened(&sealed, Expect::SignedBy(&expected), &recipient, 100);
    assert_eq!(refused, Err(OpenError::BadSignature));
}

#[test]
fn a_message_for_another_key_is_refused() {
    let (sender, recipient) = (key(), key());
    let sealed =
        seal(b"manifest", signer(&sender), &public(&recipient), SystemTime::now()).expect("sealed");
    assert_eq!(opened(&sealed, Expect::Encrypted, &key(), 100), Err(OpenError::NoKey));
}

#[test]
fn content_above_the_limit_is_refused_by_name() {
    let (sender, recipient) = (key(), key());
    let sealed =
        seal(&[7; 1000], signer(&sender), &public(&recipient), SystemTime::now()).expect("sealed");
    assert_eq!(opened(&sealed, Expect::Encrypted, &recipient, 999), Err(OpenError::TooLong(999)));
    assert!(opened(&sealed, Expect::Encrypted, &recipient, 1000).is_ok());
}

#[test]
fn every_changed_byte_is_refused() {
    let (sender, recipient) = (key(), key());
    let sealed =
        seal(b"manifest", signer(&sender), &public(&recipient), SystemTime::now()).expect("sealed");
    let signed_by = public(&sender);
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 0x20;
        // The library panics on a few of these: in a worker that is an end like any other.
        let attempt = std::panic::catch_unwind(|| {
            opened(&changed, Expect::SignedBy(&signed_by), &recipient, 100)
        });
        if let Ok(Ok(plain)) = attempt {
            // Only bytes that OpenPGP itself gives no meaning may change without notice, and
            // then the content is the signed one.
            assert_eq!(plain, b"manifest", "byte {at}");
        }
        if at > 0 {
            let cut = std::panic::catch_unwind(|| {
                opened(&sealed[..at], Expect::SignedBy(&signed_by), &recipient, 100)
            });
            assert!(!matches!(cut, Ok(Ok(_))), "cut at {at}");
        }
    }
}

#[test]
fn unencrypted_content_is_refused() {
    // A literal data packet, old format: anybody could have put it there.
    let literal = [&[0xac, 10][..], b"b\0\0\0\0\0hell"].concat();
    assert_eq!(opened(&literal, Expect::Encrypted, &key(), 100), Err(OpenError::NotEncrypted));
    assert!(opened(b"hello", Expect::Encrypted, &key(), 100).is_err());
    assert!(opened(b"", Expect::Encrypted, &key(), 100).is_err());
}

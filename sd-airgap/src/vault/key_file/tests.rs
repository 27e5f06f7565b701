use std::time::SystemTime;

use openpgp::crypto::mpi::{self, Ciphertext, MPI};
use openpgp::crypto::{KeyPair, SessionKey};
use openpgp::packet::Key;
use openpgp::packet::key::{Key4, SecretKeyMaterial};
use openpgp::packet::pkesk::{PKESK3, PKESK6};
use openpgp::serialize::SerializeInto as _;
use openpgp::types::{Curve, PublicKeyAlgorithm, SymmetricAlgorithm};

use sd_term::Status;

use super::*;

/// RSA-4096, made by GnuPG; no passphrase.
const DEV: &[u8] = include_bytes!("../../../pgp/tests/data/securedrop-dev.sec.asc");

const NO_SESSION_KEY: &str = "not a wrapped session key";

fn rsa(bits: usize) -> SecretKey {
    Key::V4(Key4::generate_rsa(bits).expect("a key"))
}

fn cv25519() -> SecretKey {
    Key::V4(Key4::generate_ecc(false, Curve::Cv25519).expect("a key"))
}

fn by_gnupg() -> SecretKey {
    let cert = Cert::from_bytes(DEV).expect("a certificate");
    cert.keys().secret().last().expect("a subkey").key().clone()
}

fn holding(keys: impl IntoIterator<Item = SecretKey>) -> KeyFile {
    KeyFile { keys: keys.into_iter().map(Unlocked::new).collect() }
}

/// As it was before AWS-LC, and is for every other key.
fn by_the_library(key: &SecretKey) -> KeyFile {
    KeyFile { keys: vec![Unlocked::ByLibrary(key.clone())] }
}

fn is_by_aws_lc(vault: &KeyFile) -> bool {
    vault.keys.iter().all(|key| matches!(key, Unlocked::ByAwsLc(_)))
}

fn session_key(seed: u8) -> SessionKey {
    (0..32).map(|n| n ^ seed).collect::<Vec<u8>>().into()
}

fn wrapped(key: &SecretKey, seed: u8) -> PKESK3 {
    PKESK3::for_recipient(SymmetricAlgorithm::AES256, &session_key(seed), key).expect("wrapped")
}

fn with_number(pkesk: &PKESK3, number: &[u8]) -> PKESK {
    let mut pkesk = pkesk.clone();
    pkesk.set_esk(Ciphertext::RSA { c: MPI::new(number) });
    pkesk.into()
}

/// What came of it: in hex, or in the words that a person reads.
fn outcome(unwrapped: Unwrapped) -> String {
    match unwrapped {
        Unwrapped::Key(session) => {
            format!("{} {}", session.algorithm, openpgp::fmt::hex::encode(&session.key))
        }
        Unwrapped::Failed(why) => why.to_string(),
        Unwrapped::NotOurs => "not ours".to_owned(),
    }
}

/// What the library alone makes of it.
fn outcome_of(pkesk: &PKESK, pair: &mut KeyPair) -> String {
    let (algorithm, key) = pkesk.decrypt(pair, None).expect("unwrapped");
    outcome(Unwrapped::Key(SessionKeyBytes { algorithm: algorithm.map_or(0, u8::from), key }))
}

#[test]
fn both_ways_give_the_same_session_key() {
    let keys = [rsa(2048), rsa(3072), by_gnupg(), cv25519()];
    let by_aws_lc = [true, true, true, false];
    for (key, by_aws_lc) in keys.into_iter().zip(by_aws_lc) {
        let mut pair = key.clone().into_keypair().expect("not locked");
        let vault = holding([key.clone()]);
        assert_eq!(is_by_aws_lc(&vault), by_aws_lc, "{:?}", key.mpis().bits());
        for seed in 0..4 {
            let named = wrapped(&key, seed);
            let mut hidden = named.clone();
            hidden.set_recipient(None);
            let newer = PKESK6::for_recipient(&session_key(seed), &key).expect("wrapped");
            for pkesk in [named.into(), hidden.into(), PKESK::from(newer)] {
                assert_eq!(outcome(vault.unwrap(&pkesk)), outcome_of(&pkesk, &mut pair));
            }
        }
    }
}

#[test]
fn several_threads_use_one_key_at_once() {
    let key = rsa(2048);
    let vault = holding([key.clone()]);
    let expected = format!("9 {}", openpgp::fmt::hex::encode(session_key(7)));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let unwrapped = vault.unwrap(&wrapped(&key, 7).into());
                    assert_eq!(outcome(unwrapped), expected);
                }
            });
        }
    });
}

#[test]
fn a_wrapped_session_key_with_leading_zeros_unwraps() {
    let key = rsa(2048);
    let short =
        |pkesk: &PKESK3| matches!(pkesk.esk(), Ciphertext::RSA { c } if c.value().len() < 256);
    let pkesk = (0..100_000).map(|_| wrapped(&key, 1)).find(short).expect("one in 256").into();
    let mut pair = key.clone().into_keypair().expect("not locked");
    assert_eq!(outcome(holding([key]).unwrap(&pkesk)), outcome_of(&pkesk, &mut pair));
}

#[test]
fn a_damaged_session_key_is_refused_in_the_same_words_both_ways() {
    let key = rsa(2048);
    let (ours, library) = (holding([key.clone()]), by_the_library(&key));
    let pkesk = wrapped(&key, 1);
    let Ciphertext::RSA { c } = pkesk.esk() else { panic!("not RSA") };
    for at in (0..c.value().len()).step_by(16) {
        let mut number = c.value().to_vec();
        number[at] ^= 0x20;
        let damaged = with_number(&pkesk, &number);
        assert_eq!(outcome(ours.unwrap(&damaged)), NO_SESSION_KEY, "byte {at}");
        assert_eq!(outcome(library.unwrap(&damaged)), NO_SESSION_KEY, "byte {at}");
    }
}

#[test]
fn a_number_that_no_encryption_makes_is_refused_in_the_same_words_both_ways() {
    let key = rsa(2048);
    let (ours, library) = (holding([key.clone()]), by_the_library(&key));
    let mpi::PublicKey::RSA { n, .. } = key.mpis() else { panic!("not RSA") };
    let mut less_one = n.value().to_vec();
    less_one[255] -= 1;
    let longer = [n.value(), &[0; 8]].concat();
    for number in [&[][..], &[1], &[2], &less_one, n.value(), &longer, &[0xff; 2048]] {
        let odd = with_number(&wrapped(&key, 1), number);
        assert_eq!(outcome(ours.unwrap(&odd)), NO_SESSION_KEY, "{} bytes", number.len());
        assert_eq!(outcome(library.unwrap(&odd)), NO_SESSION_KEY, "{} bytes", number.len());
    }
}

#[test]
fn a_session_key_of_another_algorithm_is_refused() {
    let (key, curve) = (rsa(2048), cv25519());
    let mut theirs = wrapped(&curve, 1);
    theirs.set_recipient(Some(key.keyid()));
    assert_eq!(outcome(holding([key.clone()]).unwrap(&theirs.into())), NO_SESSION_KEY);
    let mut ours = wrapped(&key, 1);
    ours.set_recipient(Some(curve.keyid()));
    assert_eq!(outcome(holding([curve]).unwrap(&ours.into())), NO_SESSION_KEY);
}

#[test]
fn a_hidden_recipient_is_found_among_all_keys() {
    let keys = [rsa(2048), cv25519(), rsa(3072), rsa(1024)];
    let vault = holding(keys.clone());
    for key in keys {
        let mut hidden = wrapped(&key, 3);
        hidden.set_recipient(None);
        let mut pair = key.into_keypair().expect("not locked");
        let hidden = hidden.into();
        assert_eq!(outcome(vault.unwrap(&hidden)), outcome_of(&hidden, &mut pair));
    }
    let mut foreign = wrapped(&rsa(2048), 3);
    foreign.set_recipient(None);
    assert_eq!(outcome(vault.unwrap(&foreign.into())), "not ours");
}

/// The numbers of an RSA key: e, n, d, p, q, u.
fn numbers(key: &SecretKey) -> [Vec<u8>; 6] {
    let mpi::PublicKey::RSA { e, n } = key.mpis() else { panic!("not RSA") };
    let SecretKeyMaterial::Unencrypted(secret) = key.secret() else { panic!("locked") };
    secret.map(|secret| {
        let mpi::SecretKeyMaterial::RSA { d, p, q, u } = secret else { panic!("not RSA") };
        let [d, p, q, u] = [d, p, q, u].map(|number| number.value().to_vec());
        [e.value().to_vec(), n.value().to_vec(), d, p, q, u]
    })
}

#[expect(clippy::many_single_char_names, reason = "RSA's numbers have these names everywhere")]
fn made_of([e, n, d, p, q, u]: [Vec<u8>; 6]) -> SecretKey {
    let secret = mpi::SecretKeyMaterial::RSA { d: d.into(), p: p.into(), q: q.into(), u: u.into() };
    let public = mpi::PublicKey::RSA { e: e.into(), n: n.into() };
    let algorithm = PublicKeyAlgorithm::RSAEncryptSign;
    let now = SystemTime::now();
    Key::V4(Key4::with_secret(now, algorithm, public, secret.into()).expect("a key"))
}

#[test]
fn a_key_that_aws_lc_does_not_take_opens_its_mail_by_the_library() {
    let [_, _, d, p, q, _] = numbers(&rsa(2048));
    // The exponents change places: the public one has 2048 bits.
    let large = Key4::import_secret_rsa(&[1, 0, 1], &p, &q, None).expect("a key");
    let mut wrong = numbers(&rsa(2048));
    wrong[5][100] ^= 1;
    let keys = [
        ("1024 bits", rsa(1024)),
        ("a large exponent", Key::V4(large)),
        ("a wrong p^-1 mod q", made_of(wrong)),
        ("as it should be", Key::V4(Key4::import_secret_rsa(&d, &p, &q, None).expect("a key"))),
    ];
    for (what, key) in keys {
        let vault = holding([key.clone()]);
        assert_eq!(is_by_aws_lc(&vault), what == "as it should be", "{what}");
        let pkesk = wrapped(&key, 5).into();
        let mut pair = key.into_keypair().expect("not locked");
        assert_eq!(outcome(vault.unwrap(&pkesk)), outcome_of(&pkesk, &mut pair), "{what}");
    }
}

#[test]
fn one_changed_bit_in_any_number_of_a_key_and_aws_lc_does_not_take_it() {
    let good = numbers(&rsa(2048));
    assert!(is_by_aws_lc(&holding([made_of(good.clone())])));
    for which in 0..good.len() {
        for bit in [0, 1, 7] {
            let mut bad = good.clone();
            if let Some(last) = bad[which].last_mut() {
                *last ^= 1 << bit;
            }
            assert!(!is_by_aws_lc(&holding([made_of(bad)])), "number {which}, bit {bit}");
        }
        for number in [&[][..], &[1], &[2], &[0xff; 1024]] {
            let mut bad = good.clone();
            bad[which] = number.to_vec();
            assert!(!is_by_aws_lc(&holding([made_of(bad)])), "number {which}: {number:?}");
        }
    }
}

#[test]
fn a_locked_key_file_opens_by_its_passphrase_and_then_by_aws_lc() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("locked.key");
    let key = by_gnupg();
    let cert = Cert::from_bytes(DEV).expect("a certificate");
    let locked = cert.keys().secret().map(|k| k.key().clone()).collect::<Vec<_>>();
    let locked = locked.into_iter().map(|k| k.encrypt_secret(&"correct horse".into()));
    let locked = locked.map(|k| openpgp::Packet::from(k.expect("locked").role_into_subordinate()));
    let (cert, _) = cert.insert_packets(locked.skip(1)).expect("inserted");
    let (dir, name) = Dir::containing(&path).expect("a directory");
    dir.write_new(&name, &cert.as_tsk().to_vec().expect("serialized")).expect("written");
    let open = |passphrase: &str| KeyFile::open(&path, || Ok(Secret::new(passphrase.to_owned())));
    let refused = open("wrong").err().expect("refused");
    assert_eq!(refused.status, Status::WrongPassphrase);
    let vault = open("correct horse").expect("unlocked");
    assert!(is_by_aws_lc(&vault));
    let pkesk = wrapped(&key, 2).into();
    let mut pair = key.into_keypair().expect("not locked");
    assert_eq!(outcome(vault.unwrap(&pkesk)), outcome_of(&pkesk, &mut pair));
}

#[test]
fn what_is_too_short_for_a_session_key_is_refused_and_nothing_falls_over() {
    let key = rsa(2048);
    for vault in [holding([key.clone()]), by_the_library(&key)] {
        for length in 0..3 {
            let esk = key.encrypt(&vec![9; length].into()).expect("wrapped");
            let v3 = PKESK3::new(Some(key.keyid()), key.pk_algo(), esk.clone()).expect("a packet");
            let v6 = PKESK6::new(Some(key.fingerprint()), key.pk_algo(), esk).expect("a packet");
            for pkesk in [PKESK::from(v3), PKESK::from(v6)] {
                assert_eq!(outcome(vault.unwrap(&pkesk)), NO_SESSION_KEY, "{length}");
            }
        }
    }
}

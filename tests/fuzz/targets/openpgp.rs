//! One OpenPGP message, with a session key that fits.
//!
//! Input: a byte that says how, and bytes that are either the message itself or the packets inside
//! its encryption; then the integrity protection is always good, and the search gets behind it.
//! Whatever is accepted stays within the limit, and is refused as soon as one bit of its encrypted
//! part is another. With a signature asked for, nothing comes out but the one text that the key
//! has ever signed.
#![no_main]

use std::io::Read as _;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sd_fuzz::assert_plain;
use sd_fuzz::openpgp::{ALGORITHM, SESSION_KEY, SIGNED, encrypted_part, known_panic, wrap};
use sd_pgp::{Certificate, Expect, OpenError, OpenLimits, PkeskBytes, SessionKeyBytes, open};

const LIMIT: usize = 64 << 10;

const RECIPIENTS: usize = 4;

static SIGNER: LazyLock<Certificate> = LazyLock::new(|| {
    let armored = include_bytes!("../../vectors/bundle/workstation.pub.asc");
    Certificate::parse(armored).expect("a certificate")
});

fuzz_target!(init: assert!(a_good_message_is_opened()), |data: &[u8]| {
    let Some((how, bytes)) = data.split_first() else { return };
    let wrapped = if how & 1 == 0 { None } else { Some(wrap(bytes)) };
    let message = wrapped.as_deref().unwrap_or(bytes);
    let signed = how & 2 != 0;
    let content = match opened(message, signed) {
        Ok(content) => content,
        Err(why) => return assert_plain(&why.to_string()),
    };
    assert!(content.len() <= LIMIT);
    assert!(!signed || content == SIGNED, "a signature that nobody made");
    let part = encrypted_part(message);
    for at in [part.get(1), part.get(part.len() / 2), part.last()].into_iter().flatten() {
        let mut changed = message.to_vec();
        changed[*at] ^= 1;
        assert!(opened(&changed, signed).is_err(), "byte {at} is another, and nobody minds");
    }
});

/// Otherwise nothing would be tried but refusals.
fn a_good_message_is_opened() -> bool {
    let seed = include_bytes!("../corpus/openpgp/signature-inside");
    opened(&wrap(&seed[1..]), true).is_ok_and(|content| content == SIGNED)
}

fn opened(message: &[u8], signed: bool) -> Result<Vec<u8>, OpenError> {
    let expect = if signed { Expect::SignedBy(&SIGNER) } else { Expect::Encrypted };
    let limits = OpenLimits { plaintext: LIMIT as u64, recipients: RECIPIENTS };
    let mut asked = 0;
    let ask = |question: PkeskBytes| {
        asked += 1;
        assert!(asked <= RECIPIENTS && !question.packet.is_empty());
        Some(SessionKeyBytes { algorithm: ALGORITHM, key: SESSION_KEY.to_vec().into() })
    };
    let consume = |source: &mut sd_pgp::Source<'_, '_>| {
        let mut content = Vec::new();
        let mut part = [0; 4096];
        loop {
            let n = source.read(&mut part)?;
            if n == 0 {
                return Ok(content);
            }
            content.extend_from_slice(&part[..n]);
            assert!(content.len() <= LIMIT, "over the limit");
        }
    };
    known_panic(|| open(message, expect, limits, ask, consume).map(|opening| opening.value))
        .unwrap_or(Err(OpenError::NotAMessage))
}

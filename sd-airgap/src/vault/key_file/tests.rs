use openpgp::packet::key::Key4;
use openpgp::packet::pkesk::{PKESK3, PKESK6};

use super::*;

fn rsa(bits: usize) -> SecretKey {
    Key::V4(Key4::generate_rsa(bits).expect("a key"))
}

fn holding(keys: impl IntoIterator<Item = SecretKey>) -> KeyFile {
    KeyFile { keys: keys.into_iter().collect() }
}

/// Why an unwrapping failed, in the words that a person reads.
fn refusal(unwrapped: &Unwrapped) -> String {
    match unwrapped {
        Unwrapped::Failed(why) => why.to_string(),
        Unwrapped::Key(_) => "unwrapped".to_owned(),
        Unwrapped::NotOurs => "not ours".to_owned(),
    }
}

#[test]
fn what_is_too_short_for_a_session_key_is_refused_and_nothing_falls_over() {
    let key = rsa(2048);
    let vault = holding([key.clone()]);
    for length in 0..3 {
        let esk = key.encrypt(&vec![9; length].into()).expect("wrapped");
        let v3 = PKESK3::new(Some(key.keyid()), key.pk_algo(), esk.clone()).expect("a packet");
        let v6 = PKESK6::new(Some(key.fingerprint()), key.pk_algo(), esk).expect("a packet");
        for pkesk in [PKESK::from(v3), PKESK::from(v6)] {
            assert_eq!(refusal(&vault.unwrap(&pkesk)), "not a wrapped session key", "{length}");
        }
    }
}

//! Messages with a session key that everybody knows, and their framing read a second time.

use std::cell::Cell;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use openpgp::serialize::stream::{Encryptor, Message};
use openpgp::types::SymmetricAlgorithm;
use sequoia_openpgp as openpgp;

/// AES-256.
pub const ALGORITHM: u8 = 9;

/// The session key of every message here.
pub const SESSION_KEY: [u8; 32] = [0x42; 32];

/// The one text that the workstation's key of the test vectors has signed for these targets.
pub const SIGNED: &[u8] = b"what was signed\n";

/// A session key, wrapped in RSA for nobody: whoever is asked gives the key above.
const WRAPPED_KEY: &[u8] = &[0x84, 0x0e, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 16, 0x80, 1];

/// A message with these packets inside its encryption, which is in order.
pub fn wrap(packets: &[u8]) -> Vec<u8> {
    let mut bytes = WRAPPED_KEY.to_vec();
    let message = Message::new(&mut bytes);
    let key = SESSION_KEY.to_vec().into();
    let mut inside = Encryptor::with_session_key(message, SymmetricAlgorithm::AES256, key)
        .and_then(Encryptor::build)
        .expect("a cipher that is known");
    inside.write_all(packets).expect("memory takes everything");
    inside.finalize().expect("memory takes everything");
    bytes
}

/// Where the bytes of the one encrypted packet are, in a message that was accepted; nowhere if it
/// is armored or has its encryption inside of a compressed packet.
pub fn encrypted_part(message: &[u8]) -> Vec<usize> {
    let (mut at, mut found) = (0, Vec::new());
    while let Some(packet) = message.get(at).filter(|tag| *tag & 0x80 != 0) {
        let new = packet & 0x40 != 0;
        let tag = if new { packet & 0x3f } else { packet >> 2 & 15 };
        let body = if new { new_body(message, at + 1) } else { old_body(message, at, packet & 3) };
        at = body.1;
        if tag == 18 {
            assert!(found.is_empty(), "two encrypted packets were accepted");
            found = body.0;
        }
    }
    found
}

/// The bytes of a packet with a new header, and where the next packet begins.
fn new_body(message: &[u8], mut at: usize) -> (Vec<usize>, usize) {
    let mut body = Vec::new();
    let octet = |at: usize| message.get(at).copied().map_or(0, usize::from);
    loop {
        let first = octet(at);
        let (length, header) = match first {
            0..=191 => (first, 1),
            192..=223 => ((first - 192 << 8) + octet(at + 1) + 192, 2),
            255 => ((1..5).fold(0, |n, i| n << 8 | octet(at + i)), 5),
            _ => (1 << (first & 31), 1),
        };
        let end = (at + header).saturating_add(length).min(message.len());
        body.extend((at + header).min(end)..end);
        at = end;
        if !(224..255).contains(&first) || at >= message.len() {
            return (body, at);
        }
    }
}

/// The same with an old header.
fn old_body(message: &[u8], at: usize, kind: u8) -> (Vec<usize>, usize) {
    let octets = [1, 2, 4, 0][usize::from(kind)];
    let octet = |at: usize| message.get(at).copied().map_or(0, usize::from);
    let start = at + 1 + octets;
    let length = (1..=octets).fold(0, |n, i| n << 8 | octet(at + i));
    let end = if kind == 3 { message.len() } else { start.saturating_add(length) };
    let end = end.min(message.len());
    ((start.min(end)..end).collect(), end)
}

/// Panics of the library that are known: place, and the words. The program opens messages in a
/// worker of its own, where a panic ends the worker and is a refusal. README.md tells more.
const KNOWN: &[(&str, u32, &str)] =
    &[("sequoia-openpgp-2.4.2/src/parse.rs", 6367, "kind: UnexpectedEof")];

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs it; a panic on the list of known ones gives `None`, any other ends the fuzzer.
pub fn known_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let deadly = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !(GUARDED.get() && is_known(info)) {
                deadly(info);
            }
        }));
    });
    GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    result.ok()
}

fn is_known(info: &PanicHookInfo<'_>) -> bool {
    let Some(place) = info.location() else { return false };
    let words = info.payload_as_str().unwrap_or_default();
    KNOWN.iter().any(|(file, line, known)| {
        place.file().ends_with(file) && place.line() == *line && words.contains(known)
    })
}

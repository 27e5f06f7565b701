//! What the journeys, the demo, the benchmarks and the labs share: a Journalist Interface,
//! ciphertexts as `SecureDrop` makes them, one-time codes, a newsroom with two stations, a
//! private Tor network, and a machine with sticks made of software.
#![expect(
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    reason = "test code stands on the other side of the doors: it serves, spawns and tampers"
)]

pub mod ciphertext;
pub mod demo_world;
pub mod gnupg;
pub mod hands;
pub mod hostile_text;
pub mod journalist_interface;
pub mod journeys;
pub mod lab;
pub mod newsroom;
pub mod noise;
pub mod small_items;
pub mod stored_items;
pub mod terminal;
pub mod terminal_screen;
pub mod tor_network;
pub mod totp;
pub mod vectors;
pub mod vm;

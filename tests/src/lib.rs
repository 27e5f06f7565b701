//! What the journeys, the demo and the benchmarks share: a Journalist Interface, ciphertexts as
//! `SecureDrop` makes them, and one-time codes.

pub mod ciphertext;
pub mod journalist_interface;
pub mod totp;

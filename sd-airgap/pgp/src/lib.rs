//! The public-key side of `OpenPGP`.
//!
//! ```text
//! Certificate --seal(signer)--> envelope: signed by the workstation, encrypted to the
//!                                submission key, readable by the gpg of every Tails
//! ciphertext --open(session key by question)--> plaintext, and a verdict at its last byte
//! ```
//! No secret key is named here: `open` asks its caller for each session key, and the caller
//! (`vault` in sd-airgap) never sees what the session key opens.

mod cert;
mod open;
mod seal;

pub use cert::{CertError, Certificate};
pub use open::{Expect, OpenError, OpenLimits, Opening, PkeskBytes, SessionKeyBytes, Source, open};
pub use seal::{SealError, seal};

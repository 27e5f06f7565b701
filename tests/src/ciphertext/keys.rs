//! The keys of the test data. Anyone can read their secret halves: never use them for anything real.

use std::io;

use super::EncryptionKey;

/// The submission key made for this repository, public half.
pub const SUBMISSION_PUBLIC: &str = include_str!("../../data/keys/submission.pub.asc");
/// The submission key made for this repository, secret half, no passphrase.
pub const SUBMISSION_SECRET: &str = include_str!("../../data/keys/submission.sec.asc");
/// The source key made for this repository, public half; every source may share it.
pub const SOURCE_PUBLIC: &str = include_str!("../../data/keys/source.pub.asc");
/// The source key made for this repository, secret half, no passphrase.
pub const SOURCE_SECRET: &str = include_str!("../../data/keys/source.sec.asc");
/// The development submission key of `SecureDrop`, public half (SHA-1 self-signatures).
pub const SECUREDROP_DEV_PUBLIC: &str = include_str!("../../data/keys/securedrop-dev.pub.asc");
/// The development submission key of `SecureDrop`, secret half, no passphrase.
pub const SECUREDROP_DEV_SECRET: &str = include_str!("../../data/keys/securedrop-dev.sec.asc");

/// The submission key of this repository, ready to encrypt to.
pub fn submission() -> io::Result<EncryptionKey> {
    EncryptionKey::from_armored(SUBMISSION_PUBLIC)
}

/// The source key of this repository, ready to encrypt to.
pub fn source() -> io::Result<EncryptionKey> {
    EncryptionKey::from_armored(SOURCE_PUBLIC)
}

/// The development key of `SecureDrop`, ready to encrypt to.
pub fn securedrop_dev() -> io::Result<EncryptionKey> {
    EncryptionKey::from_armored(SECUREDROP_DEV_PUBLIC)
}

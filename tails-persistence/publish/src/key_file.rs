//! A release key in a file that only its owner may read.
//!
//! The file is not encrypted: the stick or disk it lies on must be. Whoever keeps it encrypted
//! hands it over by a file descriptor, and it is never on a disk in the clear.

use std::path::Path;

use sd_fs::{Dir, Sha256};
use sd_release::{PublicKey, SecretKey};
use sd_term::{Failure, Secret, Status};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

const FORMAT: &str = "sneakernet-release-key";
const PUBLIC: &str = "sneakernet-public-key";

/// Two keys and a few words.
const MAX_KEY: u64 = 4096;

#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct SecretFile {
    #[zeroize(skip)]
    format: String,
    #[zeroize(skip)]
    version: u32,
    #[zeroize(skip)]
    public: PublicKey,
    secret: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PublicFile {
    format: String,
    version: u32,
    public: PublicKey,
}

/// Where a secret key comes from.
pub(crate) enum Source<'a> {
    /// A file with mode 0600 or less.
    File(&'a Path),
    /// One line on a file descriptor.
    Fd(i32),
}

/// The line that is written into a key file.
pub(crate) fn secret_line(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let seed = key.seed();
    let file = SecretFile {
        format: FORMAT.to_owned(),
        version: 1,
        public: key.public(),
        secret: Sha256::new(*seed).to_string(),
    };
    line(&file)
}

/// The line that is given to everybody.
pub(crate) fn public_line(key: PublicKey) -> Vec<u8> {
    line(&PublicFile { format: PUBLIC.to_owned(), version: 1, public: key }).to_vec()
}

fn line(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Text and numbers, which JSON always holds. Room for all of it: growing leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let _ = serde_json::to_writer(&mut *bytes, value);
    bytes.push(b'\n');
    bytes
}

/// Reads a secret key.
pub(crate) fn read_secret(source: &Source<'_>) -> Result<SecretKey, Failure> {
    let (line, shown) = match source {
        Source::File(path) => {
            let (dir, name) = Dir::containing(path)?;
            let file = dir.open_file(&name)?;
            let stat = rustix::fs::fstat(&file).map_err(|e| Failure::new(Status::FileError, e))?;
            let shown = sd_fs::escape(path.as_os_str().as_encoded_bytes()).to_string();
            if stat.st_mode & 0o077 != 0 {
                let why = format!("{shown}: others may read it; chmod 600 it, and ask who did");
                return Err(Failure::new(Status::KeyUnavailable, why));
            }
            (Zeroizing::new(dir.read_small(&name, MAX_KEY)?), shown)
        }
        Source::Fd(fd) => {
            let [secret] = Secret::lines_from_fd(*fd, ["release key"])
                .map_err(|e| Failure::new(Status::KeyUnavailable, e))?;
            (Zeroizing::new(secret.expose().as_bytes().to_vec()), format!("descriptor {fd}"))
        }
    };
    let bad = || Failure::new(Status::KeyUnavailable, format!("{shown}: not a release key"));
    let file: SecretFile = serde_json::from_slice(&line).map_err(|_| bad())?;
    let seed: Sha256 = file.secret.parse().map_err(|_| bad())?;
    let key = SecretKey::new(seed.as_bytes());
    if file.format == FORMAT && file.version == 1 && key.public() == file.public {
        Ok(key)
    } else {
        Err(bad())
    }
}

/// Reads a public key.
pub(crate) fn read_public(path: &Path) -> Result<PublicKey, Failure> {
    let (dir, name) = Dir::containing(path)?;
    let file = serde_json::from_slice::<PublicFile>(&dir.read_small(&name, MAX_KEY)?);
    match file {
        Ok(file) if file.format == PUBLIC && file.version == 1 => Ok(file.public),
        _ => {
            let shown = sd_fs::escape(path.as_os_str().as_encoded_bytes());
            Err(Failure::new(Status::KeyUnavailable, format!("{shown}: not a public release key")))
        }
    }
}

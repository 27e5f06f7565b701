//! `sd-publish keygen`

use std::path::PathBuf;

use clap::Args;
use sd_release::SecretKey;
use sd_term::{Failure, Status};
use zeroize::Zeroizing;

use super::Made;
use crate::files::{shown, write};
use crate::key_file::{public_line, secret_line};

/// Make a release key: one a person, on a machine without a network
///
/// NAME.json is the secret key, for its owner alone; it is not encrypted, so keep it on an
/// encrypted stick. NAME.pub.json goes to whoever makes the root.
#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// Where to write it; nothing of that name may be there
    #[arg(value_name = "NAME")]
    to: PathBuf,
}

impl KeygenArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let key = SecretKey::new(&*random()?);
        let with = |ending: &str| {
            let mut path = self.to.as_os_str().to_owned();
            path.push(ending);
            PathBuf::from(path)
        };
        // Files are made with mode 0600.
        write(&with(".json"), &secret_line(&key))?;
        write(&with(".pub.json"), &public_line(key.public()))?;
        Ok(Made {
            lines: vec![
                format!("Key {}", key.public().id()),
                format!("  secret  {}", shown(&with(".json"))),
                format!("  public  {}", shown(&with(".pub.json"))),
            ],
        })
    }
}

fn random() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    let mut filled = 0;
    while filled < seed.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled += rustix::rand::getrandom(&mut seed[filled..], flags).map_err(|e| {
            Failure::new(Status::FileError, format!("the system gave no random numbers: {e}"))
        })?;
    }
    Ok(seed)
}

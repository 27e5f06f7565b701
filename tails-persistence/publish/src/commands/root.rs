//! `sd-publish root`

use std::path::PathBuf;

use clap::Args;
use sd_release::{Note, PublicKey, Root, RootNumber};
use sd_term::{Failure, Status};

use super::Made;
use crate::files::{read, refused, shown, write};
use crate::key_file::read_public;

/// Make a root: the list of keys that may sign
///
/// The first stands alone. A later one names the root before it; keys of that one which are not
/// named again are revoked, for ever. It counts once it is signed by a threshold of the keys of
/// the root before it and by a threshold of its own.
#[derive(Debug, Args)]
pub(crate) struct RootArgs {
    /// A public key; several times
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// How many of them it takes
    #[arg(long, value_name = "N", default_value_t = 2)]
    threshold: usize,
    /// Whose keys these are, for people
    #[arg(long, value_name = "TEXT")]
    name: Note,
    /// The root before it
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl RootArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let keys = self.keys.iter().map(|path| read_public(path)).collect::<Result<Vec<_>, _>>()?;
        let before = match &self.after {
            Some(path) => Some(Root::parse(&read(path)?).map_err(|e| refused(path, e))?),
            None => None,
        };
        let ids: Vec<_> = keys.iter().map(PublicKey::id).collect();
        let mut revoked = Vec::new();
        if let Some(before) = &before {
            revoked.extend(&before.revoked);
            revoked.extend(before.keys.iter().map(PublicKey::id).filter(|id| !ids.contains(id)));
        }
        let number = before.as_ref().map_or(1, |b| b.number.get() + 1);
        let failed = |e: &dyn std::fmt::Display| Failure::new(Status::Refused, e);
        let number = RootNumber::new(number).map_err(|e| failed(&e))?;
        let root = Root::new(number, self.name.clone(), self.threshold, keys, revoked)
            .map_err(|e| failed(&e))?;
        write(&self.to, &root.to_json())?;
        let mut lines = vec![format!("Root {}, {}", root.number, root.name)];
        lines.push(format!("  {} of {} keys sign", root.threshold, root.keys.len()));
        lines.extend(root.keys.iter().map(|k| format!("  key      {}", k.id())));
        lines.extend(root.revoked.iter().map(|id| format!("  revoked  {id}")));
        lines.push(format!("Written to {}, not signed yet.", shown(&self.to)));
        Ok(Made { lines })
    }
}

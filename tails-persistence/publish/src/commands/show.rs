//! `sd-publish show`

use std::path::PathBuf;

use clap::Args;
use sd_release::{PublicKey, Root};
use sd_term::Failure;

use super::Made;
use crate::files::{read, refused, signatures_beside};

/// Show a root and who signed it
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The root
    #[arg(value_name = "FILE")]
    root: PathBuf,
}

impl ShowArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let root = Root::parse(&read(&self.root)?).map_err(|e| refused(&self.root, e))?;
        let mut lines = vec![
            format!("Root {}, {}", root.number, root.name),
            format!("  {} of {} keys sign", root.threshold, root.keys.len()),
        ];
        lines.extend(root.keys.iter().map(|k| format!("  key      {}", full(k))));
        lines.extend(root.revoked.iter().map(|id| format!("  revoked  {id}")));
        match signatures_beside(&self.root) {
            Ok(all) => lines.extend(all.iter().map(|s| format!("  signed by {}", s.key))),
            Err(_) => lines.push("  not signed".to_owned()),
        }
        Ok(Made { lines })
    }
}

/// Key id and key, to compare by eye.
fn full(key: &PublicKey) -> String {
    format!("{}  ({})", key.id(), String::from(*key))
}

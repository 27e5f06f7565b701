//! What the workspace says of itself.

use std::io;

use cargo_metadata::{Metadata, MetadataCommand};
use serde::{Deserialize, Serialize};

/// The root of the repository that this tool was built in.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// `/usr/share/sneakernet/release.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Release<'a> {
    version: &'a str,
    #[serde(flatten)]
    stated: &'a Stated,
}

/// `[workspace.metadata.release]`.
#[derive(Debug, Deserialize, Serialize)]
struct Stated {
    /// Grows with each release, and never goes back.
    counter: u32,
    /// The newest Tails that was known.
    newest_tails: String,
}

#[derive(Deserialize)]
struct Table {
    release: Stated,
}

/// The workspace, as cargo knows it.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
    pub(crate) version: String,
    stated: Stated,
}

impl Workspace {
    pub(crate) fn read() -> io::Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(format!("{ROOT}/Cargo.toml"))
            .other_options(
                ["--offline", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"]
                    .map(str::to_owned),
            )
            .exec()
            .map_err(io::Error::other)?;
        let Table { release: stated } = serde_json::from_value(metadata.workspace_metadata.clone())
            .map_err(io::Error::other)?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { metadata, version, stated })
    }

    /// The text of `release.json`.
    pub(crate) fn release(&self) -> io::Result<Vec<u8>> {
        let release = Release { version: &self.version, stated: &self.stated };
        let mut text = serde_json::to_vec_pretty(&release)?;
        text.push(b'\n');
        Ok(text)
    }
}

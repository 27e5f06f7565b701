//! The options of every command that uses a stick.

use std::path::PathBuf;

use clap::Args;

use sd_stick::Wanted;

/// Which stick, and its passphrase.
#[derive(Debug, Default, Args)]
pub(crate) struct StickArgs {
    /// Use this stick, such as /dev/sdb [default: the only one that fits]
    #[arg(long, value_name = "NODE")]
    pub(crate) device: Option<PathBuf>,
    /// Read the stick's passphrase from this file descriptor
    #[arg(long, value_name = "N")]
    pub(crate) stick_passphrase_fd: Option<i32>,
}

impl StickArgs {
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted { device: self.device.clone(), passphrase_fd: self.stick_passphrase_fd, pim: None }
    }
}

//! The options of every verb that uses an Export Device.

use std::path::PathBuf;

use sd_stick::Wanted;

/// Which stick, and what opens it.
#[derive(Debug, clap::Args)]
pub(super) struct StickArgs {
    /// Use this stick, such as /dev/sdb [default: the only one that fits]
    #[arg(long, value_name = "NODE")]
    device: Option<PathBuf>,
    /// Read the stick's passphrase from this file descriptor.
    #[arg(long, value_name = "N")]
    stick_passphrase_fd: Option<i32>,
    /// The PIM of a VeraCrypt volume that was made with one.
    #[arg(long, value_name = "N")]
    pim: Option<u32>,
}

impl StickArgs {
    pub(super) fn wanted(self) -> Wanted {
        Wanted { device: self.device, passphrase_fd: self.stick_passphrase_fd, pim: self.pim }
    }
}

//! What every case finds: the network, the program, and room for a Journalist Interface.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use jiff::SignedDuration;
use sd_tests::journalist_interface::{Clock, Config, JournalistInterface, World};
use sd_tests::tor_network::TorNetwork;
use tempfile::TempDir;

pub(crate) struct Lab {
    pub(crate) network: TorNetwork,
    programs: TempDir,
}

impl Lab {
    pub(crate) fn start() -> io::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Err(io::Error::other("it needs root: make lab-tor asks for it"));
        }
        // Where an ordinary user can reach it, wherever the build tree is.
        let programs = tempfile::Builder::new().prefix("lab-programs-").tempdir()?;
        std::fs::set_permissions(programs.path(), Permissions::from_mode(0o755))?;
        let built = built("sd-fetch")?;
        std::fs::copy(&built, programs.path().join("sd-fetch"))
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", built.display())))?;
        Ok(Self { network: TorNetwork::start()?, programs })
    }

    /// `sd-fetch`.
    pub(crate) fn program(&self) -> PathBuf {
        self.programs.path().join("sd-fetch")
    }

    /// A Journalist Interface behind the onion service, until it is dropped.
    pub(crate) fn serve(&self, world: World) -> io::Result<JournalistInterface> {
        // A clock of its own lets each login have a fresh one-time code.
        let config = Config::new()?.with_clock(Clock::ahead(SignedDuration::ZERO));
        JournalistInterface::start_at(self.network.web_port(), world, config)
    }
}

/// A program that was built beside this one.
fn built(name: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let profile = own.parent().and_then(|deps| deps.parent());
    profile.map(|dir| dir.join(name)).ok_or_else(|| io::ErrorKind::NotFound.into())
}

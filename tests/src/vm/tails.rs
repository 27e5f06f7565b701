//! The machine as a Tails: started anew with everything in memory but one stick.
//!
//! ```text
//! blank chip --format_tails--> TailsData (LUKS, ext4, persistence.conf)
//!     '--> start_tails: back to the Welcome Screen, plug, unlock, log in --> Started
//!              '--> stop_tails: lock, unplug --> the chip, to be started again
//! ```
//! What is imitated, and what is Debian's own: `docs/labs.md`.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Chip, Order, Plugged, Stick, Vm};
use crate::newsroom::Run;

/// The script that makes the guest a Tails.
const MAKE: &str = include_str!("../../labs/vm/tails/make.sh");
/// The state of the machine at the Welcome Screen.
const WELCOME: &str = "welcome";
/// The size of the stick: three packages of programs that are not optimised.
const SIZE: u64 = 320 << 20;

/// How long unlocking, or installing at login, may take on a busy machine.
const LIMIT: Duration = Duration::from_mins(5);

/// A Tails that was started: the stick it runs from is plugged in.
#[derive(Debug)]
pub struct Started {
    stick: Plugged,
    /// How the installing of additional software at login ended.
    pub at_login: Run,
}

impl Started {
    /// The chip of the stick, while it is plugged in.
    pub fn chip<T>(&self, look: impl FnOnce(&mut Chip) -> T) -> T {
        self.stick.chip(look)
    }
}

impl Vm {
    /// At the Welcome Screen, whatever was before.
    fn welcome(&mut self) -> io::Result<()> {
        if self.has_kept(WELCOME) {
            return self.revert_to(WELCOME);
        }
        self.revert()?;
        let _made = self.run(Order::root(MAKE).within(LIMIT))?.expect(0);
        self.keep(WELCOME)
    }

    /// A stick with a Persistent Storage, in which `persistence.conf` has these lines and the
    /// directories they name are there.
    pub fn format_tails(&mut self, conf: &str) -> io::Result<Chip> {
        self.welcome()?;
        let stick = self.plug(Stick::new("TAILS1", Chip::blank(SIZE)))?;
        let device = stick.device();
        let script = format!(
            "set -e; echo -n 'correct horse battery' | cryptsetup luksFormat -q --type luks2 \
             --pbkdf pbkdf2 --pbkdf-force-iterations 1000 {device} --key-file=-
             echo -n 'correct horse battery' | cryptsetup open {device} made --key-file=-
             mkfs.ext4 -q -L TailsData /dev/mapper/made
             mkdir /run/made && mount /dev/mapper/made /run/made && cd /run/made
             cat >persistence.conf && chmod 600 persistence.conf
             chown tails-persistent-storage: persistence.conf
             install -d -o amnesia -g amnesia -m 700 Persistent dotfiles
             cd / && umount /run/made && cryptsetup close made && udevadm settle"
        );
        let _made = self.run(Order::root(script).stdin(conf).within(LIMIT))?.expect(0);
        self.unplug(stick)
    }

    /// Brings the package of the programs that were built in this directory; its name in the guest
    /// is `/mnt/share/sneakernet.deb`.
    pub fn bring_package(&mut self, built: &Path) -> io::Result<()> {
        let changed = |name: &str| std::fs::metadata(built.join(name))?.modified();
        let made = format!("sneakernet_{}_amd64.deb", env!("CARGO_PKG_VERSION"));
        let mut old = changed(&made).is_err();
        for program in ["sd-airgap", "sd-export", "sd-fetch", "sd-station", "sd-package"] {
            old = old || changed(program)? > changed(&made)?;
        }
        if old {
            let mut packager = Command::new(built.join("sd-package"));
            packager.args(["--fast", "--date", "1776000000", "--binaries"]).arg(built);
            let status = packager.arg("--out").arg(built).stdout(Stdio::null()).status()?;
            if !status.success() {
                return Err(io::Error::other("sd-package failed; make lab-vm runs it too"));
            }
        }
        std::fs::copy(built.join(made), self.share().join("sneakernet.deb")).map(drop)
    }

    /// Starts Tails from this stick, unlocks its Persistent Storage and logs in.
    pub fn start_tails(&mut self, chip: Chip) -> io::Result<Started> {
        self.welcome()?;
        let stick = self.plug(Stick::new("TAILS1", chip))?;
        let unlock = format!("/usr/local/lib/lab/storage unlock {}", stick.device());
        let _unlocked = self.run(Order::root(unlock).within(LIMIT))?.expect(0);
        let login = "systemctl start tails-additional-software-install; code=$?
            journalctl -o cat -u tails-additional-software-install; exit $code";
        let at_login = self.run(Order::root(login).within(LIMIT))?;
        Ok(Started { stick, at_login })
    }

    /// Shuts Tails down; everything but the stick is forgotten.
    pub fn stop_tails(&mut self, started: Started) -> io::Result<Chip> {
        self.sh("cd / && /usr/local/lib/lab/storage lock")?;
        self.unplug(started.stick)
    }

    /// Cuts the power: what was not flushed is lost, and the stick is as it was.
    pub fn cut_tails(&mut self, started: Started) -> io::Result<Chip> {
        self.pull(started.stick)
    }
}

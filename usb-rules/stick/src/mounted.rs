//! A stick's file system, mounted for one command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sd_fs::Dir;
use sd_term::{Failure, Status, Ui};
use usb_rules::udisks::{Udisks, UdisksError};
use usb_rules::{Access, Content, Device, LABEL_FILE, Label, Role};

use crate::failure::stick_failure;
use crate::find::{Chosen, Wanted};
use crate::guardian::{Charge, Guardian};
use crate::let_go::LetGo;
use crate::unlock::{Lock, Unlocked, unlock};

/// File systems that are mounted. Others have had less care in the kernel, or need a helper.
const KINDS: &[&str] = &["ext4", "vfat", "exfat"];

/// What else a volume without a file system may be.
const HIDDEN: &str = "(a VeraCrypt volume is found only where /etc/udisks2/tcrypt.conf is there, \
                      as on Tails)";

/// A desktop that has just seen the stick looks at it for a moment.
const PATIENCE: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Bytes of a label, with room.
pub const MAX_LABEL: u64 = 4096;

/// A mounted stick.
#[derive(Debug)]
pub struct MountedStick {
    udisks: Udisks,
    title: String,
    /// The whole disk.
    disk: String,
    /// The LUKS volume, if there is one.
    locked: Option<String>,
    /// The node of the file system, and what it is.
    plain: String,
    kind: String,
    /// Where it is mounted now.
    at: Option<PathBuf>,
    /// Its passphrase was typed for this.
    typed: bool,
    guardian: Option<Guardian>,
}

impl MountedStick {
    /// Unlocks it if it is locked, and mounts it, read-only whatever it will be used for.
    pub fn open<R: Role>(
        udisks: Udisks,
        chosen: &Chosen<R>,
        wanted: &Wanted,
        access: Access,
        ui: &mut Ui,
    ) -> Result<Self, Failure> {
        let device = &chosen.device;
        let volume = device.volume();
        let lock = match &volume.content {
            Content::Luks { .. } => Some(Lock::Luks),
            Content::Empty => veracrypt(&udisks, &volume.node)?,
            Content::FileSystem { .. } | Content::PartitionTable | Content::Other(_) => None,
        };
        let (locked, unlocked) = match lock {
            Some(lock) => {
                let unlocked = unlock(&udisks, chosen, lock, wanted, access, ui)?;
                (Some(volume.node.clone()), unlocked)
            }
            None => (None, Unlocked { plain: volume.node.clone(), typed: false }),
        };
        let mut stick = Self::new(udisks, device, locked, unlocked.plain)?;
        stick.typed = unlocked.typed;
        stick.check_kind()?;
        if !volume.mounts.is_empty() {
            // The desktop mounted it, its own way.
            stick.unmount().map_err(stick_failure)?;
        }
        stick.mount(Access::Read)?;
        Ok(stick)
    }

    /// One that was formatted just now, with this passphrase.
    pub fn formatted<R: Role>(
        udisks: Udisks,
        device: &Device<R>,
        passphrase: &str,
    ) -> Result<Self, Failure> {
        let node = device.node().to_owned();
        let plain = match udisks.unlocked(&node) {
            Ok(Some(plain)) => Ok(plain),
            _ => udisks.unlock(&node, passphrase, Access::Write),
        };
        let plain = plain.map_err(|e| {
            // It was left unlocked by whoever formatted it; this is all that can be done.
            let _ = udisks.lock(&node);
            stick_failure(e)
        })?;
        let mut stick = Self::new(udisks, device, Some(node), plain)?;
        stick.mount(Access::Write)?;
        Ok(stick)
    }

    /// From here on, whatever fails, dropping it locks it again.
    fn new<R: Role>(
        udisks: Udisks,
        device: &Device<R>,
        locked: Option<String>,
        plain: String,
    ) -> Result<Self, Failure> {
        let (title, disk) = (device.title(), device.node().to_owned());
        let charge =
            Charge { title: &title, disk: &disk, plain: &plain, locked: locked.as_deref() };
        let guardian = Guardian::of(&charge);
        let (kind, at, typed) = (String::new(), None, false);
        let mut stick = Self { udisks, title, disk, locked, plain, kind, at, typed, guardian };
        stick.kind = stick.udisks.kind(&stick.plain).map_err(stick_failure)?;
        Ok(stick)
    }

    fn check_kind(&self) -> Result<(), Failure> {
        if KINDS.contains(&self.kind.as_str()) {
            return Ok(());
        }
        let kind = sd_fs::escape(self.kind.as_bytes());
        let what = match kind.as_str() {
            "" => format!("{}: there is no file system on it {HIDDEN}", self.title),
            kind => format!("{}: its file system is {kind}; {KINDS:?} are used", self.title),
        };
        Err(Failure::new(Status::DeviceRefused, what))
    }

    fn mount(&mut self, access: Access) -> Result<(), Failure> {
        let at = self.udisks.mount(&self.plain, &self.kind, access).map_err(stick_failure)?;
        self.at = Some(at);
        Ok(())
    }

    /// The stick, as a person is told of it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether a person typed its passphrase just now.
    pub fn was_unlocked_by_hand(&self) -> bool {
        self.typed
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.at.as_deref().unwrap_or(Path::new("/nonexistent"))
    }

    /// Whose stick it is, if it says so.
    pub fn label(&self) -> Result<Option<Label>, Failure> {
        let bytes = match Dir::open(self.path())?.read_small(LABEL_FILE, MAX_LABEL) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let odd = |e| Failure::new(Status::DeviceRefused, format!("{}: {e}", self.title));
        Label::parse(&bytes).map(Some).map_err(odd)
    }

    /// Unmounts it, which makes the system forget what it remembers of the stick, and mounts it
    /// anew.
    pub fn mount_again(&mut self, access: Access) -> Result<(), Failure> {
        // Where this user may not, the stick is flushed when it is switched off.
        self.udisks.flush(&self.disk).map_err(stick_failure)?;
        self.unmount().map_err(stick_failure)?;
        self.mount(access)
    }

    fn unmount(&mut self) -> Result<(), UdisksError> {
        patiently(|| self.udisks.unmount(&self.plain))?;
        self.at = None;
        Ok(())
    }

    /// Unmounts and locks it.
    pub fn close(mut self) -> Result<(), UdisksError> {
        self.unmount_and_lock()
    }

    fn unmount_and_lock(&mut self) -> Result<(), UdisksError> {
        if self.at.is_some() {
            self.unmount()?;
        }
        if let Some(node) = &self.locked {
            patiently(|| self.udisks.lock(node))?;
        }
        self.locked = None;
        if let Some(guardian) = self.guardian.take() {
            guardian.dismiss();
        }
        Ok(())
    }

    /// Unmounts and locks it, and switches it off.
    pub fn let_go(mut self) -> LetGo {
        let stick = self.title.clone();
        let off = |stick: &Self| patiently(|| stick.udisks.power_off(&stick.disk));
        match self.unmount_and_lock().and_then(|()| off(&self)) {
            Ok(()) => LetGo::SafeToRemove { stick },
            Err(e) => LetGo::Held { stick, why: e.to_string() },
        }
    }
}

impl Drop for MountedStick {
    fn drop(&mut self) {
        // Whoever drops it without letting it go has a failure to tell of already.
        let _ = self.unmount_and_lock();
    }
}

/// Tries again while somebody looks at the stick.
pub(crate) fn patiently(
    mut act: impl FnMut() -> Result<(), UdisksError>,
) -> Result<(), UdisksError> {
    for _ in 0..PATIENCE {
        match act() {
            Err(UdisksError::Busy(_)) => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
    act()
}

/// Whether a volume that looks like noise may be one of `VeraCrypt`'s, as far as udisks2 is
/// willing to try.
fn veracrypt(udisks: &Udisks, node: &str) -> Result<Option<Lock>, Failure> {
    let kind = udisks.kind(node).map_err(stick_failure)?;
    Ok(matches!(kind.as_str(), "crypto_unknown" | "crypto_TCRYPT").then_some(Lock::VeraCrypt))
}

//! What udisks2 does for an ordinary user: open, unlock, mount, format, power off.
//!
//! ```text
//! node --ResolveDevice--> block object --Unlock--> its plain mapping --Mount--> directory
//!                              '--OpenDevice--> descriptor           --Unmount, Lock, PowerOff--> gone
//! ```
//! The desktop user of Tails may ask for all of this without an administration password, and no
//! program of ours runs as root. The system bus is a socket of the AF_UNIX family, so the walls
//! around a program without a network stay up.
//!
//! A passphrase is copied into a message for the bus, whose memory the bus library does not
//! overwrite. It belongs to a stick that this same process reads.

mod bus;
mod error;

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use zbus::{OwnedObjectPath, Variant};

use bus::Bus;
pub use error::UdisksError;

use crate::policy::Access;

const BLOCK: &str = "org.freedesktop.UDisks2.Block";
const ENCRYPTED: &str = "org.freedesktop.UDisks2.Encrypted";
const FILESYSTEM: &str = "org.freedesktop.UDisks2.Filesystem";
const DRIVE: &str = "org.freedesktop.UDisks2.Drive";

type Options<'a> = HashMap<&'static str, Variant<'a>>;

/// The connection to udisks2.
#[derive(Debug)]
pub struct Udisks {
    bus: Bus,
}

/// What a stick becomes.
#[derive(Clone, Copy)]
pub struct NewFileSystem<'a> {
    /// The file system's name, as the desktop shows it.
    pub label: &'a str,
    /// The passphrase of the LUKS2 volume around it.
    pub passphrase: &'a str,
}

impl Udisks {
    /// Connects to the system bus.
    pub fn connect() -> Result<Self, UdisksError> {
        Ok(Self { bus: Bus::connect()? })
    }

    /// Opens a device node, past the page cache: itself where its permissions let this user,
    /// as on Tails, else by udisks2. For writing nobody else may have it in use.
    pub fn open(&self, node: &str, access: Access) -> Result<OwnedFd, UdisksError> {
        let exclusive = match access {
            Access::Read => OFlags::empty(),
            Access::Write | Access::Erase => OFlags::EXCL,
        };
        self.open_as(node, access, exclusive)
    }

    /// Flushes the stick's own cache while it is in use. Says whether this user could.
    pub fn flush(&self, node: &str) -> Result<bool, UdisksError> {
        let fd = match self.open_as(node, Access::Write, OFlags::empty()) {
            Ok(fd) => fd,
            Err(UdisksError::NotAllowed(_)) => return Ok(false),
            Err(e) => return Err(e),
        };
        let failed = |e: Errno| UdisksError::Failed {
            what: "flushing the stick",
            why: sd_fs::escape(e.to_string().as_bytes()),
        };
        rustix::fs::fsync(&fd).map(|()| true).map_err(failed)
    }

    fn open_as(
        &self,
        node: &str,
        access: Access,
        exclusive: OFlags,
    ) -> Result<OwnedFd, UdisksError> {
        const WHAT: &str = "opening the stick";
        let (mode, direction) = match access {
            Access::Read => ("r", OFlags::RDONLY),
            Access::Write | Access::Erase => ("rw", OFlags::RDWR),
        };
        let flags = exclusive | OFlags::DIRECT | OFlags::CLOEXEC;
        match rustix::fs::open(node, direction | flags, Mode::empty()) {
            Ok(fd) => return Ok(fd),
            Err(Errno::ACCESS | Errno::PERM) => {}
            Err(Errno::BUSY) => return Err(UdisksError::Busy(WHAT)),
            Err(Errno::NOENT | Errno::NXIO | Errno::NODEV) => {
                return Err(UdisksError::Gone(sd_fs::escape(node.as_bytes())));
            }
            Err(e) => {
                let why = sd_fs::escape(e.to_string().as_bytes());
                return Err(UdisksError::Failed { what: WHAT, why });
            }
        }
        let options = Options::from([("flags", Variant::from(flags.bits().cast_signed()))]);
        let block = self.bus.block(node)?;
        let fd: zbus::OwnedFd =
            self.bus.call(WHAT, &block, BLOCK, "OpenDevice", &(mode, options))?;
        Ok(fd.into())
    }

    /// The node of the plain mapping of an unlocked volume, if it is unlocked.
    pub fn unlocked(&self, node: &str) -> Result<Option<String>, UdisksError> {
        let block = self.bus.block(node)?;
        let plain: OwnedObjectPath = self.bus.property(&block, ENCRYPTED, "CleartextDevice")?;
        if plain.as_str() == "/" {
            return Ok(None);
        }
        match self.bus.node(&plain) {
            // It was locked a moment ago, and udisks2 is still to notice.
            Err(UdisksError::Gone(_)) => Ok(None),
            node => node.map(Some),
        }
    }

    /// Unlocks a LUKS volume and returns the node of its plain mapping. For reading, the
    /// mapping is read-only as well.
    pub fn unlock(
        &self,
        node: &str,
        passphrase: &str,
        access: Access,
    ) -> Result<String, UdisksError> {
        let read_only = matches!(access, Access::Read);
        self.unlock_with(node, passphrase, Options::from([("read-only", Variant::from(read_only))]))
    }

    /// The same for a `VeraCrypt` or `TrueCrypt` volume. udisks2 tries every cipher and hash, which
    /// takes its time.
    pub fn unlock_veracrypt(
        &self,
        node: &str,
        passphrase: &str,
        pim: Option<u32>,
        access: Access,
    ) -> Result<String, UdisksError> {
        let read_only = matches!(access, Access::Read);
        let mut options = Options::from([("read-only", Variant::from(read_only))]);
        if let Some(pim) = pim {
            options.insert("pim", Variant::from(pim));
        }
        self.unlock_with(node, passphrase, options)
    }

    fn unlock_with(
        &self,
        node: &str,
        passphrase: &str,
        options: Options<'_>,
    ) -> Result<String, UdisksError> {
        let block = self.bus.block(node)?;
        let plain: OwnedObjectPath = self
            .bus
            .call("unlocking", &block, ENCRYPTED, "Unlock", &(passphrase, options))
            .map_err(UdisksError::or_passphrase)?;
        self.bus.node(&plain)
    }

    /// Locks an encrypted volume.
    pub fn lock(&self, node: &str) -> Result<(), UdisksError> {
        let block = self.bus.block(node)?;
        self.bus.call("locking", &block, ENCRYPTED, "Lock", &(Options::new(),))
    }

    /// Mounts a file system and says where: never with programs, device files or set-user-id
    /// bits, and read-only unless it is to be written.
    pub fn mount(&self, node: &str, kind: &str, access: Access) -> Result<PathBuf, UdisksError> {
        let mut options = String::from("nosuid,nodev,noexec");
        if matches!(access, Access::Read) {
            options.push_str(",ro");
            // Without this even a read-only mount writes: it replays the journal.
            if matches!(kind, "ext3" | "ext4") {
                options.push_str(",noload");
            }
        }
        let block = self.bus.block(node)?;
        let arguments = Options::from([("options", Variant::from(options))]);
        let at: String = self.bus.call("mounting", &block, FILESYSTEM, "Mount", &(arguments,))?;
        Ok(PathBuf::from(at))
    }

    /// Unmounts a file system; a busy one is refused.
    pub fn unmount(&self, node: &str) -> Result<(), UdisksError> {
        let block = self.bus.block(node)?;
        self.bus.call("unmounting", &block, FILESYSTEM, "Unmount", &(Options::new(),))
    }

    /// What kind of file system is on a node, in blkid's words; empty if none.
    pub fn kind(&self, node: &str) -> Result<String, UdisksError> {
        let block = self.bus.block(node)?;
        self.bus.property(&block, BLOCK, "IdType")
    }

    /// Switches the device off. It flushes the stick's own cache, which on vfat nothing else
    /// is sure to do, and makes the stick disappear.
    pub fn power_off(&self, node: &str) -> Result<(), UdisksError> {
        let block = self.bus.block(node)?;
        let drive: OwnedObjectPath = self.bus.property(&block, BLOCK, "Drive")?;
        self.bus.call("powering off", &drive, DRIVE, "PowerOff", &(Options::new(),))
    }

    /// Makes a device one LUKS2 volume with one ext4 file system in it, which belongs to the
    /// user who asks. **All that the device holds is gone.** It is left unlocked.
    pub fn format(&self, node: &str, new: NewFileSystem<'_>) -> Result<(), UdisksError> {
        let options = Options::from([
            ("label", Variant::from(new.label)),
            ("take-ownership", Variant::from(true)),
            ("encrypt.passphrase", Variant::from(new.passphrase)),
            ("encrypt.type", Variant::from("luks2")),
        ]);
        let block = self.bus.block(node)?;
        self.bus.call("formatting", &block, BLOCK, "Format", &("ext4", options))
    }
}

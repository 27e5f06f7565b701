//! A machine with Debian's own kernel, and sticks that are made of software.
//!
//! ```text
//! this process                                    | QEMU (no acceleration), Debian in it
//! Vm --agents-- scripts as root, as the person ---|--> bash, udisks2, our programs (/mnt/share)
//!  '---monitor-- plug, unplug, keep, go back -----|--> USB bus
//! Chip <---NBD--- reads, writes, flushes ---------|--- usb-storage, UAS
//! ```
//! The machine boots once; its state is kept beside its image, and each scenario begins by going
//! back to it. Two stations are the same machine at two times: what is carried is the [`Chip`],
//! and each station's home is a tree that is taken out and put back ([`Vm::take_tree`]).

mod agent;
mod bare;
mod chip;
mod cpio;
mod crash;
mod deadline;
mod devices;
mod fault;
mod flash;
mod gadget;
mod image;
mod machine;
mod nbd;
mod order;
mod plugging;
mod qmp;
mod station;
mod stick;
mod tails;
mod veracrypt;
pub mod wire;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

pub use bare::{Bare, BareReader};
pub use chip::{Chip, Counts, Event, Fake};
pub use crash::Crashes;
pub use deadline::Deadline;
pub use devices::{Attached, Device};
pub use fault::{Fault, Refusal, Request, STUCK, When, count_fault, faults_injected};
pub use flash::Flash;
pub use gadget::{Function, Gadget};
use image::Image;
use machine::{Machine, Place};
pub use order::{Job, Order, Who};
pub use stick::{Plugged, Stick};
pub use tails::Started;
pub use veracrypt::veracrypt;

/// The state after the boot.
const BOOTED: &str = "booted";

/// The machine.
#[derive(Debug)]
pub struct Vm {
    image: Image,
    place: Place,
    machine: Option<Machine>,
    /// The process number of QEMU, for a [`Deadline`].
    pid: Arc<AtomicI32>,
    /// How many devices were made, for their names.
    made: u32,
    /// The names of what is plugged in.
    plugged: Vec<String>,
    /// The states that were kept besides the one after the boot.
    kept: Vec<String>,
    _dir: TempDir,
}

impl Vm {
    /// A machine with this Debian suite, booted. The image and the state after the boot are kept
    /// in `cache`; `agent` is the program `vm-agent`.
    pub fn start(suite: &str, cache: &Path, agent: &Path) -> io::Result<Self> {
        let image = Image::ready(suite, cache)?;
        let agent = std::fs::read(agent)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", agent.display())))?;
        let dir = tempfile::Builder::new().prefix("lab-vm-").tempdir()?;
        let at = |name: &str| dir.path().join(name);
        let (share, initrd) = (at("share"), at("initrd.cpio"));
        let place = Place { run: dir.path().into(), share, initrd, snapshots: at("state.qcow2") };
        std::fs::create_dir(&place.share)?;
        std::fs::write(&place.initrd, image.initrd_with(&agent)?)?;
        let kept = image.snapshot_for(&agent, &machine::signature()?);
        let pid = Arc::new(AtomicI32::new(0));
        let (machine, plugged, kept_states) = (None, Vec::new(), Vec::new());
        let mut vm =
            Self { image, place, machine, pid, made: 0, plugged, kept: kept_states, _dir: dir };
        if !kept.exists() {
            vm.boot_and_keep(&kept)?;
        }
        std::fs::copy(&kept, &vm.place.snapshots)?;
        vm.revert()?;
        Ok(vm)
    }

    /// Boots, and keeps the state under its name when it is whole.
    fn boot_and_keep(&mut self, kept: &Path) -> io::Result<()> {
        let _deadline = self.deadline(Duration::from_mins(5));
        let made = Command::new("qemu-img")
            .args(["create", "-q", "-f", "qcow2"])
            .arg(&self.place.snapshots)
            .arg("64M")
            .status()
            .map_err(|e| {
                io::Error::new(e.kind(), format!("qemu-img (Debian package qemu-utils): {e}"))
            })?;
        if !made.success() {
            return Err(io::Error::other("qemu-img made no file for snapshots"));
        }
        let mut machine = Machine::start(&self.image, &self.place, &self.pid)?;
        machine.boot().map_err(|e| {
            io::Error::other(format!("the guest does not come up: {e}\n{}", self.console()))
        })?;
        self.machine = Some(machine);
        self.sh(PREPARE)?;
        self.machine()?.keep(BOOTED)?;
        self.machine = None;
        // An agent of another build will not be back.
        self.image.forget_snapshots()?;
        let part = kept.with_extension("part");
        std::fs::copy(&self.place.snapshots, &part)?;
        std::fs::rename(part, kept)
    }

    /// Back to the state after the boot, whatever has happened since. What is plugged in is gone.
    pub fn revert(&mut self) -> io::Result<()> {
        self.revert_to(BOOTED)
    }

    /// Back to a state that was kept.
    pub fn revert_to(&mut self, name: &str) -> io::Result<()> {
        if !self.plugged.is_empty() {
            // A stick that was left behind; QEMU does not go back with one.
            self.machine = None;
        }
        let went = self.machine.as_mut().map(|machine| machine.go_back(name));
        if !matches!(went, Some(Ok(()))) {
            self.plugged.clear();
            self.machine = None;
            let machine = Machine::start(&self.image, &self.place, &self.pid)?;
            self.machine.insert(machine).go_back(name)?;
        }
        self.arrive()
    }

    /// Keeps the present state under a name, as long as this machine is. Nothing may be plugged
    /// in.
    pub fn keep(&mut self, name: &str) -> io::Result<()> {
        // What is mounted from outside cannot be kept.
        self.sh("umount /mnt/share")?;
        self.machine()?.keep(name)?;
        self.kept.push(name.to_owned());
        self.sh(MOUNT).map(drop)
    }

    /// Whether this state was kept.
    pub(crate) fn has_kept(&self, name: &str) -> bool {
        self.kept.iter().any(|kept| kept == name)
    }

    /// After going back: the right time, the programs, and other random numbers than its twin.
    fn arrive(&mut self) -> io::Result<()> {
        let now = UNIX_EPOCH.elapsed().map_err(io::Error::other)?.as_secs();
        let mut seed = [0; 16];
        io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut seed)?;
        let reseed = RESEED.replace("$0", &u128::from_ne_bytes(seed).to_string());
        self.sh(&format!("date -s @{now} >/dev/null && {MOUNT} && {reseed}")).map(drop)
    }

    /// Brings a program into the guest, where it is in the path of every order. What only a
    /// debugger wants is left out.
    pub fn bring_program(&mut self, program: &Path) -> io::Result<()> {
        let name = program.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let brought = self.place.share.join(name);
        let stripped = Command::new("strip").arg("-o").arg(brought).arg(program).status()?;
        if stripped.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{}: strip failed", program.display())))
    }

    /// The directory that the guest sees as `/mnt/share`, read-only.
    pub fn share(&self) -> PathBuf {
        self.place.share.clone()
    }

    /// Until the result is dropped the clock runs; after that long the machine is killed, and
    /// whoever waits for it gets an error.
    pub fn deadline(&self, limit: Duration) -> Deadline {
        Deadline::start(limit, Arc::clone(&self.pid))
    }

    /// What the guest's kernel wrote to its console.
    pub fn console(&self) -> String {
        let bytes = std::fs::read(self.place.run.join("console.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes)
            .lines()
            .fold(String::new(), |text, line| format!("{text}{}\n", sd_fs::escape(line.as_bytes())))
    }

    fn machine(&mut self) -> io::Result<&mut Machine> {
        self.machine.as_mut().ok_or_else(|| io::Error::other("the machine has no power"))
    }
}

/// Takes a number into the kernel's random ones, and makes it draw from that at once.
const RESEED: &str = "printf %s $0 >/dev/urandom && \
    perl -e 'open(R, \">\", \"/dev/urandom\") or die; ioctl(R, 0x5207, 0) or die'";

const MOUNT: &str = "mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=none share /mnt/share";

/// Everything that a scenario would have to wait for is there already.
const PREPARE: &str = "set -e; systemctl start udisks2 polkit; udevadm settle
modprobe -a usb_storage uas sd_mod dm_crypt vfat exfat ext4 xts 9p 9pnet_virtio usbhid
sync; echo 3 >/proc/sys/vm/drop_caches";

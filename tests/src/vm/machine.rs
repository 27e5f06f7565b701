//! One QEMU process with its monitor and its two agents.

use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::agent::Agent;
use super::image::Image;
use super::qmp::Qmp;

/// How long until both agents answer after a boot: six times what a busy machine with two
/// processors needs.
const BOOT: Duration = Duration::from_mins(3);
/// How long until they answer after going back.
pub(super) const SYNC: Duration = Duration::from_secs(30);

/// What does not depend on where anything is. `tcg` always: the stock kernel dies on what some
/// virtualised machines offer as KVM, and QEMU does not fall back.
const FIXED: &str = "-nodefaults -no-user-config -display none -machine q35 -cpu max -smp 2 -m 1024 \
    -accel tcg,thread=multi,tb-size=512 -no-reboot -S -device virtio-rng-pci \
    -device vmgenid,guid=auto -device qemu-xhci,id=xhci,p2=8,p3=8 -device virtio-serial-pci \
    -audiodev none,id=silence";
/// `delay_use`: no second of waiting for each stick.
const KERNEL: &str = "console=ttyS0 panic=-1 random.trust_cpu=on mitigations=off nokaslr audit=0 \
    quiet tsc=reliable no_timer_check 8250.nr_uarts=1 usb-storage.delay_use=0";
const PORTS: [&str; 2] = ["root", "user"];

/// Where a machine has its files.
#[derive(Debug)]
pub(super) struct Place {
    /// For sockets and logs.
    pub(super) run: PathBuf,
    /// What the guest finds at `/mnt/share`.
    pub(super) share: PathBuf,
    /// Its first file system.
    pub(super) initrd: PathBuf,
    /// Its snapshots.
    pub(super) snapshots: PathBuf,
}

/// A QEMU process; it is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Machine {
    process: Child,
    /// Its number while it runs, else zero: for whoever must end it in time.
    pid: Arc<AtomicI32>,
    pub(super) qmp: Qmp,
    pub(super) root: Agent,
    pub(super) user: Agent,
}

impl Machine {
    /// Starts QEMU; the guest does not run yet.
    pub(super) fn start(image: &Image, place: &Place, pid: &Arc<AtomicI32>) -> io::Result<Self> {
        let socket = |name: &str| place.run.join(format!("{name}.socket"));
        for name in [PORTS[0], PORTS[1], "qmp"] {
            let _ = std::fs::remove_file(socket(name));
        }
        let errors = place.run.join("qemu.log");
        let mut process = command(image, place)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&errors)?)
            .spawn()?;
        pid.store(i32::try_from(process.id()).unwrap_or_default(), Ordering::SeqCst);
        let opened = open(&mut process, &socket).map_err(|e| {
            let said = std::fs::read_to_string(&errors).unwrap_or_default();
            io::Error::new(e.kind(), format!("QEMU: {e}\n{said}"))
        });
        match opened {
            Ok((qmp, root, user)) => Ok(Self { process, pid: Arc::clone(pid), qmp, root, user }),
            Err(e) => {
                let _ = process.kill().and_then(|()| process.wait());
                Err(e)
            }
        }
    }

    /// Lets the guest run, from the very beginning, until both agents answer.
    pub(super) fn boot(&mut self) -> io::Result<()> {
        self.qmp.execute("cont", &json!({}))?;
        self.root.sync(BOOT)?;
        self.user.sync(BOOT)
    }

    /// Keeps the state as it is.
    pub(super) fn keep(&mut self, name: &str) -> io::Result<()> {
        self.qmp.old_command(&format!("savevm {name}"))
    }

    /// Goes back to a state that was kept, and lets the guest run.
    pub(super) fn go_back(&mut self, name: &str) -> io::Result<()> {
        self.qmp.execute("stop", &json!({}))?;
        self.qmp.old_command(&format!("loadvm {name}"))?;
        self.qmp.execute("cont", &json!({}))?;
        self.root.sync(SYNC)?;
        self.user.sync(SYNC)
    }

    /// The power goes.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.pid.store(0, Ordering::SeqCst);
        self.process.kill().and_then(|()| self.process.wait()).map(drop)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// How the machine is made, without what differs from run to run: two that are made alike can
/// have each other's snapshots.
pub(super) fn signature() -> io::Result<Vec<String>> {
    let version = Command::new("qemu-system-x86_64").arg("--version").output().map_err(|e| {
        io::Error::new(
            e.kind(),
            format!("qemu-system-x86_64 (Debian package qemu-system-x86): {e}"),
        )
    })?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    Ok(vec![version, FIXED.to_owned(), KERNEL.to_owned(), PORTS.join(" ")])
}

fn command(image: &Image, place: &Place) -> Command {
    // QEMU must not outlive this process, however it ends.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "qemu-system-x86_64"]);
    command.args(FIXED.split_whitespace());
    command.arg("-kernel").arg(image.kernel()).arg("-initrd").arg(&place.initrd);
    command.args(["-append", KERNEL]);
    let mut pair = |option: &str, value: String| {
        command.arg(option).arg(value);
    };
    let (root, snapshots) = (image.root(), &place.snapshots);
    pair("-drive", format!("if=none,id=root,format=raw,readonly=on,file={}", root.display()));
    pair("-device", "virtio-blk-pci,drive=root".to_owned());
    pair("-drive", format!("if=none,id=state,format=qcow2,file={}", snapshots.display()));
    for port in PORTS {
        let socket = place.run.join(format!("{port}.socket"));
        let socket = socket.display();
        pair("-chardev", format!("socket,id={port},server=on,wait=off,path={socket}"));
        pair("-device", format!("virtserialport,chardev={port},name=lab.{port}"));
    }
    let share = place.share.display();
    pair("-fsdev", format!("local,id=share,security_model=none,readonly=on,path={share}"));
    pair("-device", "virtio-9p-pci,fsdev=share,mount_tag=share".to_owned());
    pair("-serial", format!("file:{}", place.run.join("console.log").display()));
    let qmp = place.run.join("qmp.socket");
    pair("-qmp", format!("unix:{},server=on,wait=off", qmp.display()));
    command
}

/// The monitor and the agents, as soon as QEMU listens.
fn open(process: &mut Child, socket: &impl Fn(&str) -> PathBuf) -> io::Result<(Qmp, Agent, Agent)> {
    let end = Instant::now() + Duration::from_secs(30);
    let mut connect = |name: &str| loop {
        match UnixStream::connect(socket(name)) {
            Ok(stream) => return Ok(stream),
            Err(e) if Instant::now() > end => return Err(e),
            Err(_) if process.try_wait()?.is_some() => {
                return Err(io::Error::other("it ended at once"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let (root, user) = (connect(PORTS[0])?, connect(PORTS[1])?);
    Ok((Qmp::open(connect("qmp")?)?, Agent::new(root), Agent::new(user)))
}

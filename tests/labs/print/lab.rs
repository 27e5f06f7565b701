//! What every case finds: a CUPS of its own, a printer at the end of IPP, one at the end of USB.
//!
//! ```text
//! <dir>/recorded.sock --recorder--> cups.sock   what ordinary users see
//!       root/ spool/ cache/ state/ tmp/ log/     cupsd's, as Debian configures it
//!       bin/backend/                             CUPS's own, and those that stand for hardware
//!       pages/ heard/                            what arrived at the printers
//!       mode-ipp, mode-usb                       how the printers behave
//! ```

use std::fs::{self, Permissions};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::{Ran, Service, until};
use crate::raster::{self, Page};
use crate::recorder::Recorder;

/// An ordinary user who has nothing.
const NOBODY: u32 = 65534;

/// The queue with ippeveprinter behind it, and the one with the lab's USB backend.
pub(crate) const PAPER: &str = "paper";
pub(crate) const CABLE: &str = "cable";

/// Schemes of backends that Debian's packages may not have installed here; none is ever run.
const STUBS: &[&str] = &["socket", "lpd", "smb", "dnssd", "cups-pdf", "bluetooth", "hp"];

pub(crate) struct Lab {
    dir: TempDir,
    pictures: PathBuf,
    pub(crate) recorder: Recorder,
    port: u16,
    printer: Option<Service>,
    _cupsd: Service,
    _bus: Service,
}

impl Lab {
    pub(crate) fn start() -> io::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Err(io::Error::other("it needs root: make lab-print asks for it"));
        }
        let dir = tempfile::Builder::new().prefix("lab-print-").tempdir()?;
        let at = dir.path();
        prepare(at)?;
        let bus = Service::start(
            &["dbus-daemon", "--nofork", "--config-file", &at.join("bus.conf").to_string_lossy()],
            &[],
            &at.join("log/bus"),
        )?;
        until("the message bus", || at.join("bus").exists())?;
        let conf = |name: &str| at.join("root").join(name).to_string_lossy().into_owned();
        let (daemon, files) = (conf("cupsd.conf"), conf("cups-files.conf"));
        let words = ["/usr/sbin/cupsd", "-f", "-c", &daemon, "-s", &files];
        let cupsd = Service::start(&words, &[], &at.join("log/cupsd"))?;
        until("cupsd", || at.join("cups.sock").exists())?;
        let recorder = Recorder::start(&at.join("recorded.sock"), &at.join("cups.sock"))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let pictures = pictures()?;
        let mut lab =
            Self { dir, pictures, recorder, port, printer: None, _cupsd: cupsd, _bus: bus };
        lab.ready()?;
        lab.queues()?;
        Ok(lab)
    }

    /// Printers that work, no page, no question and no job of an earlier case.
    pub(crate) fn ready(&mut self) -> io::Result<()> {
        self.recorder.lose(None);
        for printer in ["ipp", "usb"] {
            self.mode(printer, "")?;
        }
        fs::create_dir_all(self.path("printer"))?;
        if self.printer.is_none() {
            self.switch_on()?;
        }
        // Without a queue there is none to empty.
        let _ = self.admin("cancel", &["-a", "-x"]);
        for queue in [PAPER, CABLE] {
            let _ = self.admin("cupsenable", &[queue]);
        }
        for dir in ["pages", "heard"] {
            fs::remove_dir_all(self.path(dir))?;
            fs::create_dir(self.path(dir))?;
            fs::set_permissions(self.path(dir), Permissions::from_mode(0o777))?;
        }
        self.recorder.take();
        Ok(())
    }

    /// A place beneath the lab's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where pictures of pages go; they stay.
    pub(crate) fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// Tells a printer how to behave; an empty word: well.
    pub(crate) fn mode(&self, printer: &str, word: &str) -> io::Result<()> {
        fs::write(self.path(&format!("mode-{printer}")), word)
    }

    /// Pulls the plug of the IPP printer.
    pub(crate) fn switch_off(&mut self) {
        self.printer = None;
    }

    /// Plugs it in again.
    pub(crate) fn switch_on(&mut self) -> io::Result<()> {
        let (script, spool) = (self.path("print.sh"), self.path("printer"));
        let (script, spool) = (script.to_string_lossy(), spool.to_string_lossy());
        let (port, bus) = (self.port.to_string(), self.path("bus"));
        let words = ["-n", "localhost", "-p", &port, "-r", "off", "-s", "120,120", "-d", &spool];
        let kind = ["-f", "image/pwg-raster", "-c", &script, "Lab"];
        let bus = format!("unix:path={}", bus.display());
        let words = [&["ippeveprinter"], &words[..], &kind].concat();
        let env = [("DBUS_SYSTEM_BUS_ADDRESS", bus.as_str())];
        self.printer = Some(Service::start(&words, &env, &self.path("log/printer"))?);
        let port = self.port;
        until("the printer", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
    }

    fn queues(&self) -> io::Result<()> {
        let uri = format!("ipp://localhost:{}/ipp/print", self.port);
        self.admin("lpadmin", &["-p", PAPER, "-E", "-v", &uri, "-m", "everywhere"])?;
        let ppd = self.path("root/ppd/paper.ppd");
        until("the queue's description", || ppd.exists())?;
        // The lab's backend has no printer that would say which paper it has.
        fs::copy(&ppd, self.path("cable.ppd"))?;
        self.new_cable()
    }

    /// The queue of the USB printer, of which CUPS knows nothing yet.
    pub(crate) fn new_cable(&self) -> io::Result<()> {
        // It may not be there.
        let _ = self.admin("lpadmin", &["-x", CABLE]);
        let ppd = self.path("cable.ppd").to_string_lossy().into_owned();
        let uri = "usb://Lab/Printer?serial=1";
        self.admin("lpadmin", &["-p", CABLE, "-E", "-v", uri, "-P", &ppd])
    }

    /// One of CUPS's own commands, as root.
    pub(crate) fn admin(&self, program: &str, args: &[&str]) -> io::Result<()> {
        let output = Command::new(program)
            .args(args)
            .env("CUPS_SERVER", self.path("cups.sock"))
            .env("CUPS_STATEDIR", self.path("state"))
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("{program} {args:?}: {said}")))
    }

    /// A file that an ordinary user can read, in a directory of theirs.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.path("desk").join(name);
        fs::write(&path, bytes)?;
        chown(&path, Some(NOBODY), Some(NOBODY))?;
        Ok(path)
    }

    /// The same, cleaned by `sd-export scrub`; returns the name of the copy.
    pub(crate) fn put_clean(&self, name: &str, bytes: &[u8]) -> io::Result<String> {
        self.put(name, bytes)?;
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let copy = format!("{stem}.clean.{extension}");
        let _ = fs::remove_file(self.path("desk").join(&copy));
        self.run(&["scrub", name])?.expect("DONE");
        Ok(copy)
    }

    /// `sd-export`, as an ordinary user.
    pub(crate) fn run(&self, args: &[&str]) -> io::Result<Ran> {
        Ok(Ran::of(&self.command(args).output()?))
    }

    /// `sd-export print`, with everything but the files and the printer said already.
    pub(crate) fn print(&self, printer: &str, args: &[&str]) -> io::Result<Ran> {
        let sent = self.printing(printer, args).output()?;
        Ok(Ran::of(&sent))
    }

    /// The same in the background.
    pub(crate) fn start_print(&self, printer: &str, args: &[&str]) -> io::Result<Child> {
        self.printing(printer, args).spawn()
    }

    /// The command behind [`Self::print`].
    pub(crate) fn printing(&self, printer: &str, args: &[&str]) -> Command {
        let mut command = self.command(&["print", "--yes", "--printer", printer]);
        command.arg("--cups").arg(self.path("recorded.sock"));
        command.arg("--spool").arg(self.path("spool")).args(args);
        command
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.path("desk/sd-export"));
        command.arg("--json").args(args).current_dir(self.path("desk"));
        command.uid(NOBODY).gid(NOBODY).env("HOME", self.path("desk")).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The pages that arrived, file by file; each is saved as a picture.
    pub(crate) fn delivered(&self, name: &str) -> io::Result<Vec<Vec<Page>>> {
        let mut files: Vec<_> = fs::read_dir(self.path("pages"))?
            .map(|e| e.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        files.sort();
        let mut all = Vec::new();
        for file in files {
            let pages = raster::pages(&fs::read(file)?)?;
            for (i, page) in pages.iter().enumerate() {
                page.save(&self.pictures.join(format!("{name}-{}-{}.png", all.len() + 1, i + 1)))?;
            }
            all.push(pages);
        }
        Ok(all)
    }
}

/// Everything that stands on the disk before anything is started.
fn prepare(at: &Path) -> io::Result<()> {
    fs::set_permissions(at, Permissions::from_mode(0o755))?;
    for dir in [
        "root",
        "spool",
        "cache",
        "state",
        "tmp",
        "log",
        "pages",
        "heard",
        "printer",
        "desk",
        "bin/backend",
    ] {
        fs::create_dir_all(at.join(dir))?;
    }
    chown(at.join("desk"), Some(NOBODY), Some(NOBODY))?;
    // cupsd lets its filters make temporary files by group.
    Command::new("chgrp").arg("lp").arg(at.join("tmp")).status()?;
    fs::set_permissions(at.join("tmp"), Permissions::from_mode(0o1770))?;
    let place = at.to_string_lossy();
    fs::write(at.join("bus.conf"), include_str!("bus.conf").replace("@LAB@", &place))?;
    let files = include_str!("cups-files.conf").replace("@LAB@", &place);
    fs::write(at.join("root/cups-files.conf"), files)?;
    fs::write(at.join("root/cupsd.conf"), cupsd_conf(at)?)?;
    for (name, script) in
        [("print.sh", include_str!("print.sh")), ("usb.sh", include_str!("usb.sh"))]
    {
        fs::write(at.join(name), script.replace("@LAB@", &place))?;
        fs::set_permissions(at.join(name), Permissions::from_mode(0o755))?;
    }
    backends(at)?;
    programs(at)
}

/// Debian's own configuration, with its policies, at the lab's socket and nowhere else.
fn cupsd_conf(at: &Path) -> io::Result<String> {
    let theirs = fs::read_to_string("/etc/cups/cupsd.conf")?;
    let ours = ["Listen", "Port", "Browsing", "BrowseLocalProtocols", "WebInterface"];
    let kept = |line: &&str| !ours.iter().any(|word| line.trim().starts_with(word));
    let kept: Vec<&str> = theirs.lines().filter(kept).collect();
    let socket = at.join("cups.sock");
    Ok(format!("Listen {}\nBrowsing No\nWebInterface No\n{}\n", socket.display(), kept.join("\n")))
}

/// CUPS's programs, with the lab's own in place of hardware.
fn backends(at: &Path) -> io::Result<()> {
    for dir in ["filter", "daemon", "driver", "notifier", "cgi-bin", "monitor"] {
        symlink(Path::new("/usr/lib/cups").join(dir), at.join("bin").join(dir))?;
    }
    let backend = at.join("bin/backend");
    symlink("/usr/lib/cups/backend/ipp", backend.join("ipp"))?;
    fs::copy(at.join("usb.sh"), backend.join("usb"))?;
    for stub in STUBS {
        fs::write(backend.join(stub), "#!/bin/sh\nexit 1\n")?;
        fs::set_permissions(backend.join(stub), Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// `sd-export`, where an ordinary user can reach it, wherever the build tree is.
fn programs(at: &Path) -> io::Result<()> {
    let own = std::env::current_exe()?;
    let profile = own.parent().and_then(|deps| deps.parent()).ok_or(io::ErrorKind::NotFound)?;
    let built = profile.join("sd-export");
    fs::copy(&built, at.join("desk/sd-export"))
        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", built.display())))?;
    Ok(())
}

/// An empty directory in the build tree.
fn pictures() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(3).ok_or(io::ErrorKind::NotFound)?;
    let pictures = target.join("print-lab");
    let _ = fs::remove_dir_all(&pictures);
    fs::create_dir_all(&pictures)?;
    Ok(pictures)
}

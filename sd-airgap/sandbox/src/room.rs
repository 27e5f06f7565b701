//! A program of somebody else's in an empty room: no network, no file of this station.
//!
//! ```text
//! parent --prlimit--> limits --unshare--> no network --bubblewrap--> /usr, read only; one document;
//!    ^                                                               /tmp and /proc of its own
//!    '------------------- one file, written from inside -------------'
//! ```
//! A worker of ours may call next to nothing; a large program needs a whole system around it. What
//! it gets is the part of the system that is the same on every station, and what it was asked to
//! work on. It is killed with its room when it takes too long, or when this program dies.

use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::fs::SeekFrom;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::template::ends_within;

/// What a room may use up. Memory is that of each process; seconds are of the wall.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Bytes.
    pub memory: u64,
    /// Bytes of one file, and of all that is written into the room.
    pub output: u64,
    /// Seconds.
    pub seconds: u64,
}

/// Why nothing came out of a room.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// There is no room to be had.
    #[error("another program cannot be locked in on this system (bubblewrap): it was not started")]
    None,
    /// It could not be started or waited for.
    #[error("starting another program failed: {0}")]
    Start(#[source] std::io::Error),
    /// It took too long.
    #[error("another program was stopped, it took too long")]
    Time,
    /// It is not there.
    #[error("the program is not on this station")]
    NotThere,
    /// It ended, and not well.
    #[error("another program ended with {0}")]
    Ended(ExitStatus),
}

/// How a shell says that a command is not there.
const NOT_FOUND: i32 = 127;

/// What stands in every room: programs, fonts and their settings, all read only.
const FURNITURE: &[&str] = &[
    "--ro-bind",
    "/usr",
    "/usr",
    "--symlink",
    "usr/bin",
    "/bin",
    "--symlink",
    "usr/lib",
    "/lib",
    "--symlink",
    "usr/lib64",
    "/lib64",
    "--ro-bind-try",
    "/etc/fonts",
    "/etc/fonts",
    "--ro-bind-try",
    "/etc/libreoffice",
    "/etc/libreoffice",
    "--ro-bind-try",
    "/var/lib/libreoffice",
    "/var/lib/libreoffice",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
];

impl Room {
    /// Runs a shell script in the room. `document` stands there, read only, under the name that is
    /// given; what the script writes to its standard output goes to `output`.
    pub fn run(
        &self,
        script: &str,
        (document, name): (impl AsFd, &str),
        output: impl AsFd,
    ) -> Result<(), RoomError> {
        let own = |fd: &dyn AsFd| fd.as_fd().try_clone_to_owned().map_err(RoomError::Start);
        rustix::fs::seek(&document, SeekFrom::Start(0)).map_err(|e| RoomError::Start(e.into()))?;
        let mut trial = self.start(&["true"], own(&document)?, own(&output)?, None)?;
        match self.wait(&mut trial) {
            Ok(status) if status.success() => {}
            _ => return Err(RoomError::None),
        }
        let script = ["sh", "-c", script];
        let mut child = self.start(&script, own(&document)?, own(&output)?, Some(name))?;
        let status = self.wait(&mut child)?;
        match status.code() {
            Some(0) => Ok(()),
            Some(NOT_FOUND) => Err(RoomError::NotThere),
            _ => Err(RoomError::Ended(status)),
        }
    }

    fn start(
        &self,
        program: &[&str],
        document: OwnedFd,
        output: OwnedFd,
        name: Option<&str>,
    ) -> Result<Child, RoomError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that lets others' programs in"
        )]
        let mut command = Command::new("/usr/bin/prlimit");
        command.args([
            format!("--as={}", self.memory),
            format!("--fsize={}", self.output),
            format!("--cpu={}", self.seconds),
            "--core=0".to_owned(),
        ]);
        // The room is made without a network and shares it: bubblewrap would set up an interface in
        // it, for which it needs a kind of socket that programs of the SVS have given up.
        command.args(["/usr/bin/unshare", "--user", "--map-current-user", "--net"]);
        command.args(["/usr/bin/bwrap", "--unshare-all", "--share-net", "--unshare-user"]);
        command.args(["--disable-userns", "--cap-drop", "ALL"]);
        command.args(["--die-with-parent", "--new-session", "--clearenv"]);
        command.args(FURNITURE);
        command.args(["--size", &self.output.to_string(), "--tmpfs", "/tmp"]);
        command.args(["--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin"]);
        command.args(["--setenv", "LC_ALL", "C.UTF-8"]);
        if let Some(name) = name {
            command.args(["--ro-bind-data", "0", &format!("/tmp/{name}")]);
        }
        command.arg("--").args(program).env_clear();
        command.stdin(Stdio::from(document)).stdout(Stdio::from(output)).stderr(Stdio::null());
        match command.spawn() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(RoomError::None),
            started => started.map_err(RoomError::Start),
        }
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus, RoomError> {
        let limit = Duration::from_secs(self.seconds);
        let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty());
        let handle = handle.map_err(|e| RoomError::Start(e.into()))?;
        if ends_within(&handle, limit).map_err(RoomError::Start)? {
            return child.wait().map_err(RoomError::Start);
        }
        // It may be gone by now. All that it started goes with it.
        let _ = child.kill();
        let _ = child.wait();
        Err(RoomError::Time)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Seek as _, Write as _};

    use super::*;

    const SMALL: Room = Room { memory: 1 << 30, output: 1 << 20, seconds: 20 };

    /// What a script in the room says.
    fn said(room: Room, script: &str) -> Result<String, RoomError> {
        let mut document = tempfile::tempfile().expect("a file");
        document.write_all(b"the document").expect("written");
        let mut output = tempfile::tempfile().expect("a file");
        room.run(script, (&document, "d.txt"), &output)?;
        let mut text = String::new();
        output.rewind().expect("rewound");
        output.read_to_string(&mut text).expect("text");
        Ok(text)
    }

    #[test]
    fn only_the_document_is_in_the_room() {
        let text = said(SMALL, "cat /tmp/d.txt; echo; ls -A /tmp /; ls /etc /var /proc/1/cwd")
            .expect("a room");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.starts_with("the document /: bin dev etc lib lib64 proc tmp usr"), "{text}");
        assert!(text.contains("/tmp: d.txt"), "{text}");
        for elsewhere in ["home", "root", "passwd", "shadow", "media", "run", "sys"] {
            assert!(!text.split(' ').any(|word| word == elsewhere), "{elsewhere} is in it: {text}");
        }
        for forbidden in ["echo x > /tmp/d.txt", "echo x > /usr/x", "mount -t proc proc /tmp"] {
            assert!(matches!(said(SMALL, forbidden), Err(RoomError::Ended(_))), "{forbidden}");
        }
    }

    #[test]
    fn there_is_no_network_in_it_and_no_process_of_the_station() {
        let links = said(SMALL, "tail -n +3 /proc/net/dev; cat /proc/net/route /proc/net/unix")
            .expect("a room");
        let names: Vec<&str> =
            links.lines().filter_map(|l| l.split_once(':')).map(|(n, _)| n.trim()).collect();
        assert!(
            names.iter().all(|n| *n == "lo" || n.parse::<u64>().is_err() && !n.contains("eth")),
            "{links}"
        );
        assert!(!links.contains('@'), "a socket without a place can be reached: {links}");
        let processes = said(SMALL, "cat /proc/[0-9]*/comm").expect("a room");
        assert!(processes.lines().all(|p| ["bwrap", "sh", "cat"].contains(&p)), "{processes}");
    }

    #[test]
    fn what_takes_too_much_is_stopped_and_every_end_has_a_name() {
        let hurried = Room { seconds: 1, ..SMALL };
        assert!(matches!(said(hurried, "sleep 60"), Err(RoomError::Time)));
        assert!(matches!(said(SMALL, "head -c 2000000 /dev/zero"), Err(RoomError::Ended(_))));
        assert!(matches!(
            said(SMALL, "head -c 2000000 /dev/zero > /tmp/x"),
            Err(RoomError::Ended(_))
        ));
        assert!(matches!(said(SMALL, "exit 3"), Err(RoomError::Ended(_))));
        assert!(matches!(said(SMALL, "no-such-program"), Err(RoomError::NotThere)));
    }
}

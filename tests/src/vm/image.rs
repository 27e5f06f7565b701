//! The guest's kernel and root file system, built once and kept.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use super::cpio;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/labs/vm/image/build.sh");

/// A directory with `vmlinux`, `initrd.cpio` and `root.sqfs`.
#[derive(Debug)]
pub(super) struct Image {
    dir: PathBuf,
}

impl Image {
    /// The image for this Debian suite, built now if it is not there. The script is the only
    /// thing that it depends on.
    pub(super) fn ready(suite: &str, cache: &Path) -> io::Result<Self> {
        let output = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", SCRIPT, suite])
            .arg(cache)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        match (output.status.success(), said.lines().last()) {
            (true, Some(dir)) => Ok(Self { dir: dir.into() }),
            _ => Err(io::Error::other(format!("no image of {suite}: its script failed"))),
        }
    }

    pub(super) fn kernel(&self) -> PathBuf {
        self.dir.join("vmlinux")
    }

    pub(super) fn root(&self) -> PathBuf {
        self.dir.join("root.sqfs")
    }

    /// The first file system with the agent in it: the kernel unpacks one archive after the other.
    pub(super) fn initrd_with(&self, agent: &[u8]) -> io::Result<Vec<u8>> {
        let mut archive = std::fs::read(self.dir.join("initrd.cpio"))?;
        archive.extend(cpio::one_program("vm-agent", agent)?);
        Ok(archive)
    }

    /// Removes every state that was kept; machines that run have copies of their own.
    pub(super) fn forget_snapshots(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("booted-") {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Where the state after the boot is kept, for this agent and this way to start the machine.
    pub(super) fn snapshot_for(&self, agent: &[u8], machine: &[String]) -> PathBuf {
        let mut hash = Sha256::new_with_prefix(agent);
        for word in machine {
            hash.update(word);
            hash.update([0]);
        }
        let hash: String =
            hash.finalize()[..8].iter().fold(String::new(), |h, b| format!("{h}{b:02x}"));
        self.dir.join(format!("booted-{hash}.qcow2"))
    }
}

//! A device that is as slow as a stick: the kernel's own limit on a control group.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// Bytes a second: what the fastest USB 3 sticks write.
pub(crate) const STICK: u64 = 500_000_000;

/// This process and its children, held to a pace on one device until it is dropped.
pub(crate) struct Pace {
    group: PathBuf,
    /// Where this process goes back to.
    root: PathBuf,
}

impl Pace {
    /// `None` where the kernel or its user does not let us.
    pub(crate) fn set(node: &Path, bytes_per_second: u64) -> Outcome<Option<Self>> {
        let device = numbers(node)?;
        for (root, is_second) in [("/sys/fs/cgroup", true), ("/sys/fs/cgroup/blkio", false)] {
            let root = PathBuf::from(root);
            let group = root.join(format!("sneakernet-bench-{}", std::process::id()));
            if !root.join(if is_second { "cgroup.controllers" } else { "cgroup.procs" }).exists() {
                continue;
            }
            // Where somebody has switched it on already this changes nothing.
            let _ = std::fs::write(root.join("cgroup.subtree_control"), "+io");
            if std::fs::create_dir(&group).is_err() {
                continue;
            }
            let pace = Self { group, root };
            if pace.limit(&device, bytes_per_second, is_second).is_ok() {
                return Ok(Some(pace));
            }
        }
        Ok(None)
    }

    fn limit(&self, device: &str, bytes: u64, is_second: bool) -> io::Result<()> {
        let write = |file: &str, text: String| std::fs::write(self.group.join(file), text);
        if is_second {
            write("io.max", format!("{device} rbps={bytes} wbps={bytes}"))?;
        } else {
            write("blkio.throttle.write_bps_device", format!("{device} {bytes}"))?;
            write("blkio.throttle.read_bps_device", format!("{device} {bytes}"))?;
        }
        write("cgroup.procs", std::process::id().to_string())
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        // An empty group that stays behind does nothing.
        let _ = std::fs::write(self.root.join("cgroup.procs"), std::process::id().to_string());
        let _ = std::fs::remove_dir(&self.group);
    }
}

/// The major and minor number of a device, as `8:16`.
fn numbers(node: &Path) -> Outcome<String> {
    let told = Command::new("lsblk").args(["-dno", "MAJ:MIN"]).arg(node).output()?;
    Ok(String::from_utf8(told.stdout)?.trim().to_owned())
}

//! What is mounted where, and what is swapped to.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::DiscoverError;
use super::kernel_files;

/// Directories that the running system lives in.
const SYSTEM: [&str; 7] =
    ["/", "/boot", "/boot/efi", "/usr", "/var", "/home", "/home/amnesia/Persistent"];

/// Directories beneath which Tails (and other live systems) keep their medium and persistence.
const SYSTEM_TREES: [&str; 4] = ["/live", "/lib/live", "/usr/lib/live", "/run/live"];

/// Directories beneath which the desktop mounts, one directory for each user first.
const DESKTOP_TREES: [&str; 2] = ["/media", "/run/media"];

/// One line of the mount table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MountLine {
    /// Major and minor number of the mounted device.
    pub(super) number: (u32, u32),
    /// Where.
    pub(super) at: PathBuf,
    /// What, often a node.
    pub(super) source: PathBuf,
}

/// The mounts and swaps of the system.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) mounts: Vec<MountLine>,
    /// Devices and files.
    pub(super) swaps: Vec<PathBuf>,
}

impl Places {
    /// Asks the kernel. It answers for this process's mount namespace.
    pub(super) fn read() -> Result<Self, DiscoverError> {
        let read = |path: &'static str| {
            kernel_files::read(Path::new(path))
                .map_err(|source| DiscoverError::Kernel { path, source })
        };
        let mounts = mount_table(&read("/proc/self/mountinfo")?);
        // A kernel without swap has no such file, and an empty one says the same.
        let swaps = match read("/proc/swaps") {
            Ok(bytes) => swap_table(&bytes),
            Err(DiscoverError::Kernel { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Vec::new()
            }
            Err(other) => return Err(other),
        };
        Ok(Self { mounts, swaps })
    }

    /// The mount that a file lies on: the last of those with the longest directory.
    pub(super) fn holding(&self, file: &Path) -> Option<&MountLine> {
        let beneath = self.mounts.iter().filter(|m| file.starts_with(&m.at));
        beneath.max_by_key(|m| m.at.components().count())
    }
}

/// Whether the running system lives in this directory.
pub(super) fn is_system(at: &Path) -> bool {
    SYSTEM.iter().any(|dir| at == Path::new(dir))
        || SYSTEM_TREES.iter().any(|tree| at.starts_with(tree))
}

/// Whether the desktop mounts there: `/media/<user>/<name>`, and nothing less deep.
pub(super) fn is_desktop(at: &Path) -> bool {
    DESKTOP_TREES
        .iter()
        .filter_map(|tree| at.strip_prefix(tree).ok())
        .any(|below| below.components().count() >= 2)
}

/// `36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/sda1 rw,errors=continue`
fn mount_table(bytes: &[u8]) -> Vec<MountLine> {
    bytes.split(|b| *b == b'\n').filter_map(mount_line).collect()
}

fn mount_line(line: &[u8]) -> Option<MountLine> {
    let mut fields = line.split(|b| *b == b' ');
    let number = str::from_utf8(fields.nth(2)?).ok()?;
    let (major, minor) = number.split_once(':')?;
    let at = fields.nth(1)?;
    let source = fields.skip_while(|field| *field != b"-").nth(2)?;
    Some(MountLine {
        number: (major.parse().ok()?, minor.parse().ok()?),
        at: path(at),
        source: path(source),
    })
}

/// A head line, then `/dev/dm-1 partition 975868 0 -2`.
fn swap_table(bytes: &[u8]) -> Vec<PathBuf> {
    let lines = bytes.split(|b| *b == b'\n').skip(1);
    let names = lines.filter_map(|line| line.split(|b| b" \t".contains(b)).next());
    names.filter(|name| !name.is_empty()).map(path).collect()
}

/// Undoes the kernel's octal escapes (`\040` for a space).
fn path(escaped: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((&first, behind)) = rest.split_first() {
        if let [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] = *rest {
            bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
            rest = &rest[4..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    PathBuf::from(OsStr::from_bytes(&bytes))
}

#[cfg(test)]
impl Places {
    /// The two files, as text.
    pub(super) fn of(mounts: &str, swaps: &str) -> Self {
        Self { mounts: mount_table(mounts.as_bytes()), swaps: swap_table(swaps.as_bytes()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
30 1 0:28 / / rw,noatime - overlay overlay rw,lowerdir=/live/rootfs
44 30 8:17 / /media/amnesia/MY\\040STICK rw,nosuid shared:30 master:2 - vfat /dev/sdb1 rw
45 30 253:0 / /live/persistence/TailsData_unlocked rw - ext4 /dev/mapper/TailsData_unlocked rw
not a line
";

    #[test]
    fn the_mount_table_is_read_with_its_escapes() {
        let places = Places::of(TABLE, "Filename Type Size Used Priority\n/dev/zram0 partition 9");
        assert_eq!(places.mounts.len(), 4);
        let stick = &places.mounts[2];
        assert_eq!(stick.number, (8, 17));
        assert_eq!(stick.at, Path::new("/media/amnesia/MY STICK"));
        assert_eq!(stick.source, Path::new("/dev/sdb1"));
        assert_eq!(places.swaps, [Path::new("/dev/zram0")]);
        let file = Path::new("/media/amnesia/MY STICK/disk.img");
        assert_eq!(places.holding(file).expect("a mount"), stick);
        assert_eq!(places.holding(Path::new("/etc/passwd")).expect("a mount").number, (0, 28));
    }

    #[test]
    fn only_a_directory_of_a_user_s_own_is_the_desktop_s() {
        for (at, desktop) in [
            ("/media/amnesia/STICK", true),
            ("/run/media/amnesia/STICK", true),
            ("/media/STICK", false),
            ("/media", false),
            ("/mnt", false),
            ("/mediaeval/amnesia/STICK", false),
        ] {
            assert_eq!(is_desktop(Path::new(at)), desktop, "{at}");
        }
        assert!(is_system(Path::new("/lib/live/mount/medium")));
        assert!(is_system(Path::new("/")));
        assert!(!is_system(Path::new("/media/amnesia/STICK")));
    }

    #[test]
    fn this_machine_s_own_tables_can_be_read() {
        let places = Places::read().expect("a kernel");
        assert!(places.mounts.iter().any(|m| m.at == Path::new("/")));
    }
}

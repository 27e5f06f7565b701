//! A stick below its file system: whole sectors, past the page cache.
//!
//! ```text
//! open descriptor --BlockDevice--> write_at, flush     (aligned, O_DIRECT)
//!                        '--> reader --> every byte once, from front to end
//! ```
//! Whoever opened the node (udisks2, for an ordinary user) hands the descriptor over; a regular
//! file of whole sectors may stand in for a device.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;

use rustix::fs::{FileType, OFlags};

use crate::medium::MediumReader;

/// What raw media are made of. A device in earnest, a chip in memory in tests.
pub trait Sectors {
    /// Reads it from front to end.
    type Reader: Read + Send + 'static;

    /// Bytes in all.
    fn size(&self) -> u64;

    /// Bytes in a sector; offsets and lengths are multiples of it.
    fn sector(&self) -> u32;

    /// Writes whole sectors; `bytes` should be aligned as [`Aligned`](crate::Aligned) is.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Reads whole sectors.
    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Makes what was written durable, in the stick's own cache too.
    fn flush(&mut self) -> io::Result<()>;

    /// A reader of its own, at the first byte.
    fn reader(&self) -> io::Result<Self::Reader>;
}

/// A device that somebody opened.
#[derive(Debug)]
pub struct BlockDevice {
    file: File,
    size: u64,
    sector: u32,
}

impl BlockDevice {
    /// Takes the descriptor of a block device, or of a regular file of whole sectors.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        let mut file = File::from(fd);
        let kind = FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode);
        let sector = match kind {
            FileType::BlockDevice => rustix::fs::ioctl_blksszget(&file)?,
            FileType::RegularFile => 512,
            _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a device")),
        };
        let size = file.seek(SeekFrom::End(0))?;
        if sector == 0 || !size.is_multiple_of(u64::from(sector)) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not whole sectors"));
        }
        // tmpfs cannot; then the page cache is flushed like any other.
        let _ = rustix::fs::fcntl_setfl(&file, OFlags::DIRECT);
        Ok(Self { file, size, sector })
    }
}

impl Sectors for BlockDevice {
    type Reader = MediumReader;

    fn size(&self) -> u64 {
        self.size
    }

    fn sector(&self) -> u32 {
        self.sector
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, at)
    }

    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, at)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn reader(&self) -> io::Result<MediumReader> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(MediumReader::of_size(file, self.size))
    }
}

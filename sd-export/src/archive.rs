//! Several files as one: `files.tar.zst`, for `tar --zstd -xf`.
//!
//! ```text
//! file --hashed, what was checked?--> tar --> zstd --hashed--> unnamed file --> files.tar.zst
//! ```
//! Its members tell nothing but name and bytes: no owner, no time. Their sums lie at its end.

use std::io::{self, Read, Write};

use sd_fs::{Digests, Dir, Hasher, Progress, SafeName};

use crate::manifest::{self, B3SUMS, Entry, SHA256SUMS};
use crate::plan::Planned;
use crate::writing::{Cause, entry};

/// zstd's own default: more takes longer and gains little.
const LEVEL: i32 = 3;

/// An archive and what is in it.
pub(crate) struct Archived {
    pub(crate) archive: Digests,
    pub(crate) members: Vec<Entry>,
}

/// Packs the files into one archive of this name.
pub(crate) fn pack(
    dir: &Dir,
    name: &SafeName,
    files: &[Planned],
    progress: &mut dyn Progress,
) -> Result<Archived, Cause> {
    let mut file = dir.new_file()?;
    let out = Through::new(&mut file, None);
    let write = |e| Cause::Write(sd_fs::escape(name.as_str().as_bytes()), e);
    let mut tar = tar::Builder::new(zstd::Encoder::new(out, LEVEL).map_err(write)?);
    let mut members = Vec::new();
    for file in files {
        members.push(append(&mut tar, file, progress)?);
    }
    let sums = [(SHA256SUMS, manifest::sha256sums(&members)), (B3SUMS, manifest::b3sums(&members))];
    for (sums_name, text) in &sums {
        tar.append_data(&mut header(text.len() as u64), sums_name, text.as_bytes())
            .map_err(write)?;
    }
    let through = tar.into_inner().and_then(zstd::Encoder::finish).map_err(write)?;
    let archive = through.hasher.finish();
    file.commit(name.as_str())?;
    Ok(Archived { archive, members })
}

fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    file: &Planned,
    progress: &mut dyn Progress,
) -> Result<Entry, Cause> {
    let shown = || file.source.clone();
    let opened = file.input.open().map_err(|e| Cause::Input(shown(), e))?;
    // One byte more than it should have would show.
    let mut through = Through::new(opened.file.take(file.size + 1), Some(progress));
    let mut exactly = (&mut through).take(file.size);
    tar.append_data(&mut header(file.size), file.name.as_str(), &mut exactly)
        .map_err(|e| Cause::Write(shown(), e))?;
    let short = exactly.limit() != 0;
    let more = through.read(&mut [0]).map_err(|e| Cause::Write(shown(), e))? != 0;
    if short || more {
        return Err(Cause::Changed(shown()));
    }
    entry(file, &through.hasher.finish())
}

/// Nothing but a size.
fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// Hashes what goes through, in one direction or the other.
struct Through<'a, T> {
    inner: T,
    hasher: Hasher,
    progress: Option<&'a mut dyn Progress>,
}

impl<'a, T> Through<'a, T> {
    fn new(inner: T, progress: Option<&'a mut dyn Progress>) -> Self {
        Self { inner, hasher: Hasher::new(), progress }
    }

    fn saw(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        if let Some(progress) = &mut self.progress {
            progress.advance(bytes.len() as u64);
        }
    }
}

impl<T: Read> Read for Through<'_, T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.saw(&into[..n]);
        Ok(n)
    }
}

impl<T: Write> Write for Through<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.saw(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

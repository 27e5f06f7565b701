//! Files that are compressed as a whole: gzip, bzip2, xz, Zstandard; what is inside is cleaned.
//!
//! ```text
//! bytes --unpack: every stream, to the last byte--> one file --Nest::clean--> clean file
//!             '--> names, times, comments                         |
//!                                            pack: one setting --'--> unpacked again: the same?
//! ```
//! A compressed archive is an archive in a compressed file, so it needs nothing of its own.

mod bunzip2;
mod gzip;
mod xz;
mod zstd;

use crate::archive::Noted;
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::{Cleaned, Format, Refusal};

/// What one of the four programs wrote, taken apart.
struct Unpacked {
    data: Vec<u8>,
    /// How many bytes the streams took; what stands behind them is not part of the file.
    used: usize,
    streams: usize,
}

/// Writes a compressed file anew.
pub(crate) fn scrub(bytes: &[u8], format: Format, nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut noted = Noted::default();
    let unpacked = unpack(bytes, format, nest.room(), &mut noted)?;
    nest.admit_bytes(unpacked.data.len() as u64)?;
    nest.admit_members(1)?;
    if unpacked.streams > 1 {
        noted.said(Class::Software, "compressed in parts", || unpacked.streams.to_string());
    }
    noted.trailing(bytes.get(unpacked.used..).unwrap_or_default());
    let mut findings = Findings::default();
    noted.tell(&mut findings);
    let inner = nest.clean(&unpacked.data, "unpacked", &mut findings)?;
    drop(unpacked);
    let clean = pack(&inner.bytes, format)?;
    check(&clean, format, &inner.bytes)?;
    Ok((clean, findings))
}

/// Unpacks at most `room` bytes.
fn unpack(
    bytes: &[u8],
    format: Format,
    room: usize,
    noted: &mut Noted,
) -> Result<Unpacked, Refusal> {
    match format {
        Format::Bzip2 => bunzip2::unpack(bytes, room),
        Format::Xz => xz::unpack(bytes, room),
        Format::Zstd => zstd::unpack(bytes, room, noted),
        _ => gzip::unpack(bytes, room, noted),
    }
}

fn pack(data: &[u8], format: Format) -> Result<Vec<u8>, Refusal> {
    match format {
        Format::Bzip2 => {
            let mut out = Vec::new();
            let into = std::io::BufWriter::new(&mut out);
            banzai::encode(data, into, 9).map_err(|_| not_packed())?;
            Ok(out)
        }
        Format::Xz => xz::pack(data),
        Format::Zstd => Ok(zstd::pack(data)),
        _ => gzip::pack(data),
    }
}

/// The second reader: the copy is one stream without a name, and it holds what it should.
fn check(clean: &[u8], format: Format, data: &[u8]) -> Result<(), Refusal> {
    let mut noted = Noted::default();
    let again = unpack(clean, format, data.len(), &mut noted);
    let same = again.is_ok_and(|again| {
        again.data == data && again.used == clean.len() && again.streams == 1 && noted.is_empty()
    });
    if same {
        Ok(())
    } else {
        Err(Refusal::not_clean("the compressed copy is not what was written"))
    }
}

fn not_packed() -> Refusal {
    Refusal::not_clean("the copy could not be compressed")
}

/// Why a compressed file is not unpacked.
fn too_long(room: usize) -> Refusal {
    Refusal::TooLarge { what: "the unpacked file in bytes".to_owned(), limit: room as u64 }
}

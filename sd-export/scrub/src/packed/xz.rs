//! xz: has no room for names; filters, checks and sizes of blocks could mark a file.

use std::io::{Read as _, Write as _};

use lzma_rust2::{XzOptions, XzReader, XzWriter};

use super::{Unpacked, not_packed, too_long};
use crate::Refusal;

/// What the reader may hold, in KiB: `xz -9` wants 64 MiB.
const MEMORY: u32 = 80 << 10;
/// A setting that takes a tenth of the time of the usual one.
const PRESET: u32 = 2;

pub(super) fn unpack(bytes: &[u8], room: usize) -> Result<Unpacked, Refusal> {
    let reader = XzReader::new_mem_limit(bytes, true, MEMORY);
    let mut data = Vec::new();
    let limit = (room as u64).saturating_add(1);
    let read = reader.take(limit).read_to_end(&mut data);
    read.map_err(|e| match e.kind() {
        std::io::ErrorKind::OutOfMemory => Refusal::TooLarge {
            what: "the memory an xz file wants, in KiB".to_owned(),
            limit: MEMORY.into(),
        },
        _ => Refusal::malformed("an xz file that cannot be unpacked"),
    })?;
    if data.len() > room {
        return Err(too_long(room));
    }
    // The reader goes to the last byte, and takes nothing but streams and their padding.
    Ok(Unpacked { data, used: bytes.len(), streams: 1 })
}

pub(super) fn pack(data: &[u8]) -> Result<Vec<u8>, Refusal> {
    let failed = |_| not_packed();
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(PRESET)).map_err(failed)?;
    writer.write_all(data).map_err(failed)?;
    writer.finish().map_err(failed)
}

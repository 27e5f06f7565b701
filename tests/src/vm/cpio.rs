//! The archive format that Linux unpacks into its first file system ("newc").

use std::io;

/// An archive with one program at its root.
pub(super) fn one_program(name: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut archive = entry(name, 0o100_755, bytes)?;
    archive.extend(entry("TRAILER!!!", 0, &[])?);
    archive.resize(archive.len().next_multiple_of(512), 0);
    Ok(archive)
}

fn entry(name: &str, mode: u32, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let size = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let name_size = u32::try_from(name.len() + 1).map_err(io::Error::other)?;
    // inode, mode, user, group, links, time, size, device and special device (two each), name,
    // checksum
    let fields = [0, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0];
    let mut entry = fields.iter().fold("070701".to_owned(), |e, f| format!("{e}{f:08X}"));
    entry.push_str(name);
    entry.push('\0');
    let mut entry = entry.into_bytes();
    entry.resize(entry.len().next_multiple_of(4), 0);
    entry.extend(bytes);
    entry.resize(entry.len().next_multiple_of(4), 0);
    Ok(entry)
}

//! Where each byte of a bundle belongs.
//!
//! ```text
//! |0-pad: header + 1 MiB less 512 zeros|1-head.json|2-manifest.json.zst.pgp|m-000001.pgp|..|1024 zeros|
//! ```
//! Every header is determined by its name and size, so a reader that knows the manifest knows
//! every byte that is not a member's content.

use std::fmt;

/// A tar block.
pub(crate) const BLOCK: usize = 512;

/// The zeros of `0-pad`: header and content fill exactly 1 MiB, so that no superblock of any
/// file system fits into what a bare device shows first.
pub(crate) const PAD: u64 = (1 << 20) - BLOCK as u64;

/// Two zero blocks end a tar file.
pub(crate) const END: u64 = 2 * BLOCK as u64;

pub(crate) const PAD_NAME: &str = "0-pad";
pub(crate) const HEAD_NAME: &str = "1-head.json";
pub(crate) const MANIFEST_NAME: &str = "2-manifest.json.zst.pgp";

/// A part of the bundle, to say where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Region {
    /// `0-pad`.
    Pad,
    /// `1-head.json`.
    Head,
    /// `2-manifest.json.zst.pgp`.
    Manifest,
    /// A ciphertext, by its neutral name.
    Member(String),
    /// The zero blocks.
    End,
    /// What fills a bare device behind the bundle.
    Tail,
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pad => f.write_str("pad"),
            Self::Head => f.write_str("head"),
            Self::Manifest => f.write_str("manifest"),
            Self::Member(name) => write!(f, "member {name}"),
            Self::End => f.write_str("end"),
            Self::Tail => f.write_str("tail"),
        }
    }
}

/// The neutral name of the member at this index.
pub(crate) fn member_name(index: usize) -> String {
    format!("m-{:06}.pgp", index + 1)
}

/// Bytes a member takes up: its header, its content, zeros to the next block.
pub(crate) fn occupied(size: u64) -> u64 {
    BLOCK as u64 + padded(size)
}

/// Content and the zeros behind it.
pub(crate) fn padded(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64)
}

/// The length of a bundle, from the sizes of head, sealed manifest and members.
pub fn bundle_length(head: u64, sealed: u64, members: impl Iterator<Item = u64>) -> u64 {
    occupied(PAD) + occupied(head) + occupied(sealed) + members.map(occupied).sum::<u64>() + END
}

/// The header block of a regular file in the strict profile: mode 0600, owner 0, time 0.
///
/// Written out by hand: the reader compares, it does not parse, and a test holds this against
/// the `tar` crate that writes.
pub(crate) fn header(name: &str, size: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    put(&mut block, 0, name.as_bytes());
    put(&mut block, 100, b"0000600\0");
    put(&mut block, 108, b"0000000\0");
    put(&mut block, 116, b"0000000\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"00000000000\0");
    put(&mut block, 148, b"        ");
    put(&mut block, 156, b"0");
    put(&mut block, 257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    put(&mut block, 148, format!("{sum:07o}\0").as_bytes());
    block
}

fn put(block: &mut [u8; BLOCK], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_what_the_tar_crate_writes() {
        for (name, size) in [(PAD_NAME, PAD), (HEAD_NAME, 5), ("m-000001.pgp", 640 << 20)] {
            assert_eq!(
                header(name, size)[..],
                crate::writer::tar_header(name, size).as_bytes()[..]
            );
        }
    }

    #[test]
    fn the_pad_fills_the_first_mebibyte() {
        assert_eq!(occupied(PAD), 1 << 20);
        assert_eq!(bundle_length(1, 1, [1, 513].into_iter()), (1 << 20) + 3 * 1024 + 1536 + 1024);
    }
}

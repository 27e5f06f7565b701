//! Writing a bundle.

use std::io::{self, Read, Write};

use sd_fs::{Blake3, CopyError, Progress, copy_bounded};
use serde::{Deserialize, Serialize};

use crate::ids::{BundleId, ItemId};
use crate::item::Item;
use crate::layout::{
    BLOCK, HEAD_NAME, MANIFEST_NAME, PAD, PAD_NAME, Region, bundle_length, padded,
};
use crate::manifest::{FormatAndVersion, Manifest};

const FORMAT: &str = "sneakernet-bundle";
const VERSION: u32 = 1;

/// The hint at the front. Nothing is trusted from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) format: String,
    pub(crate) version: u32,
    pub(crate) bundle: BundleId,
    /// Bytes of the whole bundle.
    pub(crate) length: u64,
    /// Bytes of member 2.
    pub(crate) manifest_size: u64,
    /// BLAKE3 of member 2.
    pub(crate) manifest_blake3: Blake3,
}

impl Head {
    /// The head that belongs to this manifest and its sealed form.
    pub(crate) fn new(manifest: &Manifest, sealed: &[u8]) -> Self {
        let members = manifest.members.iter().map(|m| m.item.size);
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            bundle: manifest.bundle.clone(),
            // A head is shorter than one block whatever its numbers, so its own size is no
            // circle: it takes one block.
            length: bundle_length(1, sealed.len() as u64, members),
            manifest_size: sealed.len() as u64,
            manifest_blake3: Blake3::of(sealed),
        }
    }

    pub(crate) fn is_ours(kind: &FormatAndVersion) -> bool {
        kind.format == FORMAT && kind.version == VERSION
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Why a bundle was not written whole.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The ciphertext is not what was fetched.
    #[error("item {0}: the ciphertext in the inbox is not what was fetched any more")]
    Changed(ItemId),
    /// The ciphertext could not be read.
    #[error("item {item}: {source}")]
    Read {
        /// The item.
        item: ItemId,
        /// What failed.
        source: io::Error,
    },
    /// The medium failed or is full.
    #[error("writing the bundle failed: {0}")]
    Write(#[source] io::Error),
}

/// Writes a bundle and returns its length. `open` gives each item's ciphertext, in order.
///
/// Every member is hashed while copied and compared with its record: what rotted in the inbox
/// does not cross the gap under a good signature.
pub fn write_bundle<W: Write, R: Read>(
    out: &mut W,
    manifest: &Manifest,
    sealed: &[u8],
    mut open: impl FnMut(&Item) -> io::Result<R>,
    progress: &mut dyn Progress,
) -> Result<u64, WriteError> {
    let head = Head::new(manifest, sealed);
    for (_, bytes) in front(manifest, sealed) {
        out.write_all(&bytes).map_err(WriteError::Write)?;
    }
    for member in &manifest.members {
        let item = &member.item;
        out.write_all(tar_header(&member.name, item.size).as_bytes()).map_err(WriteError::Write)?;
        let read = |source| WriteError::Read { item: item.item.clone(), source };
        let mut ciphertext = open(item).map_err(read)?;
        copy_member(&mut ciphertext, out, item, progress)?;
        out.write_all(zeros_after(item.size)).map_err(WriteError::Write)?;
    }
    out.write_all(&[0; 2 * BLOCK]).and_then(|()| out.flush()).map_err(WriteError::Write)?;
    Ok(head.length)
}

/// Everything before the first member, part by part.
pub(crate) fn front(manifest: &Manifest, sealed: &[u8]) -> Vec<(Region, Vec<u8>)> {
    let part = |region, name, content: &[u8]| {
        let size = content.len() as u64;
        (region, [tar_header(name, size).as_bytes(), content, zeros_after(size)].concat())
    };
    let head = Head::new(manifest, sealed).to_json();
    vec![
        part(Region::Pad, PAD_NAME, &vec![0; usize::try_from(PAD).unwrap_or_default()]),
        part(Region::Head, HEAD_NAME, &head),
        part(Region::Manifest, MANIFEST_NAME, sealed),
    ]
}

fn copy_member(
    from: &mut impl Read,
    to: &mut impl Write,
    item: &Item,
    progress: &mut dyn Progress,
) -> Result<(), WriteError> {
    let digests = copy_bounded(from, to, item.size, progress).map_err(|e| match e {
        CopyError::TooLong(_) => WriteError::Changed(item.item.clone()),
        CopyError::Read(source) => WriteError::Read { item: item.item.clone(), source },
        CopyError::Write(e) => WriteError::Write(e),
    })?;
    let same =
        digests.size == item.size && digests.sha256 == item.sha256 && digests.blake3 == item.blake3;
    if same { Ok(()) } else { Err(WriteError::Changed(item.item.clone())) }
}

/// A header as the `tar` crate makes it, in our profile.
pub(crate) fn tar_header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    // Names here are short ASCII constants and counters: they always fit.
    let fits = header.set_path(name);
    debug_assert!(fits.is_ok(), "{name}");
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    header
}

fn zeros_after(size: u64) -> &'static [u8] {
    const ZEROS: [u8; BLOCK] = [0; BLOCK];
    let n = padded(size) - size;
    &ZEROS[..usize::try_from(n).unwrap_or_default()]
}

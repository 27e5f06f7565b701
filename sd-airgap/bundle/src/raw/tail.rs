//! What stands behind a bundle on a bare device.

use std::io::{self, Read, Write};

use sd_fs::Progress;

use crate::layout::Region;
use crate::manifest::Manifest;
use crate::reader::BundleError;
use crate::writer::WriteError;

/// Zeros at the end of a device: where GPT keeps its copy, md and ZFS their labels.
pub(crate) const LAST: u64 = 1 << 20;

/// One step of the stream.
const STEP: usize = 64 << 10;

/// The seeded stream: unlike anything that an earlier bundle left there.
pub(crate) struct Tail(blake3::OutputReader);

impl Tail {
    /// The tail that belongs to this manifest.
    pub(crate) fn of(manifest: &Manifest) -> Result<Self, WriteError> {
        let json = manifest.to_json().map_err(|e| WriteError::Write(io::Error::other(e)))?;
        Ok(Self::seeded(manifest, blake3::hash(&json).as_bytes()))
    }

    /// The same, when the hash of the manifest's JSON is known.
    pub(crate) fn seeded(manifest: &Manifest, hash: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("sneakernet bundle v1 tail");
        hasher.update(manifest.nonce.as_bytes());
        hasher.update(manifest.bundle.as_str().as_bytes());
        hasher.update(hash);
        Self(hasher.finalize_xof())
    }

    /// Writes the next bytes of the stream.
    pub(crate) fn write(
        &mut self,
        out: &mut impl Write,
        length: u64,
        progress: &mut dyn Progress,
    ) -> io::Result<()> {
        let mut step = vec![0; STEP];
        each_step(length, |n| {
            self.0.fill(&mut step[..n]);
            out.write_all(&step[..n])?;
            progress.advance(n as u64);
            Ok(())
        })
    }

    /// Reads as many bytes and finds the stream, or says that it is damaged.
    pub(crate) fn expect(
        &mut self,
        source: &mut impl Read,
        length: u64,
        progress: &mut dyn Progress,
    ) -> Result<(), BundleError> {
        let (mut wanted, mut read) = (vec![0; STEP], vec![0; STEP]);
        each_step(length, |n| {
            self.0.fill(&mut wanted[..n]);
            read_tail(source, &mut read[..n])?;
            progress.advance(n as u64);
            if wanted[..n] == read[..n] { Ok(()) } else { Err(damaged()) }
        })
    }
}

/// Zeros, as many.
pub(crate) fn write_zeros(
    out: &mut impl Write,
    length: u64,
    progress: &mut dyn Progress,
) -> io::Result<()> {
    let step = vec![0; STEP];
    each_step(length, |n| {
        out.write_all(&step[..n])?;
        progress.advance(n as u64);
        Ok(())
    })
}

/// Reads as many bytes and finds zeros.
pub(crate) fn expect_zeros(
    source: &mut impl Read,
    length: u64,
    progress: &mut dyn Progress,
) -> Result<(), BundleError> {
    let mut read = vec![0; STEP];
    each_step(length, |n| {
        read_tail(source, &mut read[..n])?;
        progress.advance(n as u64);
        if read[..n].iter().all(|b| *b == 0) { Ok(()) } else { Err(damaged()) }
    })
}

fn each_step<E>(length: u64, mut step: impl FnMut(usize) -> Result<(), E>) -> Result<(), E> {
    let mut left = length;
    while left > 0 {
        let n = usize::try_from(left).unwrap_or(STEP).min(STEP);
        step(n)?;
        left -= n as u64;
    }
    Ok(())
}

fn damaged() -> BundleError {
    BundleError::Damaged(Region::Tail)
}

fn read_tail(source: &mut impl Read, into: &mut [u8]) -> Result<(), BundleError> {
    source.read_exact(into).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => BundleError::Truncated(Region::Tail),
        _ => BundleError::Read { region: Region::Tail, source: e },
    })
}

#[cfg(test)]
mod tests {
    use sd_fs::{Blake3, Quiet};

    use super::*;
    use crate::ids::BundleId;
    use crate::manifest::{Note, Timestamp};
    use crate::receipt::Nonce;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn the_tail_is_the_one_of_the_page_of_the_format() {
        let note = || Note::try_from(String::new()).expect("the empty text is a note");
        let manifest = Manifest::new(
            BundleId::from_bytes([1; 16]),
            1,
            None,
            Timestamp::from_unix(0),
            (note(), note()),
            Nonce::from_bytes([7; 32]),
            Vec::new(),
        );
        let mut tail = Tail::seeded(&manifest, Blake3::of(b"manifest").as_bytes());
        let mut bytes = Vec::new();
        // In two steps: the stream goes on where it was.
        for length in [70, 10] {
            tail.write(&mut bytes, length, &mut Quiet).expect("memory");
        }
        assert_eq!(hex(&bytes[..16]), "332818bbedbb8bf820f2bfa617928e73");
        assert_eq!(hex(&bytes[64..]), "29887d508e654eec9200677160769a15");
    }
}

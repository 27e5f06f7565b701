//! A small bundle, a chip to write it on, and a reader that believes nothing.

use std::io::{self, Cursor, Read};

use sd_bundle::{
    Attested, Bundle, BundleError, BundleId, CompareError, Discard, Item, Kind, Limits, Manifest,
    Nonce, RawError, Timestamp, compare, write_raw,
};
use sd_fs::{Ahead, Hasher, Quiet, Sectors as _};
use sd_tests::vm::{Bare, Chip};

/// Bytes of the chip.
pub(crate) const SIZE: u64 = 4 << 20;

/// A bundle of a station: what it holds follows from its number.
pub(crate) struct Made {
    pub(crate) manifest: Manifest,
    /// Stands for the sealed manifest. Who has it has the manifest, as whoever holds the key.
    sealed: Vec<u8>,
    seed: u8,
}

fn ciphertext(seed: u8, n: u32) -> Vec<u8> {
    (0..n * 30_000).map(|i| ((i * 7 + n) % 251).to_le_bytes()[0] ^ seed).collect()
}

fn item(seed: u8, n: u32) -> Item {
    let mut hasher = Hasher::new();
    hasher.update(&ciphertext(seed, n));
    let digests = hasher.finish();
    Item {
        source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
        item: format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID"),
        number: n,
        kind: Kind::Message,
        designation: "focal ghost".to_owned().try_into().expect("a designation"),
        size: digests.size,
        sha256: digests.sha256,
        blake3: digests.blake3,
    }
}

/// How a pack ended.
#[derive(Debug)]
pub(crate) enum Packed {
    /// Written, flushed, and the same when it was read back.
    Good,
    NotWritten(RawError),
    NotTheSame(CompareError),
}

impl Made {
    pub(crate) fn new(seed: u8) -> Self {
        let note = |t: &str| t.to_owned().try_into().expect("a note");
        let manifest = Manifest::new(
            BundleId::from_bytes([seed; 16]),
            u64::from(seed),
            None,
            Timestamp::from_unix(0),
            (note("0.1.0"), note("Debian 12")),
            Nonce::from_bytes([seed; 32]),
            (1..=4).map(|n| item(seed, n)).collect(),
        );
        Self { manifest, sealed: vec![seed; 1500], seed }
    }

    /// What `sd-airgap pack` does with a bare stick.
    pub(crate) fn pack(&self, stick: &mut Bare) -> Packed {
        let open = |i: &Item| Ok(Cursor::new(ciphertext(self.seed, i.number)));
        match write_raw(stick, &self.manifest, &self.sealed, open, &mut Quiet) {
            Err(e) => Packed::NotWritten(e),
            Ok(()) => match self.compare(stick) {
                Ok(()) => Packed::Good,
                Err(e) => Packed::NotTheSame(e),
            },
        }
    }

    pub(crate) fn compare(&self, stick: &Bare) -> Result<(), CompareError> {
        let open = |i: &Item| Ok(Some(Cursor::new(ciphertext(self.seed, i.number))));
        let reader = stick.reader().map_err(CompareError::Inbox)?;
        compare(Ahead::of(reader), stick.size(), &self.manifest, &self.sealed, open, &mut Quiet)
    }

    /// The cells of a chip on which it was packed without a fault.
    pub(crate) fn image(&self) -> Vec<u8> {
        let mut stick = Bare::of(Chip::blank(SIZE));
        assert!(matches!(self.pack(&mut stick), Packed::Good));
        stick.chip().flash().image()
    }
}

/// What the SVS makes of a medium: the number of the bundle that was verified to the last byte of
/// the medium, or why it was refused. `made` are the bundles whose manifests can be opened.
pub(crate) fn read(medium: impl Read, size: u64, made: &[&Made]) -> Result<u8, BundleError> {
    let bundle = Bundle::open_raw(medium, size, Limits::default())?;
    let opened = made.iter().find(|m| m.sealed == bundle.sealed());
    let Some(opened) = opened else { return Err(BundleError::Swapped) };
    let json = opened.manifest.to_json().expect("JSON");
    let verified =
        bundle.authenticate(Attested::vouch(json))?.copy_members(&mut Discard, &mut Quiet)?;
    assert_eq!(verified.entries().len(), 4);
    Ok(opened.seed)
}

/// After whatever happened: the pack told the truth, the cells are a whole bundle or refused, and
/// on a chip without faults the next pack succeeds.
pub(crate) fn judge(made: &Made, image: &[u8], stick: &mut Bare, packed: &Packed, what: &str) {
    let cells = stick.chip().flash().image();
    let right = cells == image;
    assert!(right || !matches!(packed, Packed::Good), "{what}: said to be good");
    match read(&cells[..], cells.len() as u64, &[made]) {
        Ok(_) => assert!(right, "{what}: another image was verified"),
        Err(e) => assert!(!right && !e.to_string().is_empty(), "{what}: {e}"),
    }
    stick.chip().heal();
    assert!(matches!(made.pack(stick), Packed::Good), "{what}: no pack after it");
    assert!(stick.chip().flash().image() == image, "{what}");
}

/// An error that says where or why.
pub(crate) fn said(e: &dyn std::error::Error) -> String {
    let text = e.to_string();
    assert!(text.len() > 10, "{text}");
    text
}

/// The error number beneath.
pub(crate) fn number(e: &io::Error) -> Option<i32> {
    e.raw_os_error()
}

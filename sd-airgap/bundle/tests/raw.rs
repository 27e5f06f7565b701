//! A bundle on a bare device: every byte has an owner, and each is missed.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test plays the device, and says where it cannot go on"
)]

mod common;

use std::fs::File;
use std::io::{self, Read as _};

use sd_bundle::{
    Attested, Bundle, BundleError, CompareError, Discard, Item, Limits, Manifest, RawError, Region,
    WriteError, compare, write_raw,
};
use sd_fs::{BlockDevice, Quiet, Sectors as _};

use common::{SEALED, ciphertext, manifest};

const SIZE: u64 = 4 << 20;

/// A device with the bundle on it.
fn written() -> (tempfile::NamedTempFile, Manifest) {
    let file = tempfile::NamedTempFile::new_in(env!("CARGO_MANIFEST_DIR")).expect("a file");
    // What was there before must not shine through.
    std::fs::write(file.path(), vec![0xa5; usize::try_from(SIZE).expect("small")]).expect("filled");
    let manifest = manifest(1);
    let mut device = open(&file);
    let source = |item: &Item| Ok(io::Cursor::new(ciphertext(item.number, 1)));
    write_raw(&mut device, &manifest, SEALED, source, &mut Quiet).expect("written");
    (file, manifest)
}

fn open(file: &tempfile::NamedTempFile) -> BlockDevice {
    let opened = File::options().read(true).write(true).open(file.path()).expect("opened");
    BlockDevice::new(opened.into()).expect("whole sectors")
}

/// The inbox still has every ciphertext.
#[expect(clippy::unnecessary_wraps, reason = "as the comparison wants it")]
fn here(item: &Item) -> io::Result<Option<io::Cursor<Vec<u8>>>> {
    Ok(Some(io::Cursor::new(ciphertext(item.number, 1))))
}

fn verify(bytes: &[u8], manifest: &Manifest) -> Result<(), BundleError> {
    let bundle = Bundle::open_raw(bytes, bytes.len() as u64, Limits::default())?;
    let bundle = bundle.authenticate(Attested::vouch(manifest.to_json().expect("JSON")))?;
    bundle.copy_members(&mut Discard, &mut Quiet).map(drop)
}

fn image(file: &tempfile::NamedTempFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    open(file).reader().expect("a reader").read_to_end(&mut bytes).expect("read");
    bytes
}

#[test]
fn what_is_written_fills_the_device_and_is_read_back() {
    let (file, manifest) = written();
    let bytes = image(&file);
    assert_eq!(bytes.len() as u64, SIZE);
    verify(&bytes, &manifest).expect("good");
    assert!(bytes[bytes.len() - (1 << 20)..].iter().all(|b| *b == 0));
    compare(&bytes[..], SIZE, &manifest, SEALED, here, &mut Quiet).expect("the same");
    let gone = |_: &Item| Ok(None::<&[u8]>);
    compare(&bytes[..], SIZE, &manifest, SEALED, gone, &mut Quiet).expect("the same by hashes");
}

#[test]
fn a_change_anywhere_is_named_with_its_region_and_its_offset() {
    let (file, manifest) = written();
    let mut bytes = image(&file);
    let length = verify_length(&bytes, &manifest);
    let size = usize::try_from(SIZE).expect("small");
    let mut seen = Vec::new();
    for at in (0..size).step_by(4099).chain([0, length - 1, length, size - (1 << 20), size - 1]) {
        bytes[at] ^= 1;
        let refusal = verify(&bytes, &manifest).expect_err("refused");
        let found = compare(&bytes[..], SIZE, &manifest, SEALED, here, &mut Quiet);
        let Err(CompareError::Differs { region, offset }) = found else {
            panic!("{at}: {found:?}")
        };
        assert_eq!(offset, Some(at as u64));
        if let BundleError::Damaged(named) = refusal {
            assert_eq!(named, region, "{at}");
        }
        assert_eq!(region == Region::Tail, at >= length, "{at}");
        if !seen.contains(&region) {
            seen.push(region);
        }
        bytes[at] ^= 1;
    }
    assert!(seen.len() > 3, "{seen:?}");
    verify(&bytes, &manifest).expect("good again");
}

fn verify_length(bytes: &[u8], manifest: &Manifest) -> usize {
    let bundle = Bundle::open_raw(bytes, bytes.len() as u64, Limits::default()).expect("opens");
    let json = manifest.to_json().expect("JSON");
    let tail = bundle.authenticate(Attested::vouch(json)).expect("authentic").tail_length();
    bytes.len() - usize::try_from(tail).expect("small")
}

#[test]
fn a_ciphertext_that_changed_is_called_that_and_not_a_device_error() {
    let (file, manifest) = written();
    let mut device = open(&file);
    let changed = |item: &Item| {
        let mut bytes = ciphertext(item.number, 1);
        bytes[0] ^= u8::from(item.number == 2);
        Ok(io::Cursor::new(bytes))
    };
    let refused = write_raw(&mut device, &manifest, SEALED, changed, &mut Quiet);
    let Err(RawError::Bundle(WriteError::Changed(id))) = refused else { panic!("{refused:?}") };
    assert_eq!(id, manifest.members[1].item.item);
}

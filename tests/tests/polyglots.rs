//! A bare device with a bundle is a tar file and nothing else, whatever its members look like and
//! whatever stood on the device before.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test plays the device and asks the system's own tools"
)]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_bundle::{Item, Kind, write_raw};
use sd_fs::{BlockDevice, Quiet};
use sd_tests::vectors::{Content, Entry};
use tempfile::TempDir;

const MIB: usize = 1 << 20;

/// Bytes of the device.
const DEVICE: usize = 24 * MIB;

/// Makes a member; the directory is for whatever program does it.
type Make = fn(&Path) -> Vec<u8>;

/// What blkid and wipefs call each member when it stands alone.
const SHAPES: [(&str, Make); 7] = [
    ("ext2", ext2),
    ("vfat", vfat),
    ("ntfs", |_| ntfs()),
    ("crypto_LUKS", |_| luks()),
    ("squashfs", |_| squashfs()),
    ("iso9660", |_| iso()),
    ("swap", |_| swap()),
];

fn run(program: &str, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program)
        .args(args)
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// What the two tools find; empty: nothing.
fn seen(path: &Path) -> String {
    let path = text(path);
    let (code, found) = run("blkid", &["-p", &path]);
    // 2: nothing was found. 8, several things were found, says no word.
    let blkid = if code == Some(2) { found } else { format!("{code:?} {found}") };
    let (code, wipefs) = run("wipefs", &["-n", &path]);
    assert_eq!(code, Some(0), "{wipefs}");
    blkid + &wipefs
}

/// A file system of 1 MiB, as its own program makes it.
fn made(dir: &Path, program: &str, args: &[&str]) -> Vec<u8> {
    let path = dir.join("made");
    std::fs::write(&path, vec![0; MIB]).expect("written");
    let (code, said) = run(program, &[args, &[&text(&path)]].concat());
    assert_eq!(code, Some(0), "{said}");
    std::fs::read(&path).expect("readable")
}

fn ext2(dir: &Path) -> Vec<u8> {
    made(dir, "mke2fs", &["-q", "-t", "ext2", "-F"])
}

fn vfat(dir: &Path) -> Vec<u8> {
    made(dir, "mkfs.vfat", &["-F", "12"])
}

/// The fields of a superblock, at their offsets.
fn image(size: usize, fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut image = vec![0; size];
    for (at, bytes) in fields {
        image[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    image
}

/// Sectors of 512 bytes, clusters of eight; the file table in cluster 4, with its first record
/// and that of the volume.
fn ntfs() -> Vec<u8> {
    let table = 4 * 8 * 512;
    image(
        256 << 10,
        &[
            (0, b"\xeb\x52\x90NTFS    "),
            (11, &512u16.to_le_bytes()),
            (13, &[8]),
            (21, &[0xf8]),
            (40, &511u64.to_le_bytes()),
            (48, &4u64.to_le_bytes()),
            (56, &2u64.to_le_bytes()),
            (64, &[0xf6, 0, 0, 0, 1]),
            (510, &[0x55, 0xaa]),
            (table, b"FILE"),
            (table + 3 * 1024, b"FILE"),
        ],
    )
}

fn luks() -> Vec<u8> {
    image(
        64 << 10,
        &[(0, b"LUKS\xba\xbe\x00\x01aes"), (168, b"6f1d2c3b-4a59-4877-8695-a4b3c2d1e0f0")],
    )
}

fn squashfs() -> Vec<u8> {
    image(64 << 10, &[(0, b"hsqs"), (12, &[0, 0, 2]), (20, &[1, 0, 17]), (28, &[4])])
}

fn iso() -> Vec<u8> {
    image(64 << 10, &[(32768, b"\x01CD001\x01"), (34816, b"\xffCD001\x01")])
}

fn swap() -> Vec<u8> {
    image(64 << 10, &[(4086, b"SWAPSPACE2"), (1024, &[1]), (1028, &[15])])
}

/// A device full of an older life: ext2 with its copies of the superblock, the end of a GPT.
fn old_device(dir: &Path) -> PathBuf {
    let path = dir.join("device");
    std::fs::write(&path, vec![0; DEVICE]).expect("written");
    // Small blocks and small groups make many copies.
    let args =
        ["-q", "-t", "ext2", "-F", "-b", "1024", "-g", "1024", "-O", "^sparse_super,^resize_inode"];
    let (code, said) = run("mke2fs", &[&args[..], &[&text(&path)]].concat());
    assert_eq!(code, Some(0), "{said}");
    let mut bytes = std::fs::read(&path).expect("readable");
    let copies = (1..DEVICE >> 10).filter(|k| bytes[(k << 10) + 56..][..2] == [0x53, 0xef]).count();
    assert!(copies > 20, "only {copies} superblocks");
    bytes[DEVICE - 512..][..8].copy_from_slice(b"EFI PART");
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Fills the device with a bundle of these members.
fn pack(path: &Path, entries: Vec<Entry>) {
    let content = Content::new(1, entries).expect("a manifest");
    let mut ciphertexts = content.entries.iter().map(|e| io::Cursor::new(e.ciphertext.clone()));
    let open = |_: &Item| ciphertexts.next().ok_or_else(|| io::Error::other("no ciphertext"));
    let file = File::options().read(true).write(true).open(path).expect("opened");
    let mut device = BlockDevice::new(file.into()).expect("whole sectors");
    write_raw(&mut device, &content.manifest, b"sealed", open, &mut Quiet).expect("written");
}

#[test]
fn members_that_are_superblocks_on_a_device_with_a_past_are_not_seen() {
    let dir = TempDir::new().expect("a directory");
    let mut shapes = Vec::new();
    for (name, make) in SHAPES {
        let bytes = make(dir.path());
        let alone = dir.path().join(name);
        std::fs::write(&alone, &bytes).expect("written");
        let found = seen(&alone);
        assert!(found.contains(name), "{name} alone is not seen: {found}");
        shapes.push(bytes);
    }
    let device = old_device(dir.path());
    assert!(seen(&device).contains("ext2"), "what stood there is not seen");
    for _ in 0..shapes.len() {
        // Each of them once first, and all of them in other places.
        shapes.rotate_left(1);
        let entries = shapes.iter().map(|b| Entry::refused(Kind::Document, b.clone())).collect();
        pack(&device, entries);
        assert_eq!(seen(&device), "");
        tar_lists_the_members(&device, shapes.len());
    }
}

fn tar_lists_the_members(device: &Path, members: usize) {
    let (code, listed) = run("tar", &["-tf", &text(device)]);
    assert_eq!(code, Some(0), "{listed}");
    let fixed = ["0-pad", "1-head.json", "2-manifest.json.zst.pgp"].map(str::to_owned);
    let names: Vec<String> =
        fixed.into_iter().chain((1..=members).map(|n| format!("m-{n:06}.pgp"))).collect();
    assert_eq!(listed.lines().collect::<Vec<_>>(), names);
}

#[test]
fn the_same_members_in_front_of_a_device_are_seen() {
    // The pad is what hides them: the control of the control.
    let dir = TempDir::new().expect("a directory");
    let device = old_device(dir.path());
    pack(&device, vec![Entry::refused(Kind::Document, luks())]);
    let mut bytes = std::fs::read(&device).expect("readable");
    let at = bytes.windows(6).position(|w| w == b"LUKS\xba\xbe").expect("the member");
    assert!(at > MIB);
    bytes.drain(..at);
    std::fs::write(&device, bytes).expect("written");
    assert!(seen(&device).contains("crypto_LUKS"), "{}", seen(&device));
}

//! A bare stick written and read back, against dd on the same device.
//!
//! The device is a loop device over a file, opened as `sd-airgap` opens a stick: directly, past
//! the page cache. It is measured at the pace of a fast stick, which is what the goal is about,
//! and as fast as the disk goes. Where loop devices cannot be made, or held to a pace, the line
//! says so and is left out.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_bundle::{BundleId, Item, Kind, Manifest, Nonce, Timestamp, compare, write_raw};
use sd_fs::{Ahead, BlockDevice, Quiet, Sectors as _, copy_bounded};
use sd_tests::noise::Noise;

use crate::measure::{Contender, Sample, measure, take_turns};
use crate::pace::{Pace, STICK};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, step};

/// Documents on the stick.
const MEMBERS: u32 = 4;

const SEALED: &[u8] = b"stands for the sealed manifest";

/// `dd` as a person would write a whole stick, and read it.
const WRITE: &str =
    r#"dd if=/dev/zero of="$1" bs=4M oflag=direct conv=fsync status=none 2>/dev/null; sync "$1""#;
const READ: &str = r#"dd if="$1" of=/dev/null bs=4M iflag=direct status=none"#;

/// Writing and reading back, unpaced and at a stick's pace.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let dir = tempfile::tempdir()?;
    let each = settings.sizes.large;
    for n in 1..=MEMBERS {
        let mut file = File::create(dir.path().join(n.to_string()))?;
        io::copy(&mut Noise::new(each, n.into()), &mut file)?;
    }
    let Some(device) = Loop::over(dir.path(), each * u64::from(MEMBERS) + (16 << 20))? else {
        step("no loop device can be made here: the line is left out");
        return Ok(Vec::new());
    };
    let stick = Stick { device, dir: dir.path(), megabytes: each * u64::from(MEMBERS) / 1_000_000 };
    let mut rows = stick.rows(settings, "a bare device, as fast as the disk", Goal::Shown)?;
    match Pace::set(&stick.device.node, STICK)? {
        Some(_pace) => {
            let what = format!("a bare stick of {} MB/s", STICK / 1_000_000);
            rows.extend(stick.rows(settings, &what, Goal::Rate { times: 0.9 })?);
        }
        None => step("no device can be held to a pace here: the stick is left out"),
    }
    Ok(rows)
}

/// A device, and what goes onto it.
struct Stick<'a> {
    device: Loop,
    dir: &'a Path,
    megabytes: u64,
}

impl Stick<'_> {
    /// Writing and reading back.
    fn rows(&self, settings: &Settings, on: &str, goal: Goal) -> Outcome<Vec<Row>> {
        let again = format!("/proc/{}/exe", std::process::id());
        let ours = |how: &'static str| -> Outcome<Sample> {
            measure(Command::new(&again).arg(how).arg(&self.device.node).arg(self.dir))
        };
        let theirs = |text: &'static str| -> Outcome<Sample> {
            measure(Command::new("sh").args(["-c", text, "sh"]).arg(&self.device.node))
        };
        let mut rows = Vec::new();
        for (verb, what, flag, dd_what, dd) in [
            (
                "written to",
                "sd-airgap: hash, write, flush",
                "--raw-write",
                "dd oflag=direct",
                WRITE,
            ),
            ("read back from", "sd-airgap: read, compare", "--raw-read", "dd iflag=direct", READ),
        ] {
            // What is read back must be what was written, not dd's zeros.
            ours("--raw-write")?;
            let contenders = vec![
                Contender { who: Who::Ours, what, run: Box::new(|| ours(flag)) },
                Contender { who: Who::Theirs, what: dd_what, run: Box::new(|| theirs(dd)) },
            ];
            let title = format!("{} MB {verb} {on}", self.megabytes);
            let row = take_turns(title, settings.rounds, contenders)?;
            rows.push(row.goal(goal).goal(Goal::Memory { mebibytes: 64.0 }));
        }
        Ok(rows)
    }
}

/// Writes, as one measured process.
pub(crate) fn write(node: &Path, dir: &Path) -> Outcome<()> {
    let mut device = open(node, true)?;
    let open = |item: &Item| File::open(dir.join(item.number.to_string()));
    Ok(write_raw(&mut device, &manifest(dir)?, SEALED, open, &mut Quiet)?)
}

/// Reads back and compares, as one measured process.
pub(crate) fn read(node: &Path, dir: &Path) -> Outcome<()> {
    let device = open(node, false)?;
    let open = |item: &Item| File::open(dir.join(item.number.to_string())).map(Some);
    let reader = Ahead::of(device.reader()?);
    Ok(compare(reader, device.size(), &manifest(dir)?, SEALED, open, &mut Quiet)?)
}

fn open(node: &Path, write: bool) -> Outcome<BlockDevice> {
    Ok(BlockDevice::new(File::options().read(true).write(write).open(node)?.into())?)
}

/// The manifest, whose hashes are taken once and kept beside the files.
fn manifest(dir: &Path) -> Outcome<Manifest> {
    let kept = dir.join("manifest.json");
    if let Ok(json) = std::fs::read(&kept) {
        return Ok(Manifest::parse(&json, &sd_bundle::Limits::default())?);
    }
    let mut items = Vec::new();
    for number in 1..=MEMBERS {
        let mut file = File::open(dir.join(number.to_string()))?;
        let digests = copy_bounded(&mut file, &mut io::sink(), u64::MAX, &mut Quiet)?;
        items.push(Item {
            source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse()?,
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse()?,
            number,
            kind: Kind::Document,
            designation: "focal ghost".to_owned().try_into()?,
            size: digests.size,
            sha256: digests.sha256,
            blake3: digests.blake3,
        });
    }
    let note = |t: &str| t.to_owned().try_into();
    let made = Manifest::new(
        BundleId::from_bytes([1; 16]),
        1,
        None,
        Timestamp::from_unix(0),
        (note("0.1.0")?, note("Debian 12")?),
        Nonce::from_bytes([1; 32]),
        items,
    );
    std::fs::write(kept, made.to_json()?)?;
    Ok(made)
}

/// A loop device over a file, gone when it is dropped.
struct Loop {
    node: PathBuf,
}

impl Loop {
    fn over(dir: &Path, size: u64) -> Outcome<Option<Self>> {
        let file = dir.join("stick");
        File::create(&file)?.set_len(size.next_multiple_of(1 << 20))?;
        // Its blocks are there beforehand, so that neither contender pays for them.
        Command::new("fallocate").arg("-l").arg(size.to_string()).arg(&file).status()?;
        let made = Command::new("losetup")
            .args(["--find", "--show", "--direct-io=on"])
            .arg(&file)
            .output();
        let Ok(made) = made else { return Ok(None) };
        let node = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        Ok((made.status.success() && !node.is_empty()).then(|| Self { node: node.into() }))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        // A leftover loop device is seen in losetup; nothing here can do more.
        let _ = Command::new("losetup").arg("--detach").arg(&self.node).status();
    }
}

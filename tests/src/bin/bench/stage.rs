//! Things put in place before the clock starts, and looked at after it stopped.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_bundle::{Item, Kind};
use sd_fs::{Quiet, copy_bounded};
use sd_tests::newsroom::program;

use crate::Outcome;

/// Items of one source before the next one begins.
const PER_SOURCE: u32 = 50;

/// An inbox as `sd-fetch` leaves it, made without a server and without flushing each file.
pub(crate) struct InboxMaker {
    inbox: PathBuf,
    made: u32,
}

/// An item and where its ciphertext is.
pub(crate) struct Made {
    pub(crate) item: Item,
    pub(crate) path: PathBuf,
}

impl InboxMaker {
    pub(crate) fn new(inbox: PathBuf) -> Self {
        Self { inbox, made: 0 }
    }

    /// Adds what `write` writes.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        write: impl FnOnce(File) -> io::Result<()>,
    ) -> Outcome<Made> {
        let (n, source) = (self.made, self.made / PER_SOURCE);
        self.made += 1;
        let source = format!("{source:08x}-0000-4000-8000-000000000000");
        let uuid = format!("{n:08x}-0000-4000-8000-000000000001");
        let dir = self.inbox.join(&source);
        std::fs::create_dir_all(&dir)?;
        let path = dir.join(format!("{uuid}.pgp"));
        write(File::create(&path)?)?;
        let digests = copy_bounded(&mut File::open(&path)?, &mut io::sink(), u64::MAX, &mut Quiet)?;
        let item = Item {
            source: source.parse()?,
            item: uuid.parse()?,
            number: n % PER_SOURCE + 1,
            kind,
            designation: "focal ghost".to_owned().try_into()?,
            size: digests.size,
            sha256: digests.sha256,
            blake3: digests.blake3,
        };
        std::fs::write(dir.join(format!("{uuid}.json")), serde_json::to_vec(&item)?)?;
        Ok(Made { item, path })
    }
}

/// One of our programs with a station's home.
pub(crate) fn ours(name: &str, args: &[&str], home: &Path) -> Command {
    let mut command = Command::new(program(name));
    command.args(args).arg("--home").arg(home);
    command
}

/// A shell script over arguments.
pub(crate) fn script<P: AsRef<Path>>(text: &str, args: impl IntoIterator<Item = P>) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text, "sh"]).args(args.into_iter().map(|a| a.as_ref().to_owned()));
    command
}

/// Puts a copy of one directory in the place of another, which is set aside.
pub(crate) fn renew(from: &Path, to: &Path) -> Outcome<()> {
    set_aside(to)?;
    succeed(Command::new("cp").arg("-a").arg(from).arg(to))
}

/// Gives a directory another name until the end.
///
/// Not removed: ext4 walks around every file number that was freed within the last minutes, and
/// who makes many files next would pay for it (a tenth of the time of `sd-airgap unpack`).
pub(crate) fn set_aside(dir: &Path) -> io::Result<()> {
    let free = |n: &u32| !dir.with_extension(n.to_string()).exists();
    match (0..u32::MAX).find(free) {
        Some(n) if dir.exists() => std::fs::rename(dir, dir.with_extension(n.to_string())),
        _ => Ok(()),
    }
}

/// Removes a directory if it is there.
pub(crate) fn remove(dir: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Removes a file if it is there.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Whether a program of the system is there.
pub(crate) fn installed(name: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$1\"", "sh", name]).output();
    found.is_ok_and(|output| output.status.success())
}

/// An empty directory in the place of whatever was there.
pub(crate) fn empty(dir: &Path) -> io::Result<()> {
    remove(dir)?;
    std::fs::create_dir(dir)
}

/// Runs a command that is not measured.
pub(crate) fn succeed(command: &mut Command) -> Outcome<()> {
    let output =
        command.output().map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&said)).into())
}

/// Reads files once, directories to their leaves, so that all contenders find them in the cache.
pub(crate) fn warm(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return std::fs::read_dir(path)?.try_for_each(|entry| warm(&entry?.path()));
    }
    io::copy(&mut File::open(path)?, &mut io::sink()).map(drop)
}

/// Fails unless two files hold the same bytes.
pub(crate) fn same(ours: &Path, theirs: &Path) -> Outcome<()> {
    let mut left = BufReader::with_capacity(1 << 20, File::open(ours)?);
    let mut right = BufReader::with_capacity(1 << 20, File::open(theirs)?);
    let (mut a, mut b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let n = left.read(&mut a)?;
        if n == 0 {
            let end = right.read(&mut b)? == 0;
            return if end { Ok(()) } else { Err(differ(ours, theirs)) };
        }
        if right.read_exact(&mut b[..n]).is_err() || a[..n] != b[..n] {
            return Err(differ(ours, theirs));
        }
    }
}

fn differ(ours: &Path, theirs: &Path) -> Box<dyn std::error::Error> {
    format!("{} and {} differ", ours.display(), theirs.display()).into()
}

/// Writes lines to a new file.
pub(crate) fn lines(path: &Path, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut file = io::BufWriter::new(File::create(path)?);
    lines.into_iter().try_for_each(|line| writeln!(file, "{line}"))?;
    file.flush()
}

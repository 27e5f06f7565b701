//! Whether programs do their work, before anybody relies on them.
//!
//! ```text
//! vectors (signed with the release): a bundle, the keys that open it, a document
//!    | in a directory of its own, as a user without rights
//!    v
//! each program says its version -> pair -> unpack: every plaintext as it must be
//!                                       '-> one byte changed: refused
//!                               -> scrub: the clean copy as it must be
//! ```
//! That a bundle opens also shows that workers can be locked down here: without, nothing opens.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sd_fs::{Dir, DirError, Escaped, Kind, Sha256, escape};
use sd_release::Version;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

const FORMAT: &str = "sneakernet-self-test";

/// The test bundle is a mebibyte of padding and a few kilobytes.
const MAX_BUNDLE: usize = 8 << 20;

/// A report is a few kilobytes.
const MAX_SAID: u64 = 1 << 20;

/// What is opened here is tiny.
const MAX_CONTENT: u64 = 1 << 20;

/// Far more than any of these steps takes, on the slowest station.
const PATIENCE: Duration = Duration::from_mins(2);

/// The user without rights, where root runs the test.
const NOBODY: u32 = 65534;

/// Each program of the package.
const PROGRAMS: [&str; 4] = ["sd-airgap", "sd-export", "sd-fetch", "sd-station"];

/// What programs must do, and with what.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    format: String,
    version: u32,
    /// The secret submission key of the test, armored.
    submission_key: String,
    /// The certificate of the workstation that packed the bundle, armored.
    workstation: String,
    /// Its fingerprint.
    fingerprint: String,
    /// A bundle: zstd, then base64.
    bundle: String,
    /// What comes out of it.
    plaintexts: Vec<Plaintext>,
    /// A text with something to take out.
    document: Document,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plaintext {
    item: String,
    sha256: Sha256,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    text: String,
    clean_sha256: Sha256,
}

/// Something that was tried out and was as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed(pub String);

/// What was not.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestError {
    /// The vectors are none.
    #[error("the self-test vectors: {0}")]
    Vectors(&'static str),
    /// The test's own directory.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// The system.
    #[error("{0}: {1}")]
    System(&'static str, std::io::Error),
    /// A program does not start.
    #[error("{0} does not start: {1}")]
    Start(&'static str, std::io::Error),
    /// A program did not end.
    #[error("{0} did not end within two minutes")]
    Stuck(&'static str),
    /// A program did not do its work.
    #[error("{program} {step}: {why}")]
    Failed {
        /// Which.
        program: &'static str,
        /// What it was to do.
        step: &'static str,
        /// What it did instead.
        why: Escaped,
    },
}

impl Vectors {
    /// Vectors of this bundle, its keys, what is in it, and this text.
    pub fn new(
        [submission_key, workstation, fingerprint]: [String; 3],
        bundle_zstd: &[u8],
        plaintexts: Vec<(String, Sha256)>,
        (text, clean_sha256): (String, Sha256),
    ) -> Self {
        let plaintext = |(item, sha256)| Plaintext { item, sha256 };
        Self {
            format: FORMAT.to_owned(),
            version: 1,
            submission_key,
            workstation,
            fingerprint,
            bundle: BASE64.encode(bundle_zstd),
            plaintexts: plaintexts.into_iter().map(plaintext).collect(),
            document: Document { text, clean_sha256 },
        }
    }

    /// Reads them.
    pub fn parse(json: &[u8]) -> Result<Self, SelfTestError> {
        let vectors: Self =
            serde_json::from_slice(json).map_err(|_| SelfTestError::Vectors("not readable"))?;
        if vectors.format != FORMAT || vectors.version != 1 {
            return Err(SelfTestError::Vectors("of another format or version"));
        }
        if vectors.plaintexts.is_empty() {
            return Err(SelfTestError::Vectors("nothing is to come out of the bundle"));
        }
        Ok(vectors)
    }

    /// As it stands in a file.
    pub fn to_json(&self) -> Vec<u8> {
        // Text and numbers, which JSON always holds.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    fn bundle(&self) -> Result<Vec<u8>, SelfTestError> {
        let bad = SelfTestError::Vectors("the bundle is not readable");
        let Ok(packed) = BASE64.decode(&self.bundle) else { return Err(bad) };
        zstd::bulk::decompress(&packed, MAX_BUNDLE).map_err(|_| bad)
    }
}

/// Tries the programs in `programs` out.
pub fn run(
    programs: &Path,
    version: Option<Version>,
    vectors: &[u8],
) -> Result<Vec<Passed>, SelfTestError> {
    let vectors = Vectors::parse(vectors)?;
    let trial = Trial::new(programs)?;
    let mut passed = Vec::new();
    for program in PROGRAMS {
        let said = trial.expect(program, "--version", &["--version"])?;
        if let Some(version) = version
            && said.trim_end() != format!("{program} {version}")
        {
            let why = escape(format!("says \"{}\", not {version}", said.trim_end()).as_bytes());
            return Err(SelfTestError::Failed { program, step: "--version", why });
        }
        passed.push(Passed(format!("{} starts", said.trim_end())));
    }
    trial.prepare(&vectors)?;
    passed.push(trial.refuse_a_changed_bundle()?);
    passed.push(trial.unpack(&vectors)?);
    passed.push(trial.scrub(&vectors.document)?);
    Ok(passed)
}

/// A directory for one test.
struct Trial {
    programs: PathBuf,
    scratch: TempDir,
    dir: Dir,
    /// Root hands its rights over.
    user: Option<u32>,
}

impl Trial {
    fn new(programs: &Path) -> Result<Self, SelfTestError> {
        let failed = |e| SelfTestError::System("a directory for the self-test", e);
        let scratch = tempfile::Builder::new().prefix("sd-self-test-").tempdir().map_err(failed)?;
        let dir = Dir::open(scratch.path())?;
        let user = rustix::process::geteuid().is_root().then_some(NOBODY);
        let trial = Self { programs: programs.to_owned(), scratch, dir, user };
        trial.give(trial.scratch.path())?;
        Ok(trial)
    }

    /// Gives something to the user who runs the programs.
    fn give(&self, path: &Path) -> Result<(), SelfTestError> {
        let Some(user) = self.user else { return Ok(()) };
        let (uid, gid) = (rustix::fs::Uid::from_raw(user), rustix::fs::Gid::from_raw(user));
        rustix::fs::chown(path, Some(uid), Some(gid))
            .map_err(|e| SelfTestError::System("giving a file away", e.into()))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), SelfTestError> {
        self.dir.write_new(name, bytes)?;
        self.give(&self.scratch.path().join(name))
    }

    fn prepare(&self, vectors: &Vectors) -> Result<(), SelfTestError> {
        let mut bundle = vectors.bundle()?;
        self.put("submission.asc", vectors.submission_key.as_bytes())?;
        self.put("workstation.asc", vectors.workstation.as_bytes())?;
        self.put("000001-good.sdbundle", &bundle)?;
        // The last ciphertext ends before two blocks of zeros.
        let at = bundle.iter().rposition(|b| *b != 0).unwrap_or_default();
        if let Some(byte) = bundle.get_mut(at) {
            *byte ^= 1;
        }
        self.put("000001-changed.sdbundle", &bundle)?;
        self.put("document.txt", vectors.document.text.as_bytes())?;
        let pair = [
            "pair",
            "svs",
            "--home",
            "home",
            "--workstation",
            "workstation.asc",
            "--fingerprint",
            &vectors.fingerprint,
            "--key-file",
            "submission.asc",
        ];
        self.expect("sd-airgap", "pair", &pair).map(drop)
    }

    fn refuse_a_changed_bundle(&self) -> Result<Passed, SelfTestError> {
        let arguments = ["verify", "--home", "home", "000001-changed.sdbundle"];
        let (code, said) = self.start("sd-airgap", &arguments)?;
        if code != Some(10) {
            return Err(failed("sd-airgap", "verify", "took a bundle with a changed byte", &said));
        }
        Ok(Passed("a bundle with one byte changed is refused".to_owned()))
    }

    fn unpack(&self, vectors: &Vectors) -> Result<Passed, SelfTestError> {
        let arguments = ["unpack", "--home", "home", "000001-good.sdbundle"];
        self.expect("sd-airgap", "unpack", &arguments)?;
        let sources = self.dir.sub("home/store/sources")?;
        for Plaintext { item, sha256 } in &vectors.plaintexts {
            if !holds(&sources, item, sha256)? {
                let why = "an item came out with other bytes than it must have";
                return Err(failed("sd-airgap", "unpack", why, item));
            }
        }
        let count = vectors.plaintexts.len();
        Ok(Passed(format!("a bundle opens in a locked worker: {count} of {count} items right")))
    }

    fn scrub(&self, document: &Document) -> Result<Passed, SelfTestError> {
        let arguments = ["scrub", "document.txt", "--output", "clean.txt"];
        let said = self.expect("sd-export", "scrub", &arguments)?;
        let clean = self.dir.read_small("clean.txt", MAX_CONTENT)?;
        if Sha256::of(&clean) != document.clean_sha256 {
            return Err(failed("sd-export", "scrub", "the copy is not as it must be", &said));
        }
        Ok(Passed("a document is cleaned in a locked worker".to_owned()))
    }

    /// Runs a program that must succeed, and gives what it said.
    fn expect(
        &self,
        program: &'static str,
        step: &'static str,
        arguments: &[&str],
    ) -> Result<String, SelfTestError> {
        match self.start(program, arguments)? {
            (Some(0), said) => Ok(said),
            (code, said) => {
                let how = code.map_or("ended by a signal".to_owned(), |c| format!("exit code {c}"));
                Err(failed(program, step, &how, &said))
            }
        }
    }

    /// Runs a program to its end: its exit code, and the last of what it said.
    fn start(
        &self,
        program: &'static str,
        arguments: &[&str],
    ) -> Result<(Option<i32>, String), SelfTestError> {
        self.dir.remove_file("said")?;
        let said = self.dir.append("said")?;
        let errors =
            said.try_clone().map_err(|e| SelfTestError::System("a second descriptor", e))?;
        let path = self.programs.join(program);
        #[expect(clippy::disallowed_methods, reason = "what is tried out must be started")]
        let mut command = Command::new(path);
        command
            .args(arguments)
            .current_dir(self.scratch.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.scratch.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(errors);
        if let Some(user) = self.user {
            use std::os::unix::process::CommandExt as _;
            command.uid(user).gid(user);
        }
        let mut child = command.spawn().map_err(|e| SelfTestError::Start(program, e))?;
        let begun = Instant::now();
        loop {
            let ended = child.try_wait().map_err(|e| SelfTestError::Start(program, e))?;
            if let Some(status) = ended {
                let said = self.dir.read_small("said", MAX_SAID)?;
                return Ok((status.code(), String::from_utf8_lossy(&said).into_owned()));
            }
            if begun.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                return Err(SelfTestError::Stuck(program));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn failed(program: &'static str, step: &'static str, why: &str, said: &str) -> SelfTestError {
    let last = said.trim_end().lines().next_back().unwrap_or_default();
    SelfTestError::Failed { program, step, why: escape(format!("{why} ({last})").as_bytes()) }
}

/// Whether an item's content, whatever it is called, has this hash.
fn holds(sources: &Dir, item: &str, sha256: &Sha256) -> Result<bool, DirError> {
    for source in sources.entries()?.iter().filter(|e| e.kind == Kind::Dir) {
        let source = sources.sub(&source.name)?;
        if !source.has(item)? {
            continue;
        }
        let content = source.sub(item)?.sub("content")?;
        for file in content.entries()? {
            if Sha256::of(&content.read_small(&file.name, MAX_CONTENT)?) == *sha256 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_from_which_nothing_comes_are_none() {
        let none = Vectors::new(
            ["k", "w", "f"].map(str::to_owned),
            b"",
            Vec::new(),
            (String::new(), Sha256::of(b"")),
        );
        assert!(matches!(Vectors::parse(&none.to_json()), Err(SelfTestError::Vectors(_))));
        assert!(matches!(Vectors::parse(b"{}"), Err(SelfTestError::Vectors(_))));
    }
}

//! Two stations, a Journalist Interface and an export directory: what a journey needs.
//!
//! ```text
//! world --JournalistInterface--> sd-fetch --> ws/ --sd-airgap--> stick/ --> svs/ --> export/
//! ```
//! The programs are the real ones, run as processes; only the server is ours.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use jiff::SignedDuration;
use tempfile::TempDir;

use crate::ciphertext::keys;
use crate::journalist_interface::{Clock, Config, DEV_PASSPHRASE, JournalistInterface, World};

/// A newsroom in a temporary directory.
pub struct Newsroom {
    root: TempDir,
    interface: JournalistInterface,
}

/// How a program ended.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Run {
    /// What a process that has ended left.
    #[expect(clippy::needless_pass_by_value, reason = "an ended program is used up")]
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Panics with everything that was said unless the exit code is this.
    #[must_use]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The one JSON object on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.stdout, self.stderr))
    }
}

/// The path of one of our programs, in the profile that this test was built in.
///
/// Cargo builds a package's programs for that package's tests only, so the first call asks it
/// for all of them.
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        let own = std::env::current_exe().unwrap_or_default();
        let profile_dir = own.ancestors().find(|d| d.ends_with("debug") || d.ends_with("release"));
        let directory = profile_dir.map(Path::to_owned).unwrap_or_default();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        // In the shape that the caller was built in: another choice of targets is another
        // choice of features, and would build every dependency a second time.
        build.args(["build", "--quiet", "--workspace"]);
        if directory.ends_with("release") {
            build.args(["--release", "--bins"]);
        } else {
            build.arg("--all-targets");
        }
        build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let status = build.status();
        assert!(status.is_ok_and(|s| s.success()), "the programs could not be built");
        directory
    });
    directory.join(name)
}

/// The dev journalist's credentials for one login, as `--credentials-fd` wants them.
///
/// Each login takes a code that was not used before, so the server's clock moves on; a minute
/// at a time, which also keeps the throttle away.
pub fn fresh_login(interface: &JournalistInterface) -> io::Result<String> {
    interface.clock().advance(SignedDuration::from_secs(61));
    let user = &interface.users()[0];
    let code = user.code(interface.clock().now())?;
    Ok(format!("{}\n{DEV_PASSPHRASE}\n{code}\n", user.username))
}

impl Newsroom {
    /// Starts the server over this world; nothing is paired yet.
    pub fn new(world: World) -> io::Result<Self> {
        // A clock of its own lets each login have a fresh one-time code.
        let config = Config::new()?.with_clock(Clock::ahead(SignedDuration::ZERO));
        Self::with(world, config)
    }

    /// The same with a configuration.
    pub fn with(world: World, config: Config) -> io::Result<Self> {
        let root = TempDir::new()?;
        for name in ["stick", "export"] {
            std::fs::create_dir(root.path().join(name))?;
        }
        let interface = JournalistInterface::start(world, config)?;
        Ok(Self { root, interface })
    }

    /// The server.
    pub fn interface(&self) -> &JournalistInterface {
        &self.interface
    }

    /// A path in this newsroom: `ws`, `svs`, `stick`, `export`, ...
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs a program to its end.
    pub fn run<S: AsRef<OsStr>>(&self, name: &str, args: impl IntoIterator<Item = S>) -> Run {
        Run::of(self.command(name, args).output().unwrap_or_else(|e| panic!("{name}: {e}")))
    }

    /// A program, ready to start, without a terminal.
    pub fn command<S: AsRef<OsStr>>(
        &self,
        name: &str,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program(name));
        command
            .args(args)
            .current_dir(self.root.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// `sd-airgap` on the workstation.
    pub fn workstation(&self, args: &[&str]) -> Run {
        self.run("sd-airgap", self.at("ws", args))
    }

    /// `sd-airgap` on the SVS.
    pub fn svs(&self, args: &[&str]) -> Run {
        self.run("sd-airgap", self.at("svs", args))
    }

    /// Arguments with the station's home and the JSON face.
    pub fn at(&self, station: &str, args: &[&str]) -> Vec<String> {
        let home = self.path(station).to_string_lossy().into_owned();
        let fixed = ["--json".to_owned(), "--home".to_owned(), home];
        args.iter().map(ToString::to_string).chain(fixed).collect()
    }

    /// `sd-fetch` with the dev journalist's credentials, to its end.
    pub fn fetch(&self, args: &[&str]) -> Run {
        let child = self.start_fetch(args).unwrap_or_else(|e| panic!("sd-fetch: {e}"));
        Run::of(child.wait_with_output().unwrap_or_else(|e| panic!("sd-fetch: {e}")))
    }

    /// `sd-fetch`, started, with its credentials written.
    pub fn start_fetch(&self, args: &[&str]) -> io::Result<Child> {
        let (all, credentials) = self.fetch_line(args)?;
        let mut child = self.command("sd-fetch", &all).stdin(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            match stdin.write_all(credentials.as_bytes()) {
                // It ended before it asked for them.
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
        }
        Ok(child)
    }

    /// The arguments of `sd-fetch`, and the credentials it will read from standard input.
    pub fn fetch_line(&self, args: &[&str]) -> io::Result<(Vec<String>, String)> {
        let address = self.interface.address().to_string();
        let mut all = self.at("ws", args);
        all.extend(["--insecure-loopback".to_owned(), address]);
        all.extend(["--credentials-fd".to_owned(), "0".to_owned()]);
        Ok((all, fresh_login(&self.interface)?))
    }

    /// Pairs both stations; the SVS has the submission key in a file.
    pub fn pair(&self) -> io::Result<()> {
        self.pair_with(keys::SUBMISSION_SECRET)
    }

    /// Pairs both stations for this secret submission key.
    pub fn pair_with(&self, secret: &str) -> io::Result<()> {
        std::fs::write(self.path("submission.key"), secret)?;
        let fingerprint = self.pair_workstation(secret)?;
        let key = self.path("submission.key").to_string_lossy().into_owned();
        let carried = self.carried();
        let args = [
            "pair",
            "svs",
            "--workstation",
            &carried,
            "--fingerprint",
            &fingerprint,
            "--key-file",
            &key,
        ];
        let _paired = self.svs(&args).expect(0);
        Ok(())
    }

    /// Pairs both stations; the submission key's file is locked by a passphrase.
    pub fn pair_locked(&self) -> io::Result<()> {
        self.pair_with(include_str!("../data/keys/submission-locked.sec.asc"))
    }

    /// Pairs the workstation and returns its key's fingerprint.
    pub fn pair_workstation(&self, secret: &str) -> io::Result<String> {
        // Only the public part may be on a workstation.
        let public = sd_pgp::Certificate::parse(secret.as_bytes()).and_then(|c| c.armored());
        std::fs::write(self.path("SecureDrop.asc"), public.map_err(io::Error::other)?)?;
        let public = self.path("SecureDrop.asc").to_string_lossy().into_owned();
        let stick = self.path("stick").to_string_lossy().into_owned();
        let fingerprint = crate::ciphertext::EncryptionKey::from_armored(secret)?;
        let args = [
            "pair",
            "workstation",
            "--submission-key",
            &public,
            "--fingerprint",
            fingerprint.fingerprint(),
            "--to",
            &stick,
        ];
        let paired = self.workstation(&args).expect(0).json();
        Ok(paired["report"]["workstation"].as_str().unwrap_or_default().to_owned())
    }

    /// Where the workstation's certificate was written to.
    pub fn carried(&self) -> String {
        self.path("stick/sneakernet-workstation.asc").to_string_lossy().into_owned()
    }

    /// Packs everything that waits onto the stick.
    pub fn pack(&self) -> Run {
        let stick = self.path("stick").to_string_lossy().into_owned();
        self.workstation(&["pack", "--to", &stick])
    }

    /// Unpacks everything on the stick.
    pub fn unpack(&self) -> Run {
        let stick = self.path("stick").to_string_lossy().into_owned();
        self.svs(&["unpack", &stick])
    }

    /// The bundles on the stick, by name.
    pub fn bundles(&self) -> io::Result<Vec<PathBuf>> {
        let mut found: Vec<PathBuf> = std::fs::read_dir(self.path("stick"))?
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "sdbundle"))
            .collect();
        found.sort();
        Ok(found)
    }

    /// Every plaintext in the store: item UUID, file name, path.
    pub fn plaintexts(&self) -> io::Result<Vec<Plaintext>> {
        let mut found = Vec::new();
        for source in children(&self.path("svs/store/sources"))? {
            for item in children(&source)? {
                for path in children(&item.join("content"))? {
                    let name =
                        |p: &Path| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    found.push(Plaintext { item: name(&item), name: name(&path), path });
                }
            }
        }
        Ok(found)
    }
}

/// A file that stands under its final name on the SVS.
#[derive(Debug)]
pub struct Plaintext {
    /// The item's UUID.
    pub item: String,
    /// The file's name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// Every file below a directory, relative to it.
pub fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(at) = todo.pop() {
        for path in children(&at).unwrap_or_else(|e| panic!("{}: {e}", at.display())) {
            if path.is_dir() {
                todo.push(path);
            } else {
                let relative = path.strip_prefix(dir).unwrap_or(&path);
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// What stands in a directory, sorted; nothing if there is no such directory.
fn children(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

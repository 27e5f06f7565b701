//! A workstation: a home directory, and `sd-fetch` run by the ordinary user it belongs to.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{chown, fchown};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sd_tests::journalist_interface::JournalistInterface;
use sd_tests::newsroom::{Run, fresh_login};
use sd_tests::terminal::Terminal;
use sd_tests::tor_network::wait_for;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::lab::Lab;
use crate::namespace::Namespace;

/// Whom nothing belongs to: the ordinary user of the lab.
const NOBODY: u32 = 65534;

/// The longest a run may take that has nothing to wait for but Tor.
pub(crate) const RUN: Duration = Duration::from_secs(100);

/// Credentials for a run that never comes to the login.
pub(crate) const NO_LOGIN: &str = "nobody\nno passphrase\n000000\n";

/// Who runs a program.
#[derive(Clone, Copy)]
pub(crate) enum User {
    Root,
    Nobody,
}

pub(crate) struct Workstation {
    home: TempDir,
    program: PathBuf,
}

impl Workstation {
    pub(crate) fn new(lab: &Lab) -> io::Result<Self> {
        let home = tempfile::Builder::new().prefix("lab-home-").tempdir()?;
        chown(home.path(), Some(NOBODY), Some(NOBODY))?;
        Ok(Self { home, program: lab.program() })
    }

    /// The arguments of a sync with this server through this SOCKS port.
    pub(crate) fn sync(&self, onion: &str, socks: SocketAddr) -> Vec<String> {
        let home = self.home.path().to_string_lossy().into_owned();
        let fixed = ["sync", "--json", "--credentials-fd", "0", "--server", onion];
        let own = ["--tor-socks".to_owned(), socks.to_string(), "--home".to_owned(), home];
        fixed.iter().map(ToString::to_string).chain(own).collect()
    }

    /// `sd-fetch` without a command, in a terminal. The server and its Tor stand in the settings.
    pub(crate) fn guided(
        &self,
        onion: &str,
        socks: SocketAddr,
        username: &str,
    ) -> io::Result<Terminal> {
        let settings = format!(
            "journalist_interface = \"{onion}\"\ntor_socks = [\"{socks}\"]\nusername = \"{username}\"\n"
        );
        std::fs::write(self.home.path().join("settings.toml"), settings)?;
        let (program, home) = (self.program.display(), self.home.path());
        let line = format!("{} {program} --home {}", as_nobody().join(" "), home.display());
        Ok(Terminal::start_line(&line, home, (80, 24)))
    }

    /// Starts `sd-fetch`.
    pub(crate) fn start(&self, args: &[String], login: &str) -> io::Result<Fetching> {
        self.start_as(User::Nobody, None, args, login)
    }

    /// Runs `sd-fetch` to its end.
    pub(crate) fn run(&self, args: &[String], login: &str) -> io::Result<Run> {
        self.start(args, login)?.end(RUN)
    }

    /// Starts `sd-fetch` as this user, in this namespace if there is one.
    pub(crate) fn start_as(
        &self,
        user: User,
        inside: Option<&Namespace>,
        args: &[String],
        login: &str,
    ) -> io::Result<Fetching> {
        let mut words: Vec<&OsStr> = match user {
            User::Root => Vec::new(),
            User::Nobody => as_nobody().map(OsStr::new).to_vec(),
        };
        words.push(self.program.as_os_str());
        words.extend(args.iter().map(OsStr::new));
        let child = match inside {
            Some(namespace) => namespace.command(&words),
            None => command(&words),
        }
        .current_dir(self.home.path())
        .stdin(spoken(login)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
        Ok(Fetching { child: Some(child) })
    }

    /// Panics unless every item of the server is in the inbox, with the hash it has there.
    pub(crate) fn assert_has_all_of(&self, interface: &JournalistInterface) -> io::Result<()> {
        let items = interface.edit(|world| world.items().to_vec());
        assert!(!items.is_empty(), "a server with nothing to fetch proves nothing");
        for item in items {
            let name = format!("inbox/{}/{}.pgp", item.source_uuid, item.uuid);
            let path = self.home.path().join(name);
            let bytes = std::fs::read(&path)
                .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
            let digits: Vec<String> =
                Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digits.concat(), item.sha256, "{}", item.filename);
        }
        Ok(())
    }
}

/// A login for a server that runs.
pub(crate) fn login(interface: &JournalistInterface) -> io::Result<String> {
    fresh_login(interface)
}

/// The words that make the rest of a command line an ordinary user's, and end it with the lab.
pub(crate) fn as_nobody() -> [&'static str; 6] {
    ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL", "--"]
}

fn command(words: &[&OsStr]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

/// A pipe with these words in it. `sd-fetch` opens it by its name in /dev/fd, so it has to
/// belong to the user who does.
fn spoken(words: &str) -> io::Result<Stdio> {
    let (reader, mut writer) = io::pipe()?;
    fchown(&reader, Some(NOBODY), Some(NOBODY))?;
    writer.write_all(words.as_bytes())?;
    Ok(reader.into())
}

/// A run of `sd-fetch` under way; it is killed when this is dropped.
pub(crate) struct Fetching {
    child: Option<Child>,
}

impl Fetching {
    /// Bytes of the file that is being written: the largest it has open, named or not.
    pub(crate) fn written(&self) -> u64 {
        let id = self.child.as_ref().map_or(0, Child::id);
        let open = std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        let files = open.filter_map(|fd| std::fs::metadata(fd.path()).ok());
        files.filter(std::fs::Metadata::is_file).map(|file| file.len()).max().unwrap_or(0)
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Waits for its end, up to a limit. Its report is far smaller than a pipe holds.
    pub(crate) fn end(mut self, limit: Duration) -> io::Result<Run> {
        wait_for("the end of sd-fetch", limit, || self.has_ended().then_some(()))?;
        let child = self.child.take().ok_or(io::ErrorKind::NotFound)?;
        Ok(Run::of(child.wait_with_output()?))
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

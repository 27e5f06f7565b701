//! Steps that many journeys share.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crate::journalist_interface::World;
use crate::newsroom::{Newsroom, Run, program};

/// Two sources: `focal ghost` with a message, a document and a reply, `curious lemur` with a
/// message.
pub fn two_sources() -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world
        .source("focal ghost")?
        .message("Meet me at the old mill.")?
        .document("minutes.txt", b"Minutes of the board.\n")?
        .reply("We received it.")?;
    world.source("curious lemur")?.message("Second source.")?;
    Ok(world)
}

impl Newsroom {
    /// A paired newsroom over this world.
    pub fn paired(world: World) -> io::Result<Self> {
        let newsroom = Self::new(world)?;
        newsroom.pair()?;
        Ok(newsroom)
    }

    /// The same, with everything fetched, packed, unpacked and confirmed.
    pub fn delivered(world: World) -> io::Result<Self> {
        let newsroom = Self::paired(world)?;
        let _ = newsroom.fetch(&["sync"]).expect(0);
        newsroom.deliver();
        Ok(newsroom)
    }

    /// A verb of `sd-fetch` that asks no server.
    pub fn offline(&self, args: &[&str]) -> Run {
        self.run("sd-fetch", self.at("ws", args))
    }

    /// A verb of `sd-fetch` on a terminal (that of `script`), logged in, with `typed` typed. What
    /// stands on the terminal is the run's standard output.
    pub fn at_terminal(&self, args: &[&str], typed: &str) -> io::Result<Run> {
        let (mut all, credentials) = self.fetch_line(args)?;
        // A person reads the human face; the credentials come by a descriptor all the same.
        all.retain(|arg| arg != "--json");
        if let Some(fd) = all.iter_mut().skip_while(|arg| *arg != "--credentials-fd").nth(1) {
            "3".clone_into(fd);
        }
        std::fs::write(self.path("credentials"), credentials)?;
        let quoted = |word: &String| format!("'{}'", word.replace('\'', r"'\''"));
        let words: Vec<String> = all.iter().map(quoted).collect();
        let program = program("sd-fetch");
        let line = format!("'{}' {} 3<credentials", program.display(), words.join(" "));
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command.current_dir(self.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(typed.as_bytes())?;
        }
        Ok(Run::of(child.wait_with_output()?))
    }

    /// Takes everything that was fetched to the SVS, and brings the receipts back.
    pub fn deliver(&self) {
        let _ = self.pack().expect(0);
        let unpacked = self.unpack().expect(0).json();
        let bundles = unpacked["report"]["bundles"].as_array().cloned().unwrap_or_default();
        for bundle in bundles {
            let code = bundle["receipt"].as_str().unwrap_or_default();
            let _ = self.workstation(&["confirm", code]).expect(0);
        }
    }

    /// How many items were asked for, in all runs so far.
    pub fn downloads(&self) -> usize {
        let requests = self.interface().requests();
        requests.iter().filter(|r| r.path.ends_with("/download")).count()
    }
}

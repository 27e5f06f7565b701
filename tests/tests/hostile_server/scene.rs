//! A newsroom with a few items, a station home with neighbours, and a place nobody may go to.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sd_tests::journalist_interface::{Item, Kind, World};
use sd_tests::newsroom::{Newsroom, Run, program};
use sd_tests::noise::Noise;
use tempfile::TempDir;

use crate::surroundings;

pub(crate) const FOCAL: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
pub(crate) const QUIET: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";
pub(crate) const MESSAGE: &str = "952bab4d-260c-4136-b774-39eaacf9b912";
pub(crate) const REPLY: &str = "74624fc9-b776-463c-98aa-e88c7eccdd13";
/// The item that things happen to: a document of 5,000 bytes, fetched in one go.
pub(crate) const VICTIM: &str = "8d4aa076-59d8-44e8-80ca-d2794c81507f";
/// A document that is worth going on with when it is cut.
pub(crate) const LARGE: &str = "f9a4a68f-e36e-413b-866b-d4e537c05d07";
pub(crate) const NOTE: &str = "0b0df9b2-5a5c-4d3a-9b68-3a1f2c9a7e11";
pub(crate) const ITEMS: [&str; 5] = [MESSAGE, REPLY, VICTIM, LARGE, NOTE];

/// Bytes of the victim and of the large document.
pub(crate) const VICTIM_SIZE: u64 = 5_000;
pub(crate) const LARGE_SIZE: u64 = 300_000;

/// Longer than any case may take.
const PATIENCE: &str = "100";

/// One server and one station.
pub(crate) struct Scene {
    pub(crate) newsroom: Newsroom,
    measured: TempDir,
}

/// Somebody who listens where no connection may arrive.
pub(crate) fn elsewhere() -> &'static TcpListener {
    static ELSEWHERE: OnceLock<TcpListener> = OnceLock::new();
    ELSEWHERE.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        listener
    })
}

/// How a run ended, and what it took.
pub(crate) struct Measured {
    pub(crate) run: Run,
    /// The peak of its memory, in KiB.
    pub(crate) peak: u64,
}

/// Which face is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Human,
    Json,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let newsroom = Newsroom::new(world()).expect("a newsroom");
        surroundings::settle(&newsroom.path(""));
        let measured = TempDir::new().expect("a directory");
        Self { newsroom, measured }
    }

    /// `sd-fetch sync` with a second's patience.
    pub(crate) fn sync(&self, face: Face) -> Measured {
        // Before the code is made: the programs may have to be built first.
        let sd_fetch = program("sd-fetch");
        let (mut args, credentials) =
            self.newsroom.fetch_line(&["sync", "--patience", "1", "--wait", "1"]).expect("a line");
        args.retain(|arg| face == Face::Json || arg != "--json");
        let report = self.measured.path().join("peak");
        let mut child = Command::new("/usr/bin/time")
            .args(["-f", "%M", "-o"])
            .arg(&report)
            .args(["timeout", PATIENCE])
            .arg(sd_fetch)
            .args(&args)
            .current_dir(self.newsroom.path(""))
            .env("HOME", self.newsroom.path("home"))
            .env("TMPDIR", self.newsroom.path("tmp"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("/usr/bin/time (Debian package time)");
        child.stdin.take().expect("a pipe").write_all(credentials.as_bytes()).expect("room");
        let run = Run::of(child.wait_with_output().expect("ended"));
        let text = std::fs::read_to_string(&report).expect("a report");
        let peak = text.lines().last().and_then(|l| l.trim().parse().ok()).expect("a number");
        Measured { run, peak }
    }

    /// What the server's database says of each item.
    pub(crate) fn on_server(&self) -> Vec<Item> {
        self.newsroom.interface().edit(|world| world.items().to_vec())
    }
}

fn world() -> World {
    let mut world = World::with_test_key().expect("a world");
    let item = |name: &'static str, size| (name, Noise::new(size, size));
    add(
        &mut world,
        "focal ghost",
        FOCAL,
        [
            (MESSAGE, Kind::Message, item("1-focal_ghost-msg.gpg", 700)),
            (VICTIM, Kind::File, item("2-focal_ghost-doc.gz.gpg", VICTIM_SIZE)),
            (REPLY, Kind::Reply, item("3-focal_ghost-reply.gpg", 800)),
        ],
    );
    add(
        &mut world,
        "quiet harbour",
        QUIET,
        [
            (LARGE, Kind::File, item("1-quiet_harbour-doc.gz.gpg", LARGE_SIZE)),
            (NOTE, Kind::Message, item("2-quiet_harbour-msg.gpg", 900)),
        ],
    );
    world
}

fn add<const N: usize>(
    world: &mut World,
    words: &str,
    uuid: &str,
    items: [(&str, Kind, (&str, Noise)); N],
) {
    let mut source = world.source(words).expect("a source");
    source = source.change(|source| uuid.clone_into(&mut source.uuid));
    for (uuid, kind, (name, bytes)) in items {
        source = source.raw_item(name, kind, bytes).expect("added");
        source = source.change_last(|item| uuid.clone_into(&mut item.uuid));
    }
}

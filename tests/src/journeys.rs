//! Steps that many journeys share.

use std::io;

use crate::journalist_interface::World;
use crate::newsroom::{Newsroom, Run};

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

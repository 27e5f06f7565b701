//! The cases, by what they show.

pub(crate) mod cuts;
pub(crate) mod guided;
pub(crate) mod packets;
pub(crate) mod refusals;
pub(crate) mod stall;
pub(crate) mod syncs;

use std::io;

use sd_tests::journalist_interface::World;
use sd_tests::noise::Noise;

/// A source with one document of this size and nothing else.
fn one_document(bytes: u64) -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world.source("patient heron")?.document_from(Some(b"archive.bin"), Noise::new(bytes, 11))?;
    Ok(world)
}

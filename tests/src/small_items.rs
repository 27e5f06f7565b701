//! A server with many small items.

use std::io;

use crate::journalist_interface::{Kind, World};
use crate::noise::Noise;

/// Items of one source before the next one begins.
const PER_SOURCE: usize = 100;

/// So many items of a few hundred bytes, a hundred from each source. They are noise: who only
/// fetches them cannot tell, and encrypting them would take longer than everything else.
pub fn world_of_small_items(count: usize) -> io::Result<World> {
    let mut world = World::with_test_key()?;
    for first in (0..count).step_by(PER_SOURCE) {
        let mut source = world.source("focal ghost")?;
        for n in first..count.min(first + PER_SOURCE) {
            let mut noise = Noise::new(300 + n as u64 % 700, n as u64);
            source =
                source.made_by(Kind::Message, |_, sink| io::copy(&mut noise, sink).map(drop))?;
        }
    }
    Ok(world)
}

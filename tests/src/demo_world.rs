//! The submissions of the demo.

use std::io;

use crate::journalist_interface::World;
use crate::noise::Noise;

/// The size of the demo's large document.
pub const LARGE: u64 = 200 << 20;

/// A picture with planted metadata.
pub const PHOTO: &[u8] = include_bytes!("../data/demo/photo.jpg");

/// Three sources, twelve items: messages, documents with hostile names, replies, one large document.
pub fn demo_world(large: u64) -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world
        .source("focal ghost")?
        .message("I work at the mill. The photo shows the north gate at night.")?
        .document("photo.jpg", PHOTO)?
        .reply("We received your photo. Is it safe to write to you here?")?
        .message("Yes. More follows.")?;
    world
        .source("curious lemur")?
        .message("These are the minutes nobody was to see.")?
        .document("minutes.txt", b"Item 1: the budget.\nItem 2: the mill.\n")?
        .document_from(Some(b"../../etc/cron.d/x"), &b"a name that climbs"[..])?
        .document_from(Some("tax\u{202e}fdp.exe".as_bytes()), &b"a name that turns around"[..])?
        .document_from(Some(b"statement.desktop"), &b"[Desktop Entry]\nExec=sh\n"[..])?;
    world
        .source("patient heron")?
        .message("The archive is large.")?
        .document_from(Some(b"archive.bin"), Noise::new(large, 7))?
        .reply("Thank you.")?;
    Ok(world)
}

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

/// Ten items of two sources, of types that can be cleaned: a batch as it comes on a good day.
pub fn ten_items() -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world
        .source("focal ghost")?
        .message("I work at the mill. The photos show the north gate.")?
        .document("gate-1.jpg", PHOTO)?
        .document("gate-2.jpg", PHOTO)?
        .document("rota.txt", b"Monday: two of us.\n")?
        .message("More follows.")?;
    world
        .source("curious lemur")?
        .message("These are the minutes.")?
        .document("minutes-1.txt", b"Item 1: the budget.\n")?
        .document("minutes-2.txt", b"Item 2: the mill.\n")?
        .document("board.jpg", PHOTO)?
        .message("Please be careful.")?;
    Ok(world)
}

//! Makes a shelf with one package, as an installation leaves it: for trying updates out.
//! `cargo run -p tails-persistence --example new_shelf -- DIR PACKAGE`

use std::io;
use std::path::PathBuf;

use sd_fs::Dir;
use sd_release::{Highest, Mode, Part, Role, Shelf, Slot, Station, about, compiled_in};

fn main() -> io::Result<()> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(shelf), Some(package)) = (words.next(), words.next()) else {
        return Err(io::Error::other("DIR PACKAGE"));
    };
    let station = Station { role: Role::Svs, mode: Mode::System };
    let root = compiled_in().map_err(io::Error::other)?;
    let mut shelf = Shelf::create(&shelf, station, &root).map_err(io::Error::other)?;
    let about = about(&package).map_err(io::Error::other)?;
    let slot = Slot { counter: about.counter, version: about.version };
    let (dir, name) = Dir::containing(&package).map_err(io::Error::other)?;
    let mut file = dir.open_file(&name).map_err(io::Error::other)?;
    let mut staging = shelf.stage(slot).map_err(io::Error::other)?;
    staging.put(Part::Package, &mut file, 256 << 20, None).map_err(io::Error::other)?;
    let staged = staging.finish().map_err(io::Error::other)?;
    let highest = Highest { counter: slot.counter, signed: None };
    shelf.switch(staged, highest).map_err(io::Error::other)
}

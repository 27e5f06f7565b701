//! Makes the test vectors of the bundle format that are missing.
//!
//! A published vector is never changed: what stands in the directory stays. To have one made
//! anew, delete it first; its bytes will be others, as `OpenPGP` encryption is random.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a generator stands outside the programs: it writes into the repository"
)]

use std::io;
use std::process::ExitCode;

use sd_tests::vectors::{Kit, cases, directory};

fn main() -> ExitCode {
    match make() {
        Ok((made, there)) => {
            println!("{made} made, {there} were there");
            ExitCode::SUCCESS
        }
        Err(e) => {
            println!("no vectors: {e}");
            ExitCode::FAILURE
        }
    }
}

fn make() -> io::Result<(usize, usize)> {
    let kit = Kit::new()?;
    let (mut made, mut there) = (0, 0);
    for case in cases::all() {
        let path = directory().join(format!("{}.vector", case.name));
        if path.exists() {
            there += 1;
            continue;
        }
        let named = |e| io::Error::other(format!("{}: {e}", case.name));
        let vector = case.vector(&kit).map_err(named)?;
        std::fs::write(path, vector.to_file()?)?;
        made += 1;
    }
    Ok((made, there))
}

//! `sd-station`: checks the station.
use std::process::ExitCode;

fn main() -> ExitCode {
    tails_persistence::main()
}

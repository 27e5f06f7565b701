//! `sd-publish`: makes releases.
use std::process::ExitCode;

fn main() -> ExitCode {
    sd_publish::main()
}

//! `sd-package`: makes the Debian package of the programs that were built.
use std::process::ExitCode;

fn main() -> ExitCode {
    sd_package::main()
}

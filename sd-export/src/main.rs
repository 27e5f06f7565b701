//! Cleans documents and carries clean copies out; everything is in the library.
use std::process::ExitCode;

fn main() -> ExitCode {
    sd_export::main()
}

//! Writes the rules beneath `usb-rules/rules/`; with `--check` it only says which differ.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer's tool writes into its own source tree"
)]
#![expect(clippy::print_stdout, reason = "a developer's tool")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().any(|arg| arg == "--check");
    let mut failed = false;
    for file in usb_rules::files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(file.path);
        if std::fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            continue;
        }
        if check {
            println!("{} differs", file.path);
            failed = true;
        } else if let Err(e) = std::fs::write(&path, file.text) {
            println!("{}: {e}", path.display());
            failed = true;
        } else {
            println!("{} written", file.path);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

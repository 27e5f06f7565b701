//! Prints what is plugged in, as the JSON that situations are recorded in.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let devices = match usb_rules::discover() {
        Ok(devices) => devices,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    match serde_json::to_string_pretty(&devices) {
        Ok(text) => println!("{text}"),
        Err(e) => eprintln!("{e}"),
    }
    for other in usb_rules::units().unwrap_or_default() {
        eprintln!("{}: {}: {}", other.port, sd_fs::escape(other.product.as_bytes()), other.what);
    }
    ExitCode::SUCCESS
}

//! Prints docs/status.md: `cargo run -p sd-term --example status_page > docs/status.md`.
use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(sd_term::Status::page().as_bytes())
}

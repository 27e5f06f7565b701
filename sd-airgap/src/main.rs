//! `sd-airgap`: carries submissions across the air gap.
use std::process::ExitCode;

fn main() -> ExitCode {
    sd_airgap::main()
}

//! The program; everything it does is in the library.

fn main() -> std::process::ExitCode {
    sd_fetch::main()
}

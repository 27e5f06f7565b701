//! Progress, told by the library and drawn by whoever has a terminal.

/// Hears how far a long work has come.
pub trait Progress {
    /// A step begins: its name and its length in bytes, if known.
    fn begin(&mut self, step: &str, total: Option<u64>);

    /// This many more bytes are done.
    fn advance(&mut self, bytes: u64);

    /// The step is over.
    fn end(&mut self);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&mut self, _: &str, _: Option<u64>) {}

    fn advance(&mut self, _: u64) {}

    fn end(&mut self) {}
}

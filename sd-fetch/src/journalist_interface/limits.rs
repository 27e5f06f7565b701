//! How much the server may send, and how long it may take.

use std::time::Duration;

/// Every limit of a conversation, with its reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Status line and headers, in bytes. A real answer has about 500.
    pub(crate) header: usize,
    /// The body of a login, a logout or an error. Real ones have less than 300 bytes.
    pub(crate) small_body: u64,
    /// A list, in bytes. A source with its key takes 5 kB, an item 500 bytes: room for as many
    /// of them as are taken. None of it is kept; this bounds the time that a list may take.
    pub(crate) list_body: u64,
    /// Sources in their list. A busy newsroom has hundreds.
    pub(crate) sources: usize,
    /// Messages, documents and replies in their lists together: a year of three hundred a day.
    /// What is kept of each, taken or refused, is 300 bytes at most: 30 MB of memory.
    pub(crate) items: usize,
    /// One text inside a list, in bytes: the parser holds it whole. A real public key, the
    /// longest there is, takes 5 kB.
    pub(crate) text: u64,
    /// Brackets within brackets in a list. A real one has four.
    pub(crate) depth: u32,
    /// One item's ciphertext. The server's web front takes uploads up to 500 MiB; encryption
    /// adds less than 1 kB and gzip less than 0.1 % to what it cannot shrink.
    pub(crate) item: u64,
    /// Opening a TCP connection to Tor on this computer (or to a loopback server).
    pub(crate) connect: Duration,
    /// Waiting for Tor's answer. Tor itself gives up after two minutes.
    pub(crate) circuit: Duration,
    /// Silence in the middle of an answer. A service that froze behind Tor never errors by
    /// itself, however long one waits.
    pub(crate) idle: Duration,
    /// A whole small answer: a server that sends one byte a minute is not waited for.
    pub(crate) answer: Duration,
    /// The slowest rate at which a body is worth waiting for, in bytes a second, over each
    /// stretch of `idle`. Tor's worst circuits are ten times faster.
    pub(crate) slowest: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: 16 * 1024,
            small_body: 64 * 1024,
            list_body: 64 * 1024 * 1024,
            sources: 10_000,
            items: 100_000,
            text: 64 * 1024,
            depth: 64,
            item: 600 * 1024 * 1024,
            connect: Duration::from_secs(5),
            circuit: Duration::from_secs(150),
            idle: Duration::from_mins(1),
            answer: Duration::from_mins(10),
            slowest: 1000,
        }
    }
}

impl Limits {
    /// The same for somebody who waits this long for a sign of life.
    pub(crate) fn patient(patience: Duration) -> Self {
        Self { idle: patience, answer: patience.saturating_mul(10), ..Self::default() }
    }

    /// The longest a body of this many bytes may take.
    pub(crate) fn body_time(&self, bytes: u64) -> Duration {
        self.answer.saturating_add(Duration::from_secs(bytes / self.slowest.max(1)))
    }
}

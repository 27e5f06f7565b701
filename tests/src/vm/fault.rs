//! What can be wrong with a stick, and how often something was.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Faults that took effect since the process began.
static INJECTED: AtomicU64 = AtomicU64::new(0);

/// How many faults took effect so far. A fault that was prepared and never met is not counted,
/// and one that is met again and again counts once.
pub fn faults_injected() -> u64 {
    INJECTED.load(Ordering::Relaxed)
}

/// Counts one fault that took effect outside of a chip, such as a state that a power cut left.
pub fn count_fault() {
    count();
}

/// Counts one fault that took effect.
pub(super) fn count() {
    INJECTED.fetch_add(1, Ordering::Relaxed);
}

/// What a stick is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Bytes from it.
    Read,
    /// Bytes to it.
    Write,
    /// To keep for good what it has.
    Flush,
}

/// Which requests a fault meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The request with this number, from 1, since the fault was armed.
    Nth(u64),
    /// That one and all that follow.
    From(u64),
    /// Those that touch this byte.
    At(u64),
}

/// How a stick says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// EIO: the medium is bad.
    Broken,
    /// ENOSPC: the medium is full.
    Full,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is pulled out when so many writes have landed since the fault was armed: everything
    /// after is an error. Of the write that is cut so many bytes land.
    Pulled {
        /// Writes that land.
        after: u64,
        /// Bytes of the next write that land: a torn sector.
        torn: usize,
    },
    /// These requests fail.
    Fails(Request, When, Refusal),
    /// After so many honest reads, other bytes stand here.
    Swaps {
        /// Address of the first byte.
        at: u64,
        /// Reads of that place which are answered with what is stored.
        honest: u32,
        /// What is answered then.
        with: Vec<u8>,
    },
    /// Writes are said to be done, and are not.
    LosesWrites,
    /// A flush is said to be done, and is not. Shows on a chip that is [`volatile`], when its
    /// power goes.
    ///
    /// [`volatile`]: super::Chip::volatile
    LosesFlushes,
    /// A request gets no answer until the stick is released or unplugged, or [`STUCK`] is over.
    Sticks(Request, When),
    /// So many bytes a second.
    Slow(u32),
}

/// The longest that a request gets no answer: below the 30 seconds after which Linux gives a
/// command up, because QEMU waits for a command that is given up, and does nothing else.
pub const STUCK: Duration = Duration::from_secs(25);

/// A fault in a chip.
#[derive(Clone, Debug)]
pub(super) struct Armed {
    pub(super) fault: Fault,
    seen: u64,
    met: bool,
}

impl Armed {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, seen: 0, met: false }
    }

    /// It takes effect; counted the first time.
    pub(super) fn meet(&mut self) {
        if !std::mem::replace(&mut self.met, true) {
            count();
        }
    }

    /// Another request that the fault may be about; how many there were with it.
    pub(super) fn next(&mut self) -> u64 {
        self.seen += 1;
        self.seen
    }

    /// Whether this request, the next of its kind, is one of those.
    pub(super) fn strikes(&mut self, when: When, at: u64, length: usize) -> bool {
        let seen = self.next();
        let strikes = match when {
            When::Nth(n) => seen == n,
            When::From(n) => seen >= n,
            When::At(byte) => at <= byte && byte < at + length as u64,
        };
        if strikes {
            self.meet();
        }
        strikes
    }
}

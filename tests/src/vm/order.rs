//! What is run in the guest: as whom, with what input, and for how long at most.

use std::fmt::Write as _;
use std::time::Duration;

use super::agent::Ticket;

/// A command ends within this, unless its order says otherwise.
const LIMIT: Duration = Duration::from_mins(2);

/// As whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The administrator.
    Root,
    /// The person at the machine: an ordinary user in an active session, as on Tails.
    User,
}

/// A command line for bash, with its input. Programs that were brought are in its path.
#[derive(Clone, Debug)]
pub struct Order {
    pub(super) who: Who,
    pub(super) limit: Duration,
    script: String,
    stdin: Vec<u8>,
    descriptors: Vec<(u8, Vec<u8>)>,
}

impl Order {
    /// For root.
    pub fn root(script: impl Into<String>) -> Self {
        Self::new(Who::Root, script)
    }

    /// For the person at the machine.
    pub fn user(script: impl Into<String>) -> Self {
        Self::new(Who::User, script)
    }

    /// For one of them.
    pub fn new(who: Who, script: impl Into<String>) -> Self {
        let (stdin, descriptors) = (Vec::new(), Vec::new());
        Self { who, limit: LIMIT, script: script.into(), stdin, descriptors }
    }

    /// What it finds at its standard input.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// What it finds at another descriptor, such as a passphrase.
    #[must_use]
    pub fn fd(mut self, number: u8, bytes: impl Into<Vec<u8>>) -> Self {
        self.descriptors.push((number, bytes.into()));
        self
    }

    /// How long it may take.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The script and the input for the agent. Everything travels by standard input; what is
    /// for another descriptor is taken off first, into a file that has no name any more when
    /// the command begins.
    pub(super) fn to_send(&self) -> (String, Vec<u8>) {
        let (mut script, mut input) = (String::new(), Vec::new());
        for (number, bytes) in &self.descriptors {
            let size = bytes.len();
            let _ = writeln!(
                script,
                "f=$(mktemp -p /dev/shm) && head -c {size} >\"$f\" && exec {number}<\"$f\" && rm \"$f\" || exit 125"
            );
            input.extend(bytes);
        }
        script.push_str(&self.script);
        input.extend(&self.stdin);
        (script, input)
    }
}

/// A command that runs in the guest.
#[must_use = "a command that nobody waits for may still run when the next case begins"]
#[derive(Debug)]
pub struct Job {
    pub(super) ticket: Ticket,
    pub(super) order: Order,
}

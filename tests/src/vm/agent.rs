//! The lab's end of an agent: scripts go in, exit codes and output come out.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::wire::{Answer, Request, skip_to_sync};

/// A script that was started in the guest.
#[must_use = "a script that nobody waits for may still run when the next case begins"]
#[derive(Debug)]
pub(super) struct Ticket(u64);

/// One agent: root's, or that of the person at the machine.
#[derive(Debug)]
pub(super) struct Agent {
    stream: BufReader<UnixStream>,
    next: u64,
    ended: HashMap<u64, Answer>,
}

impl Agent {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream: BufReader::new(stream), next: 0, ended: HashMap::new() }
    }

    /// Waits until it answers, and forgets all that was said before.
    pub(super) fn sync(&mut self, limit: Duration) -> io::Result<()> {
        self.next += 1;
        self.ended.clear();
        let since = UNIX_EPOCH.elapsed().unwrap_or_default();
        let nonce = format!("{}-{}-{}", std::process::id(), self.next, since.as_nanos());
        Request::Sync(nonce.clone()).write_to(self.stream.get_mut())?;
        self.stream.get_ref().set_read_timeout(Some(limit))?;
        skip_to_sync(&mut self.stream, &nonce)
            .map_err(|e| late(e, "the agent's sign of life", limit))
    }

    pub(super) fn start(&mut self, script: &str, input: &[u8]) -> io::Result<Ticket> {
        self.next += 1;
        let (script, input) = (script.as_bytes().to_vec(), input.to_vec());
        Request::Run { id: self.next, script, input }.write_to(self.stream.get_mut())?;
        Ok(Ticket(self.next))
    }

    /// Waits for one script; the answers of others are kept.
    pub(super) fn finish(&mut self, ticket: &Ticket, limit: Duration) -> io::Result<Answer> {
        let end = Instant::now() + limit;
        loop {
            if let Some(answer) = self.ended.remove(&ticket.0) {
                return Ok(answer);
            }
            let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.stream.get_ref().set_read_timeout(Some(left))?;
            let answer = Answer::read_from(&mut self.stream);
            let answer = answer.map_err(|e| late(e, "the end of a script", limit))?;
            self.ended.insert(answer.id, answer);
        }
    }
}

/// A socket says of a wait that was too long only that it would have to wait.
pub(super) fn late(error: io::Error, what: &str, limit: Duration) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            let why = format!("{what}: not in {} s", limit.as_secs());
            io::Error::new(io::ErrorKind::TimedOut, why)
        }
        _ => error,
    }
}

//! Paper: printers, print jobs and what is left of them, asked of CUPS on its local socket.
//!
//! ```text
//! Get-Printers --device URI--> judged: cable or loopback? --> Printer      (network: refused)
//! Create-Job --> Send-Document: hashed on the way, the last bytes only if it is what was checked
//!    '--> Get-Job-Attributes, each second: done, failed, or what the printer waits for
//!            '--> Cancel-Job (limit, Ctrl-C) --> purge --> asked for again: must be gone
//! ```
//! No name of a file, a person or a program of ours travels: a job is called "document" and
//! belongs to "anonymous". Decision 0020 says why loopback counts as a cable.

mod choose;
mod cups;
mod http;
mod interrupt;
mod job;
mod link;
mod message;
mod outcome;
mod printer;
mod reason;
#[cfg(test)]
mod recorded;
mod settings;
mod spool;
mod vouched;
mod watch;

pub(crate) use choose::{Listed, choose};
pub(crate) use cups::Cups;
pub(crate) use interrupt::Interrupt;
pub(crate) use job::{Job, Press};
pub(crate) use outcome::Outcome;
pub(crate) use printer::{Choice, Printer};
pub(crate) use settings::{Colour, Pages, Settings, mime_type};
pub(crate) use spool::Traces;

/// Where CUPS listens.
pub(crate) const SOCKET: &str = "/run/cups/cups.sock";

/// Where CUPS keeps the documents of its jobs.
pub(crate) const SPOOL: &str = "/var/spool/cups";

//! A connection as ureq wants it: one request, then no more.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::pace::Pace;

/// An open connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffers: LazyBuffers,
    pace: Pace,
}

impl Wire {
    /// Over a connection that stands, with buffers of these sizes.
    pub(super) fn new(stream: TcpStream, input: usize, output: usize, pace: Pace) -> Self {
        Self { stream, buffers: LazyBuffers::new(input, output), pace }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let timeout = timeout.for_write();
        self.stream.set_write_timeout(timeout.not_zero().map(|t| *t))?;
        let sent = self.stream.write_all(&self.buffers.output()[..amount]);
        sent.map_err(|e| named(e, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let timeout = timeout.for_read();
        if timeout.after.is_zero() {
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        self.stream.set_read_timeout(timeout.not_zero().map(|t| *t))?;
        let amount = loop {
            match self.stream.read(self.buffers.input_append_buf()) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(|e| named(e, timeout))?,
            }
        };
        self.buffers.input_appended(amount);
        if amount > 0 && !self.pace.goes_on(amount, Instant::now()) {
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // A connection serves one request: bytes sent beyond an answer can never be taken for
        // the next one.
        false
    }
}

/// Linux says `WouldBlock` when a socket's timeout runs out.
fn named(e: io::Error, timeout: NextTimeout) -> ureq::Error {
    match e.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ureq::Error::Timeout(timeout.reason),
        _ => ureq::Error::Io(e),
    }
}

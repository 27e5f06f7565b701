//! A block of free loopback ports. Tor's nodes must know each other's ports before they start.

use std::io;
use std::net::TcpListener;

use sd_bundle::random;

/// Below the range that the kernel takes ports for outgoing connections from.
const LOWEST: u16 = 20_000;
const HIGHEST: u16 = 31_000;
const TRIES: u32 = 200;

/// Ports that were free a moment ago, handed out one by one.
#[derive(Debug)]
pub(super) struct Ports(std::ops::Range<u16>);

impl Ports {
    /// A block of `count` ports at a random place, so that two labs seldom meet.
    pub(super) fn free_block(count: u16) -> io::Result<Self> {
        for _ in 0..TRIES {
            let place = u16::from_ne_bytes(random().map_err(io::Error::other)?);
            let first = LOWEST + place % (HIGHEST - LOWEST - count);
            let block = first..first + count;
            // Held all at once, then let go: Tor takes them a moment later.
            let held: io::Result<Vec<_>> =
                block.clone().map(|port| TcpListener::bind(("127.0.0.1", port))).collect();
            if held.is_ok() {
                return Ok(Self(block));
            }
        }
        Err(io::Error::other(format!("no {count} free ports in a row")))
    }

    /// The next one.
    pub(super) fn take(&mut self) -> io::Result<u16> {
        self.0.next().ok_or_else(|| io::Error::other("the block of ports is used up"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_free_in_a_row_and_ends() {
        let mut ports = Ports::free_block(3).expect("a block");
        let taken: Vec<u16> = (0..3).map(|_| ports.take().expect("a port")).collect();
        assert_eq!(taken, [taken[0], taken[0] + 1, taken[0] + 2]);
        assert!(ports.take().is_err());
        TcpListener::bind(("127.0.0.1", taken[2])).expect("free");
    }
}

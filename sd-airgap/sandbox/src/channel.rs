//! Framed messages between parent and worker: a length, then that many bytes.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

/// One end of the conversation.
#[derive(Debug)]
pub struct Channel(UnixStream);

/// Why a message did not come.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The other end is gone.
    #[error("the other end closed the channel")]
    Closed,
    /// A length above what this message may have.
    #[error("a message of {0} bytes is longer than allowed")]
    TooLong(u32),
    /// A message that is not of the protocol. What it was is not repeated: it is foreign text.
    #[error("a message that is not of the protocol")]
    Nonsense,
    /// Something came after the last message.
    #[error("data after the last message")]
    Trailing,
    /// The socket failed.
    #[error("the channel failed: {0}")]
    Io(#[from] io::Error),
}

impl Channel {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self(stream)
    }

    /// Sends one message.
    pub fn send(&mut self, message: &[u8]) -> Result<(), ChannelError> {
        let length = u32::try_from(message.len()).map_err(|_| ChannelError::TooLong(u32::MAX))?;
        // Two writes rather than one copy: a message may be a session key, to be wiped.
        self.0.write_all(&length.to_le_bytes()).map_err(closed)?;
        self.0.write_all(message).map_err(closed)
    }

    /// Receives one message of at most `max` bytes.
    pub fn receive(&mut self, max: u32) -> Result<Vec<u8>, ChannelError> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).map_err(closed)?;
        let length = u32::from_le_bytes(length);
        if length > max {
            return Err(ChannelError::TooLong(length));
        }
        let mut message = vec![0; length as usize];
        self.0.read_exact(&mut message).map_err(closed)?;
        Ok(message)
    }

    /// Checks that the other end has nothing more to say.
    pub(crate) fn expect_end(&mut self) -> Result<(), ChannelError> {
        match self.0.read(&mut [0; 1]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(ChannelError::Trailing),
            // A worker killed by the kernel can leave unread bytes behind: the socket resets.
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}

fn closed(e: io::Error) -> ChannelError {
    match e.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset => ChannelError::Closed,
        _ => ChannelError::Io(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_above_its_cap_is_refused_before_it_is_read() {
        let (a, b) = UnixStream::pair().expect("a pair");
        let (mut a, mut b) = (Channel::new(a), Channel::new(b));
        a.send(b"12345").expect("sent");
        assert!(matches!(b.receive(4), Err(ChannelError::TooLong(5))));
    }

    #[test]
    fn what_is_left_over_is_noticed() {
        let (a, b) = UnixStream::pair().expect("a pair");
        let (mut a, mut b) = (Channel::new(a), Channel::new(b));
        a.send(b"1").expect("sent");
        a.send(b"2").expect("sent");
        assert_eq!(b.receive(9).expect("first"), b"1");
        assert!(matches!(b.expect_end(), Err(ChannelError::Trailing)));
        let mut b = {
            let (a, b) = UnixStream::pair().expect("a pair");
            drop(a);
            Channel::new(b)
        };
        assert!(b.expect_end().is_ok());
        assert!(matches!(b.receive(9), Err(ChannelError::Closed)));
    }
}

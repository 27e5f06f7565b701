//! The smallest SOCKS client: says what Tor answers.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Tor itself gives up after two minutes; most answers come within five seconds.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks for port 80 of a host as this user, and returns the code of the answer; 0 is "connected".
///
/// Tor keeps users apart: a new one waits for nothing that was begun for another.
pub(super) fn knock(socks: SocketAddr, user: u32, host: &str) -> io::Result<u8> {
    let mut stream = TcpStream::connect_timeout(&socks, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(&[5, 1, 2])?;
    let (mut method, mut welcome, mut answer) = ([0; 2], [0; 2], [0; 4]);
    stream.read_exact(&mut method)?;
    let name = user.to_be_bytes();
    stream.write_all(&[&[1, 4], &name[..], &[4], &name[..]].concat())?;
    stream.read_exact(&mut welcome)?;
    let length = u8::try_from(host.len()).map_err(io::Error::other)?;
    let request = [&[5, 1, 0, 3, length], host.as_bytes(), &80_u16.to_be_bytes()].concat();
    stream.write_all(&request)?;
    stream.read_exact(&mut answer)?;
    match (method, welcome, answer) {
        ([5, 2], [1, 0], [5, code, ..]) => Ok(code),
        _ => Err(io::Error::other("what answers there is not a SOCKS port")),
    }
}

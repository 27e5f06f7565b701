//! One conversation with a node's control port.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

/// A node on this computer answers at once, unless it is stopped.
const LIMIT: Duration = Duration::from_secs(5);

/// An authenticated connection to a control port.
#[derive(Debug)]
pub struct Control {
    stream: BufReader<TcpStream>,
}

impl Control {
    /// Connects, and shows the cookie that only this user can read.
    pub(super) fn connect(port: u16, cookie: &Path) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        let mut control = Self { stream: BufReader::new(stream) };
        let digits: Vec<String> =
            std::fs::read(cookie)?.iter().map(|byte| format!("{byte:02x}")).collect();
        control.command(&format!("AUTHENTICATE {}", digits.concat()))?;
        Ok(control)
    }

    /// Sends a command and returns the lines of its answer, without their codes.
    pub fn command(&mut self, command: &str) -> io::Result<Vec<String>> {
        self.stream.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            let (Some(code), Some(kind), Some(text)) =
                (line.get(..3), line.get(3..4), line.get(4..))
            else {
                return Err(io::Error::other(format!("not an answer: {line}")));
            };
            if code != "250" {
                // The command holds the cookie when it is the first one.
                let verb = command.split(' ').next().unwrap_or_default();
                return Err(io::Error::other(format!("{verb}: {line}")));
            }
            lines.push(text.to_owned());
            match kind {
                " " => return Ok(lines),
                "+" => self.data(&mut lines)?,
                _ => {}
            }
        }
    }

    /// One line, which must have come whole.
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// A block of data: lines up to one that is a single dot.
    fn data(&mut self, lines: &mut Vec<String>) -> io::Result<()> {
        loop {
            match self.line()? {
                line if line == "." => return Ok(()),
                line => lines.push(line),
            }
        }
    }

    /// How far a node has come, in percent; at 100 it can build circuits.
    pub fn bootstrapped(&mut self) -> io::Result<u8> {
        let lines = self.command("GETINFO status/bootstrap-phase")?;
        let progress = lines[0].split(' ').find_map(|word| word.strip_prefix("PROGRESS="));
        progress.and_then(|p| p.parse().ok()).ok_or_else(|| io::Error::other("no progress is told"))
    }

    /// Closes every circuit that leads to an onion service, and says how many there were.
    pub fn close_rendezvous(&mut self) -> io::Result<usize> {
        let lines = self.command("GETINFO circuit-status")?;
        let open = lines.iter().filter(|l| l.contains("PURPOSE=HS_CLIENT_REND"));
        // A single circuit stands on the line of the name.
        let ids = open.filter_map(|l| l.trim_start_matches("circuit-status=").split(' ').next());
        let mut closed = 0;
        for id in ids {
            // It may have closed by itself since.
            closed += usize::from(self.command(&format!("CLOSECIRCUIT {id}")).is_ok());
        }
        Ok(closed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// A control port that has its answers ready, and hears what is asked until it is dropped.
    fn scripted(answers: &'static str) -> (Control, TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let stream = TcpStream::connect(listener.local_addr().expect("an address"));
        let (mut port, _) = listener.accept().expect("connected");
        port.write_all(answers.as_bytes()).expect("room");
        port.shutdown(std::net::Shutdown::Write).expect("open");
        (Control { stream: BufReader::new(stream.expect("connected")) }, port)
    }

    #[test]
    fn data_lines_and_single_lines_are_read_to_their_end() {
        let (mut control, _port) =
            scripted("250+a=\r\nb\r\nc\r\n.\r\n250-d=e\r\n250 OK\r\n250 OK\r\n");
        assert_eq!(control.command("GETINFO a d").expect("read"), ["a=", "b", "c", "d=e", "OK"]);
        assert_eq!(control.command("SIGNAL NEWNYM").expect("read"), ["OK"]);
        assert!(control.command("GETINFO x").is_err(), "the end is no answer");
    }

    #[test]
    fn a_refusal_is_an_error_and_does_not_repeat_the_cookie() {
        let (mut control, _port) = scripted("515 Authentication failed\r\n");
        let said = control.command("AUTHENTICATE c00c1e").expect_err("refused").to_string();
        assert_eq!(said, "AUTHENTICATE: 515 Authentication failed");
    }

    #[test]
    fn rendezvous_circuits_alone_are_closed() {
        let several = "250+circuit-status=\r\n7 BUILT $A PURPOSE=GENERAL\r\n\
                       9 BUILT $A PURPOSE=HS_CLIENT_REND X=Y\r\n\
                       12 BUILT $A PURPOSE=HS_CLIENT_REND\r\n.\r\n250 OK\r\n\
                       250 OK\r\n552 Unknown circuit\r\n";
        let single = "250-circuit-status=9 BUILT $A PURPOSE=HS_CLIENT_REND\r\n250 OK\r\n250 OK\r\n";
        for answers in [several, single] {
            let (mut control, mut port) = scripted(answers);
            assert_eq!(control.close_rendezvous().expect("closed"), 1);
            drop(control);
            let mut asked = String::new();
            port.read_to_string(&mut asked).expect("text");
            assert!(asked.contains("CLOSECIRCUIT 9\r\n") && !asked.contains("CLOSECIRCUIT 7"));
        }
    }
}

//! SOCKS5 as Tor speaks it: the name goes to Tor unresolved, the user name picks the circuit.

use std::io::{self, Read, Write};

/// What Tor said instead of connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// F4: the service wants a key that Tor does not have.
    #[error(
        "this stick has no key for the Journalist Interface: ask your administrator \
         (securedrop-admin localconfig)"
    )]
    NoKey,
    /// F5: the key is not among those the service takes.
    #[error(
        "the key on this stick for the Journalist Interface is wrong or was replaced: ask your \
         administrator for the new one"
    )]
    WrongKey,
    /// F6: the checksum inside the address is wrong.
    #[error("the onion address is mistyped")]
    Mistyped,
    /// F0 to F3, F7 and 6: it may be there again in a minute.
    #[error("Tor cannot reach the Journalist Interface just now: try again in a minute")]
    NotNow,
    /// 1, 3, 4, 5: a SOCKS port without extended errors, which cannot say more.
    #[error(
        "Tor could not connect and does not say why: the address, the key on this stick or the \
         Journalist Interface itself may be at fault"
    )]
    Unexplained,
    /// 2, 7, 8 and codes nobody defined.
    #[error("Tor refused the connection (code {0:#04x})")]
    Other(u8),
}

impl Refusal {
    /// Whether a moment later Tor may say otherwise.
    pub(super) fn may_pass(self) -> bool {
        match self {
            Self::NotNow => true,
            Self::NoKey | Self::WrongKey | Self::Mistyped | Self::Unexplained | Self::Other(_) => {
                false
            }
        }
    }
}

/// Why there is no connection through the proxy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SocksError {
    /// Tor's own answer.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What listens there is not Tor.
    #[error("what answers there is not Tor's SOCKS port")]
    NotSocks,
    /// The connection to the proxy broke, or nothing came in time.
    #[error("Tor did not answer: {0}")]
    Io(#[from] io::Error),
}

const VERSION: u8 = 5;
const USER_AND_PASSWORD: u8 = 2;

/// Asks the proxy at the other end of `stream` for a connection to `host:port`.
///
/// `user` isolates the circuit: Tor never puts streams of two users on one.
pub(crate) fn connect(
    stream: &mut (impl Read + Write),
    host: &str,
    port: u16,
    user: &str,
) -> Result<(), SocksError> {
    // Only this method is offered: a proxy that drops the user name would mix circuits.
    stream.write_all(&[VERSION, 1, USER_AND_PASSWORD])?;
    expect(stream, [VERSION, USER_AND_PASSWORD])?;
    let mut login = vec![1];
    push_short(&mut login, user)?;
    push_short(&mut login, "0")?;
    stream.write_all(&login)?;
    expect(stream, [1, 0])?;
    let mut request = vec![VERSION, 1, 0, 3];
    push_short(&mut request, host)?;
    request.extend(port.to_be_bytes());
    stream.write_all(&request)?;
    reply(stream)
}

fn expect(stream: &mut impl Read, wanted: [u8; 2]) -> Result<(), SocksError> {
    let mut got = [0; 2];
    stream.read_exact(&mut got)?;
    if got == wanted { Ok(()) } else { Err(SocksError::NotSocks) }
}

fn push_short(to: &mut Vec<u8>, text: &str) -> Result<(), SocksError> {
    to.push(u8::try_from(text.len()).map_err(|_| SocksError::NotSocks)?);
    to.extend(text.as_bytes());
    Ok(())
}

fn reply(stream: &mut impl Read) -> Result<(), SocksError> {
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    let [VERSION, code, _, kind] = head else {
        return Err(SocksError::NotSocks);
    };
    if code != 0 {
        return Err(refusal(code).into());
    }
    let address = match kind {
        1 => 4,
        3 => {
            let mut length = [0];
            stream.read_exact(&mut length)?;
            usize::from(length[0])
        }
        4 => 16,
        _ => return Err(SocksError::NotSocks),
    };
    // The address Tor connected from is of no use, but it must be out of the way.
    let mut rest = [0; 255 + 2];
    stream.read_exact(&mut rest[..address + 2])?;
    Ok(())
}

fn refusal(code: u8) -> Refusal {
    match code {
        0xf4 => Refusal::NoKey,
        0xf5 => Refusal::WrongKey,
        0xf6 => Refusal::Mistyped,
        0xf0..=0xf3 | 0xf7 | 6 => Refusal::NotNow,
        1 | 3..=5 => Refusal::Unexplained,
        code => Refusal::Other(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that has its answers ready and keeps what it is told.
    struct Script {
        answers: io::Cursor<Vec<u8>>,
        heard: Vec<u8>,
    }

    impl Script {
        fn new(answers: &[&[u8]]) -> Self {
            Self { answers: io::Cursor::new(answers.concat()), heard: Vec::new() }
        }
    }

    impl Read for Script {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.answers.read(buf)
        }
    }

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.heard.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_name_goes_to_the_proxy_unresolved_with_its_own_user() {
        let mut tor = Script::new(&[&[5, 2], &[1, 0], &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]]);
        connect(&mut tor, "abc.onion", 80, "u1").expect("connected");
        let mut wanted = vec![5, 1, 2, 1, 2, b'u', b'1', 1, b'0', 5, 1, 0, 3, 9];
        wanted.extend(b"abc.onion\x00\x50");
        assert_eq!(tor.heard, wanted);
    }

    #[test]
    fn every_form_of_bound_address_is_read_to_its_end() {
        for bound in [vec![1; 5 + 2], [&[3, 2][..], b"ab\0\0"].concat(), vec![4; 17 + 2]] {
            let mut tor = Script::new(&[&[5, 2], &[1, 0], &[5, 0, 0], &bound, b"HTTP"]);
            connect(&mut tor, "abc.onion", 80, "u").expect("connected");
            let mut rest = String::new();
            tor.read_to_string(&mut rest).expect("text");
            assert_eq!(rest, "HTTP");
        }
    }

    #[test]
    fn each_code_has_its_own_advice() {
        for (code, why) in [
            (0xf0, Refusal::NotNow),
            (0xf1, Refusal::NotNow),
            (0xf2, Refusal::NotNow),
            (0xf3, Refusal::NotNow),
            (0xf4, Refusal::NoKey),
            (0xf5, Refusal::WrongKey),
            (0xf6, Refusal::Mistyped),
            (0xf7, Refusal::NotNow),
            (1, Refusal::Unexplained),
            (4, Refusal::Unexplained),
            (2, Refusal::Other(2)),
            (6, Refusal::NotNow),
            (0x7f, Refusal::Other(0x7f)),
        ] {
            let mut tor = Script::new(&[&[5, 2], &[1, 0], &[5, code, 0, 1, 0, 0, 0, 0, 0, 0]]);
            let got = connect(&mut tor, "abc.onion", 80, "u").expect_err("refused");
            assert!(matches!(got, SocksError::Refused(r) if r == why), "{code:#x}: {got}");
        }
    }

    #[test]
    fn a_proxy_that_drops_the_user_name_or_speaks_http_is_not_used() {
        for answers in [&[5, 0][..], &[5, 0xff], b"HTTP/1.1 400", &[4, 90], &[5, 2, 1, 1]] {
            let mut tor = Script::new(&[answers]);
            let got = connect(&mut tor, "abc.onion", 80, "u").expect_err("refused");
            assert!(matches!(got, SocksError::NotSocks), "{answers:?}: {got}");
        }
        let mut silent = Script::new(&[&[5, 2], &[1, 0], &[5, 0]]);
        let got = connect(&mut silent, "abc.onion", 80, "u").expect_err("cut");
        assert!(matches!(got, SocksError::Io(_)));
    }
}

//! How the lab and its agent in the guest speak over a serial port.
//!
//! ```text
//! lab   --> sync NONCE                          <-- an empty line, sync NONCE
//! lab   --> run ID SCRIPT-LENGTH INPUT-LENGTH, then both
//! agent --> ran ID CODE OUT-LENGTH ERR-LENGTH, then both
//! ```
//! A guest that is set back to an earlier state may leave half an answer in the pipe, so whoever
//! goes back skips everything before a nonce of their own.

use std::io::{self, BufRead, Write};

/// Longest script, input or output that is carried.
const LIMIT: usize = 1 << 30;

/// What the lab says.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Say this nonce back.
    Sync(String),
    /// Run a shell script.
    Run {
        /// Comes back with the answer.
        id: u64,
        /// For `bash -c`.
        script: Vec<u8>,
        /// Its standard input.
        input: Vec<u8>,
    },
}

/// How a script ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of the request.
    pub id: u64,
    /// Exit code; below zero the number of the signal that ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Request {
    /// Sends it.
    pub fn write_to(&self, to: &mut impl Write) -> io::Result<()> {
        let bytes = match self {
            Self::Sync(nonce) => format!("sync {nonce}\n").into_bytes(),
            Self::Run { id, script, input } => {
                let head = format!("run {id} {} {}\n", script.len(), input.len());
                [head.as_bytes(), script, input].concat()
            }
        };
        to.write_all(&bytes)
    }

    /// The next one. At the end of the stream, and after a line that is none, there is `None`.
    pub fn read_from(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let line = line(from)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["sync", nonce] => Ok(Some(Self::Sync(nonce.to_owned()))),
            ["run", id, script, input] => {
                let id = number(id)?;
                let (script, input) = (block(from, script)?, block(from, input)?);
                Ok(Some(Self::Run { id, script, input }))
            }
            _ => Ok(None),
        }
    }
}

impl Answer {
    /// Sends it.
    pub fn write_to(&self, to: &mut impl Write) -> io::Result<()> {
        let Self { id, code, stdout, stderr } = self;
        let head = format!("ran {id} {code} {} {}\n", stdout.len(), stderr.len());
        to.write_all(&[head.as_bytes(), stdout, stderr].concat())
    }

    /// The next one.
    pub fn read_from(from: &mut impl BufRead) -> io::Result<Self> {
        let line = line(from)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["ran", id, code, out, err] = words[..] else {
            return Err(broken(&line));
        };
        let (id, code) = (number(id)?, code.parse().map_err(|_| broken(code))?);
        Ok(Self { id, code, stdout: block(from, out)?, stderr: block(from, err)? })
    }
}

/// Skips everything before the answer to this nonce.
pub fn skip_to_sync(from: &mut impl BufRead, nonce: &str) -> io::Result<()> {
    let wanted = format!("sync {nonce}\n");
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == wanted.as_bytes() {
            return Ok(());
        }
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn block(from: &mut impl BufRead, length: &str) -> io::Result<Vec<u8>> {
    let length: usize = number(length).map(usize::try_from)?.map_err(io::Error::other)?;
    if length > LIMIT {
        return Err(broken("a block that is too long"));
    }
    let mut block = vec![0; length];
    from.read_exact(&mut block)?;
    Ok(block)
}

fn number(word: &str) -> io::Result<u64> {
    word.parse().map_err(|_| broken(word))
}

fn broken(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not understood: {}", sd_fs::escape(what.as_bytes())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_arrives() {
        let run = Request::Run { id: 7, script: b"cat\n".to_vec(), input: vec![0, 10, 255] };
        let mut sent = Vec::new();
        run.write_to(&mut sent).unwrap();
        assert_eq!(Request::read_from(&mut sent.as_slice()).unwrap(), Some(run));
        let answer = Answer { id: 7, code: -9, stdout: vec![10, 0], stderr: Vec::new() };
        let mut sent = Vec::new();
        answer.write_to(&mut sent).unwrap();
        assert_eq!(Answer::read_from(&mut sent.as_slice()).unwrap(), answer);
    }

    #[test]
    fn half_an_answer_before_a_sync_is_skipped() {
        let mut stream = b"ran 3 0 900 0\nhalf an an\nsync 77\nran 4 0 0 0\n".as_slice();
        skip_to_sync(&mut stream, "77").unwrap();
        assert_eq!(Answer::read_from(&mut stream).unwrap().id, 4);
    }
}

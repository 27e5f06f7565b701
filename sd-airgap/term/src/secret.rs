//! Secrets come from a prompt or a file descriptor, and are wiped.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

/// The longest secret: the server refuses passphrases above 128 characters with a crash.
const MAX_LINE: usize = 1024;

/// A passphrase or a code. It has no `Display`, and its memory is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

/// Why secrets could not be read from a file descriptor.
#[derive(Debug)]
pub enum SecretError {
    /// The descriptor is not open, or cannot be read.
    Unreadable(i32, std::io::Error),
    /// It ended before all lines came.
    Missing(&'static str),
    /// A line is longer than any secret.
    TooLong(&'static str),
    /// A line is not UTF-8.
    NotText(&'static str),
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(fd, e) => write!(f, "file descriptor {fd} cannot be read: {e}"),
            Self::Missing(what) => write!(f, "the file descriptor ended before the {what}"),
            Self::NotText(what) => write!(f, "the {what} is not text"),
            Self::TooLong(what) => write!(f, "the {what} is longer than {MAX_LINE} bytes"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// Takes over a string.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads one line for each name from a descriptor that the caller's shell opened
    /// (`3< <(...)`). Nothing beyond these lines is taken: a later call gets the next ones.
    pub fn lines_from_fd<const N: usize>(
        fd: i32,
        names: [&'static str; N],
    ) -> Result<[Self; N], SecretError> {
        // Opening /dev/fd/N is the way to an inherited descriptor without unsafe code.
        #[expect(clippy::disallowed_methods, reason = "a descriptor, not a path on any disk")]
        let mut file =
            File::open(format!("/dev/fd/{fd}")).map_err(|e| SecretError::Unreadable(fd, e))?;
        let mut out = Vec::with_capacity(N);
        for name in names {
            out.push(line(&mut file, name, fd)?);
        }
        out.try_into().map_err(|_| SecretError::Missing("secrets"))
    }
}

/// One line, byte by byte: a buffer would hold a copy that nobody wipes.
fn line(file: &mut impl Read, name: &'static str, fd: i32) -> Result<Secret, SecretError> {
    // All of its room at once: growing would leave shorter copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LINE));
    let mut byte = Zeroizing::new([0]);
    loop {
        match file.read(&mut *byte) {
            Ok(0) if bytes.is_empty() => return Err(SecretError::Missing(name)),
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) if bytes.len() == MAX_LINE => return Err(SecretError::TooLong(name)),
            Ok(_) => bytes.push(byte[0]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(SecretError::Unreadable(fd, e)),
        }
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| SecretError::NotText(name))?;
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(..)");
    }

    #[test]
    fn a_line_is_read_to_its_end_and_not_further() {
        let mut input = &b"one\n\nlast"[..];
        for expected in ["one", "", "last"] {
            assert_eq!(line(&mut input, "word", 3).expect("a line").expose(), expected);
        }
        assert!(matches!(line(&mut input, "word", 3), Err(SecretError::Missing("word"))));
        let long = [b'x'; MAX_LINE + 1];
        assert!(matches!(line(&mut &long[..], "word", 3), Err(SecretError::TooLong(_))));
        assert!(matches!(line(&mut &b"\xff\n"[..], "word", 3), Err(SecretError::NotText(_))));
    }

    #[test]
    fn a_closed_descriptor_is_named() {
        let error = Secret::lines_from_fd(987, ["passphrase"]).expect_err("not open");
        assert!(error.to_string().contains("987"));
    }
}

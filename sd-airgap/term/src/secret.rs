//! Secrets come from a prompt or a file descriptor, and are wiped.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use zeroize::Zeroizing;

/// The longest secret: the server refuses passphrases above 128 characters with a crash.
const MAX_LINE: u64 = 1024;

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
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(fd, e) => write!(f, "file descriptor {fd} cannot be read: {e}"),
            Self::Missing(what) => write!(f, "the file descriptor ended before the {what}"),
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
    /// (`3< <(...)`).
    pub fn lines_from_fd<const N: usize>(
        fd: i32,
        names: [&'static str; N],
    ) -> Result<[Self; N], SecretError> {
        let unreadable = |e| SecretError::Unreadable(fd, e);
        // Opening /dev/fd/N is the way to an inherited descriptor without unsafe code.
        #[expect(clippy::disallowed_methods, reason = "a descriptor, not a path on any disk")]
        let file = File::open(format!("/dev/fd/{fd}")).map_err(unreadable)?;
        let mut reader = BufReader::new(file);
        let mut out = Vec::with_capacity(N);
        for name in names {
            let mut line = Zeroizing::new(String::with_capacity(128));
            reader.by_ref().take(MAX_LINE).read_line(&mut line).map_err(unreadable)?;
            match line.strip_suffix('\n') {
                Some(text) => out.push(Self::new(text.to_owned())),
                None if line.len() as u64 == MAX_LINE => return Err(SecretError::TooLong(name)),
                None if line.is_empty() => return Err(SecretError::Missing(name)),
                None => out.push(Self::new(line.to_string())),
            }
        }
        out.try_into().map_err(|_| SecretError::Missing("secrets"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(..)");
    }

    #[test]
    fn a_closed_descriptor_is_named() {
        let error = Secret::lines_from_fd(987, ["passphrase"]).expect_err("not open");
        assert!(error.to_string().contains("987"));
    }
}

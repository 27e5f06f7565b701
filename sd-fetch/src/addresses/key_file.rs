//! `app-journalist.auth_private`: the address, a colon, and Tor's key to it.
//!
//! ```text
//! <56 of a-z 2-7> : descriptor : x25519 : <52 of A-Z 2-7>
//!  '--> kept                               '--> looked at where it lies, then wiped
//! ```
//! The key opens the way to the Journalist Interface. It is Tor's business, not ours: it is read
//! into one buffer that wipes itself, and no message says more of it than how it ought to look.

use std::io::Read;

use zeroize::Zeroizing;

use crate::journalist_interface::{AddressError, OnionAddress};

/// A line has 127 bytes.
const MAX: usize = 512;

/// What is wrong with such a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyFileError {
    /// It cannot be read.
    #[error("reading it failed: {0}")]
    Read(#[from] std::io::Error),
    /// More than a line can have.
    #[error("it is longer than {MAX} bytes, which is more than one line of Tor's")]
    TooLong,
    /// Not one line.
    #[error("it does not hold exactly one line")]
    Lines,
    /// Other than four fields.
    #[error("its line has {0} fields instead of ADDRESS:descriptor:x25519:KEY")]
    Fields(usize),
    /// No onion address.
    #[error("its first field is not the 56 characters of an onion address")]
    NotAddress,
    /// The shape of one, but none.
    #[error("its first field is no onion address: {0}")]
    Address(AddressError),
    /// Another kind of key.
    #[error("between address and key it does not say descriptor:x25519")]
    Kind,
    /// No key.
    #[error("its last field is not the 52 characters (A-Z and 2-7) of a key")]
    Key,
}

/// The address in such a file.
pub(super) fn address(file: &mut impl Read) -> Result<OnionAddress, KeyFileError> {
    let mut buffer = Zeroizing::new([0; MAX + 1]);
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    if length > MAX {
        return Err(KeyFileError::TooLong);
    }
    parse(buffer[..length].trim_ascii())
}

fn parse(line: &[u8]) -> Result<OnionAddress, KeyFileError> {
    if line.is_empty() || line.contains(&b'\n') {
        return Err(KeyFileError::Lines);
    }
    let fields = line.split(|b| *b == b':');
    let count = fields.clone().count();
    let mut fields = fields;
    let (Some(name), Some(what), Some(kind), Some(key), None) =
        (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(KeyFileError::Fields(count));
    };
    // Its shape first: what has it cannot be the key, and may be copied.
    if name.len() != 56 || !name.iter().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')) {
        return Err(KeyFileError::NotAddress);
    }
    if (what, kind) != (b"descriptor", b"x25519") {
        return Err(KeyFileError::Kind);
    }
    if key.len() != 52 || !key.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')) {
        return Err(KeyFileError::Key);
    }
    let host = format!("{}.onion", String::from_utf8_lossy(name));
    host.parse().map_err(KeyFileError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
    const KEY: &str = "PTFDI7QXVSMLPRFNUNTYXJDKZEJQHY57XZ2DRAJLF4YTJJTPY3CQ";

    fn read(text: &str) -> Result<OnionAddress, KeyFileError> {
        address(&mut text.as_bytes())
    }

    #[test]
    fn the_address_is_the_first_field() {
        for end in ["", "\n", "\r\n", " \n"] {
            let known = read(&format!("{NAME}:descriptor:x25519:{KEY}{end}")).expect("an address");
            assert_eq!(known.host(), format!("{NAME}.onion"));
        }
    }

    #[test]
    fn each_fault_is_named_and_the_key_never_is() {
        let good = format!("{NAME}:descriptor:x25519:{KEY}");
        for (bad, words) in [
            (String::new(), "exactly one line"),
            ("\n\n".to_owned(), "exactly one line"),
            (format!("{good}\n{good}\n"), "exactly one line"),
            (NAME.to_owned(), "1 fields"),
            (format!("{good}:{KEY}"), "5 fields"),
            (format!("{NAME}.onion:descriptor:x25519:{KEY}"), "56 characters"),
            (format!("{KEY}:descriptor:x25519:{NAME}"), "56 characters"),
            (good.replace("cryd", "crya"), "no onion address"),
            (format!("{NAME}:descriptor:ed25519:{KEY}"), "descriptor:x25519"),
            (format!("{NAME}:x25519:descriptor:{KEY}"), "descriptor:x25519"),
            (good[..good.len() - 1].to_owned(), "52 characters"),
            (good.replace(KEY, &KEY.to_lowercase()), "52 characters"),
            (format!("{good}{}", "A".repeat(MAX)), "longer than 512"),
            (good.replace(KEY, &format!("{}\u{1b}", &KEY[1..])), "52 characters"),
        ] {
            let said = read(&bad).expect_err(&bad).to_string();
            assert!(said.contains(words), "{said:?} instead of {words:?}");
            let shown = said.to_uppercase();
            assert!(!(0..KEY.len() - 8).any(|at| shown.contains(&KEY[at..at + 8])), "{said}");
        }
    }
}

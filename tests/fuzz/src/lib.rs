//! What the targets share: rules held by a second pair of eyes, and a reader of short reads.
//!
//! Nothing here calls the code under test for its own verdict: a rule that is checked with itself
//! always holds.

use std::io::{self, Read};

mod bundle;
pub mod gzip_header;
pub mod openpgp;
pub mod package;
pub mod scrub;

pub use bundle::{Good, Recorder, good};

/// Text for a person must stay on one line and show what it holds, whatever a stranger wrote:
/// no control, no bidi mark, nothing invisible.
#[track_caller]
pub fn assert_plain(text: &str) {
    let bad = text.chars().find(|c| {
        c.is_control()
            || matches!(
                u32::from(*c),
                0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
                | 0xe0000..=0xe0fff
            )
    });
    assert!(bad.is_none(), "{:?} in {text:?}", bad.unwrap_or_default());
}

/// A source that gives so many bytes at once, as pipes and sockets do.
pub struct Short<'a> {
    /// What is left.
    pub bytes: &'a [u8],
    /// The most of one read.
    pub most: usize,
}

impl Read for Short<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(self.most);
        self.bytes.read(&mut into[..n])
    }
}

/// A member of a tar file as the `tar` crate writes it: header, content, zeros.
pub fn tar_member(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect("a short name");
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    header.set_cksum();
    let mut bytes = [header.as_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// The front of every bundle.
pub fn pad() -> Vec<u8> {
    tar_member("0-pad", &vec![0; (1 << 20) - 512])
}

//! Lists longer than any memory: each entry is made when it is sent.

use std::io::{self, BufWriter, Write};

/// Entries of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flood {
    /// One entry. `{n}` stands for its number, `{uuid}` for a UUID made from that.
    pub entry: String,
    /// How many.
    pub count: u64,
}

impl Flood {
    /// Sends them, with a comma between each two.
    pub(super) fn send(&self, to: &mut impl Write) -> io::Result<()> {
        let mut to = BufWriter::with_capacity(64 * 1024, to);
        let pieces: Vec<Vec<&str>> =
            self.entry.split("{uuid}").map(|piece| piece.split("{n}").collect()).collect();
        for n in 0..self.count {
            if n > 0 {
                to.write_all(b",")?;
            }
            for (i, between_uuids) in pieces.iter().enumerate() {
                if i > 0 {
                    write!(to, "{:08x}-f100-4d00-8000-{n:012x}", n & 0xffff_ffff)?;
                }
                for (i, words) in between_uuids.iter().enumerate() {
                    if i > 0 {
                        write!(to, "{n}")?;
                    }
                    to.write_all(words.as_bytes())?;
                }
            }
        }
        to.flush()
    }
}

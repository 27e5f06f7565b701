//! The gzip layer of a document, header written by hand as Python's `gzip.GzipFile` writes it.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Two magic bytes, deflate.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// The flag that says a file name follows the header.
const FLAG_FNAME: u8 = 8;
/// Modification time zero, "slowest compression", operating system unknown.
const TIME_LEVEL_SYSTEM: [u8; 6] = [0, 0, 0, 0, 2, 255];

/// A gzip stream whose FNAME field holds exactly the bytes it was given.
#[derive(Debug)]
pub struct Gzip<W: Write> {
    deflate: DeflateEncoder<W>,
    crc: Crc,
}

impl<W: Write> Gzip<W> {
    /// Writes the header; `None` leaves the FNAME field out, as Python does for an empty name.
    pub fn new(mut sink: W, fname: Option<&[u8]>) -> io::Result<Self> {
        sink.write_all(&MAGIC)?;
        sink.write_all(&[if fname.is_some() { FLAG_FNAME } else { 0 }])?;
        sink.write_all(&TIME_LEVEL_SYSTEM)?;
        if let Some(name) = fname {
            sink.write_all(name)?;
            sink.write_all(&[0])?;
        }
        Ok(Self { deflate: DeflateEncoder::new(sink, Compression::best()), crc: Crc::new() })
    }

    /// Ends the stream with its checksum and length.
    pub fn finish(self) -> io::Result<()> {
        let mut sink = self.deflate.finish()?;
        sink.write_all(&self.crc.sum().to_le_bytes())?;
        sink.write_all(&self.crc.amount().to_le_bytes())
    }
}

impl<W: Write> Write for Gzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.deflate.write(bytes)?;
        self.crc.update(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.deflate.flush()
    }
}

/// The FNAME an honest server derives from the name a source's browser sent: Werkzeug's
/// `secure_filename`, then Python's gzip module, which takes a trailing `.gz` away.
///
/// `None` stands for no FNAME field at all.
pub fn fname_of_upload(upload_name: &str) -> Option<Vec<u8>> {
    let ascii: String = upload_name.chars().filter_map(fold).collect();
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let kept: String = words
        .join("_")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        .collect();
    let name = kept.trim_matches(['.', '_']);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    (!name.is_empty()).then(|| name.as_bytes().to_vec())
}

/// One character after "decompose, then drop what is not ASCII"; slashes separate words.
///
/// Only the accented letters of Western European languages are known here. Others are dropped,
/// which is right for scripts without Latin base letters and too much for the rest of Latin.
fn fold(c: char) -> Option<char> {
    let folded = match c {
        '/' => ' ',
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' => 'Y',
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    };
    folded.is_ascii().then_some(folded)
}

//! Pages on their way from the process that drew them to the one that writes: sizes and deflated
//! pixels, nothing else.
//!
//! ```text
//! width, height, points wide, points high, channels, length    six numbers of four bytes
//! zlib stream of exactly width * height * channels bytes       channels: 1 grey, 3 colour
//! ... next page ... end of file
//! ```
//! Whatever the first process had become while it read the document, the second one gets pixels
//! or refuses.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::{Limits, Pixels, pixels};

/// Numbers in front of each page.
const HEADER: usize = 24;

/// Largest side of a page on paper, in points: PDF knows no larger page.
pub(crate) const MAX_POINTS: u32 = 14_400;

/// Why no page could be read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Something that is no page.
    #[error("the drawn pages are not what they should be")]
    Broken,
    /// Reading failed.
    #[error("reading the drawn pages failed: {0}")]
    Read(#[source] io::Error),
}

/// Writes one page.
pub fn write_page(page: &Pixels, out: &mut dyn Write) -> io::Result<()> {
    let grey = page.is_grey();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    if grey {
        encoder.write_all(&page.each().map(|[r, ..]| r).collect::<Vec<_>>())?;
    } else {
        encoder.write_all(&page.rgb)?;
    }
    let packed = encoder.finish()?;
    let channels = if grey { 1 } else { 3 };
    let (wide, high) = page.points;
    let numbers = [page.width, page.height, wide as usize, high as usize, channels, packed.len()];
    for number in numbers {
        let number = u32::try_from(number).map_err(|_| io::ErrorKind::InvalidInput)?;
        out.write_all(&number.to_le_bytes())?;
    }
    out.write_all(&packed)
}

/// Reads the next page; `None` at the end.
pub fn read_page(from: &mut dyn Read, limits: &Limits) -> Result<Option<Pixels>, StreamError> {
    let Some([width, height, wide, high, channels, length]) = header(from)? else {
        return Ok(None);
    };
    let count = width.checked_mul(height).ok_or(StreamError::Broken)?;
    let paper = 1..=MAX_POINTS as usize;
    let fits = count as u64 <= limits.max_picture.max(limits.max_page)
        && paper.contains(&wide)
        && paper.contains(&high)
        && matches!(channels, 1 | 3);
    // Deflate makes incompressible data longer by less than this.
    let most = count.saturating_mul(channels).saturating_add(count / 8).saturating_add(1024);
    if !fits || length > most {
        return Err(StreamError::Broken);
    }
    let bytes = inflated(&exactly(from, length)?, count.saturating_mul(channels))?;
    let rgb = if channels == 1 { pixels::tripled(&bytes) } else { bytes };
    let points = (to_u32(wide)?, to_u32(high)?);
    Pixels::page((width, height), points, rgb).map(Some).ok_or(StreamError::Broken)
}

fn header(from: &mut dyn Read) -> Result<Option<[usize; 6]>, StreamError> {
    let mut bytes = Vec::with_capacity(HEADER);
    from.take(HEADER as u64).read_to_end(&mut bytes).map_err(StreamError::Read)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut numbers = [0; 6];
    let (fours, rest) = bytes.as_chunks();
    if fours.len() != numbers.len() || !rest.is_empty() {
        return Err(StreamError::Broken);
    }
    for (number, four) in numbers.iter_mut().zip(fours) {
        *number = u32::from_le_bytes(*four) as usize;
    }
    Ok(Some(numbers))
}

fn exactly(from: &mut dyn Read, length: usize) -> Result<Vec<u8>, StreamError> {
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes).map_err(StreamError::Read)?;
    if bytes.len() == length { Ok(bytes) } else { Err(StreamError::Broken) }
}

fn inflated(packed: &[u8], length: usize) -> Result<Vec<u8>, StreamError> {
    let mut unpacker = ZlibDecoder::new(packed);
    let mut bytes = Vec::with_capacity(length);
    let one_more = (length as u64).saturating_add(1);
    let read = unpacker.by_ref().take(one_more).read_to_end(&mut bytes);
    let whole = read.is_ok() && bytes.len() == length && unpacker.total_in() == packed.len() as u64;
    if whole { Ok(bytes) } else { Err(StreamError::Broken) }
}

fn to_u32(n: usize) -> Result<u32, StreamError> {
    u32::try_from(n).map_err(|_| StreamError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rgb: Vec<u8>) -> Pixels {
        Pixels::page((2, 2), (595, 842), rgb).expect("four pixels")
    }

    fn packed(pages: &[Pixels]) -> Vec<u8> {
        let mut out = Vec::new();
        for page in pages {
            write_page(page, &mut out).expect("a vector takes everything");
        }
        out
    }

    #[test]
    fn pages_come_out_as_they_went_in() {
        let pages = [page((0..12).collect()), page(vec![7; 12])];
        let bytes = packed(&pages);
        let mut from = bytes.as_slice();
        for page in &pages {
            let read = read_page(&mut from, &Limits::default()).expect("well formed");
            assert_eq!(read.as_ref(), Some(page));
        }
        assert!(read_page(&mut from, &Limits::default()).expect("the end").is_none());
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let good = packed(&[page((0..12).collect())]);
        // A size, the paper, the channels, the length; nothing after the pixels.
        for (at, value) in
            [(0, 3), (0, 0), (7, 255), (10, 1), (15, 255), (16, 2), (20, 4), (23, 255)]
        {
            let mut bytes = good.clone();
            bytes[at] = value;
            assert!(read_page(&mut bytes.as_slice(), &Limits::default()).is_err(), "{at}");
        }
        for cut in 1..good.len() {
            assert!(read_page(&mut &good[..cut], &Limits::default()).is_err(), "{cut}");
        }
    }
}

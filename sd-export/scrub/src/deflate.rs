//! Deflate with bounds on the way in and one setting on the way out.

use std::io::Write as _;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Why an inflation stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// More came out than was allowed.
    TooLong,
    /// The stream is broken or ends early.
    Broken,
}

/// What a zlib stream held, and how many input bytes it took.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inflated {
    pub(crate) data: Vec<u8>,
    pub(crate) used: usize,
    /// Whether the stream came to its proper end.
    pub(crate) ended: bool,
}

/// Inflates a zlib stream from the start of `input`, at most `limit` bytes.
pub(crate) fn inflate(input: &[u8], limit: usize) -> Result<Inflated, InflateError> {
    inflate_with(Decompress::new(true), input, limit)
}

/// Inflates a bare deflate stream, as ZIP and gzip hold it, from the start of `input`, at most
/// `limit` bytes.
pub(crate) fn inflate_raw(input: &[u8], limit: usize) -> Result<Inflated, InflateError> {
    inflate_with(Decompress::new(false), input, limit)
}

fn inflate_with(
    mut machine: Decompress,
    input: &[u8],
    limit: usize,
) -> Result<Inflated, InflateError> {
    let mut data = Vec::new();
    let mut buffer = vec![0u8; 1 << 15];
    loop {
        let used = usize::try_from(machine.total_in()).map_err(|_| InflateError::Broken)?;
        let rest = input.get(used..).unwrap_or_default();
        let before = (machine.total_in(), machine.total_out());
        let status = machine.decompress(rest, &mut buffer, FlushDecompress::None);
        let made = machine.total_out().saturating_sub(before.1);
        let made = usize::try_from(made).map_err(|_| InflateError::Broken)?;
        data.extend_from_slice(buffer.get(..made).unwrap_or_default());
        if data.len() > limit {
            return Err(InflateError::TooLong);
        }
        let used = usize::try_from(machine.total_in()).map_err(|_| InflateError::Broken)?;
        match status {
            Ok(Status::StreamEnd) => {
                return Ok(Inflated { data, used, ended: true });
            }
            Ok(_) if before == (machine.total_in(), machine.total_out()) => {
                return Ok(Inflated { data, used, ended: false });
            }
            Ok(_) => {}
            Err(_) => return Err(InflateError::Broken),
        }
    }
}

/// Deflates `data` into a zlib stream, always with the same setting.
pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    deflate_with(Compress::new(Compression::new(6), true), data)
}

/// Deflates `data` into a bare deflate stream, always with the same setting.
pub(crate) fn deflate_raw(data: &[u8]) -> Vec<u8> {
    deflate_with(Compress::new(Compression::new(6), false), data)
}

fn deflate_with(mut machine: Compress, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() / 2);
    let mut buffer = vec![0u8; 1 << 15];
    loop {
        let used = usize::try_from(machine.total_in()).unwrap_or(usize::MAX);
        let before = machine.total_out();
        let rest = data.get(used..).unwrap_or_default();
        let status = machine.compress(rest, &mut buffer, FlushCompress::Finish);
        let made = usize::try_from(machine.total_out().saturating_sub(before)).unwrap_or(0);
        // Writing into a vector cannot fail.
        let _ = out.write_all(buffer.get(..made).unwrap_or_default());
        match status {
            Ok(Status::StreamEnd) | Err(_) => return out,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deflated_is_inflated_again() {
        let data: Vec<u8> = (0..200_000u32).map(|n| n.wrapping_mul(n).to_be_bytes()[1]).collect();
        let packed = deflate(&data);
        let back = inflate(&packed, data.len()).expect("own stream");
        assert_eq!((back.data, back.used, back.ended), (data, packed.len(), true));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let packed = deflate(&vec![0; 1 << 22]);
        assert_eq!(inflate(&packed, 1 << 20), Err(InflateError::TooLong));
    }

    #[test]
    fn a_cut_stream_has_not_ended() {
        let packed = deflate(b"some bytes that do not repeat");
        let cut = inflate(&packed[..packed.len() - 6], 1000).expect("as far as it goes");
        assert!(!cut.ended);
    }
}

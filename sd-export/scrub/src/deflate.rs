//! Deflate with bounds on the way in and one setting on the way out.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Bytes of a piece where a stream is inflated piece by piece: they stay in the nearer memory.
pub(crate) const PIECE: usize = 1 << 18;

/// The setting for pixels.
const PIXELS: u32 = 4;

/// Why an inflation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

fn inflate_with(machine: Decompress, input: &[u8], limit: usize) -> Result<Inflated, InflateError> {
    let mut inflater = Inflater { machine, input, ended: false };
    let mut data = Vec::new();
    inflater.each(1 << 15, limit, |piece| data.extend_from_slice(piece))?;
    Ok(Inflated { data, used: inflater.used(), ended: inflater.ended })
}

/// A stream that is inflated piece by piece.
pub(crate) struct Inflater<'a> {
    machine: Decompress,
    input: &'a [u8],
    ended: bool,
}

impl<'a> Inflater<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { machine: Decompress::new(true), input, ended: false }
    }

    /// How many input bytes were taken so far.
    pub(crate) fn used(&self) -> usize {
        usize::try_from(self.machine.total_in()).unwrap_or(usize::MAX)
    }

    /// Whether the stream came to its proper end.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Fills the buffer as far as the stream goes.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, InflateError> {
        let mut filled = 0usize;
        while let Some(room) = buffer.get_mut(filled..).filter(|r| !r.is_empty() && !self.ended) {
            let rest = self.input.get(self.used()..).unwrap_or_default();
            let before = (self.machine.total_in(), self.machine.total_out());
            let status = self.machine.decompress(rest, room, FlushDecompress::None);
            self.ended = status.map_err(|_| InflateError::Broken)? == Status::StreamEnd;
            let made = self.machine.total_out().saturating_sub(before.1);
            filled = filled.saturating_add(usize::try_from(made).unwrap_or(usize::MAX));
            if before == (self.machine.total_in(), self.machine.total_out()) {
                break;
            }
        }
        Ok(filled)
    }

    /// Inflates the rest, and tells how long it is: at most `limit` bytes.
    pub(crate) fn count(&mut self, limit: usize) -> Result<usize, InflateError> {
        self.each(PIECE, limit, |_| ())
    }

    /// Hands out the rest in pieces, and tells how long it is: at most `limit` bytes.
    fn each(
        &mut self,
        piece: usize,
        limit: usize,
        mut take: impl FnMut(&[u8]),
    ) -> Result<usize, InflateError> {
        let mut buffer = vec![0; piece];
        let mut len = 0usize;
        loop {
            let made = self.read(&mut buffer)?;
            take(buffer.get(..made).unwrap_or_default());
            len = len.saturating_add(made);
            if len > limit {
                return Err(InflateError::TooLong);
            }
            if made < buffer.len() {
                return Ok(len);
            }
        }
    }
}

/// A stream that is written piece by piece, always with the same setting.
pub(crate) struct Deflater {
    machine: Compress,
    out: Vec<u8>,
}

impl Deflater {
    /// For pixels, which are many: not much larger than with [`deflate`], in two thirds of the time.
    pub(crate) fn for_pixels() -> Self {
        Self { machine: Compress::new(Compression::new(PIXELS), true), out: Vec::new() }
    }

    pub(crate) fn write(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let before = self.machine.total_in();
            if self.go_on(data, FlushCompress::None).is_none() {
                return;
            }
            let taken = self.machine.total_in().saturating_sub(before);
            data = usize::try_from(taken).ok().and_then(|n| data.get(n..)).unwrap_or_default();
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        while self.go_on(&[], FlushCompress::Finish).is_some() {}
        self.out
    }

    /// One step; `None` at the end. Writing into a vector cannot fail.
    fn go_on(&mut self, data: &[u8], flush: FlushCompress) -> Option<()> {
        if self.out.capacity().saturating_sub(self.out.len()) < 1 << 12 {
            self.out.reserve(self.out.len().max(1 << 16));
        }
        let status = self.machine.compress_vec(data, &mut self.out, flush);
        status.ok().filter(|status| *status != Status::StreamEnd).map(drop)
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

fn deflate_with(machine: Compress, data: &[u8]) -> Vec<u8> {
    let mut deflater = Deflater { machine, out: Vec::with_capacity(data.len() / 2) };
    loop {
        let used = usize::try_from(deflater.machine.total_in()).unwrap_or(usize::MAX);
        let rest = data.get(used..).unwrap_or_default();
        if deflater.go_on(rest, FlushCompress::Finish).is_none() {
            return deflater.out;
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
    fn piece_by_piece_is_the_same() {
        let data: Vec<u8> = (0..900_000u32).map(|n| n.wrapping_mul(n).to_be_bytes()[1]).collect();
        let mut deflater = Deflater::for_pixels();
        data.chunks(70_001).for_each(|piece| deflater.write(piece));
        let packed = deflater.finish();
        let mut inflater = Inflater::new(&packed);
        let mut start = vec![0; 1000];
        assert_eq!(inflater.read(&mut start), Ok(1000));
        assert_eq!(start, data[..1000]);
        assert_eq!(inflater.count(data.len()), Ok(data.len() - 1000));
        assert_eq!((inflater.used(), inflater.ended()), (packed.len(), true));
        assert_eq!(Inflater::new(&packed).count(data.len() - 1), Err(InflateError::TooLong));
        let mut cut = Inflater::new(&packed[..packed.len() - 6]);
        assert!(cut.count(data.len()).is_ok() && !cut.ended());
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

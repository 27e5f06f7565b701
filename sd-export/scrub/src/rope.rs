//! A clean file as pieces: most of a video is the original's own bytes, and they are not copied
//! before they are written.

use std::borrow::Cow;
use std::io::{self, Write};

/// Pieces that stand one behind the other.
#[derive(Default)]
pub(crate) struct Rope<'a> {
    pieces: Vec<Cow<'a, [u8]>>,
    /// Where each piece starts.
    starts: Vec<usize>,
    len: usize,
}

impl<'a> Rope<'a> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, piece: Cow<'a, [u8]>) {
        if piece.is_empty() {
            return;
        }
        self.starts.push(self.len);
        self.len = self.len.saturating_add(piece.len());
        self.pieces.push(piece);
    }

    /// Puts another rope behind this one.
    pub(crate) fn append(&mut self, other: Self) {
        other.pieces.into_iter().for_each(|piece| self.push(piece));
    }

    /// `len` bytes from `at`, when they are there.
    pub(crate) fn slice(&self, at: usize, len: usize) -> Option<Cow<'_, [u8]>> {
        let mut number = self.starts.partition_point(|start| *start <= at).checked_sub(1)?;
        let first = self.pieces.get(number)?;
        let inner = at.checked_sub(*self.starts.get(number)?)?;
        if let Some(whole) = first.get(inner..inner.checked_add(len)?) {
            return Some(Cow::Borrowed(whole));
        }
        let mut out = first.get(inner..)?.to_vec();
        while out.len() < len {
            number = number.checked_add(1)?;
            let piece = self.pieces.get(number)?;
            let missing = len.saturating_sub(out.len()).min(piece.len());
            out.extend_from_slice(piece.get(..missing)?);
        }
        Some(Cow::Owned(out))
    }

    /// The pieces from a place on.
    pub(crate) fn pieces_from(&self, at: usize) -> impl Iterator<Item = &[u8]> {
        let placed = self.pieces.iter().zip(&self.starts);
        placed.filter_map(move |(piece, start)| piece.get(at.saturating_sub(*start)..))
    }

    /// All bytes in one place.
    pub(crate) fn concat(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    /// All bytes in one place, without a copy if they already are.
    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        match (self.pieces.pop(), self.pieces.is_empty()) {
            (Some(only), true) => only.into_owned(),
            (Some(last), false) => {
                self.pieces.push(last);
                self.concat()
            }
            (None, _) => Vec::new(),
        }
    }

    /// Writes all bytes.
    pub(crate) fn write(&self, sink: &mut dyn Write) -> io::Result<()> {
        self.pieces.iter().try_for_each(|piece| sink.write_all(piece))
    }
}

impl From<Vec<u8>> for Rope<'_> {
    fn from(whole: Vec<u8>) -> Self {
        let mut rope = Self::default();
        rope.push(Cow::Owned(whole));
        rope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_reaches_over_pieces_and_not_over_the_end() {
        let mut rope = Rope::default();
        for piece in [b"abc".as_slice(), b"", b"de", b"f"] {
            rope.push(Cow::Borrowed(piece));
        }
        assert_eq!(rope.slice(1, 5).as_deref(), Some(b"bcdef".as_slice()));
        assert_eq!(rope.slice(3, 2).as_deref(), Some(b"de".as_slice()));
        assert_eq!(rope.slice(1, 6), None);
        assert_eq!(rope.concat(), b"abcdef");
        assert_eq!(rope.pieces_from(4).collect::<Vec<_>>().concat(), b"ef");
    }
}

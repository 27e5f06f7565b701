//! Strips and tiles: each is followed to its last code, and what stands behind is cut off.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use weezl::{BitOrder, LzwStatus};

use super::shape::Piece;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal, deflate, jpeg};

/// A way of storing that can be followed.
pub(super) enum Coding {
    Plain,
    PackBits,
    Lzw,
    Deflate,
    Fax { mode: EncodingMode, aligned: bool, reversed: bool },
    Jpeg { tables: Vec<u8> },
}

/// Every way of storing that TIFF files are known to use and that cannot be followed yet.
pub(super) fn refusal(compression: u32) -> Refusal {
    Refusal::unsupported(match compression {
        6 => "old JPEG inside TIFF".to_owned(),
        9 | 10 | 34661 | 34663 => "JBIG inside TIFF".to_owned(),
        34712 | 33003 | 33004 | 33005 => "JPEG 2000 inside TIFF".to_owned(),
        34887 => "LERC inside TIFF".to_owned(),
        50000 => "Zstandard inside TIFF".to_owned(),
        50001 => "WebP inside TIFF".to_owned(),
        number => format!("TIFF compression {number}"),
    })
}

fn early() -> Refusal {
    Refusal::malformed("picture data end early")
}

impl Coding {
    /// One strip or tile as it is written.
    pub(super) fn clean(
        &self,
        piece: &Piece,
        bytes: &[u8],
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Vec<u8>, Refusal> {
        let used = match self {
            Self::Plain => piece.len,
            Self::PackBits => pack_bits(bytes, piece.len)?,
            Self::Lzw => lzw(bytes, piece.len)?,
            Self::Deflate => zlib(bytes, piece.len)?,
            Self::Fax { .. } => self.fax(bytes, piece)?,
            Self::Jpeg { tables } => return picture(tables, bytes, piece, limits, findings),
        };
        let kept = bytes.get(..used).ok_or_else(early)?;
        if used < bytes.len() {
            findings.removed(Class::Trailing, "bytes behind a strip or tile", "");
        }
        Ok(kept.to_vec())
    }

    fn fax(&self, bytes: &[u8], piece: &Piece) -> Result<usize, Refusal> {
        struct Rows(u32);
        impl Decoder for Rows {
            fn push_row(&mut self, _: &[u32]) {
                self.0 = self.0.saturating_add(1);
            }
        }
        let Self::Fax { mode, aligned, reversed } = self else {
            return Ok(bytes.len());
        };
        let turned: Vec<u8>;
        let bytes = if *reversed {
            turned = bytes.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            bytes
        };
        let follow = |most: u32| {
            let settings = DecodeSettings {
                columns: piece.width,
                rows: most,
                end_of_block: true,
                end_of_line: false,
                rows_are_byte_aligned: *aligned,
                encoding: *mode,
                strict: true,
            };
            let mut rows = Rows(0);
            let used =
                hayro_ccitt::decode(bytes, &mut rows, &mut DecoderContext::new(settings)).ok()?;
            (rows.0 == piece.rows).then_some(used.min(bytes.len()))
        };
        // With room for one row more, the mark of the end is followed too, if there is one.
        follow(piece.rows.saturating_add(1))
            .or_else(|| follow(piece.rows))
            .ok_or_else(|| Refusal::malformed("fax-coded picture data"))
    }
}

/// Bytes used of runs and copies.
fn pack_bits(bytes: &[u8], len: usize) -> Result<usize, Refusal> {
    let (mut at, mut made) = (0usize, 0usize);
    while made < len {
        let head = bytes.get(at).copied().ok_or_else(early)?;
        let (step, out) = match head {
            0..=127 => (usize::from(head).saturating_add(2), usize::from(head).saturating_add(1)),
            128 => (1, 0),
            129..=255 => (2, 257usize.saturating_sub(head.into())),
        };
        at = at.saturating_add(step);
        made = made.saturating_add(out);
    }
    if made == len { Ok(at) } else { Err(Refusal::malformed("more picture data than pixels")) }
}

/// Bytes used of codes that grow.
fn lzw(bytes: &[u8], len: usize) -> Result<usize, Refusal> {
    // Before the final specification the bits stood the other way round.
    if bytes.starts_with(&[0, 1]) {
        return Err(Refusal::unsupported("old LZW inside TIFF"));
    }
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
    let mut buffer = vec![0u8; 1 << 15];
    let (mut used, mut made) = (0usize, 0usize);
    loop {
        // Never room for more than the pixels: a decoder that has made them all reads on only
        // for the code of the end.
        let room = buffer.len().min(len.saturating_sub(made).max(1));
        let out = buffer.get_mut(..room).unwrap_or_default();
        let result = decoder.decode_bytes(bytes.get(used..).unwrap_or_default(), out);
        used = used.saturating_add(result.consumed_in);
        made = made.saturating_add(result.consumed_out);
        match result.status {
            _ if made > len => return Err(Refusal::malformed("more picture data than pixels")),
            Ok(LzwStatus::Ok) if result.consumed_in > 0 || result.consumed_out > 0 => {}
            Ok(_) => break,
            Err(_) if made == len => break,
            Err(_) => return Err(Refusal::malformed("compressed picture data")),
        }
    }
    if made == len { Ok(used) } else { Err(early()) }
}

/// Bytes used of a zlib stream.
fn zlib(bytes: &[u8], len: usize) -> Result<usize, Refusal> {
    match deflate::inflate(bytes, len) {
        Ok(inflated) if inflated.data.len() == len && inflated.ended => Ok(inflated.used),
        Ok(_) => Err(early()),
        Err(deflate::InflateError::TooLong) => {
            Err(Refusal::malformed("more picture data than pixels"))
        }
        Err(deflate::InflateError::Broken) => Err(Refusal::malformed("compressed picture data")),
    }
}

/// A JPEG stream with its tables put back, cleaned like any other.
fn picture(
    tables: &[u8],
    bytes: &[u8],
    piece: &Piece,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    const START: &[u8] = &[0xff, 0xd8];
    let inner = bytes.strip_prefix(START).ok_or_else(|| Refusal::malformed("JPEG inside TIFF"))?;
    let tables = tables.strip_prefix(START).unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    let whole = [START, tables, inner].concat();
    let clean = jpeg::scrub_embedded(&whole, limits)?;
    if clean.width < piece.width || clean.height < piece.rows {
        return Err(early());
    }
    findings.absorb("JPEG inside TIFF", clean.findings);
    Ok(clean.bytes)
}

//! Stream filters, each with a bound on what comes out.

use super::lzw;
use super::source::{Dict, Val};
use crate::deflate::{self, InflateError};
use crate::{Limits, Refusal};

/// One filter and its parameters.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) name: Vec<u8>,
    pub(super) params: Dict,
}

/// What a stream held.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) bytes: Vec<u8>,
    /// The picture filter that is still to be applied.
    pub(super) picture: Option<Step>,
}

/// Applies the filters in their order; a picture's own filter must be the last.
pub(super) fn apply(raw: &[u8], chain: &[Step], limit: usize) -> Result<Data, Refusal> {
    if chain.len() > 4 {
        return Err(Refusal::unsupported("a stream with more than four filters"));
    }
    let mut bytes = raw.to_vec();
    for (n, step) in chain.iter().enumerate() {
        bytes = match step.name.as_slice() {
            b"FlateDecode" | b"Fl" => predicted(inflate(&bytes, limit)?, &step.params)?,
            b"LZWDecode" | b"LZW" => {
                predicted(lzw::unpack(&bytes, &step.params, limit)?, &step.params)?
            }
            b"ASCIIHexDecode" | b"AHx" => hex(&bytes),
            b"ASCII85Decode" | b"A85" => ascii85(&bytes)?,
            b"RunLengthDecode" | b"RL" => run_length(&bytes, limit)?,
            b"DCTDecode" | b"DCT" | b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode" | b"JPXDecode" => {
                if n + 1 != chain.len() {
                    return Err(Refusal::unsupported("a filter on top of a picture filter"));
                }
                return Ok(Data { bytes, picture: Some(step.clone()) });
            }
            b"Crypt" => return Err(Refusal::Encrypted),
            _ => return Err(Refusal::unsupported("an unknown stream filter")),
        };
        if bytes.len() > limit {
            return Err(too_large(limit));
        }
    }
    Ok(Data { bytes, picture: None })
}

pub(super) fn too_large(limit: usize) -> Refusal {
    Refusal::TooLarge { what: "inflated streams in bytes".into(), limit: limit as u64 }
}

/// Inflates as far as the data go: old writers leave the checksum off.
fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    match deflate::inflate(bytes, limit) {
        Ok(inflated) => Ok(inflated.data),
        Err(InflateError::TooLong) => Err(too_large(limit)),
        Err(InflateError::Broken) => Err(Refusal::malformed("a compressed stream")),
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.iter().position(|b| *b == b'>').unwrap_or(bytes.len());
    let digits = bytes.get(..end).unwrap_or_default().iter();
    let digits: Vec<u8> = digits
        .filter_map(|b| char::from(*b).to_digit(16))
        .filter_map(|d| u8::try_from(d).ok())
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair.first().unwrap_or(&0) << 4) | pair.get(1).unwrap_or(&0))
        .collect()
}

fn ascii85(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let bad = || Refusal::malformed("an ASCII85 stream");
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    for byte in bytes {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ if byte.is_ascii_whitespace() || *byte == 0 => {}
            _ => return Err(bad()),
        }
        if group.len() == 5 {
            out.extend_from_slice(&base85(&group).to_be_bytes());
            group.clear();
        }
    }
    if group.len() > 1 {
        let keep = group.len() - 1;
        group.resize(5, 84);
        out.extend_from_slice(base85(&group).to_be_bytes().get(..keep).unwrap_or_default());
    }
    Ok(out)
}

fn base85(group: &[u8]) -> u32 {
    group.iter().fold(0u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(u32::from(*digit)))
}

fn run_length(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first() {
        match head {
            128 => break,
            0..=127 => {
                let len = (usize::from(*head) + 1).min(tail.len());
                out.extend_from_slice(tail.get(..len).unwrap_or_default());
                rest = tail.get(len..).unwrap_or_default();
            }
            _ => {
                let Some((byte, after)) = tail.split_first() else {
                    break;
                };
                out.extend(std::iter::repeat_n(*byte, 257 - usize::from(*head)));
                rest = after;
            }
        }
        if out.len() > limit {
            return Err(too_large(limit));
        }
    }
    Ok(out)
}

/// Undoes the predictor of Flate and LZW streams.
fn predicted(bytes: Vec<u8>, params: &Dict) -> Result<Vec<u8>, Refusal> {
    let bad = || Refusal::malformed("predictor");
    let number = |key: &str, default: u32| match params.get(key.as_bytes()) {
        None | Some(Val::Null) => Ok(default),
        Some(value) => value.count().ok_or_else(bad),
    };
    let predictor = number("Predictor", 1)?;
    let (colours, bits) = (number("Colors", 1)?, number("BitsPerComponent", 8)?);
    let columns = number("Columns", 1)?;
    if predictor < 2 {
        return Ok(bytes);
    }
    if !(1..=32).contains(&colours) || !matches!(bits, 1 | 2 | 4 | 8 | 16) || columns > 1 << 24 {
        return Err(bad());
    }
    let row = u64::from(columns) * u64::from(colours) * u64::from(bits);
    let row = usize::try_from(row.div_ceil(8)).map_err(|_| bad())?;
    let step = usize::try_from((colours * bits).div_ceil(8)).map_err(|_| bad())?;
    match predictor {
        2 if bits == 8 => Ok(tiff(bytes, row, step)),
        10..=15 if row > 0 => crate::png::unfilter_rows(&bytes, row, step).ok_or_else(bad),
        _ => Err(Refusal::unsupported(format!("predictor {predictor} with {bits} bits"))),
    }
}

fn tiff(mut bytes: Vec<u8>, row: usize, step: usize) -> Vec<u8> {
    for line in bytes.chunks_mut(row.max(1)) {
        for at in step..line.len() {
            let left = at.checked_sub(step).and_then(|n| line.get(n)).copied().unwrap_or(0);
            if let Some(byte) = line.get_mut(at) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    bytes
}

/// Bounds on what the reader crate inflates by itself are checked before it is called: see
/// [`super::prescan`]. This is the most one of its object streams may hold.
pub(super) fn object_stream_limit(limits: &Limits) -> usize {
    usize::try_from(limits.max_output / 4).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &[u8], raw: &[u8]) -> Vec<u8> {
        let step = Step { name: name.to_vec(), params: Dict::new() };
        apply(raw, &[step], 1 << 20).expect("well formed").bytes
    }

    #[test]
    fn each_filter_gives_back_what_was_put_in() {
        assert_eq!(one(b"ASCIIHexDecode", b"48 65 6c6C 6f7>"), b"Hellop");
        assert_eq!(one(b"ASCII85Decode", b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(one(b"RunLengthDecode", &[2, b'a', b'b', b'c', 254, b'x', 128]), b"abcxxx");
        assert_eq!(one(b"FlateDecode", &deflate::deflate(b"abc")), b"abc");
        // The example of the specification.
        let coded = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(one(b"LZWDecode", &coded), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        let step = Step { name: b"Secret".to_vec(), params: Dict::new() };
        assert!(matches!(apply(b"", &[step], 9), Err(Refusal::Unsupported { .. })));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let step = Step { name: b"Fl".to_vec(), params: Dict::new() };
        let packed = deflate::deflate(&vec![0; 100_000]);
        assert!(matches!(apply(&packed, &[step], 1000), Err(Refusal::TooLarge { .. })));
    }
}

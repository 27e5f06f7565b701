//! Zstandard: frames one behind the other; frames to be skipped can hold anything.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::{Unpacked, too_long};
use crate::Refusal;
use crate::archive::Noted;
use crate::report::Class;

/// The largest window, in bytes: what `zstd --ultra -22` uses, and its reader takes unasked.
const WINDOW: u64 = 128 << 20;

pub(super) fn unpack(bytes: &[u8], room: usize, noted: &mut Noted) -> Result<Unpacked, Refusal> {
    let broken = || Refusal::malformed("a Zstandard file that cannot be unpacked");
    let mut unpacked = Unpacked { data: Vec::new(), used: 0, streams: 0 };
    let mut rest = bytes;
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW);
    while is_frame(rest) {
        match decoder.reset(&mut rest) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let len = usize::try_from(length).map_err(|_| broken())?;
                let (skipped, behind) = rest.split_at_checked(len).ok_or_else(broken)?;
                noted.field(Class::HiddenContent, "frame that readers skip", skipped);
                rest = behind;
                continue;
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                let what = "the window of a Zstandard file in bytes".to_owned();
                return Err(Refusal::TooLarge { what, limit: WINDOW });
            }
            Err(FrameDecoderError::DictNotProvided { .. }) => {
                return Err(Refusal::unsupported("a Zstandard file that needs a dictionary"));
            }
            Err(_) => return Err(broken()),
        }
        frame(&mut decoder, &mut rest, room, &mut unpacked.data)?;
        unpacked.streams = unpacked.streams.saturating_add(1);
    }
    if unpacked.streams == 0 {
        return Err(broken());
    }
    unpacked.used = bytes.len().saturating_sub(rest.len());
    Ok(unpacked)
}

/// The mark of a frame, or of one to be skipped.
fn is_frame(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x28\xb5\x2f\xfd") || matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// One frame, a few blocks at a time.
fn frame(
    decoder: &mut FrameDecoder,
    rest: &mut &[u8],
    room: usize,
    data: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let broken = || Refusal::malformed("a Zstandard file that cannot be unpacked");
    let start = data.len();
    let said = decoder.content_size();
    while !decoder.is_finished() {
        let step = BlockDecodingStrategy::UptoBlocks(8);
        decoder.decode_blocks(&mut *rest, step).map_err(|_| broken())?;
        decoder.collect_to_writer(&mut *data).map_err(|_| broken())?;
        if data.len() > room {
            return Err(too_long(room));
        }
    }
    while decoder.can_collect() > 0 {
        decoder.collect_to_writer(&mut *data).map_err(|_| broken())?;
    }
    let len = data.len().saturating_sub(start) as u64;
    let sum = decoder.get_checksum_from_data();
    if data.len() > room {
        return Err(too_long(room));
    }
    if sum.is_some() && sum != decoder.get_calculated_checksum() || (said != 0 && said != len) {
        return Err(Refusal::malformed("a Zstandard file whose sum is wrong"));
    }
    Ok(())
}

pub(super) fn pack(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, CompressionLevel::Fastest)
}

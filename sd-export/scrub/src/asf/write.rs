//! The clean file: header, packets, index.

use std::borrow::Cow;

use super::header::Header;
use super::packet::{Packet, Packets};
use super::stream::Stream;
use super::{id, put};
use crate::Refusal;
use crate::rope::Rope;

/// The number of every file.
pub(super) const NUMBER: [u8; 16] = *b"sneakernet\0\0\0\0\0\0";
/// Two players may ask for any place in the file.
const SEEKABLE: u32 = 2;
/// Milliseconds between the entries of the index, and most entries.
const STEP: u32 = 1000;
const MOST: u32 = 200_000;

static ZEROS: [u8; 0x1_0000] = [0; 0x1_0000];

pub(super) fn write<'a>(header: &Header, packets: &Packets<'a>) -> Result<Rope<'a>, Refusal> {
    let index = index(header, packets);
    let count = packets.list.len();
    let data = count.saturating_mul(header.file.packet).saturating_add(50);
    // Its length does not depend on what it says of the file's length.
    let len = head(header, packets, 0).len().saturating_add(data).saturating_add(index.len());
    let mut front = head(header, packets, len as u64);
    front.extend_from_slice(&id::DATA);
    front.extend_from_slice(&(data as u64).to_le_bytes());
    front.extend_from_slice(&NUMBER);
    front.extend_from_slice(&(count as u64).to_le_bytes());
    front.extend_from_slice(&[1, 1]);
    let mut out = Rope::from(front);
    for packet in &packets.list {
        self::packet(&mut out, packet, header.file.packet)
            .ok_or_else(|| Refusal::malformed("a packet"))?;
    }
    out.push(Cow::Owned(index));
    Ok(out)
}

fn head(header: &Header, packets: &Packets<'_>, len: u64) -> Vec<u8> {
    let mut list = Vec::new();
    put(&mut list, id::FILE, &[&file(header, packets, len)]);
    let extension = extension(&header.streams);
    let size = u32::try_from(extension.len()).unwrap_or(0).to_le_bytes();
    put(&mut list, id::EXTENSION, &[&id::EXTENSION_MARK, &[6, 0], &size, &extension]);
    let mut count = 2u32;
    if let Some(rates) = rates(&header.streams) {
        put(&mut list, id::RATES, &[&rates]);
        count = count.saturating_add(1);
    }
    for (number, found) in (1u16..).zip(&header.streams) {
        put(&mut list, id::STREAM, &[&stream(found, number)]);
        count = count.saturating_add(1);
    }
    let mut out = Vec::new();
    put(&mut out, id::HEADER, &[&count.to_le_bytes(), &[1, 2], &list]);
    out
}

fn file(header: &Header, packets: &Packets<'_>, len: u64) -> Vec<u8> {
    let file = &header.file;
    let until = u64::from(packets.last).saturating_mul(10_000);
    let (play, send) = file.times.unwrap_or((until, until));
    let mut out = NUMBER.to_vec();
    for value in [len, 0, packets.list.len() as u64, play, send, file.preroll] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    let packet = u32::try_from(file.packet).unwrap_or(0);
    for value in [SEEKABLE, packet, packet, file.rate] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

fn rates(streams: &[Stream]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for (number, stream) in (1u16..).zip(streams) {
        if let Some(rate) = stream.rate {
            out.extend_from_slice(&number.to_le_bytes());
            out.extend_from_slice(&rate.to_le_bytes());
        }
    }
    let count = u16::try_from(out.len() / 6).ok()?;
    (count > 0).then(|| [count.to_le_bytes().as_slice(), &out].concat())
}

/// What the extension says: of each stream, and the shapes of pixels.
fn extension(streams: &[Stream]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut shapes = Vec::new();
    let mut count = 0u16;
    for (number, stream) in (1u16..).zip(streams) {
        if let Some(more) = &stream.more {
            let mut body = vec![0; 16];
            let sizes = more.sizes.iter().chain([&more.flags]);
            sizes.for_each(|value| body.extend_from_slice(&value.to_le_bytes()));
            body.extend_from_slice(&number.to_le_bytes());
            body.extend_from_slice(&[0; 2]);
            body.extend_from_slice(&more.tick.to_le_bytes());
            body.extend_from_slice(&[0; 4]);
            put(&mut out, id::MORE_STREAM, &[&body]);
        }
        if stream.shape.0 != 0 && stream.shape.1 != 0 {
            for (name, value) in
                [("AspectRatioX", stream.shape.0), ("AspectRatioY", stream.shape.1)]
            {
                let name: Vec<u8> =
                    name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
                let len = u16::try_from(name.len()).unwrap_or(0);
                for field in [0, number, len, 3, 4, 0] {
                    shapes.extend_from_slice(&field.to_le_bytes());
                }
                shapes.extend_from_slice(&name);
                shapes.extend_from_slice(&value.to_le_bytes());
                count = count.saturating_add(1);
            }
        }
    }
    if count > 0 {
        put(&mut out, id::METADATA, &[&count.to_le_bytes(), &shapes]);
    }
    out
}

fn stream(found: &Stream, number: u16) -> Vec<u8> {
    let kind = if found.is_picture { id::PICTURES } else { id::SOUND };
    let (order, extra) = match &found.spread {
        // One byte of silence.
        Some(spread) => (id::SPREAD, [spread.as_slice(), &[1, 0, 0]].concat()),
        None => (id::IN_ORDER, Vec::new()),
    };
    let len = |part: &[u8]| u32::try_from(part.len()).unwrap_or(0).to_le_bytes();
    let mut out = [kind, order].concat();
    out.extend_from_slice(&found.offset.to_le_bytes());
    out.extend_from_slice(&len(&found.format));
    out.extend_from_slice(&len(&extra));
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&found.format);
    out.extend_from_slice(&extra);
    out
}

fn put_number(out: &mut Vec<u8>, value: u32, width: u8) {
    let bytes = value.to_le_bytes();
    let len = [0, 1, 2, 4].get(usize::from(width & 3)).copied().unwrap_or(0);
    out.extend_from_slice(bytes.get(..len).unwrap_or_default());
}

/// Everything of a payload before its body.
fn payload_head(packet: &Packet<'_>, payload: &super::packet::Payload<'_>) -> Vec<u8> {
    let mut out = vec![payload.stream];
    put_number(&mut out, payload.object, packet.widths >> 4);
    put_number(&mut out, payload.offset, packet.widths >> 2);
    put_number(&mut out, u32::try_from(payload.beside.len()).unwrap_or(0), packet.widths);
    out.extend_from_slice(payload.beside);
    if let Some(width) = packet.many {
        put_number(&mut out, u32::try_from(payload.body.len()).unwrap_or(0), width);
    }
    out
}

/// One packet; `None` when it does not fit, which can only be when it did not before.
fn packet<'a>(out: &mut Rope<'a>, packet: &Packet<'a>, len: usize) -> Option<()> {
    let heads: Vec<Vec<u8>> =
        packet.payloads.iter().map(|payload| payload_head(packet, payload)).collect();
    let bodies = packet.payloads.iter().map(|payload| payload.body.len()).sum::<usize>();
    let fixed = if packet.corrected { 3 } else { 0 } + 8 + usize::from(packet.many.is_some());
    let used = heads.iter().map(Vec::len).sum::<usize>().checked_add(bodies)?.checked_add(fixed)?;
    let free = len.checked_sub(used)?;
    // The field that says how much is empty takes room itself.
    let (width, padding) = match free {
        0 => (0, 0),
        1..=256 => (1u8, free.checked_sub(1)?),
        _ => (2, free.checked_sub(2)?),
    };
    let mut front = Vec::new();
    if packet.corrected {
        front.extend_from_slice(&[0x82, 0, 0]);
    }
    front.push(width << 3 | u8::from(packet.many.is_some()));
    front.push(packet.widths);
    put_number(&mut front, u32::try_from(padding).ok()?, width);
    front.extend_from_slice(&packet.time);
    if let Some(width) = packet.many {
        front.push(width << 6 | u8::try_from(packet.payloads.len()).ok()? & 0x3f);
    }
    for (payload, head) in packet.payloads.iter().zip(heads) {
        front.extend_from_slice(&head);
        out.push(Cow::Owned(std::mem::take(&mut front)));
        out.push(Cow::Borrowed(payload.body));
    }
    out.push(Cow::Borrowed(ZEROS.get(..padding)?));
    Some(())
}

/// For each second the packet to start from. None without pictures that stand alone.
fn index(header: &Header, packets: &Packets<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let count = packets.last / STEP + 1;
    if packets.keys.is_empty() || count > MOST || !header.streams.iter().any(|s| s.is_picture) {
        return out;
    }
    let mut entries = Vec::new();
    let mut next = 0usize;
    let mut most = 0u32;
    for second in 0..count {
        while packets.keys.get(next + 1).is_some_and(|key| key.time <= second * STEP) {
            next += 1;
        }
        if let Some(key) = packets.keys.get(next) {
            entries.extend_from_slice(&key.packet.to_le_bytes());
            entries.extend_from_slice(&key.count.to_le_bytes());
            most = most.max(key.count.into());
        }
    }
    let step = u64::from(STEP) * 10_000;
    let head = [step.to_le_bytes().as_slice(), &most.to_le_bytes(), &count.to_le_bytes()].concat();
    put(&mut out, id::INDEX, &[&NUMBER, &head, &entries]);
    out
}

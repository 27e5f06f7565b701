//! Packets of one length, each with payloads of one or more streams.

use super::header::Header;
use super::stream::Stream;
use crate::Refusal;
use crate::bytes::Cursor;
use crate::codec::Units;
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// All packets that have a payload of a stream that is kept.
pub(super) struct Packets<'a> {
    pub(super) list: Vec<Packet<'a>>,
    /// Where pictures of the first stream of pictures start that stand alone.
    pub(super) keys: Vec<Key>,
    /// The last time of any payload, in milliseconds.
    pub(super) last: u32,
}

/// One packet.
pub(super) struct Packet<'a> {
    /// Whether two bytes for the correction of errors stand in front.
    pub(super) corrected: bool,
    /// Whether each payload says its length, and in how many bytes, as two bits.
    pub(super) many: Option<u8>,
    /// How many bytes the fields of payloads take, as two bits each.
    pub(super) widths: u8,
    /// When it is to be sent, and how long that takes, in milliseconds.
    pub(super) time: [u8; 6],
    pub(super) payloads: Vec<Payload<'a>>,
}

/// A part of a picture or of a block of sound, or several whole ones.
pub(super) struct Payload<'a> {
    /// The stream's new number, and whether it stands alone.
    pub(super) stream: u8,
    pub(super) object: u32,
    /// Where it belongs in its object; of several whole ones the time of the first.
    pub(super) offset: u32,
    /// Length and time of the object; of several whole ones the time between them.
    pub(super) beside: &'a [u8],
    pub(super) body: &'a [u8],
}

/// A picture that stands alone.
pub(super) struct Key {
    pub(super) time: u32,
    /// The first packet it is in, and how many.
    pub(super) packet: u32,
    pub(super) count: u16,
}

fn broken() -> Refusal {
    Refusal::malformed("a packet")
}

/// A number of none, one, two or four bytes.
pub(super) fn number(from: &mut Cursor<'_>, width: u8) -> Option<u32> {
    match width & 3 {
        0 => Some(0),
        1 => from.u8().map(u32::from),
        2 => from.le16().map(u32::from),
        _ => from.le32(),
    }
}

impl<'a> Packets<'a> {
    pub(super) fn read(
        data: &'a [u8],
        header: &Header,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        // The number of the file, how many packets, and two bytes of one.
        let rest = data.get(26..).ok_or_else(broken)?;
        let mut packets = Self { list: Vec::new(), keys: Vec::new(), last: 0 };
        let mut whole = rest.chunks_exact(header.file.packet);
        let mut gaps = 0usize;
        let mut tails = Tails::default();
        for packet in whole.by_ref() {
            let packet = Packet::read(packet, header, &mut gaps).ok_or_else(broken)?;
            for payload in &packet.payloads {
                packets.note(payload, header);
                tails.look(payload, header)?;
            }
            if !packet.payloads.is_empty() {
                packets.list.push(packet);
            }
        }
        if gaps > 0 {
            findings.removed(Class::Trailing, "filling of packets", &format!("{gaps} bytes"));
        }
        if !whole.remainder().is_empty() {
            let detail = foreign(whole.remainder());
            findings.removed(Class::Trailing, "bytes behind the last packet", &detail);
        }
        if packets.list.is_empty() {
            return Err(Refusal::malformed("no pictures or sound in the file"));
        }
        Ok(packets)
    }

    /// Takes down times and pictures that stand alone.
    fn note(&mut self, payload: &Payload<'_>, header: &Header) {
        let time = payload.time();
        self.last = self.last.max(time);
        let first = header.streams.iter().position(|stream| stream.is_picture);
        if first != usize::from(payload.stream & 0x7f).checked_sub(1) {
            return;
        }
        let packet = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        if payload.offset == 0 && payload.beside.len() == 8 && payload.stream & 0x80 != 0 {
            self.keys.push(Key { time, packet, count: 1 });
        } else if let Some(last) = self.keys.last_mut().filter(|last| last.time == time) {
            let count = packet.saturating_sub(last.packet).saturating_add(1);
            last.count = u16::try_from(count).unwrap_or(u16::MAX);
        }
    }
}

impl<'a> Packet<'a> {
    /// `None` when fields and lengths do not add up.
    fn read(bytes: &'a [u8], header: &Header, gaps: &mut usize) -> Option<Self> {
        let mut from = Cursor::new(bytes);
        let first = from.u8()?;
        let corrected = first & 0x80 != 0;
        let lengths = if corrected {
            (first & 0x7f == 2).then_some(())?;
            from.take(2)?;
            from.u8()?
        } else {
            first
        };
        (lengths & 0x80 == 0).then_some(())?;
        let widths = from.u8()?;
        (widths >> 6 == 1).then_some(())?;
        let said = number(&mut from, lengths >> 5)?;
        number(&mut from, lengths >> 1)?;
        let padding = usize::try_from(number(&mut from, lengths >> 3)?).ok()?;
        let time = from.take(6)?.try_into().ok()?;
        let len = if said == 0 { bytes.len() } else { usize::try_from(said).ok()? };
        let end = len.checked_sub(padding)?;
        let filling = bytes.get(end..)?;
        *gaps = gaps.saturating_add(filling.iter().filter(|b| **b != 0).count());
        let mut from = Cursor::new(bytes.get(..end)?).again_from(from.at())?;
        let is_many = lengths & 1 != 0;
        let (count, width) = if is_many {
            let flags = from.u8()?;
            (flags & 0x3f, flags >> 6)
        } else {
            (1, 0)
        };
        (!is_many || width != 0).then_some(())?;
        let many = is_many.then_some(width);
        let mut packet = Self { corrected, many, widths, time, payloads: Vec::new() };
        for _ in 0..count {
            let (number, payload) = packet.payload(&mut from)?;
            match header.streams.iter().position(|stream| stream.number == number) {
                Some(at) => packet.payloads.push(payload.kept(at)?),
                None => header.gone.contains(&number).then_some(())?,
            }
        }
        from.is_empty().then_some(packet)
    }

    /// The number of a stream, and what stands in the packet of it.
    fn payload(&self, from: &mut Cursor<'a>) -> Option<(u8, Payload<'a>)> {
        let head = from.u8()?;
        let object = number(from, self.widths >> 4)?;
        let offset = number(from, self.widths >> 2)?;
        let beside = number(from, self.widths)?;
        let beside = from.take(usize::try_from(beside).ok()?)?;
        let len = match self.many {
            Some(width) => usize::try_from(number(from, width)?).ok()?,
            None => from.rest().len(),
        };
        let body = from.take(len)?;
        Some((head & 0x7f, Payload { stream: head, object, offset, beside, body }))
    }
}

/// Goes over several whole pictures, each behind its length.
pub(super) fn wholes(body: &[u8]) -> Option<()> {
    let mut from = Cursor::new(body);
    while !from.is_empty() {
        let len = from.u8()?;
        from.take(len.into())?;
    }
    Some(())
}

impl Payload<'_> {
    /// The payload with the number of the stream at this place of the list.
    fn kept(mut self, at: usize) -> Option<Self> {
        match self.beside.len() {
            0 => {}
            1 => wholes(self.body)?,
            // What stands behind length and time is of no kind that is on the list.
            _ => self.beside = self.beside.get(..8)?,
        }
        self.stream = u8::try_from(at.checked_add(1)?).ok()? | self.stream & 0x80;
        Some(self)
    }

    /// When it is shown, in milliseconds.
    fn time(&self) -> u32 {
        match self.beside.get(4..8).and_then(|time| time.try_into().ok()) {
            Some(time) => u32::from_le_bytes(time),
            None if self.beside.len() == 1 => self.offset,
            None => 0,
        }
    }
}

/// The last bytes of each stream's payload: a start code may begin in one and end in the next.
#[derive(Default)]
struct Tails(Vec<(u8, Vec<u8>)>);

impl Tails {
    /// Packets are not cut anew, so a message in them cannot be taken out.
    fn look(&mut self, payload: &Payload<'_>, header: &Header) -> Result<(), Refusal> {
        let number = payload.stream & 0x7f;
        let stream: Option<&Stream> =
            usize::from(number).checked_sub(1).and_then(|at| header.streams.get(at));
        if stream.is_none_or(|stream| stream.units != Units::Vc1) {
            return Ok(());
        }
        let at = self.0.iter().position(|(known, _)| *known == number);
        let mut head = at.map(|at| self.0.swap_remove(at).1).unwrap_or_default();
        let keep = payload.body.len().saturating_sub(3);
        head.extend_from_slice(payload.body.get(..payload.body.len().min(3)).unwrap_or_default());
        if has_message(&head) || has_message(payload.body) {
            return Err(Refusal::unsupported("VC-1 video with messages between its pictures"));
        }
        head.extend_from_slice(payload.body.get(keep.max(3)..).unwrap_or_default());
        let tail = head.split_off(head.len().saturating_sub(3));
        self.0.push((number, tail));
        Ok(())
    }
}

/// Whether there is a unit of user data behind a start code.
fn has_message(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|four| matches!(four, [0, 0, 1, 0x1b..=0x1f]))
}

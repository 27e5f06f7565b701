//! Pages: a head, the sizes of segments, the segments.

use super::SERIAL;
use crate::Refusal;
use crate::bytes::Cursor;
use crate::sums::OGG_PAGE;

/// One page.
#[derive(Clone)]
pub(super) struct Page<'a> {
    /// 1: goes on with a packet, 2: first, 4: last.
    pub(super) flags: u8,
    granule: [u8; 8],
    pub(super) serial: u32,
    pub(super) number: u32,
    pub(super) segments: &'a [u8],
    pub(super) body: &'a [u8],
    /// The body where it was changed.
    pub(super) changed: Option<Vec<u8>>,
}

impl<'a> Page<'a> {
    /// The page that stands here, if its sum is right.
    pub(super) fn read(from: &mut Cursor<'a>) -> Result<Self, Refusal> {
        Self::parse(from).ok_or_else(|| Refusal::malformed("a page that is broken or cut off"))
    }

    fn parse(from: &mut Cursor<'a>) -> Option<Self> {
        let whole = from.rest();
        (from.take(5)? == b"OggS\0").then_some(())?;
        let flags = from.u8()?;
        let granule = from.take(8)?.try_into().ok()?;
        let (serial, number, sum) = (from.le32()?, from.le32()?, from.le32()?);
        let count = from.u8()?;
        let segments = from.take(count.into())?;
        let body = from.take(segments.iter().map(|size| usize::from(*size)).sum())?;
        let len = 27 + segments.len() + body.len();
        let mut copy = whole.get(..len)?.to_vec();
        copy.get_mut(22..26)?.fill(0);
        let sound = flags & 0xf8 == 0 && OGG_PAGE.checksum(&copy) == sum;
        sound.then_some(Self { flags, granule, serial, number, segments, body, changed: None })
    }

    /// Writes the page with a new number.
    pub(super) fn write(&self, out: &mut Vec<u8>, number: u32) {
        let body = self.changed.as_deref().unwrap_or(self.body);
        put(out, self.flags, self.granule, number, self.segments, body);
    }
}

fn put(out: &mut Vec<u8>, flags: u8, granule: [u8; 8], number: u32, segments: &[u8], body: &[u8]) {
    let start = out.len();
    out.extend_from_slice(b"OggS\0");
    out.push(flags);
    out.extend_from_slice(&granule);
    out.extend_from_slice(&SERIAL.to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.push(u8::try_from(segments.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(segments);
    out.extend_from_slice(body);
    let sum = OGG_PAGE.checksum(out.get(start..).unwrap_or_default());
    if let Some(place) = out.get_mut(start.saturating_add(22)..start.saturating_add(26)) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
}

/// Writes the packets of the head: the first on a page of its own, the others on as few as may be.
pub(super) fn write_packets(
    out: &mut Vec<u8>,
    packets: &[Vec<u8>],
    number: &mut u32,
) -> Result<(), Refusal> {
    let large = || Refusal::malformed("a head that is too large");
    let (first, rest) = packets.split_first().ok_or_else(large)?;
    let len = u8::try_from(first.len()).ok().filter(|len| *len < 255).ok_or_else(large)?;
    put(out, 2, [0; 8], 0, &[len], first);
    *number = 1;
    let mut segments = Vec::new();
    for packet in rest {
        segments.resize(segments.len().saturating_add(packet.len() / 255), 255u8);
        segments.push(u8::try_from(packet.len() % 255).map_err(|_| large())?);
    }
    let body = rest.concat();
    let mut body = body.as_slice();
    let mut goes_on = false;
    for segments in segments.chunks(255) {
        let len = segments.iter().map(|size| usize::from(*size)).sum();
        let (here, later) = body.split_at_checked(len).ok_or_else(large)?;
        body = later;
        // A page on which no packet ends has no place in time.
        let ends = segments.iter().any(|size| *size < 255);
        let granule = if ends { [0; 8] } else { [0xff; 8] };
        put(out, u8::from(goes_on), granule, *number, segments, here);
        *number = number.saturating_add(1);
        goes_on = segments.last() == Some(&255);
    }
    Ok(())
}

//! The header: what is said of the whole file, and its streams.

use super::stream::{self, More, Stream};
use super::{Object, id, notes, objects};
use crate::bytes::{Cursor, le16, le32, slice};
use crate::msmedia::wide;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// What is written of the header.
pub(super) struct Header {
    pub(super) file: File,
    /// In the order of the file, each under its new number: its place in the list, and one.
    pub(super) streams: Vec<Stream>,
    /// Numbers of streams that are left out.
    pub(super) gone: Vec<u8>,
}

/// What is said of the whole file.
pub(super) struct File {
    /// Times in units of 100 nanoseconds; none where the file was written as it was sent.
    pub(super) times: Option<(u64, u64)>,
    /// Milliseconds that a player reads ahead.
    pub(super) preroll: u64,
    /// Bytes of a packet.
    pub(super) packet: usize,
    /// Bits a second.
    pub(super) rate: u32,
}

fn broken(what: &str) -> Refusal {
    Refusal::malformed(format!("the header: {what}"))
}

impl Header {
    pub(super) fn read(
        head: Object<'_>,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let list = objects(head.body.get(6..).ok_or_else(|| broken("its length"))?)?;
        if list.iter().any(|found| id::ENCRYPTION.contains(&found.id)) {
            return Err(Refusal::Encrypted);
        }
        let mut file = None;
        let mut header = (Vec::new(), Vec::new());
        for found in list.iter().filter(|found| matches!(found.id, id::FILE | id::STREAM)) {
            if found.id == id::FILE {
                file = Some(File::read(found.body, findings).ok_or_else(|| broken("times"))?);
            } else {
                let (number, stream) = stream::read(found.body, limits, findings)?;
                let known = |s: &Stream| s.number == number;
                if header.1.contains(&number) || header.0.iter().any(known) || number == 0 {
                    return Err(broken("a stream's number"));
                }
                match stream {
                    Some(stream) => header.0.push(stream),
                    None => header.1.push(number),
                }
            }
        }
        let file = file.ok_or_else(|| broken("what is said of the file"))?;
        let (streams, gone) = header;
        let mut header = Self { file, streams, gone };
        if header.streams.is_empty() {
            return Err(Refusal::malformed("no pictures or sound in the file"));
        }
        for found in &list {
            match found.id {
                id::FILE | id::STREAM => {}
                id::EXTENSION => header.extension(found.body, findings)?,
                id::RATES => header.rates(found.body).ok_or_else(|| broken("rates"))?,
                _ => notes::dropped(found, findings),
            }
        }
        Ok(header)
    }

    fn stream(&mut self, number: u16) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| u16::from(stream.number) == number)
    }

    fn rates(&mut self, body: &[u8]) -> Option<()> {
        let mut from = Cursor::new(body);
        for _ in 0..from.le16()? {
            let (number, rate) = (from.le16()? & 0x7f, from.le32()?);
            if let Some(stream) = self.stream(number) {
                stream.rate = Some(rate);
            }
        }
        Some(())
    }

    fn extension(&mut self, body: &[u8], findings: &mut Findings) -> Result<(), Refusal> {
        let list = objects(body.get(22..).ok_or_else(|| broken("its extension"))?)?;
        for found in list {
            match found.id {
                id::MORE_STREAM => {
                    let (number, more) = More::read(found.body, findings)
                        .ok_or_else(|| broken("what is said of a stream"))?;
                    match self.stream(number) {
                        Some(stream) => stream.more = Some(more),
                        None => findings.removed(
                            Class::HiddenContent,
                            "stream that only the extension describes",
                            "",
                        ),
                    }
                }
                id::METADATA => {
                    self.shape(found.body).ok_or_else(|| broken("its metadata"))?;
                    notes::records(found.body, "metadata", findings);
                }
                found_id if id::ENCRYPTION.contains(&found_id) => return Err(Refusal::Encrypted),
                _ => notes::dropped(&found, findings),
            }
        }
        Ok(())
    }

    /// The shape of a pixel, which is said among the metadata.
    fn shape(&mut self, body: &[u8]) -> Option<()> {
        let mut from = Cursor::new(body);
        for _ in 0..from.le16()? {
            from.le16()?;
            let (number, name, _kind) = (from.le16()?, from.le16()?, from.le16()?);
            let len = usize::try_from(from.le32()?).ok()?;
            let name = wide(from.take(name.into())?);
            let value = from.take(len)?;
            let value = le32(value, 0).or_else(|| le16(value, 0).map(u32::from));
            let Some(stream) = self.stream(number) else {
                continue;
            };
            match name.as_str() {
                "AspectRatioX" => stream.shape.0 = value?,
                "AspectRatioY" => stream.shape.1 = value?,
                _ => {}
            }
        }
        Some(())
    }
}

impl File {
    fn read(body: &[u8], findings: &mut Findings) -> Option<Self> {
        if slice(body, 0, 16)?.iter().any(|b| *b != 0) {
            findings.removed(Class::Identifier, "number of the file", "");
        }
        let mut from = Cursor::new(body.get(24..)?);
        let created = from.le64()?;
        if created != 0 {
            let detail = notes::date(created);
            findings.removed(Class::Time, "time of creation", &detail);
        }
        from.le64()?;
        let times = (from.le64()?, from.le64()?);
        let preroll = from.le64()?;
        let flags = from.le32()?;
        let (least, most) = (from.le32()?, from.le32()?);
        let rate = from.le32()?;
        let packet = usize::try_from(least).ok()?;
        // Packets have one length, and a field of two bytes must hold how much of one is empty.
        (least == most && (64..=0xffff).contains(&packet)).then_some(())?;
        let times = (flags & 1 == 0).then_some(times);
        Some(Self { times, preroll, packet, rate })
    }
}

//! The writer: fixed values in every field but names, sums, sizes and places.

use crate::deflate::deflate_raw;
use crate::member_name::MemberName;
use crate::{Format, Limits, Refusal};

/// 1 January 1980, midnight: the first moment that ZIP knows.
pub(super) const STAMP: u32 = 0x0021_0000;
/// Version 2.0, on Unix: where a name is not ASCII, Debian's unzip spoils it when the system is the
/// one without rights, whatever the flag for UTF-8 says.
pub(super) const MADE_BY: u16 = 0x0314;
/// A file that its owner may write and everybody may read.
pub(super) const ATTRIBUTES: u32 = 0o100_644 << 16;

/// Whether a member is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is, such as a picture, or the first member of a book or an `OpenDocument` file.
    Stored,
    /// Deflated, unless that makes it longer.
    Deflated,
}

impl Packing {
    /// What a member of a plain archive gets: formats that are compressed gain nothing.
    pub(crate) fn of(format: Format) -> Self {
        match format {
            Format::Bmp
            | Format::Pnm
            | Format::Tiff
            | Format::Wav
            | Format::Aiff
            | Format::Pdf
            | Format::Text
            | Format::Csv
            | Format::Svg
            | Format::Css
            | Format::Emf
            | Format::Wmf
            | Format::Fodt
            | Format::Fods
            | Format::Fodp
            | Format::Fodg
            | Format::Html
            | Format::Tar => Self::Deflated,
            _ => Self::Stored,
        }
    }
}

/// A ZIP file as far as it is written. Members stand in the order they are added.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    list: Vec<u8>,
    written: Vec<Written>,
}

/// What a second reader must find.
pub(crate) struct Written {
    pub(super) name: MemberName,
    pub(super) size: usize,
    pub(super) crc: u32,
}

impl Writer {
    pub(crate) fn add(
        &mut self,
        name: &MemberName,
        data: &[u8],
        packing: Packing,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let deflated = match packing {
            Packing::Stored => None,
            Packing::Deflated => Some(deflate_raw(data)).filter(|d| d.len() < data.len()),
        };
        let (method, body) = match &deflated {
            Some(deflated) => (8u16, deflated.as_slice()),
            None => (0, data),
        };
        let crc = crc32fast::hash(data);
        let text = name.as_str();
        // The flag for UTF-8, where that is something else than ASCII.
        let flags = if text.is_ascii() { 0u16 } else { 1 << 11 };
        let mut common = Vec::with_capacity(26);
        for field in [20u16, flags, method] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        for field in [STAMP, crc, size(body.len())?, size(data.len())?] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        let name_len = u16::try_from(text.len()).map_err(|_| too_long())?;
        common.extend_from_slice(&name_len.to_le_bytes());
        common.extend_from_slice(&[0; 2]);

        let at = size(self.out.len())?;
        for part in [b"PK\x03\x04".as_slice(), &common, text.as_bytes(), body] {
            self.out.extend_from_slice(part);
        }
        self.list.extend_from_slice(b"PK\x01\x02");
        self.list.extend_from_slice(&MADE_BY.to_le_bytes());
        self.list.extend_from_slice(&common);
        // No comment, first part, nothing said of the content.
        self.list.extend_from_slice(&[0; 6]);
        self.list.extend_from_slice(&ATTRIBUTES.to_le_bytes());
        self.list.extend_from_slice(&at.to_le_bytes());
        self.list.extend_from_slice(text.as_bytes());
        self.written.push(Written { name: name.clone(), size: data.len(), crc });
        limits.admit_output(self.out.len().saturating_add(self.list.len()))
    }

    /// The whole file, read once more by another route.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Refusal> {
        let Self { mut out, list, written } = self;
        let start = size(out.len())?;
        let count = u16::try_from(written.len()).map_err(|_| too_long())?;
        out.extend_from_slice(&list);
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&size(list.len())?.to_le_bytes());
        out.extend_from_slice(&start.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        super::check::check(&out, &written)?;
        Ok(out)
    }
}

fn size(len: usize) -> Result<u32, Refusal> {
    u32::try_from(len).ok().filter(|len| *len < u32::MAX).ok_or_else(too_long)
}

fn too_long() -> Refusal {
    Refusal::TooLarge { what: "the clean archive".to_owned(), limit: u32::MAX.into() }
}

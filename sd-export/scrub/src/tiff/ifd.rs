//! Directories: numbered tags with their values.

use std::collections::BTreeMap;

use crate::Refusal;
use crate::bytes::slice;
use crate::exif::Order;

/// Bytes of one value of each type.
pub(super) fn unit(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => return None,
    })
}

/// One tag's type and value, as it stands in the file.
struct Entry<'a> {
    kind: u16,
    value: &'a [u8],
}

/// One directory, and where the next one is.
pub(super) struct Directory<'a> {
    order: Order,
    entries: BTreeMap<u16, Entry<'a>>,
    pub(super) next: usize,
}

impl<'a> Directory<'a> {
    pub(super) fn read(bytes: &'a [u8], order: Order, at: usize) -> Result<Self, Refusal> {
        Self::parse(bytes, order, at).ok_or_else(|| Refusal::malformed("a directory"))
    }

    fn parse(bytes: &'a [u8], order: Order, at: usize) -> Option<Self> {
        let count = usize::from(order.short(bytes, at)?);
        let mut entries = BTreeMap::new();
        let mut from = at.checked_add(2)?;
        for _ in 0..count {
            let tag = order.short(bytes, from)?;
            let kind = order.short(bytes, from.checked_add(2)?)?;
            let number = order.long(bytes, from.checked_add(4)?)?;
            let field = from.checked_add(8)?;
            // A value outside the file is a fault only where it is asked for.
            let value = unit(kind).and_then(|unit| number.checked_mul(unit)).and_then(|len| {
                let at = if len <= 4 { field } else { order.long(bytes, field)? };
                slice(bytes, at, len)
            });
            if let Some(value) = value {
                entries.entry(tag).or_insert(Entry { kind, value });
            }
            from = from.checked_add(12)?;
        }
        // Some writers leave out the last pointer.
        let next = order.long(bytes, from).unwrap_or(0);
        Some(Self { order, entries, next })
    }

    pub(super) fn has(&self, tag: u16) -> bool {
        self.entries.contains_key(&tag)
    }

    /// The bytes of a value, whatever its type.
    pub(super) fn raw(&self, tag: u16) -> Option<&'a [u8]> {
        self.entries.get(&tag).map(|entry| entry.value)
    }

    /// The whole numbers of a tag.
    pub(super) fn numbers(&self, tag: u16) -> Option<Vec<u32>> {
        let Entry { kind, value } = self.entries.get(&tag)?;
        let unit = unit(*kind)?;
        value
            .chunks_exact(unit)
            .map(|bytes| match kind {
                1 => bytes.first().copied().map(u32::from),
                3 => self.order.short(bytes, 0).map(u32::from),
                4 | 13 => self.order.long(bytes, 0).and_then(|n| u32::try_from(n).ok()),
                _ => None,
            })
            .collect()
    }

    /// The first whole number of a tag.
    pub(super) fn number(&self, tag: u16) -> Option<u32> {
        self.numbers(tag)?.first().copied()
    }

    /// The fractions of a tag, each as its two numbers.
    pub(super) fn fractions(&self, tag: u16) -> Option<Vec<(u32, u32)>> {
        let Entry { kind: 5, value } = self.entries.get(&tag)? else {
            return None;
        };
        let part = |bytes, at| self.order.long(bytes, at).and_then(|n| u32::try_from(n).ok());
        value.chunks_exact(8).map(|bytes| Some((part(bytes, 0)?, part(bytes, 4)?))).collect()
    }

    /// Whether this is what a camera's sensor saw, not a picture.
    pub(super) fn is_raw(&self) -> bool {
        self.has(0xc612) || matches!(self.number(0x0106), Some(32803 | 34892))
    }
}

//! Extra fields: times, owners, names in another encoding, and whatever a program put there.

use crate::Refusal;
use crate::archive::Noted;
use crate::bytes::Cursor;
use crate::report::Class;

/// What the extra fields of one head say that matters for reading.
#[derive(Default)]
pub(super) struct Extra<'a> {
    /// Numbers that do not fit into 32 bits: size, packed size, offset; those that are needed.
    pub(super) wide: Vec<u64>,
    pub(super) encrypted: bool,
    /// A name in UTF-8, and the sum of the name it stands for.
    name: Option<(u32, &'a [u8])>,
}

impl Extra<'_> {
    /// The size of a member, where the 32-bit number of its head says "see there".
    pub(super) fn size(&self, size: u32) -> u64 {
        self.wider(0, size)
    }

    /// Its packed size, likewise.
    pub(super) fn packed(&self, packed: u32) -> u64 {
        self.wider(1, packed)
    }

    fn wider(&self, at: usize, small: u32) -> u64 {
        match self.wide.get(at) {
            Some(wide) if small == u32::MAX => *wide,
            _ => small.into(),
        }
    }
}

/// Walks the fields to the last byte.
pub(super) fn read<'a>(bytes: &'a [u8], noted: &mut Noted) -> Extra<'a> {
    let mut extra = Extra::default();
    let mut from = Cursor::new(bytes);
    while !from.is_empty() {
        let (id, len) = (from.le16(), from.le16());
        let body = len.and_then(|len| from.take(len.into()));
        let (Some(id), Some(body)) = (id, body) else {
            // Some programs fill up with a few bytes; nothing of them is needed.
            noted.field(Class::HiddenContent, "bytes in an extra field", bytes);
            break;
        };
        match id {
            0x0001 => {
                let mut numbers = Cursor::new(body);
                while let Some(number) = numbers.le64() {
                    extra.wide.push(number);
                }
            }
            0x7075 => {
                let mut from = Cursor::new(body);
                if let (Some(1), Some(sum)) = (from.u8(), from.le32()) {
                    extra.name = Some((sum, from.rest()));
                }
            }
            0x9901 | 0x0017 => extra.encrypted = true,
            0x000a | 0x5455 => noted.field(Class::Time, "times in extra fields", &[]),
            0x5855 | 0x7855 | 0x7875 | 0x000d => {
                noted.field(Class::Person, "user and group numbers, times", &[]);
            }
            0x6375 => noted.field(
                Class::Comment,
                "comment in an extra field",
                body.get(5..).unwrap_or_default(),
            ),
            // Programs say by these how they made the file, and fill up to round addresses.
            0xcafe | 0xd935 | 0xa11e => {
                noted.field(Class::Software, "extra field of a program", body);
            }
            _ => noted.field(Class::Unknown, "unknown extra field", body),
        }
    }
    extra
}

/// The name of a member: UTF-8 where the head says so or where it can be, else by the field that
/// has it in UTF-8, else in the encoding of the first PCs.
pub(super) fn name(
    raw: &[u8],
    flags: u16,
    extras: &[&Extra<'_>],
    noted: &mut Noted,
) -> Result<String, Refusal> {
    const UTF_8: u16 = 1 << 11;
    let fault = || Refusal::malformed("a member's name in a wrong encoding");
    let sum = crc32fast::hash(raw);
    let mut names = extras.iter().filter_map(|extra| extra.name).filter(|(of, _)| *of == sum);
    if let Some((_, name)) = names.next() {
        if names.any(|(_, other)| other != name) {
            return Err(Refusal::malformed("a member with two names"));
        }
        return String::from_utf8(name.to_vec()).map_err(|_| fault());
    }
    match std::str::from_utf8(raw) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) if flags & UTF_8 != 0 => Err(fault()),
        Err(_) => {
            noted.field(Class::Software, "names in an old encoding (read as code page 437)", &[]);
            Ok(raw.iter().map(|b| old_letter(*b)).collect())
        }
    }
}

/// A letter of code page 437.
fn old_letter(byte: u8) -> char {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(high) => HIGH.chars().nth(high.into()).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_letters_are_all_there() {
        assert_eq!((old_letter(0x80), old_letter(0x81), old_letter(0xe1)), ('Ç', 'ü', 'ß'));
        assert_eq!((old_letter(0xfe), old_letter(0xff)), ('■', '\u{a0}'));
    }
}

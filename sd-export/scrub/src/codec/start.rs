//! Units behind start codes (two bytes of zero and a one): MPEG-4 of 1999, VC-1, and H.264 where no
//! lengths are written.

use std::ops::Range;

use super::{Parts, Units, is_needed};
use crate::bytes::slice;

/// Where the parts of a coded picture are that a decoder needs.
pub(super) fn needed(units: Units, coded: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut parts = Parts::default();
    let mut starts = Starts { coded, from: 0 }.peekable();
    let first = starts.peek().map_or(coded.len(), |start| start.whole);
    let head = coded.get(..first)?;
    match units {
        // A picture may stand without a start code.
        Units::Vc1 => parts.add(0..first),
        // A picture that says: like the one before.
        Units::Mpeg4 if coded == [0x7f] => parts.add(0..1),
        _ if head.iter().any(|b| *b != 0) => return None,
        _ => {}
    }
    while let Some(start) = starts.next() {
        let end = starts.peek().map_or(coded.len(), |next| next.whole);
        let unit = coded.get(start.body..end)?;
        let stays = match units {
            Units::Mpeg4 => mpeg4(unit),
            Units::Vc1 => unit.first().is_some_and(|code| matches!(code, 0x0a..=0x0f)),
            _ => is_needed(units, unit),
        };
        if stays {
            parts.add(start.whole..end);
        }
    }
    Some(parts.0.into_iter().filter(|part| !part.is_empty()).collect())
}

/// One start code: where its first zero is, and where its unit starts.
struct Start {
    whole: usize,
    body: usize,
}

struct Starts<'a> {
    coded: &'a [u8],
    from: usize,
}

impl Iterator for Starts<'_> {
    type Item = Start;

    fn next(&mut self) -> Option<Start> {
        let mut at = self.from;
        loop {
            // The one is looked for; it is the rarest of the three.
            let step = self.coded.get(at..)?.iter().position(|b| *b == 1)?;
            at = at.checked_add(step)?;
            let zeros = self.coded.get(self.from..at)?.iter().rev().take(3);
            let zeros = zeros.take_while(|b| **b == 0).count();
            at = at.checked_add(1)?;
            if zeros >= 2 {
                self.from = at;
                return Some(Start { whole: at.checked_sub(zeros + 1)?, body: at });
            }
        }
    }
}

/// Whether a unit of MPEG-4 stays: heads, groups, pictures, and the name by which a decoder knows
/// what an encoder did wrong.
fn mpeg4(unit: &[u8]) -> bool {
    match unit.first() {
        Some(0x00..=0x2f | 0xb0 | 0xb1 | 0xb3 | 0xb5 | 0xb6) => true,
        Some(0xb2) => encoder_in(unit).is_some(),
        _ => false,
    }
}

/// Name and number of an encoder, and nothing else.
fn encoder_in(unit: &[u8]) -> Option<&[u8]> {
    let said = unit.strip_prefix(&[0xb2])?;
    let end = said.iter().rposition(|b| *b != 0).map_or(0, |at| at.saturating_add(1));
    let said = said.get(..end)?;
    let number = [b"XviD".as_slice(), b"DivX", b"Lavc"].iter().find_map(|n| said.strip_prefix(*n));
    let is_number = |b: &u8| b.is_ascii_digit() || b".bpBuild".contains(b);
    let number = number?;
    (number.len() <= 12 && number.iter().all(is_number)).then_some(said)
}

/// The name of an encoder that stays in MPEG-4, if there is one.
pub(crate) fn encoder(coded: &[u8]) -> Option<&[u8]> {
    let mut starts = Starts { coded, from: 0 }.peekable();
    while let Some(start) = starts.next() {
        let end = starts.peek().map_or(coded.len(), |next| next.whole);
        let unit = slice(coded, start.body, end.checked_sub(start.body)?)?;
        if let Some(name) = encoder_in(unit) {
            return Some(name);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(units: Units, coded: &[u8]) -> Option<Vec<u8>> {
        super::super::clean(units, coded).map(|(clean, _)| clean)
    }

    #[test]
    fn messages_behind_start_codes_go_and_pictures_stay() {
        let coded = b"\0\0\0\x01\x67s\0\0\0\x01\x06CANARY\0\0\x01\x65ab\x01";
        let expected = b"\0\0\0\x01\x67s\0\0\x01\x65ab\x01".to_vec();
        assert_eq!(clean(Units::AvcStream, coded), Some(expected));
        let coded = b"\0\0\x01\x0dab\0\0\x01\x1dCANARY\0\0\x01\x0ccd";
        assert_eq!(clean(Units::Vc1, coded), Some(b"\0\0\x01\x0dab\0\0\x01\x0ccd".to_vec()));
        assert_eq!(clean(Units::Vc1, b"ab"), Some(b"ab".to_vec()));
        assert_eq!(clean(Units::AvcStream, b"CANARY\0\0\x01\x65"), None);
    }

    #[test]
    fn of_user_data_only_the_number_of_a_known_encoder_stays() {
        let coded = b"\0\0\x01\xb2XviD0050\0\0\x01\xb2CANARY\0\0\x01\xb6ab";
        let expected = b"\0\0\x01\xb2XviD0050\0\0\x01\xb6ab";
        assert_eq!(clean(Units::Mpeg4, coded), Some(expected.to_vec()));
        assert_eq!(encoder(coded), Some(b"XviD0050".as_slice()));
        assert_eq!(encoder(b"\0\0\x01\xb2XviD JaneDoe"), None);
        assert_eq!(clean(Units::Mpeg4, b"\x7f"), Some(b"\x7f".to_vec()));
        assert_eq!(clean(Units::Mpeg4, b"CANARY"), None);
    }
}

//! Fields of a tar head.

use crate::archive::Noted;
use crate::report::Class;

/// A number: octal digits between blanks and NULs, or, with the first bit set, bytes.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let (high, low) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
        let low = low.try_into().ok().map(u64::from_be_bytes);
        return low.filter(|_| high.iter().all(|b| *b == 0));
    }
    let is_blank = |b: &u8| matches!(b, b' ' | 0);
    let start = field.iter().position(|b| !is_blank(b)).unwrap_or(field.len());
    let rest = field.get(start..)?;
    let end = rest.iter().position(is_blank).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at_checked(end)?;
    if !behind.iter().all(is_blank) || !digits.iter().all(|b| (b'0'..=b'7').contains(b)) {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, digit| {
        sum.checked_mul(8)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
    })
}

/// A text up to its NUL; what stands behind that is not part of it.
pub(super) fn text<'a>(field: &'a [u8], noted: &mut Noted) -> &'a [u8] {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    let (text, behind) = field.split_at_checked(end).unwrap_or((field, &[]));
    if behind.iter().any(|b| *b != 0) {
        let behind = behind.strip_prefix(b"\0").unwrap_or(behind);
        noted.field(Class::HiddenContent, "bytes behind a name", behind);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_two_forms_and_nothing_else() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\0\0\0\x01\x02"), Some(258));
        for bad in
            [b"644x\0\0\0\0", b"6 44\0\0\0\0", b"-644\0\0\0\0", b"\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert_eq!(number(bad), None);
        }
    }
}

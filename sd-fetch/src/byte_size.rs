//! A size as people write it: `200MB`, `1.5GiB`, `4096`.

use std::fmt;
use std::str::FromStr;

/// A number of bytes, one at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteSize(u64);

/// Text that is no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ByteSizeError {
    /// No number, or one with a sign, an exponent, spaces inside.
    #[error("a size is a number such as 200MB, 1.5GiB or 4096")]
    Number,
    /// Another unit, or half of one: `M` may be meant as either.
    #[error("a size ends in B, kB, MB, GB, TB, KiB, MiB, GiB, TiB or nothing")]
    Unit,
    /// Nothing is that small or that large.
    #[error("that size is not possible")]
    Range,
}

impl ByteSize {
    /// The bytes.
    pub(crate) const fn bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ByteSize {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, ByteSizeError> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit: u128 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            "kib" => 1 << 10,
            "mib" => 1 << 20,
            "gib" => 1 << 30,
            "tib" => 1 << 40,
            _ => return Err(ByteSizeError::Unit),
        };
        // Integers all the way: a fraction of a unit is so many of its tenths, hundredths, ...
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || number.ends_with('.') || !digits(whole) || !digits(part) {
            return Err(ByteSizeError::Number);
        }
        let value = |text: &str| text.parse::<u128>().unwrap_or_default();
        let scale = 10_u128.pow(u32::try_from(part.len()).unwrap_or_default());
        let bytes = value(whole) * unit + value(part) * unit / scale;
        match u64::try_from(bytes) {
            Ok(bytes @ 1..) => Ok(Self(bytes)),
            _ => Err(ByteSizeError::Range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("4096", 4096),
            ("1B", 1),
            ("200MB", 200_000_000),
            ("200 mb", 200_000_000),
            ("1.5GiB", 1_610_612_736),
            ("0.5kB", 500),
            ("1.0001kB", 1000),
            ("2TiB", 2_199_023_255_552),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
    }

    #[test]
    fn what_could_mean_two_things_or_nothing_is_refused() {
        for (text, why) in [
            ("200M", ByteSizeError::Unit),
            ("200 Mbit", ByteSizeError::Unit),
            ("1e6", ByteSizeError::Unit),
            ("1,5GB", ByteSizeError::Unit),
            ("-1", ByteSizeError::Unit),
            ("", ByteSizeError::Number),
            ("MB", ByteSizeError::Number),
            (".5MB", ByteSizeError::Number),
            ("5.MB", ByteSizeError::Number),
            ("1.2.3MB", ByteSizeError::Number),
            ("1234567890123456789", ByteSizeError::Number),
            ("0", ByteSizeError::Range),
            ("0.0001B", ByteSizeError::Range),
            ("99999999TiB", ByteSizeError::Range),
        ] {
            assert_eq!(text.parse::<ByteSize>(), Err(why), "{text}");
        }
    }
}

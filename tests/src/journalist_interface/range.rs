//! Ranges, by the rules of the program that serves the file.
//!
//! Werkzeug takes exactly one range and answers 416 to anything else, malformed values included.
//! Apache takes several, ignores what it cannot read, and answers 416 only if nothing overlaps.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::config::Stack;

/// What to send of a file; ends are exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it, status 200.
    Whole,
    /// One stretch, status 206.
    One(u64, u64),
    /// Several stretches as `multipart/byteranges`, status 206.
    Many(Vec<(u64, u64)>),
    /// Status 416.
    Unsatisfiable,
}

/// Decides what a request for a file of this length gets.
pub(super) fn select(
    stack: Stack,
    range: Option<&str>,
    if_range: Option<&str>,
    modified: Timestamp,
    length: u64,
) -> Selection {
    let unchanged = if_range.is_none_or(|value| is_unchanged(stack, value, modified));
    let Some(range) = range.filter(|_| unchanged && length > 0) else {
        return Selection::Whole;
    };
    match stack {
        Stack::FlaskDev => werkzeug(range, length).unwrap_or(Selection::Unsatisfiable),
        Stack::Apache => apache(range, length).unwrap_or(Selection::Whole),
    }
}

/// Whether `If-Range` lets the range through: only a date does, since neither stack recognises the
/// unquoted `Etag` the application adds at the very end.
fn is_unchanged(stack: Stack, if_range: &str, modified: Timestamp) -> bool {
    let Ok(date) = rfc2822::DateTimeParser::new().parse_timestamp(if_range) else {
        return false;
    };
    match stack {
        Stack::FlaskDev => modified.as_second() <= date.as_second(),
        Stack::Apache => modified.as_second() == date.as_second(),
    }
}

/// One range, or `None` for whatever Werkzeug cannot satisfy.
fn werkzeug(range: &str, length: u64) -> Option<Selection> {
    let (first, last) = range.strip_prefix("bytes=")?.trim().split_once('-')?;
    if first.is_empty() {
        let start = length.checked_sub(last.parse().ok()?)?;
        return (start < length).then_some(Selection::One(start, length));
    }
    let start: u64 = first.parse().ok()?;
    let end = if last.is_empty() { length } else { last.parse::<u64>().ok()?.checked_add(1)? };
    (start < end && start < length).then(|| Selection::One(start, end.min(length)))
}

/// All ranges that overlap the file, or `None` if the header is to be ignored.
fn apache(range: &str, length: u64) -> Option<Selection> {
    let mut stretches = Vec::new();
    for piece in range.strip_prefix("bytes=")?.split(',') {
        let (first, last) = piece.trim().split_once('-')?;
        let (start, end) = if first.is_empty() {
            let count: u64 = last.parse().ok().filter(|count| *count > 0)?;
            (length.saturating_sub(count), length)
        } else if last.is_empty() {
            (first.parse().ok()?, length)
        } else {
            let (start, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            if start > last {
                return None;
            }
            (start, last.saturating_add(1).min(length))
        };
        if start < length {
            stretches.push((start, end));
        }
    }
    let sum: u64 = stretches.iter().map(|(start, end)| end - start).sum();
    Some(match stretches.as_slice() {
        [] => Selection::Unsatisfiable,
        _ if sum > length => Selection::Whole,
        [(start, end)] => Selection::One(*start, *end),
        _ => Selection::Many(stretches),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_ten(stack: Stack, range: &str) -> Selection {
        select(stack, Some(range), None, Timestamp::UNIX_EPOCH, 10)
    }

    #[test]
    fn a_suffix_longer_than_the_file_is_all_of_it_only_for_apache() {
        assert_eq!(of_ten(Stack::Apache, "bytes=-99"), Selection::One(0, 10));
        assert_eq!(of_ten(Stack::FlaskDev, "bytes=-99"), Selection::Unsatisfiable);
    }

    #[test]
    fn a_range_nobody_can_read_is_ignored_by_apache_and_refused_by_werkzeug() {
        for range in ["bytes=x-", "lines=0-1", "bytes=5-2", "bytes=-"] {
            assert_eq!(of_ten(Stack::Apache, range), Selection::Whole, "{range}");
            assert_eq!(of_ten(Stack::FlaskDev, range), Selection::Unsatisfiable, "{range}");
        }
    }

    #[test]
    fn a_range_that_starts_at_the_end_is_not_satisfiable() {
        for stack in [Stack::Apache, Stack::FlaskDev] {
            assert_eq!(of_ten(stack, "bytes=10-"), Selection::Unsatisfiable);
            assert_eq!(of_ten(stack, "bytes=9-"), Selection::One(9, 10));
        }
    }

    #[test]
    fn ranges_that_together_exceed_the_file_get_all_of_it_from_apache() {
        assert_eq!(of_ten(Stack::Apache, "bytes=0-9,0-9"), Selection::Whole);
    }
}

//! What a reader of HTML cannot bound by itself: the attributes of one tag, each of which it compares
//! with all others.

use crate::Refusal;

/// Longest page, in bytes. One with a hundred photographs in it has half of that.
const LONGEST: usize = 128 << 20;
/// Most attributes of one tag.
const MAX_ATTRIBUTES: u64 = 10_000;
/// Most comparisons in all.
const MAX_COMPARISONS: u64 = 4_000_000_000;
/// How often the text may be walked over in all.
const MAX_WALKS: usize = 16;

/// Refuses what would take too long. Where a tag starts nobody knows before it is read, so every place
/// that can start one counts.
pub(super) fn admit(text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST {
        let what = "the page in bytes".to_owned();
        return Err(Refusal::TooLarge { what, limit: LONGEST as u64 });
    }
    let bytes = text.as_bytes();
    let (mut walked, mut compared) = (0usize, 0u64);
    for (at, _) in text.match_indices('<') {
        let rest = bytes.get(at.saturating_add(1)..).unwrap_or_default();
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let (attributes, len) = attributes(rest);
        walked = walked.saturating_add(len);
        compared = compared.saturating_add(attributes.saturating_mul(attributes));
        let long = walked > text.len().saturating_mul(MAX_WALKS);
        if attributes > MAX_ATTRIBUTES || compared > MAX_COMPARISONS || long {
            let what = "attributes of the tags in a page".to_owned();
            return Err(Refusal::TooLarge { what, limit: MAX_ATTRIBUTES });
        }
    }
    Ok(())
}

/// How many attributes a tag has at most, and how many bytes that took to see.
fn attributes(rest: &[u8]) -> (u64, usize) {
    let (mut count, mut inside, mut equals, mut quote) = (0u64, true, false, None);
    for (at, byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (count, at),
            (None, b'"' | b'\'') if equals => {
                quote = Some(*byte);
                equals = false;
            }
            (None, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/') => inside = false,
            (None, byte) => {
                if !inside && *byte != b'=' {
                    count = count.saturating_add(1);
                }
                inside = true;
                equals = *byte == b'=';
            }
        }
        if count > MAX_ATTRIBUTES {
            return (count, at);
        }
    }
    (count, rest.len())
}

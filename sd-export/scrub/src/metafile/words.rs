//! Texts in drawing commands: letters that cannot be seen go, and the steps between letters with them.

use crate::text::is_invisible;

/// A text: its units (bytes, or UTF-16), and how far it is from each to the next.
pub(super) struct Words<U> {
    pub(super) units: Vec<U>,
    /// As many numbers a unit as there are directions; empty: as the font has it.
    pub(super) steps: Vec<[i32; 2]>,
    /// Whether letters went.
    pub(super) lost: bool,
}

/// Which of these units are seen.
pub(super) fn seen_utf16(units: &[u16]) -> Vec<bool> {
    let mut seen = Vec::with_capacity(units.len());
    for letter in char::decode_utf16(units.iter().copied()) {
        match letter {
            Ok(letter) => {
                let shown = !is_invisible(letter) && !letter.is_control();
                seen.resize(seen.len().saturating_add(letter.len_utf16()), shown);
            }
            Err(_) => seen.push(true),
        }
    }
    seen
}

pub(super) fn seen_bytes(units: &[u8]) -> Vec<bool> {
    units.iter().map(|unit| *unit >= 0x20 && *unit != 0x7f).collect()
}

/// Keeps what is seen.
pub(super) fn visible<U: Copy>(units: &[U], steps: &[[i32; 2]], seen: &[bool]) -> Words<U> {
    let mut words = Words { units: Vec::new(), steps: Vec::new(), lost: false };
    for (at, (unit, seen)) in units.iter().zip(seen).enumerate() {
        let step = steps.get(at).copied();
        if *seen {
            words.units.push(*unit);
            words.steps.extend(step);
        } else {
            words.lost = true;
            // What follows stays where it is.
            if let (Some(last), Some(step)) = (words.steps.last_mut(), step) {
                for (last, step) in last.iter_mut().zip(step) {
                    *last = last.saturating_add(step);
                }
            }
        }
    }
    words
}

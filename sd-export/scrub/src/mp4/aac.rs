//! What AAC has to fill up a sample: encoders leave their name in it.

/// The sample with what fills up its front cleared; `None` when there is nothing to clear. What
/// stands behind the first sound of a sample is not looked at.
pub(super) fn tidy(sample: &[u8]) -> Option<Vec<u8>> {
    let mut out = sample.to_vec();
    let mut at = 0usize;
    while let Some(next) = cleared(sample, at, &mut out) {
        at = next;
    }
    (out != sample).then_some(out)
}

/// Clears what fills up a sample at this bit, as far as there is something; where the next part starts.
fn cleared(sample: &[u8], mut at: usize, out: &mut [u8]) -> Option<usize> {
    let mut count;
    match bits(sample, at, 3)? {
        // Data of any kind.
        4 => {
            let aligned = bits(sample, at + 7, 1)? == 1;
            count = bits(sample, at + 8, 8)?;
            at += 16;
            if count == 255 {
                count += bits(sample, at, 8)?;
                at += 8;
            }
            if aligned {
                at = at.next_multiple_of(8);
            }
            clear(out, at, count * 8);
        }
        // Filling, which can be more: the parts of sound that follow a channel do not stand here.
        6 => {
            count = bits(sample, at + 3, 4)?;
            at += 7;
            if count == 15 {
                count += bits(sample, at, 8)?.checked_sub(1)?;
                at += 8;
            }
            if count > 0 && !matches!(bits(sample, at, 4)?, 11 | 13 | 14) {
                clear(out, at, count * 8);
            }
        }
        _ => return None,
    }
    Some(at + count * 8)
}

/// A number of some bits, the first at `at`.
fn bits(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    (at..at.checked_add(count)?).try_fold(0, |sum, n| {
        let byte = bytes.get(n / 8)?;
        Some(sum << 1 | usize::from((byte >> (7 - n % 8)) & 1))
    })
}

fn clear(bytes: &mut [u8], at: usize, count: usize) {
    for n in at..at.saturating_add(count) {
        if let Some(byte) = bytes.get_mut(n / 8) {
            *byte &= !(0x80 >> (n % 8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_encoder_is_cleared_and_the_sound_is_not_touched() {
        // Filling of six bytes, then a channel.
        let text = b"CANARY";
        let mut bits: Vec<u8> = vec![1, 1, 0, 0, 1, 1, 0];
        bits.extend(text.iter().flat_map(|b| (0..8).rev().map(move |n| (b >> n) & 1)));
        bits.extend([0, 0, 0, 1, 1, 0, 1, 0, 1]);
        let pack = |bits: &[u8]| -> Vec<u8> {
            bits.chunks(8)
                .map(|c| c.iter().enumerate().fold(0, |sum, (n, bit)| sum | bit << (7 - n)))
                .collect()
        };
        let mut expected = bits.clone();
        expected[7..7 + 48].fill(0);
        assert_eq!(tidy(&pack(&bits)), Some(pack(&expected)));
        assert_eq!(tidy(&pack(&expected)), None);
        assert_eq!(tidy(b"\x01\x02"), None);
        // Nothing but filling, up to the end.
        assert_eq!(tidy(&pack(&bits[..55])), Some(pack(&expected[..55])));
        assert_eq!(tidy(&pack(&bits[..30])), Some(pack(&expected[..30])));
    }
}

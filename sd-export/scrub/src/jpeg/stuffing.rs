//! Stuffing: in coded data a zero stands behind each 0xff that is no marker.

use memchr::{memchr, memchr_iter};

/// The coded data up to the next marker.
pub(super) fn until_marker(bytes: &[u8]) -> &[u8] {
    let is_marker = |at: &usize| bytes.get(at.saturating_add(1)) != Some(&0);
    let end = memchr_iter(0xff, bytes).find(is_marker);
    end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// Moves coded data without their stuffing to `held`, until that is `most` bytes long.
pub(super) fn unstuff(coded: &mut &[u8], held: &mut Vec<u8>, most: usize) {
    loop {
        let room = most.saturating_sub(held.len()).min(coded.len());
        let (ahead, _) = coded.split_at_checked(room).unwrap_or_default();
        let run = memchr(0xff, ahead).unwrap_or(room);
        let (plain, rest) = coded.split_at_checked(run).unwrap_or_default();
        held.extend_from_slice(plain);
        *coded = rest;
        if run == room {
            return;
        }
        let Some(rest) = rest.strip_prefix(&[0xff, 0]) else { return };
        held.push(0xff);
        *coded = rest;
    }
}

/// How long bytes are with their stuffing.
pub(super) fn stuffed_len(bytes: &[u8]) -> usize {
    bytes.len().saturating_add(memchr_iter(0xff, bytes).count())
}

/// How long coded data are without their stuffing.
pub(super) fn plain_len(coded: &[u8]) -> usize {
    coded.len().saturating_sub(memchr_iter(0xff, coded).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unstuffed_piece_by_piece_is_as_long_as_it_was() {
        let coded = [1, 0xff, 0, 0xff, 0, 0, 2, 3, 0xff, 0];
        let file = [&coded[..], &[0xff, 0xd9, 4]].concat();
        assert_eq!(until_marker(&file), coded);
        for step in 1..8 {
            let (mut rest, mut held) = (&coded[..], Vec::new());
            while !rest.is_empty() {
                let most = held.len() + step;
                unstuff(&mut rest, &mut held, most);
                assert_eq!(stuffed_len(&held) + rest.len(), coded.len());
            }
            assert_eq!(held, [1, 0xff, 0xff, 0, 2, 3, 0xff]);
            assert_eq!(plain_len(&coded), held.len());
        }
    }
}

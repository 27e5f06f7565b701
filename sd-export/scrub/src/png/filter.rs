//! Row filters: undone, and chosen by one rule.

use crate::Refusal;

/// Undoes the filters of rows of `len` bytes; documents use them for pictures of their own. A last
/// row that is cut short is taken as far as it goes.
pub(crate) fn unfilter_rows(data: &[u8], len: usize, step: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len());
    let mut above = vec![0u8; len];
    for line in data.chunks(len.checked_add(1)?) {
        let (filter, coded) = line.split_first()?;
        let mut row = coded.to_vec();
        unfilter(*filter, step, &above, &mut row).ok()?;
        out.extend_from_slice(&row);
        row.resize(len, 0);
        above = row;
    }
    Some(out)
}

/// Filters rows of `len` bytes by the rule that PNG pictures are written with.
pub(crate) fn filter_rows(data: &[u8], len: usize, step: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let blank = vec![0u8; len];
    let mut above = blank.as_slice();
    for row in data.chunks(len.max(1)) {
        best_filter(&[0, 1, 2, 3, 4], step, above, row, &mut out);
        above = row;
    }
    out
}

/// Undoes the filter of one row.
pub(super) fn unfilter(
    filter: u8,
    step: usize,
    above: &[u8],
    row: &mut [u8],
) -> Result<(), Refusal> {
    if filter > 4 {
        return Err(Refusal::malformed("row filter"));
    }
    for at in 0..row.len() {
        let back = at.checked_sub(step);
        let left = back.and_then(|n| row.get(n)).copied().unwrap_or(0);
        let up = above.get(at).copied().unwrap_or(0);
        let corner = back.and_then(|n| above.get(n)).copied().unwrap_or(0);
        if let Some(byte) = row.get_mut(at) {
            *byte = byte.wrapping_add(predict(filter, left, up, corner));
        }
    }
    Ok(())
}

fn predict(filter: u8, left: u8, up: u8, corner: u8) -> u8 {
    match filter {
        1 => left,
        2 => up,
        3 => left.midpoint(up),
        4 => paeth(left, up, corner),
        _ => 0,
    }
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |n: u8| (guess - i16::from(n)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}

/// Writes a row with the filter that gives the smallest sum.
pub(super) fn best_filter(
    candidates: &[u8],
    step: usize,
    above: &[u8],
    row: &[u8],
    out: &mut Vec<u8>,
) {
    let mut best: Option<(u64, u8, Vec<u8>)> = None;
    for filter in candidates {
        let coded = coded_row(*filter, step, above, row);
        let sum = coded.iter().map(|b| u64::from(b.cast_signed().unsigned_abs())).sum();
        if best.as_ref().is_none_or(|(least, ..)| sum < *least) {
            best = Some((sum, *filter, coded));
        }
    }
    if let Some((_, filter, coded)) = best {
        out.push(filter);
        out.extend_from_slice(&coded);
    }
}

fn coded_row(filter: u8, step: usize, above: &[u8], row: &[u8]) -> Vec<u8> {
    let shifted = |bytes: &[u8]| {
        std::iter::repeat_n(0u8, step)
            .chain(bytes.iter().copied())
            .take(row.len())
            .collect::<Vec<_>>()
    };
    match filter {
        0 => row.to_vec(),
        1 => row.iter().zip(shifted(row)).map(|(b, left)| b.wrapping_sub(left)).collect(),
        2 => row.iter().zip(above).map(|(b, up)| b.wrapping_sub(*up)).collect(),
        _ => {
            let neighbours = shifted(row).into_iter().zip(above).zip(shifted(above));
            let pairs = row.iter().zip(neighbours);
            pairs.map(|(b, ((l, u), c))| b.wrapping_sub(predict(filter, l, *u, c))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_is_undone_by_its_own_rule() {
        let above = [10, 20, 30, 40, 50, 60];
        let row = [5, 250, 17, 99, 3, 200];
        for filter in 0..=4 {
            let mut coded = coded_row(filter, 3, &above, &row);
            unfilter(filter, 3, &above, &mut coded).expect("a known filter");
            assert_eq!(coded, row);
        }
    }
}

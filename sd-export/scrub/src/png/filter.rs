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
    match filter {
        0 => {}
        1 => undo(row, above, step, |left, _, _| left),
        2 => undo(row, above, step, |_, up, _| up),
        3 => undo(row, above, step, |left, up, _| left.midpoint(up)),
        4 => undo(row, above, step, paeth),
        _ => return Err(Refusal::malformed("row filter")),
    }
    Ok(())
}

/// Adds to each byte what its neighbours, which are undone already, let guess.
fn undo(row: &mut [u8], above: &[u8], step: usize, guess: impl Fn(u8, u8, u8) -> u8) {
    let step = step.max(1);
    let (mut left, mut corner) = (vec![0u8; step], vec![0u8; step]);
    for (pixel, up) in row.chunks_mut(step).zip(above.chunks(step)) {
        let before = left.iter_mut().zip(&mut corner);
        for ((byte, up), (left, corner)) in pixel.iter_mut().zip(up).zip(before) {
            *byte = byte.wrapping_add(guess(*left, *up, *corner));
            (*left, *corner) = (*byte, *up);
        }
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
    let (mut best, mut least) = (Vec::new(), None);
    let mut coded = Vec::with_capacity(row.len());
    for filter in candidates {
        coded.clear();
        code(*filter, step, above, row, &mut coded);
        let sum: u64 = coded.iter().map(|b| u64::from(b.cast_signed().unsigned_abs())).sum();
        if least.is_none_or(|(least, _)| sum < least) {
            least = Some((sum, *filter));
            std::mem::swap(&mut best, &mut coded);
        }
    }
    if let Some((_, filter)) = least {
        out.push(filter);
        out.extend_from_slice(&best);
    }
}

fn code(filter: u8, step: usize, above: &[u8], row: &[u8], out: &mut Vec<u8>) {
    match filter {
        1 => differences(step, above, row, out, |left, _, _| left),
        2 => differences(step, above, row, out, |_, up, _| up),
        3 => differences(step, above, row, out, |left, up, _| left.midpoint(up)),
        4 => differences(step, above, row, out, paeth),
        _ => out.extend_from_slice(row),
    }
}

/// Takes from each byte what its neighbours let guess.
fn differences(
    step: usize,
    above: &[u8],
    row: &[u8],
    out: &mut Vec<u8>,
    guess: impl Fn(u8, u8, u8) -> u8,
) {
    let (first, rest) = row.split_at(step.min(row.len()));
    let (above_first, above_rest) = above.split_at(step.min(above.len()));
    let first = first.iter().zip(above_first);
    out.extend(first.map(|(byte, up)| byte.wrapping_sub(guess(0, *up, 0))));
    let neighbours = row.iter().zip(above_rest).zip(above);
    let rest = rest.iter().zip(neighbours);
    out.extend(
        rest.map(|(byte, ((left, up), corner))| byte.wrapping_sub(guess(*left, *up, *corner))),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_is_undone_by_its_own_rule() {
        let above = [10, 20, 30, 40, 50, 60];
        let row = [5, 250, 17, 99, 3, 200];
        for filter in 0..=4 {
            let mut coded = Vec::new();
            code(filter, 3, &above, &row, &mut coded);
            unfilter(filter, 3, &above, &mut coded).expect("a known filter");
            assert_eq!(coded, row);
        }
    }
}

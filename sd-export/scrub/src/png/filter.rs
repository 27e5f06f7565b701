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
        best_filter(step, above, row, &mut out);
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
        2 => row.iter_mut().zip(above).for_each(|(byte, up)| *byte = byte.wrapping_add(*up)),
        3 => undo(row, above, step, |left, up, _| left.midpoint(up)),
        4 => undo(row, above, step, paeth),
        _ => return Err(Refusal::malformed("row filter")),
    }
    Ok(())
}

/// Adds to each byte what its neighbours, which are undone already, let guess.
fn undo(row: &mut [u8], above: &[u8], step: usize, guess: impl Fn(u8, u8, u8) -> u8) {
    match step {
        2 => undo_by::<2>(row, above, guess),
        3 => undo_by::<3>(row, above, guess),
        4 => undo_by::<4>(row, above, guess),
        6 => undo_by::<6>(row, above, guess),
        8 => undo_by::<8>(row, above, guess),
        0 | 1 => undo_by::<1>(row, above, guess),
        // Documents have pixels of any size.
        _ => {
            let (mut left, mut corner) = (vec![0; step], vec![0; step]);
            for (pixel, up) in row.chunks_mut(step).zip(above.chunks(step)) {
                let before = left.iter_mut().zip(&mut corner);
                for ((byte, up), (left, corner)) in pixel.iter_mut().zip(up).zip(before) {
                    *byte = byte.wrapping_add(guess(*left, *up, *corner));
                    (*left, *corner) = (*byte, *up);
                }
            }
        }
    }
}

/// The same for pixels of so many bytes.
fn undo_by<const STEP: usize>(row: &mut [u8], above: &[u8], guess: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0; STEP], [0; STEP]);
    let (pixels, cut) = row.as_chunks_mut::<STEP>();
    let (above, above_cut) = above.as_chunks::<STEP>();
    let one = |(byte, up): (&mut u8, &u8), (left, corner): (&u8, &u8)| {
        *byte = byte.wrapping_add(guess(*left, *up, *corner));
    };
    for (pixel, up) in pixels.iter_mut().zip(above) {
        let before = left.iter().zip(&corner);
        pixel.iter_mut().zip(up).zip(before).for_each(|(here, before)| one(here, before));
        (left, corner) = (*pixel, *up);
    }
    let before = left.iter().zip(&corner);
    cut.iter_mut().zip(above_cut).zip(before).for_each(|(here, before)| one(here, before));
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |n: u8| (guess - i16::from(n)).abs();
    let next = if far(up) <= far(corner) { up } else { corner };
    // Not `&&`: without a jump many bytes are guessed at once.
    if (far(left) <= far(up)) & (far(left) <= far(corner)) { left } else { next }
}

/// Writes a row with the filter that gives the smallest sum; of two like sums the first filter.
pub(super) fn best_filter(step: usize, above: &[u8], row: &[u8], out: &mut Vec<u8>) {
    // Those that are seldom the best come last: by then there is a sum not to be exceeded.
    let (mut least, mut best) = (u64::MAX, 0);
    for filter in [2, 1, 4, 3, 0] {
        let most = if filter < best { Some(least) } else { least.checked_sub(1) };
        let Some(most) = most else { continue };
        let sum = weight(filter, step, above, row, most);
        if sum <= most {
            (least, best) = (sum, filter);
        }
    }
    write(best, step, above, row, out);
}

/// Writes a row with this filter.
pub(super) fn write(filter: u8, step: usize, above: &[u8], row: &[u8], out: &mut Vec<u8>) {
    out.push(filter);
    code(filter, step, above, row, out);
}

/// The sum of a row that is filtered, each byte by how far from zero it is; or, when it is above
/// `most`, any number above it.
fn weight(filter: u8, step: usize, above: &[u8], row: &[u8], most: u64) -> u64 {
    match filter {
        1 => weigh(step, above, row, most, |left, _, _| left),
        2 => weigh(step, above, row, most, |_, up, _| up),
        3 => weigh(step, above, row, most, |left, up, _| left.midpoint(up)),
        4 => weigh(step, above, row, most, paeth),
        _ => weigh(step, above, row, most, |_, _, _| 0),
    }
}

fn weigh(
    step: usize,
    above: &[u8],
    row: &[u8],
    most: u64,
    guess: impl Fn(u8, u8, u8) -> u8,
) -> u64 {
    // Their sum is not above 2^15, so short numbers are enough, and many of them are added at once.
    const FEW: usize = 256;
    let far =
        |byte: u8, guess: u8| u16::from(byte.wrapping_sub(guess).cast_signed().unsigned_abs());
    let (first, rest) = row.split_at(step.min(row.len()));
    let (above_first, above_rest) = above.split_at(step.min(above.len()));
    let first = first.iter().zip(above_first);
    let first: u64 = first.map(|(byte, up)| u64::from(far(*byte, guess(0, *up, 0)))).sum();
    let befores = row.chunks(FEW).zip(above.chunks(FEW));
    let pieces = rest.chunks(FEW).zip(above_rest.chunks(FEW)).zip(befores);
    let mut sums = pieces.map(|((bytes, ups), (lefts, corners))| {
        let all = bytes.iter().zip(ups).zip(lefts.iter().zip(corners));
        let far = |((byte, up), (left, corner)): ((&u8, &u8), (&u8, &u8))| {
            far(*byte, guess(*left, *up, *corner))
        };
        u64::from(all.map(far).sum::<u16>())
    });
    let sum = sums.try_fold(first, |sum, more| {
        let sum = sum.saturating_add(more);
        if sum > most { Err(sum) } else { Ok(sum) }
    });
    sum.unwrap_or_else(|above| above)
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
        let above = [10, 20, 30, 40, 50, 60, 70, 80, 90, 3];
        let row = [5, 250, 17, 99, 3, 200, 8, 9, 100, 255];
        for step in 0..=8 {
            for filter in 0..=4 {
                let mut coded = Vec::new();
                code(filter, step.max(1), &above, &row, &mut coded);
                unfilter(filter, step, &above, &mut coded).expect("a known filter");
                assert_eq!(coded, row, "filter {filter}, step {step}");
            }
        }
    }

    #[test]
    fn of_all_filters_the_first_with_the_smallest_sum_is_taken() {
        let noise = |n: usize| n.wrapping_mul(2_654_435_761).to_be_bytes()[5];
        for kind in 0..6 {
            for seed in 0..40 {
                let at = |n: usize| match kind {
                    0 => 0,
                    1 => noise(n + seed),
                    2 => noise(n % 3 + seed),
                    3 => noise(seed).wrapping_add(noise(n) / 20),
                    4 => (n / 7).to_be_bytes()[7].wrapping_mul(noise(seed)),
                    _ => noise(n / 600 + seed),
                };
                let (above, row): (Vec<u8>, Vec<u8>) =
                    (0..1200).map(|n| (at(n), at(n + 601))).unzip();
                let mut out = Vec::new();
                best_filter(3, &above, &row, &mut out);
                let sum = |filter: &u8| weight(*filter, 3, &above, &row, u64::MAX);
                assert_eq!(Some(out[0]), (0..=4).min_by_key(sum), "{kind} {seed}");
            }
        }
    }

    #[test]
    fn a_row_weighs_what_it_is_when_it_is_written() {
        let noise = |n: u32| n.wrapping_mul(2_654_435_761).to_be_bytes()[1];
        let (above, row): (Vec<u8>, Vec<u8>) =
            (0..1000).map(|n| (noise(n), noise(n + 1000) / 3)).unzip();
        for filter in 0..=4 {
            let mut coded = Vec::new();
            code(filter, 3, &above, &row, &mut coded);
            let sum: u64 = coded.iter().map(|b| u64::from(b.cast_signed().unsigned_abs())).sum();
            assert_eq!(weight(filter, 3, &above, &row, u64::MAX), sum, "filter {filter}");
            assert_eq!(weight(filter, 3, &above, &row, sum), sum, "filter {filter}");
            assert!(weight(filter, 3, &above, &row, sum / 2) > sum / 2, "filter {filter}");
        }
    }
}

//! How often each distance occurs between places of a page.

/// The largest repetition that is looked for, in pixels: two and a half inches at 600 dots an inch.
const FARTHEST: i32 = 1_500;
/// The smallest: below are the blocks of JPEG and the screens of print.
const NEAREST: i32 = 24;
/// Distances are counted in squares of this many pixels; a square and its neighbours are one.
pub(super) const BIN: i32 = 3;

const SIDE: i32 = 2 * FARTHEST / BIN + 1;
const DOWN: i32 = FARTHEST / BIN + 1;

/// How often each distance occurs: to the right or left, and down.
pub(super) struct Counts {
    bins: Vec<u32>,
    /// Width and height of the rectangle that all the places are in.
    size: (i32, i32),
}

impl Counts {
    /// Of places that are in order from the top.
    pub(super) fn of(places: &[(i32, i32)]) -> Self {
        let bins = vec![0; usize::try_from(DOWN * SIDE).unwrap_or_default()];
        let side = |of: fn(&(i32, i32)) -> i32| {
            let all = || places.iter().map(of);
            all().max().unwrap_or_default() - all().min().unwrap_or_default()
        };
        let mut counts = Self { bins, size: (side(|p| p.0), side(|p| p.1)) };
        for (n, (x, y)) in places.iter().enumerate() {
            // Row by row: who comes later is not above.
            for (other_x, other_y) in places.iter().skip(n + 1) {
                let (dx, dy) = (other_x - x, other_y - y);
                if dy > FARTHEST {
                    break;
                }
                if dx.abs() <= FARTHEST && dx.abs().max(dy) >= NEAREST && dy >= 0 {
                    counts.add((dx + FARTHEST) / BIN, dy / BIN);
                }
            }
        }
        counts
    }

    fn at(across: i32, down: i32) -> Option<usize> {
        usize::try_from(down.checked_mul(SIDE)?.checked_add(across)?).ok()
    }

    fn add(&mut self, across: i32, down: i32) {
        if let Some(bin) = Self::at(across, down).and_then(|at| self.bins.get_mut(at)) {
            *bin = bin.saturating_add(1);
        }
    }

    /// A bin, which counts twice, and its eight neighbours: it must not be one of these that is best.
    fn around(&self, across: i32, down: i32) -> u32 {
        let columns = across.saturating_sub(1).max(0)..=across.saturating_add(1).min(SIDE - 1);
        let rows = down.saturating_sub(1).max(0)..=down.saturating_add(1);
        let bins = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        let bins = bins.chain([(across, down)]);
        bins.filter_map(|(column, row)| self.bins.get(Self::at(column, row)?)).sum()
    }

    /// Every distance that occurs, with how often it and those next to it do.
    fn met(&self) -> impl Iterator<Item = ((i32, i32), u32)> + '_ {
        let all = (0..DOWN).flat_map(|row| (0..SIDE).map(move |column| (column, row)));
        let met = all.filter(|(column, row)| {
            Self::at(*column, *row).and_then(|at| self.bins.get(at)).is_some_and(|n| *n > 0)
        });
        met.map(|(column, row)| {
            let distance = (column * BIN - FARTHEST + BIN / 2, row * BIN + BIN / 2);
            (distance, self.around(column, row))
        })
    }

    /// The distance that occurs most, and how often.
    pub(super) fn best(&self) -> Option<((i32, i32), u32)> {
        self.met().max_by_key(|(_, count)| *count)
    }

    /// Distances that occur about as often as the one that occurs most, or at least this share of
    /// it: the shortest first. Longer ones lead off the page more often, which is made up for.
    pub(super) fn common(&self, share: f64) -> Vec<(i32, i32)> {
        let inside = |(dx, dy): (i32, i32)| {
            let part = |d: i32, side: i32| 1.0 - f64::from(d.abs()) / f64::from(side.max(1));
            part(dx, self.size.0).max(0.05) * part(dy, self.size.1).max(0.05)
        };
        let Some((best, most)) = self.best() else { return Vec::new() };
        let least = share * f64::from(most) / inside(best);
        let common = self.met().filter(|(d, count)| f64::from(*count) >= least * inside(*d));
        let mut common: Vec<(i32, i32)> = common.map(|(distance, _)| distance).collect();
        common.sort_by_key(|(dx, dy)| dx * dx + dy * dy);
        common
    }
}

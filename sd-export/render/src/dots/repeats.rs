//! By which distances a page repeats itself, to a fraction of a pixel.

use hayro::kurbo::Vec2;

use super::counts::{BIN, Counts};

/// A place whose partner is farther off than this, in pixels, has none.
const REACH: f64 = 4.0;
/// So many places with a partner measure a distance.
const ENOUGH: usize = 20;
/// The least share of the places with a partner; chance gives less than a tenth.
const MEASURES: f64 = 0.3;
/// A distance counts if it has this share of the places with a partner that the best one has: what
/// is no repetition has a third.
const SHARE: f64 = 0.7;
/// Distances that are tried.
const MOST_TRIED: usize = 400;

/// Places in order from the top.
pub(super) struct Places {
    all: Vec<Vec2>,
    /// The upper left and the lower right corner of the rectangle that has them all.
    extent: (Vec2, Vec2),
}

impl Places {
    pub(super) fn new(mut all: Vec<Vec2>) -> Self {
        all.sort_by(|a, b| a.y.total_cmp(&b.y));
        let first = all.first().copied().unwrap_or_default();
        let extent = all.iter().fold((first, first), |(low, high), place| {
            let low = Vec2::new(low.x.min(place.x), low.y.min(place.y));
            (low, Vec2::new(high.x.max(place.x), high.y.max(place.y)))
        });
        Self { all, extent }
    }

    pub(super) fn all(&self) -> &[Vec2] {
        &self.all
    }

    /// The upper left and the lower right corner of the rectangle that has them all.
    pub(super) fn extent(&self) -> (Vec2, Vec2) {
        self.extent
    }

    /// The nearest place within `reach` of a point.
    pub(super) fn near(&self, point: Vec2, reach: f64) -> Option<Vec2> {
        let first = self.all.partition_point(|place| place.y < point.y - reach);
        let rows = self.all.get(first..).unwrap_or_default().iter();
        let rows = rows.take_while(|place| place.y <= point.y + reach);
        let near = rows.filter(|place| (**place - point).hypot() <= reach);
        near.min_by(|a, b| (**a - point).hypot().total_cmp(&(**b - point).hypot())).copied()
    }

    /// Who has a partner at this distance.
    fn partners(&self, distance: Vec2) -> Partners {
        let (low, high) = self.extent();
        let mut found = Partners { could: 0, with: 0, sum: Vec2::ZERO };
        for place in &self.all {
            let there = *place + distance;
            if there.x < low.x || there.x > high.x || there.y < low.y || there.y > high.y {
                continue;
            }
            found.could += 1;
            if let Some(partner) = self.near(there, REACH) {
                found.with += 1;
                found.sum += partner - *place;
            }
        }
        found
    }
}

/// Places with a partner at some distance.
struct Partners {
    could: usize,
    with: usize,
    /// Of the distances as they are.
    sum: Vec2,
}

impl Partners {
    fn share(&self) -> f64 {
        count(self.with) / count(self.could).max(1.0)
    }

    fn mean(&self) -> Option<Vec2> {
        (self.with >= ENOUGH).then(|| self.sum / count(self.with))
    }
}

/// The two shortest distances, not in one line, by which a page repeats itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeats {
    pub(super) one: Vec2,
    pub(super) other: Vec2,
}

impl Repeats {
    /// Starts from the distance that occurs most.
    pub(super) fn find(places: &Places, counts: &Counts) -> Option<Self> {
        let (best, _) = counts.best()?;
        let share = places.partners(vector(best)).share();
        let repeats = |distance: Vec2| {
            let partners = places.partners(distance);
            (partners.share() >= SHARE * share).then(|| partners.mean()).flatten()
        };
        let mut one: Option<Vec2> = None;
        for distance in counts.common(SHARE).into_iter().take(MOST_TRIED).map(vector) {
            let aside =
                |one: Vec2| one.cross(distance).abs() > 0.5 * one.hypot() * distance.hypot();
            match one {
                None => one = repeats(distance),
                Some(first) if aside(first) => {
                    if let Some(other) = repeats(distance) {
                        let measured = |distance| sharpened(places, distance);
                        return Some(Self { one: measured(first), other: measured(other) });
                    }
                }
                Some(_) => {}
            }
        }
        None
    }

    /// How often each of the two leads to a point.
    pub(super) fn steps(&self, point: Vec2) -> (f64, f64) {
        let area = self.one.cross(self.other);
        (point.cross(self.other) / area, self.one.cross(point) / area)
    }

    /// So many of each.
    pub(super) fn leap(&self, one: f64, other: f64) -> Vec2 {
        self.one * one + self.other * other
    }

    /// The shortest distance that leads to the same place of the cell.
    pub(super) fn reduced(&self, distance: Vec2) -> Vec2 {
        let (one, other) = self.steps(distance);
        distance - self.leap(one.round(), other.round())
    }

    /// After how many pixels the page repeats itself to the right and down; if it does so only
    /// askew, along each of the two distances.
    pub(super) fn sides(&self) -> (f64, f64) {
        let few = || (-4..=4).map(f64::from);
        let all: Vec<Vec2> =
            few().flat_map(|n| few().map(move |m| (n, m))).map(|(n, m)| self.leap(n, m)).collect();
        let along = |of: fn(&Vec2) -> (f64, f64)| {
            let straight = all.iter().map(of).filter(|(long, aside)| aside.abs() < 0.1 * long);
            straight.map(|(long, _)| long).min_by(f64::total_cmp)
        };
        match (along(|d| (d.x, d.y)), along(|d| (d.y, d.x))) {
            (Some(across), Some(down)) => (across, down),
            _ => (self.one.hypot(), self.other.hypot()),
        }
    }
}

/// A distance measured again over twice, four and more times its length, as long as the page
/// reaches.
fn sharpened(places: &Places, mut distance: Vec2) -> Vec2 {
    for times in [2.0, 4.0, 8.0, 16.0] {
        let partners = places.partners(distance * times);
        match partners.mean() {
            Some(mean) if partners.share() >= MEASURES => distance = mean / times,
            _ => break,
        }
    }
    distance
}

fn vector((dx, dy): (i32, i32)) -> Vec2 {
    Vec2::new(f64::from(dx), f64::from(dy))
}

/// The nearest whole number.
pub(super) fn whole(n: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let whole = n.round().clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i32;
    whole
}

/// A number of places.
pub(super) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

const _: () = assert!(BIN < 4, "a place is within reach of the middle of its bin");

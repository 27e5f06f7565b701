//! The grid that the dots of one code stand on: how far apart, and how it lies on the page.

use std::f64::consts::TAU;

use hayro::kurbo::Vec2;

use super::repeats::{Places, Repeats, count};

/// Dots that are this far apart after folding are one.
const SAME: f64 = 4.0;
/// Distances between dots that are looked at.
const MOST: usize = 300;
/// The narrowest grid, in pixels, and how often the next one is wider, by one part in 200, up to 64
/// pixels.
const NARROWEST: f64 = 7.0;
const WIDER: f64 = 1.005;
const WIDTHS: i32 = 440;
/// How askew a page may lie: fourteen half degrees to either side.
const HALF_DEGREES: i32 = 14;
/// A dot that is farther off its place, in steps, is of another repeat.
const OFF: f64 = 0.25;
/// Perfect order is 1, none is 0.
const ORDER: f64 = 0.5;

/// One dot of the cell, as all its repeats show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dot {
    pub(super) at: Vec2,
    pub(super) seen: usize,
}

/// All places laid over each other, repeat upon repeat: the dots, the most seen first, and none that
/// only a few repeats have.
pub(super) fn folded(places: &Places, repeats: &Repeats) -> Vec<Dot> {
    let mut dots: Vec<Dot> = Vec::new();
    for place in places.all() {
        let (one, other) = repeats.steps(*place);
        let at = repeats.leap(one - one.floor(), other - other.floor());
        let found = dots.iter_mut().find(|dot| repeats.reduced(at - dot.at).hypot() <= SAME);
        match found {
            Some(dot) => {
                dot.seen += 1;
                dot.at += repeats.reduced(at - dot.at) / count(dot.seen);
            }
            None => dots.push(Dot { at, seen: 1 }),
        }
    }
    dots.sort_by_key(|dot| std::cmp::Reverse(dot.seen));
    // The most seen may be two that lie together.
    let usual = dots.get(dots.len().min(8) / 2).map_or(0, |dot| dot.seen);
    dots.retain(|dot| dot.seen >= (usual / 3).max(3));
    dots
}

/// A step to the right and one down, as seen with the page nearly upright.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) across: Vec2,
    pub(super) down: Vec2,
}

impl Grid {
    /// The widest grid that the distances between the dots agree on.
    pub(super) fn find(dots: &[Dot], repeats: &Repeats) -> Option<Self> {
        let mut distances: Vec<Vec2> = Vec::new();
        for (n, dot) in dots.iter().enumerate() {
            let others = dots.iter().skip(n + 1);
            distances.extend(others.map(|other| repeats.reduced(other.at - dot.at)));
        }
        distances.sort_by(|a, b| a.hypot2().total_cmp(&b.hypot2()));
        distances.truncate(MOST);
        let orders: Vec<(f64, Self)> = (0..WIDTHS)
            .rev()
            .map(|n| Self::of_width(NARROWEST * WIDER.powi(n), &distances))
            .collect();
        let best = orders.iter().map(|(order, _)| *order).fold(0.0, f64::max);
        if best < ORDER {
            return None;
        }
        // Half, a third and so on of the width fit as well: the widest, at its peak.
        let first = orders.iter().position(|(order, _)| *order >= 0.9 * best)?;
        let near = orders.get(first..)?.iter().take(16);
        let (_, grid) = near.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(grid.fitted(dots, repeats))
    }

    /// The angle at which a width fits best, and how well it does.
    fn of_width(width: f64, distances: &[Vec2]) -> (f64, Self) {
        let turned = |half: i32| {
            let across = Vec2::from_angle(f64::from(half).to_radians() / 2.0) * width;
            let grid = Self { across, down: across.turn_90() };
            (grid.order(distances), grid)
        };
        let all = (-HALF_DEGREES..=HALF_DEGREES).map(turned);
        all.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_else(|| turned(0))
    }

    /// How well distances are whole numbers of steps, in both directions.
    fn order(&self, distances: &[Vec2]) -> f64 {
        let along = |step: Vec2| {
            let (mut x, mut y) = (0.0, 0.0);
            for distance in distances {
                let (sin, cos) = (TAU * distance.dot(step) / step.hypot2()).sin_cos();
                (x, y) = (x + cos, y + sin);
            }
            f64::hypot(x, y) / count(distances.len()).max(1.0)
        };
        along(self.across).min(along(self.down))
    }

    /// Steps that lead to a point, across and down.
    pub(super) fn steps(&self, point: Vec2) -> (f64, f64) {
        let area = self.across.cross(self.down);
        (point.cross(self.down) / area, self.across.cross(point) / area)
    }

    pub(super) fn leap(&self, across: f64, down: f64) -> Vec2 {
        self.across * across + self.down * down
    }

    /// The width of the grid.
    pub(super) fn pitch(&self) -> f64 {
        f64::midpoint(self.across.hypot(), self.down.hypot())
    }

    /// Laid through the dots by the method of least squares, from the most seen one outwards: turned
    /// and stretched, and as square as it was.
    fn fitted(self, dots: &[Dot], repeats: &Repeats) -> Self {
        let Some(first) = dots.first() else { return self };
        let mut grid = self;
        for radius in [4.0, 8.0, 16.0] {
            let (mut sum, mut weight) = (Vec2::ZERO, 0.0);
            for dot in dots {
                let distance = repeats.reduced(dot.at - first.at);
                let (across, down) = grid.steps(distance);
                let steps = Vec2::new(across.round(), down.round());
                let off = (across - steps.x).hypot(down - steps.y);
                if off < OFF && steps.hypot() <= radius {
                    let seen = count(dot.seen);
                    // Divided by the steps as complex numbers are.
                    let back = Vec2::new(steps.x, -steps.y);
                    sum += distance.rotate_scale(back) * seen;
                    weight += steps.hypot2() * seen;
                }
            }
            if weight > 0.0 {
                let across = sum / weight;
                grid = Self { across, down: across.turn_90() };
            }
        }
        grid
    }
}

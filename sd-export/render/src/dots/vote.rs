//! What the repeats of a code say together.
//!
//! ```text
//! each repeat --each place on open paper: a dot or none--> votes --more than half--> dots
//!      turned four ways, laid at every place --parity, sound numbers--> one reading, or none
//! ```

use std::collections::BTreeMap;

use hayro::kurbo::Vec2;
use serde::{Deserialize, Serialize};

use super::docucolor::{COLUMNS, Cell, DocuColor, ROWS, has_separator};
use super::grid::{Dot, Grid};
use super::repeats::{Places, Repeats, whole};
use crate::Area;

/// Steps from a dot to the farthest of its code.
const FAR: i32 = 14;
/// Fewer repeats are no vote.
const FEWEST: u32 = 3;
/// More are not asked: as many as an A3 page has.
const MOST: usize = 600;

/// A code that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it says.
    pub code: DocuColor,
    /// Repeats of which at least half the places lie on open paper.
    pub repeats: u32,
    /// Those that have every dot of the reading which is not covered, and no other.
    pub agree: u32,
}

/// A page with the dots on it.
pub(super) struct Sheet<'a> {
    pub(super) places: &'a Places,
    pub(super) repeats: &'a Repeats,
    pub(super) grid: &'a Grid,
    /// Whether nothing but paper is around a point.
    pub(super) open: &'a dyn Fn(Vec2) -> bool,
}

/// How many repeats have a dot somewhere, of those where it would be seen.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    dots: u32,
    of: u32,
}

impl Votes {
    /// What the majority says; nothing if there is no clear one.
    fn majority(self) -> Option<bool> {
        let parts = u64::from(self.dots) * 20;
        let of = u64::from(self.of);
        match self.of {
            0..FEWEST => None,
            _ if parts > of * 11 => Some(true),
            _ if parts < of * 9 => Some(false),
            _ => None,
        }
    }
}

/// How a code lies on the page: where its first place is, in steps from a dot, and which way its
/// columns and rows go.
#[derive(Clone, Copy, Debug)]
struct Lay {
    column: i32,
    row: i32,
    turn: Turn,
}

/// A quarter turn to the right, so often.
#[derive(Clone, Copy, Debug)]
enum Turn {
    None,
    Once,
    Twice,
    Thrice,
}

impl Lay {
    fn all() -> impl Iterator<Item = Self> {
        let turns = [Turn::None, Turn::Once, Turn::Twice, Turn::Thrice];
        turns.into_iter().flat_map(|turn| {
            let lays = move |column| (0..8).map(move |row| Self { column, row, turn });
            (0..15).flat_map(lays)
        })
    }

    /// Steps across and down the page from the dot to a place of the code.
    fn steps(self, column: usize, row: usize) -> (i32, i32) {
        let from = |n: usize, first: i32| i32::try_from(n).unwrap_or_default() - first;
        let (right, down) = (from(column, self.column), from(row, self.row));
        match self.turn {
            Turn::None => (right, down),
            Turn::Once => (-down, right),
            Turn::Twice => (-right, -down),
            Turn::Thrice => (down, -right),
        }
    }
}

impl Sheet<'_> {
    /// The one code that all this says, and where its clearest repeat is.
    pub(super) fn read(&self, first: Dot, size: (usize, usize)) -> Option<(Reading, Area)> {
        let starts = self.starts(first);
        let votes = self.votes(&starts);
        let mut found: Vec<(DocuColor, Lay, Cell)> = Vec::new();
        for lay in Lay::all() {
            let Some(cell) = cell(&votes, lay) else { continue };
            let Some(code) = DocuColor::read(&cell) else { continue };
            if !found.iter().any(|(other, ..)| *other == code) {
                found.push((code, lay, cell));
            }
        }
        if found.len() > 1 {
            // Repeats without a gap can be cut in more ways than one.
            found.retain(|(.., cell)| has_separator(cell));
        }
        let [(code, lay, cell)] = found.as_slice() else { return None };
        self.counted(&starts, *code, *lay, cell, size)
    }

    /// The dot in each repeat.
    fn starts(&self, first: Dot) -> Vec<Vec2> {
        let (low, high) = self.places.extent();
        let corners = [low, high, Vec2::new(low.x, high.y), Vec2::new(high.x, low.y)];
        let steps = corners.map(|corner| self.repeats.steps(corner - first.at));
        let range = |of: fn(&(f64, f64)) -> f64| {
            let least = steps.iter().map(of).fold(f64::MAX, f64::min);
            let most = steps.iter().map(of).fold(f64::MIN, f64::max);
            whole(least.floor()).saturating_sub(1)..=whole(most.ceil()).saturating_add(1)
        };
        let (one, other) = (range(|s| s.0), range(|s| s.1));
        let leap = |n: i32, m: i32| first.at + self.repeats.leap(n.into(), m.into());
        let all = one.flat_map(|n| other.clone().map(move |m| (n, m)));
        let margin = self.grid.pitch() * f64::from(FAR);
        let near = |at: &Vec2| {
            (low.x - margin..=high.x + margin).contains(&at.x)
                && (low.y - margin..=high.y + margin).contains(&at.y)
        };
        all.map(|(n, m)| leap(n, m)).filter(near).take(MOST).collect()
    }

    /// Whether there is a dot; nothing where none would be seen.
    fn dot(&self, start: Vec2, (across, down): (i32, i32)) -> Option<bool> {
        let (low, high) = self.places.extent();
        let at = start + self.grid.leap(across.into(), down.into());
        let inside = (low.x..=high.x).contains(&at.x) && (low.y..=high.y).contains(&at.y);
        let reach = (self.grid.pitch() * 0.3).max(2.5);
        (inside && (self.open)(at)).then(|| self.places.near(at, reach).is_some())
    }

    fn votes(&self, starts: &[Vec2]) -> BTreeMap<(i32, i32), Votes> {
        let all = (-FAR..=FAR).flat_map(|across| (-FAR..=FAR).map(move |down| (across, down)));
        let votes = all.map(|steps| {
            let mut votes = Votes::default();
            for dot in starts.iter().filter_map(|start| self.dot(*start, steps)) {
                votes.of += 1;
                votes.dots += u32::from(dot);
            }
            (steps, votes)
        });
        votes.collect()
    }

    fn counted(
        &self,
        starts: &[Vec2],
        code: DocuColor,
        lay: Lay,
        cell: &Cell,
        size: (usize, usize),
    ) -> Option<(Reading, Area)> {
        let mut reading = Reading { code, repeats: 0, agree: 0 };
        let mut clearest: Option<(usize, Vec2)> = None;
        for start in starts {
            let (mut seen, mut wrong) = (0_usize, 0_usize);
            for (row, dots) in cell.iter().enumerate() {
                for (column, dot) in dots.iter().enumerate() {
                    if let Some(there) = self.dot(*start, lay.steps(column, row)) {
                        seen += 1;
                        wrong += usize::from(there != *dot);
                    }
                }
            }
            if seen * 2 < COLUMNS * ROWS {
                continue;
            }
            reading.repeats += 1;
            reading.agree += u32::from(wrong == 0);
            let clear = seen.saturating_sub(4 * wrong);
            if clearest.is_none_or(|(most, _)| clear > most) {
                clearest = Some((clear, *start));
            }
        }
        let (_, start) = clearest?;
        let corners = [(0, 0), (COLUMNS - 1, 0), (0, ROWS - 1), (COLUMNS - 1, ROWS - 1)];
        let corners = corners.map(|(column, row)| {
            let (across, down) = lay.steps(column, row);
            let at = start + self.grid.leap(across.into(), down.into());
            (at.x, at.y)
        });
        let area = Area::around(corners.into_iter(), self.grid.pitch(), size)?;
        Some((reading, area))
    }
}

/// The dots of a code that lies there, if each was voted on.
fn cell(votes: &BTreeMap<(i32, i32), Votes>, lay: Lay) -> Option<Cell> {
    let mut cell = [[false; COLUMNS]; ROWS];
    for (row, dots) in cell.iter_mut().enumerate() {
        for (column, dot) in dots.iter_mut().enumerate() {
            *dot = votes.get(&lay.steps(column, row))?.majority()?;
        }
    }
    Some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_is_clear_or_there_is_none() {
        let say = |dots, of| Votes { dots, of }.majority();
        assert_eq!(say(10, 10), Some(true));
        assert_eq!(say(6, 10), Some(true));
        assert_eq!(say(5, 10), None);
        assert_eq!(say(4, 10), Some(false));
        assert_eq!(say(2, 2), None, "too few repeats");
    }
}

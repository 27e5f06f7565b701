//! The code of Xerox `DocuColor` printers and their kin, as published in 2005 by those who found
//! it out: <https://w2.eff.org/Privacy/printers/docucolor/>.
//!
//! ```text
//! column   1  2      3 4  5    6   7     8    9  10         11..14         15
//! row 1    parity of each column: an odd number of dots
//! rows 2-8 p  minute      hour day month year    separator  serial number  ?    64 at the top
//!          '--parity of each row: an odd number of dots
//! ```

use serde::{Deserialize, Serialize};

/// Places in a row.
pub(super) const COLUMNS: usize = 15;
/// Places in a column.
pub(super) const ROWS: usize = 8;
/// Seven dots.
const ALL: u8 = 127;

/// Dots of one code: rows from the top, each from the left.
pub(super) type Cell = [[bool; COLUMNS]; ROWS];

/// What a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocuColor {
    /// Eight decimal digits.
    pub serial: u32,
    /// With its century: the code has two digits, those from 90 on are of the last one.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23, by the printer's clock.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl DocuColor {
    /// Reads a cell whose parity is right and whose numbers can be what they should be.
    ///
    /// The dot in the corner belongs to both parities and tells nothing; printers differ in what
    /// they make of it, and it is not looked at.
    pub(super) fn read(cell: &Cell) -> Option<Self> {
        let odd = |dots: usize| dots % 2 == 1;
        let rows = cell.iter().skip(1);
        let mut sums = rows.map(|row| row.iter().filter(|dot| **dot).count());
        let columns: Vec<Column> = (0..COLUMNS).map(|n| Column::of(cell, n)).collect();
        if !sums.all(odd) || !columns.iter().skip(1).all(|column| odd(column.dots)) {
            return None;
        }
        let value = |number: usize| Some(columns.get(number.checked_sub(1)?)?.value);
        // The last two digits of the serial number are the nearest to the separator.
        let pairs = [value(14)?, value(13)?, value(12)?, value(11)?];
        let serial = pairs.iter().fold(0, |sum, pair| sum * 100 + u32::from(*pair));
        let year = match u16::from(value(8)?) {
            year @ 0..90 => 2000 + year,
            year @ 90..100 => 1900 + year,
            _ => return None,
        };
        let (month, day, hour, minute) = (value(7)?, value(6)?, value(5)?, value(2)?);
        let code = Self { serial, year, month, day, hour, minute };
        (pairs.iter().all(|pair| *pair < 100) && code.is_sound()).then_some(code)
    }

    /// Whether it can be what it should be: a serial number of eight digits, a day that was, and a
    /// time.
    pub fn is_sound(&self) -> bool {
        let days = match self.month {
            2 if self.year.is_multiple_of(4) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        self.serial < 100_000_000
            && (1990..=2089).contains(&self.year)
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
    }
}

/// Whether the separator stands where it mostly does.
pub(super) fn has_separator(cell: &Cell) -> bool {
    Column::of(cell, 9).value == ALL
}

/// One column of a cell.
struct Column {
    /// The number that the seven lower dots stand for.
    value: u8,
    /// All its dots.
    dots: usize,
}

impl Column {
    fn of(cell: &Cell, number: usize) -> Self {
        let at = |row: &[bool; COLUMNS]| row.get(number).copied().unwrap_or_default();
        let bits = cell.iter().skip(1).map(at);
        let value = bits.fold(0, |value: u8, bit| value << 1 | u8::from(bit));
        Self { value, dots: cell.iter().filter(|row| at(row)).count() }
    }
}

/// The cell that says this, with `unknown` in the last column: for tests.
#[cfg(test)]
pub(super) fn written(code: &DocuColor, unknown: u8) -> Cell {
    let pair = |n: u32| u8::try_from(code.serial / 100_u32.pow(n) % 100).expect("two digits");
    let year = u8::try_from(code.year % 100).expect("two digits");
    let values = [
        [0, code.minute, 0, 0, code.hour, code.day, code.month, year],
        [0, ALL, pair(0), pair(1), pair(2), pair(3), unknown, 0],
    ];
    let values = values.concat();
    let mut cell = [[false; COLUMNS]; ROWS];
    for (row, dots) in cell.iter_mut().enumerate().skip(1) {
        for (dot, value) in dots.iter_mut().zip(&values) {
            *dot = value >> (ROWS - 1 - row) & 1 == 1;
        }
        dots[0] = dots.iter().filter(|dot| **dot).count() % 2 == 0;
    }
    for column in 0..COLUMNS {
        cell[0][column] = cell.iter().filter(|row| row[column]).count() % 2 == 0;
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: DocuColor =
        DocuColor { serial: 21_052_857, year: 2005, month: 6, day: 21, hour: 12, minute: 50 };

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(DocuColor::read(&written(&PUBLISHED, 0)), Some(PUBLISHED));
        let old = DocuColor { serial: 5, year: 1999, day: 31, month: 12, hour: 0, minute: 0 };
        assert_eq!(DocuColor::read(&written(&old, 3)), Some(old));
    }

    #[test]
    fn the_bits_stand_where_they_were_published() {
        let cell = written(&PUBLISHED, 0);
        // 50 is 0110010, from the top; 21 is 0010101.
        let column = |n: usize| (1..ROWS).map(|row| u8::from(cell[row][n - 1])).collect::<Vec<_>>();
        assert_eq!(column(2), [0, 1, 1, 0, 0, 1, 0]);
        assert_eq!(column(6), [0, 0, 1, 0, 1, 0, 1]);
        assert_eq!(column(14), [0, 0, 1, 0, 1, 0, 1]);
        assert_eq!(column(11), [0, 1, 1, 1, 0, 0, 1]);
        assert!(has_separator(&cell));
    }

    #[test]
    fn one_wrong_dot_anywhere_is_noticed() {
        for place in 1..ROWS * COLUMNS {
            let mut cell = written(&PUBLISHED, 0);
            let dot = &mut cell[place / COLUMNS][place % COLUMNS];
            *dot = !*dot;
            assert_eq!(DocuColor::read(&cell), None, "{place}");
        }
    }

    #[test]
    fn numbers_that_are_no_time_and_no_day_are_no_code() {
        let wrong = [
            DocuColor { minute: 60, ..PUBLISHED },
            DocuColor { hour: 24, ..PUBLISHED },
            DocuColor { day: 0, ..PUBLISHED },
            DocuColor { day: 31, ..PUBLISHED },
            DocuColor { month: 13, ..PUBLISHED },
            DocuColor { month: 0, ..PUBLISHED },
            DocuColor { month: 2, day: 29, ..PUBLISHED },
        ];
        for code in wrong {
            assert_eq!(DocuColor::read(&written(&code, 0)), None, "{code:?}");
        }
        let leap = DocuColor { month: 2, day: 29, year: 2008, ..PUBLISHED };
        assert_eq!(DocuColor::read(&written(&leap, 0)), Some(leap));
    }

    #[test]
    fn of_a_million_random_cells_none_is_a_code() {
        let mut seed = 1_u64;
        for _ in 0..1_000_000 {
            let cell = [[false; COLUMNS]; ROWS].map(|row| {
                row.map(|_| {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    seed >> 60 < 5
                })
            });
            assert_eq!(DocuColor::read(&cell), None);
        }
    }
}

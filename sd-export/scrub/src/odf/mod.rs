//! `OpenDocument`: text, spreadsheets, presentations, drawings and formulas, in packages and flat.
//!
//! ```text
//! zip --Package--> content, styles, settings --Sieve: tables--> clean parts --check--> zip
//!                     |   '-- pictures: their own modules   '-- objects: the same walk, one deeper
//!                     '--> everything else: named, gone
//! one XML file ------> the same Sieve; pictures in it are decoded, cleaned and written back
//! ```
//!
//! What is on the list stands in `tables/`. Names of styles and marks are numbered, but for those
//! that every program knows (`tables/names.txt`).

mod changes;
mod clean;
mod fields;
mod guide;
pub(crate) mod kind;
mod leftovers;
mod links;
mod package;
mod recheck;
mod settings;
mod survey;
mod tokens;
mod walk;

use std::sync::LazyLock;

use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Table, Tally};
use crate::{Cleaned, Format, Refusal};
use kind::Kind;
use package::Package;
use walk::Walk;

/// The files of the table.
const FILES: &[&str] = &[
    include_str!("tables/base.txt"),
    include_str!("tables/text.txt"),
    include_str!("tables/style.txt"),
    include_str!("tables/number.txt"),
    include_str!("tables/draw.txt"),
    include_str!("tables/show.txt"),
    include_str!("tables/table.txt"),
    include_str!("tables/chart.txt"),
    include_str!("tables/math.txt"),
    include_str!("tables/names.txt"),
];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(FILES).0);

/// Writes a document anew.
pub(crate) fn scrub(bytes: &[u8], format: Format, nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let kind = kind::of_format(format);
    let kind = kind.ok_or_else(|| Refusal::malformed("a document of unknown type"))?;
    if kind.flat == Some(format) { flat(bytes, kind, nest) } else { package(bytes, kind, nest) }
}

fn package(bytes: &[u8], kind: &'static Kind, nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let package = Package::read(bytes, nest, &mut findings)?;
    let (names, tally) = (Names::default(), Tally::default());
    if package.is_template()? {
        tell_template(&tally);
    }
    let mut walk = Walk::new(&package, nest, kind, (&names, &tally), &mut findings);
    walk.document("", "", 0)?;
    let clean = walk.finish();
    leftovers::tell(&package, &clean, &tally);
    tally.report(&mut findings);
    recheck::check(&clean, kind, nest.choices())?;
    Ok((clean.pack(kind, nest)?, findings))
}

fn flat(bytes: &[u8], kind: &'static Kind, nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let package = Package::default();
    let (names, tally) = (Names::default(), Tally::default());
    let mut walk = Walk::new(&package, nest, kind, (&names, &tally), &mut findings);
    walk.flat(bytes)?;
    let clean = walk.finish();
    tally.report(&mut findings);
    recheck::check(&clean, kind, nest.choices())?;
    Ok((clean.flat(), findings))
}

fn tell_template(tally: &Tally) {
    let place = "kind of document: a template; the copy is a plain document";
    tally.removed(Class::Software, place, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_can_be_read() {
        let (_, faults) = Table::read(FILES);
        assert!(faults.is_empty(), "{faults:#?}");
    }

    #[test]
    fn every_root_is_on_the_list() {
        for root in walk::ROOTS {
            let (prefix, name) = root.split_once(':').expect("a name with a prefix");
            let space = TABLE.by_prefix(prefix).expect("a prefix of the table");
            assert!(TABLE.rule_of(space, name).is_some(), "{root}");
        }
    }
}

//! Power that goes while a stick is written.

use sd_tests::vm::{Bare, Chip, Fault, count_fault};

use super::medium::{Made, Packed, SIZE, read, said};

const SECTOR: usize = 512;

/// The numbers of the bundles.
const OLD: u8 = 2;
const NEW: u8 = 1;

/// Every state in which a cut can leave a stick that keeps its order: the new image up to some
/// sector, and behind it what was there before.
fn every_prefix(before: &[u8]) -> Vec<(usize, u8)> {
    let (new, old) = (Made::new(NEW), Made::new(OLD));
    let (after, mut cells) = (new.image(), before.to_vec());
    let mut whole = Vec::new();
    for at in (0..cells.len()).step_by(SECTOR) {
        let sector = at..at + SECTOR;
        if cells[sector.clone()] == after[sector.clone()] {
            continue;
        }
        count_fault();
        match read(&cells[..], SIZE, &[&new, &old]) {
            Ok(number) => whole.push((at, number)),
            Err(e) => drop(said(&e)),
        }
        cells[sector.clone()].copy_from_slice(&after[sector]);
    }
    assert_eq!(read(&cells[..], SIZE, &[&new, &old]).expect("the whole"), NEW);
    whole
}

pub(crate) fn every_prefix_of_a_pack_over_nothing_is_refused_or_whole() {
    let blank = vec![0; usize::try_from(SIZE).expect("small")];
    assert_eq!(every_prefix(&blank), []);
    assert_eq!(every_prefix(&vec![0xff; blank.len()]), []);
}

pub(crate) fn every_prefix_of_a_pack_over_an_older_bundle_is_one_or_the_other_or_refused() {
    let whole = every_prefix(&Made::new(OLD).image());
    // Before the first sector that differs it is still the older one.
    assert_eq!(whole.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [OLD]);
}

pub(crate) fn any_choice_of_sectors_is_refused_or_whole() {
    let (new, old) = (Made::new(NEW), Made::new(OLD));
    let (after, before) = (new.image(), old.image());
    let mut state = 1_u64;
    for round in 0..1500_u32 {
        let mut cells = before.clone();
        // Few sectors missing, few there, or half.
        let odds = [1, 8, 32, 63][round as usize % 4];
        for at in (0..cells.len()).step_by(SECTOR) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            if state >> 58 < odds {
                cells[at..at + SECTOR].copy_from_slice(&after[at..at + SECTOR]);
            }
        }
        count_fault();
        match read(&cells[..], SIZE, &[&new, &old]) {
            Ok(NEW) => assert!(cells == after),
            Ok(_) => assert!(cells == before),
            Err(e) => drop(said(&e)),
        }
    }
}

pub(crate) fn a_lost_flush_is_refused_or_whole() {
    let (new, old) = (Made::new(NEW), Made::new(OLD));
    let chip = Chip::of(&old.image()).volatile().with(Fault::LosesFlushes);
    let mut stick = Bare::of(chip);
    // The stick says that all is well, and so it is, until its power goes.
    assert!(matches!(new.pack(&mut stick), Packed::Good));
    stick.chip().lose_power();
    let cells = stick.chip().flash().image();
    assert_eq!(read(&cells[..], SIZE, &[&new, &old]).expect("the older"), OLD);
    new.compare(&stick).expect_err("it is not what was packed");
}

//! Sticks that hold less than they say.

use sd_fs::{Capacity, try_capacity};
use sd_tests::vm::{Bare, Chip, Fake};

use super::medium::{Made, Packed};

const MIB: u64 = 1 << 20;

pub(crate) fn a_counterfeit_of_every_size_is_never_written() {
    let made = Made::new(1);
    for fake in [Fake::Wraps, Fake::Drops] {
        for real in (3..40).map(|n| n * MIB / 2) {
            let chip = Chip::blank(real).claiming(32 * MIB, fake);
            let mut stick = Bare::of(chip);
            let packed = made.pack(&mut stick);
            assert!(matches!(packed, Packed::NotTheSame(_)), "{fake:?} {real}: {packed:?}");
        }
    }
}

pub(crate) fn the_true_size_is_found() {
    let seed = [7; 32];
    for claimed in [32 * MIB, 48 * MIB, 1 << 30, 64 << 30] {
        let mut honest = Bare::of(Chip::blank(claimed));
        assert_eq!(try_capacity(&mut honest, seed).expect("tried"), Capacity::AsClaimed);
        for real in (0..).map(|n| MIB << n).take_while(|real| *real < claimed) {
            for fake in [Fake::Wraps, Fake::Drops] {
                let mut stick = Bare::of(Chip::blank(real).claiming(claimed, fake));
                let found = try_capacity(&mut stick, seed).expect("tried");
                assert_eq!(found, Capacity::Less(real), "{fake:?}, claiming {claimed}");
            }
        }
        // What drops need not end at a power of two.
        for real in [3 * MIB, 5 * MIB, 29 * MIB] {
            let mut stick = Bare::of(Chip::blank(real).claiming(claimed, Fake::Drops));
            let found = try_capacity(&mut stick, seed).expect("tried");
            assert_eq!(found, Capacity::Less(real), "claiming {claimed}");
        }
    }
}

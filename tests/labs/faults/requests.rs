//! Requests that fail.

use sd_bundle::{CompareError, RawError};
use sd_tests::vm::{Bare, Chip, Fault, Refusal, Request, When};

use super::medium::{Made, Packed, SIZE, judge, number, read, said};

/// Packs once for each number of a request, until no request has such a number.
fn nth(request: Request, refusal: Refusal, expected: impl Fn(&Packed, u64)) {
    let (made, mut n) = (Made::new(1), 0);
    let image = made.image();
    loop {
        n += 1;
        let fault = Fault::Fails(request, When::Nth(n), refusal);
        let mut stick = Bare::of(Chip::blank(SIZE).with(fault));
        let packed = made.pack(&mut stick);
        if matches!(packed, Packed::Good) {
            break;
        }
        expected(&packed, n);
        judge(&made, &image, &mut stick, &packed, &format!("{request:?} {n}"));
    }
    assert!(n > 60 || request == Request::Flush, "only {n} requests");
}

pub(crate) fn every_write_that_fails_is_an_error_and_the_next_pack_succeeds() {
    for (refusal, errno) in [(Refusal::Broken, 5), (Refusal::Full, 28)] {
        nth(Request::Write, refusal, |packed, n| {
            let Packed::NotWritten(e @ RawError::Device { source, .. }) = packed else {
                panic!("{n}: {packed:?}")
            };
            assert_eq!(number(source), Some(errno), "{}", said(e));
        });
    }
}

pub(crate) fn every_read_that_fails_is_an_error_and_the_next_pack_succeeds() {
    nth(Request::Read, Refusal::Broken, |packed, n| {
        let Packed::NotTheSame(e @ CompareError::Read { offset, .. }) = packed else {
            panic!("{n}: {packed:?}")
        };
        assert!(*offset < SIZE, "{}", said(e));
    });
}

pub(crate) fn a_flush_that_fails_is_an_error() {
    nth(Request::Flush, Refusal::Broken, |packed, n| {
        assert!(matches!(packed, Packed::NotWritten(RawError::Device { .. })), "{n}: {packed:?}");
    });
}

pub(crate) fn a_stick_pulled_at_every_write_is_an_error() {
    let made = Made::new(1);
    let image = made.image();
    for after in 0..SIZE / (64 << 10) {
        for torn in [0, 700] {
            let fault = Fault::Pulled { after, torn };
            let mut stick = Bare::of(Chip::blank(SIZE).with(fault));
            let packed = made.pack(&mut stick);
            assert!(matches!(packed, Packed::NotWritten(_)), "{after}: {packed:?}");
            judge(&made, &image, &mut stick, &packed, &format!("pulled after {after}, {torn}"));
        }
    }
}

pub(crate) fn lost_writes_are_found_by_the_comparison() {
    let made = Made::new(1);
    let image = made.image();
    // A chip that was written before, so that what is lost leaves something behind.
    for before in [Chip::blank(SIZE), Chip::of(&Made::new(2).image())] {
        let mut stick = Bare::of(before.with(Fault::LosesWrites));
        let packed = made.pack(&mut stick);
        assert!(matches!(packed, Packed::NotTheSame(_)), "{packed:?}");
        stick.chip().heal();
        let older = read(&stick.chip().flash().image()[..], SIZE, &[&made]);
        assert!(older.is_err(), "{older:?}");
        assert!(matches!(made.pack(&mut stick), Packed::Good));
        assert!(stick.chip().flash().image() == image);
    }
}

pub(crate) fn a_second_reading_that_differs_is_refused() {
    let made = Made::new(1);
    let image = made.image();
    // The stick was honest when it was packed, and lies to the SVS: in one read, or for good.
    for at in (0..SIZE).step_by(40_961) {
        let index = usize::try_from(at).expect("small");
        let with = vec![image[index] ^ 0x80];
        let stick = Bare::of(Chip::of(&image).with(Fault::Swaps { at, honest: 1, with }));
        made.compare(&stick).expect("the first reading is honest");
        let reader = sd_fs::Sectors::reader(&stick).expect("a reader");
        let refused = read(reader, SIZE, &[&made]).expect_err("the second is not");
        said(&refused);
    }
}

pub(crate) fn one_changed_byte_in_every_sixteenth_sector_is_missed() {
    let made = Made::new(1);
    let mut image = made.image();
    for at in (0..image.len()).step_by(16 * 512 + 1) {
        image[at] ^= 0x10;
        said(&read(&image[..], SIZE, &[&made]).expect_err("refused"));
        let stick = Bare::of(Chip::of(&image));
        let Err(CompareError::Differs { offset, .. }) = made.compare(&stick) else {
            panic!("{at}: not found")
        };
        assert_eq!(offset, Some(at as u64));
        sd_tests::vm::count_fault();
        image[at] ^= 0x10;
    }
}

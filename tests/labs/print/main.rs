//! The print lab: `sd-export print` as it is, through a real CUPS, to printers made of software.
//!
//! ```text
//! sd-export (an ordinary user) --> recorder --> cupsd, its filters --ipp--> ippeveprinter --> pages/
//!    '-- its report                  '-- all that is said         '--usb--> a backend of the lab
//! ```
//! `make lab-print` builds and runs it; `lab-print run [WORD..]` runs the cases whose names have one
//! of the words. It needs root, for cupsd and for an ordinary user to become, and the Debian
//! packages that the Makefile names.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a lab starts programs, looks at the disk behind them and talks to a terminal"
)]

mod cases;
mod documents;
mod lab;
mod process;
mod raster;
mod recorder;

use std::io;
use std::process::ExitCode;
use std::slice;
use std::time::Instant;

use cases::{failures, pages, refusals, traces};
use lab::Lab;
use sd_tests::cases;
use sd_tests::lab::{self as labs, Case, Tally};

const CASES: &[(&str, Case<Lab>)] = cases![
    pages::a_picture_a_pdf_and_a_text_arrive_and_are_what_was_printed,
    pages::a_coloured_page_is_grey_unless_colour_is_asked_for,
    pages::copies_pages_and_paper_are_as_asked,
    pages::pages_that_do_not_exist_are_not_called_printed,
    traces::no_name_of_ours_reaches_cups_or_the_printer,
    traces::nothing_of_a_document_is_left_after_its_job,
    traces::nothing_is_left_of_a_job_that_was_cancelled,
    traces::root_looks_into_the_spool_as_well,
    traces::a_purge_that_did_not_work_is_said,
    refusals::printers_that_are_not_on_a_cable_are_refused_by_name,
    refusals::a_paused_queue_is_given_nothing,
    refusals::what_is_not_clean_or_not_printable_is_given_to_nobody,
    refusals::a_printing_system_that_is_not_there_is_named,
    failures::a_printer_out_of_paper_is_told_and_goes_on_when_it_is_loaded,
    failures::a_printer_that_stays_out_of_paper_ends_at_the_limit,
    failures::a_printer_that_is_off_is_told_apart,
    failures::a_job_cancelled_in_the_queue_is_told_apart,
    failures::an_interrupt_cancels_the_job,
    failures::a_document_that_no_filter_can_read_is_told_apart,
    failures::each_reason_of_a_usb_printer_is_told_apart,
    failures::a_printer_that_asks_for_a_password_is_told_apart,
    failures::talk_of_a_driver_is_no_complaint,
    failures::completed_with_a_complaint_is_not_called_printed,
    failures::a_printer_that_refuses_the_document_has_not_printed,
];

fn main() -> ExitCode {
    labs::main("print lab", "lab-print", run)
}

fn run(words: &[String]) -> io::Result<Tally> {
    let start = Instant::now();
    let mut lab = Lab::start()?;
    println!("cupsd and two printers up ({:.1} s)", start.elapsed().as_secs_f32());
    // With printers that work.
    let tally = labs::run_cases(slice::from_mut(&mut lab), CASES, words, |_| None, Lab::ready)?;
    println!("pictures of what was printed: {}", lab.pictures().display());
    drop(lab);
    tally.say(start);
    Ok(tally)
}

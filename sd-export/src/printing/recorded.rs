//! What CUPS really answered, read by this module.

use super::message::Answer;
use super::printer;
use super::watch::{Look, View};

const PRINTERS: &[u8] = include_bytes!("../../tests/data/cups/printers.ipp");
const CREATED: &[u8] = include_bytes!("../../tests/data/cups/created.ipp");
const WORKING: &[u8] = include_bytes!("../../tests/data/cups/working.ipp");
const COMPLETED: &[u8] = include_bytes!("../../tests/data/cups/completed.ipp");
const GONE: &[u8] = include_bytes!("../../tests/data/cups/gone.ipp");

fn read(bytes: &[u8]) -> Answer {
    Answer::read(bytes.to_vec()).expect("an answer")
}

fn look(bytes: &[u8]) -> Look {
    View::read(read(bytes).job().expect("a job")).expect("a state").look(false, &[])
}

#[test]
fn the_printer_of_the_recording_is_understood() {
    let answer = read(PRINTERS);
    let mut printers: Vec<_> = answer.printers().filter_map(printer::read).collect();
    assert_eq!(printers.len(), 1);
    let printer = printers.remove(0).expect("on loopback");
    assert_eq!(printer.shown().as_str(), "lab");
    assert!(printer.prints_grey() && printer.page_ranges && !printer.is_paused());
    assert!(printer.takes("application/pdf") && !printer.takes("application/zip"));
    assert_eq!(printer.most_copies, 9999);
    assert!(printer.papers.iter().any(|p| p == "iso_a4_210x297mm"));
}

#[test]
fn the_job_of_the_recording_is_made_works_and_is_printed() {
    assert_eq!(read(CREATED).job().and_then(|j| j.number("job-id")), Some(7));
    assert!(matches!(look(WORKING), Look::Going(reasons) if reasons.is_empty()));
    assert!(matches!(look(COMPLETED), Look::Printed));
    let gone = read(GONE);
    assert!(!gone.status.is_success());
    assert_eq!(gone.word().expect("words").as_str(), "Job #7 does not exist.");
}

#[test]
fn no_change_of_one_byte_and_no_cut_does_harm() {
    for recorded in [PRINTERS, CREATED, WORKING, COMPLETED, GONE] {
        for at in 0..recorded.len() {
            assert!(Answer::read(recorded[..at].to_vec()).is_err(), "cut at {at}");
            for change in [0x01, 0x80, 0xff] {
                let mut bytes = recorded.to_vec();
                bytes[at] ^= change;
                let Ok(answer) = Answer::read(bytes) else { continue };
                let _ = answer.printers().filter_map(printer::read).count();
                let _ = answer.job().and_then(View::read).map(|view| view.look(true, &[]));
                let _ = answer.word();
            }
        }
    }
}

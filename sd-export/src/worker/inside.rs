//! The job behind the walls: bytes in, clean bytes and one answer out.

use std::fs::File;
use std::io::{self, Write};

use sd_fs::{CopyError, Hashed, read_bounded};
use sd_sandbox::{ChannelError, Inside};
use sd_scrub::{Detected, Fate, Finding, Refusal, ScrubError};
use serde::Serialize;

use super::protocol::{Answer, MAX_ANSWER, MAX_ORDER, Mode, Order, Trouble, too_long};

/// Characters of a detail that stay when a report is too long for one answer.
const SHORT_DETAIL: usize = 40;

/// The job.
pub(super) fn work(mut inside: Inside) -> Result<(), ChannelError> {
    let order = inside.channel.receive(MAX_ORDER)?;
    let answer = match serde_json::from_slice::<Order>(&order) {
        Ok(order) => obey(&order, &mut inside).unwrap_or_else(Answer::Failed),
        Err(_) => Answer::Failed(Trouble::Order),
    };
    inside.channel.send(&encoded(answer))
}

fn obey(order: &Order, inside: &mut Inside) -> Result<Answer, Trouble> {
    let limits = &order.limits;
    if let Some(length) = order.map {
        let bytes = inside.map(length).map_err(|_| Trouble::Read)?;
        return treat(&bytes, order, &mut inside.output);
    }
    match read(&mut inside.input, limits.max_input)? {
        Read::Whole(bytes) => treat(&bytes, order, &mut inside.output),
        Read::TooLong(refusal) => Ok(Answer::Refused { format: None, refusal }),
    }
}

/// What is written is hashed on its way, so that the answer is about that and nothing else.
fn treat(bytes: &[u8], order: &Order, output: &mut dyn Write) -> Result<Answer, Trouble> {
    let limits = &order.limits;
    let mut nowhere = io::sink();
    let mut copy = Hashed::new(match order.mode {
        Mode::Scrub => output,
        Mode::Check => &mut nowhere,
        Mode::Inspect => {
            return Ok(match sd_scrub::inspect(bytes, limits) {
                Ok(report) => Answer::Inspected { report },
                Err(refusal) => refused(bytes, refusal),
            });
        }
    });
    match sd_scrub::scrub_into(bytes, limits, order.choices, &mut copy) {
        Ok(report) => {
            let (size, blake3) = copy.finish().map_err(|e| unwritten(&e))?;
            Ok(Answer::Cleaned { report, size, blake3 })
        }
        Err(ScrubError::Refused(refusal)) => Ok(refused(bytes, refusal)),
        Err(ScrubError::Write(e)) => Err(unwritten(&e)),
    }
}

/// A file that was read, or is too long to be.
pub(super) enum Read {
    Whole(Vec<u8>),
    TooLong(Refusal),
}

/// Reads the whole file.
pub(super) fn read(input: &mut File, limit: u64) -> Result<Read, Trouble> {
    // `read_bounded` reads in a loop of `read`: a `File`'s own way asks for its length first,
    // and asking is forbidden here.
    match read_bounded(input, limit) {
        Ok(bytes) => Ok(Read::Whole(bytes)),
        Err(CopyError::TooLong(limit)) => Ok(Read::TooLong(too_long(limit))),
        Err(CopyError::Read(_) | CopyError::Write(_)) => Err(Trouble::Read),
    }
}

fn refused(bytes: &[u8], refusal: Refusal) -> Answer {
    let format = match sd_scrub::detect(bytes) {
        Detected::Known(format) => Some(format),
        Detected::Unknown(_) => None,
    };
    Answer::Refused { format, refusal }
}

pub(super) fn unwritten(e: &io::Error) -> Trouble {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::NoSpace,
        _ => Trouble::Write,
    }
}

/// An answer that fits: first long details are cut, then findings are left out by halves.
fn encoded(mut answer: Answer) -> Vec<u8> {
    let mut bytes = json(&answer);
    if bytes.len() <= MAX_ANSWER as usize {
        return bytes;
    }
    if let Answer::Inspected { report } | Answer::Cleaned { report, .. } = &mut answer {
        report.findings.iter_mut().for_each(shorten);
        // What stays in the copy matters more to the reader than what is gone.
        report.findings.sort_by_key(|f| !matches!(f.fate, Fate::Kept { .. }));
    }
    bytes = json(&answer);
    while bytes.len() > MAX_ANSWER as usize && halve(&mut answer) {
        bytes = json(&answer);
    }
    bytes
}

/// An empty message is no answer: the parent calls it nonsense.
pub(super) fn json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}

fn shorten(finding: &mut Finding) {
    if let Some((at, _)) = finding.detail.char_indices().nth(SHORT_DETAIL) {
        finding.detail.truncate(at);
        finding.detail.push_str("...");
    }
}

/// Leaves out the second half of the findings and says so; false if there is nothing to halve.
fn halve(answer: &mut Answer) -> bool {
    let (Answer::Inspected { report } | Answer::Cleaned { report, .. }) = answer else {
        return false;
    };
    let keep = report.findings.len() / 2;
    report.findings.truncate(keep);
    if let Some(last) = report.findings.last_mut() {
        "report".clone_into(&mut last.place);
        "the list was too long: at least as many findings are not listed"
            .clone_into(&mut last.detail);
    }
    keep > 0
}

#[cfg(test)]
mod tests {
    use sd_scrub::{Class, Format, Report};

    use super::*;

    fn long(detail: &str, place: &str) -> Answer {
        let finding = |fate| Finding {
            class: Class::Comment,
            place: place.to_owned(),
            detail: detail.to_owned(),
            fate,
        };
        let mut findings = vec![finding(Fate::Removed); 2000];
        findings.push(finding(Fate::Kept { why: "it must".to_owned() }));
        Answer::Inspected {
            report: Report { format: Format::Pdf, findings, cannot_remove: vec![] },
        }
    }

    #[test]
    fn a_report_that_is_too_long_is_cut_to_fit_and_keeps_what_stays() {
        for (detail, place) in
            [("日".repeat(200), "here".to_owned()), (String::new(), "x".repeat(5000))]
        {
            let bytes = encoded(long(&detail, &place));
            assert!(bytes.len() <= MAX_ANSWER as usize);
            let Answer::Inspected { report } = serde_json::from_slice(&bytes).expect("an answer")
            else {
                panic!("another answer")
            };
            assert!(matches!(report.findings[0].fate, Fate::Kept { .. }));
        }
    }
}

//! The air gap's gate: nothing of a source is opened on a station that fails a check.
//!
//! ```text
//! Place --the air gap's checks--> none fails ------------------------------> go on
//!   |                                 '--some fails, or cannot be seen
//!   |                                       |--no reason --> STATION_UNSAFE, nothing was opened
//!   |                                       '--a reason --> the ledger --> go on
//!   '--no mark of Tails --> one warning ----------------------------------> go on
//! ```
//! A reason is typed at the terminal or given with `--despite`, and stands in the ledger of the
//! Secure Viewing Station before anything is opened: where it cannot be kept, nothing is.

mod reason;

use sd_bundle::{Event, Home, Ledger, LedgerError, Pairing, PairingError, Role};
use sd_doctor::{Finding, Place, Verdict, examine_air_gap, is_tails};
use sd_term::{Failure, Hint, Status, Ui};

pub use reason::{Reason, ReasonError};

/// What is about to be done, and where.
#[derive(Debug)]
pub struct Deed<'a> {
    /// The command, such as `sd-airgap unpack`.
    pub command: &'static str,
    /// The station's directory.
    pub home: &'a Home,
    /// Why it is done although the air gap fails, if somebody said so already.
    pub despite: Option<&'a Reason>,
}

/// Lets a deed pass, or says why not.
pub fn pass(place: &Place, deed: &Deed<'_>, ui: &mut Ui) -> Result<(), Failure> {
    if !is_tails(place) {
        ui.warn("this is not Tails: the air gap was not checked");
        return Ok(());
    }
    let findings = examine_air_gap(place);
    let failed: Vec<&Finding> = findings.iter().filter(|f| closes(f.verdict)).collect();
    if failed.is_empty() {
        warn(&findings, ui);
        return Ok(());
    }
    let reason = match deed.despite {
        Some(reason) => reason.clone(),
        None => ask(&failed, ui)?,
    };
    keep(&failed, deed, &reason)?;
    ui.warn(format_args!("{}\ngoing on all the same: {reason}", listed(&failed)));
    Ok(())
}

/// What cannot be seen is not passed.
fn closes(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Fail | Verdict::Unknown => true,
        Verdict::Ok | Verdict::Warn => false,
    }
}

fn warn(findings: &[Finding], ui: &mut Ui) {
    let warned = findings.iter().filter(|f| f.verdict == Verdict::Warn).map(|f| f.check.id());
    let warned: Vec<&str> = warned.collect();
    if !warned.is_empty() {
        let warned = warned.join(", ");
        ui.warn(format_args!("the air gap could be better ({warned}): sd-station doctor"));
    }
}

fn listed(failed: &[&Finding]) -> String {
    let mut text = "this station failed checks of its air gap:".to_owned();
    for finding in failed {
        text.extend(["\n  ", finding.check.id(), ": ", finding.seen.as_str()]);
    }
    text
}

/// A reason from whoever sits there.
fn ask(failed: &[&Finding], ui: &mut Ui) -> Result<Reason, Failure> {
    if !ui.can_ask() {
        return Err(refused(failed, "nothing was opened"));
    }
    ui.warn(listed(failed));
    ui.say("What is opened here could leave this computer. To stop, press Enter.");
    let question = "To go on all the same, type why (the ledger keeps it): ";
    reason(failed, &ui.line(question, "use --despite REASON")?)
}

/// What was typed, if it is a reason.
fn reason(failed: &[&Finding], typed: &str) -> Result<Reason, Failure> {
    if typed.trim().is_empty() {
        return Err(refused(failed, "nothing was opened"));
    }
    typed.parse().map_err(|e: ReasonError| refused(failed, &format!("{e}; nothing was opened")))
}

/// The reason is in the ledger before anything is opened.
fn keep(failed: &[&Finding], deed: &Deed<'_>, reason: &Reason) -> Result<(), Failure> {
    let pairing = Pairing::look(deed.home).map_err(pairing_failure)?;
    if !pairing.is_some_and(|pairing| pairing.role == Role::Svs) {
        let why = "this is no paired Secure Viewing Station: there is no ledger to keep a reason \
                   in, and nothing was opened";
        return Err(refused(failed, why));
    }
    let mut ledger = Ledger::open(&deed.home.part("store")?).map_err(ledger_failure)?;
    let event = Event::Despite {
        command: deed.command.to_owned(),
        failed: failed.iter().map(|f| f.check.id().to_owned()).collect(),
        why: reason.to_string(),
    };
    ledger.append(event).map(drop).map_err(ledger_failure)
}

fn refused(failed: &[&Finding], end: &str) -> Failure {
    let message = format!("{}\n{end}", listed(failed));
    Failure::new(Status::StationUnsafe, message).hint(doctor())
}

/// To see what each of them means, and how to mend it.
pub fn doctor() -> Hint {
    Hint::new(["sd-station", "doctor", "--role", "svs"])
}

/// A pairing that cannot be read, as a command's end.
pub fn pairing_failure(e: PairingError) -> Failure {
    match e {
        PairingError::Dir(e) => e.into(),
        e @ PairingError::Record { .. } => Failure::new(Status::FileError, e),
    }
}

/// A ledger that cannot be trusted, as a command's end: nothing is done that would be done unseen.
pub fn ledger_failure(e: LedgerError) -> Failure {
    match e {
        LedgerError::Dir(e) => e.into(),
        e => Failure::new(Status::VerifyFailed, e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reason_that_was_typed_opens_the_gate() {
        for typed in ["", "\n", "   ", "y", "yes", "because", "\u{1b}[2J nothing to see here"] {
            let failure = reason(&[], typed).expect_err(typed);
            assert_eq!(failure.status, Status::StationUnsafe, "{typed:?}");
            assert!(failure.message.ends_with("nothing was opened"), "{}", failure.message);
        }
        let typed = reason(&[], "the card is soldered in, its cable is cut").expect("a reason");
        assert_eq!(typed.to_string(), "the card is soldered in, its cable is cut");
    }
}

//! Waiting until a stick is plugged in.

use std::time::Duration;

use sd_term::{Failure, PromptError, Status, Ui};
use usb_rules::{Access, Role, UntrustedDevice};

/// How often it is looked again.
const PAUSE: Duration = Duration::from_millis(700);

/// Waits until a stick is there that may be used. What is plugged in and may not be used is named
/// once. Ctrl-C ends the waiting, and the program with it.
///
/// Twice the same answer counts: a stick that was plugged in this moment is still being read.
pub fn wait_for_stick<R: Role>(access: Access, request: &str, ui: &mut Ui) -> Result<(), Failure> {
    let (mut last, mut said) = (None, None);
    loop {
        let found = usb_rules::discover().map_err(|e| Failure::new(Status::DeviceFailed, e))?;
        let now = Seen::of::<R>(&found, access);
        if last.as_ref() == Some(&now) {
            if now.fits {
                return Ok(());
            }
            if !ui.can_ask() {
                return Err(PromptError::NoTerminal("plug it in first").into());
            }
            if said.is_none() {
                ui.say(request);
            }
            if said.as_ref() != Some(&now) {
                now.refused.iter().for_each(|line| ui.warn(line));
                said = Some(now.clone());
            }
        }
        last = Some(now);
        std::thread::sleep(PAUSE);
    }
}

/// What one look shows.
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    fits: bool,
    refused: Vec<String>,
}

impl Seen {
    fn of<R: Role>(found: &[UntrustedDevice], access: Access) -> Self {
        let fits = found.iter().any(|d| d.admit::<R>(access).is_ok());
        Self { fits, refused: refused::<R>(found, access) }
    }
}

/// The sticks that are plugged in and may not be used, each with the reason.
pub(crate) fn refused<R: Role>(found: &[UntrustedDevice], access: Access) -> Vec<String> {
    let on_usb = found.iter().filter(|d| d.usb.is_some() && !d.boot);
    on_usb
        .filter_map(|d| d.admit::<R>(access).err().map(|why| format!("{}: {why}", d.node)))
        .collect()
}

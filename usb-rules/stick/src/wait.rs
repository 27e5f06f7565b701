//! Waiting until a stick is plugged in.

use std::collections::BTreeSet;
use std::marker::PhantomData;
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

/// Notices that a stick is plugged in which may be used. One that was there before does not count.
///
/// Twice the same answer counts, as for [`wait_for_stick`].
#[derive(Debug)]
pub struct Arrival<R> {
    access: Access,
    /// Those that were there at the first look, and are still.
    before: Option<BTreeSet<String>>,
    seen: bool,
    role: PhantomData<R>,
}

impl<R: Role> Arrival<R> {
    /// Nothing was looked at yet.
    pub fn new(access: Access) -> Self {
        Self { access, before: None, seen: false, role: PhantomData }
    }

    /// Looks once; says whether one has come.
    pub fn look(&mut self) -> Result<bool, Failure> {
        let found = usb_rules::discover().map_err(|e| Failure::new(Status::DeviceFailed, e))?;
        let fitting = found.iter().filter(|d| d.admit::<R>(self.access).is_ok());
        Ok(self.judge(&fitting.map(|d| d.node.clone()).collect()))
    }

    fn judge(&mut self, now: &BTreeSet<String>) -> bool {
        let before = self.before.get_or_insert_with(|| now.clone());
        before.retain(|node| now.contains(node));
        let come = now.iter().any(|node| !before.contains(node));
        std::mem::replace(&mut self.seen, come) && come
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

#[cfg(test)]
mod tests {
    use usb_rules::Export;

    use super::*;

    #[test]
    fn a_stick_counts_when_it_came_after_the_question_and_stays() {
        let mut arrival = Arrival::<Export>::new(Access::Write);
        let look = |nodes: &[&str], arrival: &mut Arrival<Export>| {
            arrival.judge(&nodes.iter().map(|n| (*n).to_owned()).collect())
        };
        // It was there before.
        assert!(!look(&["/dev/sda"], &mut arrival));
        assert!(!look(&["/dev/sda"], &mut arrival));
        // Another comes, goes at once, and comes again.
        assert!(!look(&["/dev/sda", "/dev/sdb"], &mut arrival));
        assert!(!look(&["/dev/sda"], &mut arrival));
        assert!(!look(&["/dev/sda", "/dev/sdb"], &mut arrival));
        assert!(look(&["/dev/sda", "/dev/sdb"], &mut arrival));
        // The one that was there is taken out and put in.
        let mut arrival = Arrival::<Export>::new(Access::Write);
        assert!(!look(&["/dev/sda"], &mut arrival));
        assert!(!look(&[], &mut arrival));
        assert!(!look(&["/dev/sda"], &mut arrival));
        assert!(look(&["/dev/sda"], &mut arrival));
    }
}

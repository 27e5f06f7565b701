//! The sticks that were prepared on this station.
//!
//! ```text
//! sticks/<id>.json      the label that stands on the stick as well
//! ```
//! A stick is known by what it holds, never by the numbers that its firmware tells.

use sd_bundle::Home;
use sd_fs::{Dir, DirError};
use sd_stick::{MAX_LABEL, label_failure};
use sd_term::Failure;
use usb_rules::Label;

pub(crate) struct KnownSticks {
    dir: Dir,
}

impl KnownSticks {
    pub(crate) fn open(home: &Home) -> Result<Self, DirError> {
        Ok(Self { dir: home.part("sticks")? })
    }

    /// Remembers a stick that is being prepared.
    pub(crate) fn remember(&self, label: &Label) -> Result<(), Failure> {
        let json = label.to_json().map_err(label_failure)?;
        Ok(self.dir.write_new(&file(label), &json)?)
    }

    /// Whether this very label was written here.
    pub(crate) fn holds(&self, label: &Label) -> bool {
        let kept = self.dir.read_small(&file(label), MAX_LABEL);
        kept.is_ok_and(|bytes| Label::parse(&bytes).is_ok_and(|kept| kept == *label))
    }
}

fn file(label: &Label) -> String {
    format!("{}.json", label.id())
}

//! What the heads of all members say, told once for the archive and not once a member.

use std::collections::BTreeMap;

use crate::report::{Class, Findings};
use crate::wording::foreign;

/// What was met: each kind with how often, and what it said first.
#[derive(Default)]
pub(crate) struct Noted {
    met: BTreeMap<(Class, &'static str), (u64, String)>,
}

impl Noted {
    /// Notes a field; what it says is shown as text.
    pub(crate) fn field(&mut self, class: Class, place: &'static str, body: &[u8]) {
        self.said(class, place, || foreign(body));
    }

    pub(crate) fn said(
        &mut self,
        class: Class,
        place: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        let entry = self.met.entry((class, place)).or_insert_with(|| (0, detail()));
        entry.0 = entry.0.saturating_add(1);
    }

    pub(crate) fn comment(&mut self, place: &'static str, body: &[u8]) {
        if !body.is_empty() {
            self.field(Class::Comment, place, body);
        }
    }

    pub(crate) fn trailing(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            self.said(Class::Trailing, "bytes after the end", || format!("{} bytes", rest.len()));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.met.is_empty()
    }

    /// Puts all of it into the report.
    pub(crate) fn tell(self, findings: &mut Findings) {
        for ((class, place), (count, detail)) in self.met {
            let detail = match count {
                1 => detail,
                _ if detail.is_empty() => format!("{count} times"),
                _ => format!("{detail} (first of {count})"),
            };
            findings.removed(class, place, &detail);
        }
    }
}

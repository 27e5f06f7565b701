//! Windows' drawing commands: EMF and WMF, as documents of offices hold them.
//!
//! ```text
//! head, commands --each by its own shape--> fields on the list, nothing behind them --.
//!            '-- pictures: as BMP --'   '-- comments, escapes, profiles: told, gone    >-- lengths counted anew --> check
//!                                                                                    -'
//! ```
//! A command that is not on the list refuses the drawing: what it draws cannot be told.

mod emf;
mod emf_check;
mod picture;
mod shape;
mod wmf;
mod wmf_check;
mod words;

pub(crate) use emf::{is_emf, scrub as scrub_emf};
pub(crate) use wmf::{is_wmf, scrub as scrub_wmf};

use std::collections::BTreeMap;

use crate::Refusal;
use crate::report::{Class, Findings};

/// What was met in the commands, told once for the drawing.
#[derive(Default)]
struct Met(BTreeMap<(Class, &'static str), (u64, String)>);

impl Met {
    fn note(&mut self, class: Class, what: &'static str, quote: &[u8]) {
        let line =
            self.0.entry((class, what)).or_insert_with(|| (0, crate::wording::foreign(quote)));
        line.0 = line.0.saturating_add(1);
    }

    fn tell(self, findings: &mut Findings) {
        for ((class, what), (count, quote)) in self.0 {
            let detail = match (count, quote.is_empty()) {
                (1, _) => quote,
                (count, true) => format!("{count} times"),
                (count, false) => format!("{count} times: {quote}"),
            };
            findings.removed(class, what, &detail);
        }
    }
}

fn cut() -> Refusal {
    Refusal::malformed("a drawing command that is cut off")
}

fn number(len: usize) -> Result<u32, Refusal> {
    u32::try_from(len).map_err(|_| Refusal::malformed("a drawing command that is too long"))
}

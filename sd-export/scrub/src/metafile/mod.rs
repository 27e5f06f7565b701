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

use crate::Refusal;

fn cut() -> Refusal {
    Refusal::malformed("a drawing command that is cut off")
}

fn number(len: usize) -> Result<u32, Refusal> {
    u32::try_from(len).map_err(|_| Refusal::malformed("a drawing command that is too long"))
}

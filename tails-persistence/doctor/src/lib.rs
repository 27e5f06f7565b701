//! Examines a station: each check, what was seen, what it means, how to mend it.
//!
//! ```text
//! files below one root --Place--.
//!                               +--> one function a check --> Finding (id, verdict, seen)
//! what was asked ----Answers----'
//! ```
//! Nothing is written, nothing is started and no socket is opened here: whoever calls asks what is
//! not in a file, and hands in the answers. What could not be asked is a verdict of its own, and
//! never ok. The checks of the air gap need no answers, so that they can be asked before anything
//! is opened.

mod answers;
mod checks;
mod finding;
mod place;
mod table;

pub use answers::{Answer, Answers, FetchStatus, KeyPlace, LastManifest, Paired, Role, SecretKey};
pub use checks::{Installed, Mode, examine, examine_air_gap, installed, is_tails};
pub use finding::{Finding, Verdict};
pub use place::Place;
pub use table::{CANNOT_SEE, Check, Scope};

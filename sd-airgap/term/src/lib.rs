//! Everything a person or a script sees.
//!
//! ```text
//! command --Report--> Ui --.--> Display on stdout        (the human face)
//!    '-----Failure-----^   '--> one JSON object on stdout (--json, versioned)
//!                          '--> talk, prompts, bars and hints on stderr
//! ```
//! No other crate prints. A status word and an exit code come from one table ([`Status`]).

mod bar;
mod bars;
mod consent;
#[cfg(feature = "full-screen")]
mod full_screen;
mod guide;
mod hint;
mod prompt;
mod ready;
mod report;
mod secret;
mod size;
mod status;
mod ui;
mod wrap;

pub use bar::Bar;
pub use bars::Bars;
pub use consent::Consent;
#[cfg(feature = "full-screen")]
pub use full_screen::{FullScreen, Input, Key};
pub use guide::Choice;
pub use hint::Hint;
pub use prompt::PromptError;
pub use report::{Failure, Report};
pub use secret::{Secret, SecretError};
pub use size::{count, size};
pub use status::Status;
pub use ui::{Face, Screen, Ui};
pub use wrap::{Wrapped, columns, cut, fold, width};

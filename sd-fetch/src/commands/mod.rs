//! One file per verb, and what they share: a server, a login, and words for failures.

mod failures;
mod login;
mod server;

pub(crate) mod list;
pub(crate) mod status;
pub(crate) mod sync;

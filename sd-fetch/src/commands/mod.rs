//! One file per verb, and what they share: which server, and who asks.

mod consent;
mod select;
mod server;

pub(crate) mod delete;
pub(crate) mod forget;
pub(crate) mod list;
pub(crate) mod seen;
pub(crate) mod status;
pub(crate) mod sync;

//! One file per verb.

pub(crate) mod doctor;
pub(crate) mod session;

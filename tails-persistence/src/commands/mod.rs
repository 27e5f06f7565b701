//! One file per verb.

pub(crate) mod doctor;
pub(crate) mod self_test;
pub(crate) mod session;
pub(crate) mod update;

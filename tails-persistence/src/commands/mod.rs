//! The verbs, one file each.

pub(crate) mod self_test;
pub(crate) mod update;

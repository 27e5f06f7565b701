//! The cases, by what they are about.

pub(crate) mod failures;
pub(crate) mod pages;
pub(crate) mod refusals;
pub(crate) mod traces;

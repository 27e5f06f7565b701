//! HTML.

mod entities;

pub(crate) use entities::named;

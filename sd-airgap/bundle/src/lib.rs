//! What crosses the gap, and what both sides keep of it.
//!
//! ```text
//! sd-fetch --Item, ciphertext--> Inbox --plan--> writer --> one ustar file --> Reader<Unverified>
//!                                  ^                |                               | verify
//!                                  '-- Outbox: packed, delivered <-- receipt code <-- Reader<Verified>
//! ```
//! The format is docs/bundle-format.md; this crate is its only reader and writer.

mod home;
mod ids;
mod inbox;
mod item;

pub use home::{Home, Role};
pub use ids::{BundleId, IdError, ItemId, SourceId};
pub use inbox::{Inbox, InboxError};
pub use item::{Designation, DesignationError, Item, Kind};

//! What crosses the gap, and what both sides keep of it.
//!
//! ```text
//! sd-fetch --Item, ciphertext--> Inbox --write_bundle--> one ustar file
//!                                  ^                          |  Bundle<Unverified, _>
//!              Outbox: packed      |                          |    .authenticate(manifest)
//!              and delivered  <----+-- Receipt <--- SVS <---- |  Bundle<Authentic, _>
//!                                                             |    .copy_members(sink)
//!                                                             '> Verified: entries at last
//! ```
//! The format is docs/bundle-format.md; this crate is its only reader and writer.

mod home;
mod ids;
mod inbox;
mod incoming;
mod item;
mod layout;
mod ledger;
mod limits;
mod manifest;
mod outbox;
mod pairing;
mod random;
mod raw;
mod reader;
mod receipt;
mod selection;
mod shipments;
mod who;
mod writer;

pub use home::{Home, Role};
pub use ids::{BundleId, IdError, ItemId, SourceId};
pub use inbox::{Inbox, InboxError, Leftover};
pub use incoming::{Incoming, Interrupted};
pub use item::{Designation, DesignationError, Item, Kind};
pub use layout::{Region, bundle_length};
pub use ledger::{Carried, Document, Event, Ledger, LedgerError, Line, Standing, Way};
pub use limits::Limits;
pub use manifest::{Manifest, ManifestError, Member, Note, Timestamp};
pub use outbox::{ItemState, Outbox, OutboxError, PackState, Packed};
pub use pairing::{KeySource, Pairing, PairingError};
pub use random::{RandomError, random};
pub use raw::{
    CompareError, RAW_RESERVE, RawError, RawHead, compare, look, write_label, write_raw,
};
pub use reader::{
    Attested, Authentic, Bundle, BundleError, Discard, MemberSink, Unverified, Verified,
};
pub use receipt::{Nonce, Receipt, ReceiptError};
pub use selection::{keep_selection, selection};
pub use shipments::{Delivered, Shipments};
pub use who::{Who, WhoError};
pub use writer::{WriteError, write_bundle};

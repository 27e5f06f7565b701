//! Which USB devices may take part in a transfer.
//!
//! ```text
//! udev --Interfaces--> UntrustedDevice --policy--> Device<Transfer> | Device<Export>
//!                                          '--> Refusal, with the interface that is to blame
//! ```
//! One rule stands so far: every interface of the device must be mass storage, or the whole
//! device is refused. A stick that is also a keyboard is no stick.

mod discover;
mod policy;
pub mod udisks;

pub use discover::{DiscoverError, discover};
pub use policy::{
    Access, Device, Export, Interface, InterfaceError, Refusal, Role, Transfer, UntrustedDevice,
};

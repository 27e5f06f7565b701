//! Which USB devices may take part in a transfer.
//!
//! ```text
//! udev, sysfs, mounts --discover--> UntrustedDevice --admit--> Device<Transfer> | Device<Export>
//!                                        |               '--> Refusal: a reason, a word, what to do
//!                                        '--serde--> recorded situations
//! table --render--> the udev rules and USBGuard rules under rules/
//! ```
//! A device says what it is, and nothing it says can be checked from here: class, serial number,
//! size and label are claims. The policy keeps honest mistakes and clumsy attacks away from the
//! disk; what is on the disk is believed only after its signature was checked, elsewhere.

mod discover;
mod facts;
mod identity;
mod interface;
mod policy;
mod rules;
mod table;
pub mod udisks;

pub use discover::{DiscoverError, Other, discover, disk_sequence, units};
pub use facts::{Content, DiskKind, Mount, UntrustedDevice, Usb, Volume};
pub use identity::{LABEL_FILE, Label, LabelError, LabelRole};
pub use interface::{Interface, InterfaceError};
pub use policy::{Access, Device, Export, Refusal, Role, Transfer};
pub use rules::{RuleFile, files};

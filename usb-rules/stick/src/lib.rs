//! A stick with a file system, from plugged in to safe to remove.
//!
//! ```text
//! discover --policy--> Device<R> --choose--> unlock, mount --> MountedStick --let go--> off
//!                          '--> refusal, shown
//! ```
//! Both programs that use sticks do it this way. "Safe to remove" is said after the stick was
//! unmounted, locked and switched off, and at no other place. Where a program ends in the middle, a
//! guardian does it.

mod failure;
mod find;
mod guardian;
mod let_go;
mod mounted;
mod unlock;
mod wait;

pub use failure::{label_failure, stick_failure};
pub use find::{Chosen, Wanted, choose};
pub use guardian::guardian_main;
pub use let_go::LetGo;
pub use mounted::{MAX_LABEL, MountedStick};
pub use unlock::passphrase;
pub use wait::{Arrival, wait_for_stick};

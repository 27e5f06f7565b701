//! One-shot worker processes that can do nothing but compute.
//!
//! ```text
//! parent (files, keys, terminal)           worker (a copy of the same program, started anew)
//!   Worker::spawn -- one file, read ---->    lock down -> Job::run
//!                 -- one file, write --->      no file system, no socket, no process,
//!                 <- framed messages --->      limits on memory, time and output
//!   Worker::finish: exit 0 and nothing left to read, or a named end
//! ```
//! A worker that cannot lock itself down exits 13 before it has read a byte, and so does a
//! program that cannot give up the network: no sandbox, no run. The one large program that is needed
//! gets a room of its own (`room.rs`).

mod channel;
mod families;
mod lock_down;
mod mapped;
mod probe;
mod room;
mod spawn;
mod still;
mod template;

pub use channel::{Channel, ChannelError};
pub use families::{Netlink, deny_network};
pub use lock_down::{LockDownError, Profile, leave_no_core};
pub use mapped::Mapped;
pub use probe::{Forbidden, ProbeError, probe, self_test};
pub use room::{Room, RoomError};
pub use spawn::{Inside, Job, Worker, WorkerError};
pub use still::Still;
pub use template::with_workers;

/// The exit code of "sandbox not available", in workers as in programs.
pub const EXIT_NO_SANDBOX: u8 = 13;

/// A worker that gave up of its own: it found its task impossible.
const EXIT_GAVE_UP: u8 = 1;

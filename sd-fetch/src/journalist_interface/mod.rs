//! The server boundary: every byte that comes in here is a stranger's.
//!
//! ```text
//!            address    connector, socks                       client
//! words --> Server --> Doorway --Tor or loopback--> HTTP/1.1 --.
//!                                                              |  status, Content-Type, size: then JSON
//!   Credentials --POST /token--> Session (Token in memory)     v
//!                                   |--lists--> RawSource, RawSubmission, RawReply --model--> Submission
//!                                   |           entry by entry
//!                                   |--download--> etag: what the bytes must be --hash--> the bytes are
//!                                   '--logout
//! ```
//! Nothing is followed that the server names: paths are built from identifiers that were
//! parsed here, the host is the configured one, and there is no redirect, no cookie, no
//! compression and no second attempt at a login.

mod actions;
mod address;
mod answer;
mod client;
mod connector;
mod download;
mod etag;
mod file_name;
mod limits;
mod lists;
mod meter;
mod model;
mod pace;
mod seen_by;
mod socks;
mod source_interface;
#[cfg(test)]
mod tests;
mod token;
mod tor;
mod wire;

pub(crate) use address::{AddressError, LoopbackAddress, OnionAddress, Server};
pub(crate) use answer::ClientError;
#[cfg(test)]
pub(crate) use answer::Said;
#[cfg(feature = "fuzzing")]
pub(crate) use answer::success;
pub(crate) use client::{Client, Session};
pub(crate) use download::DownloadError;
pub(crate) use limits::Limits;
pub(crate) use lists::Room;
#[cfg(feature = "fuzzing")]
pub(crate) use lists::read as read_list;
pub(crate) use model::{
    RawReply, RawSource, RawSubmission, Refusal, Sources, Submission, source_id_of,
};
pub(crate) use source_interface::announced_key;
pub(crate) use token::{Credentials, CredentialsError};
pub(crate) use tor::{PATIENCE, TorPlaces, TorState};

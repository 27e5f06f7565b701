//! XML by allow-list: a strict reader, tables that say what is kept, a writer with one form.
//!
//! ```text
//! bytes --Reader: no DTD, five entities--> tags, text --Sieve--> what a Table keeps --> one form of XML
//!                                                       |  '--> Tally: what was dropped, how often
//!                                            Guide: links, fields, numbers of shared strings
//! ```
//!
//! The second reader (`second.rs`) knows only the one form that the sieve writes, and has no parser
//! in common with the first.

mod kinds;
mod named;
mod reader;
mod second;
mod sieve;
mod table;
mod tally;

pub(crate) use reader::{Event, Reader, Tag, decode};
pub(crate) use second::{check, is_escaped};
pub(crate) use sieve::{Guide, Names, Sieve, Verdict, escape_attribute, escape_text};
pub(crate) use table::{Act, Name, Table};
pub(crate) use tally::Tally;

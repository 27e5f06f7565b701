//! What a line of the ledger tells.

use std::fmt;

use sd_fs::{Blake3, Fingerprint};
use serde::{Deserialize, Serialize};

use crate::ids::{BundleId, ItemId};
use crate::manifest::{Note, Timestamp};

/// Something that was done, or is about to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase", deny_unknown_fields)]
pub enum Event {
    /// A bundle was verified and stored whole.
    Imported {
        /// Whose bundle: each workstation key has a sequence of its own.
        workstation: Fingerprint,
        /// The bundle.
        bundle: BundleId,
        /// Its number.
        sequence: u64,
        /// The hash of its manifest.
        manifest: Blake3,
        /// The hash of the manifest before it.
        previous: Option<Blake3>,
        /// Its items.
        members: usize,
        /// How it stood to those before it.
        standing: Standing,
        /// The workstation's system, as the manifest names it. Older lines do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        system: Option<Note>,
        /// When it was packed, by the workstation's clock. Older lines do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created: Option<Timestamp>,
    },
    /// A run of opening ended.
    Opened {
        /// Items that have their content now.
        opened: usize,
        /// Items that could not be opened.
        refused: usize,
    },
    /// A clean copy was made.
    Scrubbed {
        /// What was cleaned.
        from: Document,
        /// The hash of the copy.
        to: Blake3,
        /// Made anew from pixels.
        rebuilt: bool,
    },
    /// Documents are about to leave: written before the first byte does.
    Leaving {
        /// Which way.
        way: Way,
        /// What.
        documents: Vec<Carried>,
    },
    /// How that ended.
    Left {
        /// The line that announced it.
        announced: u64,
        /// The status word that the person saw.
        status: String,
    },
    /// A check of the air gap failed, and a person went on all the same: written before anything
    /// was opened.
    Despite {
        /// With which command.
        command: String,
        /// The checks that failed.
        failed: Vec<String>,
        /// Why, in the person's words.
        why: String,
    },
}

/// How documents leave the Secure Viewing Station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// On paper.
    Print,
    /// On an Export Device, or into a directory.
    Export,
}

/// A document, by its bytes and, where it lies in the store, by its item. No name: it may tell
/// who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The hash of its bytes.
    pub blake3: Blake3,
    /// The item it came as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
}

/// A document that leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Which one.
    pub document: Document,
    /// A person let it go though it was not clean.
    pub as_is: bool,
}

/// How a bundle stands to those that came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The first from this workstation.
    First,
    /// It follows the last one.
    Next,
    /// It was imported before.
    Replay,
    /// At least one bundle packed before it has not arrived.
    Gap,
    /// It follows an earlier one than the last: brought out of order, or from an
    /// interrupted pack.
    Late,
    /// Another bundle with its number was imported: two workstations use one key, or an old
    /// copy of the workstation's storage was put back.
    Fork,
}

impl Standing {
    /// What a person should hear about it, if anything.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::First | Self::Next => None,
            Self::Replay => Some("this bundle was brought here before; nothing is stored twice"),
            Self::Gap => {
                Some("a bundle packed before this one has not arrived; look for its stick")
            }
            Self::Late => Some("this bundle is older than the last one imported"),
            Self::Fork => Some(
                "another bundle with the same number was imported before: the workstation's \
                 storage was put back from a copy, or somebody else has its key",
            ),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::First => "first from this workstation",
            Self::Next => "in order",
            Self::Replay => "seen before",
            Self::Gap => "one before it is missing",
            Self::Late => "out of order",
            Self::Fork => "its number was used before",
        })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Print => "print",
            Self::Export => "export",
        })
    }
}

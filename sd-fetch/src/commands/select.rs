//! The flags that choose items.

use clap::{Args, ValueEnum};
use sd_bundle::Kind;

use crate::byte_size::ByteSize;
use crate::selection::{Selection, Who};

/// From whom.
#[derive(Args)]
pub(crate) struct SourceArgs {
    /// Only this source: its designation in quotes, its UUID, or at least the first 8 characters
    /// of the UUID; may be repeated
    #[arg(long, value_name = "WHO")]
    pub(super) source: Vec<Who>,
}

/// From whom, what, how large.
#[derive(Args)]
pub(crate) struct SelectArgs {
    #[command(flatten)]
    from: SourceArgs,
    /// Only these; may be repeated, or separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<Only>,
    /// Leave what is larger on the server, and name it: 200MB, 1.5GiB, or bytes
    #[arg(long, value_name = "SIZE")]
    max_size: Option<ByteSize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    Messages,
    Documents,
    Replies,
}

impl SelectArgs {
    pub(super) fn into_selection(self) -> Selection {
        let kind = |only: &Only| match only {
            Only::Messages => Kind::Message,
            Only::Documents => Kind::Document,
            Only::Replies => Kind::Reply,
        };
        Selection {
            from: self.from.source,
            kinds: self.only.iter().map(kind).collect(),
            max_size: self.max_size,
        }
    }
}

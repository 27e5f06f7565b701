//! Lies in the `Etag` header.

use super::super::response::Response;

/// The SHA-256 of nothing at all.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A lie in the `Etag` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EtagFault {
    /// There is no such header.
    Missing,
    /// A well-formed hash, but of something else.
    WrongHash,
    /// A hash of another kind: `md5:...`.
    NotSha256,
    /// The hash of an empty file.
    EmptyContent,
    /// `sha256:` followed by something that is no hash.
    Malformed,
    /// Exactly this.
    Verbatim(String),
}

impl EtagFault {
    pub(super) fn apply(self, response: &mut Response) {
        let value = match self {
            Self::Missing => return response.remove("Etag"),
            Self::WrongHash => format!("sha256:{}", "5eed".repeat(16)),
            Self::NotSha256 => "md5:d41d8cd98f00b204e9800998ecf8427e".to_owned(),
            Self::EmptyContent => format!("sha256:{EMPTY_SHA256}"),
            Self::Malformed => "sha256:not-a-hash".to_owned(),
            Self::Verbatim(value) => value,
        };
        response.set("Etag", &value);
    }
}

//! What can go wrong, or be made to go wrong, between the server's disk and the client.
//!
//! ```text
//! answer as recorded -> first fault that fits and is not used up -> changed head, body or wire
//! ```
//! This is the one place for faults: a new kind is a variant of [`FaultKind`] and an arm in
//! [`FaultKind::apply`].

use std::io;

use super::response::{Response, Stall};

/// The SHA-256 of nothing at all.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Which answers a fault touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The download of the item with this UUID.
    Download(String),
    /// The answer to exactly this path, query left aside.
    Path(String),
    /// Every download.
    AnyDownload,
    /// Every answer.
    Anything,
}

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

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The connection closes after this many bytes of the body; the head announces all of it.
    CutBody(u64),
    /// Nothing more comes after this many bytes of the body; the connection stays open.
    StallBody(u64),
    /// The connection closes before any answer.
    NoAnswer,
    /// The `Etag` header lies.
    Etag(EtagFault),
    /// The byte at this offset of the file arrives flipped; the head does not show it.
    TamperBody(u64),
    /// `302 Found`, to this address.
    Redirect(String),
    /// The body comes compressed, and the head says so.
    ContentEncodingGzip,
    /// `Content-Length` announces this; the body is what it was, then the connection closes.
    WrongContentLength(u64),
    /// Some proxy answers with a page of its own, with this status.
    HtmlPage(u16),
}

/// One thing that goes wrong for some answers.
#[derive(Clone, Debug)]
pub struct Fault {
    target: Target,
    kind: FaultKind,
    left: Option<u32>,
}

impl Fault {
    /// Goes wrong every time.
    pub fn new(target: Target, kind: FaultKind) -> Self {
        Self { target, kind, left: None }
    }

    /// Goes wrong for the download of this item, every time.
    pub fn on_item(item_uuid: &str, kind: FaultKind) -> Self {
        Self::new(Target::Download(item_uuid.to_owned()), kind)
    }

    /// Goes wrong for this path, every time.
    pub fn on_path(path: &str, kind: FaultKind) -> Self {
        Self::new(Target::Path(path.to_owned()), kind)
    }

    /// Goes wrong only for the first so many answers it fits.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { left: Some(times), ..self }
    }

    /// Whether it touches this answer; if so, one of its times is used up.
    fn takes(&mut self, path: &str) -> bool {
        let item = path.strip_suffix("/download").and_then(|p| p.rsplit('/').next());
        let fits = match &self.target {
            Target::Download(uuid) => item == Some(uuid),
            Target::Path(wanted) => wanted == path,
            Target::AnyDownload => item.is_some(),
            Target::Anything => true,
        };
        match &mut self.left {
            _ if !fits => false,
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// Changes the answer by the first fault that fits it.
pub(super) fn apply(faults: &mut [Fault], path: &str, response: Response) -> io::Result<Response> {
    match faults.iter_mut().find_map(|fault| fault.takes(path).then(|| fault.kind.clone())) {
        Some(kind) => kind.apply(response),
        None => Ok(response),
    }
}

impl FaultKind {
    fn apply(self, mut response: Response) -> io::Result<Response> {
        match self {
            Self::CutBody(after) => response.wire.cut_after = Some((after, Stall::Close)),
            Self::StallBody(after) => response.wire.cut_after = Some((after, Stall::Wait)),
            Self::NoAnswer => response.wire.silent = true,
            Self::Etag(fault) => fault.apply(&mut response),
            Self::TamperBody(offset) => response.wire.flip_at = Some(offset),
            Self::Redirect(to) => {
                response.become_page(
                    302,
                    "Found",
                    &format!("The document has moved <a href=\"{to}\">here</a>."),
                );
                response.insert_before("Content-Length", "Location", &to);
            }
            Self::ContentEncodingGzip => response.compress()?,
            Self::WrongContentLength(length) => {
                response.set("Content-Length", &length.to_string());
                response.wire.close = true;
            }
            Self::HtmlPage(status) => {
                response.become_page(status, "Proxy Page", "Please come back later.");
            }
        }
        Ok(response)
    }
}

impl EtagFault {
    fn apply(self, response: &mut Response) {
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

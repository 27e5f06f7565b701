//! What can go wrong, or be made to go wrong, between the server's disk and the client.
//!
//! ```text
//! answer as recorded -> first fault that fits and is not used up -> changed head, body or wire
//! ```
//! This is the one place for faults: a new kind is a variant of [`FaultKind`] and an arm in
//! [`FaultKind::apply`]. What no kind has can be spelled out in [`Step`]s.

mod etag;
mod flood;
mod wire;

use std::io;

use super::response::{Response, Stall};

pub use etag::{EMPTY_SHA256, EtagFault};
pub use flood::Flood;
pub use wire::Step;
pub(super) use wire::send;

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
    /// This status, content type and body.
    Answer(u16, &'static str, String),
    /// The first such text in the body is another one.
    Replace(String, String),
    /// This stands in front of the body, and this behind it.
    Around(Vec<u8>, Vec<u8>),
    /// A list begins with these entries, and has no announced length.
    Flood(Flood),
    /// The session ends just before this request.
    EndSession,
    /// Whatever these steps make of it.
    Wire(Vec<Step>),
}

/// One thing that goes wrong for some answers.
#[derive(Clone, Debug)]
pub struct Fault {
    target: Target,
    kind: FaultKind,
    skip: u32,
    left: Option<u32>,
}

impl Fault {
    /// Goes wrong every time.
    pub fn new(target: Target, kind: FaultKind) -> Self {
        Self { target, kind, skip: 0, left: None }
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

    /// Lets the first so many answers that it fits be.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
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
        if fits && self.skip > 0 {
            self.skip -= 1;
            return false;
        }
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

/// Whether the session ends before this request is looked at.
pub(super) fn end_session(faults: &mut [Fault], path: &str) -> bool {
    faults.iter_mut().any(|fault| fault.kind == FaultKind::EndSession && fault.takes(path))
}

/// Changes the answer by the first fault that fits it.
pub(super) fn apply(faults: &mut [Fault], path: &str, response: Response) -> io::Result<Response> {
    let mut of_answers = faults.iter_mut().filter(|f| f.kind != FaultKind::EndSession);
    match of_answers.find_map(|fault| fault.takes(path).then(|| fault.kind.clone())) {
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
            Self::Answer(status, kind, body) => response.become_answer(status, kind, body),
            Self::Replace(from, to) => {
                let body = String::from_utf8_lossy(&response.body()?).replacen(&from, &to, 1);
                response.set_body(body.into_bytes());
            }
            Self::Around(before, after) => {
                let body = [before, response.body()?, after].concat();
                response.set_body(body);
            }
            Self::Flood(flood) => response.wire.steps = Some(flooded(flood, &response.body()?)),
            Self::EndSession => {}
            Self::Wire(steps) => response.wire.steps = Some(steps),
        }
        Ok(response)
    }
}

/// The list in the answer, with more entries in front of its own.
fn flooded(flood: Flood, honest: &[u8]) -> Vec<Step> {
    let start = honest.iter().position(|b| *b == b'[').map_or(0, |at| at + 1);
    let comma = if honest.get(start) == Some(&b']') { "" } else { "," };
    vec![
        Step::HeadWithout("Content-Length"),
        Step::text("Connection: close\r\n\r\n"),
        Step::BodyTo(start as u64),
        Step::Flood(flood),
        Step::text(comma),
        Step::BodyFrom(start as u64),
    ]
}

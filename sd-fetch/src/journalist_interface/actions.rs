//! The two things that are changed on the server, item by item. A whole source is never deleted
//! here: there is no such path in this file.

use sd_bundle::{ItemId, Kind};
use serde::Serialize;

use super::answer::{ClientError, shown, success};
use super::client::{Ask, Session};
use super::model::Submission;

/// The body of a request to mark items as seen.
#[derive(Serialize)]
struct Seen<'a> {
    files: Vec<&'a ItemId>,
    messages: Vec<&'a ItemId>,
    replies: Vec<&'a ItemId>,
}

impl Session<'_> {
    /// Marks these items as seen. If one of them is unknown to the server it answers 404, and
    /// none is marked.
    pub(crate) fn mark_seen(&self, items: &[&Submission]) -> Result<(), ClientError> {
        let of = |kind: Kind| items.iter().filter(|i| i.kind == kind).map(|i| &i.item).collect();
        let body = Seen {
            files: of(Kind::Document),
            messages: of(Kind::Message),
            replies: of(Kind::Reply),
        };
        let body =
            serde_json::to_vec(&body).map_err(|e| ClientError::Shape(shown(&e.to_string())))?;
        success(self.post("/seen", &body)?, self.limits()).map(drop)
    }

    /// Deletes one item on the server, for good. 404 says that it is not there.
    pub(crate) fn delete(&self, item: &Submission) -> Result<(), ClientError> {
        let list = match item.kind {
            Kind::Message | Kind::Document => "submissions",
            Kind::Reply => "replies",
        };
        let path = format!("/sources/{}/{list}/{}", item.source, item.item);
        success(self.ask(&Ask::delete(&path))?, self.limits()).map(drop)
    }
}

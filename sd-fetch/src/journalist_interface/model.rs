//! What the server lists, and what of it is taken.
//!
//! ```text
//! JSON --serde--> RawSubmission, RawReply --Submission::from_*--> Submission
//!                                                   '--> Refusal (the name is shown escaped)
//! ```

use std::collections::BTreeMap;

use sd_bundle::{Designation, ItemId, Kind, SourceId};
use serde::Deserialize;

use super::file_name::parse as file_name;
use super::limits::Limits;
use super::seen_by::SeenBy;

/// The sources that are taken, with their designations.
pub(crate) type Sources = BTreeMap<SourceId, Designation>;

/// A source as the server wrote it; what is not needed is not read.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(crate) struct RawSource {
    pub(crate) uuid: String,
    pub(crate) journalist_designation: String,
}

/// A message or document as the server wrote it.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(crate) struct RawSubmission {
    pub(crate) uuid: String,
    pub(crate) filename: String,
    size: u64,
    is_file: bool,
    is_message: bool,
    #[serde(default)]
    is_read: bool,
    #[serde(default)]
    seen_by: SeenBy,
    pub(crate) source_url: Option<String>,
    submission_url: Option<String>,
}

/// A reply as the server wrote it.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(crate) struct RawReply {
    pub(crate) uuid: String,
    pub(crate) filename: String,
    size: u64,
    #[serde(default)]
    seen_by: SeenBy,
    pub(crate) source_url: Option<String>,
    reply_url: Option<String>,
}

/// A message, document or reply on the server that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Submission {
    /// The source it belongs to.
    pub(crate) source: SourceId,
    /// Its own identity.
    pub(crate) item: ItemId,
    /// Its number in the conversation.
    pub(crate) number: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// The source's designation.
    pub(crate) designation: Designation,
    /// Bytes of ciphertext.
    pub(crate) size: u64,
    /// Whether the server says that somebody has seen it.
    pub(crate) seen: bool,
}

/// Why something listed is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The item's identifier.
    #[error("its identifier is not a UUID in lower case")]
    Uuid,
    /// The file name.
    #[error("its file name is not one that SecureDrop gives")]
    FileName,
    /// File name and flags, or the list it stands in, disagree.
    #[error("its file name and its kind do not agree")]
    Kind,
    /// Nothing, or more than any submission can have.
    #[error("its size of {0} bytes is not possible")]
    Size(u64),
    /// No source, or one that is not in the list.
    #[error("it belongs to no source in the list")]
    NoSource,
    /// Its own URL names another source or item than its other fields.
    #[error("its addresses contradict each other")]
    Contradiction,
    /// Listed more than once, by one source or by several.
    #[error("its identifier is used more than once in the lists")]
    Repeated,
    /// The copy in the inbox has another source, kind, number or size.
    #[error("it is not the item that is in the inbox under its identifier")]
    Changed,
    /// A source's designation.
    #[error("its designation is not made of words as SecureDrop's are")]
    Designation,
}

impl RawSource {
    /// The identity and the words.
    pub(crate) fn parse(&self) -> Result<(SourceId, Designation), Refusal> {
        let id = self.uuid.parse().map_err(|_| Refusal::Uuid)?;
        let words = self.journalist_designation.clone();
        Ok((id, words.try_into().map_err(|_| Refusal::Designation)?))
    }
}

impl Submission {
    /// How people call it: `focal ghost, document 3`.
    pub(crate) fn shown(&self) -> String {
        format!("{}, {} {}", self.designation, self.kind, self.number)
    }

    /// Takes a message or document.
    pub(crate) fn from_submission(
        raw: &RawSubmission,
        sources: &Sources,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let flagged = match (raw.is_message, raw.is_file) {
            (true, false) => Kind::Message,
            (false, true) => Kind::Document,
            _ => return Err(Refusal::Kind),
        };
        let fields = Fields {
            uuid: &raw.uuid,
            filename: &raw.filename,
            size: raw.size,
            seen: raw.is_read || raw.seen_by.0,
            source_url: raw.source_url.as_deref(),
            own_url: raw.submission_url.as_deref(),
        };
        fields.parse(flagged, "submissions", sources, limits)
    }

    /// Takes a reply.
    pub(crate) fn from_reply(
        raw: &RawReply,
        sources: &Sources,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let fields = Fields {
            uuid: &raw.uuid,
            filename: &raw.filename,
            size: raw.size,
            seen: raw.seen_by.0,
            source_url: raw.source_url.as_deref(),
            own_url: raw.reply_url.as_deref(),
        };
        fields.parse(Kind::Reply, "replies", sources, limits)
    }
}

/// What messages, documents and replies have in common.
struct Fields<'a> {
    uuid: &'a str,
    filename: &'a str,
    size: u64,
    seen: bool,
    source_url: Option<&'a str>,
    own_url: Option<&'a str>,
}

impl Fields<'_> {
    fn parse(
        &self,
        kind: Kind,
        list: &str,
        sources: &Sources,
        limits: &Limits,
    ) -> Result<Submission, Refusal> {
        let item: ItemId = self.uuid.parse().map_err(|_| Refusal::Uuid)?;
        let source = self.source_url.and_then(source_id_of).ok_or(Refusal::NoSource)?;
        let designation = sources.get(&source).ok_or(Refusal::NoSource)?.clone();
        // The server itself serves an item under any source's path, so this pairing is the
        // only thing that keeps two sources' mail apart.
        if self.own_url != Some(format!("/api/v1/sources/{source}/{list}/{item}").as_str()) {
            return Err(Refusal::Contradiction);
        }
        let (number, named) = file_name(self.filename).ok_or(Refusal::FileName)?;
        if named != kind {
            return Err(Refusal::Kind);
        }
        if self.size == 0 || self.size > limits.item {
            return Err(Refusal::Size(self.size));
        }
        Ok(Submission { source, item, number, kind, designation, size: self.size, seen: self.seen })
    }
}

/// The source that a `source_url` names.
pub(crate) fn source_id_of(url: &str) -> Option<SourceId> {
    url.strip_prefix("/api/v1/sources/")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const OTHER: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";
    const ITEM: &str = "952bab4d-260c-4136-b774-39eaacf9b912";

    fn raw(change: impl FnOnce(&mut RawSubmission)) -> Result<Submission, Refusal> {
        let mut raw = RawSubmission {
            uuid: ITEM.to_owned(),
            filename: "1-focal_ghost-msg.gpg".to_owned(),
            size: 616,
            is_file: false,
            is_message: true,
            is_read: false,
            seen_by: SeenBy::default(),
            source_url: Some(format!("/api/v1/sources/{SOURCE}")),
            submission_url: Some(format!("/api/v1/sources/{SOURCE}/submissions/{ITEM}")),
        };
        change(&mut raw);
        let sources = [SOURCE, OTHER].map(|id| {
            let words = "focal ghost".to_owned().try_into().expect("words");
            (id.parse().expect("a UUID"), words)
        });
        Submission::from_submission(&raw, &sources.into(), &Limits::default())
    }

    #[test]
    fn a_listed_message_is_taken_with_its_number_and_kind() {
        let message = raw(|_| {}).expect("taken");
        assert_eq!((message.number, message.kind, message.size), (1, Kind::Message, 616));
        assert_eq!(message.source.as_str(), SOURCE);
    }

    #[test]
    fn what_somebody_has_read_or_seen_is_seen() {
        let seen = |json: &str| {
            let text = format!(
                r#"{{"uuid":"{ITEM}","filename":"2-focal_ghost-reply.gpg","size":9,
                "source_url":"/api/v1/sources/{SOURCE}",
                "reply_url":"/api/v1/sources/{SOURCE}/replies/{ITEM}"{json}}}"#
            );
            let raw: RawReply = serde_json::from_str(&text).expect("a reply");
            let words = "focal ghost".to_owned().try_into().expect("words");
            let sources = [(SOURCE.parse().expect("a UUID"), words)].into();
            Submission::from_reply(&raw, &sources, &Limits::default()).expect("taken").seen
        };
        assert!(!seen("") && !seen(r#","seen_by":[]"#) && seen(r#","seen_by":["x"]"#));
        assert!(raw(|r| r.is_read = true).expect("taken").seen);
        assert!(!raw(|_| {}).expect("taken").seen);
    }

    #[test]
    fn each_field_that_is_wrong_has_its_own_refusal() {
        let other_url = || Some(format!("/api/v1/sources/{OTHER}/submissions/{ITEM}"));
        for (got, why) in [
            (raw(|r| r.uuid = "../../etc/passwd".to_owned()), Refusal::Uuid),
            (raw(|r| r.uuid = ITEM.to_uppercase()), Refusal::Uuid),
            (raw(|r| r.filename = "../1-x-msg.gpg".to_owned()), Refusal::FileName),
            (raw(|r| r.filename = "1-x-doc.gz.gpg".to_owned()), Refusal::Kind),
            (raw(|r| r.filename = "1-x-reply.gpg".to_owned()), Refusal::Kind),
            (raw(|r| r.is_file = true), Refusal::Kind),
            (raw(|r| r.is_message = false), Refusal::Kind),
            (raw(|r| r.size = 0), Refusal::Size(0)),
            (raw(|r| r.size = u64::MAX), Refusal::Size(u64::MAX)),
            (raw(|r| r.source_url = None), Refusal::NoSource),
            (raw(|r| r.source_url = Some(format!("/api/v1/sources/{ITEM}"))), Refusal::NoSource),
            (raw(|r| r.source_url = Some("http://evil.example/x".to_owned())), Refusal::NoSource),
            (
                raw(|r| r.source_url = Some(format!("/api/v1/sources/{OTHER}"))),
                Refusal::Contradiction,
            ),
            (raw(|r| r.submission_url = other_url()), Refusal::Contradiction),
            (raw(|r| r.submission_url = None), Refusal::Contradiction),
        ] {
            assert_eq!(got, Err(why));
        }
    }
}

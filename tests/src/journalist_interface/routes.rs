//! Which path is which endpoint, and which methods it knows.

/// The endpoints of version 1 of the API; the names in them are the UUIDs of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint<'p> {
    Root,
    Token,
    Sources,
    Source(&'p str),
    Conversation(&'p str),
    AddStar(&'p str),
    RemoveStar(&'p str),
    Flag(&'p str),
    Submissions,
    SourceSubmissions(&'p str),
    Submission(&'p str, &'p str),
    SubmissionDownload(&'p str, &'p str),
    Replies,
    SourceReplies(&'p str),
    Reply(&'p str, &'p str),
    ReplyDownload(&'p str, &'p str),
    Seen,
    User,
    Users,
    Logout,
}

impl<'p> Endpoint<'p> {
    /// The endpoint of a path; `None` if there is none.
    pub(super) fn of(path: &'p str) -> Option<Self> {
        let rest = path.strip_prefix("/api/v1/")?;
        let segments: Vec<&str> = rest.split('/').collect();
        Some(match segments.as_slice() {
            [""] => Self::Root,
            ["token"] => Self::Token,
            ["sources"] => Self::Sources,
            ["submissions"] => Self::Submissions,
            ["replies"] => Self::Replies,
            ["seen"] => Self::Seen,
            ["user"] => Self::User,
            ["users"] => Self::Users,
            ["logout"] => Self::Logout,
            ["sources", source, rest @ ..] => Self::of_source(source, rest)?,
            _ => return None,
        })
    }

    fn of_source(source: &'p str, rest: &[&'p str]) -> Option<Self> {
        if !is_uuid(source) {
            return None;
        }
        Some(match rest {
            [] => Self::Source(source),
            ["conversation"] => Self::Conversation(source),
            ["add_star"] => Self::AddStar(source),
            ["remove_star"] => Self::RemoveStar(source),
            ["flag"] => Self::Flag(source),
            ["submissions"] => Self::SourceSubmissions(source),
            ["replies"] => Self::SourceReplies(source),
            ["submissions", item] if is_uuid(item) => Self::Submission(source, item),
            ["replies", item] if is_uuid(item) => Self::Reply(source, item),
            ["submissions", item, "download"] if is_uuid(item) => {
                Self::SubmissionDownload(source, item)
            }
            ["replies", item, "download"] if is_uuid(item) => Self::ReplyDownload(source, item),
            _ => return None,
        })
    }

    /// Whether the endpoint knows this method; whatever knows GET knows HEAD.
    pub(super) fn knows(self, method: &str) -> bool {
        let methods: &[&str] = match self {
            Self::Token | Self::AddStar(_) | Self::Flag(_) | Self::Seen | Self::Logout => &["POST"],
            Self::Conversation(_) | Self::RemoveStar(_) => &["DELETE"],
            Self::Source(_) | Self::Submission(..) | Self::Reply(..) => &["GET", "DELETE"],
            Self::SourceReplies(_) => &["GET", "POST"],
            _ => &["GET"],
        };
        methods.contains(&if method == "HEAD" { "GET" } else { method })
    }

    /// Whether it is answered without a token.
    pub(super) fn is_open(self, method: &str) -> bool {
        matches!((self, method), (Self::Root, "GET" | "HEAD") | (Self::Token, "POST"))
    }

    /// Whether a POST to it may have an empty body.
    pub(super) fn may_be_empty(self) -> bool {
        matches!(self, Self::AddStar(_) | Self::RemoveStar(_) | Self::Flag(_) | Self::Logout)
    }

    /// The source named in the path.
    pub(super) fn source(self) -> Option<&'p str> {
        match self {
            Self::Source(source)
            | Self::Conversation(source)
            | Self::AddStar(source)
            | Self::RemoveStar(source)
            | Self::Flag(source)
            | Self::SourceSubmissions(source)
            | Self::Submission(source, _)
            | Self::SubmissionDownload(source, _)
            | Self::SourceReplies(source)
            | Self::Reply(source, _)
            | Self::ReplyDownload(source, _) => Some(source),
            _ => None,
        }
    }
}

/// Whether a text has the form of a UUID: hex digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.concat().bytes().all(|b| b.is_ascii_hexdigit())
}

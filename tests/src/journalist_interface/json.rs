//! The shapes of JSON answers, fields in the order the server sends them: alphabetical.

use std::fmt::Write as _;

use serde::Serialize;

use super::auth::Granted;
use super::clock::api_date;
use super::config::{DELETED_USER_UUID, User};
use super::world::{Item, Kind, Source, World};

/// `{"message": ...}`
#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) message: &'a str,
}

/// `{"error": ..., "message": ...}`
#[derive(Serialize)]
pub(super) struct Error<'a> {
    pub(super) error: &'a str,
    pub(super) message: &'a str,
}

/// The answer to `GET /`.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "these are the server's names")]
pub(super) struct Root {
    all_users_url: &'static str,
    auth_token_url: &'static str,
    current_user_url: &'static str,
    replies_url: &'static str,
    seen_url: &'static str,
    sources_url: &'static str,
    submissions_url: &'static str,
}

/// The only [`Root`] there is.
pub(super) const ROOT: Root = Root {
    all_users_url: "/api/v1/users",
    auth_token_url: "/api/v1/token",
    current_user_url: "/api/v1/user",
    replies_url: "/api/v1/replies",
    seen_url: "/api/v1/seen",
    sources_url: "/api/v1/sources",
    submissions_url: "/api/v1/submissions",
};

/// A token granted.
#[derive(Serialize)]
pub(super) struct TokenJson {
    expiration: String,
    journalist_first_name: Option<String>,
    journalist_last_name: Option<String>,
    journalist_uuid: String,
    token: String,
}

impl TokenJson {
    pub(super) fn of(granted: Granted) -> Self {
        let (first, last) = granted.user.names;
        Self {
            expiration: api_date(granted.expiration),
            journalist_first_name: first,
            journalist_last_name: last,
            journalist_uuid: granted.user.uuid,
            token: granted.token,
        }
    }
}

/// The user asking.
#[derive(Serialize)]
pub(super) struct CurrentUser<'a> {
    pub(super) first_name: Option<&'a str>,
    pub(super) is_admin: bool,
    pub(super) last_login: Option<String>,
    pub(super) last_name: Option<&'a str>,
    pub(super) username: &'a str,
    pub(super) uuid: &'a str,
}

/// A user in the list of all.
#[derive(Serialize)]
pub(super) struct UserJson<'a> {
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    username: &'a str,
    uuid: &'a str,
}

/// `{"users": [...]}`, the system's own user last.
#[derive(Serialize)]
pub(super) struct Users<'a> {
    users: Vec<UserJson<'a>>,
}

impl<'a> Users<'a> {
    pub(super) fn of(users: &'a [User]) -> Self {
        let deleted = UserJson {
            first_name: None,
            last_name: None,
            username: "deleted",
            uuid: DELETED_USER_UUID,
        };
        let accounts = users.iter().map(|user| UserJson {
            first_name: user.names.0.as_deref(),
            last_name: user.names.1.as_deref(),
            username: &user.username,
            uuid: &user.uuid,
        });
        Self { users: accounts.chain([deleted]).collect() }
    }
}

#[derive(Serialize)]
struct KeyJson<'a> {
    fingerprint: &'a str,
    public: &'a str,
    r#type: &'static str,
}

/// A source.
#[derive(Serialize)]
pub(super) struct SourceJson<'a> {
    add_star_url: String,
    interaction_count: u32,
    is_flagged: bool,
    is_starred: bool,
    journalist_designation: &'a str,
    key: KeyJson<'a>,
    last_updated: String,
    number_of_documents: usize,
    number_of_messages: usize,
    remove_star_url: String,
    replies_url: String,
    submissions_url: String,
    url: String,
    uuid: &'a str,
}

/// `{"sources": [...]}`
#[derive(Serialize)]
pub(super) struct Sources<'a> {
    pub(super) sources: Vec<SourceJson<'a>>,
}

impl<'a> SourceJson<'a> {
    pub(super) fn of(source: &'a Source, world: &World) -> Self {
        let url = source_url(&source.uuid);
        let count = |kind| {
            world.items().iter().filter(|i| i.source_uuid == source.uuid && i.kind == kind).count()
        };
        Self {
            add_star_url: format!("{url}/add_star"),
            interaction_count: source.interaction_count,
            is_flagged: false,
            is_starred: source.is_starred,
            journalist_designation: &source.designation,
            key: KeyJson {
                fingerprint: source.key.fingerprint(),
                public: source.key.armored(),
                r#type: "PGP",
            },
            last_updated: api_date(source.last_updated),
            number_of_documents: count(Kind::File),
            number_of_messages: count(Kind::Message),
            remove_star_url: format!("{url}/remove_star"),
            replies_url: format!("{url}/replies"),
            submissions_url: format!("{url}/submissions"),
            url,
            uuid: &source.uuid,
        }
    }
}

/// A message or document.
#[derive(Serialize)]
pub(super) struct SubmissionJson<'a> {
    download_url: String,
    filename: &'a str,
    is_file: bool,
    is_message: bool,
    is_read: bool,
    seen_by: &'a [String],
    size: u64,
    source_url: String,
    submission_url: String,
    uuid: &'a str,
}

/// `{"submissions": [...]}`
#[derive(Serialize)]
pub(super) struct Submissions<'a> {
    pub(super) submissions: Vec<SubmissionJson<'a>>,
}

impl<'a> SubmissionJson<'a> {
    pub(super) fn of(item: &'a Item) -> Self {
        let source_url = source_url(&item.source_uuid);
        let submission_url = format!("{source_url}/submissions/{}", item.uuid);
        Self {
            download_url: format!("{submission_url}/download"),
            filename: &item.filename,
            is_file: item.kind == Kind::File,
            is_message: item.kind == Kind::Message,
            is_read: !item.seen_by.is_empty(),
            seen_by: &item.seen_by,
            size: item.size,
            source_url,
            submission_url,
            uuid: &item.uuid,
        }
    }
}

/// A reply.
#[derive(Serialize)]
pub(super) struct ReplyJson<'a> {
    filename: &'a str,
    is_deleted_by_source: bool,
    journalist_first_name: &'a str,
    journalist_last_name: &'a str,
    journalist_username: &'a str,
    journalist_uuid: &'a str,
    reply_url: String,
    seen_by: &'a [String],
    size: u64,
    source_url: String,
    uuid: &'a str,
}

/// `{"replies": [...]}`
#[derive(Serialize)]
pub(super) struct Replies<'a> {
    pub(super) replies: Vec<ReplyJson<'a>>,
}

impl<'a> ReplyJson<'a> {
    pub(super) fn of(item: &'a Item, users: &'a [User]) -> Self {
        let author = users.iter().find(|user| Some(&user.uuid) == item.author.as_ref());
        let source_url = source_url(&item.source_uuid);
        Self {
            filename: &item.filename,
            is_deleted_by_source: false,
            journalist_first_name: author.and_then(|u| u.names.0.as_deref()).unwrap_or(""),
            journalist_last_name: author.and_then(|u| u.names.1.as_deref()).unwrap_or(""),
            journalist_username: author.map_or("deleted", |u| &u.username),
            journalist_uuid: author.map_or(DELETED_USER_UUID, |u| &u.uuid),
            reply_url: format!("{source_url}/replies/{}", item.uuid),
            seen_by: &item.seen_by,
            size: item.size,
            source_url,
            uuid: &item.uuid,
        }
    }
}

/// A reply taken in.
#[derive(Serialize)]
pub(super) struct ReplyStored<'a> {
    pub(super) filename: &'a str,
    pub(super) message: &'a str,
    pub(super) uuid: &'a str,
}

fn source_url(uuid: &str) -> String {
    format!("/api/v1/sources/{uuid}")
}

/// The bytes of an answer as Flask writes them: compact, pure ASCII, a newline at the end.
pub(super) fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut ascii = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            // Outside ASCII means inside a string, where JSON takes UTF-16 escapes.
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii.push('\n');
    ascii.into_bytes()
}

//! From a request to an answer: who may, what is there, what it says.
//!
//! ```text
//! Apache: method, HTTP version -> token -> path -> method -> JSON body -> source -> the endpoint
//! ```
//! In this order, so that whoever has no token learns nothing but 403.

use serde::Serialize;
use serde_json::Value;

use super::auth::{Credentials, Denied, Logins};
use super::clock::api_date;
use super::config::{Config, Stack, User};
use super::faults::Fault;
use super::http::Request;
use super::json::{self, CurrentUser, Message, SourceJson, Sources, TokenJson, Users};
use super::response::Response;
use super::routes::Endpoint;
use super::world::World;
use super::{download, items};

/// Everything that changes while the server runs.
#[derive(Debug)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) logins: Logins,
    pub(super) faults: Vec<Fault>,
}

/// An answer that is an error: status and, if it is not the usual one, message.
#[derive(Debug)]
pub(super) struct Problem(pub(super) u16, pub(super) Option<String>);

/// What an endpoint makes of a request.
pub(super) type Outcome = Result<Response, Problem>;

/// One request on its way through.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) config: &'a Config,
    pub(super) request: &'a Request,
}

/// The answer to a request.
pub(super) fn answer(state: &mut State, config: &Config, request: &Request) -> Response {
    let lets_through = ["GET", "HEAD", "POST", "DELETE"].contains(&request.method.as_str());
    if config.stack == Stack::Apache && (!lets_through || request.minor_version == 0) {
        return config.stack.forbidden_page(config.clock.now());
    }
    let mut call = Call { state, config, request };
    match call.run() {
        Ok(response) => response,
        Err(Problem(status, message)) => {
            let (error, usual) = usual_words(status);
            let message = message.as_deref().unwrap_or(usual);
            call.json(status, &json::Error { error, message })
        }
    }
}

impl Call<'_> {
    fn run(&mut self) -> Outcome {
        let (config, request) = (self.config, self.request);
        let endpoint = Endpoint::of(request.path());
        let method = request.method.as_str();
        let header = request.header("Authorization").unwrap_or_default();
        let user = self.state.logins.user_of(config, header);
        if user.is_none() && !endpoint.is_some_and(|e| e.is_open(method)) {
            return Err(Problem(403, None));
        }
        let endpoint = endpoint.ok_or(Problem(404, None))?;
        if !endpoint.knows(method) {
            return Err(Problem(405, None));
        }
        let body = self.body(endpoint)?;
        if endpoint.source().is_some_and(|uuid| !self.has_source(uuid)) {
            return Err(Problem(404, None));
        }
        match (endpoint, user) {
            (Endpoint::Root, _) => Ok(self.json(200, &json::ROOT)),
            (Endpoint::Token, _) => self.token(&body),
            (_, Some(user)) => self.with_user(endpoint, user, &body),
            (_, None) => Err(Problem(403, None)),
        }
    }

    /// The JSON of a POST; `null` for other methods and where a body is not needed.
    fn body(&self, endpoint: Endpoint<'_>) -> Result<Value, Problem> {
        let malformed = || Problem(400, Some("malformed request".to_owned()));
        let bytes = &self.request.body;
        match self.request.method.as_str() {
            "POST" if bytes.is_empty() && endpoint.may_be_empty() => Ok(Value::Null),
            "POST" => serde_json::from_slice(bytes).map_err(|_| malformed()),
            _ => Ok(Value::Null),
        }
    }

    fn with_user(&mut self, endpoint: Endpoint<'_>, user: &User, body: &Value) -> Outcome {
        let is_delete = self.request.method == "DELETE";
        match endpoint {
            Endpoint::User => Ok(self.current_user(user)),
            Endpoint::Users => Ok(self.json(200, &Users::of(&self.config.users))),
            Endpoint::Logout => Ok(self.logout()),
            Endpoint::Sources => Ok(self.sources()),
            Endpoint::Source(uuid) if is_delete => {
                self.state.world.delete_source(uuid);
                Ok(self.say(200, "Source and submissions deleted"))
            }
            Endpoint::Source(uuid) => self.source(uuid),
            Endpoint::Conversation(uuid) => {
                self.state.world.delete_conversation(uuid);
                Ok(self.say(200, "Source data deleted"))
            }
            Endpoint::AddStar(uuid) => Ok(self.star(uuid, true)),
            Endpoint::RemoveStar(uuid) => Ok(self.star(uuid, false)),
            Endpoint::Flag(_) => {
                Ok(self.say(200, "Sources no longer need to be flagged for reply"))
            }
            Endpoint::SubmissionDownload(_, uuid) => download::submission(self, uuid),
            Endpoint::ReplyDownload(_, uuid) => download::reply(self, uuid),
            other => items::answer(self, other, user, body),
        }
    }

    /// A JSON answer.
    pub(super) fn json(&self, status: u16, value: &impl Serialize) -> Response {
        self.config.stack.json(self.config.clock.now(), status, json::to_bytes(value), &[])
    }

    /// `{"message": ...}`
    pub(super) fn say(&self, status: u16, message: &str) -> Response {
        self.json(status, &Message { message })
    }

    fn has_source(&self, uuid: &str) -> bool {
        self.state.world.sources.iter().any(|source| source.uuid == uuid)
    }

    fn token(&mut self, body: &Value) -> Outcome {
        let field = |name: &str| {
            let missing = || Problem(400, Some(format!("{name} field is missing")));
            body.get(name).filter(|value| !value.is_null()).ok_or_else(missing)
        };
        let (username, passphrase) = (field("username")?, field("passphrase")?);
        let code = field("one_time_code")?;
        let (Some(username), Some(passphrase), Some(one_time_code)) =
            (username.as_str(), passphrase.as_str(), code.as_str())
        else {
            return Err(Problem(500, None));
        };
        let credentials = Credentials { username, passphrase, one_time_code };
        match self.state.logins.log_in(self.config, &credentials) {
            Ok(granted) => Ok(self.json(200, &TokenJson::of(granted))),
            Err(Denied::Refused) => {
                Err(Problem(403, Some("Token authentication failed.".to_owned())))
            }
            Err(Denied::Crashed) => Err(Problem(500, None)),
        }
    }

    fn current_user(&self, user: &User) -> Response {
        let (first_name, last_name) = &user.names;
        let current = CurrentUser {
            first_name: first_name.as_deref(),
            is_admin: user.is_admin,
            last_login: self.state.logins.last_login(user).map(api_date),
            last_name: last_name.as_deref(),
            username: &user.username,
            uuid: &user.uuid,
        };
        self.json(200, &current)
    }

    /// Revokes the token; the answer carries a session cookie nobody asked for.
    fn logout(&mut self) -> Response {
        let header = self.request.header("Authorization").unwrap_or_default();
        self.state.logins.revoke(header);
        let session = super::auth::signed_token(header);
        let cookie = format!("js={session}; HttpOnly; Path=/; SameSite=Strict");
        let body = json::to_bytes(&Message { message: "Your token has been revoked." });
        let extra = [("Vary", "Cookie"), ("Set-Cookie", cookie.as_str())];
        self.config.stack.json(self.config.clock.now(), 200, body, &extra)
    }

    fn sources(&self) -> Response {
        let world = &self.state.world;
        let sources = world.sources.iter().map(|s| SourceJson::of(s, world)).collect();
        self.json(200, &Sources { sources })
    }

    fn source(&self, uuid: &str) -> Outcome {
        let world = &self.state.world;
        let source = world.sources.iter().find(|s| s.uuid == uuid).ok_or(Problem(404, None))?;
        Ok(self.json(200, &SourceJson::of(source, world)))
    }

    fn star(&mut self, uuid: &str, starred: bool) -> Response {
        for source in self.state.world.sources.iter_mut().filter(|s| s.uuid == uuid) {
            source.is_starred = starred;
        }
        if starred { self.say(201, "Star added") } else { self.say(200, "Star removed") }
    }
}

/// The name of an error, and what it says unless there is more to say.
fn usual_words(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("Bad Request", "malformed request"),
        403 => (
            "Forbidden",
            "You don't have the permission to access the requested resource. It is either \
             read-protected or not readable by the server.",
        ),
        404 => (
            "Not Found",
            "The requested URL was not found on the server. If you entered the URL manually please \
             check your spelling and try again.",
        ),
        405 => ("Method Not Allowed", "The method is not allowed for the requested URL."),
        409 => ("Conflict", "That UUID is already in use."),
        416 => {
            ("Requested Range Not Satisfiable", "The server cannot provide the requested range.")
        }
        _ => (
            "Internal Server Error",
            "The server encountered an internal error and was unable to complete your request. \
             Either the server is overloaded or there is an error in the application.",
        ),
    }
}

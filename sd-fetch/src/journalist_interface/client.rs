//! One conversation with the server.

use std::net::SocketAddr;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderValue, header};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder, http::Response};

use super::address::Server;
use super::answer::{ClientError, json, shown, success};
use super::connector::{Circuit, Doorway, NoDns};
use super::limits::Limits;
use super::lists::{self, Room};
use super::model::{RawReply, RawSource, RawSubmission};
use super::token::{Credentials, RawToken, Token};

/// An HTTP client that can reach one server.
pub(crate) struct Client {
    agent: Agent,
    circuit: Circuit,
    base: String,
    limits: Limits,
}

/// A logged-in client. [`Session::logout`] ends it on the server too, for every clone.
#[derive(Clone)]
pub(crate) struct Session<'c> {
    client: &'c Client,
    authorization: HeaderValue,
}

impl Client {
    /// A client for `server`; nothing is sent yet.
    pub(crate) fn new(
        server: &Server,
        proxies: &[SocketAddr],
        limits: Limits,
    ) -> Result<Self, ClientError> {
        let circuit = Circuit::new().map_err(ClientError::Connect)?;
        let agent = agent(server, proxies, &limits, circuit.clone());
        Ok(Self { agent, circuit, base: format!("http://{server}/api/v1"), limits })
    }

    /// Asks, without logging in, whether a Journalist Interface is there. It also makes Tor
    /// build the circuit before a person reads a code that is valid for half a minute.
    /// Tells the time there, if the server says it.
    pub(crate) fn knock(&self) -> Result<Option<Timestamp>, ClientError> {
        #[derive(Deserialize)]
        struct Root {
            #[serde(rename = "auth_token_url")]
            _token: String,
        }
        let response = self.ask(&Ask::get("/", 0), None)?;
        let response = success(response, &self.limits)?;
        let time = response.headers().get(header::DATE).and_then(|v| v.to_str().ok());
        let time = time.and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
        json::<Root>(response, self.limits.small_body)?;
        Ok(time)
    }

    /// Logs in, once: a second attempt would count against the throttle, and the code is used
    /// up by the first.
    pub(crate) fn login(&self, credentials: &Credentials) -> Result<Session<'_>, ClientError> {
        let body = credentials.body().map_err(|e| ClientError::Shape(shown(&e.to_string())))?;
        let response = self.post("/token").content_type("application/json").send(&body[..])?;
        let raw: RawToken = json(success(response, &self.limits)?, self.limits.small_body)?;
        let bad = |e: super::token::TokenError| ClientError::Shape(shown(&e.to_string()));
        let authorization = Token::try_from(raw).and_then(|t| t.header()).map_err(bad)?;
        Ok(Session { client: self, authorization })
    }

    /// A request with something to send, whose answer is short.
    fn post(&self, path: &str) -> RequestBuilder<WithBody> {
        let request = self.agent.post(format!("{}{path}", self.base));
        request.config().timeout_recv_body(Some(self.limits.body_time(0))).build()
    }

    /// Takes another way through Tor from now on.
    pub(crate) fn another_circuit(&self) {
        // Without random bytes the old way has to do.
        let _ = self.circuit.change();
    }

    /// Sends a request without a body for a path of our own making.
    fn ask(
        &self,
        ask: &Ask<'_>,
        token: Option<&HeaderValue>,
    ) -> Result<Response<Body>, ClientError> {
        let address = format!("{}{}", self.base, ask.path);
        let mut request = match ask.method {
            Method::Get => self.agent.get(address),
            Method::Head => self.agent.head(address),
            Method::Delete => self.agent.delete(address),
        };
        if let Some(value) = token {
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(first) = ask.from {
            request = request.header(header::RANGE, format!("bytes={first}-"));
        }
        let time = self.limits.body_time(ask.bytes);
        Ok(request.config().timeout_recv_body(Some(time)).build().call()?)
    }
}

/// An agent that can reach one server and no other, on a circuit of its own.
pub(super) fn agent(
    server: &Server,
    proxies: &[SocketAddr],
    limits: &Limits,
    circuit: Circuit,
) -> Agent {
    let doorway = Doorway::new(server, proxies, limits, circuit);
    let config = Agent::config_builder()
        // Else ureq reads ALL_PROXY; the doorway ignores it, but nothing may depend on that.
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .accept("application/json")
        .accept_encoding("identity")
        .user_agent("")
        .max_response_header_size(limits.header)
        .max_idle_connections(0)
        .timeout_per_read(Some(limits.idle))
        .timeout_per_write(Some(limits.idle))
        .timeout_recv_response(Some(limits.answer))
        .build();
    Agent::with_parts(config, doorway, NoDns)
}

/// A question.
pub(super) struct Ask<'a> {
    method: Method,
    path: &'a str,
    /// Only the bytes from here on.
    from: Option<u64>,
    /// The answer's length, for the time it may take.
    bytes: u64,
}

enum Method {
    Get,
    Head,
    Delete,
}

impl<'a> Ask<'a> {
    /// For what stands at this path, of about so many bytes.
    pub(super) fn get(path: &'a str, bytes: u64) -> Self {
        Self { method: Method::Get, path, from: None, bytes }
    }

    /// The same without the first bytes.
    pub(super) fn rest(path: &'a str, from: u64, bytes: u64) -> Self {
        Self { from: Some(from), ..Self::get(path, bytes) }
    }

    /// What would be said of it before its bytes.
    pub(super) fn head(path: &'a str) -> Self {
        Self { method: Method::Head, ..Self::get(path, 0) }
    }

    /// That it be deleted.
    pub(super) fn delete(path: &'a str) -> Self {
        Self { method: Method::Delete, ..Self::get(path, 0) }
    }
}

impl<'c> Session<'c> {
    /// The same token on another circuit.
    pub(crate) fn by_way_of<'d>(&self, client: &'d Client) -> Session<'d> {
        Session { client, authorization: self.authorization.clone() }
    }

    /// Hands on each source that is listed.
    pub(crate) fn sources(&self, take: &mut dyn FnMut(RawSource)) -> Result<(), ClientError> {
        self.list("sources", &mut Room::for_sources(self.limits()), take)
    }

    /// Hands on each message and document that is listed, from all sources.
    pub(crate) fn submissions(
        &self,
        room: &mut Room,
        take: &mut dyn FnMut(RawSubmission),
    ) -> Result<(), ClientError> {
        self.list("submissions", room, take)
    }

    /// Hands on each reply that is listed, to all sources.
    pub(crate) fn replies(
        &self,
        room: &mut Room,
        take: &mut dyn FnMut(RawReply),
    ) -> Result<(), ClientError> {
        self.list("replies", room, take)
    }

    fn list<T: DeserializeOwned>(
        &self,
        name: &'static str,
        room: &mut Room,
        take: &mut dyn FnMut(T),
    ) -> Result<(), ClientError> {
        let limits = self.limits();
        let response = self.ask(&Ask::get(&format!("/{name}"), limits.list_body))?;
        lists::read(success(response, limits)?, name, room, limits, take)
    }

    /// Sends a question with the token.
    pub(super) fn ask(&self, ask: &Ask<'_>) -> Result<Response<Body>, ClientError> {
        self.client.ask(ask, Some(&self.authorization))
    }

    /// Sends JSON with the token.
    pub(super) fn post(&self, path: &str, json: &[u8]) -> Result<Response<Body>, ClientError> {
        let request = self.client.post(path).header(header::AUTHORIZATION, &self.authorization);
        Ok(request.content_type("application/json").send(json)?)
    }

    /// Whether the token is still good. The server says 403 for an ended session and for
    /// some single things that it will not give.
    pub(crate) fn is_alive(&self) -> Result<bool, ClientError> {
        match success(self.ask(&Ask::get("/user", 0))?, self.limits()) {
            Ok(_) => Ok(true),
            Err(ClientError::Forbidden(_)) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// The way it takes.
    pub(crate) fn client(&self) -> &'c Client {
        self.client
    }

    /// The limits of this conversation.
    pub(crate) fn limits(&self) -> &Limits {
        &self.client.limits
    }

    /// Ends the session on the server.
    pub(crate) fn logout(self) -> Result<(), ClientError> {
        let client = self.client;
        let request = client.post("/logout").header(header::AUTHORIZATION, &self.authorization);
        success(request.send_empty()?, &client.limits)?;
        Ok(())
    }
}

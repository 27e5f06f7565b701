//! One conversation with the server.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderValue, header};
use ureq::{Agent, Body, http::Response};

use super::address::Server;
use super::answer::{ClientError, json, shown, success};
use super::connector::{Doorway, NoDns};
use super::limits::Limits;
use super::model::{Listing, RawReply, RawSource, RawSubmission};
use super::token::{Credentials, RawToken, Token};

/// An HTTP client that can reach one server.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    limits: Limits,
}

/// A logged-in client. [`Session::logout`] ends it on the server too.
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
        let doorway = Doorway::new(server, proxies, &limits).map_err(ClientError::Connect)?;
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
        let agent = Agent::with_parts(config, doorway, NoDns);
        Ok(Self { agent, base: format!("http://{server}/api/v1"), limits })
    }

    /// Asks, without logging in, whether a Journalist Interface is there. It also makes Tor
    /// build the circuit before a person reads a code that is valid for half a minute.
    pub(crate) fn knock(&self) -> Result<(), ClientError> {
        #[derive(Deserialize)]
        struct Root {
            #[serde(rename = "auth_token_url")]
            _token: String,
        }
        let response = self.get("/", None, self.limits.body_time(0))?;
        json::<Root>(success(response, &self.limits)?, self.limits.small_body)?;
        Ok(())
    }

    /// Logs in, once: a second attempt would count against the throttle, and the code is used
    /// up by the first.
    pub(crate) fn login(&self, credentials: &Credentials) -> Result<Session<'_>, ClientError> {
        let body = credentials.body().map_err(|e| ClientError::Shape(shown(&e.to_string())))?;
        let request = self.agent.post(format!("{}/token", self.base));
        let request = request.config().timeout_recv_body(Some(self.limits.body_time(0))).build();
        let response = request.content_type("application/json").send(&body[..])?;
        let raw: RawToken = json(success(response, &self.limits)?, self.limits.small_body)?;
        let bad = |e: super::token::TokenError| ClientError::Shape(shown(&e.to_string()));
        let authorization = Token::try_from(raw).and_then(|t| t.header()).map_err(bad)?;
        Ok(Session { client: self, authorization })
    }

    /// Sends a GET for a path of our own making.
    pub(super) fn get(
        &self,
        path: &str,
        authorization: Option<&HeaderValue>,
        body_time: Duration,
    ) -> Result<Response<Body>, ClientError> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        Ok(request.config().timeout_recv_body(Some(body_time)).build().call()?)
    }
}

impl Session<'_> {
    /// The three lists: who there is, what they sent, what was answered.
    pub(crate) fn listing(&self) -> Result<Listing, ClientError> {
        #[derive(Deserialize)]
        struct Sources {
            sources: Vec<RawSource>,
        }
        #[derive(Deserialize)]
        struct Submissions {
            submissions: Vec<RawSubmission>,
        }
        #[derive(Deserialize)]
        struct Replies {
            replies: Vec<RawReply>,
        }
        Ok(Listing {
            sources: self.list::<Sources>("/sources")?.sources,
            submissions: self.list::<Submissions>("/submissions")?.submissions,
            replies: self.list::<Replies>("/replies")?.replies,
        })
    }

    fn list<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let limits = &self.client.limits;
        let response = self.get(path, limits.body_time(limits.list_body))?;
        json(success(response, limits)?, limits.list_body)
    }

    /// Sends a GET with the token.
    pub(super) fn get(
        &self,
        path: &str,
        body_time: Duration,
    ) -> Result<Response<Body>, ClientError> {
        self.client.get(path, Some(&self.authorization), body_time)
    }

    /// The limits of this conversation.
    pub(crate) fn limits(&self) -> &Limits {
        &self.client.limits
    }

    /// Ends the session on the server.
    pub(crate) fn logout(self) -> Result<(), ClientError> {
        let client = self.client;
        let request = client.agent.post(format!("{}/logout", client.base));
        let request = request.header(header::AUTHORIZATION, &self.authorization);
        let request = request.config().timeout_recv_body(Some(client.limits.body_time(0))).build();
        success(request.send_empty()?, &client.limits)?;
        Ok(())
    }
}

//! Answers: judged by status and headers first, read within a limit, parsed last.

use std::io;

use sd_fs::{CopyError, Escaped, escape, read_bounded};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, HeaderName, Response, StatusCode, header};
use ureq::{Body, BodyReader};
use zeroize::Zeroizing;

use super::connector::ConnectError;
use super::limits::Limits;

/// More of a server's words than this is not shown.
const MAX_SAID: usize = 200;

/// A request that got no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// No connection.
    #[error(transparent)]
    Connect(ConnectError),
    /// Nothing came for too long.
    #[error("the server fell silent")]
    Stalled,
    /// The connection ended in the middle.
    #[error("the connection broke: {0}")]
    Cut(Escaped),
    /// 403, which the server says for a bad login, an ended session and a forbidden method.
    #[error("refused (403){0}")]
    Forbidden(Said),
    /// A redirect: never followed.
    #[error("the server wanted to send us elsewhere (redirect {0}); not followed")]
    Redirect(u16),
    /// Another status than the one success has.
    #[error("the server answered {0}{1}")]
    Status(u16, Said),
    /// A Content-Encoding that was not asked for.
    #[error("the server compressed its answer (\"{0}\") although it was asked not to")]
    Encoded(Escaped),
    /// Not `application/json`.
    #[error("the answer is not JSON but \"{0}\"")]
    NotJson(Escaped),
    /// More than this kind of answer may have.
    #[error(transparent)]
    TooLong(#[from] Excess),
    /// JSON of another shape.
    #[error("the answer has another shape than expected: {0}")]
    Shape(Escaped),
    /// Not HTTP, or headers beyond their limit.
    #[error("the answer is not proper HTTP: {0}")]
    Protocol(Escaped),
}

/// More than an answer may have, and how much that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Excess {
    /// All of it.
    #[error("the answer is longer than {0} bytes")]
    Bytes(u64),
    /// One text inside.
    #[error("a text in the answer is longer than {0} bytes")]
    Text(u64),
    /// Brackets within brackets.
    #[error("the answer is nested more than {0} deep")]
    Depth(u32),
    /// Sources.
    #[error("more than {0} sources are listed")]
    Sources(usize),
    /// Messages, documents and replies.
    #[error("more than {0} messages, documents and replies are listed")]
    Items(usize),
}

/// What an error body said, if it was JSON: `: ` and the words, escaped and cut.
#[derive(Debug, Default)]
pub(crate) struct Said(Option<Escaped>);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |said| write!(f, ": {said}"))
    }
}

impl From<ureq::Error> for ClientError {
    fn from(e: ureq::Error) -> Self {
        match e {
            ureq::Error::Timeout(_) => Self::Stalled,
            ureq::Error::Io(e) => Self::Cut(shown(&e.to_string())),
            ureq::Error::Other(e) => match e.downcast::<ConnectError>() {
                Ok(e) => Self::Connect(*e),
                Err(e) => Self::Protocol(shown(&e.to_string())),
            },
            other => Self::Protocol(shown(&other.to_string())),
        }
    }
}

impl From<io::Error> for ClientError {
    fn from(e: io::Error) -> Self {
        // A body's reader wraps ureq's own errors; its `From` unwraps them again.
        ureq::Error::from(e).into()
    }
}

/// A stranger's words, cut and escaped.
pub(crate) fn shown(text: &str) -> Escaped {
    match text.char_indices().nth(MAX_SAID) {
        Some((end, _)) => escape(format!("{}…", &text[..end]).as_bytes()),
        None => escape(text.as_bytes()),
    }
}

/// The one value of a header, or nothing; two values are an error.
pub(crate) fn single<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h str>, ClientError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let bad = |why: &str| ClientError::Protocol(shown(&format!("{why} {name} header")));
    if values.next().is_some() {
        return Err(bad("more than one"));
    }
    value.to_str().map(Some).map_err(|_| bad("a garbled"))
}

/// Lets only an uncompressed 200 pass; everything else becomes its error.
pub(crate) fn success(
    response: Response<Body>,
    limits: &Limits,
) -> Result<Response<Body>, ClientError> {
    accept(response, &[StatusCode::OK], limits)
}

/// Lets only these statuses pass, uncompressed.
pub(super) fn accept(
    response: Response<Body>,
    wanted: &[StatusCode],
    limits: &Limits,
) -> Result<Response<Body>, ClientError> {
    let status = response.status();
    if status.is_redirection() {
        return Err(ClientError::Redirect(status.as_u16()));
    }
    if let Some(encoding) = single(response.headers(), &header::CONTENT_ENCODING)?
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Err(ClientError::Encoded(shown(encoding)));
    }
    match status {
        status if wanted.contains(&status) => Ok(response),
        StatusCode::FORBIDDEN => Err(ClientError::Forbidden(said(response, limits))),
        other => Err(ClientError::Status(other.as_u16(), said(response, limits))),
    }
}

/// The body of an answer that is JSON by its type.
pub(super) fn json_body(response: Response<Body>) -> Result<BodyReader<'static>, ClientError> {
    let kind = single(response.headers(), &header::CONTENT_TYPE)?.unwrap_or("nothing");
    let media = kind.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(ClientError::NotJson(shown(kind)));
    }
    Ok(response.into_body().into_with_config().limit(u64::MAX).reader())
}

/// Reads a JSON body of at most `limit` bytes. The bytes are wiped: one of them holds a token.
pub(crate) fn json<T: DeserializeOwned>(
    response: Response<Body>,
    limit: u64,
) -> Result<T, ClientError> {
    let mut reader = json_body(response)?;
    let bytes = Zeroizing::new(read_bounded(&mut reader, limit).map_err(|e| match e {
        CopyError::TooLong(limit) => ClientError::TooLong(Excess::Bytes(limit)),
        CopyError::Read(e) | CopyError::Write(e) => e.into(),
    })?);
    serde_json::from_slice(&bytes).map_err(|e| ClientError::Shape(shown(&e.to_string())))
}

/// The words of an error answer. HTML and everything else that is no JSON says nothing.
fn said(response: Response<Body>, limits: &Limits) -> Said {
    #[derive(Deserialize)]
    struct ErrorBody {
        error: Option<String>,
        message: Option<String>,
    }
    let Ok(body) = json::<ErrorBody>(response, limits.small_body) else {
        return Said(None);
    };
    let words: Vec<String> = [body.error, body.message].into_iter().flatten().collect();
    Said((!words.is_empty()).then(|| shown(&words.join(": "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, kind: &str, body: &str) -> Response<Body> {
        let body = Body::builder().data(body.to_owned());
        Response::builder()
            .status(status)
            .header("content-type", kind)
            .body(body)
            .expect("a response")
    }

    fn refused(status: u16, kind: &str, body: &str) -> String {
        let got = success(response(status, kind, body), &Limits::default());
        got.expect_err("no success").to_string()
    }

    #[test]
    fn a_servers_words_are_escaped_and_cut() {
        let body = format!(r#"{{"error":"Bad\u001b[2J","message":"{}"}}"#, "x".repeat(500));
        let text = refused(400, "application/json", &body);
        assert!(text.starts_with(r"the server answered 400: Bad\u{1b}[2J: xxx"), "{text}");
        assert!(text.chars().count() < 260 && text.ends_with('…'));
    }

    #[test]
    fn html_is_never_shown() {
        let text = refused(403, "text/html; charset=iso-8859-1", "<h1>Forbidden</h1>");
        assert_eq!(text, "refused (403)");
        let text = refused(500, "application/json", "<h1>not JSON</h1>");
        assert_eq!(text, "the server answered 500");
    }

    #[test]
    fn other_successes_and_redirects_are_not_success() {
        assert!(refused(302, "application/json", "{}").contains("redirect 302"));
        assert!(refused(206, "application/json", "{}").contains("answered 206"));
        assert!(refused(204, "application/json", "").contains("answered 204"));
    }

    #[test]
    fn json_is_json_by_its_type_and_has_each_name_once() {
        #[derive(Debug, Deserialize)]
        struct One {
            a: u8,
        }
        let parsed = |kind: &str, body: &str| json::<One>(response(200, kind, body), 20);
        assert_eq!(parsed("application/json; charset=utf-8", r#"{"a":1,"b":2}"#).expect("ok").a, 1);
        assert!(matches!(parsed("text/html", r#"{"a":1}"#), Err(ClientError::NotJson(_))));
        let twice = parsed("application/json", r#"{"a":1,"a":2}"#).expect_err("twice");
        assert!(twice.to_string().contains("duplicate field `a`"), "{twice}");
        let missing = parsed("application/json", "{}").expect_err("missing");
        assert!(missing.to_string().contains("missing field `a`"), "{missing}");
        let long = parsed("application/json", r#"{"a":1,          "b":2}"#);
        assert!(matches!(long, Err(ClientError::TooLong(Excess::Bytes(20)))));
    }
}

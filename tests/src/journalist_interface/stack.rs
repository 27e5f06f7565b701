//! The two stacks, and how each lays out a head.
//!
//! The names, their spelling and their order are those of recorded exchanges with a real server:
//! Flask's development server closes after each answer and dates a download twice; behind Apache the
//! application's own reason phrases come through, but ranges, and errors about them, are Apache's.

use jiff::Timestamp;

use super::clock::http_date;
use super::config::Stack;
use super::response::{Part, Response, html_page};

const FLASK: &str = "Werkzeug/2.2.3 Python/3.11.7";
const APACHE: &str = "Apache/2.4.71 (Debian)";
const HTML: &str = "text/html; charset=iso-8859-1";

/// What a download's head says about the file.
pub(super) struct FileHead<'a> {
    pub(super) filename: &'a str,
    pub(super) etag: &'a str,
    pub(super) modified: Timestamp,
    pub(super) content_type: &'a str,
    pub(super) length: u64,
    /// The `Content-Range` value of a single range.
    pub(super) range: Option<String>,
    /// Whether only part of the file is sent.
    pub(super) partial: bool,
}

impl Stack {
    /// An answer of the application with a JSON body; `extra` headers follow its length.
    pub(super) fn json(
        self,
        now: Timestamp,
        status: u16,
        body: Vec<u8>,
        extra: &[(&str, &str)],
    ) -> Response {
        let response = Response::new(status, &flask_reason(status));
        let mut response = self
            .date_and_server(response, now, FLASK)
            .header("Content-Type", "application/json")
            .header("Content-Length", &body.len().to_string());
        for (name, value) in extra {
            response = response.header(name, value);
        }
        match self {
            Self::FlaskDev => response.header("Connection", "close"),
            Self::Apache => response.header("Cache-Control", "no-store"),
        }
        .part(Part::Bytes(body))
    }

    /// The head of a download.
    pub(super) fn file(self, now: Timestamp, head: &FileHead<'_>) -> Response {
        match self {
            Self::FlaskDev => flask_file(now, head),
            Self::Apache => apache_file(now, head),
        }
    }

    /// Apache's refusal of a method or protocol version it does not let through.
    pub(super) fn forbidden_page(self, now: Timestamp) -> Response {
        let page = html_page(
            "403 Forbidden",
            "Forbidden",
            "You don't have permission to access this resource.",
        );
        self.date_and_server(Response::new(403, "Forbidden"), now, APACHE)
            .header("Content-Length", &page.len().to_string())
            .header("Content-Type", HTML)
            .part(Part::Bytes(page.into_bytes()))
    }

    /// Apache's refusal of a range, sent in chunks because the length was taken from the file first.
    pub(super) fn range_page(self, now: Timestamp) -> Response {
        let heading = "Requested Range Not Satisfiable";
        let text = "None of the range-specifier values in the Range\n\
                    request-header field overlap the current extent\n\
                    of the selected resource.";
        let page = html_page(&format!("416 {heading}"), heading, text);
        let mut response = self
            .date_and_server(Response::new(416, heading), now, APACHE)
            .header("Transfer-Encoding", "chunked")
            .header("Content-Type", HTML)
            .part(Part::Bytes(page.into_bytes()));
        response.wire.chunked = true;
        response
    }

    fn date_and_server(self, response: Response, now: Timestamp, server: &str) -> Response {
        match self {
            Self::FlaskDev => response.header("Server", server).header("Date", &http_date(now)),
            Self::Apache => response.header("Date", &http_date(now)).header("Server", server),
        }
    }
}

fn flask_file(now: Timestamp, head: &FileHead<'_>) -> Response {
    let (status, reason) = if head.partial { (206, "PARTIAL CONTENT") } else { (200, "OK") };
    let response = Stack::FlaskDev
        .date_and_server(Response::new(status, reason), now, FLASK)
        .header("Content-Disposition", &disposition(head.filename))
        .header("Content-Type", head.content_type)
        .header("Content-Length", &head.length.to_string())
        .header("Last-Modified", &http_date(head.modified))
        .header("Cache-Control", "no-cache")
        .header("Date", &http_date(now));
    match &head.range {
        Some(range) => response
            .header("Accept-Ranges", "bytes")
            .header("Content-Range", range)
            .header("Etag", head.etag),
        None => response.header("Etag", head.etag).header("Accept-Ranges", "bytes"),
    }
    .header("Connection", "close")
}

fn apache_file(now: Timestamp, head: &FileHead<'_>) -> Response {
    let (status, reason) = if head.partial { (206, "Partial Content") } else { (200, "OK") };
    let response = Stack::Apache
        .date_and_server(Response::new(status, reason), now, FLASK)
        .header("Content-Disposition", &disposition(head.filename))
        .header("Content-Type", head.content_type)
        .header("Last-Modified", &http_date(head.modified))
        .header("Cache-Control", "no-store")
        .header("Etag", head.etag)
        .header("Accept-Ranges", "bytes")
        .header("Content-Length", &head.length.to_string());
    match &head.range {
        Some(range) => response.header("Content-Range", range),
        None => response,
    }
}

fn disposition(filename: &str) -> String {
    format!("attachment; filename={filename}")
}

/// Reason phrases as the application spells them.
fn flask_reason(status: u16) -> String {
    match status {
        200 => "OK",
        201 => "CREATED",
        400 => "BAD REQUEST",
        403 => "FORBIDDEN",
        404 => "NOT FOUND",
        405 => "METHOD NOT ALLOWED",
        409 => "CONFLICT",
        413 => "REQUEST ENTITY TOO LARGE",
        416 => "REQUESTED RANGE NOT SATISFIABLE",
        _ => "INTERNAL SERVER ERROR",
    }
    .to_owned()
}

//! Mails (RFC 5322 and MIME): who, when, about what, the text and the attachments; nothing else.
//!
//! ```text
//! headers --head--> From, To, Cc, Subject, Date: written anew      all others: named, gone
//! body --parts--> text --text::visible--> text                  .--> one form: UTF-8, quoted-printable
//!          |----> attachments, mails inside --Nest--> clean  ---'    or base64, boundaries of ours --> check
//!          |----> HTML without a text --html--> attachment
//!          '----> HTML beside a text, signatures, reports: named, gone
//! ```

mod check;
mod head;
mod letters;
mod parts;
mod write;

use std::fmt::Write as _;

use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::Tally;
use crate::{Cleaned, Format, Refusal};
use head::Headers;
use parts::Reader;

/// Something that a mail holds.
pub(super) enum Item {
    /// Text that is shown.
    Text(String),
    /// A page that is shown, as it was sent, and its charset. It is dropped where a text says the
    /// same, and else becomes an attachment.
    Html(Vec<u8>, String),
    /// An attachment, cleaned.
    File { name: String, bytes: Vec<u8>, format: Format },
    /// A mail inside, cleaned.
    Mail(Vec<u8>),
}

/// Headers that name persons.
const PERSONS: [(&str, &str); 3] = [("from", "From"), ("to", "To"), ("cc", "Cc")];

/// Writes a mail anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let tally = Tally::default();
    let (headers, body) = Headers::read(bytes)?;
    let mut out = "MIME-Version: 1.0\r\n".to_owned();
    for (name, written) in PERSONS {
        out.push_str(&persons(&headers, (name, written), &mut findings, &tally)?);
    }
    if let Some(subject) = headers.one("subject")? {
        let subject = head::shown(&letters::unfold(subject)?);
        findings.kept(Class::Person, "Subject", &subject, "what a mail is about is content");
        let _ = write!(out, "Subject: {}\r\n", letters::header(&subject));
    }
    if let Some(date) = headers.one("date")? {
        if let Some(date) = head::date(date) {
            let why = "when a mail was written is content; the zone tells where";
            findings.kept(Class::Time, "Date", &date, why);
            let _ = write!(out, "Date: {date}\r\n");
        } else {
            tally.removed(Class::Time, "date that cannot be read", date);
        }
    }
    gone(&headers, &tally);
    let mut reader = Reader { nest, findings: &mut findings, tally: &tally, files: 0 };
    let items = reader.content(&headers, body, 0)?;
    let items = reader.attach_pages(items)?;
    out.push_str(&write::body(items));
    tally.report(&mut findings);
    nest.limits().admit_output(out.len())?;
    check::check(&out)?;
    Ok((out.into_bytes(), findings))
}

/// A header that names persons, written anew.
fn persons(
    headers: &Headers,
    (name, written): (&str, &str),
    findings: &mut Findings,
    tally: &Tally,
) -> Result<String, Refusal> {
    let values: Vec<_> =
        headers.all().filter(|(n, _)| *n == name).map(|(_, value)| value).collect();
    if name == "from" {
        headers.one(name)?;
    }
    let (all, odd) = head::persons(&values.join(","))?;
    if odd > 0 {
        tally.removed(Class::Person, "addresses that cannot be read", &values.join(", "));
    }
    for person in &all {
        let why = "who wrote to whom is content; look at it and decide";
        findings.kept(Class::Person, written, &person.said(), why);
    }
    if all.is_empty() {
        return Ok(String::new());
    }
    let all: Vec<_> = all.iter().map(head::Person::written).collect();
    Ok(format!("{written}: {}\r\n", all.join(",\r\n ")))
}

/// Names the headers that go.
fn gone(headers: &Headers, tally: &Tally) {
    const QUIET: &[&str] = &[
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ];
    const CLASSES: &[(&str, Class)] = &[
        ("received-spf", Class::Identifier),
        ("received", Class::Location),
        ("x-originating", Class::Location),
        ("x-sender-ip", Class::Location),
        ("x-forwarded", Class::Location),
        ("return-path", Class::Person),
        ("delivered-to", Class::Person),
        ("envelope-to", Class::Person),
        ("x-original-to", Class::Person),
        ("bcc", Class::Person),
        ("sender", Class::Person),
        ("reply-to", Class::Person),
        ("resent-", Class::Person),
        ("organization", Class::Person),
        ("disposition-notification-to", Class::Person),
        ("user-agent", Class::Software),
        ("x-mailer", Class::Software),
        ("message-id", Class::Identifier),
        ("in-reply-to", Class::Identifier),
        ("references", Class::Identifier),
        ("thread-", Class::Identifier),
        ("list-", Class::Identifier),
        ("content-", Class::Identifier),
        ("dkim", Class::Identifier),
        ("arc-", Class::Identifier),
        ("authentication-", Class::Identifier),
        ("comments", Class::Comment),
    ];
    for (name, value) in headers.all().filter(|(name, _)| !QUIET.contains(name)) {
        let class =
            CLASSES.iter().find(|(start, _)| name.starts_with(start)).map(|(_, class)| *class);
        let name: String = name.chars().take(60).collect();
        tally.removed(class.unwrap_or(Class::Unknown), &format!("header {name}"), value);
    }
}

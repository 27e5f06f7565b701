//! An answer against a recording: all differences, as text.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::Answer;
use crate::recordings::{self, Recording};

/// Heads only: the body of this file was not kept.
const BODY_NOT_KEPT: &[&str] =
    &["082-download-big", "083-download-big-range", "217-ap-big", "218-ap-big-resume"];

/// Every difference there is.
pub(crate) fn compare(recording: &Recording, answer: &Answer) -> Vec<String> {
    let (name, expected) = (&recording.name, &recording.response);
    let (recorded_body, our_body) = bodies(recording, answer);
    let recorded_length = expected["length"].as_u64().unwrap();
    let is_kept = !BODY_NOT_KEPT.contains(&name.as_str());
    let length = if is_kept { answer.body.len() as u64 } else { recorded_length };
    [
        ("status", expected["status"].to_string(), answer.status.to_string()),
        ("reason", text(&expected["reason"]), answer.reason.clone()),
        ("headers", shapes(&recording.headers()), shapes(&answer.headers)),
        ("length", recorded_length.to_string(), length.to_string()),
        ("body", recorded_body, our_body),
    ]
    .into_iter()
    .filter(|(_, recorded, ours)| recorded != ours)
    .map(|(what, recorded, ours)| {
        format!("{name}: {what}\n  recorded {recorded}\n  answered {ours}")
    })
    .collect()
}

/// Both bodies in a form that can be compared: the SHA-256, wherever all bytes must be the same.
fn bodies(recording: &Recording, answer: &Answer) -> (String, String) {
    let expected = &recording.response;
    if BODY_NOT_KEPT.contains(&recording.name.as_str()) {
        return (String::new(), String::new());
    }
    if let Some(json) = expected.get("json").filter(|json| has_secrets(json)) {
        let ours = serde_json::from_slice(&answer.body).unwrap_or_default();
        return (masked(json.clone()).to_string(), masked(ours).to_string());
    }
    if let Some(theirs) = boundary(&recording.headers()) {
        let ours = boundary(&answer.headers).unwrap_or_default();
        let masked = |body: &[u8], boundary: &str| {
            String::from_utf8_lossy(body).replace(boundary, "boundary")
        };
        return (masked(&recording.blob().unwrap(), &theirs), masked(&answer.body, &ours));
    }
    let digest = Sha256::digest(&answer.body);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex = digits.map(|digit| char::from_digit(digit.into(), 16).unwrap()).collect();
    (text(&expected["sha256"]), hex)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// All headers, a line each; of several dates only the first counts, if the others are close to it.
fn shapes(headers: &[(String, String)]) -> String {
    let seconds = |text: &str| recordings::http_moment(text).as_second();
    let date = headers.iter().find(|(name, _)| name == "Date").map(|(_, value)| seconds(value));
    let mut lines: Vec<String> = headers.iter().map(shape).collect();
    for (line, (_, value)) in
        lines.iter_mut().zip(headers).filter(|(_, (n, _))| n == "Date").skip(1)
    {
        let earlier = date.unwrap_or_default() - seconds(value);
        *line = format!("Date: at most a second earlier {}", (0..=1).contains(&earlier));
    }
    lines.join("\n           ")
}

/// A header as one line; what cannot be the same twice is replaced by its shape.
fn shape((name, value): &(String, String)) -> String {
    let value = match name.as_str() {
        "Set-Cookie" => {
            let (session, attributes) = value.split_once(';').unwrap_or((value, ""));
            format!("{};{attributes}", token_shape(session))
        }
        _ => match value.split_once("boundary=") {
            Some((before, boundary)) => {
                let is_hex = boundary.chars().all(|c| c.is_ascii_hexdigit());
                format!("{before}boundary={} hex {is_hex}", boundary.len())
            }
            None => value.clone(),
        },
    };
    format!("{name}: {value}")
}

/// The lengths between the dots.
fn token_shape(token: &str) -> String {
    token.split('.').map(|part| part.len().to_string()).collect::<Vec<_>>().join(".")
}

fn boundary(headers: &[(String, String)]) -> Option<String> {
    headers.iter().find_map(|(_, v)| v.split_once("boundary=").map(|(_, b)| b.to_owned()))
}

fn has_secrets(json: &Value) -> bool {
    json.get("token").is_some() || json.get("last_login").is_some()
}

/// The same JSON with a token's shape in its place, and a login's second.
fn masked(mut json: Value) -> Value {
    for (field, mask) in [("token", token_shape as fn(&str) -> String), ("last_login", second)] {
        if let Some(Value::String(text)) = json.get_mut(field) {
            *text = mask(text);
        }
    }
    json
}

/// A moment without its microseconds, which must be six digits.
fn second(moment: &str) -> String {
    let (second, rest) = moment.split_once('.').unwrap_or((moment, ""));
    format!("{second} {}", rest.len())
}

/// The recording itself as an answer.
fn echo(recording: &Recording) -> Answer {
    Answer {
        status: serde_json::from_value(recording.response["status"].clone()).unwrap(),
        reason: text(&recording.response["reason"]),
        headers: recording.headers(),
        body: recording.blob().unwrap(),
    }
}

type Change = fn(&mut Answer);

#[test]
fn a_comparison_finds_each_single_change() {
    let recording = Recording::load("207-ap-resume");
    assert!(compare(&recording, &echo(&recording)).is_empty());
    let changes: [(&str, Change); 7] = [
        ("status", |a| a.status = 200),
        ("reason", |a| a.reason = "PARTIAL CONTENT".to_owned()),
        ("headers", |a| a.headers.swap(0, 1)),
        ("headers", |a| a.headers[6].0 = "ETag".to_owned()),
        ("headers", |a| a.headers[4].1.replace_range(..3, "Tue")),
        ("headers", |a| drop(a.headers.pop())),
        ("body", |a| a.body[551] ^= 1),
    ];
    for (what, change) in changes {
        let mut answer = echo(&recording);
        change(&mut answer);
        let found = compare(&recording, &answer);
        assert_eq!(found.len(), 1, "{what}: {found:?}");
        assert!(found[0].starts_with(&format!("207-ap-resume: {what}\n")), "{found:?}");
    }
}

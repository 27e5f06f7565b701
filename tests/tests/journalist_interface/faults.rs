//! Each fault shows on the wire as what it is, and as nothing else.

use std::io::Read;

use flate2::read::GzDecoder;
use sd_tests::journalist_interface::{
    EMPTY_SHA256, EtagFault, Fault, FaultKind, Flood, Stack, Step, Target,
};

use crate::client::Answer;
use crate::rules::Fixture;

const SUBMISSIONS: &str = "/api/v1/submissions";

fn download_with(kind: FaultKind) -> (Fixture, Answer) {
    let f = Fixture::new(Stack::Apache, []);
    f.server.add_fault(Fault::on_item(&f.item, kind));
    let answer = f.download();
    (f, answer)
}

#[test]
fn a_cut_body_is_announced_whole_and_ends_early() {
    let (f, answer) = download_with(FaultKind::CutBody(100));
    assert_eq!(answer.body, f.stored()[..100]);
    assert_eq!(answer.header("Content-Length"), Some(f.stored().len().to_string().as_str()));
}

#[test]
fn after_the_cut_the_rest_can_be_had_by_a_range() {
    let f = Fixture::new(Stack::Apache, []);
    f.server.add_fault(Fault::on_item(&f.item, FaultKind::CutBody(100)).times(1));
    let first = f.download();
    let rest = f.get(&f.download_path(), &[("Range", "bytes=100-")]);
    assert_eq!(rest.status, 206);
    assert_eq!([first.body, rest.body].concat(), f.stored());
    assert_eq!(
        first.headers.iter().find(|h| h.0 == "Etag"),
        rest.headers.iter().find(|h| h.0 == "Etag")
    );
}

#[test]
fn a_stalled_body_stays_open_and_silent() {
    let began = std::time::Instant::now();
    let (_, answer) = download_with(FaultKind::StallBody(7));
    assert_eq!(answer.body.len(), 7);
    // The client's own patience ended it, not the server.
    assert!(began.elapsed() >= std::time::Duration::from_millis(500));
}

#[test]
fn no_answer_is_a_closed_connection() {
    let (f, answer) = download_with(FaultKind::NoAnswer);
    assert_eq!((answer.status, answer.body.len()), (0, 0));
    assert_eq!(f.server.requests()[0].status, None);
}

#[test]
fn each_etag_fault_changes_only_the_etag() {
    let honest = Fixture::new(Stack::Apache, []).download();
    let cases = [
        (EtagFault::Missing, None),
        (EtagFault::WrongHash, Some(format!("sha256:{}", "5eed".repeat(16)))),
        (EtagFault::NotSha256, Some("md5:d41d8cd98f00b204e9800998ecf8427e".to_owned())),
        (EtagFault::EmptyContent, Some(format!("sha256:{EMPTY_SHA256}"))),
        (EtagFault::Malformed, Some("sha256:not-a-hash".to_owned())),
        (EtagFault::Verbatim("W/\"x\"".to_owned()), Some("W/\"x\"".to_owned())),
    ];
    for (fault, expected) in cases {
        let (f, answer) = download_with(FaultKind::Etag(fault.clone()));
        assert_eq!(answer.header("Etag"), expected.as_deref(), "{fault:?}");
        assert_eq!(answer.body, f.stored(), "{fault:?}");
        assert_eq!(answer.status, honest.status);
    }
}

#[test]
fn a_tampered_body_differs_in_one_byte_under_an_honest_head() {
    for (range, offset) in [(None, 200), (Some("bytes=150-"), 50)] {
        let f = Fixture::new(Stack::Apache, []);
        let honest = f.get(&f.download_path(), &[("Range", range.unwrap_or("none"))]);
        f.server.add_fault(Fault::new(Target::AnyDownload, FaultKind::TamperBody(200)));
        let answer = f.get(&f.download_path(), &[("Range", range.unwrap_or("none"))]);
        assert_eq!(answer.headers, honest.headers);
        let differing: Vec<usize> =
            (0..honest.body.len()).filter(|i| answer.body[*i] != honest.body[*i]).collect();
        assert_eq!(differing, [offset]);
    }
}

#[test]
fn a_redirect_names_another_place() {
    let (_, answer) = download_with(FaultKind::Redirect("http://127.0.0.1:9/x".to_owned()));
    assert_eq!((answer.status, answer.reason.as_str()), (302, "Found"));
    assert_eq!(answer.header("Location"), Some("http://127.0.0.1:9/x"));
}

#[test]
fn a_compressed_body_says_so_and_unpacks_to_the_file() {
    let (f, answer) = download_with(FaultKind::ContentEncodingGzip);
    assert_eq!(answer.header("Content-Encoding"), Some("gzip"));
    assert_eq!(answer.header("Content-Length"), Some(answer.body.len().to_string().as_str()));
    let mut unpacked = Vec::new();
    GzDecoder::new(answer.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, f.stored());
}

#[test]
fn a_wrong_length_is_announced_and_the_body_is_what_it_was() {
    let (f, answer) = download_with(FaultKind::WrongContentLength(99_999));
    assert_eq!(answer.header("Content-Length"), Some("99999"));
    assert_eq!(answer.body, f.stored());
}

#[test]
fn an_html_page_stands_where_json_was_expected() {
    let fault = Fault::on_path("/api/v1/sources", FaultKind::HtmlPage(502));
    let f = Fixture::new(Stack::FlaskDev, [fault]);
    let answer = f.get("/api/v1/sources", &[]);
    assert_eq!(answer.status, 502);
    assert!(answer.body.starts_with(b"<!DOCTYPE HTML"));
    assert_eq!(f.get("/api/v1/user", &[]).status, 200);
}

#[test]
fn an_answer_made_of_steps_is_sent_as_they_have_it() {
    let steps = vec![
        Step::HeadWithout("Content-Length"),
        Step::text("X-Length: {length}\r\n"),
        Step::Bytes(b"X-Raw: \xff\r\n\r\n".to_vec()),
        Step::BodyTo(10),
        Step::Repeat(b"<>".to_vec(), 3),
        Step::BodyFrom(20),
    ];
    let (f, answer) = download_with(FaultKind::Wire(steps));
    let (stored, length) = (f.stored(), f.stored().len().to_string());
    assert_eq!(answer.header("Content-Length"), None);
    assert_eq!(answer.header("X-Length"), Some(length.as_str()));
    assert_eq!(answer.body, [&stored[..10], b"<><><>", &stored[20..]].concat());
}

#[test]
fn a_flooded_list_is_json_and_its_own_entries_come_last() {
    let flood = Flood { entry: r#"{"uuid":"{uuid}","n":{n}}"#.to_owned(), count: 1000 };
    let f = Fixture::new(Stack::Apache, [Fault::on_path(SUBMISSIONS, FaultKind::Flood(flood))]);
    let list: serde_json::Value = serde_json::from_slice(&f.get(SUBMISSIONS, &[]).body).unwrap();
    let entries = list["submissions"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[999]["n"]), (1001, &999.into()));
    assert_eq!(entries[255]["uuid"], "000000ff-f100-4d00-8000-0000000000ff");
    assert_eq!(entries[1000]["uuid"], f.item.as_str());
}

#[test]
fn a_body_that_is_changed_has_the_length_that_is_announced() {
    for (kind, start, end) in [
        (FaultKind::Replace("\"sub".to_owned(), "\"sup".to_owned()), "{\"sup", "}\n"),
        (FaultKind::Around(b"<".to_vec(), b">".to_vec()), "<{", "\n>"),
        (FaultKind::Answer(200, "text/plain", "words".to_owned()), "words", "words"),
    ] {
        let f = Fixture::new(Stack::Apache, [Fault::on_path(SUBMISSIONS, kind)]);
        let answer = f.get(SUBMISSIONS, &[]);
        let body = String::from_utf8(answer.body.clone()).unwrap();
        assert!(body.starts_with(start) && body.ends_with(end), "{body}");
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("Content-Length"), Some(length.as_str()));
    }
}

#[test]
fn a_session_ends_at_the_request_it_is_told_to_end_at() {
    let fault = Fault::on_path(SUBMISSIONS, FaultKind::EndSession).after(1).times(1);
    let f = Fixture::new(Stack::Apache, [fault]);
    let statuses = [SUBMISSIONS, "/api/v1/user", SUBMISSIONS, "/api/v1/user"];
    assert_eq!(statuses.map(|path| f.get(path, &[]).status), [200, 200, 403, 403]);
}

//! Each fault shows on the wire as what it is, and as nothing else.

use std::io::Read;

use flate2::read::GzDecoder;
use sd_tests::journalist_interface::{EMPTY_SHA256, EtagFault, Fault, FaultKind, Stack, Target};

use crate::client::Answer;
use crate::rules::Fixture;

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

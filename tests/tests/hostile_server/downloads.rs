//! Downloads whose hashes or bytes are not what they should be, or that do not come.

use sd_tests::journalist_interface::{EtagFault, Fault, FaultKind, Step, Target};

use crate::case::{Case, Expect};
use crate::scene::{LARGE, NOTE, VICTIM, elsewhere};

pub(crate) fn cases() -> Vec<Case> {
    [hashes(), bytes(), ends(), places()].into_iter().flatten().collect()
}

/// The victim is refused for this, and everything else arrives.
pub(crate) fn victim(name: &'static str, kind: FaultKind, why: &'static str) -> Case {
    Case::new(name, Expect::Refused(vec![(VICTIM, why)])).with(Fault::on_item(VICTIM, kind))
}

/// The victim's answer is made of these steps.
pub(crate) fn wire(name: &'static str, steps: Vec<Step>, why: &'static str) -> Case {
    victim(name, FaultKind::Wire(steps), why)
}

fn hashes() -> Vec<Case> {
    let etag = |name, fault, why| victim(name, FaultKind::Etag(fault), why);
    let spelled = |name, text: &str, why| etag(name, EtagFault::Verbatim(text.to_owned()), why);
    let hex = "b792946317b4a99930dfac2a79ccf25f7fe4dd0a6e58e122ec5886c05971ee33";
    vec![
        etag("no hash", EtagFault::Missing, "the server sent no hash"),
        etag("the hash of something else", EtagFault::WrongHash, "does not match"),
        etag("a hash that is an MD5", EtagFault::NotSha256, "not a SHA-256"),
        etag("the hash of nothing", EtagFault::EmptyContent, "that of an empty file"),
        etag("a hash that is none", EtagFault::Malformed, "malformed"),
        spelled("a weak hash", &format!("W/\"sha256:{hex}\""), "marked as weak"),
        spelled("a hash in quotes", &format!("\"sha256:{hex}\""), "in quotes"),
        spelled("a hash in capitals", &format!("sha256:{}", hex.to_uppercase()), "malformed"),
        spelled("a hash with more behind it", &format!("sha256:{hex}, sha256:{hex}"), "malformed"),
        spelled("an empty hash", "", "not a SHA-256"),
        wire(
            "two hashes",
            vec![Step::Head, Step::text("ETag: {etag}\r\n\r\n"), Step::Body],
            "more than one hash",
        ),
        // Going on asks once for the rest and, because of the hash, once for the whole.
        (1..=8).map(cut_with_a_hash).fold(
            Case::new("another hash each time", Expect::Refused(vec![(LARGE, "connection broke")])),
            Case::with,
        ),
    ]
}

/// An answer that breaks off after 1,000 bytes, under a hash of its own.
fn cut_with_a_hash(n: u8) -> Fault {
    let hash = Step::Text(format!("ETag: sha256:{}\r\n\r\n", format!("{n:02x}").repeat(32)));
    let steps = vec![Step::HeadWithout("Etag"), hash, Step::BodyTo(1000)];
    Fault::on_item(LARGE, FaultKind::Wire(steps)).times(1)
}

fn bytes() -> Vec<Case> {
    vec![
        victim("a byte that is another", FaultKind::TamperBody(4321), "does not match"),
        Case::new(
            "another source's item with its own hash",
            Expect::Refused(vec![(VICTIM, "the server announces 900 bytes but listed 5000")]),
        )
        .after(|world| {
            let note = world.item(NOTE).expect("listed").clone();
            world.serve_instead(VICTIM, &note);
        }),
        victim("a page instead", FaultKind::HtmlPage(200), "the server sent no hash"),
        victim("a compressed item", FaultKind::ContentEncodingGzip, "compressed its answer"),
        wire(
            "an item in a coding nobody knows",
            vec![Step::Head, Step::text("Content-Encoding: x\u{1b}\r\n\r\n"), Step::Body],
            "not proper HTTP",
        ),
        Case::new("more bytes than announced", Expect::Arrives("")).with(Fault::on_item(
            VICTIM,
            FaultKind::Wire(vec![Step::Head, Step::text("\r\n"), Step::Body, Step::endless(b"x")]),
        )),
    ]
}

fn ends() -> Vec<Case> {
    vec![
        Case::new("an item that breaks off once", Expect::Arrives("the connection broke"))
            .with(Fault::on_item(VICTIM, FaultKind::CutBody(100)).times(1)),
        victim("an item that always breaks off", FaultKind::CutBody(4999), "the connection broke"),
        victim("an item that falls silent", FaultKind::StallBody(1000), "fell silent"),
        wire(
            "an error that drips",
            vec![
                Step::text("HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\n"),
                Step::text("Content-Length: 60000\r\n\r\n"),
                Step::Drip(b" ".to_vec(), milliseconds(20)),
            ],
            "the server answered 503",
        ),
        wire(
            "an item that drips",
            vec![Step::Head, Step::text("\r\n"), Step::Drip(b"x".to_vec(), milliseconds(20))],
            "fell silent",
        ),
    ]
}

pub(crate) fn milliseconds(n: u64) -> std::time::Duration {
    std::time::Duration::from_millis(n)
}

fn places() -> Vec<Case> {
    let there = format!("http://{}/", elsewhere().local_addr().expect("bound"));
    let to = |place: &str| FaultKind::Redirect(place.to_owned());
    let sources = crate::lists::SOURCES;
    let fails = |name| Case::new(name, Expect::Fails("SERVER_ERROR", "redirect 302"));
    vec![
        victim("an item elsewhere", to(&there), "redirect 302"),
        victim("an item under another path", to("/api/v1/sources"), "redirect 302"),
        victim("an item in a file of ours", to("file:///etc/passwd"), "redirect 302"),
        fails("a list elsewhere").on(sources, to(&there)),
        fails("a list under another path").on(sources, to("/api/v1/replies")),
        fails("a login elsewhere").on("/api/v1/token", to(&there)),
        Case::new("everything elsewhere", Expect::Fails("SERVER_ERROR", "redirect 302"))
            .with(Fault::new(Target::Anything, to(&there))),
    ]
}

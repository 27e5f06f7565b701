//! Parts of a download: what answers a request that goes on where it was cut, and parts that nobody
//! asked for.

use sd_tests::journalist_interface::{Fault, FaultKind, Step};

use crate::case::{Case, Expect};
use crate::downloads::victim;
use crate::scene::{LARGE, LARGE_SIZE};

/// What is missing of the large document when it is gone on with.
const LEFT: u64 = LARGE_SIZE - CUT;
const CUT: u64 = 100_000;

pub(crate) fn cases() -> Vec<Case> {
    [begun_anew(), refused(), unasked()].into_iter().flatten().collect()
}

/// The large document breaks off once; when it is gone on with, this is answered.
fn going_on(name: &'static str, steps: Vec<Step>, expect: Expect) -> Case {
    Case::new(name, expect)
        .with(Fault::on_item(LARGE, FaultKind::CutBody(CUT)).times(1))
        .with(Fault::on_item(LARGE, FaultKind::Wire(steps)).times(1))
}

/// The honest rest under this status, with this line about its range, and of this length.
fn rest(status: &str, range: &str, length: u64) -> Vec<Step> {
    let head =
        format!("HTTP/1.1 {status}\r\nETag: {{etag}}\r\n{range}Content-Length: {length}\r\n\r\n");
    vec![Step::Text(head), Step::Body]
}

/// The same as a part of the file.
fn part(range: &str, length: u64) -> Vec<Step> {
    rest("206 Partial Content", &format!("Content-Range: bytes {range}\r\n"), length)
}

fn begun_anew() -> Vec<Case> {
    let row = |name, steps| going_on(name, steps, Expect::Arrives("the connection broke"));
    let parts = "Content-Type: multipart/byteranges; boundary=x\r\n";
    vec![
        row("a range from another byte", part("99999-299999/300000", LEFT)),
        row("a range of a larger file", part("100000-299999/300001", LEFT)),
        row("a range that ends early", part("100000-299998/300000", LEFT)),
        row("a part without a range", rest("206 Partial Content", "", LEFT)),
        row("two ranges in one line", part("0-1/3,100000-299999/300000", LEFT)),
        row("a range that cannot be had", rest("416 Not Satisfiable", "", 0)),
        row("a part with too long a length", part("100000-299999/300000", LEFT + 1)),
        row("a part made of parts", rest("206 Partial Content", parts, LEFT)),
    ]
}

fn refused() -> Vec<Case> {
    let row = |name, steps, why| going_on(name, steps, Expect::Refused(vec![(LARGE, why)]));
    vec![row(
        "the rest under the status of the whole",
        rest("200 OK", "", LEFT),
        "the server announces 200000 bytes but listed 300000",
    )]
}

fn unasked() -> Vec<Case> {
    let row = |name, status, why| victim(name, FaultKind::Wire(whole(status)), why);
    vec![
        row("a part nobody asked for", 206, "answered 206"),
        row("no content", 204, "answered 204"),
        row("nothing new", 304, "redirect 304"),
    ]
}

/// All of the victim under another status.
fn whole(status: u16) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nETag: {{etag}}\r\nContent-Range: bytes 0-4999/5000\r\n\
         Content-Length: 5000\r\n\r\n"
    );
    vec![Step::Text(head), Step::Body]
}

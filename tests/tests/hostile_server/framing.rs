//! How long a download is: lengths, chunks, and both.

use sd_tests::journalist_interface::Step;

use crate::case::Case;
use crate::downloads::wire;

pub(crate) fn cases() -> Vec<Case> {
    [lengths(), codings(), mixtures()].into_iter().flatten().collect()
}

/// The honest head with these lines in the place of its length, and then the honest body.
fn length(name: &'static str, lines: &str, why: &'static str) -> Case {
    let lines = Step::Text(format!("{lines}\r\n"));
    wire(name, vec![Step::HeadWithout("Content-Length"), lines, Step::Body], why)
}

fn lengths() -> Vec<Case> {
    let bad = "not proper HTTP";
    let large = "Content-Length: 18446744073709551616\r\n";
    let two = "Content-Length: 5000\r\nContent-Length: 4999\r\n";
    let twice = "Content-Length: 5000\r\nContent-Length: 5000\r\n";
    vec![
        length("a length that is too short", "Content-Length: 4999\r\n", "announces 4999 bytes"),
        length("a length that is too long", "Content-Length: 5001\r\n", "announces 5001 bytes"),
        length("a negative length", "Content-Length: -5000\r\n", bad),
        length("a length with a sign", "Content-Length: +5000\r\n", bad),
        length("a length in hexadecimal", "Content-Length: 0x1388\r\n", bad),
        length("a length beyond 64 bits", large, bad),
        length("an empty length", "Content-Length:\r\n", bad),
        length("two lengths", two, bad),
        length("one length twice", twice, "more than one"),
        length(
            "two lengths in one line",
            "Content-Length: 5000, 5000\r\n",
            "does not say how long",
        ),
        length("no length", "", "does not say how long"),
        wire(
            "a body without length or end",
            vec![
                Step::HeadWithout("Content-Length"),
                Step::text("\r\n"),
                Step::Body,
                Step::endless(b"x"),
            ],
            "does not say how long",
        ),
    ]
}

fn codings() -> Vec<Case> {
    let chunked = |name, body: Vec<Step>| {
        let head = vec![
            Step::HeadWithout("Content-Length"),
            Step::text("Transfer-Encoding: chunked\r\n\r\n"),
        ];
        wire(name, [head, body].concat(), "does not say how long")
    };
    let last = Step::text("\r\n0\r\n\r\n");
    vec![
        chunked("chunks", vec![Step::text("1388\r\n"), Step::Body, last.clone()]),
        chunked("a chunk of no size", vec![Step::text("zz\r\n"), Step::Body, last.clone()]),
        chunked("a chunk of any size", vec![Step::text("ffffffffffffffffff\r\n"), Step::Body]),
        chunked("a negative chunk", vec![Step::text("-1\r\n"), Step::Body, last.clone()]),
        chunked(
            "extensions of a chunk without an end",
            vec![Step::text("1388;"), Step::endless(b"x=y;")],
        ),
        chunked(
            "trailers",
            vec![Step::text("1388\r\n"), Step::Body, Step::text("\r\n0\r\nETag: {etag}\r\n\r\n")],
        ),
    ]
}

fn mixtures() -> Vec<Case> {
    vec![
        wire(
            "a length and chunks",
            vec![
                Step::Head,
                Step::text("Transfer-Encoding: chunked\r\n\r\n1388\r\n"),
                Step::Body,
                Step::text("\r\n0\r\n\r\n"),
            ],
            "does not say how long",
        ),
        wire(
            "a coding nobody knows",
            vec![Step::Head, Step::text("Transfer-Encoding: gzip, x\r\n\r\n"), Step::Body],
            "does not say how long",
        ),
    ]
}

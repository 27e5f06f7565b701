//! The first answer, the login, sessions that end while the work goes on, and the logout.

use sd_tests::journalist_interface::{Fault, FaultKind, Step, Target};

use crate::answers::json;
use crate::case::{Case, Expect};
use crate::downloads::milliseconds;
use crate::lists::{SUBMISSIONS, list};
use crate::scene::{LARGE, VICTIM};

const ROOT: &str = "/api/v1/";
const TOKEN: &str = "/api/v1/token";
const LOGOUT: &str = "/api/v1/logout";

pub(crate) fn cases() -> Vec<Case> {
    [first_answers(), clocks(), logins(), tokens(), sessions(), logouts()]
        .into_iter()
        .flatten()
        .collect()
}

fn first_answers() -> Vec<Case> {
    let row = |name, kind, why| list(name, ROOT, kind, why);
    let unreachable = |why| Expect::Fails("SERVER_UNREACHABLE", why);
    let headers = FaultKind::Wire(vec![Step::Head, Step::endless(b"X: y\r\n")]);
    let drip = FaultKind::Wire(vec![
        Step::Head,
        Step::text("X: "),
        Step::Drip(b"y".to_vec(), milliseconds(100)),
    ]);
    vec![
        Case::new("a first answer that drips", unreachable("fell silent")).on(ROOT, drip),
        row(
            "something else that answers",
            FaultKind::HtmlPage(200),
            "reaching the Journalist Interface: the answer is not JSON",
        ),
        row("something else with JSON", json(200, "{}"), "missing field `auth_token_url`"),
        row("a first answer without an end", headers, "too many headers"),
        Case::new("no answer to anything", unreachable("the connection broke"))
            .with(Fault::new(Target::Anything, FaultKind::NoAnswer)),
    ]
}

fn clocks() -> Vec<Case> {
    let row = |name, date: &str, words| {
        let date = Step::Text(format!("Date: {date}\r\n\r\n"));
        let steps = vec![Step::HeadWithout("Date"), date, Step::Body];
        Case::new(name, Expect::Arrives(words)).on(ROOT, FaultKind::Wire(steps))
    };
    let warning = "this computer's clock is";
    vec![
        row("a clock from nowhere", "Mon, 99 Foo 99999 99:99:99", ""),
        row("a clock in another age", "Mon, 23 Nov 2076 14:13:23 GMT", warning),
    ]
}

fn logins() -> Vec<Case> {
    let page = FaultKind::HtmlPage;
    vec![
        list("a page for a login", TOKEN, page(200), "logging in: the answer is not JSON"),
        list("a login that fails", TOKEN, page(500), "logging in: the server answered 500"),
        Case::new("a page for a refused login", Expect::Fails("LOGIN_REFUSED", "may be wrong"))
            .on(TOKEN, page(403)),
    ]
}

fn tokens() -> Vec<Case> {
    let row = |name, token: &str, why| {
        let to = format!("\"token\":{token},\"x\":\"");
        list(name, TOKEN, FaultKind::Replace("\"token\":\"".to_owned(), to), why)
    };
    let of = |letters: usize| format!("\"{}\"", "x".repeat(letters));
    let not_one = "other characters than a token has";
    vec![
        row("a token with a line break", r#""a\r\nX: y""#, not_one),
        row("a token with an escape", r#""\u001b[2J""#, not_one),
        row("an empty token", "\"\"", not_one),
        row("a token of 10 kB", &of(10_000), not_one),
        row("a token of a megabyte", &of(1 << 20), "longer than 65536 bytes"),
        row("a token that is null", "null", "invalid type: null"),
        row("two tokens", r#""a","token":"b""#, "duplicate field `token`"),
    ]
}

fn sessions() -> Vec<Case> {
    let end_at = |target| Fault::new(target, FaultKind::EndSession).times(1);
    let ended = || Expect::CutShort("the session ended, and nobody logged in again");
    let item = |uuid: &str| Target::Download(uuid.to_owned());
    vec![
        Case::new("a session that ends in the middle", ended()).with(end_at(item(VICTIM))),
        Case::new("a session that ends while an item is gone on with", ended())
            .with(Fault::on_item(LARGE, FaultKind::CutBody(100_000)).times(1))
            .with(end_at(item(LARGE)).after(1)),
        Case::new(
            "a session that ends between two lists",
            Expect::Fails("SESSION_ENDED", "the session may have ended"),
        )
        .with(end_at(Target::Path(SUBMISSIONS.to_owned()))),
    ]
}

fn logouts() -> Vec<Case> {
    let row = |name, kind, words| Case::new(name, Expect::Arrives(words)).on(LOGOUT, kind);
    let escapes = json(418, r#"{"error":"\u001b[2J\u2066"}"#);
    vec![
        row("a logout that fails", FaultKind::HtmlPage(500), "the server answered 500"),
        row("a logout with escapes", escapes, "the server answered 418: \\u{1b}"),
        row("a logout without an answer", FaultKind::NoAnswer, "logging out: the connection broke"),
    ]
}

//! Items and sources that are not what they say, listed beside good ones.

use sd_tests::journalist_interface::{FaultKind, World};

use crate::case::{Case, Expect};
use crate::lists::{REPLIES, SOURCES, SUBMISSIONS};
use crate::scene::{FOCAL, LARGE, MESSAGE, NOTE, QUIET, REPLY, VICTIM};

const NO_SOURCE: &str = "belongs to no source in the list";
const TWICE: &str = "used more than once";
const NOT_A_UUID: &str = "not a UUID in lower case";

pub(crate) fn cases() -> Vec<Case> {
    [names(), identities(), twins(), claims(), kinds()].into_iter().flatten().collect()
}

/// The victim is refused for this, and everything else arrives.
fn victim(name: &'static str, why: &'static str, edit: fn(&mut World)) -> Case {
    Case::new(name, Expect::Refused(vec![(VICTIM, why)])).after(edit)
}

fn named(world: &mut World, name: &str) {
    name.clone_into(&mut world.item_mut(VICTIM).expect("listed").filename);
}

fn sized(world: &mut World, size: u64) {
    world.item_mut(VICTIM).expect("listed").size = size;
}

fn names() -> Vec<Case> {
    let why = "its file name is not one that SecureDrop gives";
    vec![
        victim("a file name with an escape", why, |w| named(w, "2-a\u{1b}[2J-doc.gz.gpg")),
        victim("a file name with a bidi mark", why, |w| named(w, "2-a\u{202e}gpg.exe")),
        victim("a file name with a NUL", why, |w| named(w, "2-a\0-doc.gz.gpg")),
        victim("a file name that is a path", why, |w| named(w, "../../../../etc/cron.d/x")),
        victim("a file name that is absolute", why, |w| named(w, "/etc/passwd")),
        victim("a file name with a line break", why, |w| named(w, "2-a\n-doc.gz.gpg")),
        victim("a file name of 30 kB", why, |w| named(w, &"\u{200b}".repeat(5_000))),
        victim("no file name", why, |w| named(w, "")),
        victim("a number beyond 32 bits", why, |w| named(w, "4294967296-x-doc.gz.gpg")),
        Case::new(
            "a designation with escapes",
            Expect::Refused(vec![
                (QUIET, "its designation is not made of words"),
                (LARGE, NO_SOURCE),
                (NOTE, NO_SOURCE),
            ]),
        )
        .on(SOURCES, replace("quiet harbour", "\\u001b]0;quiet\\u0007 \\u202eharbour\\u2066")),
    ]
}

fn replace(from: &str, to: &str) -> FaultKind {
    FaultKind::Replace(from.to_owned(), to.to_owned())
}

fn identities() -> Vec<Case> {
    // Where the identifier itself is the matter, it is the changed one that is shown.
    let renamed = |name, to: &'static str| {
        Case::new(name, Expect::Refused(vec![(to, NOT_A_UUID)])).lost(VICTIM).on(
            SUBMISSIONS,
            replace(&format!("\"uuid\":\"{VICTIM}\""), &format!("\"uuid\":\"{to}\"")),
        )
    };
    let lost = vec![("../../../etc", NOT_A_UUID), (LARGE, NO_SOURCE), (NOTE, NO_SOURCE)];
    vec![
        renamed("an identifier that is a path", "../../../../../../etc/passwd"),
        renamed("an identifier in capitals", "8D4AA076-59D8-44E8-80CA-D2794C81507F"),
        renamed("no identifier", ""),
        Case::new("a source whose identifier is a path", Expect::Refused(lost))
            .on(SOURCES, replace(&format!("\"uuid\":\"{QUIET}\""), "\"uuid\":\"../../../etc\"")),
    ]
}

/// The list with this entry before all others.
fn first(list: &str, entry: &str) -> FaultKind {
    replace(&format!("{{\"{list}\":["), &format!("{{\"{list}\":[{entry},"))
}

/// The victim once more, as this source's.
fn again(source: &str, size: u64) -> String {
    format!(
        "{{\"uuid\":\"{VICTIM}\",\"filename\":\"9-quiet_harbour-doc.gz.gpg\",\"size\":{size},\
         \"is_file\":true,\"is_message\":false,\"source_url\":\"/api/v1/sources/{source}\",\
         \"submission_url\":\"/api/v1/sources/{source}/submissions/{VICTIM}\"}}"
    )
}

fn twins() -> Vec<Case> {
    let row = |name, which| Case::new(name, Expect::Refused(which));
    let other = format!("{{\"uuid\":\"{QUIET}\",\"journalist_designation\":\"other words\"}}");
    let both = vec![(QUIET, TWICE), (QUIET, TWICE), (LARGE, NO_SOURCE), (NOTE, NO_SOURCE)];
    vec![
        row("an item of two sources", vec![(VICTIM, TWICE), (VICTIM, TWICE)])
            .on(SUBMISSIONS, first("submissions", &again(QUIET, 5000))),
        row(
            "an item twice, once with a size of nothing",
            vec![(VICTIM, "its size of 0 bytes"), (VICTIM, TWICE)],
        )
        .on(SUBMISSIONS, first("submissions", &again(FOCAL, 0))),
        row("a reply with a message's identifier", vec![(MESSAGE, TWICE), (MESSAGE, TWICE)])
            .lost(REPLY)
            .after(|world| MESSAGE.clone_into(&mut world.item_mut(REPLY).expect("listed").uuid)),
        row("a source twice", both).on(SOURCES, first("sources", &other)),
    ]
}

/// The two addresses of an item that say whose it is and what it is.
fn addresses(source: &str, own: &str) -> String {
    format!("\"source_url\":\"/api/v1/sources/{source}\",\"submission_url\":{own}")
}

fn claims() -> Vec<Case> {
    let own = |source, item| format!("\"/api/v1/sources/{source}/submissions/{item}\"");
    let honest = addresses(FOCAL, &own(FOCAL, VICTIM));
    let row = |name, source, own: &str, why| {
        victim(name, why, |_| {}).on(SUBMISSIONS, replace(&honest, &addresses(source, own)))
    };
    let contradiction = "its addresses contradict each other";
    let nobody = "b0000000-0000-4000-8000-000000000000";
    vec![
        row("an address of another source", FOCAL, &own(QUIET, VICTIM), contradiction),
        row("an address of another item", FOCAL, &own(FOCAL, NOTE), contradiction),
        row("an item of another source", QUIET, &own(FOCAL, VICTIM), contradiction),
        row("no address", FOCAL, "null", contradiction),
        row("an address elsewhere", FOCAL, "\"http://elsewhere/x\"", contradiction),
        row("an item of nobody's", nobody, &own(nobody, VICTIM), NO_SOURCE),
        row("a source that is a path", "../../etc", &own(FOCAL, VICTIM), NO_SOURCE),
    ]
}

fn kinds() -> Vec<Case> {
    let kind = "its file name and its kind do not agree";
    let flags = ["\"is_file\":true,\"is_message\":false", "\"is_file\":true,\"is_message\":true"];
    vec![
        victim("a size of nothing", "its size of 0 bytes is not possible", |w| sized(w, 0)),
        victim("a size beyond every upload", "700000000 bytes is not possible", |w| {
            sized(w, 700_000_000);
        }),
        victim("a document named as a reply", kind, |w| named(w, "2-focal_ghost-reply.gpg")),
        victim("a document that is a message too", kind, |_| {})
            .on(SUBMISSIONS, replace(flags[0], flags[1])),
        Case::new("a reply named as a message", Expect::Refused(vec![(REPLY, kind)]))
            .on(REPLIES, replace("-reply.gpg", "-msg.gpg")),
    ]
}

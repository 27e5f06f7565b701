//! A small newsroom out of recorded shapes: two sources, a message, a reply, five documents.

use serde_json::Value;

use crate::replay::{Answer, Routes, recorded, text};

pub(crate) const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
pub(crate) const MESSAGE: &str = "952bab4d-260c-4136-b774-39eaacf9b912";
pub(crate) const DOCUMENT: &str = "8d4aa076-59d8-44e8-80ca-d2794c81507f";
pub(crate) const REPLY: &str = "74624fc9-b776-463c-98aa-e88c7eccdd13";
/// The source with the documents of odd names.
pub(crate) const OTHER_SOURCE: &str = "f9a4a68f-e36e-413b-866b-d4e537c05d07";

const DOWNLOADS: [&str; 8] = [
    "030-download-msg",
    "031-download-doc",
    "045-download-reply",
    "065-hostile-00",
    "066-hostile-01",
    "067-hostile-02",
    "068-hostile-03",
    "071-hostile-06",
];
pub(crate) const ITEMS: usize = DOWNLOADS.len();

const LISTS: [(&str, &str); 3] =
    [("022-sources", "sources"), ("023-submissions", "submissions"), ("024-replies", "replies")];

/// The recorded lists, cut to what was recorded as a download too.
pub(crate) fn world() -> Routes {
    let others = ["001-root", "018-token-ok", "092-logout"];
    let mut routes: Routes = others.iter().chain(&DOWNLOADS).map(|n| recorded(n)).collect();
    let paths: Vec<String> = routes.keys().cloned().collect();
    for (name, list) in LISTS {
        let (line, answer) = recorded(name);
        let mut json = answer.json();
        let entries = json[list].as_array_mut().expect("a list");
        entries.retain(|e| paths.iter().any(|p| p.contains(&text(&e["uuid"]))));
        routes.insert(line, answer.with_body(json.to_string()));
    }
    routes
}

pub(crate) fn download_line(item: &str) -> String {
    let (source, kind) = match item {
        REPLY => (SOURCE, "replies"),
        MESSAGE | DOCUMENT => (SOURCE, "submissions"),
        _ => (OTHER_SOURCE, "submissions"),
    };
    format!("GET /api/v1/sources/{source}/{kind}/{item}/download")
}

/// Changes one answer.
pub(crate) fn change(routes: &mut Routes, line: &str, f: impl FnOnce(Answer) -> Answer) {
    let answer = routes.remove(line).expect("a route");
    routes.insert(line.to_owned(), f(answer));
}

/// Changes a listed entry.
pub(crate) fn change_entry(
    routes: &mut Routes,
    list: &str,
    uuid: &str,
    f: impl FnOnce(&mut Value),
) {
    change(routes, &format!("GET /api/v1/{list}"), |answer| {
        let mut json = answer.json();
        let entries = json[list].as_array_mut().expect("a list");
        f(entries.iter_mut().find(|e| e["uuid"] == uuid).expect("an entry"));
        answer.with_body(json.to_string())
    });
}

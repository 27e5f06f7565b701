//! Servers that are refused as a whole.

use crate::replay::{Answer, Routes, Server, recorded};
use crate::world::{MESSAGE, change_entry, download_line, world};
use crate::{TOKEN, changed, fails, home, only_lost, sync};

#[test]
fn a_redirect_is_not_followed() {
    let target = Server::start(Routes::new());
    let away = format!("http://{}/api/v1/", target.addr);
    let moved = |a: Answer| a.status(302).with("Location", &away);
    only_lost(changed(&download_line(MESSAGE), moved), MESSAGE, "redirect 302");
    fails(changed("GET /api/v1/sources", moved), "SERVER_ERROR", "redirect 302");
    fails(changed(TOKEN, moved), "SERVER_ERROR", "redirect 302");
    assert!(target.heard().is_empty());
}

#[test]
fn compression_is_refused() {
    let packed = |a: Answer| a.with("Content-Encoding", "gzip");
    only_lost(changed(&download_line(MESSAGE), packed), MESSAGE, "compressed");
    fails(changed("GET /api/v1/submissions", packed), "SERVER_ERROR", "compressed");
}

#[test]
fn a_refused_login_is_tried_once_and_explained() {
    let routes = changed(TOKEN, |_| recorded("014-token-unknown-user").1);
    let server = fails(routes, "LOGIN_REFUSED", "used before");
    assert_eq!(server.lines("token").len(), 1);
    assert_eq!(server.lines("logout").len(), 0);
}

#[test]
fn html_is_not_shown() {
    let html = recorded("220-ap-put").1;
    assert!(String::from_utf8_lossy(&html.body).contains("<h1>"));
    for (line, word) in [(TOKEN, "LOGIN_REFUSED"), ("GET /api/v1/replies", "SESSION_ENDED")] {
        let (run, _, _) = sync(changed(line, |_| html.clone()));
        assert_eq!(run.json["status"], word);
        assert!(!run.json.to_string().contains('<'), "{}", run.json);
    }
    let page = html.status(200);
    fails(changed("GET /api/v1/replies", |_| page), "SERVER_ERROR", "not JSON");
}

#[test]
fn a_passphrase_the_server_cannot_take_is_not_sent() {
    let (server, home) = (Server::start(world()), home());
    let words = format!("journalist\n{}\n123456\n", "x".repeat(129));
    let run = server.run_as(home.path(), "sync", &[], &words);
    assert_eq!(run.json["status"], "REFUSED");
    assert_eq!(server.lines("token").len(), 0);
}

#[test]
fn a_server_that_is_no_journalist_interface_never_sees_the_credentials() {
    let routes = changed("GET /api/v1/", |a| a.with_body("{}"));
    let server = fails(routes, "SERVER_ERROR", "missing field `auth_token_url`");
    assert_eq!(server.lines("token").len(), 0);
}

#[test]
fn endless_headers_and_endless_bodies_end_at_their_limits() {
    let headers = |a: Answer| a.with("X", &"y".repeat(20_000));
    fails(changed(TOKEN, headers), "SERVER_ERROR", "header is too big");
    let endless = |a: Answer| {
        let a = a.without("content-length").and("Transfer-Encoding", "chunked");
        let chunk = [b"1000\r\n".to_vec(), vec![b' '; 4096], b"\r\n".to_vec()].concat();
        Answer { body: Vec::new(), endless: Some(chunk), ..a }
    };
    fails(changed(TOKEN, endless), "SERVER_ERROR", "longer than 65536 bytes");
    fails(changed("GET /api/v1/sources", endless), "SERVER_ERROR", "longer than 67108864");
}

#[test]
fn a_list_of_another_shape_is_refused_as_a_whole() {
    let twice = |a: Answer| a.with_body(r#"{"replies":[],"replies":[]}"#);
    fails(changed("GET /api/v1/replies", twice), "SERVER_ERROR", "duplicate field `replies`");
    let half = |a: Answer| a.with_body(r#"{"replies":["#);
    fails(changed("GET /api/v1/replies", half), "SERVER_ERROR", "another shape");
    let mut routes = world();
    change_entry(&mut routes, "submissions", MESSAGE, |e| {
        e.as_object_mut().expect("an object").remove("size");
    });
    fails(routes, "SERVER_ERROR", "missing field `size`");
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let home = home();
    let mut server = Server::start(world());
    server.addr.set_port(1);
    let run = server.run(home.path(), "sync", &[]);
    assert_eq!(run.json["status"], "SERVER_UNREACHABLE");
}

//! The program itself, started as a person starts it.
#![expect(clippy::disallowed_methods, reason = "a test starts the program")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::replay::{Routes, Server, recorded};
use crate::world::{ITEMS, world};
use crate::{TOKEN, changed, home, inbox};

fn start(server: &Server, home: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sd-fetch"))
        .args(["sync", "--insecure-loopback", &server.addr.to_string(), "--credentials-fd", "0"])
        .arg("--home")
        .arg(home)
        .env("ALL_PROXY", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("http_proxy", "http://127.0.0.1:1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut words = program.stdin.take().expect("a pipe");
    words.write_all(b"journalist\ncorrect horse\n123456\n").expect("room");
    drop(words);
    program.wait_with_output().expect("it ends")
}

#[test]
fn a_proxy_in_the_environment_is_not_obeyed() {
    let (server, home) = (Server::start(world()), home());
    let output = start(&server, home.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(inbox(&home).len(), ITEMS);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(talk.starts_with("hint: sd-airgap pack --to "), "{talk}");
}

#[test]
fn exit_codes_are_those_of_the_table() {
    let refused = changed(TOKEN, |_| recorded("014-token-unknown-user").1);
    for (routes, code) in [(refused, 1), (Routes::new(), 1), (crate::items::one_bad_hash(), 4)] {
        let home = home();
        assert_eq!(start(&Server::start(routes), home.path()).status.code(), Some(code));
    }
}

//! `sd-fetch sync` as a person at an 80-column terminal meets it.
#![expect(clippy::expect_used, reason = "a test ends where it cannot go on")]

use sd_tests::journalist_interface::{Clock, Config, DEV_PASSPHRASE, World};
use sd_tests::newsroom::Newsroom;
use sd_tests::noise::Noise;
use sd_tests::terminal::Terminal;

/// What was on each line of the screen at some time, without the codes that move and colour.
fn lines(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain.split(['\n', '\r']).map(str::to_owned).collect()
}

fn newsroom(rate: u64) -> Newsroom {
    let mut world = World::with_test_key().expect("a world");
    let source = world.source("focal ghost").expect("a source").message("hello").expect("added");
    let _ = source.document_from(Some(b"memo.bin"), Noise::new(900_000, 7)).expect("added");
    let source = world.source("quiet harbour").expect("a source");
    let _ = source.document_from(Some(b"memo.bin"), Noise::new(700_000, 8)).expect("added");
    let config = Config::new().expect("a configuration").at_rate(rate);
    Newsroom::with(world, config.with_clock(Clock::default())).expect("a newsroom")
}

fn code(newsroom: &Newsroom) -> String {
    let user = &newsroom.interface().users()[0];
    user.code(newsroom.interface().clock().now()).expect("a code")
}

fn sync(newsroom: &Newsroom) -> Terminal {
    let address = newsroom.interface().address().to_string();
    let args = ["sync", "--home", "ws", "--insecure-loopback", &address];
    Terminal::start(newsroom, "sd-fetch", &args, (80, 24))
}

#[test]
fn a_newcomer_is_asked_sees_progress_and_is_told_what_is_next() {
    let newsroom = newsroom(300_000);
    let mut terminal = sync(&newsroom);
    terminal.answer("User name: ", "journalist");
    terminal.answer("Passphrase: ", DEV_PASSPHRASE);
    terminal.answer("One-time code: ", &code(&newsroom));
    terminal.wait_for("kB/s");
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(0), "{text}");
    assert!(!text.contains(DEV_PASSPHRASE), "a passphrase is not shown");
    for part in [
        "focal ghost, document 2",
        "quiet harbour, document 1",
        "fetching  ",
        "s left",
        "3 new items fetched and checked, 1.6 MB",
        "3 items waiting in the inbox",
        "sd-airgap pack --to",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    for line in lines(&text) {
        // The hint is a command: it may not be broken. Progress fills its lines to the edge.
        if !line.starts_with("hint:") && !line.contains("B/s") {
            assert!(line.chars().count() <= 80, "{} wide: {line}", line.len());
        }
        let letters: Vec<char> = line.chars().collect();
        for row in letters.chunks(80).map(|row| row.iter().collect::<String>()) {
            assert_eq!(row.contains("B/s"), row.trim_end().ends_with(" left"), "{row}");
        }
    }
}

#[test]
fn a_wrong_passphrase_is_asked_for_again_with_the_next_code() {
    let newsroom = newsroom(10_000_000);
    let mut terminal = sync(&newsroom);
    terminal.answer("User name: ", "journalist");
    terminal.answer("Passphrase: ", "not it");
    let used = code(&newsroom);
    terminal.answer("One-time code: ", &used);
    terminal.wait_for("logging in: refused (403)");
    terminal.wait_for("a new one comes in");
    // The name may have been the mistake as well.
    terminal.answer("User name: ", "journalist");
    terminal.answer("Passphrase: ", DEV_PASSPHRASE);
    terminal.answer("One-time code: ", &used);
    terminal.wait_for("the server takes none twice");
    terminal.answer("One-time code: ", &code(&newsroom));
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(0), "{text}");
    let requests = newsroom.interface().requests();
    let logins = requests.iter().filter(|e| e.path.ends_with("/token")).count();
    assert_eq!(logins, 2, "the used code was not sent again");
}

#[test]
fn three_refused_logins_are_enough_and_the_account_is_never_locked() {
    let newsroom = newsroom(10_000_000);
    let mut terminal = sync(&newsroom);
    for wrong in ["000000", "111111", "222222"] {
        terminal.answer("User name: ", "journalist");
        terminal.answer("Passphrase: ", DEV_PASSPHRASE);
        let right = code(&newsroom);
        terminal.answer("One-time code: ", if right == wrong { "333333" } else { wrong });
    }
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("LOGIN_REFUSED"), "{text}");
    assert_eq!(
        newsroom.interface().requests().iter().filter(|e| e.path.ends_with("/token")).count(),
        3
    );
}

//! Programs started without a command.
#![expect(clippy::expect_used, reason = "a test ends where it cannot go on")]

use sd_tests::demo_world::ten_items;
use sd_tests::newsroom::Newsroom;
use sd_tests::terminal::Terminal;

/// Ctrl-C.
const INTERRUPT: &str = "\u{3}";

fn newsroom() -> Newsroom {
    Newsroom::new(ten_items().expect("a world")).expect("a newsroom")
}

fn start(newsroom: &Newsroom, program: &str, args: &[&str]) -> Terminal {
    Terminal::start(newsroom, program, args, (80, 24))
}

/// No line is wider than the screen.
fn fits(text: &str) {
    for line in text.split(['\n', '\r']).filter(|l| !l.contains('\u{1b}')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_script_that_names_no_command_is_shown_the_help() {
    let newsroom = newsroom();
    for program in ["sd-fetch", "sd-airgap", "sd-export"] {
        let run = newsroom.run(program, ["--home", "ws"]).expect(2);
        assert!(run.stderr.contains("Usage:"), "{program}: {run:?}");
    }
    let run = newsroom.run("sd-station", ["session", "check"]).expect(2);
    assert!(run.stderr.contains("needs a terminal"), "{run:?}");
}

#[test]
fn a_station_that_is_not_paired_is_told_how() {
    let newsroom = newsroom();
    let (exit, text) = start(&newsroom, "sd-airgap", &["--home", "new"]).end();
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("NOT_PAIRED"), "{text}");
    fits(&text);
}

#[test]
fn at_the_workstation_codes_are_taken_and_then_the_stick_is_asked_for() {
    let newsroom = newsroom();
    newsroom.pair().expect("paired");
    let fetched = newsroom.fetch(&["sync"]).expect(0);
    assert!(fetched.stdout.contains("DONE"), "{fetched:?}");
    let packed = newsroom.pack().expect(0);
    let receipt = {
        let unpacked = newsroom.unpack().expect(0).json();
        unpacked["report"]["bundles"][0]["receipt"].as_str().expect("a code").to_owned()
    };
    assert!(packed.stdout.contains("DONE"), "{packed:?}");

    let mut terminal = start(&newsroom, "sd-airgap", &["--home", "ws"]);
    terminal.answer("Receipt code (only Enter if you have none): ", "no code");
    terminal.answer("Receipt code (only Enter if you have none): ", "AAAA-AAAA");
    terminal.wait_for("WRONG_CODE");
    terminal.answer("Receipt code (only Enter if you have none): ", &receipt);
    terminal.wait_for("is delivered");
    terminal.wait_for("Nothing to pack.");
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(0), "{text}");
    fits(&text);
}

#[test]
fn a_missing_stick_is_waited_for_until_somebody_gives_up() {
    let newsroom = newsroom();
    newsroom.pair().expect("paired");
    let fetched = newsroom.fetch(&["sync"]).expect(0);
    assert!(fetched.stdout.contains("DONE"), "{fetched:?}");
    for home in ["ws", "svs"] {
        let mut terminal = start(&newsroom, "sd-airgap", &["--home", home]);
        terminal.wait_for("Plug in the Transfer Device.");
        terminal.press(INTERRUPT);
        let (exit, text) = terminal.end();
        assert_ne!(exit, Some(0), "{text}");
        fits(&text);
    }
}

#[test]
fn what_was_picked_in_the_reader_is_cleaned_and_may_stay() {
    let newsroom = newsroom();
    newsroom.pair().expect("paired");
    let fetched = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let _ = newsroom.unpack().expect(0);
    assert!(fetched.stdout.contains("DONE"));

    let (exit, text) = start(&newsroom, "sd-export", &["--home", "svs"]).end();
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("no file is selected"), "{text}");

    let mut reader = start(&newsroom, "sd-airgap", &["browse", "--home", "svs"]);
    reader.wait_for("curious lemur");
    // Into the first conversation, pick two files, and leave with them.
    reader.press("\r");
    reader.wait_for("minutes-1.txt");
    for key in ["\u{1b}[B", " ", "\u{1b}[B", " ", "x"] {
        reader.press(key);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let (exit, text) = reader.end();
    assert_eq!(exit, Some(0), "{text}");

    for words in ["2 of 2 files cleaned", "Cleaned before: "] {
        let mut terminal = start(&newsroom, "sd-export", &["--home", "svs"]);
        terminal.wait_for("Selected: ");
        terminal.answer("> ", "x");
        terminal.answer("> ", "c");
        terminal.wait_for(words);
        terminal.wait_for("Nothing left this station.");
        let (exit, text) = terminal.end();
        assert_eq!(exit, Some(0), "{text}");
        assert!(!text.contains("hint:"), "{text}");
        fits(&text);
    }
}

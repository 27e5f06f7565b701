//! Texts and terminals out of the ordinary.

use super::*;

#[test]
fn a_message_of_many_megabytes_is_shown_in_part_and_says_so() {
    let scratch = newsroom();
    scratch.message(3, "long letter", 1, &"It was a dark and stormy night. ".repeat(200_000));
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Enter, Key::Enter]);
    stage.expect(&["lines below", "  It was a dark and stormy night. It was"]);
    stage.press(&[Key::PageDown, Key::End]);
    stage.expect(&["(5.9 MB more are not shown here)"]);
    stage.press(&[Key::Home]).expect(&["lines below"]);
}

#[test]
fn wide_characters_and_towers_of_marks_stay_in_their_places() {
    let scratch = newsroom();
    let wide = "日本語 👍🏽 🇩🇪 a\u{301}\u{302} end";
    scratch.message(3, "wide words", 1, wide);
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Enter]);
    assert_eq!(stage.lines()[2], format!(">     new     1 message   2026-11-18 14:06  {wide}"));
    for width in 40..=80 {
        let mut stage = Stage::on(&scratch, width, 24);
        stage.press(&[Key::Enter, Key::Enter]);
        for line in stage.lines() {
            assert!(sd_term::width(&line) <= usize::from(width), "{width}: {line}");
        }
    }
}

#[test]
fn nothing_a_stranger_wrote_acts_on_the_screen() {
    let scratch = newsroom();
    scratch.message(3, "sly fox", 1, "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}evil\u{200b}\rquit");
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Enter]);
    stage.expect(&[r"\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}"]);
    stage.press(&[Key::Enter]);
    let drawn = stage.lines().join("");
    assert!(drawn.contains(r"\u{202e}evil\u{200b}\u{d}quit"), "{drawn}");
    assert_eq!(sd_fs::escape(drawn.replace('\\', "").as_bytes()).as_str(), drawn.replace('\\', ""));
}

#[test]
fn every_size_from_nothing_on_can_be_drawn() {
    let scratch = newsroom();
    for (width, height) in [(1, 1), (39, 24), (80, 7), (40, 8), (200, 60), (300, 10)] {
        let mut stage = Stage::on(&scratch, width, height);
        let small = width < 40 || height < 8;
        assert_eq!(small, !stage.shows("quiet harbour"), "{width}x{height}");
        stage.press(&[Key::Enter, Key::Enter, Key::PageDown, Key::End, Key::Up]);
        stage.terminal.backend_mut().resize(80, 24);
        stage.draw();
        stage.expect(&["quiet harbour, message 1"]);
    }
}

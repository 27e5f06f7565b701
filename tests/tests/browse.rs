//! `sd-airgap browse`, `show` and `list` over what the real programs brought: keys in, a screen out,
//! and no byte on the way to the terminal but what is meant to be there.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs, and ends where it cannot go on"
)]

use sd_tests::ciphertext;
use sd_tests::hostile_text::hostile_texts;
use sd_tests::journalist_interface::{Kind, World};
use sd_tests::newsroom::Newsroom;
use sd_tests::terminal::Terminal;
use sd_tests::terminal_screen::TerminalScreen;

const DOWN: &str = "\u{1b}[B";
const END: &str = "\u{1b}[F";
const ESCAPE: &str = "\u{1b}";

/// Fetched, packed, carried and opened by the programs themselves.
fn unpacked(world: World) -> Newsroom {
    let newsroom = Newsroom::new(world).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let _ = newsroom.unpack().expect(0);
    newsroom
}

fn newsroom() -> Newsroom {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("We have minutes of the harbour board."))
        .and_then(|s| s.document("photo.jpg", include_bytes!("../data/demo/photo.jpg")))
        .and_then(|s| s.reply("Please send the minutes."))
        .expect("a source");
    world.source("quiet window").and_then(|s| s.message("Is anybody there?")).expect("a source");
    unpacked(world)
}

/// The view in a terminal, and what is on its screen.
struct Browse {
    terminal: Terminal,
    screen: TerminalScreen,
}

impl Browse {
    fn start(newsroom: &Newsroom, size: (u16, u16)) -> Self {
        let terminal = Terminal::start(newsroom, "sd-airgap", &["browse", "--home", "svs"], size);
        Self { terminal, screen: TerminalScreen::new(size.0.into(), size.1.into()) }
    }

    /// Presses keys and waits until the screen shows this.
    #[track_caller]
    fn press(&mut self, keys: &str, words: &str) {
        self.terminal.press(keys);
        self.expect(words);
    }

    #[track_caller]
    fn expect(&mut self, words: &str) {
        let screen = &mut self.screen;
        let came = self.terminal.wait_until(|bytes| {
            screen.feed(bytes).expect("nothing but what is ours");
            screen.shows(words)
        });
        assert!(came, "no {words:?} on the screen:\n{}", screen.lines().join("\n"));
    }

    /// Opens the conversation of this source, from wherever it stands in the list.
    #[track_caller]
    fn open(&mut self, words: &str, title: &str) {
        self.press("/", "Search:");
        self.press(&format!("{words}\r"), &format!("messages: {words}"));
        self.press("\r", title);
    }

    /// Leaves with these keys: the terminal must be as it was. What is said after it is returned.
    fn leave(mut self, keys: &str) -> String {
        self.terminal.press(keys);
        let (exit, text) = self.terminal.end();
        assert_eq!(exit, Some(0), "{text}");
        let drawn = TerminalScreen::drawn(text.as_bytes(), 120, 40).expect("nothing but ours");
        assert_eq!(drawn.modes(), [""; 0], "modes are given back");
        let (_, after) = text.rsplit_once("\u{1b}[?1049l").expect("the view's own screen");
        after.to_owned()
    }
}

#[test]
fn a_newcomer_reads_searches_notes_selects_and_is_told_what_is_next() {
    let newsroom = newsroom();
    let mut browse = Browse::start(&newsroom, (80, 24));
    browse.expect("2 sources, 3 new");
    assert!(browse.screen.lines()[23].contains("q quit"), "the keys are at the bottom");
    browse.press("/", "Search:");
    browse.press("MINUTES\r", "2 hits, in names and 3 messages");
    browse.press(ESCAPE, "2 sources, 3 new");
    browse.open("focal ghost", "focal ghost: 3 items, 2 new");
    browse.press("\r", "We have minutes of the harbour board.");
    browse.press("n", "Note:");
    browse.press("call back\r", "note: call back");
    browse.press(ESCAPE, "focal ghost: 3 items, 1 new");
    browse.press(DOWN, "photo.jpg");
    browse.press(" ", "1 file selected");
    let after = browse.leave("x");
    for command in ["sd-export inspect ", "sd-export scrub ", "sd-export write "] {
        assert!(after.contains(command), "{after}");
    }
    assert!(after.contains("photo.jpg"), "{after}");
    let told = newsroom.svs(&["show", "focal"]).expect(0).json();
    let items = told["report"]["items"].as_array().expect("items").clone();
    let new: Vec<bool> = items.iter().map(|i| i["new"].as_bool().expect("a bool")).collect();
    assert_eq!(new, [false, true, false], "read, selected, written by the newsroom");
    assert_eq!(items[0]["note"], "call back");
}

#[test]
fn ctrl_c_gives_the_terminal_back_and_keeps_the_marks() {
    let newsroom = newsroom();
    let mut browse = Browse::start(&newsroom, (120, 40));
    browse.expect("3 new");
    browse.open("focal ghost", "focal ghost: 3 items");
    browse.press("R", "2 items marked as read.");
    let _ = browse.leave("\u{3}");
    let told = newsroom.svs(&["show"]).expect(0).json();
    for source in told["report"]["sources"].as_array().expect("sources") {
        let new = u64::from(source["designation"] == "quiet window");
        assert_eq!(source["new"], new);
    }
}

#[test]
fn the_view_ends_with_its_window_even_where_nobody_tells_it() {
    let newsroom = newsroom();
    let program = sd_tests::newsroom::program("sd-airgap");
    let line = format!("env --ignore-signal=HUP '{}' browse --home svs", program.display());
    let mut terminal = Terminal::start_line(&line, &newsroom.path("."), (80, 24));
    terminal.wait_for("3 new");
    let process = terminal.process().expect("it runs");
    drop(terminal);
    let gone = || !std::path::Path::new(&format!("/proc/{process}")).exists();
    for _ in 0..200 {
        if gone() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it still runs, and nobody can reach it");
}

#[test]
fn marks_that_are_lost_or_damaged_cost_no_submission() {
    let newsroom = newsroom();
    let sources = || {
        let told = newsroom.svs(&["list"]).expect(0).json();
        let sources = told["report"]["sources"].as_array().expect("sources").clone();
        sources.iter().map(|s| s["items"].as_array().map(Vec::len)).collect::<Vec<_>>()
    };
    let before = sources();
    std::fs::write(newsroom.path("svs/store/marks.json"), "{damaged").expect("written");
    assert_eq!(sources(), before);
    let _ = newsroom.svs(&["show", "focal"]).expect(0);
    let mut browse = Browse::start(&newsroom, (80, 24));
    browse.expect("The marks cannot be read and begin anew");
    browse.press("R", "marked as read");
    let _ = browse.leave("q");
    assert_eq!(sources(), before);
    let names = std::fs::read_dir(newsroom.path("svs/store")).expect("listed");
    let aside = names
        .filter_map(Result::ok)
        .find(|e| e.file_name().to_string_lossy().ends_with(".damaged"));
    assert_eq!(std::fs::read(aside.expect("set aside").path()).expect("there"), b"{damaged");
}

#[test]
fn an_import_does_not_wait_for_somebody_who_reads() {
    let newsroom = newsroom();
    let mut browse = Browse::start(&newsroom, (80, 24));
    browse.expect("2 sources");
    let _ = newsroom.unpack().expect(0);
    let _ = browse.leave("q");
}

#[test]
fn without_a_terminal_and_on_the_workstation_it_is_refused_with_what_to_do() {
    let newsroom = newsroom();
    let run = newsroom.svs(&["browse"]).expect(2);
    assert!(run.json()["error"].as_str().expect("words").contains("sd-airgap list"));
    let home = newsroom.path("svs").to_string_lossy().into_owned();
    let _ = newsroom.run("sd-airgap", ["browse", "--home", &home]).expect(2);
    for verb in ["browse", "show"] {
        assert_eq!(newsroom.workstation(&[verb]).expect(1).json()["status"], "WRONG_STATION");
    }
}

#[test]
fn a_source_is_shown_by_the_beginning_of_its_name_and_an_item_by_its_number_or_uuid() {
    let newsroom = newsroom();
    let show = |args: &[&str]| newsroom.svs(&[&["show"], args].concat());
    let whole = show(&["Focal"]).expect(0).json();
    assert_eq!(whole["report"]["items"].as_array().map(Vec::len), Some(3));
    let text = &whole["report"]["items"][0]["text"]["lines"][0];
    assert_eq!(text, "We have minutes of the harbour board.");
    let one = show(&["focal ghost", "2"]).expect(0).json();
    let item = one["report"]["items"][0]["item"].as_str().expect("a UUID").to_owned();
    assert_eq!(one["report"]["items"][0]["kind"], "document");
    assert_eq!(show(&[&item]).expect(0).json()["report"]["items"][0]["item"], item.as_str());
    let nobody = show(&["focal ghast"]).expect(1).json();
    assert!(nobody["error"].as_str().expect("words").contains("focal ghost"));
    let _ = show(&["focal ghost", "9"]).expect(1);
    let hint: Vec<String> = serde_json::from_value(one["hint"].clone()).expect("a hint");
    assert!(sd_export::parses(&hint), "{hint:?}");
}

#[test]
fn what_list_and_show_print_fits_80_columns() {
    let newsroom = newsroom();
    let home = newsroom.path("svs").to_string_lossy().into_owned();
    for args in [&["list"][..], &["show"], &["show", "focal"], &["show", "quiet", "1"]] {
        let args = args.iter().copied().chain(["--home", &home]);
        let run = newsroom.run("sd-airgap", args).expect(0);
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

/// One source who writes every hostile text, several to a message, and names files with them; and
/// an honest one.
fn hostile() -> (Newsroom, usize) {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("sly fox").expect("a source");
    let texts = hostile_texts().into_iter().map(|(_, text)| text);
    let (large, small): (Vec<_>, Vec<_>) = texts.partition(|text| text.len() > 500);
    let small = small.chunks(6).map(|texts| texts.join(&b"  "[..]));
    let texts: Vec<Vec<u8>> = small.chain(large).collect();
    for text in &texts {
        source = source
            .made_by(Kind::Message, |to, sink| ciphertext::message(to, text, sink))
            .expect("a message");
        // A gzip header's name ends at a NUL, and nobody sends one of a megabyte.
        let name: Vec<u8> = text.iter().copied().filter(|b| *b != 0).take(4000).collect();
        source = source.document_from(Some(&name), &b"x"[..]).expect("a document");
    }
    world.source("focal ghost").and_then(|s| s.message("hello")).expect("a source");
    (unpacked(world), texts.len())
}

#[test]
fn no_hostile_text_reaches_the_terminal_as_anything_but_letters() {
    let (newsroom, texts) = hostile();
    let mut browse = Browse::start(&newsroom, (80, 24));
    browse.expect("2 sources");
    browse.open("sly fox", &format!("sly fox: {} items", 2 * texts));
    // Every line of the list, then every item, read to its end.
    for _ in 0..=2 * texts / 20 {
        browse.terminal.press("\u{1b}[6~");
    }
    browse.press(END, &format!("> [ ] new {:>5} document", 2 * texts));
    browse.press("\u{1b}[H", ">     new     1 message");
    browse.press("\r", &format!("(1 of {})", 2 * texts));
    for n in 2..=2 * texts {
        browse.terminal.press(END);
        browse.terminal.press("\r");
        if n % 10 == 0 {
            browse.expect(&format!("({n} of {})", 2 * texts));
        }
    }
    browse.expect(&format!("({} of {})", 2 * texts, 2 * texts));
    browse.press("/", "Search:");
    browse.press("\u{301}\u{202e}b\r", "in names and");
    let _ = browse.leave("q");
    for args in [&["list"][..], &["show"], &["show", "sly"], &["show", "sly fox", "1"]] {
        for json in [&[][..], &["--json"]] {
            let args = [args, json, &["--home", "svs"]].concat();
            let (exit, text) = Terminal::start(&newsroom, "sd-airgap", &args, (80, 24)).end();
            assert_eq!(exit, Some(0), "{args:?}");
            TerminalScreen::drawn(text.as_bytes(), 80, 24).expect("nothing but what is ours");
        }
    }
}

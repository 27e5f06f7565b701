//! Looking at a large store: how long until the first screen, and until a key is answered.
//!
//! ```text
//! store of many items --> sd-airgap browse in a terminal --keys--> the clock runs until it has drawn
//! ```

use std::time::{Duration, Instant};

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::Newsroom;
use sd_tests::stored_items::store_of;
use sd_tests::terminal::Terminal;
use sd_tests::terminal_screen::TerminalScreen;

use crate::measure::{Contender, Process, Sample, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// Items of each source.
const EACH: usize = 20;

const SIZE: (u16, u16) = (120, 40);

/// What is fresh is not kept in the index yet: so long the store must lie still.
const SETTLED: Duration = Duration::from_secs(3);

/// Down a list, into a conversation, through its messages and back, and to the end of the list.
const KEYS: &[&str] = &[
    "\u{1b}[B",
    "\u{1b}[B",
    "\u{1b}[6~",
    "\u{1b}[6~",
    "\u{1b}[B",
    "\r",
    "\u{1b}[B",
    " ",
    "\r",
    "\r",
    "\r",
    "p",
    "\u{1b}[D",
    "\u{1b}[A",
    "\u{1b}[D",
    "\u{1b}[F",
    "\u{1b}[5~",
    "\u{1b}[H",
    "\r",
    "R",
    "\u{1b}[D",
];

/// Both rows.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let sources = settings.sizes.sources;
    step(&format!("making a store of {} items", sources * EACH));
    let newsroom = Newsroom::new(World::with_test_key()?)?;
    newsroom.pair()?;
    store_of(&newsroom.path("svs"), sources, EACH)?;
    std::thread::sleep(SETTLED);
    leave(first_screen(&newsroom)?.1);
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-airgap browse: first screen",
            run: Box::new(|| timed_start(&newsroom)),
        },
        Contender {
            who: Who::Ours,
            what: "of ours, without its index",
            run: Box::new(|| {
                stage::remove_file(&newsroom.path("svs/store/index.json"))?;
                timed_start(&newsroom)
            }),
        },
    ];
    let title = format!("{sources} sources, {} items", sources * EACH);
    // The second contender has the index made anew for the first.
    let first = take_turns(title, settings.rounds, contenders)?;
    let contenders = vec![Contender {
        who: Who::Ours,
        what: "sd-airgap browse: one key, the median",
        run: Box::new(|| keys(&newsroom)),
    }];
    let pressed = take_turns("a key in that store", settings.rounds, contenders)?;
    Ok(vec![
        first.goal(Goal::Wall { milliseconds: 300.0 }).goal(Goal::Memory { mebibytes: 64.0 }),
        pressed.goal(Goal::Wall { milliseconds: 50.0 }),
    ])
}

/// Starts the view and waits for its first screen.
fn first_screen(newsroom: &Newsroom) -> Outcome<(Sample, Terminal)> {
    let start = Instant::now();
    let mut terminal = Terminal::start(newsroom, "sd-airgap", &["browse", "--home", "svs"], SIZE);
    let mut screen = TerminalScreen::new(SIZE.0.into(), SIZE.1.into());
    let came = terminal.wait_until(|bytes| screen.feed(bytes).is_ok() && screen.shows("q quit"));
    if !came {
        return Err("no first screen".into());
    }
    let wall = start.elapsed().as_secs_f64();
    let process = Process(terminal.process()?);
    Ok((Sample { cpu: process.cpu()?, wall, peak: process.peak()?, made: None }, terminal))
}

fn timed_start(newsroom: &Newsroom) -> Outcome<Sample> {
    let (sample, terminal) = first_screen(newsroom)?;
    leave(terminal);
    Ok(sample)
}

/// Presses keys one after the other; the median of the times until something was drawn.
fn keys(newsroom: &Newsroom) -> Outcome<Sample> {
    let (_, mut terminal) = first_screen(newsroom)?;
    let process = Process(terminal.process()?);
    let before = process.cpu()?;
    let mut times: Vec<f64> = Vec::new();
    for key in KEYS {
        // What is still on its way must not be taken for the answer.
        std::thread::sleep(Duration::from_millis(50));
        let _ = terminal.wait_until(|_| true);
        let start = Instant::now();
        terminal.press(key);
        if !terminal.wait_until(|bytes| !bytes.is_empty()) {
            return Err(format!("no answer to {key:?}").into());
        }
        times.push(start.elapsed().as_secs_f64());
    }
    let cpu = process.cpu()? - before;
    let peak = process.peak()?;
    leave(terminal);
    times.sort_by(f64::total_cmp);
    Ok(Sample { cpu, wall: times[times.len() / 2], peak, made: None })
}

/// Leaves the view: what it noted is written when it has ended.
fn leave(mut terminal: Terminal) {
    terminal.press("q");
    let _ended = terminal.end();
}

//! Whatever is cut, killed, changed or refused on the way: in the end the inbox holds what the
//! server holds, byte for byte, and nothing that it never held.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::Config;
use sd_fs::Sha256;
use sd_tests::journalist_interface::{EtagFault, Fault, FaultKind, Kind, Target, World};
use sd_tests::newsroom::{Newsroom, files};
use sd_tests::noise::Noise;

/// Sizes of the items on the server at the start; most are large enough to be gone on with.
const SIZES: [u64; 8] = [700, 2_000, 90_000, 270_000, 300_000, 500_000, 800_000, 1_200_000];

/// One thing that happens before a run, or to it.
#[derive(Clone, Debug)]
enum Event {
    /// A download ends after so many bytes, so often.
    Cut { item: usize, after: u64, times: u32 },
    /// A download falls silent.
    Stall { item: usize, after: u64 },
    /// A byte arrives flipped, once.
    Flip { item: usize, at: u64 },
    /// The hash is missing, once.
    NoHash { item: usize },
    /// The server answers nothing, so often.
    Nothing { times: u32 },
    /// The file behind an item changes, with its hash, if it is not in the inbox.
    Change { item: usize },
    /// A source sends one more.
    Send { size: u64 },
    /// A journalist deletes an item.
    Delete { item: usize },
    /// The run is killed after so many milliseconds.
    Kill { after: u64 },
    /// All sessions end after so many milliseconds.
    Revoke { after: u64 },
}

fn event() -> impl Strategy<Value = Event> {
    let item = 0..SIZES.len();
    prop_oneof![
        (item.clone(), 0..1_200_000_u64, 1..6_u32).prop_map(|(item, after, times)| Event::Cut {
            item,
            after,
            times
        }),
        (item.clone(), 0..600_000_u64).prop_map(|(item, after)| Event::Stall { item, after }),
        (item.clone(), 0..1_200_000_u64).prop_map(|(item, at)| Event::Flip { item, at }),
        item.clone().prop_map(|item| Event::NoHash { item }),
        (1..4_u32).prop_map(|times| Event::Nothing { times }),
        item.clone().prop_map(|item| Event::Change { item }),
        (500..600_000_u64).prop_map(|size| Event::Send { size }),
        item.prop_map(|item| Event::Delete { item }),
        (5..250_u64).prop_map(|after| Event::Kill { after }),
        (5..250_u64).prop_map(|after| Event::Revoke { after }),
    ]
}

/// A newsroom, and every hash that an item ever had on its server.
struct Story {
    newsroom: Newsroom,
    ever: BTreeMap<String, BTreeSet<String>>,
    order: Vec<String>,
    made: u64,
}

impl Story {
    fn new() -> Self {
        let mut world = World::with_test_key().expect("a world");
        world.source("focal ghost").expect("a source");
        let newsroom = Newsroom::new(world).expect("a newsroom");
        let mut story = Self { newsroom, ever: BTreeMap::new(), order: Vec::new(), made: 0 };
        for size in SIZES {
            story.send(size);
        }
        story
    }

    /// Noise is as good as a ciphertext here: nobody on the workstation can tell.
    fn noise(&mut self, size: u64) -> Noise {
        self.made += 1;
        Noise::new(size, self.made)
    }

    fn send(&mut self, size: u64) {
        let (noise, number) = (self.noise(size), self.made);
        self.newsroom.interface().edit(|world| {
            let source = world.sources()[0].uuid.clone();
            let builder = world.existing_source(&source).expect("there");
            let name = format!("{number}-focal_ghost-doc.gz.gpg");
            let item = builder.raw_item(&name, Kind::File, noise).expect("added").last_item();
            self.order.push(item.expect("an item"));
        });
        self.remember();
    }

    fn remember(&mut self) {
        let known = self.newsroom.interface().edit(|world| {
            let items = world.items().iter();
            items.map(|i| (i.uuid.clone(), i.sha256.clone())).collect::<Vec<_>>()
        });
        for (item, hash) in known {
            self.ever.entry(item).or_default().insert(hash);
        }
    }

    fn change(&mut self, item: &str) {
        if self.inbox().contains_key(item) {
            return;
        }
        let Some(size) = self.newsroom.interface().edit(|w| w.item(item).map(|i| i.size)) else {
            return;
        };
        let mut bytes = Vec::new();
        std::io::copy(&mut self.noise(size), &mut bytes).expect("memory");
        self.newsroom.interface().edit(|world| {
            world.replace_on_disk(item, &bytes[..]).expect("replaced");
            world.item_mut(item).expect("there").sha256 = Sha256::of(&bytes).to_string();
        });
        self.remember();
    }

    /// Lets an event happen; tells when the run it is for has to be killed or locked out.
    fn prepare(&mut self, event: &Event) {
        let interface = self.newsroom.interface();
        let on = |item: &usize, kind| Fault::on_item(&self.order[*item], kind);
        match event {
            Event::Cut { item, after, times } => {
                interface.add_fault(on(item, FaultKind::CutBody(*after)).times(*times));
            }
            Event::Stall { item, after } => {
                interface.add_fault(on(item, FaultKind::StallBody(*after)).times(1));
            }
            Event::Flip { item, at } => {
                interface.add_fault(on(item, FaultKind::TamperBody(*at)).times(1));
            }
            Event::NoHash { item } => {
                interface.add_fault(on(item, FaultKind::Etag(EtagFault::Missing)).times(1));
            }
            Event::Nothing { times } => {
                interface
                    .add_fault(Fault::new(Target::AnyDownload, FaultKind::NoAnswer).times(*times));
            }
            Event::Delete { item } => {
                let item = self.order[*item].clone();
                interface.edit(|world| world.delete_item(&item));
            }
            Event::Change { item } => {
                let item = self.order[*item].clone();
                self.change(&item);
            }
            Event::Send { size } => self.send(*size),
            Event::Kill { .. } | Event::Revoke { .. } => {}
        }
    }

    /// One run, with whatever is to happen to it.
    fn run(&mut self, events: &[Event]) {
        for event in events {
            self.prepare(event);
        }
        let args = ["sync", "--patience", "1"];
        let mut child = self.newsroom.start_fetch(&args).expect("started");
        let since = Instant::now();
        for event in events {
            let (Event::Kill { after } | Event::Revoke { after }) = event else { continue };
            let wait = Duration::from_millis(*after).saturating_sub(since.elapsed());
            std::thread::sleep(wait);
            match event {
                Event::Kill { .. } => child.kill().expect("killed"),
                _ => self.newsroom.interface().revoke_all_tokens(),
            }
        }
        child.wait().expect("waited");
        self.check();
    }

    /// Every item under its name is whole, and is what the server had at some time.
    fn check(&self) {
        for (item, hash) in self.inbox() {
            assert!(self.ever[&item].contains(&hash), "{item} was never on the server so");
        }
    }

    /// The hash of every ciphertext that stands under its name with its record.
    fn inbox(&self) -> BTreeMap<String, String> {
        let inbox = self.newsroom.path("ws/inbox");
        if !inbox.is_dir() {
            return BTreeMap::new();
        }
        let names = files(&inbox).into_iter().filter(|n| !n.starts_with('.'));
        let records = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
        records.map(|stem| hashed(&inbox, &stem)).collect()
    }
}

fn hashed(inbox: &Path, stem: &str) -> (String, String) {
    let bytes = std::fs::read(inbox.join(format!("{stem}.pgp"))).expect("beside its record");
    let item = stem.rsplit('/').next().unwrap_or_default().to_owned();
    (item, Sha256::of(&bytes).to_string())
}

proptest! {
    #![proptest_config(Config { cases: 25, failure_persistence: None, max_shrink_iters: 40, ..Config::default() })]

    #[test]
    fn the_inbox_ends_as_the_servers_content(
        runs in prop::collection::vec(prop::collection::vec(event(), 0..5), 1..5)
    ) {
        let mut story = Story::new();
        for events in &runs {
            story.run(events);
        }
        story.newsroom.interface().clear_faults();
        let last = story.newsroom.fetch(&["sync", "--patience", "1"]).expect(0);
        prop_assert!(["DONE", "NOTHING_TO_DO"].contains(&last.json()["status"].as_str().unwrap_or_default()));
        let inbox = story.inbox();
        let on_server = story.newsroom.interface().edit(|world| {
            let items = world.items().iter();
            items.map(|i| (i.uuid.clone(), i.sha256.clone())).collect::<BTreeMap<_, _>>()
        });
        for (item, hash) in on_server {
            prop_assert_eq!(inbox.get(&item), Some(&hash), "{}", item);
        }
        story.check();
    }
}

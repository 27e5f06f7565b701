//! SIGKILL at random moments: the next run goes on, and nothing is lost, doubled or half-named.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, program};
use sd_tests::noise::Noise;

/// Kills a stage this many times; three stages make 201.
const KILLS: u32 = 67;

fn world() -> World {
    let mut world = World::with_test_key().expect("a world");
    for (s, name) in ["focal ghost", "curious lemur"].into_iter().enumerate() {
        let mut source = world.source(name).expect("a source");
        for n in 0..12_u64 {
            source = source.message(&format!("message {s} {n}")).expect("added");
        }
        for n in 0..3_u64 {
            let noise = Noise::new(300_000, n + 10 * s as u64 + 1);
            source = source.document_from(Some(b"memo.bin"), noise).expect("added");
        }
    }
    world
}

/// A small generator, seeded by the stage, so that a failure can be had again.
struct Moments(u64);

impl Moments {
    /// A moment between the start of a run and a little after its usual end.
    fn next(&mut self, usual: Duration) -> Duration {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usual.mul_f64(
            f64::from(u32::try_from(self.0 >> 33).unwrap_or_default()) / f64::from(u32::MAX >> 1)
                * 1.05,
        )
    }
}

/// Starts a stage and kills it after a while; counts 1 if it had ended by itself. Then that is
/// how long a run takes at this hour: the machine may have been busier when it was measured.
fn kill_after(mut child: Child, moment: Duration, usual: &mut Duration) -> u32 {
    let since = Instant::now();
    while since.elapsed() < moment {
        if child.try_wait().expect("waited").is_some() {
            *usual = since.elapsed().min(*usual);
            return 1;
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    child.kill().expect("killed");
    child.wait().expect("waited");
    0
}

/// Runs a stage to its end once in a newsroom of its own, to know how long it takes.
fn usual(newsroom: &Newsroom, start: impl Fn(&Newsroom) -> Child) -> Duration {
    let since = Instant::now();
    let output = start(newsroom).wait_with_output().expect("ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    since.elapsed()
}

fn sync(newsroom: &Newsroom) -> Child {
    newsroom.start_fetch(&["sync"]).expect("started")
}

fn pack(newsroom: &Newsroom) -> Child {
    let args = newsroom.at("ws", &["pack", "--to", "stick"]);
    newsroom.command("sd-airgap", args).spawn().expect("started")
}

fn unpack(newsroom: &Newsroom) -> Child {
    let args = newsroom.at("svs", &["unpack", "stick"]);
    newsroom.command("sd-airgap", args).spawn().expect("started")
}

/// Every ciphertext in the inbox: name to bytes, and no other kind of file.
fn inbox(newsroom: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for source in std::fs::read_dir(newsroom.path("ws/inbox")).expect("an inbox") {
        let source = source.expect("an entry").path();
        if !source.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&source).expect("listed") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let whole = path.with_extension("json").exists() && path.with_extension("pgp").exists();
            assert!(whole, "{name} stands alone after a complete run");
            if let Some(item) = name.strip_suffix(".pgp") {
                found.insert(item.to_owned(), std::fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

fn on_the_server(newsroom: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    newsroom.interface().edit(|world| {
        let bytes =
            |i: &sd_tests::journalist_interface::Item| std::fs::read(i.path()).expect("readable");
        world.items().iter().map(|i| (i.uuid.clone(), bytes(i))).collect()
    })
}

#[test]
fn sync_killed_at_any_moment_goes_on_where_it_was() {
    let measured = Newsroom::new(world()).expect("a newsroom");
    // The first call builds the programs, which is not part of a run.
    assert!(program("sd-fetch").exists());
    let mut usual = usual(&measured, sync);
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    let (mut moments, mut finished) = (Moments(1), 0);
    for round in 0..KILLS {
        let moment = moments.next(usual);
        finished += kill_after(sync(&newsroom), moment, &mut usual);
        // Starting anew now and then keeps the runs long enough to be killed inside.
        if round % 3 == 2 {
            let _ = newsroom.fetch(&["sync"]).expect(0);
            assert_eq!(inbox(&newsroom), on_the_server(&newsroom));
            std::fs::remove_dir_all(newsroom.path("ws/inbox")).expect("removed");
        }
    }
    assert!(finished < KILLS * 2 / 3, "{finished} runs ended by themselves");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    assert_eq!(inbox(&newsroom), on_the_server(&newsroom));
}

#[test]
fn pack_killed_at_any_moment_leaves_a_whole_bundle_or_none() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let mut usual = usual(&newsroom, pack);
    let (mut moments, mut finished) = (Moments(2), 0);
    for _ in 0..KILLS {
        // The outbox forgotten and the stick emptied: everything waits again.
        std::fs::remove_dir_all(newsroom.path("ws/outbox")).expect("removed");
        for bundle in newsroom.bundles().expect("listed") {
            std::fs::remove_file(bundle).expect("removed");
        }
        let moment = moments.next(usual);
        finished += kill_after(pack(&newsroom), moment, &mut usual);
        let after_kill = newsroom.bundles().expect("listed").len();
        let again = newsroom.pack().expect(0).json();
        let bundles = newsroom.bundles().expect("listed");
        assert_eq!(bundles.len(), 1, "one whole bundle, from before the kill or after it");
        let reported = again["report"]["bundles"].as_array().cloned().unwrap_or_default();
        let packed_now = reported.iter().filter(|b| b["finished_before"] == false).count();
        assert_eq!(packed_now + after_kill, 1, "never packed twice");
        let listed = newsroom.workstation(&["list"]).expect(0).stdout;
        assert_eq!(listed.matches("packed, not confirmed").count(), 30);
    }
    assert!(finished < KILLS / 2, "most runs were killed inside");
    let _ = newsroom.unpack().expect(0);
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 30);
}

#[test]
fn unpack_killed_at_any_moment_goes_on_where_it_was() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let mut usual = usual(&newsroom, unpack);
    let expected = contents(&newsroom);
    assert_eq!(expected.len(), 30);
    let (mut moments, mut finished) = (Moments(3), 0);
    for round in 0..KILLS {
        if round % 3 == 0 {
            std::fs::remove_dir_all(newsroom.path("svs/store")).expect("removed");
        }
        let moment = moments.next(usual);
        finished += kill_after(unpack(&newsroom), moment, &mut usual);
        // Whatever stands under a final name is whole, even before the next run.
        for (item, content) in contents(&newsroom) {
            assert!(expected[&item] == content, "{item} is half-named");
        }
        if round % 3 == 2 {
            let _ = newsroom.unpack().expect(0);
            assert_eq!(contents(&newsroom), expected);
        }
    }
    assert!(finished < KILLS * 2 / 3, "most runs were killed inside");
    let _ = newsroom.unpack().expect(0);
    assert_eq!(contents(&newsroom), expected);
}

/// As a power failure may leave it, and as often as it likes: what stands there is set aside under
/// a name of its own each time, and the verified copy takes its place.
#[test]
fn a_record_that_is_lost_again_and_again_is_made_anew() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let _ = newsroom.unpack().expect(0);
    let expected = contents(&newsroom);
    let (item, record) = {
        let plaintext = newsroom.plaintexts().expect("listed").remove(0);
        let content = plaintext.path.parent().expect("a directory");
        (plaintext.item, content.with_file_name("item.json"))
    };
    for round in 1..=3 {
        std::fs::remove_file(&record).expect("a record to lose");
        let _ = newsroom.unpack().expect(0);
        assert_eq!(contents(&newsroom), expected);
        let aside = std::fs::read_dir(newsroom.path("svs/store/conflicts")).expect("listed");
        let names = aside.map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"));
        assert_eq!(names.filter(|n| n.contains(&item)).count(), round, "nothing is thrown away");
    }
}

fn contents(newsroom: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    let plaintexts = newsroom.plaintexts().expect("listed");
    let count = plaintexts.len();
    let contents: BTreeMap<String, Vec<u8>> = plaintexts
        .into_iter()
        .map(|p| (p.item, std::fs::read(p.path).expect("readable")))
        .collect();
    assert_eq!(contents.len(), count, "one file an item");
    contents
}

//! The whole walk: from the Journalist Interface to plaintext on the SVS and back with a code.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::Newsroom;

fn world() -> World {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("Meet me at the old mill."))
        .and_then(|s| s.document("minutes.txt", b"Minutes of the board.\n"))
        .and_then(|s| s.reply("We received it."))
        .expect("a source");
    world.source("curious lemur").and_then(|s| s.message("Second source.")).expect("a source");
    world
}

fn texts(newsroom: &Newsroom) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = newsroom
        .plaintexts()
        .expect("listed")
        .into_iter()
        .map(|p| (p.name, std::fs::read_to_string(p.path).expect("text")))
        .collect();
    texts.sort();
    texts
}

#[test]
fn submissions_reach_the_svs_and_the_code_comes_back() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let synced = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(synced["status"], "DONE");
    let packed = newsroom.pack().expect(0).json();
    assert_eq!(packed["report"]["bundles"][0]["items"], 4);
    let verified = newsroom.svs(&["verify", &newsroom.path("stick").to_string_lossy()]).expect(0);
    assert_eq!(verified.json()["report"]["bundles"][0]["standing"], "first");
    let unpacked = newsroom.unpack().expect(0).json();
    assert_eq!(
        texts(&newsroom),
        [
            ("message.txt".to_owned(), "Meet me at the old mill.".to_owned()),
            ("message.txt".to_owned(), "Second source.".to_owned()),
            ("minutes.txt".to_owned(), "Minutes of the board.\n".to_owned()),
            ("reply.txt".to_owned(), "We received it.".to_owned()),
        ]
    );
    let code = unpacked["report"]["bundles"][0]["receipt"].as_str().expect("a code").to_owned();
    let confirmed = newsroom.workstation(&["confirm", &code]).expect(0).json();
    assert_eq!(confirmed["report"]["items"], 4);
    let wrong = newsroom.workstation(&["confirm", "0000-0000"]).expect(1).json();
    assert_eq!(wrong["status"], "WRONG_CODE");
    let listed = newsroom.workstation(&["list"]).expect(0);
    assert_eq!(listed.stdout.matches("delivered").count(), 4);
}

#[test]
fn a_second_round_does_nothing_twice() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let downloads = |n: &Newsroom| {
        n.interface().requests().iter().filter(|r| r.path.ends_with("/download")).count()
    };
    let before = downloads(&newsroom);
    assert_eq!(newsroom.fetch(&["sync"]).expect(0).json()["status"], "NOTHING_TO_DO");
    assert_eq!(downloads(&newsroom), before);
    let _ = newsroom.pack().expect(0);
    assert_eq!(newsroom.pack().expect(0).json()["status"], "NOTHING_TO_DO");
    let first = newsroom.unpack().expect(0).json();
    let again = newsroom.unpack().expect(0).json();
    assert_eq!(again["report"]["bundles"][0]["standing"], "replay");
    assert_eq!(again["report"]["bundles"][0]["new"], 0);
    assert_eq!(
        first["report"]["bundles"][0]["receipt"], again["report"]["bundles"][0]["receipt"],
        "a lost code can be had again"
    );
    assert_eq!(texts(&newsroom).len(), 4);
}

#[test]
fn new_submissions_travel_in_a_second_bundle_in_order() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    newsroom
        .interface()
        .edit(|world| {
            let uuid = world.sources()[0].uuid.clone();
            world.existing_source(&uuid).expect("there").message("One more thing.").map(drop)
        })
        .expect("added");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let packed = newsroom.pack().expect(0).json();
    assert_eq!(packed["report"]["bundles"][0]["items"], 1);
    let bundles = newsroom.bundles().expect("listed");
    let late = newsroom.svs(&["unpack", &bundles[1].to_string_lossy()]).expect(0).json();
    assert_eq!(late["report"]["bundles"][0]["standing"], "gap");
    let first = newsroom.svs(&["unpack", &bundles[0].to_string_lossy()]).expect(0).json();
    assert_eq!(first["report"]["bundles"][0]["standing"], "late");
    assert_eq!(texts(&newsroom).len(), 5);
}

#[test]
fn a_command_of_the_other_station_is_refused_by_name() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    let stick = newsroom.path("stick").to_string_lossy().into_owned();
    assert_eq!(newsroom.pack().expect(1).json()["status"], "NOT_PAIRED");
    newsroom.pair().expect("paired");
    let wrong = newsroom.svs(&["pack", "--to", &stick]).expect(1).json();
    assert_eq!(wrong["status"], "WRONG_STATION");
    let wrong = newsroom.workstation(&["unpack", &stick]).expect(1).json();
    assert_eq!(wrong["status"], "WRONG_STATION");
}

#[test]
fn more_items_than_a_process_may_hold_open_are_opened_all_the_same() {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for n in 0..600 {
        source = source.message(&format!("message {n}")).expect("added");
    }
    let newsroom = Newsroom::new(world).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let program = sd_tests::newsroom::program("sd-airgap");
    let script = format!("ulimit -n 512; exec '{}' unpack stick --home svs", program.display());
    let status = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(newsroom.path(""))
        .stdout(std::process::Stdio::null())
        .status()
        .expect("a shell");
    assert_eq!(status.code(), Some(0));
    assert_eq!(texts(&newsroom).len(), 600);
}

//! The shelf: staged, switched, gone back, and cut at every step.
#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test ends its own child")]

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_fs::{Dir, Sha256};
use sd_release::{
    Counter, Highest, Mode, Note, Part, Role, Root, RootNumber, SecretKey, Shelf, ShelfError, Slot,
    Station, Trust,
};

const STATION: Station = Station { role: Role::Svs, mode: Mode::System };

fn root(number: u32) -> Root {
    let keys = [1, 2, 3].map(|n| SecretKey::new(&[n; 32]).public());
    let name: Note = "a root of tests".parse().expect("a note");
    Root::new(RootNumber::new(number).expect("a number"), name, 2, keys.to_vec(), Vec::new())
        .expect("a root")
}

fn slot(name: &str) -> Slot {
    name.parse().expect("the name of a release")
}

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let tmp = tempfile::tempdir().expect("a directory");
    let path = tmp.path().canonicalize().expect("a path").join("sneakernet");
    (tmp, path)
}

/// The package of a release: its own name, over and over, so that a mixture would show.
fn package(slot: Slot) -> Vec<u8> {
    slot.to_string().repeat(5000).into_bytes()
}

fn stage(shelf: &mut Shelf, slot: Slot) -> Result<Slot, ShelfError> {
    let mut staging = shelf.stage(slot)?;
    staging.put(Part::Package, &mut &package(slot)[..], 1 << 20, None)?;
    staging.put(Part::Changelog, &mut &b"- better\n"[..], 100, None)?;
    staging.finish()
}

fn seen(slot: Slot) -> Highest {
    Highest { counter: slot.counter, signed: Some(Sha256::of(slot.to_string().as_bytes())) }
}

fn update(shelf: &mut Shelf, name: &str) -> Result<(), ShelfError> {
    let staged = stage(shelf, slot(name))?;
    shelf.switch(staged, seen(staged))
}

/// A shelf with these versions, one after the other.
fn shelf_with(path: &Path, names: &[&str]) -> Shelf {
    let mut shelf = Shelf::create(path, STATION, &root(1)).expect("made");
    for name in names {
        update(&mut shelf, name).expect("updated");
    }
    shelf
}

/// Whether what the link of that name leads to is whole.
fn whole(path: &Path, link: &str, slot: Slot) {
    let found = std::fs::read(path.join(link).join("sneakernet.deb")).expect("a package");
    assert!(found == package(slot), "{link} is not all of {slot}");
    let target = std::fs::read_link(path.join(link)).expect("a link");
    assert_eq!(target, Path::new("releases").join(slot.to_string()));
}

fn names(path: &Path) -> Vec<String> {
    let dir = Dir::open(&path.join("releases")).expect("releases");
    dir.entries().expect("listed").into_iter().map(|e| e.name).collect()
}

#[test]
fn the_first_version_is_current_and_the_second_keeps_it() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0"]);
    assert_eq!((shelf.current(), shelf.previous()), (Some(slot("000001-0.1.0")), None));
    update(&mut shelf, "000002-0.2.0").expect("updated");
    whole(&path, "current", slot("000002-0.2.0"));
    whole(&path, "previous", slot("000001-0.1.0"));
    assert_eq!(shelf.trust().highest, Some(seen(slot("000002-0.2.0"))));
}

#[test]
fn one_old_version_is_kept_and_no_more() {
    let (_tmp, path) = scratch();
    drop(shelf_with(&path, &["000001-0.1.0", "000002-0.2.0", "000003-0.3.0"]));
    assert_eq!(names(&path), ["000002-0.2.0", "000003-0.3.0"]);
    whole(&path, "previous", slot("000002-0.2.0"));
}

#[test]
fn going_back_is_possible_once_recorded_and_keeps_the_highest_counter() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0", "000002-0.2.0"]);
    assert_eq!(shelf.back().expect("kept"), slot("000001-0.1.0"));
    whole(&path, "current", slot("000001-0.1.0"));
    assert_eq!(shelf.trust().highest, Some(seen(slot("000002-0.2.0"))));
    assert!(matches!(shelf.back(), Err(ShelfError::NothingKept)));
    assert_eq!(names(&path), ["000001-0.1.0"]);
    let history = std::fs::read_to_string(path.join("history.jsonl")).expect("a history");
    assert_eq!(history.lines().count(), 3);
    assert!(history.ends_with(
        "{\"line\":3,\"way\":\"back\",\"from\":\"000002-0.2.0\",\"to\":\"000001-0.1.0\"}\n"
    ));
    update(&mut shelf, "000003-0.3.0").expect("updated");
    whole(&path, "previous", slot("000001-0.1.0"));
}

#[test]
fn everybody_may_read_and_nobody_else_write() {
    let (_tmp, path) = scratch();
    drop(shelf_with(&path, &["000001-0.1.0"]));
    let mode =
        |p: &str| std::fs::metadata(path.join(p)).expect("there").permissions().mode() & 0o7777;
    for dir in ["", "releases", "current/"] {
        assert_eq!(mode(dir), 0o755, "{dir}");
    }
    for file in ["root.json", "station.toml", "history.jsonl", "current/sneakernet.deb"] {
        assert_eq!(mode(file), 0o644, "{file}");
    }
}

#[test]
fn what_is_staged_and_not_switched_is_removed_by_the_next_run() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0"]);
    stage(&mut shelf, slot("000002-0.2.0")).expect("staged");
    assert_eq!(names(&path).len(), 2);
    drop(shelf);
    assert_eq!(Shelf::open(&path).expect("opened").current(), Some(slot("000001-0.1.0")));
    assert_eq!(names(&path), ["000001-0.1.0"]);
}

#[test]
fn a_leftover_of_staging_is_removed_and_staging_begins_anew() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0"]);
    let mut staging = shelf.stage(slot("000002-0.2.0")).expect("begun");
    staging.put(Part::Package, &mut &b"half"[..], 10, None).expect("written");
    drop(staging);
    assert_eq!(names(&path), [".staging", "000001-0.1.0"]);
    update(&mut shelf, "000002-0.2.0").expect("updated");
    whole(&path, "current", slot("000002-0.2.0"));
}

#[test]
fn other_bytes_than_announced_are_not_staged() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0"]);
    let mut staging = shelf.stage(slot("000002-0.2.0")).expect("begun");
    let mut hasher = sd_fs::Hasher::new();
    hasher.update(b"right");
    let expected = hasher.finish();
    let wrong = staging.put(Part::Package, &mut &b"wrong"[..], 10, Some(&expected));
    assert!(matches!(wrong, Err(ShelfError::NotAsAnnounced(_))));
    assert!(!staging.dir().has("sneakernet.deb").expect("asked"));
    let long = staging.put(Part::Package, &mut &[0; 11][..], 10, None);
    assert!(matches!(long, Err(ShelfError::Dir(sd_fs::DirError::TooLong { .. }))));
}

#[test]
fn a_byte_that_changed_on_the_shelf_is_found() {
    let (_tmp, path) = scratch();
    let shelf = shelf_with(&path, &["000001-0.1.0", "000002-0.2.0"]);
    let previous = shelf.previous().expect("kept");
    shelf.check(previous).expect("as it was staged");
    let mut bytes = package(previous);
    bytes[7] ^= 1;
    std::fs::write(path.join("previous/sneakernet.deb"), bytes).expect("written");
    assert!(matches!(shelf.check(previous), Err(ShelfError::ReadBack(_))));
    shelf.check(shelf.current().expect("there")).expect("the other one is good");
}

#[test]
fn a_shelf_reached_through_a_link_or_open_to_others_is_refused() {
    let (tmp, path) = scratch();
    drop(shelf_with(&path, &["000001-0.1.0"]));
    let link = tmp.path().canonicalize().expect("a path").join("link");
    symlink(&path, &link).expect("a link");
    assert!(matches!(Shelf::open(&link), Err(ShelfError::Guard(sd_fs::GuardError::Link(_)))));
    let everybody = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(&path, everybody).expect("ours");
    let refused = Shelf::open(&path);
    assert!(matches!(refused, Err(ShelfError::Guard(sd_fs::GuardError::Writable(_)))));
}

#[test]
fn a_shelf_of_another_user_is_looked_at_if_it_is_root_s_and_never_changed() {
    let (_tmp, path) = scratch();
    drop(shelf_with(&path, &["000001-0.1.0"]));
    if !rustix::process::geteuid().is_root() {
        // Only root can give a directory away; root's own are checked as any user.
        assert!(Shelf::open(Path::new("/usr")).is_err());
        return;
    }
    std::os::unix::fs::chown(&path, Some(65534), None).expect("root may");
    let refused = Shelf::open(&path);
    assert!(matches!(
        refused,
        Err(ShelfError::Guard(sd_fs::GuardError::Owner { owner: 65534, .. }))
    ));
    assert!(Shelf::look(&path).is_err());
}

#[test]
fn a_pointer_that_leads_elsewhere_is_damage_and_nothing_is_swept() {
    for target in ["releases/../../x", "/etc", "releases/000009-9.9.9", "releases/x"] {
        let (_tmp, path) = scratch();
        drop(shelf_with(&path, &["000001-0.1.0", "000002-0.2.0"]));
        std::fs::remove_file(path.join("current")).expect("removed");
        symlink(target, path.join("current")).expect("a link");
        assert!(matches!(Shelf::open(&path), Err(ShelfError::Damaged { .. })), "{target}");
        assert_eq!(names(&path).len(), 2, "{target}");
    }
}

#[test]
fn a_lost_pointer_is_damage_and_nothing_is_swept() {
    let (_tmp, path) = scratch();
    drop(shelf_with(&path, &["000001-0.1.0", "000002-0.2.0"]));
    std::fs::remove_file(path.join("current")).expect("removed");
    assert!(matches!(Shelf::open(&path), Err(ShelfError::Damaged { .. })));
    assert_eq!(names(&path).len(), 2);
}

#[test]
fn a_second_run_waits_outside() {
    let (_tmp, path) = scratch();
    let first = shelf_with(&path, &["000001-0.1.0"]);
    let second = Shelf::open(&path);
    assert!(matches!(second, Err(ShelfError::Dir(sd_fs::DirError::Locked { .. }))));
    let mut looking = Shelf::look(&path).expect("looking is free");
    assert!(matches!(looking.stage(slot("000002-0.2.0")), Err(ShelfError::ReadOnly(_))));
    drop(first);
    assert!(Shelf::open(&path).is_ok());
}

#[test]
fn no_shelf_and_a_shelf_for_another_role_are_told_apart() {
    let (_tmp, path) = scratch();
    assert!(matches!(Shelf::open(&path), Err(ShelfError::NotInstalled(_))));
    drop(shelf_with(&path, &["000001-0.1.0"]));
    let other = Station { role: Role::Workstation, ..STATION };
    assert!(matches!(Shelf::create(&path, other, &root(1)), Err(ShelfError::OtherStation(_))));
    assert!(Shelf::create(&path, STATION, &root(1)).is_ok());
}

#[test]
fn the_pinned_root_is_remembered_and_the_later_of_two_counts() {
    let (_tmp, path) = scratch();
    let mut shelf = shelf_with(&path, &["000001-0.1.0"]);
    let mut trust = shelf.trust().clone();
    trust.root = root(3);
    shelf.remember(trust).expect("written");
    drop(shelf);
    let kept = Shelf::look(&path).expect("looked at").trust().clone();
    assert_eq!(kept.root, root(3));
    assert_eq!(kept.clone().with_compiled_in(&root(2)).root, root(3));
    assert_eq!(kept.with_compiled_in(&root(4)).root, root(4));
}

#[test]
fn the_highest_counter_never_falls() {
    let trust = Trust::new(root(1)).having_seen(seen(slot("000005-1.0.0")));
    let highest = trust.clone().having_seen(seen(slot("000004-9.9.9"))).highest;
    assert_eq!(highest, Some(seen(slot("000005-1.0.0"))));
    assert_eq!(
        trust.having_seen(seen(slot("000006-1.0.0"))).highest.map(|h| h.counter),
        Counter::new(6).ok()
    );
}

/// In a process of its own, which ends itself before its `cut`th step.
#[test]
#[ignore = "a part of the tests below, which start it"]
fn child() {
    let argument = |name: &str| std::env::var(name).expect("the parent sets it");
    let path = PathBuf::from(argument("SHELF_PATH"));
    let cut: usize = argument("SHELF_CUT").parse().expect("a number");
    let mut steps = 0;
    let mut shelf = Shelf::open(&path).expect("opened");
    shelf.on_step(Box::new(move |_| {
        steps += 1;
        if steps == cut {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("killed");
        }
    }));
    match argument("SHELF_DOES").as_str() {
        "update" => update(&mut shelf, "000003-0.3.0").expect("updated"),
        "back" => drop(shelf.back().expect("kept")),
        "open" => drop(Shelf::open(&path)),
        other => panic!("{other}"),
    }
}

/// Whether the child was killed at that step; otherwise it came to its end.
fn killed_at(path: &Path, does: &str, cut: usize) -> bool {
    let status = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child", "--ignored", "--quiet"])
        .env("SHELF_PATH", path)
        .env("SHELF_DOES", does)
        .env("SHELF_CUT", cut.to_string())
        .stdout(std::process::Stdio::null())
        .status()
        .expect("started");
    assert!(status.success() || status.signal() == Some(9), "{status}");
    !status.success()
}

/// Cuts at each step; then old or new is whole, before and after the repair, and the next run works.
fn cut_at_each_step(does: &str, before: &[&str], old: &str, new: &str) -> (usize, usize) {
    let (mut olds, mut news) = (0, 0);
    for cut in 1.. {
        let (_tmp, path) = scratch();
        drop(shelf_with(&path, before));
        let killed = killed_at(&path, does, cut);
        // As a reader finds it before anything is repaired: at a login after the power came back.
        let now = Shelf::look(&path).expect("readable").current().expect("a version");
        whole(&path, "current", now);
        let shelf = Shelf::open(&path).expect("repaired");
        assert_eq!(shelf.current(), Some(now), "repairing changes no version");
        assert!(!shelf.was_cut().expect("asked"));
        if now == slot(new) {
            news += 1;
            if does == "update" {
                whole(&path, "previous", slot(old));
                assert_eq!(shelf.trust().highest, Some(seen(now)));
            }
        } else {
            assert_eq!(now, slot(old), "neither old nor new");
            olds += 1;
            whole(&path, "previous", slot(before[0]));
        }
        let kept = shelf.previous().map_or(1, |_| 2);
        assert_eq!(names(&path).len(), kept, "leftovers at step {cut}");
        drop(shelf);
        let mut shelf = Shelf::open(&path).expect("opened");
        update(&mut shelf, "000004-0.4.0").expect("the next update works");
        whole(&path, "current", slot("000004-0.4.0"));
        whole(&path, "previous", now);
        if !killed {
            assert_eq!(now, slot(new));
            break;
        }
    }
    (olds, news)
}

#[test]
fn an_update_cut_at_any_step_leaves_the_old_version_or_the_new() {
    let before = ["000001-0.1.0", "000002-0.2.0"];
    let (olds, news) = cut_at_each_step("update", &before, "000002-0.2.0", "000003-0.3.0");
    assert!(olds >= 10 && news >= 8, "{olds} cuts before the switch, {news} behind it");
}

#[test]
fn going_back_cut_at_any_step_leaves_the_old_version_or_the_new() {
    let before = ["000001-0.1.0", "000002-0.2.0"];
    let (olds, news) = cut_at_each_step("back", &before, "000002-0.2.0", "000001-0.1.0");
    assert!(olds >= 3 && news >= 4, "{olds} cuts before the switch, {news} behind it");
}

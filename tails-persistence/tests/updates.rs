//! Updates from end to end: a signed file, a shelf, and a system that is played.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test makes its own files and ends its own child"
)]

#[path = "../release/tests/kit/mod.rs"]
mod kit;

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kit::{Kit, counter, link, number, pinned, root, second};
use sd_release::{Highest, Mode, Part, Role, Shelf, Slot, Station, TailsVersion, Trust, Version};
use sd_term::{Face, Failure, Screen, Status, Ui};
use tails_persistence::{
    Applied, Apply, Machine, MachineError, Older, Passed, SelfTestError, WentBack, back,
};

/// A system that notes what it is asked to do.
struct Played {
    tails: Option<TailsVersion>,
    installed: Option<String>,
    asked: Vec<String>,
    simulation: Result<(), &'static str>,
    /// Versions that do not install.
    refuses: Vec<&'static str>,
    /// What dpkg has afterwards, whatever was installed.
    claims: Option<&'static str>,
    self_test: Result<(), &'static str>,
}

impl Played {
    fn new() -> Self {
        Self {
            tails: "7.3.1".parse().ok(),
            installed: Some("1.1.0".to_owned()),
            asked: Vec::new(),
            simulation: Ok(()),
            refuses: Vec::new(),
            claims: None,
            self_test: Ok(()),
        }
    }
}

fn refused(says: &str) -> MachineError {
    MachineError::Refused { program: "/usr/bin/apt-get", says: sd_fs::escape(says.as_bytes()) }
}

impl Machine for Played {
    fn tails(&self) -> Option<TailsVersion> {
        self.tails
    }

    fn simulate(&mut self, package: &Path) -> Result<(), MachineError> {
        assert!(package.is_file());
        self.asked.push("simulate".to_owned());
        self.simulation.map_err(refused)
    }

    fn install(&mut self, package: &Path, older: Older) -> Result<(), MachineError> {
        let version = sd_release::about(package).expect("a package").version.to_string();
        self.asked.push(format!("install {version} {older:?}"));
        if self.refuses.iter().any(|v| *v == version) {
            return Err(refused("no"));
        }
        self.installed = Some(self.claims.map_or(version, str::to_owned));
        Ok(())
    }

    fn installed(&mut self) -> Result<Option<String>, MachineError> {
        Ok(self.installed.clone())
    }

    fn try_out(
        &mut self,
        programs: &Path,
        version: Version,
        _: &[u8],
    ) -> Result<Vec<Passed>, SelfTestError> {
        self.asked.push("try".to_owned());
        // The programs of these packages are scripts that say their version.
        let said = Command::new(programs.join("sd-airgap")).output().expect("it starts").stdout;
        assert_eq!(String::from_utf8_lossy(&said).trim(), format!("sd-airgap {version}"));
        self.self_test.map_err(SelfTestError::Vectors)?;
        Ok(vec![Passed("it starts".to_owned())])
    }
}

/// A package with one program, made by dpkg-deb.
fn package(version: &str, counter: u32, more: impl FnOnce(&Path)) -> Vec<u8> {
    let tmp = tempfile::tempdir().expect("a directory");
    let root = tmp.path().join("root");
    for dir in ["DEBIAN", "usr/bin", "usr/share/sneakernet"] {
        std::fs::create_dir_all(root.join(dir)).expect("made");
    }
    let put = |path: &str, text: String| std::fs::write(root.join(path), text).expect("written");
    put(
        "DEBIAN/control",
        format!(
            "Package: sneakernet\nVersion: {version}\nArchitecture: all\n\
             Maintainer: Nobody <nobody@example.invalid>\nDescription: test\n"
        ),
    );
    put("usr/bin/sd-airgap", format!("#!/bin/sh\necho sd-airgap {version}\n"));
    put(
        "usr/share/sneakernet/release.json",
        format!(r#"{{"version": "{version}", "counter": {counter}, "newest_tails": "7.7"}}"#),
    );
    let program = root.join("usr/bin/sd-airgap");
    let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(program, runs).expect("ours");
    more(&root);
    let deb = tmp.path().join("x.deb");
    let made = Command::new("dpkg-deb")
        .args(["--root-owner-group", "-Zgzip", "--build"])
        .args([&root, &deb])
        .stdout(Stdio::null())
        .status();
    assert!(made.expect("dpkg-deb starts").success());
    std::fs::read(deb).expect("made")
}

/// Release `n`, with a package that says the same.
fn release(n: u32) -> Kit {
    let version = format!("1.{}.0", n - 10);
    let mut kit = Kit::numbered(n, &version);
    kit.package = package(&version, n, |_| {});
    kit
}

fn slot(n: u32) -> Slot {
    let version = format!("1.{}.0", n - 10).parse().expect("a version");
    Slot { counter: counter(n), version }
}

/// A station: a shelf with release 11, and somewhere for release files.
struct World {
    _tmp: tempfile::TempDir,
    base: PathBuf,
    shelf: PathBuf,
}

impl World {
    fn new(mode: Mode) -> Self {
        Self::of(Station { role: Role::Svs, mode })
    }

    fn of(station: Station) -> Self {
        let tmp = tempfile::tempdir().expect("a directory");
        let base = tmp.path().canonicalize().expect("a path");
        let shelf = base.join("sneakernet");
        let mut made = Shelf::create(&shelf, station, &pinned()).expect("made");
        let mut staging = made.stage(slot(11)).expect("begun");
        let bytes = package("1.1.0", 11, |_| {});
        staging.put(Part::Package, &mut &bytes[..], 1 << 20, None).expect("written");
        let staged = staging.finish().expect("staged");
        made.switch(staged, Highest { counter: counter(11), signed: None }).expect("switched");
        Self { _tmp: tmp, base, shelf }
    }

    fn file(&self, kit: &Kit) -> PathBuf {
        self.bytes(&kit.build())
    }

    fn bytes(&self, bytes: &[u8]) -> PathBuf {
        let path = self.base.join("given.sdupdate");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn apply(&self, kit: &Kit, machine: &mut Played) -> Result<Applied, Failure> {
        self.apply_file(self.file(kit), machine)
    }

    fn apply_file(&self, file: PathBuf, machine: &mut Played) -> Result<Applied, Failure> {
        let (mut ui, _, _) = Ui::captured(Face::Human);
        let at = self.shelf.clone();
        Apply { file, shelf: at, dry_run: false, yes: true, hook: None }.run(machine, &mut ui)
    }

    fn back(&self, machine: &mut Played) -> Result<WentBack, Failure> {
        let (mut ui, _, _) = Ui::captured(Face::Human);
        back(&self.shelf, true, machine, &mut ui)
    }

    fn look(&self) -> Shelf {
        Shelf::look(&self.shelf).expect("a shelf")
    }

    fn current(&self) -> Slot {
        self.look().current().expect("a version")
    }

    /// Every file below the shelf but the lock, with its bytes.
    fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        let mut todo = vec![self.shelf.clone()];
        while let Some(dir) = todo.pop() {
            for entry in std::fs::read_dir(dir).expect("listed") {
                let path = entry.expect("an entry").path();
                if path.is_symlink() {
                    let target = std::fs::read_link(&path).expect("a link");
                    all.insert(path, target.as_os_str().as_encoded_bytes().to_vec());
                } else if path.is_dir() {
                    todo.push(path);
                } else if !path.ends_with(".lock") {
                    let bytes = std::fs::read(&path).expect("read");
                    all.insert(path, bytes);
                }
            }
        }
        all
    }

    /// Whether the links, and what they lead to, are as they were; leftovers do not count.
    fn is_as_before(&self) {
        assert_eq!(self.current(), slot(11));
        drop(Shelf::open(&self.shelf).expect("in order"));
        self.look().check(slot(11)).expect("whole");
    }

    fn station(&self, words: &[&str]) -> (Option<i32>, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_sd-station"))
            .arg("update")
            .arg("--shelf")
            .arg(&self.shelf)
            .args(words)
            .env("HOME", &self.base)
            .output()
            .expect("it starts");
        let said = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8_lossy(&said).into_owned())
    }
}

fn status<T>(result: Result<T, Failure>) -> Status {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(failure) => failure.status,
    }
}

// What goes well.

#[test]
fn an_update_is_tried_out_simulated_installed_and_switched_to() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    let applied = world.apply(&release(12), &mut machine).expect("applied");
    assert_eq!(machine.asked, ["try", "simulate", "install 1.2.0 Refuse"]);
    let shelf = world.look();
    assert_eq!((shelf.current(), shelf.previous()), (Some(slot(12)), Some(slot(11))));
    shelf.check(slot(12)).expect("whole");
    assert_eq!(shelf.trust().highest.map(|h| h.counter), Some(counter(12)));
    let receipt = applied.to_string();
    assert!(receipt.contains("Updated from 000011-1.1.0 to 000012-1.2.0."), "{receipt}");
    assert!(receipt.contains("000011-1.1.0 is kept"), "{receipt}");
}

#[test]
fn in_user_mode_the_programs_are_unpacked_and_apt_is_not_asked() {
    let world = World::new(Mode::User);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    assert_eq!(machine.asked, ["try"]);
    let program = world.shelf.join("current/tree/usr/bin/sd-airgap");
    let said = Command::new(program).output().expect("it starts").stdout;
    assert_eq!(said, b"sd-airgap 1.2.0\n");
}

#[test]
fn a_dry_run_does_everything_but_changes_nothing() {
    let world = World::new(Mode::System);
    let before = world.everything();
    let mut machine = Played::new();
    let (file, shelf) = (world.file(&release(12)), world.shelf.clone());
    let (mut ui, _, _) = Ui::captured(Face::Human);
    let apply = Apply { file, shelf, dry_run: true, yes: false, hook: None };
    let tried = apply.run(&mut machine, &mut ui).expect("tried");
    assert!(tried.to_string().ends_with("Nothing was changed.\n"));
    assert_eq!(machine.asked, ["try", "simulate"]);
    assert!(world.everything() == before);
}

#[test]
fn going_back_returns_to_the_kept_version_and_keeps_the_floor() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    let went = world.back(&mut machine).expect("kept");
    assert!(went.to_string().contains("must have number 12"), "{went}");
    assert_eq!(machine.asked.last().map(String::as_str), Some("install 1.1.0 Take"));
    assert_eq!(world.current(), slot(11));
}

#[test]
fn going_back_twice_is_refused() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    world.back(&mut machine).expect("kept");
    assert_eq!(status(world.back(&mut machine)), Status::UpdateRefused);
    assert_eq!(world.current(), slot(11));
}

#[test]
fn after_going_back_the_same_release_or_a_later_one_is_taken() {
    for n in [12, 13] {
        let world = World::new(Mode::System);
        let mut machine = Played::new();
        let twelve = release(12);
        world.apply(&twelve, &mut machine).expect("applied");
        world.back(&mut machine).expect("kept");
        let next = if n == 12 { twelve } else { release(13) };
        world.apply(&next, &mut machine).expect("taken");
        assert_eq!(world.current(), slot(n));
        assert_eq!(world.look().previous(), Some(slot(11)));
    }
}

#[test]
fn new_keys_are_learnt_and_the_old_ones_no_longer_count() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    let mut rotated = release(12);
    rotated.chain.push(link(&second(), &[1, 2, 4]));
    (rotated.claims.root, rotated.by) = (number(2), vec![1, 4]);
    world.apply(&rotated, &mut machine).expect("applied");
    assert_eq!(world.look().trust().root, second());
    // Keys 2 and 3 of root 1 sign once more.
    let old = Kit { by: vec![2, 3], ..release(13) };
    assert_eq!(status(world.apply(&old, &mut machine)), Status::UpdateNotGenuine);
    assert_eq!(world.current(), slot(12));
}

#[test]
fn a_revocation_counts_even_if_the_update_that_brought_it_fails() {
    let world = World::new(Mode::System);
    let mut machine = Played { self_test: Err("no"), ..Played::new() };
    let mut rotated = release(12);
    rotated.chain.push(link(&second(), &[1, 2, 4]));
    (rotated.claims.root, rotated.by) = (number(2), vec![1, 4]);
    assert_eq!(status(world.apply(&rotated, &mut machine)), Status::UpdateFailed);
    world.is_as_before();
    assert_eq!(world.look().trust().root, second());
}

// What is refused.

#[test]
fn a_release_with_an_older_number_is_refused() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(13), &mut machine).expect("applied");
    let before = world.everything();
    assert_eq!(status(world.apply(&release(12), &mut machine)), Status::UpdateRefused);
    assert!(world.everything() == before);
}

#[test]
fn the_installed_release_again_is_nothing_to_do() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    assert_eq!(status(world.apply(&release(11), &mut machine)), Status::NothingToDo);
    assert!(machine.asked.is_empty());
}

#[test]
fn after_going_back_nothing_below_the_highest_number_is_taken() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(13), &mut machine).expect("applied");
    world.back(&mut machine).expect("kept");
    let refused = world.apply(&release(12), &mut machine).expect_err("older than the highest");
    assert_eq!(refused.status, Status::UpdateRefused);
    assert!(refused.message.contains("seen here before"), "{}", refused.message);
}

#[test]
fn two_releases_of_one_number_are_an_alarm() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    let mut other = release(12);
    other.changelog = b"- another story\n".to_vec();
    assert_eq!(status(world.apply(&other, &mut machine)), Status::UpdateNotGenuine);
}

#[test]
fn an_update_over_a_version_that_must_not_be_skipped_is_refused() {
    let world = World::new(Mode::System);
    let mut far = release(13);
    far.claims.update_from = counter(12);
    assert_eq!(status(world.apply(&far, &mut Played::new())), Status::UpdateRefused);
    world.is_as_before();
}

#[test]
fn a_station_that_is_no_tails_or_an_old_one_is_refused() {
    let world = World::new(Mode::System);
    for tails in [None, "5.22".parse().ok(), "8.0".parse().ok()] {
        let mut machine = Played { tails, ..Played::new() };
        assert_eq!(status(world.apply(&release(12), &mut machine)), Status::UpdateRefused);
        assert!(machine.asked.is_empty());
    }
    world.is_as_before();
}

#[test]
fn a_file_with_one_bit_changed_changes_nothing() {
    let good = release(12).build();
    let world = World::new(Mode::System);
    let before = world.everything();
    // One in each part: header, roots, signed part, signatures, changelog, vectors, package.
    for from_end in [1, release(12).package.len() / 2] {
        for at in [20, 100, 700, 1500, good.len() - from_end] {
            let mut file = good.clone();
            file[at] ^= 4;
            let mut machine = Played::new();
            let refused = status(world.apply_file(world.bytes(&file), &mut machine));
            assert_eq!(refused, Status::UpdateNotGenuine, "{at}");
            assert!(machine.asked.is_empty(), "nothing of it was used");
            world.is_as_before();
        }
    }
    assert!(world.everything() == before);
}

#[test]
fn a_package_that_calls_itself_another_release_is_refused() {
    for (version, n) in [("1.3.0", 12), ("1.2.0", 13)] {
        let world = World::new(Mode::System);
        let mut kit = release(12);
        kit.package = package(version, n, |_| {});
        let mut machine = Played::new();
        assert_eq!(status(world.apply(&kit, &mut machine)), Status::UpdateNotGenuine);
        assert!(machine.asked.is_empty());
        world.is_as_before();
    }
}

#[test]
fn a_package_with_a_link_in_it_is_refused() {
    let world = World::new(Mode::User);
    let mut kit = release(12);
    kit.package = package("1.2.0", 12, |root| {
        symlink("/etc/passwd", root.join("usr/bin/sd-export")).expect("a link");
    });
    assert_eq!(status(world.apply(&kit, &mut Played::new())), Status::UpdateFailed);
    world.is_as_before();
}

#[test]
fn a_package_that_is_none_is_refused() {
    let world = World::new(Mode::User);
    let kit = Kit { package: b"!<arch>\nnothing".to_vec(), ..release(12) };
    assert_eq!(status(world.apply(&kit, &mut Played::new())), Status::UpdateFailed);
    world.is_as_before();
}

#[test]
fn without_a_yes_nothing_is_installed() {
    let world = World::new(Mode::System);
    let before = world.everything();
    let (file, shelf) = (world.file(&release(12)), world.shelf.clone());
    let (mut ui, _, _) = Ui::captured(Face::Human);
    let mut machine = Played::new();
    let apply = Apply { file, shelf, dry_run: false, yes: false, hook: None };
    assert_eq!(status(apply.run(&mut machine, &mut ui)), Status::Usage);
    assert!(world.everything() == before && machine.asked.is_empty());
}

// What fails on the way.

#[test]
fn programs_that_do_not_do_their_work_are_not_installed() {
    for mode in [Mode::System, Mode::User] {
        let world = World::new(mode);
        let mut machine = Played { self_test: Err("no sandbox"), ..Played::new() };
        assert_eq!(status(world.apply(&release(12), &mut machine)), Status::UpdateFailed);
        assert_eq!(machine.asked, ["try"]);
        world.is_as_before();
    }
}

#[test]
fn what_apt_would_not_install_is_not_installed() {
    let world = World::new(Mode::System);
    let mut machine = Played { simulation: Err("unmet dependencies"), ..Played::new() };
    assert_eq!(status(world.apply(&release(12), &mut machine)), Status::UpdateFailed);
    assert_eq!(machine.asked, ["try", "simulate"]);
    world.is_as_before();
}

#[test]
fn an_installation_that_fails_is_taken_back() {
    let world = World::new(Mode::System);
    let mut machine = Played { refuses: vec!["1.2.0"], ..Played::new() };
    let failed = world.apply(&release(12), &mut machine).expect_err("it fails");
    assert_eq!(failed.status, Status::UpdateFailed);
    assert!(failed.message.ends_with("the version before was put back"), "{}", failed.message);
    assert_eq!(machine.asked[2..], ["install 1.2.0 Refuse", "install 1.1.0 Take"]);
    world.is_as_before();
}

#[test]
fn an_installation_that_only_says_it_worked_is_taken_back() {
    let world = World::new(Mode::System);
    let mut machine = Played { claims: Some("1.1.0"), ..Played::new() };
    let failed = world.apply(&release(12), &mut machine).expect_err("dpkg has another");
    assert_eq!(failed.status, Status::UpdateFailed);
    world.is_as_before();
}

#[test]
fn a_version_that_does_not_go_back_stays() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    machine.refuses = vec!["1.1.0"];
    assert_eq!(status(world.back(&mut machine)), Status::UpdateFailed);
    assert_eq!((world.current(), world.look().previous()), (slot(12), Some(slot(11))));
}

#[test]
fn a_kept_version_that_changed_on_the_disk_is_not_gone_back_to() {
    let world = World::new(Mode::System);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    let kept = world.shelf.join("previous/sneakernet.deb");
    let mut bytes = std::fs::read(&kept).expect("kept");
    bytes[100] ^= 1;
    std::fs::write(&kept, bytes).expect("written");
    assert_eq!(status(world.back(&mut machine)), Status::UpdateNotGenuine);
    assert_eq!(world.current(), slot(12));
}

#[test]
fn programs_that_changed_on_the_disk_are_not_gone_back_to() {
    let world = World::new(Mode::User);
    let mut machine = Played::new();
    world.apply(&release(12), &mut machine).expect("applied");
    world.apply(&release(13), &mut machine).expect("applied");
    let program = world.shelf.join("previous/tree/usr/bin/sd-airgap");
    let was = std::fs::read(&program).expect("there");
    std::fs::write(&program, "#!/bin/sh\necho something else\n").expect("written");
    let refused = world.back(&mut machine).expect_err("changed");
    assert!(refused.message.contains("usr/bin/sd-airgap"), "{}", refused.message);
    assert_eq!(world.current(), slot(13));
    std::fs::write(&program, was).expect("written");
    world.back(&mut machine).expect("as it was");
    assert_eq!(world.current(), slot(12));
}

#[test]
fn what_was_staged_for_nothing_takes_no_room() {
    let world = World::new(Mode::System);
    for machine in [
        &mut Played { self_test: Err("no"), ..Played::new() },
        &mut Played { simulation: Err("no"), ..Played::new() },
        &mut Played { refuses: vec!["1.2.0"], ..Played::new() },
    ] {
        assert_eq!(status(world.apply(&release(12), machine)), Status::UpdateFailed);
        let left = std::fs::read_dir(world.shelf.join("releases")).expect("listed");
        assert_eq!(left.count(), 1);
    }
}

// On the workstation.

fn workstation() -> World {
    let world = World::of(Station { role: Role::Workstation, mode: Mode::System });
    std::fs::create_dir(world.base.join("stick")).expect("made");
    world
}

impl World {
    fn carry(&self, file: &Path) -> (Option<i32>, String) {
        let stick = self.base.join("stick");
        let words = ["carry", &file.to_string_lossy(), "--to", &stick.to_string_lossy()];
        self.station(&words.map(str::to_owned).each_ref().map(String::as_str))
    }

    fn on_the_stick(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.base.join("stick")).expect("listed");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn a_release_is_carried_and_what_is_on_the_stick_is_the_same() {
    let world = workstation();
    let file = world.file(&release(12));
    let (code, said) = world.carry(&file);
    assert_eq!(code, Some(0), "{said}");
    let carried = std::fs::read(world.base.join("stick/sneakernet-1.2.0.sdupdate"));
    assert!(carried.expect("there") == std::fs::read(file).expect("there"));
    assert!(said.contains("was written and read back"), "{said}");
}

#[test]
fn a_bad_release_is_not_carried() {
    let world = workstation();
    let good = release(12).build();
    for at in [20, 100, 700, 1500, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let (code, said) = world.carry(&world.bytes(&bad));
        assert_eq!(code, Some(10), "{said}");
        assert!(world.on_the_stick().is_empty());
    }
}

#[test]
fn a_release_that_is_on_the_stick_already_is_verified_and_another_is_named() {
    let world = workstation();
    let file = world.file(&release(12));
    world.carry(&file);
    let (code, said) = world.carry(&file);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("was there already"), "{said}");
    let there = world.base.join("stick/sneakernet-1.2.0.sdupdate");
    std::fs::write(&there, b"something else").expect("written");
    let (code, said) = world.carry(&file);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(std::fs::read(there).expect("there"), b"something else");
}

#[test]
fn a_release_older_than_one_carried_before_is_not_carried() {
    let world = workstation();
    world.carry(&world.file(&release(13)));
    let (code, said) = world.carry(&world.file(&release(12)));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("UPDATE_REFUSED") && said.contains("seen here before"), "{said}");
    assert_eq!(world.on_the_stick(), ["sneakernet-1.3.0.sdupdate"]);
}

#[test]
fn on_the_svs_nothing_is_carried() {
    let world = World::new(Mode::System);
    std::fs::create_dir(world.base.join("stick")).expect("made");
    let (code, said) = world.carry(&world.file(&release(12)));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("WRONG_STATION") && world.on_the_stick().is_empty(), "{said}");
}

#[test]
fn a_freeze_is_shown_and_not_called_current() {
    let world = workstation();
    let file = world.file(&release(12));
    world.carry(&file);
    let before = world.everything();
    let (_, said) = world.station(&["check", &file.to_string_lossy()]);
    for words in [
        "Release 1.2.0, number 12, made on 2026-11-26",
        "newest seen   number 12",
        "installed     000011-1.1.0",
        "Whether a newer release exists cannot be told from a file",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(world.everything() == before, "check changes nothing");
}

#[test]
fn a_changelog_cannot_act_on_the_terminal() {
    let world = workstation();
    let kit = Kit { changelog: b"- \x1b[2Jgone \xe2\x80\xae\xff\r\n".to_vec(), ..release(12) };
    let (_, said) = world.station(&["check", &world.file(&kit).to_string_lossy()]);
    assert!(said.contains(r"\u{1b}[2Jgone \u{202e}"), "{said}");
    assert!(!said.contains('\x1b') && !said.contains('\r'), "{said}");
}

#[test]
fn without_an_installation_the_root_that_is_built_in_counts() {
    let world = workstation();
    let home = world.base.join("elsewhere");
    std::fs::create_dir(&home).expect("made");
    // The root that is built in has other keys than these.
    let done = Command::new(env!("CARGO_BIN_EXE_sd-station"))
        .args(["update", "check"])
        .arg(world.file(&release(12)))
        .env("HOME", &home)
        .output()
        .expect("it starts");
    assert_eq!(done.status.code(), Some(10));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(said.contains("another root 1") && said.contains("public TEST keys"), "{said}");
}

// Cuts.

/// In a process of its own, which ends itself before its `cut`th step.
#[test]
#[ignore = "a part of the tests below, which start it"]
fn child() {
    let argument = |name: &str| std::env::var(name).expect("the parent sets it");
    let cut: usize = argument("UPDATE_CUT").parse().expect("a number");
    let mut steps = 0;
    let hook = Box::new(move |_| {
        steps += 1;
        if steps == cut {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("killed");
        }
    });
    let (mut ui, _, _): (Ui, Screen, Screen) = Ui::captured(Face::Human);
    let (file, shelf) = (argument("UPDATE_FILE").into(), argument("UPDATE_SHELF").into());
    let apply = Apply { file, shelf, dry_run: false, yes: true, hook: Some(hook) };
    let applied = apply.run(&mut Played::new(), &mut ui).map_err(|failure| failure.message);
    applied.expect("applied");
}

/// Starts the child: with this many bytes at most in any file, if there is such a number.
fn start_child(world: &World, file: &Path, cut: usize, limit: Option<u32>) -> (bool, String) {
    let shell = match limit {
        // Blocks of 512 bytes; a signal that is ignored stays so.
        Some(bytes) => format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512),
        None => "exec \"$0\" \"$@\"".to_owned(),
    };
    let done = Command::new("sh")
        .args(["-c", &shell])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "child", "--ignored", "--quiet"])
        .env("UPDATE_SHELF", &world.shelf)
        .env("UPDATE_FILE", file)
        .env("UPDATE_CUT", cut.to_string())
        .output()
        .expect("started");
    let killed = done.status.signal() == Some(9);
    let said = [done.stdout, done.stderr].concat();
    (killed, String::from_utf8_lossy(&said).into_owned())
}

/// Cuts an update at each of its steps; the next run repairs, and goes through.
fn cut_at_each_step(mode: Mode) -> (usize, usize) {
    let kit = release(12);
    let (mut olds, mut news) = (0, 0);
    for cut in 1.. {
        let world = World::new(mode);
        let file = world.file(&kit);
        let (killed, said) = start_child(&world, &file, cut, None);
        let now = world.current();
        world.look().check(now).expect("whole, before anything is repaired");
        assert!(now == slot(11) || now == slot(12), "{now}");
        let mut machine = Played::new();
        if now == slot(11) {
            olds += 1;
            world.apply(&kit, &mut machine).expect("the next run goes through");
        } else {
            news += 1;
            assert_eq!(status(world.apply(&kit, &mut machine)), Status::NothingToDo);
        }
        let shelf = world.look();
        assert_eq!((shelf.current(), shelf.previous()), (Some(slot(12)), Some(slot(11))), "{cut}");
        assert_eq!(shelf.trust().highest.map(|h| h.counter), Some(counter(12)));
        assert!(!shelf.was_cut().expect("asked"));
        assert_eq!(std::fs::read_dir(world.shelf.join("releases")).expect("listed").count(), 2);
        if mode == Mode::User {
            assert!(world.shelf.join("current/tree/usr/bin/sd-airgap").is_file());
        }
        if !killed {
            assert_eq!(now, slot(12), "{said}");
            return (olds, news);
        }
    }
    (olds, news)
}

#[test]
fn an_update_cut_at_each_step_leaves_old_or_new_and_the_next_run_goes_through() {
    let (olds, news) = cut_at_each_step(Mode::System);
    assert!(olds >= 20 && news >= 8, "{olds} cuts before the switch, {news} behind it");
}

#[test]
fn an_update_in_user_mode_cut_at_each_step_leaves_old_or_new() {
    let (olds, news) = cut_at_each_step(Mode::User);
    assert!(olds >= 20 && news >= 8, "{olds} cuts before the switch, {news} behind it");
}

#[test]
fn a_disk_that_takes_no_more_leaves_the_old_version() {
    let world = World::new(Mode::System);
    let mut kit = release(12);
    // Noise, which does not pack.
    kit.package = package("1.2.0", 12, |root| {
        let mut noise = vec![0; 40_000];
        let mut state = 1_u32;
        for byte in &mut noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = state.to_be_bytes()[0];
        }
        std::fs::write(root.join("usr/share/sneakernet/noise"), noise).expect("written");
    });
    let file = world.file(&kit);
    let (killed, said) = start_child(&world, &file, 0, Some(16 << 10));
    assert!(!killed && said.contains("File too large"), "{said}");
    world.is_as_before();
    world.apply(&kit, &mut Played::new()).expect("with room it goes through");
}

#[test]
fn a_highest_number_that_was_lost_is_not_made_up() {
    // What root.json says counts, not what the directories are called.
    let world = World::new(Mode::System);
    let trust = Trust::new(root(1, &[1, 2, 3], &[]));
    let mut shelf = Shelf::open(&world.shelf).expect("opened");
    shelf.remember(trust).expect("written");
    drop(shelf);
    let mut machine = Played::new();
    assert_eq!(status(world.apply(&release(11), &mut machine)), Status::NothingToDo);
    world.apply(&release(12), &mut machine).expect("later than what is installed");
}

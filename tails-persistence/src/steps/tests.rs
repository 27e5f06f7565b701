//! Installing and removing in a tree that looks like a Tails, in every odd state that was thought of.
#![expect(clippy::disallowed_methods, reason = "tests prepare what they find")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard};

use super::*;
use crate::persistence_conf::ConfError;
use crate::software_conf::SoftwareError;
use crate::tails::Ids;
use crate::tools::{ToolError, Tools};

/// What SecureDrop's own setup has on a workstation.
const CONF: &str = "/home/amnesia\tsource=dotfiles,link\n/home/amnesia/Persistent\tsource=Persistent\n\
    /etc/NetworkManager/dispatcher.d\tsource=custom-nm-hooks,link\n";
const APT_ON: &str =
    "/var/cache/apt/archives\tsource=apt/cache\n/var/lib/apt/lists\tsource=apt/lists\n";

/// The programs of Tails, without their effects on this machine.
#[derive(Default)]
struct Fakes {
    installed: Option<String>,
    dotfiles_off: bool,
    apt_fails: bool,
}

struct FakeTools {
    root: PathBuf,
    state: Rc<RefCell<Fakes>>,
}

impl FakeTools {
    fn rules(&self) -> PathBuf {
        self.root.join("etc/udev/rules.d/90-sd-storage.rules")
    }
}

impl Tools for FakeTools {
    fn installed(&self) -> Result<Option<String>, ToolError> {
        Ok(self.state.borrow().installed.clone())
    }

    fn install(&self, package: &Path) -> Result<(), ToolError> {
        if self.state.borrow().apt_fails {
            return Err(ToolError::Failed("apt-get", sd_fs::escape(b"no")));
        }
        let about = sd_release::about(package).expect("a package");
        let station = fs::read_to_string(self.root.join(&layout::SHELF[1..]).join("station.toml"));
        let role = if station.expect("there").contains("svs") { "svs" } else { "workstation" };
        let _ = fs::remove_file(self.rules());
        symlink(format!("/usr/lib/sneakernet/udev/{role}/90-sd-storage.rules"), self.rules())
            .expect("a link");
        self.state.borrow_mut().installed = Some(about.version.to_string());
        Ok(())
    }

    fn uninstall(&self) -> Result<(), ToolError> {
        let _ = fs::remove_file(self.rules());
        self.state.borrow_mut().installed = None;
        Ok(())
    }

    fn dotfiles_are_on(&self) -> Result<bool, ToolError> {
        Ok(!self.state.borrow().dotfiles_off)
    }
}

/// A tree that looks like a Tails.
struct Fixture {
    root: PathBuf,
    tails: Tails,
    fakes: Rc<RefCell<Fakes>>,
    package: PathBuf,
    _tmp: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// One at a time: a program that another test is starting has, for a moment, a copy of every
/// descriptor of this process, and with it the lock of a shelf.
static TURN: Mutex<()> = Mutex::new(());

impl Fixture {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let tmp = tempfile::tempdir().expect("a directory");
        let root = tmp.path().canonicalize().expect("a path").join("root");
        for dir in ["etc/udev/rules.d", "home/amnesia/Persistent"] {
            fs::create_dir_all(root.join(dir)).expect("made");
        }
        let package = package(tmp.path(), "0.1.0", 1);
        let fakes = Rc::new(RefCell::new(Fakes::default()));
        let tools = FakeTools { root: root.clone(), state: Rc::clone(&fakes) };
        let seen = fs::metadata(&root).expect("there");
        let me = sd_fs::Owner { user: seen.uid(), group: seen.gid() };
        let ids = Ids { root: me, storage: me, person: me, me: me.user };
        let tails = Tails::below(root.clone(), ids, Box::new(tools));
        let own = Self { root, tails, fakes, package, _tmp: tmp, _turn: turn };
        fs::create_dir_all(own.at("dotfiles/.local/share")).expect("made");
        own.write("persistence.conf", CONF, 0o600);
        own
    }

    /// A path in the Persistent Storage.
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(&layout::STORAGE[1..]).join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>, mode: u32) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
    }

    fn conf(&self) -> String {
        fs::read_to_string(self.at("persistence.conf")).expect("there")
    }

    fn open(&self) -> Package {
        Package::open(&self.package).expect("a package")
    }

    fn system(&self, role: Role) -> Result<Vec<Shown>, Refusal> {
        apply(&mut IntoSystem::new(&self.tails, role, Some(self.open()))?)
    }

    fn user(&self, role: Role) -> Result<Vec<Shown>, Refusal> {
        apply(&mut IntoUser::new(&self.tails, role, Some(self.open()))?)
    }

    fn remove(&self, mode: Mode) -> Result<Vec<Shown>, Refusal> {
        apply(&mut Out::new(&self.tails, mode)?)
    }

    /// Everything in the tree: kinds, modes, bytes.
    fn picture(&self) -> BTreeMap<PathBuf, String> {
        let mut all = BTreeMap::new();
        picture(&self.root, &mut all);
        all
    }

    /// Whether it is installed in system mode, to the last bit.
    fn is_installed(&self, role: Role) {
        let steps = plan(&IntoSystem::new(&self.tails, role, Some(self.open())).expect("fits"));
        assert!(steps.expect("planned").iter().all(|s| s.state == State::Already));
        assert!(self.conf().starts_with(CONF.trim_end()) && self.conf().contains(APT_ON));
        let list = fs::read_to_string(self.at("live-additional-software.conf")).expect("there");
        assert!(list.lines().any(|l| l == layout::PACKAGE_LINE), "{list}");
        let deb = fs::read(self.at("sneakernet/current/sneakernet.deb")).expect("there");
        assert!(deb == fs::read(&self.package).expect("there"));
        let mode = fs::metadata(self.at("persistence.conf")).expect("there").mode();
        assert_eq!(mode & 0o7777, 0o600);
    }
}

fn picture(path: &Path, all: &mut BTreeMap<PathBuf, String>) {
    let seen = fs::symlink_metadata(path).expect("there");
    let said = if seen.is_symlink() {
        format!("-> {:?}", fs::read_link(path).expect("a link"))
    } else if seen.is_dir() {
        for entry in fs::read_dir(path).expect("listed") {
            picture(&entry.expect("an entry").path(), all);
        }
        format!("{:o}", seen.mode())
    } else {
        format!("{:o} {:?}", seen.mode(), sd_fs::Sha256::of(&fs::read(path).expect("read")))
    };
    all.insert(path.to_owned(), said);
}

/// A package of this name, with little in it.
fn package(dir: &Path, version: &str, counter: u32) -> PathBuf {
    let tree = dir.join(format!("tree-{version}"));
    let put = |path: &str, text: &str| {
        let path = tree.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, text).expect("written");
    };
    let control = format!(
        "Package: sneakernet\nVersion: {version}\nArchitecture: amd64\nMaintainer: t <t@t>\nDescription: t\n"
    );
    put("DEBIAN/control", &control);
    put("usr/bin/sd-station", "#!/bin/sh\n");
    let release = format!(r#"{{"version":"{version}","counter":{counter},"newest_tails":"7.7"}}"#);
    put("usr/share/sneakernet/release.json", &release);
    let to = dir.join(format!("sneakernet-{version}.deb"));
    let made = Command::new("dpkg-deb")
        .args(["--root-owner-group", "-Znone", "--build"])
        .args([&tree, &to])
        .output()
        .expect("it runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    to
}

fn both() -> [Role; 2] {
    [Role::Workstation, Role::Svs]
}

#[test]
fn installed_in_system_mode_and_removed_nothing_is_left() {
    for role in both() {
        let fixture = Fixture::new();
        let before = fixture.picture();
        let done = fixture.system(role).expect("installed");
        assert!(done.iter().all(|s| s.state == State::Done), "{done:?}");
        fixture.is_installed(role);
        assert!(fixture.system(role).expect("again").iter().all(|s| s.state == State::Already));
        fixture.remove(Mode::System).expect("removed");
        assert_eq!(fixture.picture(), before);
        assert!(!is_there(&fixture.tails, Mode::System));
    }
}

#[test]
fn installed_in_user_mode_and_removed_nothing_is_left() {
    for role in both() {
        let fixture = Fixture::new();
        let launchers = fixture.root.join("home/amnesia/.local/share/applications");
        fs::create_dir_all(&launchers).expect("made");
        let before = fixture.picture();
        fixture.user(role).expect("installed");
        let count = fs::read_dir(&launchers).expect("listed").count();
        assert_eq!(count, if role == Role::Svs { 3 } else { 2 });
        let program = "home/amnesia/Persistent/sneakernet-programs/current/tree/usr/bin/sd-station";
        assert!(fixture.root.join(program).exists());
        assert_eq!(fixture.conf(), CONF, "user mode has no business there");
        assert!(fixture.user(role).expect("again").iter().all(|s| s.state == State::Already));
        fixture.remove(Mode::User).expect("removed");
        assert_eq!(fixture.picture(), before);
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    let fixture = Fixture::new();
    let before = fixture.picture();
    plan(&IntoSystem::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"))
        .expect("planned");
    plan(&IntoUser::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"))
        .expect("planned");
    assert_eq!(fixture.picture(), before);
    fixture.system(Role::Svs).expect("installed");
    let before = fixture.picture();
    plan(&Out::new(&fixture.tails, Mode::System).expect("fits")).expect("planned");
    assert_eq!(fixture.picture(), before);
}

/// Does the first steps and stops, as a power cut does.
fn only<J: Job>(job: &mut J, steps: usize) {
    for step in job.steps().into_iter().take(steps) {
        if !job.is_done(step).expect("looked") {
            job.apply(step).expect("done");
        }
    }
}

#[test]
fn an_install_that_was_cut_after_any_step_is_repaired_or_removed() {
    for steps in 0..=6 {
        let fixture = Fixture::new();
        let before = fixture.picture();
        only(
            &mut IntoSystem::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"),
            steps,
        );
        fixture.system(Role::Svs).unwrap_or_else(|e| panic!("after {steps}: {e}"));
        fixture.is_installed(Role::Svs);
        fixture.remove(Mode::System).expect("removed");
        assert_eq!(fixture.picture(), before, "installed after {steps}");
        only(
            &mut IntoSystem::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"),
            steps,
        );
        fixture.remove(Mode::System).expect("removed");
        assert_eq!(fixture.picture(), before, "removed after {steps}");
    }
    for steps in 0..=5 {
        let fixture = Fixture::new();
        fs::create_dir_all(fixture.root.join("home/amnesia/.local/share/applications"))
            .expect("made");
        let before = fixture.picture();
        only(
            &mut IntoUser::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"),
            steps,
        );
        fixture.user(Role::Svs).unwrap_or_else(|e| panic!("after {steps}: {e}"));
        fixture.remove(Mode::User).expect("removed");
        assert_eq!(fixture.picture(), before, "after {steps}");
    }
}

#[test]
fn a_removal_that_was_cut_after_any_step_is_finished_by_the_next() {
    for steps in 0..=5 {
        let fixture = Fixture::new();
        let before = fixture.picture();
        fixture.system(Role::Workstation).expect("installed");
        only(&mut Out::new(&fixture.tails, Mode::System).expect("fits"), steps);
        fixture.remove(Mode::System).unwrap_or_else(|e| panic!("after {steps}: {e}"));
        assert_eq!(fixture.picture(), before, "after {steps}");
    }
}

#[test]
fn a_growth_that_a_crash_tore_is_repaired() {
    for kept in [1, 10, 30, 40, 60] {
        let fixture = Fixture::new();
        let before = fixture.picture();
        only(
            &mut IntoSystem::new(&fixture.tails, Role::Svs, Some(fixture.open())).expect("fits"),
            4,
        );
        fixture.write("persistence.conf", format!("{CONF}{}", &APT_ON[..kept]), 0o600);
        fixture.system(Role::Svs).unwrap_or_else(|e| panic!("{kept}: {e}"));
        fixture.is_installed(Role::Svs);
        fixture.remove(Mode::System).expect("removed");
        assert_eq!(fixture.picture(), before, "{kept}");
    }
}

#[test]
fn the_file_stays_the_same_file() {
    let fixture = Fixture::new();
    let inode = || fs::metadata(fixture.at("persistence.conf")).expect("there").ino();
    let before = inode();
    fixture.system(Role::Svs).expect("installed");
    assert_eq!(inode(), before);
    fixture.remove(Mode::System).expect("removed");
    assert_eq!(inode(), before);
}

/// A state, and how installing in system mode must answer.
type Odd = (&'static str, fn(&Fixture), fn(&Refusal) -> bool);

/// States that are refused before anything is changed.
const REFUSED: &[Odd] = &[
    (
        "mode 0644",
        |f| f.write("persistence.conf", CONF, 0o644),
        |e| matches!(e, Refusal::Conf(ConfError::Mode { mode: 0o644, .. })),
    ),
    (
        "mode 0640",
        |f| f.write("persistence.conf", CONF, 0o640),
        |e| matches!(e, Refusal::Conf(ConfError::Mode { .. })),
    ),
    (
        "an empty persistence.conf.invalid beside it",
        |f| f.write("persistence.conf.invalid", "", 0o600),
        |e| matches!(e, Refusal::Conf(ConfError::PutAside)),
    ),
    (
        "a link in its place",
        |f| {
            fs::rename(f.at("persistence.conf"), f.at("real")).expect("renamed");
            symlink("real", f.at("persistence.conf")).expect("a link");
        },
        |e| matches!(e, Refusal::Conf(ConfError::NotRegular)),
    ),
    (
        "a directory in its place",
        |f| {
            fs::remove_file(f.at("persistence.conf")).expect("removed");
            fs::create_dir(f.at("persistence.conf")).expect("made");
        },
        |e| matches!(e, Refusal::Conf(ConfError::NotRegular)),
    ),
    (
        "no persistence.conf",
        |f| fs::remove_file(f.at("persistence.conf")).expect("removed"),
        |e| matches!(e, Refusal::Conf(ConfError::Missing)),
    ),
    (
        "a quote that is not closed",
        |f| f.write("persistence.conf", "/x\tsource=\"y\n", 0o600),
        |e| matches!(e, Refusal::Conf(ConfError::Line(1))),
    ),
    (
        "no text",
        |f| f.write("persistence.conf", b"/x\tsource=\xff\n", 0o600),
        |e| matches!(e, Refusal::Conf(ConfError::Line(1))),
    ),
    (
        "apt's lists from elsewhere",
        |f| {
            f.write("persistence.conf", "/var/lib/apt/lists\tsource=mine\n", 0o600);
        },
        |e| matches!(e, Refusal::Conf(ConfError::Conflict(1))),
    ),
    (
        "a list that others can write",
        |f| f.write("live-additional-software.conf", "mat2\n", 0o666),
        |e| matches!(e, Refusal::Software(SoftwareError::Open { .. })),
    ),
    (
        "a link for a list",
        |f| symlink("x", f.at("live-additional-software.conf")).expect("a link"),
        |e| matches!(e, Refusal::Software(SoftwareError::NotRegular)),
    ),
    (
        "our package by its name",
        |f| f.write("live-additional-software.conf", "mat2\nsneakernet", 0o644),
        |e| matches!(e, Refusal::Software(SoftwareError::OtherLine(_))),
    ),
    (
        "the other role",
        |f| drop(f.system(Role::Workstation).expect("installed")),
        |e| matches!(e, Refusal::OtherRole { is: Role::Workstation, asked: Role::Svs }),
    ),
    (
        "user mode",
        |f| drop(f.user(Role::Svs).expect("installed")),
        |e| matches!(e, Refusal::OtherMode(Mode::User)),
    ),
    (
        "somebody's directory of that name",
        |f| f.write("sneakernet/holiday.jpg", "", 0o644),
        |e| matches!(e, Refusal::Foreign { .. }),
    ),
    (
        "a file in place of the shelf",
        |f| f.write("sneakernet", "", 0o644),
        |e| matches!(e, Refusal::NotOurs(_)),
    ),
    (
        "a link in place of the shelf",
        |f| symlink("Persistent", f.at("sneakernet")).expect("a link"),
        |e| matches!(e, Refusal::NotOurs(_)),
    ),
    (
        "a shelf that others can write",
        |f| {
            f.system(Role::Svs).expect("installed");
            let shelf = f.at("sneakernet");
            fs::set_permissions(shelf, fs::Permissions::from_mode(0o777)).expect("ours");
        },
        |e| matches!(e, Refusal::Shelf(ShelfError::Guard(_))),
    ),
    (
        "current points at nothing",
        |f| {
            f.system(Role::Svs).expect("installed");
            fs::remove_dir_all(f.at("sneakernet/releases")).expect("removed");
            fs::create_dir(f.at("sneakernet/releases")).expect("made");
        },
        |e| matches!(e, Refusal::Shelf(ShelfError::Damaged { .. })),
    ),
    (
        "current points elsewhere",
        |f| {
            f.system(Role::Svs).expect("installed");
            fs::remove_file(f.at("sneakernet/current")).expect("removed");
            symlink("/tmp", f.at("sneakernet/current")).expect("a link");
        },
        |e| matches!(e, Refusal::Shelf(ShelfError::Damaged { .. })),
    ),
    (
        "other bytes of the same release",
        |f| {
            f.system(Role::Svs).expect("installed");
            let path = f.at("sneakernet/current/sneakernet.deb");
            let mut other = fs::read(&path).expect("read");
            other.push(b'\n');
            fs::write(path, other).expect("written");
        },
        |e| matches!(e, Refusal::OtherBytes(_) | Refusal::Package { .. }),
    ),
    (
        "a damaged station.toml",
        |f| {
            f.system(Role::Svs).expect("installed");
            f.write("sneakernet/station.toml", "role = \"both\"\n", 0o644);
        },
        |e| matches!(e, Refusal::Shelf(ShelfError::Station { .. })),
    ),
    (
        "a damaged note",
        |f| {
            f.system(Role::Svs).expect("installed");
            f.write("sneakernet/added.toml", "x", 0o644);
        },
        |e| matches!(e, Refusal::Note(_)),
    ),
    (
        "no Persistent Storage",
        |f| {
            fs::remove_dir_all(f.at("")).expect("removed");
        },
        |e| matches!(e, Refusal::NoStorage),
    ),
];

#[test]
fn odd_states_are_refused_before_anything_is_changed() {
    for (name, make, refused) in REFUSED {
        let fixture = Fixture::new();
        make(&fixture);
        let before = fixture.picture();
        match fixture.system(Role::Svs) {
            Err(e) => assert!(refused(&e), "{name}: {e:?}"),
            Ok(done) => panic!("{name}: installed: {done:?}"),
        }
        assert_eq!(fixture.picture(), before, "{name}");
    }
}

/// A state in which it is installed.
type Surprise = (&'static str, fn(&Fixture));

/// States in which it is installed, and everything else stays as it is.
const TAKEN: &[Surprise] = &[
    ("no line end at the end", |f| f.write("persistence.conf", CONF.trim_end(), 0o600)),
    ("lines that Tails ignores", |f| {
        f.write("persistence.conf", format!("{CONF}# mine\nwhat is this\n\n"), 0o600);
    }),
    ("a line twice", |f| f.write("persistence.conf", format!("{CONF}{CONF}"), 0o600)),
    ("foreign packages", |f| f.write("live-additional-software.conf", "mat2\nvlc", 0o644)),
    ("an empty list", |f| f.write("live-additional-software.conf", "", 0o644)),
    ("apt's directories already there", |f| f.write("apt/lists/lock", "", 0o640)),
    ("half of the feature", |f| {
        f.write("persistence.conf", format!("{CONF}/var/lib/apt/lists\tsource=apt/lists\n"), 0o600);
    }),
];

#[test]
fn surprising_states_are_taken_and_come_back_byte_for_byte() {
    for (name, make) in TAKEN {
        let fixture = Fixture::new();
        make(&fixture);
        let before = fixture.picture();
        fixture.system(Role::Svs).unwrap_or_else(|e| panic!("{name}: {e}"));
        fixture.remove(Mode::System).unwrap_or_else(|e| panic!("{name}: {e}"));
        let after = fixture.picture();
        if *name == "foreign packages" {
            // They need the feature that was switched on.
            assert!(fixture.conf().contains(APT_ON), "{name}");
            let list = fs::read_to_string(fixture.at("live-additional-software.conf"));
            assert_eq!(list.expect("there"), "mat2\nvlc");
        } else {
            assert_eq!(after, before, "{name}");
        }
    }
}

#[test]
fn windows_line_ends_stay_and_the_feature_that_is_on_is_not_touched() {
    let fixture = Fixture::new();
    let conf = format!("{CONF}{APT_ON}").replace('\n', "\r\n");
    fixture.write("persistence.conf", &conf, 0o600);
    fixture.system(Role::Svs).expect("installed");
    assert_eq!(fixture.conf(), conf);
    fixture.remove(Mode::System).expect("removed");
    assert_eq!(fixture.conf(), conf);
}

#[test]
fn another_owner_of_the_file_or_an_access_list_is_refused() {
    let mut fixture = Fixture::new();
    fixture.tails.ids.storage.group += 1;
    let refused = fixture.system(Role::Svs).expect_err("refused");
    assert!(matches!(refused, Refusal::Conf(ConfError::Owner { .. })), "{refused}");
    fixture.tails.ids.storage.group -= 1;
    let acl =
        Command::new("setfacl").args(["-m", "u:1:r"]).arg(fixture.at("persistence.conf")).status();
    assert!(acl.expect("setfacl (Debian package acl)").success());
    fs::set_permissions(fixture.at("persistence.conf"), fs::Permissions::from_mode(0o600))
        .expect("ours");
    let refused = fixture.system(Role::Svs).expect_err("refused");
    assert!(matches!(refused, Refusal::Conf(ConfError::AccessList(_))), "{refused}");
}

#[test]
fn a_shelf_of_another_user_is_refused_and_so_is_the_wrong_user() {
    let mut fixture = Fixture::new();
    fixture.system(Role::Svs).expect("installed");
    let before = fixture.picture();
    fixture.tails.ids.root.user += 1;
    assert!(matches!(fixture.system(Role::Svs), Err(Refusal::NeedsRoot)));
    fixture.tails.ids.me += 1;
    assert!(matches!(fixture.system(Role::Svs), Err(Refusal::NotOurs(_))));
    assert!(matches!(fixture.remove(Mode::System), Err(Refusal::NotOurs(_))));
    assert!(matches!(fixture.user(Role::Svs), Err(Refusal::IsRoot)));
    assert_eq!(fixture.picture(), before);
}

#[test]
fn user_mode_without_dotfiles_or_a_persistent_folder_is_refused() {
    let fixture = Fixture::new();
    fixture.fakes.borrow_mut().dotfiles_off = true;
    assert!(matches!(fixture.user(Role::Svs), Err(Refusal::DotfilesOff)));
    fixture.fakes.borrow_mut().dotfiles_off = false;
    let launcher =
        fixture.root.join("home/amnesia/.local/share/applications/sneakernet-open.desktop");
    fs::create_dir_all(launcher.parent().expect("a parent")).expect("made");
    fs::write(&launcher, "theirs").expect("written");
    let before = fixture.picture();
    assert!(matches!(fixture.user(Role::Svs), Err(Refusal::LauncherInTheWay(_))));
    assert_eq!(fixture.picture(), before);
    fs::remove_dir_all(fixture.root.join("home/amnesia/Persistent")).expect("removed");
    assert!(matches!(fixture.user(Role::Svs), Err(Refusal::NoPersistentFolder(_))));
}

#[test]
fn an_apt_that_fails_is_no_success_and_the_next_run_goes_on() {
    let fixture = Fixture::new();
    let before = fixture.picture();
    fixture.fakes.borrow_mut().apt_fails = true;
    assert!(matches!(fixture.system(Role::Svs), Err(Refusal::Tool(_))));
    fixture.fakes.borrow_mut().apt_fails = false;
    fixture.system(Role::Svs).expect("installed");
    fixture.is_installed(Role::Svs);
    fixture.remove(Mode::System).expect("removed");
    assert_eq!(fixture.picture(), before);
}

#[test]
fn what_the_user_changed_since_stays() {
    let fixture = Fixture::new();
    fixture.system(Role::Svs).expect("installed");
    // As Tails writes it when a feature is switched in its window: sorted.
    let mut lines: Vec<String> = fixture.conf().lines().map(|l| format!("{l}\n")).collect();
    lines.push("/etc/cups\tsource=cups-configuration\n".into());
    lines.sort();
    fixture.write("persistence.conf", lines.concat(), 0o600);
    let job = Out::new(&fixture.tails, Mode::System).expect("fits");
    assert_eq!(job.stays_on, Some("persistence.conf was changed since"));
    fixture.remove(Mode::System).expect("removed");
    assert_eq!(fixture.conf(), lines.concat());
    assert!(!fixture.at("sneakernet").exists());
    assert!(!fixture.at("live-additional-software.conf").exists());
}

#[test]
fn a_newer_package_takes_the_place_and_an_older_one_is_refused() {
    let mut fixture = Fixture::new();
    let before = fixture.picture();
    fixture.system(Role::Svs).expect("installed");
    let old = fixture.package.clone();
    fixture.package = package(fixture.root.parent().expect("a parent"), "0.2.0", 2);
    fixture.system(Role::Svs).expect("installed");
    fixture.is_installed(Role::Svs);
    fixture.package = old;
    assert!(matches!(fixture.system(Role::Svs), Err(Refusal::Older { .. })));
    fixture.remove(Mode::System).expect("removed");
    assert_eq!(fixture.picture(), before);
}

#[test]
fn a_shelf_that_is_damaged_can_be_removed() {
    for damage in ["station.toml", "root.json", "added.toml", "releases", "current"] {
        let fixture = Fixture::new();
        fixture.system(Role::Svs).expect("installed");
        let path = fixture.at("sneakernet").join(damage);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(&path).expect("removed");
        } else {
            fs::remove_file(&path).expect("removed");
        }
        fixture.remove(Mode::System).unwrap_or_else(|e| panic!("{damage}: {e}"));
        assert!(!fixture.at("sneakernet").exists(), "{damage}");
        assert!(!fixture.at("live-additional-software.conf").exists() || damage == "added.toml");
        assert!(fixture.conf().starts_with(CONF), "{damage}");
    }
}

#[test]
fn another_package_is_none_of_ours() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let tmp = tempfile::tempdir().expect("a directory");
    let good = package(tmp.path(), "0.1.0", 1);
    fs::write(tmp.path().join("text.deb"), "no package").expect("written");
    let refused = Package::open(&tmp.path().join("text.deb")).expect_err("refused");
    assert!(matches!(refused, Refusal::Package { .. }), "{refused}");
    let mut cut = fs::read(&good).expect("read");
    cut.truncate(cut.len() / 2);
    fs::write(tmp.path().join("cut.deb"), cut).expect("written");
    assert!(Package::open(&tmp.path().join("cut.deb")).is_err());
    assert!(matches!(Package::open(&tmp.path().join("none.deb")), Err(Refusal::Dir(_))));
    assert!(Package::open(&good).is_ok());
}

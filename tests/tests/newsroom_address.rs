//! The server's address is read from what is on the stick already, and the key beside it is not.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test plants the files that SecureDrop's setup leaves"
)]

use std::path::{Path, PathBuf};

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, Run};

const NAME: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const OTHER: &str = "ag6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const KEY: &str = "PTFDI7QXVSMLPRFNUNTYXJDKZEJQHY57XZ2DRAJLF4YTJJTPY3CQ";
const NEW_PLACE: &str = ".config/securedrop-admin";
const OLD_PLACE: &str = "Persistent/securedrop/install_files/ansible-base";

/// A person's home with a key file in it, and a port where no Tor is.
struct Stick {
    newsroom: Newsroom,
    user: PathBuf,
}

fn stick() -> Stick {
    let newsroom = Newsroom::new(World::with_test_key().expect("a world")).expect("a newsroom");
    let user = newsroom.path("amnesia");
    std::fs::create_dir(&user).expect("made");
    Stick { newsroom, user }
}

impl Stick {
    fn key_file(&self, place: &str, text: &str) -> PathBuf {
        let dir = self.user.join(place);
        std::fs::create_dir_all(&dir).expect("made");
        let path = dir.join("app-journalist.auth_private");
        std::fs::write(&path, text).expect("written");
        path
    }

    fn run(&self, args: &[&str]) -> Run {
        let mut command = self.newsroom.command("sd-fetch", args);
        let closed = ["--tor-socks", "127.0.0.1:1"];
        command.args(closed).env("HOME", &self.user).env("RUST_BACKTRACE", "full");
        Run::of(command.output().expect("it runs"))
    }
}

fn line(name: &str) -> String {
    format!("{name}:descriptor:x25519:{KEY}\n")
}

/// No eight characters of the key in a row, in any case, stand in what was shown or written.
fn nowhere(shown: &str, written: &Path) {
    let contents = sd_tests::newsroom::files(written).into_iter().map(|f| {
        String::from_utf8_lossy(&std::fs::read(written.join(f)).expect("read")).into_owned()
    });
    for text in contents.chain([shown.to_owned()]) {
        let text = text.to_uppercase();
        assert!(!KEY.as_bytes().windows(8).any(|w| text.contains(&*String::from_utf8_lossy(w))));
    }
}

#[test]
fn the_key_beside_the_address_is_never_shown_nor_kept() {
    let good = line(NAME);
    for text in [
        good.clone(),
        good.replace(":descriptor", ""),
        good.replace("x25519", "ed25519"),
        good.replace(NAME, &NAME[1..]),
        format!("{KEY}:descriptor:x25519:{NAME}\n"),
        format!("{good}{good}"),
        KEY.to_owned(),
        good.trim_end()[..good.len() - 3].to_owned(),
    ] {
        let stick = stick();
        stick.key_file(NEW_PLACE, &text);
        for verb in [&["sync", "--wait", "0"][..], &["list", "--wait", "0"], &["status"]] {
            for face in [&["--json"][..], &[]] {
                let (verb, run) = (verb[0], stick.run(&[verb, face].concat()));
                assert_eq!(run.code, Some(i32::from(verb != "status")), "{run:?}");
                let station = stick.user.join(".local/share/sneakernet");
                std::fs::create_dir_all(&station).expect("made");
                nowhere(&format!("{}{}", run.stdout, run.stderr), &station);
            }
        }
    }
}

#[test]
fn the_address_need_not_be_typed() {
    let stick = stick();
    let unknown = stick.run(&["sync", "--json"]).expect(1).json();
    let words = unknown["error"].as_str().expect("an error");
    assert!(words.contains("securedrop-admin localconfig"), "{words}");
    let file = stick.key_file(OLD_PLACE, &line(NAME));
    let facts = stick.run(&["status", "--json"]).expect(0).json()["report"]["server"].clone();
    assert_eq!(facts["address"], format!("{NAME}.onion"));
    assert_eq!(facts["from"], *file.to_string_lossy());
    // As far as it goes without Tor: root is turned away before, everybody else by the port.
    let tried = stick.run(&["sync", "--json", "--wait", "0"]).expect(1).json();
    let words = tried["error"].as_str().expect("an error");
    assert!(words.contains("Tor is not connected") || words.contains("without sudo"), "{words}");
}

#[test]
fn two_addresses_are_refused_by_name_until_one_is_typed() {
    let stick = stick();
    let files = [stick.key_file(NEW_PLACE, &line(NAME)), stick.key_file(OLD_PLACE, &line(OTHER))];
    let run = stick.run(&["sync", "--json"]).expect(1);
    assert_eq!(run.json()["status"], "REFUSED");
    for word in files.iter().map(|f| f.to_string_lossy().into_owned()) {
        assert!(run.stdout.contains(&word), "{}", run.stdout);
    }
    assert!(run.stdout.contains(NAME) && run.stdout.contains(OTHER));
    let typed = stick
        .run(&["sync", "--json", "--wait", "0", "--server", &format!("{OTHER}.onion")])
        .expect(1);
    assert!(!typed.stdout.contains("which is right"), "{}", typed.stdout);
}

#[test]
fn a_misspelt_setting_is_named_with_its_file_and_line() {
    let stick = stick();
    stick.key_file(NEW_PLACE, &line(NAME));
    std::fs::create_dir_all(stick.user.join("Persistent/sneakernet")).expect("made");
    let settings = stick.user.join("Persistent/sneakernet/settings.toml");
    std::fs::write(&settings, "# ours\njournalist = \"x.onion\"\n").expect("written");
    let run = stick.run(&["sync", "--json"]).expect(1).json();
    let words = run["error"].as_str().expect("an error");
    assert!(words.starts_with(&format!("{}, line 2: ", settings.display())), "{words}");
    assert!(words.contains("`journalist`") && words.contains("`journalist_interface`"), "{words}");
}

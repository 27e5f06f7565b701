//! Which address is taken, and which is refused.
#![expect(clippy::disallowed_methods, reason = "tests plant files")]

use super::*;

const ONE: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const TWO: &str = "ag6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const THREE: &str = "bg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const KEY: &str = "PTFDI7QXVSMLPRFNUNTYXJDKZEJQHY57XZ2DRAJLF4YTJJTPY3CQ";

struct Stick {
    _tmp: tempfile::TempDir,
    user: PathBuf,
    station: Station,
}

fn stick() -> Stick {
    let tmp = tempfile::tempdir().expect("a directory");
    let user = tmp.path().join("amnesia");
    std::fs::create_dir_all(user.join("Persistent/sneakernet")).expect("made");
    let home = Home::choose(None, Some(user.clone())).expect("a home");
    let station = Station { home, user: Some(user.clone()) };
    Stick { _tmp: tmp, user, station }
}

impl Stick {
    fn key_file(&self, place: usize, text: &str) -> PathBuf {
        let dir = self.user.join(PLACES[place]);
        std::fs::create_dir_all(&dir).expect("made");
        std::fs::write(dir.join(KEY_FILE), text).expect("written");
        dir.join(KEY_FILE)
    }

    fn settings(&self, text: &str) {
        std::fs::write(self.station.home.path().join("settings.toml"), text).expect("written");
    }

    fn known(&self) -> Known {
        self.station.journalist_interface(None).expect("known")
    }

    fn refused(&self) -> String {
        self.station.journalist_interface(None).expect_err("refused").to_string()
    }
}

fn line(name: &str) -> String {
    format!("{name}:descriptor:x25519:{KEY}\n")
}

fn onion(name: &str) -> OnionAddress {
    format!("{name}.onion").parse().expect("an onion")
}

#[test]
fn what_was_typed_comes_first_then_the_settings_then_the_key_file() {
    let stick = stick();
    let file = stick.key_file(2, &line(ONE));
    assert_eq!(stick.known(), Known { address: onion(ONE), origin: Origin::File(file) });
    stick.settings(&format!("journalist_interface = \"{TWO}.onion\"\n"));
    let known = stick.known();
    assert_eq!(known.address, onion(TWO));
    assert!(known.origin.to_string().ends_with("/Persistent/sneakernet/settings.toml"));
    let typed = stick.station.journalist_interface(Some(onion(ONE))).expect("known");
    assert_eq!(typed, Known { address: onion(ONE), origin: Origin::Flag });
}

#[test]
fn every_place_of_securedrop_s_setup_is_looked_at() {
    for place in 0..PLACES.len() {
        let stick = stick();
        stick.key_file(place, &line(ONE));
        assert_eq!(stick.known().address, onion(ONE));
    }
}

#[test]
fn two_files_with_one_address_agree() {
    let stick = stick();
    let first = stick.key_file(0, &line(ONE));
    stick.key_file(1, &line(ONE));
    assert_eq!(stick.known().origin, Origin::File(first));
}

#[test]
fn two_addresses_are_refused_with_both_files_and_both_addresses() {
    let stick = stick();
    let files = [stick.key_file(1, &line(ONE)), stick.key_file(2, &line(TWO))];
    let said = stick.refused();
    for file in &files {
        assert!(said.contains(&file.to_string_lossy().into_owned()), "{said}");
    }
    assert!(said.contains(ONE) && said.contains(TWO) && said.contains("--server"), "{said}");
    assert!(!said.contains(KEY));
}

#[test]
fn a_wrong_file_is_an_error_and_not_skipped() {
    let stick = stick();
    stick.key_file(0, &line(ONE));
    let file = stick.key_file(1, &format!("{ONE}:{KEY}\n"));
    let said = stick.refused();
    assert!(said.starts_with(&file.to_string_lossy().into_owned()), "{said}");
    assert!(said.contains("2 fields") && !said.contains(KEY), "{said}");
    stick.settings("journalist_interface = \"here\"\n");
    assert!(stick.refused().contains("settings.toml, line 1: journalist_interface:"));
}

#[test]
fn a_link_or_a_directory_in_place_of_the_file_is_not_followed() {
    let stick = stick();
    let file = stick.key_file(0, &line(ONE));
    let elsewhere = stick.user.join("elsewhere");
    std::fs::rename(&file, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &file).expect("linked");
    assert!(stick.refused().contains("not a regular file"));
}

#[test]
fn without_any_file_the_next_step_is_named() {
    let stick = stick();
    let said = stick.refused();
    assert!(said.contains("securedrop-admin localconfig") && said.contains("administrator"));
    let nobody = Station { user: None, ..stick.station.clone() };
    assert!(matches!(nobody.journalist_interface(None), Err(AddressesError::Unknown)));
}

#[test]
fn the_source_interface_is_that_of_the_same_newsroom() {
    let stick = stick();
    let beside = |place: usize, name: &str| {
        std::fs::write(stick.user.join(PLACES[place]).join("app-sourcev3-ths"), name).expect("w");
    };
    let source = |of: &str| stick.station.source_interface(&onion(of)).map(|known| known.address);
    stick.key_file(0, &line(ONE));
    assert!(source(ONE).is_err());
    beside(0, &format!("http://{THREE}.onion/\n"));
    assert_eq!(source(ONE).expect("known"), onion(THREE));
    assert!(source(TWO).is_err(), "named by --server: another newsroom's");
    beside(0, "somewhere");
    assert!(
        source(ONE).expect_err("no address").to_string().contains("app-sourcev3-ths: an onion")
    );
    stick.settings(&format!("source_interface = \"{TWO}.onion\"\n"));
    assert_eq!(source(ONE).expect("known"), onion(TWO));
}

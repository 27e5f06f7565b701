//! From three keys to a file that a station takes, and what is refused on the way.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test makes its own files and starts what it tests"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sd_release::{Limits, Release, Root, compiled_in};

/// A directory in which releases are made.
struct Desk {
    tmp: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { tmp: tempfile::tempdir().expect("a directory") };
        for name in ["anna", "ben", "cleo", "dora"] {
            desk.good(&["keygen", name]);
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.tmp.path().join(name)
    }

    fn run(&self, words: &[&str]) -> (bool, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_sd-publish"))
            .args(words)
            .current_dir(self.tmp.path())
            .output()
            .expect("it starts");
        let said = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn good(&self, words: &[&str]) -> String {
        let (good, said) = self.run(words);
        assert!(good, "{words:?}: {said}");
        said
    }

    fn bad(&self, words: &[&str]) -> String {
        let (good, said) = self.run(words);
        assert!(!good, "{words:?}: {said}");
        said
    }

    /// The first root, of anna, ben and cleo.
    fn root(&self) {
        let keys = ["--key", "anna.pub.json", "--key", "ben.pub.json", "--key", "cleo.pub.json"];
        self.good(&[&["root", "--name", "of a test", "--to", "root-1.json"], &keys[..]].concat());
        for who in ["anna.json", "ben.json"] {
            self.good(&["sign", "root", "root-1.json", "--key", who]);
        }
    }

    fn parts(&self) {
        let root = self.path("package");
        for dir in ["DEBIAN", "usr/share/sneakernet"] {
            std::fs::create_dir_all(root.join(dir)).expect("made");
        }
        let put = |path: &Path, text: &str| std::fs::write(path, text).expect("written");
        put(
            &root.join("DEBIAN/control"),
            "Package: sneakernet\nVersion: 1.2.0\nArchitecture: all\n\
             Maintainer: Nobody <nobody@example.invalid>\nDescription: test\n",
        );
        put(
            &root.join("usr/share/sneakernet/release.json"),
            r#"{"version": "1.2.0", "counter": 12, "newest_tails": "7.7"}"#,
        );
        let made = Command::new("dpkg-deb")
            .args(["--root-owner-group", "--build", "package", "x.deb"])
            .current_dir(self.tmp.path())
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("dpkg-deb starts").success());
        put(&self.path("changes"), "- better\n");
        put(&self.path("vectors"), "{}");
    }

    fn make(&self, roots: &[&str]) -> String {
        let fixed = "make --package x.deb --changelog changes --vectors vectors --date 2026-11-26 \
                     --update-from 10 --tails-min 6.0 --newest-tails-date 2026-04-23 --to signed.json";
        let mut words: Vec<&str> = fixed.split_whitespace().collect();
        words.extend(roots.iter().flat_map(|root| ["--root", *root]));
        self.good(&words)
    }

    fn assembling<'a>(roots: &[&'a str]) -> Vec<&'a str> {
        let fixed =
            "assemble signed.json --package x.deb --changelog changes --vectors vectors --to .";
        let mut words: Vec<&str> = fixed.split_whitespace().collect();
        words.extend(roots.iter().flat_map(|root| ["--root", *root]));
        words
    }

    /// Reads the release as a station with root 1 would.
    fn read(&self) -> Root {
        let root = Root::parse(&std::fs::read(self.path("root-1.json")).expect("there"));
        let bytes = std::fs::read(self.path("sneakernet-1.2.0.sdupdate")).expect("there");
        let release = Release::open(&bytes[..], bytes.len() as u64, Limits::default());
        let release = release.and_then(|r| r.verify(&root.expect("a root"))).expect("genuine");
        let now = release.root().clone();
        release.check_package(&mut std::io::sink(), &mut sd_fs::Quiet).expect("whole");
        now
    }
}

#[test]
fn three_keys_make_a_release_that_a_station_takes() {
    let desk = Desk::new();
    desk.root();
    desk.parts();
    let said = desk.make(&["root-1.json"]);
    assert!(said.contains("Release 1.2.0, number 12"), "{said}");
    desk.good(&["sign", "release", "signed.json", "--key", "ben.json"]);
    desk.good(&["sign", "release", "signed.json", "--key", "cleo.json"]);
    desk.good(&Desk::assembling(&["root-1.json"]));
    assert_eq!(desk.read().number.get(), 1);
}

#[test]
fn one_signature_too_few_is_noticed_before_the_file_has_a_name() {
    let desk = Desk::new();
    desk.root();
    desk.parts();
    desk.make(&["root-1.json"]);
    desk.good(&["sign", "release", "signed.json", "--key", "ben.json"]);
    let said = desk.bad(&Desk::assembling(&["root-1.json"]));
    assert!(said.contains("signed by 1 of the 2"), "{said}");
    assert!(!desk.path("sneakernet-1.2.0.sdupdate").exists());
}

#[test]
fn keys_are_changed_and_the_one_that_left_is_revoked() {
    let desk = Desk::new();
    desk.root();
    desk.parts();
    let next = "root --after root-1.json --key anna.pub.json --key ben.pub.json \
                --key dora.pub.json --name later --to root-2.json";
    let said = desk.good(&next.split_whitespace().collect::<Vec<_>>());
    assert!(said.contains("Root 2, later") && said.contains("revoked"), "{said}");
    desk.good(&["sign", "root", "root-2.json", "--key", "anna.json"]);
    desk.good(&["sign", "root", "root-2.json", "--key", "ben.json"]);
    desk.make(&["root-1.json", "root-2.json"]);
    desk.good(&["sign", "release", "signed.json", "--key", "anna.json"]);
    desk.good(&["sign", "release", "signed.json", "--key", "dora.json"]);
    desk.good(&Desk::assembling(&["root-1.json", "root-2.json"]));
    assert_eq!(desk.read().number.get(), 2);
}

#[test]
fn a_root_that_is_not_signed_by_the_one_before_it_makes_no_release() {
    let desk = Desk::new();
    desk.root();
    desk.parts();
    let next = "root --after root-1.json --key anna.pub.json --key dora.pub.json \
                --name later --to root-2.json";
    desk.good(&next.split_whitespace().collect::<Vec<_>>());
    desk.good(&["sign", "root", "root-2.json", "--key", "anna.json"]);
    desk.good(&["sign", "root", "root-2.json", "--key", "dora.json"]);
    let said = desk.bad(&Desk::assembling(&["root-1.json", "root-2.json"]));
    assert!(!said.is_empty());
    let fixed = "make --package x.deb --changelog changes --vectors vectors --date 2026-11-26 \
                 --update-from 10 --tails-min 6.0 --newest-tails-date 2026-04-23 --to signed.json \
                 --root root-1.json --root root-2.json";
    let said = desk.bad(&fixed.split_whitespace().collect::<Vec<_>>());
    assert!(said.contains("by the keys before it"), "{said}");
}

#[test]
fn a_secret_key_is_for_its_owner_alone_and_nothing_is_written_over() {
    let desk = Desk::new();
    desk.root();
    let mode = |name: &str| {
        std::fs::metadata(desk.path(name)).expect("there").permissions().mode() & 0o777
    };
    assert_eq!(mode("anna.json"), 0o600);
    assert!(desk.bad(&["keygen", "anna"]).contains("already there"));
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(desk.path("cleo.json"), open).expect("ours");
    let said = desk.bad(&["sign", "root", "root-1.json", "--key", "cleo.json"]);
    assert!(said.contains("others may read it"), "{said}");
    // What is printed and what is public has nothing of the secret.
    let secret = std::fs::read_to_string(desk.path("dora.json")).expect("there");
    let secret = secret.split("\"secret\":\"").nth(1).expect("a secret").split('"').next();
    let public = std::fs::read_to_string(desk.path("dora.pub.json")).expect("there");
    assert!(!public.contains(secret.expect("digits")));
}

#[test]
fn a_key_comes_by_a_file_descriptor_too() {
    let desk = Desk::new();
    desk.root();
    let script = "exec \"$0\" sign root root-1.json --key-fd 3 3< cleo.json";
    let done = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_sd-publish")])
        .current_dir(desk.tmp.path())
        .status();
    assert!(done.expect("it starts").success());
    let said = desk.good(&["show", "root-1.json"]);
    assert_eq!(said.matches("signed by").count(), 3, "{said}");
}

#[test]
fn the_root_that_is_built_in_is_the_test_root_and_says_so() {
    let root = compiled_in().expect("a root");
    if std::env::var_os("SNEAKERNET_ROOT").is_some() {
        assert!(!root.is_for_tests(), "a release is built with the test root");
        return;
    }
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/release-keys");
    let published = std::fs::read(format!("{keys}/root-1.json")).expect("there");
    assert!(root.is_for_tests() && root.to_json() == published);
    for key in &root.keys {
        let digits = String::from(*key);
        let known = (1..=3).any(|n| {
            let file = std::fs::read_to_string(format!("{keys}/key-{n}.json")).expect("public");
            file.contains(&digits)
        });
        assert!(known, "the secret key of {digits} is not public");
    }
}

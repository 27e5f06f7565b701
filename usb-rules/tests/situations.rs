//! Recorded situations, judged again.
//!
//! Each file of `situations/` holds what was plugged in, and for each disk either the volume that
//! may be used or the word of the refusal: once for all, or for each role and access.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads its own data")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use usb_rules::{Access, Export, Refusal, Role, Transfer, UntrustedDevice};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    description: String,
    devices: Vec<UntrustedDevice>,
    /// By node.
    expect: BTreeMap<String, Expected>,
    /// A second look, some time later.
    #[serde(default)]
    later: Vec<UntrustedDevice>,
    /// By the node at the first look: the node of the same device at the second.
    #[serde(default)]
    same: BTreeMap<String, Option<String>>,
}

/// A word, or a node beneath `/dev/`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Always(String),
    Each(Each),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Each {
    transfer_read: String,
    transfer_write: String,
    export_read: String,
    export_write: String,
}

fn files() -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/situations");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .expect("the situations")
        .map(|entry| entry.expect("an entry").path())
        .map(|p| (p.file_name().expect("a name").to_string_lossy().into_owned(), p))
        .map(|(name, p)| (name, std::fs::read(p).expect("a file")))
        .collect();
    files.sort();
    files
}

fn situations() -> Vec<(String, Situation)> {
    let parse = |bytes: &[u8]| serde_json::from_slice(bytes);
    files().into_iter().map(|(name, b)| (name.clone(), parse(&b).expect(&name))).collect()
}

fn judged<R: Role>(device: &UntrustedDevice, access: Access) -> String {
    match device.admit::<R>(access) {
        Ok(admitted) => admitted.volume().node.clone(),
        Err(refusal) => refusal.word().to_owned(),
    }
}

fn judge(device: &UntrustedDevice) -> [String; 4] {
    [
        judged::<Transfer>(device, Access::Read),
        judged::<Transfer>(device, Access::Write),
        judged::<Export>(device, Access::Read),
        judged::<Export>(device, Access::Write),
    ]
}

#[test]
fn every_situation_is_judged_as_it_is_written() {
    let (mut verdicts, mut accepted) = (0, 0);
    for (name, situation) in situations() {
        assert!(!situation.description.is_empty(), "{name}");
        assert_eq!(situation.devices.len(), situation.expect.len(), "{name}");
        for device in &situation.devices {
            let expected = match situation.expect.get(&device.node).expect(&name) {
                Expected::Always(word) => [word, word, word, word],
                Expected::Each(e) => {
                    [&e.transfer_read, &e.transfer_write, &e.export_read, &e.export_write]
                }
            };
            let verdict = judge(device);
            assert_eq!(verdict.each_ref(), expected, "{name}: {}", device.node);
            verdicts += verdict.len();
            accepted += verdict.iter().filter(|v| v.starts_with("/dev/")).count();
        }
    }
    println!("{verdicts} verdicts, {accepted} of them accept");
    assert!(accepted > 50 && verdicts - accepted > 200, "{accepted} of {verdicts}");
}

#[test]
fn a_situation_is_written_as_it_was_read() {
    let situations = situations();
    assert!(situations.len() >= 30, "{}", situations.len());
    for (name, situation) in situations {
        let written = serde_json::to_vec(&situation.devices).expect("written");
        let again: Vec<UntrustedDevice> = serde_json::from_slice(&written).expect("read");
        assert_eq!(again, situation.devices, "{name}");
    }
}

#[test]
fn a_second_look_finds_the_same_device_and_no_other() {
    let mut looks = 0;
    for (name, situation) in situations() {
        let id = |devices: &[UntrustedDevice], node: &str| {
            let device = devices.iter().find(|d| d.node == node).expect("listed");
            device.admit::<Transfer>(Access::Read).expect("admitted").id()
        };
        for (first, second) in &situation.same {
            let wanted = id(&situation.devices, first);
            let found: Vec<_> = situation
                .later
                .iter()
                .filter_map(|d| Some((&d.node, d.admit::<Transfer>(Access::Read).ok()?.id())))
                .filter(|(_, id)| *id == wanted)
                .map(|(node, _)| node)
                .collect();
            assert_eq!(found, second.iter().collect::<Vec<_>>(), "{name}");
            looks += 1;
        }
        let admitted =
            situation.devices.iter().filter_map(|d| d.admit::<Export>(Access::Read).ok());
        let ids: Vec<_> = admitted.map(|d| d.id()).collect();
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{name}: two devices look like one");
    }
    assert!(looks >= 2);
}

#[test]
fn every_reason_to_refuse_has_a_situation() {
    let seen: BTreeSet<String> =
        situations().iter().flat_map(|(_, s)| s.devices.iter().flat_map(judge)).collect();
    let words: BTreeSet<String> = Refusal::WORDS.map(str::to_owned).into();
    let refused: BTreeSet<String> = seen.into_iter().filter(|v| !v.starts_with("/dev/")).collect();
    assert_eq!(refused, words);
}

#[test]
fn nothing_that_is_shown_can_act_on_a_terminal() {
    for (name, situation) in situations() {
        for device in &situation.devices {
            let mut shown = vec![device.title()];
            match device.admit::<Transfer>(Access::Read) {
                Ok(admitted) => shown.extend([admitted.title(), admitted.id()]),
                Err(refusal) => shown.extend([refusal.to_string(), refusal.next().to_owned()]),
            }
            for text in shown {
                let acts = |c: char| c.is_control() || "\u{202e}\u{2066}\u{200b}".contains(c);
                assert!(!text.contains(acts), "{name}: {text:?}");
            }
        }
    }
}

#[test]
fn a_damaged_record_is_refused_or_judged_and_never_a_panic() {
    let mut read = 0;
    for (_, bytes) in files() {
        let situation: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let record = serde_json::to_vec(&situation["devices"]).expect("JSON");
        for at in 0..record.len() {
            for with in *b"9\"" {
                let mut damaged = record.clone();
                damaged[at] = with;
                if let Ok(devices) = serde_json::from_slice::<Vec<UntrustedDevice>>(&damaged) {
                    read += 1;
                    for device in &devices {
                        device.title();
                        judge(device);
                    }
                }
            }
        }
    }
    assert!(read > 1000, "{read} damaged records were still records");
}

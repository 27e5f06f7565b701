//! Each check in a station where it is well, and in one where it is not.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::collections::BTreeSet;

use common::{KEY, MADE, NOW, Station};
use sd_doctor::{
    Answer, Check, FetchStatus, KeyPlace, LastManifest, Paired, Role, Scope, SecretKey, Verdict,
    examine, examine_air_gap, is_tails,
};

use Role::{Svs, Workstation};
use Verdict::{Fail, Ok, Unknown, Warn};

/// One fault, and what the check makes of it.
struct Case {
    check: Check,
    role: Role,
    verdict: Verdict,
    /// Words that must be in what was seen.
    seen: &'static str,
    fault: fn(&mut Station),
}

fn case(
    check: Check,
    role: Role,
    verdict: Verdict,
    seen: &'static str,
    fault: fn(&mut Station),
) -> Case {
    Case { check, role, verdict, seen, fault }
}

#[test]
fn every_fault_is_seen_by_its_check() {
    let mut wrong = Vec::new();
    for Case { check, role, verdict, seen, fault } in cases() {
        let mut station = Station::new(role);
        fault(&mut station);
        let found = station.find(check);
        if found.verdict != verdict || !found.seen.as_str().contains(seen) {
            let found = format!("{:?}: {}", found.verdict, found.seen);
            wrong.push(format!("{}: {found}, not {verdict:?}: {seen}", check.id()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_check_has_a_station_in_which_it_is_well_and_one_in_which_it_is_not() {
    let faulty: BTreeSet<&str> =
        cases().iter().filter(|c| c.verdict != Ok).map(|c| c.check.id()).collect();
    for check in Check::ALL {
        assert!(faulty.contains(check.id()), "{} never fails here", check.id());
    }
    // The other half is the test below: there every check is well.
}

#[test]
fn a_normal_offline_tails_and_a_normal_workstation_are_no_false_alarm() {
    for role in [Svs, Workstation] {
        let station = Station::new(role);
        for finding in examine(&station.place(), &station.answers) {
            // What is free is the real disk's; its limits have a test of their own.
            let fine = finding.verdict == Ok || finding.check == Check::Room;
            assert!(fine, "{}: {}", finding.check.id(), finding.seen);
        }
    }
}

#[test]
fn the_gate_asks_the_air_gap_and_nothing_else_and_needs_no_answers() {
    let station = Station::new(Svs);
    let found = examine_air_gap(&station.place());
    let asked: Vec<Check> = found.iter().map(|f| f.check).collect();
    let gap = Check::ALL.iter().copied().filter(|c| c.scope() == Scope::AirGap);
    assert_eq!(asked, gap.collect::<Vec<_>>());
    assert!(found.iter().all(|f| f.verdict == Ok));
}

#[test]
fn what_was_not_asked_is_never_ok() {
    for role in [Svs, Workstation] {
        let mut station = Station::new(role);
        station.answers = sd_doctor::Answers::none(role);
        let found = examine(&station.place(), &station.answers);
        let unknown = found.iter().filter(|f| f.verdict == Unknown).count();
        assert!(unknown >= 9, "{unknown}");
        assert!(Unknown > Warn && Unknown.word() == "warn");
    }
}

#[test]
fn an_empty_system_passes_no_check_of_the_air_gap_but_by_what_is_absent() {
    let tmp = tempfile::tempdir().expect("a directory");
    let found = examine_air_gap(&sd_doctor::Place::below(tmp.path()).expect("a place"));
    let fine: Vec<_> = found.iter().filter(|f| f.verdict == Ok).map(|f| f.check).collect();
    assert_eq!(fine, [Check::Neighbours, Check::Bluetooth, Check::Radios]);
}

#[test]
fn one_mark_of_tails_is_enough() {
    let marks: [(&str, &str); 6] = [
        ("/etc/os-release", "ID=tails\n"),
        ("/usr/lib/os-release", "ID=\"tails\"\n"),
        ("/proc/cmdline", "boot=live module=Tails\n"),
        ("/var/lib/live/config/tails.network", ""),
        ("/live/persistence/TailsData_unlocked/x", ""),
        ("/usr/local/lib/tails-create-netns", ""),
    ];
    for (path, text) in marks {
        let station = empty();
        station.put("/etc/hostname", "x");
        assert!(!is_tails(&station.place()), "nothing yet");
        station.put(path, text);
        assert!(is_tails(&station.place()), "{path}");
    }
}

/// A station with nothing in it.
fn empty() -> Station {
    let station = Station::new(Svs);
    for dir in ["etc", "usr", "proc", "sys", "live", "var", "home", "dev"] {
        station.remove(dir);
    }
    station
}

#[test]
fn foreign_words_are_escaped_and_labels_are_no_part_of_what_leaves() {
    let station = Station::new(Svs);
    station.interface("eth\u{202e}0", "pci0000:00/0000:00:1f.6", "\u{1b}[2Jup");
    let found = station.find(Check::Interfaces);
    assert_eq!(found.seen.as_str(), r"eth\u{202e}0 (\u{1b}[2Jup)");
    let mut station = Station::new(Workstation);
    station.answers.keys =
        keys(&["0123456789ABCDEF0123456789ABCDEF01234567"], "Daily SecureDrop Key");
    let found = station.find(Check::SecretKey);
    assert!(found.detail.expect("a name").as_str().contains("Daily"));
    assert!(!found.seen.as_str().contains("Daily"));
}

fn keys(fingerprints: &[&str], user: &str) -> Answer<Vec<SecretKey>> {
    let fingerprints = fingerprints.iter().map(|f| (*f).to_owned()).collect();
    Answer::Told(vec![SecretKey { fingerprints, users: vec![user.to_owned()], expires: None }])
}

fn cases() -> Vec<Case> {
    let mut cases = interfaces();
    cases.extend(routes());
    cases.extend(radios_and_drivers());
    cases.extend(system());
    cases.extend(programs());
    cases.extend(workstation());
    cases.extend(svs());
    cases
}

const CARD: &str = "pci0000:00/0000:00:1f.6";

fn interfaces() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::OfflineMode, Svs, Warn, "network on", |s| {
            s.put("/var/lib/live/config/tails.network", "TAILS_NETWORK=true\n");
        }),
        case(C::OfflineMode, Svs, Fail, "network on", |s| {
            s.put("/var/lib/live/config/tails.network", "TAILS_NETWORK=\"true\"\n");
            s.remove("/etc/modprobe.d/all-net-blocklist.conf");
        }),
        case(C::OfflineMode, Svs, Fail, "does not say", |s| {
            s.remove("/var/lib/live/config/tails.network");
            s.interface("eth0", CARD, "down");
        }),
        case(C::DriverBlock, Svs, Fail, "not there", |s| {
            s.remove("/etc/modprobe.d/all-net-blocklist.conf");
        }),
        case(C::DriverBlock, Svs, Fail, "not there", |s| {
            s.put("/etc/modprobe.d/all-net-blocklist.conf", "# install e1000e /bin/true\n");
        }),
        case(C::DriverBlock, Svs, Ok, "1 network drivers", |s| {
            s.remove("/etc/modprobe.d/all-net-blocklist.conf");
            s.put("/etc/modprobe.d/all-net-blacklist.conf", "blacklist e1000e\n");
        }),
        case(C::Interfaces, Svs, Fail, "eth0 (down)", |s| s.interface("eth0", CARD, "down")),
        case(C::Interfaces, Svs, Fail, "wlan0 (up)", |s| s.interface("wlan0", CARD, "up")),
        case(C::Interfaces, Svs, Fail, "tun0 (unknown)", |s| {
            s.interface("tun0", "virtual", "unknown");
        }),
        case(C::Interfaces, Svs, Fail, "veth-x (up)", |s| s.interface("veth-x", "virtual", "up")),
        // A card under the name of one of Tails's own.
        case(C::Interfaces, Svs, Fail, "veth-tbb (up)", |s| {
            s.remove("/sys/class/net/veth-tbb");
            s.interface("veth-tbb", CARD, "up");
        }),
        case(C::Interfaces, Svs, Unknown, "/sys/class/net", |s| s.remove("/sys/class/net")),
        case(C::Interfaces, Svs, Ok, "own", |s| s.put("/sys/class/net/bonding_masters", "\n")),
        case(C::Addresses, Svs, Fail, "192.168.7.9", |s| {
            s.add("/proc/net/fib_trie", "     |-- 192.168.7.9\n        /32 host LOCAL\n");
        }),
        case(C::Addresses, Svs, Fail, "fd00::2 on veth-tbb", |s| {
            s.add("/proc/net/if_inet6", "fd000000000000000000000000000002 02 40 00 80 veth-tbb\n");
        }),
        case(C::Addresses, Svs, Ok, "own", |s| s.remove("/proc/net/if_inet6")),
    ]
}

fn routes() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::Routes, Svs, Fail, "a default route by eth0", |s| {
            s.add(
                "/proc/net/route",
                "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
            );
        }),
        case(C::Routes, Svs, Fail, "a default route by veth-tbb", |s| {
            s.add(
                "/proc/net/route",
                "veth-tbb\t00000000\t0201C80A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
            );
        }),
        case(C::Routes, Svs, Fail, "a route to 128.0.0.0/1 by tun0", |s| {
            s.add(
                "/proc/net/route",
                "tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n",
            );
        }),
        case(C::Routes, Svs, Ok, "none", |s| {
            s.add("/proc/net/route", "*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n");
        }),
        case(C::Routes, Svs, Fail, "a default route by usb0", |s| {
            let zero = "0".repeat(32);
            s.add(
                "/proc/net/ipv6_route",
                &format!("{zero} 00 {zero} 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003 usb0\n"),
            );
        }),
        case(C::Routes, Svs, Unknown, "unknown form", |s| s.add("/proc/net/route", "nonsense\n")),
        case(C::Neighbours, Svs, Fail, "eth0", |s| {
            s.add("/proc/net/arp", "192.168.7.1 0x1 0x2 00:11:22:33:44:55 * eth0\n");
        }),
    ]
}

fn radios_and_drivers() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::Bluetooth, Svs, Fail, "hci0", |s| s.dir("/sys/class/bluetooth/hci0")),
        case(C::Bluetooth, Svs, Fail, "loaded", |s| s.dir("/sys/class/bluetooth")),
        case(C::Radios, Svs, Fail, "wlan, switched on", |s| rfkill(s, "wlan", "0", "0")),
        case(C::Radios, Svs, Fail, "wwan, switched on", |s| rfkill(s, "wwan", "0", "0")),
        case(C::Radios, Svs, Warn, "wlan, blocked by software", |s| rfkill(s, "wlan", "1", "0")),
        case(C::Radios, Svs, Warn, "wlan, blocked by its switch", |s| rfkill(s, "wlan", "0", "1")),
        case(C::Radios, Svs, Warn, "bluetooth", |s| rfkill(s, "bluetooth", "0", "0")),
        case(C::Radios, Svs, Fail, "phy0", |s| s.dir("/sys/class/ieee80211/phy0")),
        case(C::TorRunning, Svs, Fail, "reached its network", |s| {
            s.put("/run/tor-has-bootstrapped/done", "");
        }),
        case(C::TorRunning, Svs, Fail, "127.0.0.1:9050", |s| {
            s.add("/proc/net/tcp", "   1: 0100007F:235A 00000000:0000 0A 0:0 00:0 0 0 0 1\n");
        }),
        case(C::TorRunning, Svs, Ok, "closed", |s| {
            // A connection, and nobody who listens.
            s.add("/proc/net/tcp", "   1: 0100007F:235A 0100007F:0277 06 0:0 00:0 0 0 0 1\n");
        }),
        case(C::LoadedDrivers, Svs, Fail, "e1000e", |s| {
            s.add("/proc/modules", "e1000e 300000 0 - Live 0x0\n");
        }),
        case(C::LoadedDrivers, Svs, Fail, "iwlwifi", |s| s.dir("/sys/bus/pci/drivers/iwlwifi")),
        case(C::LoadedDrivers, Svs, Fail, "rtw88_8822be", |s| {
            s.add("/proc/modules", "rtw88_8822be 16384 0 - Live 0x0\n");
        }),
        case(C::LoadedDrivers, Svs, Fail, "rndis_host", |s| {
            s.dir("/sys/bus/usb/drivers/rndis_host");
        }),
    ]
}

fn rfkill(station: &Station, kind: &str, soft: &str, hard: &str) {
    for (file, text) in [("type", kind), ("soft", soft), ("hard", hard)] {
        station.put(&format!("/sys/class/rfkill/rfkill0/{file}"), &format!("{text}\n"));
    }
}

fn os_release(station: &Station, version: &str, made: i64) {
    station.put(
        "/usr/lib/os-release",
        &format!("NAME=Tails\nID=tails\nVERSION=\"{version}\"\nTAILS_SOURCE_DATE_EPOCH={made}\n"),
    );
}

fn system() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::Tails, Svs, Fail, "Debian 12", |s| {
            s.put("/usr/lib/os-release", "NAME=Debian\nID=debian\nVERSION=12\n");
        }),
        case(C::Station, Svs, Warn, "not paired", |s| s.answers.pairing = Answer::Told(None)),
        case(C::Station, Svs, Fail, "paired as workstation", |s| {
            s.answers.pairing = Answer::Told(Some(Paired {
                role: Workstation,
                submission: None,
                key: KeyPlace::GnuPg,
            }));
        }),
        case(C::Station, Workstation, Fail, "installed as svs", |s| {
            s.put(
                "/live/persistence/TailsData_unlocked/sneakernet/station.toml",
                "role = \"svs\"\n",
            );
        }),
        case(C::Station, Svs, Fail, "somebody but root", |s| {
            let record = "/live/persistence/TailsData_unlocked/sneakernet/station.toml";
            s.put(record, "role = \"svs\"\n");
            s.mode(record, 0o666);
        }),
        case(C::Station, Workstation, Unknown, "unknown role", |s| {
            s.put("/home/amnesia/Persistent/sneakernet-programs/station.toml", "role = \"x\"\n");
        }),
        case(C::Station, Svs, Ok, "paired as svs", |s| {
            let text = "role = \"svs\"\nmode = \"system\"\n";
            s.put("/live/persistence/TailsData_unlocked/sneakernet/station.toml", text);
        }),
        case(C::TailsVersion, Workstation, Fail, "6.15.1", |s| os_release(s, "6.15.1", MADE)),
        case(C::TailsVersion, Svs, Fail, "5.22", |s| os_release(s, "5.22", MADE)),
        case(C::TailsVersion, Svs, Warn, "7.4 or later", |s| {
            s.remove("/usr/share/sneakernet/release.json");
            os_release(s, "7.2", MADE);
        }),
        case(C::TailsVersion, Svs, Unknown, "no version", |s| os_release(s, "unknown", MADE)),
        case(C::TailsVersion, Svs, Warn, "7.7 or a later one", |s| {
            s.put("/usr/share/sneakernet/release.json", r#"{"newest_tails":"7.7"}"#);
        }),
        case(C::TailsVersion, Svs, Ok, "7.4", |s| s.remove("/usr/share/sneakernet/release.json")),
        case(C::TailsAge, Svs, Warn, "200 days", |s| os_release(s, "7.4", NOW - 200 * 86_400)),
        case(C::VirtualMachine, Svs, Fail, "kvm", |s| {
            s.answers.machine = Answer::Told("kvm".into());
        }),
        case(C::VirtualMachine, Workstation, Warn, "kvm", |s| {
            s.answers.machine = Answer::Told("kvm".into());
        }),
        case(C::VirtualMachine, Svs, Unknown, "it hung", |s| {
            s.answers.machine = Answer::NotTold("it hung".into());
        }),
        case(C::BootOptions, Svs, Fail, "automatic tests", |s| {
            s.put("/proc/cmdline", "module=Tails autotest_never_use_this_option\n");
        }),
        case(C::BootOptions, Svs, Warn, "debug", |s| {
            s.put("/proc/cmdline", "module=Tails debug=x\n");
        }),
        case(C::BootOptions, Svs, Warn, "module=Tails", |s| s.put("/proc/cmdline", "quiet\n")),
        case(C::PersistentStorage, Svs, Fail, "locked", |s| {
            s.answers.storage = Answer::Told(false);
        }),
        case(C::PersistentFolder, Svs, Fail, "not in", |s| {
            s.put("/proc/self/mountinfo", "22 1 0:21 / / rw - overlay overlay rw\n");
        }),
        case(C::Room, Svs, Unknown, "Persistent", |s| s.remove("/home/amnesia/Persistent")),
        case(C::Memory, Svs, Warn, "300 MB", |s| {
            s.put("/proc/meminfo", "MemAvailable: 300000 kB\n");
        }),
        case(C::Swap, Svs, Fail, "/dev/sdb2", |s| {
            s.add("/proc/swaps", "/dev/sdb2 partition 8000000 0 -2\n");
        }),
    ]
}

fn programs() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::AdministrationPassword, Svs, Warn, "set", |s| {
            s.answers.password = Answer::Told(true);
        }),
        case(C::User, Svs, Fail, "root", |s| s.answers.uid = 0),
        case(C::Programs, Svs, Warn, "user mode", |s| s.mode("/usr/bin/sd-airgap", 0o775)),
        case(C::Programs, Svs, Warn, "user mode", |s| s.mode("/usr", 0o777)),
        case(C::Release, Svs, Unknown, "no signed release", |s| {
            s.remove("/usr/share/sneakernet/release.json");
        }),
        case(C::Release, Svs, Fail, "somebody but root", |s| {
            s.mode("/usr/share/sneakernet/release.json", 0o666);
        }),
        case(C::Release, Svs, Warn, "0.0.9", |s| {
            s.put("/usr/share/sneakernet/release.json", r#"{"version":"0.0.9"}"#);
        }),
        case(C::UsbProtection, Svs, Warn, "off", |s| {
            s.answers.usb_protection = Answer::Told(false);
        }),
        case(C::UsbGuard, Svs, Warn, "not run", |s| s.answers.usbguard = Answer::Told(false)),
        case(C::Automount, Svs, Ok, "our rules", |s| s.answers.automount = Answer::Told(true)),
        case(C::Automount, Svs, Warn, "on", |s| {
            s.answers.automount = Answer::Told(true);
            s.remove("/etc/udev/rules.d/91-sd-usb.rules");
        }),
        case(C::UdevRules, Svs, Warn, "91-sd-usb.rules", |s| {
            s.remove("/live/persistence/TailsData_unlocked/sd-udev/91-sd-usb.rules");
        }),
        case(C::UdevRules, Svs, Warn, "90-sd-storage.rules", |s| {
            s.put("/live/persistence/TailsData_unlocked/sd-udev/90-sd-storage.rules", "");
        }),
        case(C::UdevRules, Svs, Fail, "somebody but root", |s| {
            s.mode("/live/persistence/TailsData_unlocked/sd-udev/91-sd-usb.rules", 0o666);
        }),
        case(C::Clock, Svs, Warn, "was made on", |s| s.answers.now = MADE - 86_400),
        case(C::Clock, Svs, Warn, "packed on", |s| s.answers.now = NOW - 3 * 86_400),
    ]
}

fn workstation() -> Vec<Case> {
    use Check as C;
    const KEY_FILE: &str = "/home/amnesia/.config/securedrop-admin/app-journalist.auth_private";
    vec![
        case(C::SecretKey, Workstation, Fail, "that was paired", |s| {
            let other = "0123456789ABCDEF0123456789ABCDEF01234567";
            s.answers.keys = keys(&[other, KEY], "somebody");
        }),
        case(C::SecretKey, Workstation, Fail, "calls itself", |s| {
            let other = "0123456789ABCDEF0123456789ABCDEF01234567";
            s.answers.keys = keys(&[other], "The Paper SECUREDROP key");
        }),
        case(C::SecretKey, Workstation, Ok, "1 other", |s| {
            s.answers.keys = keys(&["AA"], "Me <me@example.org>");
        }),
        case(C::SecretKey, Workstation, Warn, "no pairing", |s| {
            s.answers.keys = keys(&["AA"], "Me <me@example.org>");
            s.answers.pairing = Answer::Told(None);
        }),
        case(C::SecretKey, Workstation, Unknown, "gpg", |s| {
            s.answers.keys = Answer::NotTold("gpg did not answer".into());
        }),
        case(C::NetworkSetting, Workstation, Warn, "Offline Mode", |s| {
            s.put("/var/lib/live/config/tails.network", "TAILS_NETWORK=false\n");
        }),
        case(C::NetworkLink, Workstation, Warn, "no interface", |s| {
            s.put("/sys/devices/pci0000:00/0000:00:1f.6/net/eth0/operstate", "down\n");
        }),
        case(C::Tor, Workstation, Warn, "not ready", |s| {
            s.remove("/run/tor-has-bootstrapped/done");
        }),
        case(C::TorPort, Workstation, Warn, "closed", |s| s.put("/proc/net/tcp", "head\n")),
        case(C::TorPort, Workstation, Ok, "127.0.0.1", |s| {
            s.put("/proc/net/tcp", "head\n   0: 0100007F:235A 00000000:0000 0A 0:0 00:0 0 0 0 1\n");
        }),
        case(C::ServerKey, Workstation, Warn, "no key file", |s| s.remove(KEY_FILE)),
        case(C::ServerKey, Workstation, Warn, "others can read", |s| s.mode(KEY_FILE, 0o644)),
        case(C::ServerKey, Workstation, Fail, "damaged", |s| {
            s.put(KEY_FILE, "x:descriptor:x25519:y\n");
        }),
        case(C::ServerKey, Workstation, Fail, "two key files", |s| {
            s.auth_private("Persistent/.securedrop-admin", 'b');
        }),
        case(C::ServerKey, Workstation, Fail, "settings.toml", |s| {
            let address = "b".repeat(56);
            let text = format!("journalist_interface = \"{address}.onion\"\n");
            s.put("/home/amnesia/Persistent/sneakernet/settings.toml", &text);
        }),
        case(C::JournalistInterface, Workstation, Warn, "does not know", |s| {
            s.answers.fetch = told("ready", false);
        }),
        case(C::JournalistInterface, Workstation, Warn, "connecting", |s| {
            s.answers.fetch = told("connecting", true);
        }),
        case(C::Proxies, Workstation, Warn, "ALL_PROXY", |s| {
            s.answers.proxies = vec!["ALL_PROXY".into()];
        }),
        case(C::TransferDevice, Workstation, Ok, "1 mounted, encrypted", |s| {
            luks(s);
            s.mounts(&[
                "40 22 253:1 / /media/amnesia/Transfer\\040Device rw - ext4 /dev/mapper/luks-1 rw",
            ]);
        }),
        case(C::TransferDevice, Workstation, Warn, "not encrypted", |s| {
            s.mounts(&["40 22 8:17 / /media/amnesia/STICK rw - vfat /dev/sdb1 rw"]);
        }),
        case(C::TransferDevice, Workstation, Warn, "two places", |s| {
            luks(s);
            s.mounts(&[
                "40 22 253:1 / /media/amnesia/A rw - ext4 /dev/mapper/luks-1 rw",
                "41 22 253:1 / /mnt/b rw - ext4 /dev/mapper/luks-1 rw",
            ]);
        }),
        case(C::TransferDevice, Workstation, Warn, "Tails stick", |s| {
            s.mounts(&["40 22 8:1 / /media/amnesia/Tails rw - vfat /dev/sda1 rw"]);
        }),
    ]
}

fn told(tor: &str, knows_address: bool) -> Answer<FetchStatus> {
    Answer::Told(FetchStatus { knows_address, tor: tor.to_owned() })
}

fn luks(station: &Station) {
    station.put("/sys/dev/block/253:1/dm/uuid", "CRYPT-LUKS2-0123-luks-1\n");
}

fn expiring(station: &mut Station, at: i64) {
    if let Answer::Told(keys) = &mut station.answers.keys {
        keys[0].expires = Some(at);
    }
}

fn in_a_file(station: &mut Station) {
    let key = KeyPlace::File("/home/amnesia/Persistent/key.asc".to_owned());
    let paired = Paired { role: Svs, submission: Some(KEY.to_owned()), key };
    station.answers.pairing = Answer::Told(Some(paired));
}

fn last(station: &mut Station, system: &str) {
    let last = LastManifest { system: system.to_owned(), created: NOW - 86_400 };
    station.answers.manifest = Answer::Told(Some(last));
}

fn svs() -> Vec<Case> {
    use Check as C;
    vec![
        case(C::NetworkManager, Svs, Warn, "connected", |s| {
            s.answers.network_manager = Answer::Told("connected:full".into());
        }),
        case(C::NetworkManager, Svs, Ok, "disconnected", |s| {
            s.answers.network_manager = Answer::Told("disconnected:none".into());
        }),
        case(C::NetworkHardware, Svs, Warn, "network card 8086:15d7", |s| {
            s.pci("0000:00:1f.6", "0x020000");
        }),
        case(C::NetworkHardware, Svs, Warn, "radio card", |s| s.pci("0000:00:14.3", "0x0d1100")),
        case(C::NetworkHardware, Svs, Warn, "USB radio at 1-7:1.0", |s| {
            s.put("/sys/bus/usb/devices/1-7:1.0/bInterfaceClass", "e0\n");
        }),
        case(C::NetworkHardware, Svs, Warn, "USB network or modem", |s| {
            s.put("/sys/bus/usb/devices/1-7:1.0/bInterfaceClass", "02\n");
        }),
        case(C::Disks, Svs, Warn, "nvme0n1", |s| {
            s.put("/sys/devices/pci0000:00/nvme/nvme0/nvme0n1/removable", "0\n");
            s.link("/sys/block/nvme0n1", "../devices/pci0000:00/nvme/nvme0/nvme0n1");
        }),
        case(C::Disks, Svs, Ok, "none", |s| {
            // A fast stick says that it cannot be removed.
            s.put("/sys/devices/pci0000:00/usb2/block/sdb/removable", "0\n");
            s.link("/sys/block/sdb", "../devices/pci0000:00/usb2/block/sdb");
        }),
        case(C::Sound, Svs, Warn, "HDA Intel", |s| {
            s.put("/proc/asound/cards", " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xef\n");
        }),
        case(C::Cameras, Svs, Warn, "video0", |s| s.put("/dev/video0", "")),
        case(C::Ports, Svs, Warn, "Thunderbolt", |s| s.dir("/sys/bus/thunderbolt/devices/0-0")),
        case(C::Ports, Svs, Warn, "FireWire card", |s| s.pci("0000:03:00.0", "0x0c0010")),
        case(C::GnuPgFolder, Svs, Fail, "memory only", |s| {
            s.put("/proc/self/mountinfo", "22 1 0:21 / / rw - overlay overlay rw\n");
        }),
        case(C::GnuPgFolder, Svs, Fail, "feature", |s| s.answers.gnupg = Answer::Told(false)),
        case(C::GnuPgFolder, Svs, Ok, "file", in_a_file),
        case(C::SubmissionKey, Svs, Fail, "does not have it", |s| {
            s.answers.keys = keys(&["AA"], "x");
        }),
        case(C::SubmissionKey, Svs, Fail, "not there", in_a_file),
        case(C::SubmissionKey, Svs, Fail, "others can read", |s| {
            in_a_file(s);
            s.put("/home/amnesia/Persistent/key.asc", "");
        }),
        case(C::SubmissionKey, Svs, Ok, "in a file", |s| {
            in_a_file(s);
            s.put("/home/amnesia/Persistent/key.asc", "");
            s.mode("/home/amnesia/Persistent/key.asc", 0o600);
        }),
        case(C::KeyExpiry, Svs, Warn, "at least", |s| expiring(s, MADE - 86_400)),
        case(C::KeyExpiry, Svs, Warn, "if this station's clock is right", |s| {
            expiring(s, NOW - 3600);
        }),
        case(C::KeyExpiry, Svs, Ok, "expires on", |s| expiring(s, NOW + 86_400)),
        case(C::Staleness, Svs, Warn, "SVS 7.4, workstation 7.7", |s| last(s, "Tails 7.7")),
        case(C::Staleness, Svs, Ok, "workstation 7.2", |s| last(s, "Tails 7.2")),
        case(C::Staleness, Svs, Unknown, "no bundle", |s| s.answers.manifest = Answer::Told(None)),
        case(C::Staleness, Svs, Unknown, "did not name", |s| last(s, "Debian 12")),
    ]
}

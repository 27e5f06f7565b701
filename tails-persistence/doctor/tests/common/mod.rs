//! A directory that looks like a Tails to the checks: what they read, and nothing else.
#![expect(clippy::disallowed_methods, reason = "a test makes what is read")]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use sd_doctor::{
    Answer, Answers, Check, FetchStatus, Finding, KeyPlace, LastManifest, Paired, Place, Role,
    SecretKey, examine,
};

/// The paired submission key.
pub(crate) const KEY: &str = "65A1B5FF195B56353CC63DFFCC40EF1228271441";
/// 1 September 2026; the fixture's Tails is two weeks older.
pub(crate) const NOW: i64 = 1_788_220_800;
pub(crate) const MADE: i64 = NOW - 14 * 86_400;

/// The host's ends of Tails's own five pairs.
pub(crate) const VETHS: [&str; 5] =
    ["veth-tbb", "veth-onioncircs", "veth-tca", "veth-onionshare", "veth-clearnet"];

/// A station in a directory, all well at first.
pub(crate) struct Station {
    tmp: tempfile::TempDir,
    pub(crate) answers: Answers,
}

impl Station {
    pub(crate) fn new(role: Role) -> Self {
        // A hundred stations of a hundred files: in memory where that can be.
        let memory = tempfile::tempdir_in("/dev/shm");
        let tmp = memory.or_else(|_| tempfile::tempdir()).expect("a directory");
        let station = Self { tmp, answers: answers(role) };
        station.system();
        station.network();
        station.user();
        match role {
            Role::Svs => station.offline(),
            Role::Workstation => station.online(),
        }
        station
    }

    pub(crate) fn root(&self) -> &Path {
        self.tmp.path()
    }

    pub(crate) fn place(&self) -> Place {
        Place::below(self.root()).expect("a place")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, text).expect("written");
        mode_of(&path, 0o644);
    }

    pub(crate) fn dir(&self, path: &str) {
        std::fs::create_dir_all(self.path(path)).expect("made");
    }

    pub(crate) fn link(&self, path: &str, to: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        symlink(to, path).expect("a link");
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        let gone = if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        gone.expect("it was there");
    }

    /// What is there, with a line more.
    pub(crate) fn add(&self, path: &str, text: &str) {
        let before = std::fs::read_to_string(self.path(path)).expect("there");
        self.put(path, &format!("{before}{text}"));
    }

    pub(crate) fn mode(&self, path: &str, mode: u32) {
        mode_of(&self.path(path), mode);
    }

    /// A network interface, where `device` hangs in the kernel's tree.
    pub(crate) fn interface(&self, name: &str, device: &str, state: &str) {
        self.put(&format!("/sys/devices/{device}/net/{name}/operstate"), &format!("{state}\n"));
        let to = format!("../../devices/{device}/net/{name}");
        self.link(&format!("/sys/class/net/{name}"), &to);
    }

    pub(crate) fn find(&self, check: Check) -> Finding {
        let found = examine(&self.place(), &self.answers);
        found.into_iter().find(|f| f.check == check).expect("it is asked on this station")
    }

    fn system(&self) {
        self.put(
            "/usr/lib/os-release",
            &format!(
                "NAME=\"Tails\"\nID=\"tails\"\nVERSION=\"7.4\"\nTAILS_SOURCE_DATE_EPOCH=\"{MADE}\"\n"
            ),
        );
        self.link("/etc/os-release", "../usr/lib/os-release");
        self.put("/proc/cmdline", "initrd=/live/initrd.img boot=live module=Tails quiet\n");
        self.put("/proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\n");
        self.put(
            "/proc/swaps",
            "Filename Type Size Used Priority\n/dev/zram0 partition 4000000 0 100\n",
        );
        self.put("/proc/modules", "veth 45056 0 - Live 0x0\nzram 40960 1 - Live 0x0\n");
        self.put("/proc/asound/cards", "--- no soundcards ---\n");
        self.dir("/dev");
        self.dir("/sys/bus/pci/drivers/ahci");
        self.dir("/sys/bus/usb/drivers/usb-storage");
        self.pci("0000:00:00.0", "0x060000");
        self.put("/sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "08\n");
        self.put("/sys/devices/pci0000:00/usb1/block/sda/removable", "1\n");
        self.dir("/sys/devices/pci0000:00/usb1/block/sda/sda1");
        self.link("/sys/block/sda", "../devices/pci0000:00/usb1/block/sda");
        self.put("/sys/devices/virtual/block/loop0/removable", "0\n");
        self.link("/sys/block/loop0", "../devices/virtual/block/loop0");
        for rules in ["90-sd-storage.rules", "91-sd-usb.rules"] {
            self.put(&format!("/live/persistence/TailsData_unlocked/sd-udev/{rules}"), "# rules\n");
            let to = format!("/live/persistence/TailsData_unlocked/sd-udev/{rules}");
            self.link(&format!("/etc/udev/rules.d/{rules}"), &to);
        }
        self.put("/usr/share/sneakernet/release.json", r#"{"newest_tails":"7.4"}"#);
        for program in ["sd-airgap", "sd-export", "sd-station"] {
            self.put(&format!("/usr/bin/{program}"), "");
            self.mode(&format!("/usr/bin/{program}"), 0o755);
        }
        for dir in ["/", "/usr", "/usr/bin"] {
            self.mode(dir, 0o755);
        }
    }

    pub(crate) fn pci(&self, at: &str, class: &str) {
        for (file, text) in [("class", class), ("vendor", "0x8086"), ("device", "0x15d7")] {
            self.put(&format!("/sys/bus/pci/devices/{at}/{file}"), &format!("{text}\n"));
        }
    }

    /// What an offline Tails shows: `lo`, and the ends of five pairs that are up.
    fn network(&self) {
        self.interface("lo", "virtual", "unknown");
        for name in VETHS {
            self.interface(name, "virtual", "up");
        }
        let veths = || VETHS.iter().enumerate();
        let routes = veths().map(|(n, name)| {
            format!("{name}\t{:02X}01C80A\t00000000\t0001\t0\t0\t0\tFCFFFFFF\t0\t0\t0\n", 4 * n)
        });
        self.lines("/proc/net/route", "Iface\tDestination\tGateway\t..\n", routes);
        let trie = veths().map(|(n, _)| {
            let (own, all) = (4 * n + 1, 4 * n + 3);
            format!(
                "     |-- 10.200.1.{own}\n        /32 host LOCAL\n     \
                 |-- 10.200.1.{all}\n        /32 link BROADCAST\n"
            )
        });
        let lo = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.1\n        /32 host LOCAL\n";
        self.lines("/proc/net/fib_trie", lo, trie);
        let inet6 = veths()
            .map(|(n, name)| format!("fe80000000000000000000000000000{n} 0{n} 40 20 80 {name}\n"));
        self.lines(
            "/proc/net/if_inet6",
            "00000000000000000000000000000001 01 80 10 80 lo\n",
            inet6,
        );
        let zero = "0".repeat(32);
        let ipv6 = veths().flat_map(|(_, name)| {
            let to = [("fe80", "40"), ("ff00", "08")];
            to.map(|(to, length)| {
                format!("{to}{} {length} {} 00 {} 00000100 1 0 1 {name}\n", &zero[4..], zero, zero)
            })
        });
        let lo = format!("{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200 lo\n");
        self.lines("/proc/net/ipv6_route", &lo, ipv6);
        self.put(
            "/proc/net/arp",
            "IP address HW type Flags HW address Mask Device\n\
             10.200.1.2 0x1 0x2 aa:bb:cc:dd:ee:01 * veth-tbb\n",
        );
        // Something listens, and it is not Tor.
        let other = "   0: 0100007F:0277 00000000:0000 0A 0:0 00:0 0 0 0 1\n".to_owned();
        self.lines("/proc/net/tcp", "  sl  local_address rem_address   st ..\n", [other]);
    }

    fn lines(&self, path: &str, head: &str, lines: impl IntoIterator<Item = String>) {
        self.put(path, &lines.into_iter().fold(head.to_owned(), |text, line| text + &line));
    }

    fn user(&self) {
        self.dir("/home/amnesia/Persistent/sneakernet");
        self.mounts(&[]);
    }

    /// The mounts of a Tails, and more.
    pub(crate) fn mounts(&self, more: &[&str]) {
        let mut text = String::from(
            "22 1 0:21 / / rw - overlay overlay rw\n\
             30 22 8:1 / /run/live/medium ro - vfat /dev/sda1 ro\n\
             31 22 253:0 /Persistent /home/amnesia/Persistent rw - ext4 /dev/mapper/TailsData rw\n\
             32 22 253:0 /gnupg /home/amnesia/.gnupg rw - ext4 /dev/mapper/TailsData rw\n",
        );
        for line in more {
            text += line;
            text.push('\n');
        }
        self.put("/proc/self/mountinfo", &text);
    }

    fn offline(&self) {
        self.put("/var/lib/live/config/tails.network", "TAILS_NETWORK=false\n");
        self.put(
            "/etc/modprobe.d/all-net-blocklist.conf",
            "# made by Tails\ninstall e1000e /bin/true\ninstall iwlwifi /bin/true\ninstall rtw88-8822be /bin/true\ninstall veth /bin/true\ninstall rndis_host /bin/true\n",
        );
    }

    fn online(&self) {
        self.put("/var/lib/live/config/tails.network", "TAILS_NETWORK=true\n");
        self.put("/run/tor-has-bootstrapped/done", "");
        self.interface("eth0", "pci0000:00/0000:00:1f.6", "up");
        self.add("/proc/net/tcp", "   1: 0101C80A:235A 00000000:0000 0A 0:0 00:0 0 0 0 1\n");
        let key = "/home/amnesia/.config/securedrop-admin/app-journalist.auth_private";
        self.put(key, &auth_private('a'));
        self.mode(key, 0o600);
    }

    pub(crate) fn auth_private(&self, dir: &str, letter: char) {
        let path = format!("/home/amnesia/{dir}/app-journalist.auth_private");
        self.put(&path, &auth_private(letter));
        self.mode(&path, 0o600);
    }
}

fn mode_of(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("changed");
}

fn auth_private(letter: char) -> String {
    let (address, key) = (letter.to_string().repeat(56), "A".repeat(52));
    format!("{address}:descriptor:x25519:{key}\n")
}

/// Everything was asked, and all is well.
pub(crate) fn answers(role: Role) -> Answers {
    let key = SecretKey {
        fingerprints: vec![KEY.to_owned()],
        users: vec!["[Org] SecureDrop Submission Key".to_owned()],
        expires: None,
    };
    let paired = Paired { role, submission: Some(KEY.to_owned()), key: KeyPlace::GnuPg };
    Answers {
        program: Answer::Told("/usr/bin/sd-station".to_owned()),
        uid: 1000,
        now: NOW,
        pairing: Answer::Told(Some(paired)),
        storage: Answer::Told(true),
        gnupg: Answer::Told(true),
        password: Answer::Told(false),
        machine: Answer::Told("none".to_owned()),
        usb_protection: Answer::Told(true),
        usbguard: Answer::Told(true),
        automount: Answer::Told(false),
        keys: Answer::Told(if role == Role::Svs { vec![key] } else { Vec::new() }),
        network_manager: Answer::Told("not running".to_owned()),
        fetch: Answer::Told(FetchStatus { knows_address: true, tor: "ready".to_owned() }),
        manifest: Answer::Told(Some(LastManifest {
            system: "Tails 7.4".to_owned(),
            created: NOW - 86_400,
        })),
        ..Answers::none(role)
    }
}

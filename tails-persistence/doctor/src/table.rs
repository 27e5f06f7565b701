//! The one table of checks.

use crate::answers::Role;

/// Where a check belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On both stations.
    Both,
    /// On the workstation.
    Workstation,
    /// On the Secure Viewing Station.
    Svs,
    /// On the Secure Viewing Station, and asked by the gate before anything is opened.
    AirGap,
}

macro_rules! table {
    ($($variant:ident = $id:literal, $scope:ident, $rule:literal, $means:literal, $mend:literal;)*) => {
        /// A check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Check {
            $(#[doc = $rule] $variant,)*
        }

        impl Check {
            /// Every check, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its stable word.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Where it belongs.
            pub const fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope,)* }
            }

            /// When it fails or warns.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// What it means for whoever works here, if it is not ok.
            pub const fn means(self) -> &'static str {
                match self { $(Self::$variant => $means,)* }
            }

            /// How to mend it.
            pub const fn mend(self) -> &'static str {
                match self { $(Self::$variant => $mend,)* }
            }
        }
    };
}

table! {
    // The air gap: files alone, asked before anything is opened.
    OfflineMode = "offline-mode", AirGap,
        "`tails.network` says that Tails was started in Offline Mode. If not: warn while drivers, interfaces, routes and radios are all as they should be, else FAIL",
        "Tails was started with its network on. Whatever is opened here could leave through it.",
        "Shut down. Start again, and choose Offline Mode in the Welcome Screen.";
    DriverBlock = "driver-block", AirGap,
        "FAIL unless Tails's list of blocked network drivers is there and names drivers",
        "Network drivers may load by themselves, as soon as a card or a stick is there.",
        "Shut down. Start again, and choose Offline Mode in the Welcome Screen.";
    Interfaces = "interfaces", AirGap,
        "FAIL for any network interface but `lo` and the five that Tails makes for itself, also if it is down",
        "This computer has a way into a network. It is not air-gapped now.",
        "Unplug cables, phones and network adapters. Have Wi-Fi and network cards taken out of this computer. Start again in Offline Mode.";
    Addresses = "addresses", AirGap,
        "FAIL for any address but those of this computer itself and Tails's own 10.200.1.x",
        "This computer has an address in a network.",
        "Unplug it from every network, and start again in Offline Mode.";
    Routes = "routes", AirGap,
        "FAIL for a default route, and for any route that leads out of `lo` and 10.200.1.x",
        "Data from this computer would find its way into a network.",
        "Unplug it from every network, and start again in Offline Mode.";
    Neighbours = "neighbours", AirGap,
        "FAIL if another computer's address was learnt on anything but Tails's own interfaces",
        "This computer has heard another one on a network since it was started.",
        "Unplug it from every network, and start again in Offline Mode. Tell your technologist.";
    Bluetooth = "bluetooth", AirGap,
        "FAIL if a Bluetooth driver is loaded",
        "A Bluetooth radio is in use. It reaches across a room and further.",
        "Switch Bluetooth off in the BIOS, or have its card taken out. Start again in Offline Mode.";
    Radios = "radios", AirGap,
        "FAIL for a radio that is switched on; warn for one that is blocked, and for Bluetooth's switch, because its driver is a check of its own",
        "There is a radio in this computer. Blocked by software it can be switched on by software.",
        "Have the radio card taken out of this computer. Until then switch it off, by its switch or in the BIOS.";
    TorRunning = "tor-running", AirGap,
        "FAIL if Tor reached its network, or if a port of Tor's is open",
        "Tor has been running here: this computer was on the Internet since it was started.",
        "Shut down. Use this Tails stick offline only; tell your technologist.";
    LoadedDrivers = "loaded-drivers", AirGap,
        "FAIL if a driver is loaded that Tails's list blocks. `veth` does not count: Tails's own interfaces are made of it",
        "A network driver was loaded although Tails blocks it. That takes an administrator, or an attacker.",
        "Shut down, and tell your technologist. Do not open anything on this station before it was looked at.";

    // Both stations.
    Tails = "tails", Both,
        "FAIL if the system is not Tails",
        "These tools are made for Tails. What is checked here may mean nothing on another system.",
        "Start the computer from its Tails stick.";
    Station = "station", Both,
        "FAIL if pairing, installation and `--role` do not name the same station, or if somebody but root can change the record of an installation in system mode; warn if it is not paired",
        "It is not certain which of the two stations this is. Each may do what the other must not.",
        "Check that you started from the right stick. If it is new, pair it: sd-airgap pair --help.";
    TailsVersion = "tails-version", Both,
        "FAIL below Tails 7 on the workstation and below Tails 6 on the SVS; warn below 7.4 on the SVS, and if a newer Tails is known here",
        "This Tails has holes that newer ones do not have, or cannot run what SecureDrop needs.",
        "Workstation: let Tails upgrade itself. SVS: upgrade its stick with Tails Cloner from a new Tails stick, on a computer that has no network.";
    TailsAge = "tails-age", Both,
        "warn if this Tails was made more than 120 days ago, by this station's clock",
        "Tails is renewed about once a month. An old one has known holes.",
        "Workstation: let Tails upgrade itself. SVS: upgrade its stick with Tails Cloner.";
    VirtualMachine = "virtual-machine", Both,
        "in a virtual machine: FAIL on the SVS, warn on the workstation",
        "This Tails runs inside another system, which can see everything that is done in it.",
        "Start the computer itself from the Tails stick.";
    BootOptions = "boot-options", Both,
        "FAIL if Tails was started for its automatic tests; warn for `debug`, or without `module=Tails`",
        "Tails was started in a way that is not meant for work. Protections may be off.",
        "Start again, and change nothing in the boot menu.";
    PersistentStorage = "persistent-storage", Both,
        "FAIL if the Persistent Storage is locked",
        "What is saved now is gone when the computer is switched off.",
        "Start again, and unlock the Persistent Storage in the Welcome Screen.";
    PersistentFolder = "persistent-folder", Both,
        "FAIL if `~/Persistent` is not the Persistent Storage's own folder",
        "What is saved there is in memory only, and gone when the computer is switched off.",
        "Unlock the Persistent Storage in the Welcome Screen, and switch on its Persistent Folder feature.";
    Room = "room", Both,
        "FAIL below 200 MB free in the Persistent Storage; warn below 2 GB",
        "There is little room left for submissions.",
        "Use a larger Tails stick, or remove what is no longer needed: sd-fetch forget on the workstation.";
    Memory = "memory", Both,
        "warn if less than 500 MB of memory is available",
        "Programs may be stopped by the system while they work.",
        "Close other programs, or start the computer again.";
    Swap = "swap", Both,
        "FAIL if memory is swapped to anything but `zram`",
        "What is opened here may be written to a disk, and stay there after the computer is switched off.",
        "Shut down, and tell your technologist. That disk may hold plaintext now.";
    AdministrationPassword = "administration-password", Both,
        "warn if an administration password was set at the start",
        "Whatever takes over a program of yours has an easier way to the whole system.",
        "For daily work start Tails without an administration password.";
    User = "user", Both,
        "FAIL if this program runs as root",
        "Files would belong to root afterwards, and Tor cannot be reached.",
        "Run it without sudo.";
    Programs = "programs", Both,
        "warn unless the programs, and every directory above them, can be changed by root alone",
        "Whatever runs as your user can replace these programs, and would stay over a restart.",
        "Have your technologist install the package in system mode.";
    Release = "release", Both,
        "not known unless an installed release left its record, which root alone can change; FAIL if anybody else can",
        "It cannot be said which signed release these programs are from.",
        "Have your technologist install a signed release.";
    UsbProtection = "usb-protection", Both,
        "warn if GNOME's USB protection is off",
        "While the screen is locked, somebody can plug in a device that types or attacks the system.",
        "Have your technologist look at it: gsettings get org.gnome.desktop.privacy usb-protection.";
    UsbGuard = "usbguard", Both,
        "warn if USBGuard does not run",
        "USB devices are not held back while the screen is locked.",
        "Start the computer again. If it stays, tell your technologist.";
    Automount = "automount", Both,
        "warn if the desktop mounts sticks by itself and no rules of ours keep it from that",
        "Every stick that is plugged in is read at once, and may be written.",
        "Have your technologist install the rules for USB devices, or switch automount off.";
    UdevRules = "udev-rules", Both,
        "FAIL if somebody but root can change the rules for USB devices; warn if they are not there",
        "Sticks are not made read-only, and USB devices that are no sticks reach the system.",
        "Have your technologist install the package in system mode.";
    Clock = "clock", Both,
        "warn if the clock is before the making of this Tails, or before the last bundle that was verified here",
        "The clock is wrong. Nothing is refused because of it, but dates in lists and logs are wrong too.",
        "Set the clock in Settings, Date & Time, by a watch.";

    // The workstation.
    SecretKey = "secret-key", Workstation,
        "FAIL if GnuPG has a secret key with the fingerprint that was paired, or one whose user ID names SecureDrop or a submission key; warn if it has others and nothing was paired to compare them with",
        "The key that opens every submission is on a computer that is on the Internet. It may have been copied.",
        "Do not use this workstation. Tell your administrator: the submission key must be replaced.";
    NetworkSetting = "network-setting", Workstation,
        "warn if Tails was started in Offline Mode",
        "Nothing can be fetched.",
        "Start again without Offline Mode, if this is the workstation.";
    NetworkLink = "network-link", Workstation,
        "warn if no network interface is up",
        "Nothing can be fetched.",
        "Plug in the network cable, or choose a Wi-Fi network.";
    Tor = "tor", Workstation,
        "warn while Tor has not reached its network",
        "Nothing can be fetched yet.",
        "Open Tor Connection, and wait until Tails says that Tor is ready.";
    TorPort = "tor-port", Workstation,
        "warn if neither 10.200.1.1:9050 nor 127.0.0.1:9050 listens",
        "There is no way to Tor yet.",
        "Open Tor Connection, and wait until Tails says that Tor is ready.";
    ServerKey = "server-key", Workstation,
        "FAIL for a key file that is damaged, or names another server than the settings; warn if there is none, or if others can read it",
        "The key for the Journalist Interface's address is not as it should be. The login may not be reached.",
        "Run securedrop-admin localconfig, or ask your administrator.";
    JournalistInterface = "journalist-interface", Workstation,
        "warn if sd-fetch knows no address, or calls Tor not ready. The server itself is not asked",
        "Nothing can be fetched yet.",
        "Run sd-fetch status, and do what it says.";
    Proxies = "proxies", Workstation,
        "warn if a variable such as HTTP_PROXY is set",
        "Somebody set a detour for network programs. Ours do not take it, others do.",
        "Open a new terminal. If it stays, tell your technologist.";
    TransferDevice = "transfer-device", Workstation,
        "warn if a mounted stick is not encrypted, is mounted twice, or is the Tails stick itself",
        "What is on that stick can be read by whoever finds it, or it is in use by something else.",
        "Eject it in Files. Prepare a Transfer Device: sd-airgap prepare --help.";

    // The Secure Viewing Station, beyond the gate.
    NetworkManager = "network-manager", Svs,
        "warn if NetworkManager says that it is connected",
        "The system believes that it has a network.",
        "Unplug it from every network, and start again in Offline Mode.";
    NetworkHardware = "network-hardware", Svs,
        "warn for a network or radio card, and for a USB device that speaks network or radio",
        "The hardware for a network is there. Only software keeps it off.",
        "Have the card taken out of this computer, or switch it off in the BIOS. Unplug the USB device.";
    Disks = "disks", Svs,
        "warn for a disk inside this computer",
        "Something could be kept on that disk, or could have been left there to attack this station.",
        "Have the disk taken out of this computer.";
    Sound = "sound", Svs,
        "warn for a sound card",
        "Speakers and microphones can carry data through the air.",
        "Have speakers and microphones taken out or unplugged, or switch sound off in the BIOS.";
    Cameras = "cameras", Svs,
        "warn for a camera",
        "A camera sees the screen's light and the people at it.",
        "Have it taken out, or cover it.";
    Ports = "ports", Svs,
        "warn for Thunderbolt and FireWire",
        "A device at such a port can read this computer's memory.",
        "Switch these ports off in the BIOS, or seal them.";
    GnuPgFolder = "gnupg-folder", Svs,
        "FAIL if the submission key is in GnuPG and `~/.gnupg` is not in the Persistent Storage",
        "The submission key would be gone when the computer is switched off.",
        "Switch on the GnuPG feature of the Persistent Storage. If the key is only here now, back it up first.";
    SubmissionKey = "submission-key", Svs,
        "FAIL if the secret submission key that was paired is not here, or if others can read its file",
        "Submissions cannot be opened here, or others could open them.",
        "Start from the right stick. If it is, restore the key from its backup.";
    KeyExpiry = "key-expiry", Svs,
        "warn if the submission key has expired: by the dates that Tails and the last bundle carry, or by this station's clock. Nothing is refused",
        "Sources' browsers and newer programs may stop encrypting to this key. Old mail can be opened all the same.",
        "Tell your administrator: SecureDrop's guide says how a submission key is replaced.";
    Staleness = "staleness", Svs,
        "warn if the workstation packed its last bundle on a newer Tails than this one; not known before the first bundle",
        "This station is behind. It gets no notice of new Tails versions by itself.",
        "Upgrade its stick with Tails Cloner from a new Tails stick, on a computer that has no network.";
}

impl Check {
    /// Whether it is asked on this station.
    pub fn is_for(self, role: Role) -> bool {
        match (self.scope(), role) {
            (Scope::Both, _)
            | (Scope::Workstation, Role::Workstation)
            | (Scope::Svs | Scope::AirGap, Role::Svs) => true,
            (Scope::Workstation, Role::Svs) | (Scope::Svs | Scope::AirGap, Role::Workstation) => {
                false
            }
        }
    }

    /// The table as a page (docs/doctor.md is this text).
    pub fn page() -> String {
        let mut page = String::from(PAGE);
        let parts = [
            (Scope::AirGap, "The air gap of the Secure Viewing Station", GATE),
            (Scope::Svs, "The Secure Viewing Station", ""),
            (Scope::Workstation, "The workstation", SECRET),
            (Scope::Both, "Both stations", ""),
        ];
        for (scope, title, words) in parts {
            page.extend(["\n## ", title, "\n\n", words]);
            page.push_str("| check | rule | what it means | what to do |\n|---|---|---|---|\n");
            for check in Self::ALL.iter().filter(|c| c.scope() == scope) {
                let row = [&format!("`{}`", check.id()), check.rule(), check.means(), check.mend()];
                page.extend(["| ", &row.join(" | "), " |\n"]);
            }
        }
        page.push_str("\n## What no program can see\n\n");
        for unseen in CANNOT_SEE {
            page.extend(["- ", unseen, "\n"]);
        }
        page
    }
}

/// What no check can see.
pub const CANNOT_SEE: &[&str] = &[
    "radios and programs in the hardware itself, such as Intel ME and AMT",
    "sound, light and radio waves that carry data out of this room",
    "whether a stick was plugged into a networked computer before",
    "hardware that somebody tampered with",
];

const PAGE: &str = "\
# The checks of `sd-station doctor`

Generated from the table in `tails-persistence/doctor/src/table.rs`; a test holds this page against it.

`sd-station doctor` looks at the station it runs on and changes nothing. Each check is **ok**, **warn** or **FAIL**. What
could not be asked is **not known**: it counts as a warning, never as ok. Any FAIL ends with `STATION_UNSAFE`.
";

const GATE: &str = "\
These are also the gate: `sd-airgap unpack` and `verify`, and `sd-export inspect`, `preview`, `scrub`, `print` and `write`, ask
them before they open anything, and refuse on a FAIL and on what is not known
([decision 0022](decisions/0022-the-air-gap-gate.md)).

";

const SECRET: &str = "\
About `secret-key`: the fingerprint of the paired submission key is compared with every secret key and subkey that GnuPG
lists here. A key whose user ID holds \"SecureDrop\" or \"submission key\", in any case, fails as well: a newsroom may have
several, and the pairing names one. Other secret keys are somebody's own, and are let be when there is a pairing to compare
them with. A secret key in a file, outside of GnuPG, is not found.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_the_table() {
        assert_eq!(include_str!("../../../docs/doctor.md"), Check::page());
    }

    #[test]
    fn ids_are_unique_plain_words() {
        let mut ids: Vec<_> = Check::ALL.iter().map(|c| c.id()).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'-'))));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Check::ALL.len());
    }
}

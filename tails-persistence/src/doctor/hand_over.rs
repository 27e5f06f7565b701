//! The copy for the technologist: findings, and what a real Tails answers to our open questions.
//!
//! Nothing in it is a key, an address of the server, a name of a source or a serial number: checks
//! keep such words out of what they saw, and what looks like one all the same is withheld here.

use sd_doctor::{Finding, Place, Verdict};

use crate::asking::Programs;

/// What the copy says of the station beside the findings.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) role: &'static str,
    pub(crate) home: String,
    /// When, by this station's clock.
    pub(crate) now: String,
}

/// The copy's text.
pub(crate) fn hand_over(
    place: &Place,
    programs: &Programs,
    facts: &Facts,
    findings: &[Finding],
) -> String {
    let mut text = format!(
        "sneakernet {}: checkup of a station ({}), {} by its clock\n\
         No keys, no onion address, no names, no serial numbers: withheld where they would be.\n\n",
        env!("CARGO_PKG_VERSION"),
        facts.role,
        facts.now
    );
    for finding in findings {
        let word = match finding.verdict {
            Verdict::Unknown => "not known",
            verdict => verdict.word(),
        };
        let line = format!("{word:<10}{:<24}{}", finding.check.id(), finding.seen);
        text.extend([withheld(&line).as_str(), "\n"]);
    }
    text.push_str("\nWhat this Tails answers to the developers' open questions\n");
    for (question, answer) in questions(place, programs, facts) {
        let answer = sd_fs::escape(answer.as_bytes());
        text.extend([format!("  {question}: {}\n", withheld(answer.as_str()))]);
    }
    text
}

/// What only a real Tails can say. Nothing is tried out that changes something.
fn questions(place: &Place, programs: &Programs, facts: &Facts) -> Vec<(&'static str, String)> {
    let file = |path: &str| said(place.file(path));
    let list = |path: &str| said(place.list(path).map(|names| names.map(|n| n.join(" "))));
    vec![
        ("network interfaces", list("/sys/class/net")),
        ("tails.network", file("/var/lib/live/config/tails.network")),
        ("/etc/modprobe.d", list("/etc/modprobe.d")),
        ("form of the driver list", driver_list(place)),
        ("torrc", torrc(place)),
        ("udev rules", list("/etc/udev/rules.d")),
        ("our udev rules are links to", links(place)),
        ("usbguard list-devices as this user", usbguard(programs)),
        ("block devices", block_devices(place)),
        ("bubblewrap as this user", bwrap(programs)),
        ("mount options of sticks", stick_options(place)),
        ("securedrop_init.py", securedrop_init(place, &facts.home)),
        ("kernel", file("/proc/sys/kernel/osrelease")),
        ("Tails commit", commit(place)),
    ]
}

fn said(read: Result<Option<String>, sd_fs::DirError>) -> String {
    match read {
        Ok(Some(text)) => text.trim().chars().take(600).collect(),
        Ok(None) => "not there".to_owned(),
        Err(e) => format!("not readable: {e}"),
    }
}

fn driver_list(place: &Place) -> String {
    let names = ["all-net-blocklist.conf", "all-net-blacklist.conf"];
    for name in names {
        let Ok(Some(text)) = place.file(&format!("/etc/modprobe.d/{name}")) else { continue };
        let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
        let veth = lines.iter().any(|l| l.split_whitespace().nth(1) == Some("veth"));
        let first = lines.first().copied().unwrap_or_default();
        return format!("{name}, {} lines, such as \"{first}\", veth in it: {veth}", lines.len());
    }
    "not there".to_owned()
}

/// The lines that programs depend on; no onion key stands there, and no other line is copied.
fn torrc(place: &Place) -> String {
    const WANTED: [&str; 7] = [
        "SocksPort",
        "ControlPort",
        "DNSPort",
        "TransPort",
        "Sandbox",
        "DisableNetwork",
        "ClientOnionAuthDir",
    ];
    match place.file("/etc/tor/torrc") {
        Ok(Some(text)) => {
            let wanted = |l: &&str| WANTED.iter().any(|w| l.split_whitespace().next() == Some(w));
            text.lines().map(str::trim).filter(wanted).collect::<Vec<_>>().join("; ")
        }
        other => said(other),
    }
}

fn links(place: &Place) -> String {
    let one = |name: &str| said(place.points(&format!("/etc/udev/rules.d/{name}")));
    ["90-sd-storage.rules", "91-sd-usb.rules"].map(one).join("; ")
}

/// How many, and no more: the list has serial numbers in it.
fn usbguard(programs: &Programs) -> String {
    match programs.ask("usbguard", &["list-devices"]).and_then(|said| said.well("usbguard")) {
        Ok(text) => format!("{} devices", text.lines().count()),
        Err(e) => e.to_string(),
    }
}

/// Whose they are: whether this user may read them raw.
fn block_devices(place: &Place) -> String {
    let names = match place.list("/sys/block") {
        Ok(names) => names.unwrap_or_default(),
        Err(e) => return e.to_string(),
    };
    let disks = names.iter().filter(|n| n.starts_with("sd") || n.starts_with("nvme"));
    let shown = |disk: &String| match place.stands(&format!("/dev/{disk}")) {
        Ok(Some(look)) => format!("{disk} group {} mode {:o}", look.gid, look.mode),
        Ok(None) | Err(_) => format!("{disk} not seen"),
    };
    disks.map(shown).collect::<Vec<_>>().join("; ")
}

fn bwrap(programs: &Programs) -> String {
    let args = ["--unshare-user", "--unshare-net", "--ro-bind", "/", "/", "/usr/bin/true"];
    match programs.ask("bwrap", &args).and_then(|said| said.well("bwrap")) {
        Ok(_) => "works".to_owned(),
        Err(e) => e.to_string(),
    }
}

/// The options of what is mounted below /media; no label, no device.
fn stick_options(place: &Place) -> String {
    let Ok(Some(mounts)) = place.file("/proc/self/mountinfo") else {
        return "not readable".to_owned();
    };
    let sticks = mounts.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(' ').collect();
        fields.get(4)?.starts_with("/media/").then_some(())?;
        let kind = line.split_once(" - ")?.1.split(' ').next()?;
        Some(format!("{kind} {}", fields.get(5)?))
    });
    let sticks: Vec<String> = sticks.collect();
    if sticks.is_empty() { "none is mounted".to_owned() } else { sticks.join("; ") }
}

fn securedrop_init(place: &Place, home: &str) -> String {
    let places = ["Persistent/.securedrop", ".config/securedrop-admin", "Persistent/securedrop"];
    let there = places.into_iter().filter(|dir| {
        let path = format!("{home}/{dir}/securedrop_init.py");
        matches!(place.stands(&path), Ok(Some(_)))
    });
    let there: Vec<&str> = there.collect();
    if there.is_empty() { "in none of the known places".to_owned() } else { there.join(", ") }
}

fn commit(place: &Place) -> String {
    let text = said(place.file("/etc/os-release"));
    let commit = text.lines().find_map(|l| l.strip_prefix("TAILS_GIT_COMMIT="));
    // Short enough not to look like a key.
    commit.unwrap_or("not named").trim_matches('"').chars().take(10).collect()
}

/// The text without what looks like a key, a serial number, a hardware address or an onion
/// address.
fn withheld(text: &str) -> String {
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != ':')
        .map(|piece| {
            let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != ':');
            if is_secret(word) {
                format!("[withheld]{}", &piece[word.len()..])
            } else {
                piece.into()
            }
        })
        .collect()
}

fn is_secret(word: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    // A card's name may be made of its address: enx001122334455.
    let named = ["enx", "wlx", "wwx"]
        .iter()
        .any(|p| word.strip_prefix(p).is_some_and(|rest| rest.len() == 12 && hex(rest)));
    let digits = word.len() >= 12 && hex(word) && !word.bytes().all(|b| b == b'0');
    let pairs: Vec<&str> = word.split(':').collect();
    let address = pairs.len() == 6 && pairs.iter().all(|p| p.len() == 2 && hex(p));
    // The last half of a link-local address is made of a hardware address.
    let ipv6 = (word.contains("::") || pairs.len() > 4)
        && word.bytes().all(|b| b == b':' || b.is_ascii_hexdigit());
    let long = word.len() >= 40 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    named || digits || address || ipv6 || long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_withheld_and_words_are_not() {
        let onion = "a".repeat(56);
        for (text, shown) in [
            (format!("server {onion}.onion"), "server [withheld].onion"),
            ("enx001122334455 (up)".to_owned(), "[withheld] (up)"),
            ("at 00:11:22:33:44:55, up".to_owned(), "at [withheld], up"),
            ("key 65A1B5FF195B56353CC63DFFCC40EF1228271441".to_owned(), "key [withheld]"),
            ("fe80::211:22ff:fe33:4455 on eth0".to_owned(), "[withheld] on eth0"),
            ("serial 4C530001160523".to_owned(), "serial [withheld]"),
            (
                "network card 8086:15d7 at 0000:00:1f.6, 10.200.1.1:9050".to_owned(),
                "network card 8086:15d7 at 0000:00:1f.6, 10.200.1.1:9050",
            ),
        ] {
            assert_eq!(withheld(&text), shown);
        }
    }
}

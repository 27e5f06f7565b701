//! The workstation.

use std::net::Ipv4Addr;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::air_gap::{SOCKS, TOR_FLAG, network_setting};
use super::mounts;
use super::network::{list, listening};
use crate::answers::{Answers, SecretKey};
use crate::finding::{Judged, fail, ok, several, warn};
use crate::place::{Place, Unseen};

/// Words in a user ID that SecureDrop's guide has a submission key made with.
const NAMES: [&str; 2] = ["securedrop", "submission key"];

pub(super) fn secret_key(answers: &Answers) -> Judged {
    let keys = answers.keys.told()?;
    let paired = answers.pairing.told()?.as_ref().and_then(|p| p.submission.as_ref());
    let is_paired =
        |key: &&SecretKey| paired.is_some_and(|wanted| key.fingerprints.contains(wanted));
    let is_named = |key: &&SecretKey| {
        let lower = key.users.iter().map(|user| user.to_lowercase());
        lower.into_iter().any(|user| NAMES.iter().any(|name| user.contains(name)))
    };
    if keys.iter().any(|key| is_paired(&key)) {
        return fail("the secret submission key that was paired is in GnuPG here");
    }
    let named: Vec<&str> =
        keys.iter().filter(is_named).flat_map(|k| &k.users).map(String::as_str).collect();
    if !named.is_empty() {
        return Ok(
            fail("a secret key here calls itself a submission key")?.detail(named.join("; "))
        );
    }
    match (keys.len(), paired) {
        (0, _) => ok("GnuPG has no secret key"),
        (n, Some(_)) => ok(format_args!("{n} other secret key(s) in GnuPG, none of them that one")),
        (n, None) => {
            warn(format_args!("{n} secret key(s) in GnuPG, and no pairing to compare them with"))
        }
    }
}

pub(super) fn network_setting_on(place: &Place) -> Judged {
    match network_setting(place)? {
        Some(true) => ok("on"),
        Some(false) => warn("Tails was started in Offline Mode"),
        None => Err(Unseen::new("Tails does not say whether its network is on")),
    }
}

pub(super) fn network_link(place: &Place) -> Judged {
    let interfaces = list(place)?;
    let mut up = interfaces.iter().filter(|i| !i.is_own && i.state == "up");
    match up.next() {
        Some(interface) => ok(format_args!("{} is up", interface.name)),
        None => warn("no interface is up"),
    }
}

pub(super) fn tor(place: &Place) -> Judged {
    if place.has(TOR_FLAG)? { ok("ready") } else { warn("not ready") }
}

pub(super) fn tor_port(place: &Place) -> Judged {
    let ports = listening(place)?;
    for address in [Ipv4Addr::new(10, 200, 1, 1), Ipv4Addr::LOCALHOST] {
        if ports.contains(&(address, SOCKS)) {
            return ok(format_args!("{address}:{SOCKS} listens"));
        }
    }
    warn("closed")
}

/// Where SecureDrop's setup keeps it: since 2.13, before, and for a while in between.
const PLACES: [&str; 3] = [
    ".config/securedrop-admin",
    "Persistent/securedrop/install_files/ansible-base",
    "Persistent/.securedrop-admin",
];
const KEY_FILE: &str = "app-journalist.auth_private";

#[derive(Deserialize)]
struct Settings {
    journalist_interface: Option<String>,
}

pub(super) fn server_key(place: &Place, answers: &Answers) -> Judged {
    let mut addresses = Vec::new();
    let mut open = false;
    for dir in PLACES {
        let path = format!("{}/{dir}/{KEY_FILE}", answers.home);
        let Some(bytes) = place.bytes(&path)? else { continue };
        let bytes = Zeroizing::new(bytes);
        let Some(address) = address(&bytes) else {
            return fail(format_args!("the key file in ~/{dir} is damaged"));
        };
        open |= place.look(&path)?.is_none_or(|look| look.mode & 0o077 != 0);
        addresses.push(address);
    }
    let Some(first) = addresses.first() else {
        return warn("there is no key file of SecureDrop's setup");
    };
    if addresses.iter().any(|address| address != first) {
        return fail("two key files name two servers");
    }
    let settings = place.text(&format!("{}/settings.toml", answers.station))?;
    let settings: Settings = toml::from_str(&settings.unwrap_or_default())
        .map_err(|_| Unseen::new("settings.toml cannot be read"))?;
    match settings.journalist_interface {
        Some(wanted) if wanted.trim_end_matches(".onion") != first => {
            fail("the key file and settings.toml name two servers")
        }
        _ if open => warn("well-formed, but others can read it"),
        _ => ok("well-formed, and nobody else can read it"),
    }
}

/// The address in `ADDRESS:descriptor:x25519:KEY`; the key is looked at for its shape alone.
fn address(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end();
    let parts: Vec<&str> = text.split(':').collect();
    let [address, "descriptor", "x25519", key] = parts[..] else { return None };
    let base32 = |b: u8| matches!(b, b'2'..=b'7');
    let fits = |text: &str, length: usize, letter: fn(&u8) -> bool| {
        text.len() == length && text.bytes().all(|b| letter(&b) || base32(b))
    };
    let fine = fits(address, 56, u8::is_ascii_lowercase) && fits(key, 52, u8::is_ascii_uppercase);
    fine.then(|| address.to_owned())
}

pub(super) fn journalist_interface(answers: &Answers) -> Judged {
    let fetch = answers.fetch.told()?;
    match (fetch.knows_address, fetch.tor.as_str()) {
        (true, "ready") => ok("sd-fetch knows its address, and Tor is ready; it was not asked"),
        (true, tor) => warn(format_args!("sd-fetch knows its address; it calls Tor {tor}")),
        (false, _) => warn("sd-fetch does not know its address"),
    }
}

pub(super) fn proxies(answers: &Answers) -> Judged {
    if answers.proxies.is_empty() {
        ok("none is set")
    } else {
        warn(format_args!("set: {}", several(&answers.proxies)))
    }
}

/// Where the desktop mounts sticks.
const MEDIA: [&str; 2] = ["/media/", "/run/media/"];

pub(super) fn transfer_device(place: &Place) -> Judged {
    let mounts = mounts::list(place)?;
    let boot = mounts::boot_disk(place)?;
    let sticks: Vec<_> =
        mounts.iter().filter(|m| MEDIA.iter().any(|dir| m.at.starts_with(dir))).collect();
    let mut wrong = Vec::new();
    for stick in &sticks {
        let places = mounts.iter().filter(|m| m.device == stick.device).count();
        let part = stick.source.strip_prefix("/dev/").unwrap_or(&stick.source);
        if boot.is_some() && boot == Some(mounts::disk_of(place, part)?) {
            wrong.push("a part of the Tails stick is mounted");
        } else if !is_encrypted(place, &stick.device)? {
            wrong.push("a stick that is not encrypted is mounted");
        } else if places > 1 {
            wrong.push("a stick is mounted in two places");
        }
    }
    let names: Vec<&str> = sticks.iter().map(|m| m.at.as_str()).collect();
    match (wrong.first(), sticks.len()) {
        (Some(first), _) => Ok(warn(first)?.detail(several(&names))),
        (None, 0) => ok("none is mounted now"),
        (None, n) => Ok(ok(format_args!("{n} mounted, encrypted"))?.detail(several(&names))),
    }
}

fn is_encrypted(place: &Place, device: &str) -> Result<bool, Unseen> {
    let uuid = place.attribute(&format!("/sys/dev/block/{device}/dm/uuid"))?;
    Ok(uuid.is_some_and(|uuid| uuid.starts_with("CRYPT-LUKS")))
}

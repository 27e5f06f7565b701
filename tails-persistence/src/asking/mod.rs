//! Asks what no file says: other programs, this station's records, the clock.
//!
//! ```text
//! gdbus, gpg, passwd, gsettings, systemctl, systemd-detect-virt, nmcli, sd-fetch status
//!    '--a child each, with a time limit and a size limit--> Answer::Told, or why not
//! ```

mod child;
mod gnupg;

use std::path::Path;

use sd_bundle::{Home, KeySource, Ledger, Pairing, Role as PairedRole};
use sd_doctor::{Answer, Answers, FetchStatus, KeyPlace, LastManifest, Paired, Role, SecretKey};

use child::AskError;
pub(crate) use child::Programs;

/// Whose station is examined.
#[derive(Debug)]
pub(crate) struct Whose<'a> {
    /// As which of the two.
    pub(crate) role: Role,
    /// The station's directory.
    pub(crate) home: &'a Home,
    /// The desktop user's home.
    pub(crate) user: &'a Path,
    /// Names of proxy variables that are set.
    pub(crate) proxies: Vec<String>,
}

/// Asks everything that this station's checks want to know.
pub(crate) fn ask(programs: &Programs, whose: Whose<'_>) -> Answers {
    const STORAGE: &str = "org.boum.tails.PersistentStorage";
    const GNUPG: &str = "Features/GnuPG";
    let role = whose.role;
    let pairing = Answer::of(paired(whose.home));
    let key = match &pairing {
        Answer::Told(Some(paired)) => Some(&paired.key),
        Answer::Told(None) | Answer::NotTold(_) => None,
    };
    let here = |answer: Result<bool, AskError>| Answer::of(answer);
    Answers {
        home: whose.user.to_string_lossy().into_owned(),
        station: whose.home.path().to_string_lossy().into_owned(),
        program: Answer::of(own_program()),
        version: env!("CARGO_PKG_VERSION"),
        uid: rustix::process::geteuid().as_raw(),
        now: now(),
        storage: here(property(programs, "", STORAGE, "IsUnlocked")),
        gnupg: here(property(programs, GNUPG, &format!("{STORAGE}.Feature"), "IsActive")),
        password: here(password(programs)),
        machine: Answer::of(machine(programs)),
        usb_protection: here(setting(programs, "org.gnome.desktop.privacy", "usb-protection")),
        usbguard: here(is_active(programs, "usbguard.service")),
        automount: here(setting(programs, "org.gnome.desktop.media-handling", "automount")),
        keys: Answer::of(secret_keys(programs, key, whose.user)),
        proxies: whose.proxies,
        pairing,
        ..match role {
            Role::Svs => Answers {
                network_manager: Answer::of(network_manager(programs)),
                manifest: Answer::of(last_manifest(whose.home)),
                ..Answers::none(role)
            },
            Role::Workstation => Answers {
                fetch: Answer::of(fetch_status(programs, whose.home)),
                // Bundles are packed here, and none is verified.
                manifest: Answer::Told(None),
                ..Answers::none(role)
            },
        }
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

fn own_program() -> std::io::Result<String> {
    Ok(std::env::current_exe()?.to_string_lossy().into_owned())
}

/// What `sd-airgap pair` left.
pub(crate) fn paired(home: &Home) -> Result<Option<Paired>, sd_bundle::PairingError> {
    let Some(pairing) = Pairing::look(home)? else { return Ok(None) };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let key = match &pairing.key {
        Some(KeySource::File { path }) => KeyPlace::File(text(path)),
        Some(KeySource::Agent { home: Some(home) }) => KeyPlace::OtherGnuPg(text(home)),
        Some(KeySource::Agent { home: None }) | None => KeyPlace::GnuPg,
    };
    let role = match pairing.role {
        PairedRole::Svs => Role::Svs,
        PairedRole::Workstation => Role::Workstation,
    };
    Ok(Some(Paired { role, submission: pairing.submission.map(|f| f.to_string()), key }))
}

/// The newest manifest that the ledger keeps. Nothing is made where there is none.
fn last_manifest(home: &Home) -> Result<Option<LastManifest>, String> {
    let store = match sd_fs::Dir::open(&home.path().join("store")) {
        Err(e) if e.is_not_found() => return Ok(None),
        store => store.map_err(|e| e.to_string())?,
    };
    let ledger = Ledger::open(&store).map_err(|e| e.to_string())?;
    let Some((system, created)) = ledger.last_known() else { return Ok(None) };
    let created = created.unix().ok_or("the ledger names an impossible date")?;
    Ok(Some(LastManifest { system: system.as_str().to_owned(), created }))
}

/// A property of Tails's Persistent Storage, on the system bus.
fn property(
    programs: &Programs,
    object: &str,
    interface: &str,
    name: &str,
) -> Result<bool, AskError> {
    let path = "/org/boum/tails/PersistentStorage";
    let path = if object.is_empty() { path.to_owned() } else { format!("{path}/{object}") };
    let args = [
        "call",
        "--system",
        "--timeout=5",
        "--dest=org.boum.tails.PersistentStorage",
        &format!("--object-path={path}"),
        "--method=org.freedesktop.DBus.Properties.Get",
        interface,
        name,
    ];
    match programs.ask("gdbus", &args)?.well("gdbus")?.trim() {
        "(<true>,)" => Ok(true),
        "(<false>,)" => Ok(false),
        _ => Err(AskError::Odd("gdbus".to_owned())),
    }
}

/// `amnesia P 2026-09-01 ..`: P is a password, NP and L are none.
fn password(programs: &Programs) -> Result<bool, AskError> {
    let said = programs.ask("passwd", &["--status"])?.well("passwd")?;
    match said.split_whitespace().nth(1) {
        Some("P") => Ok(true),
        Some("NP" | "L") => Ok(false),
        Some(_) | None => Err(AskError::Odd("passwd".to_owned())),
    }
}

/// It says `none` and fails outside of a virtual machine.
fn machine(programs: &Programs) -> Result<String, AskError> {
    let said = programs.ask("systemd-detect-virt", &["--vm"])?;
    match said.text.trim() {
        "" => Err(AskError::Odd("systemd-detect-virt".to_owned())),
        word => Ok(word.to_owned()),
    }
}

fn setting(programs: &Programs, schema: &str, key: &str) -> Result<bool, AskError> {
    match programs.ask("gsettings", &["get", schema, key])?.well("gsettings")?.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(AskError::Odd("gsettings".to_owned())),
    }
}

/// It fails for a service that is not active, and says how it is.
fn is_active(programs: &Programs, service: &str) -> Result<bool, AskError> {
    let said = programs.ask("systemctl", &["is-active", service])?;
    match said.text.trim() {
        "active" => Ok(true),
        "inactive" | "failed" | "activating" | "deactivating" => Ok(false),
        _ => Err(AskError::Odd("systemctl".to_owned())),
    }
}

fn secret_keys(
    programs: &Programs,
    key: Option<&KeyPlace>,
    user: &Path,
) -> Result<Vec<SecretKey>, AskError> {
    // GnuPG would make its directory, and nothing is changed here.
    let elsewhere = matches!(key, Some(KeyPlace::OtherGnuPg(_)));
    if !elsewhere && !user.join(".gnupg").exists() {
        return Ok(Vec::new());
    }
    let mut args = vec![
        "--batch",
        "--no-tty",
        "--no-auto-check-trustdb",
        "--with-colons",
        "--fixed-list-mode",
    ];
    if let Some(KeyPlace::OtherGnuPg(home)) = key {
        args.extend(["--homedir", home]);
    }
    args.push("--list-secret-keys");
    Ok(gnupg::secret_keys(&programs.ask("gpg", &args)?.well("gpg")?))
}

/// Exit code 8 says that it does not run.
fn network_manager(programs: &Programs) -> Result<String, AskError> {
    let said = programs.ask("nmcli", &["-t", "-f", "STATE,CONNECTIVITY", "general"])?;
    match said.code {
        Some(8) => Ok("not running".to_owned()),
        _ => Ok(said.well("nmcli")?.trim().to_owned()),
    }
}

/// `sd-fetch status`, from beside this program. It asks no server.
fn fetch_status(programs: &Programs, home: &Home) -> Result<FetchStatus, AskError> {
    let odd = || AskError::Odd("sd-fetch".to_owned());
    let own = std::env::current_exe().map_err(|_| AskError::Missing("sd-fetch".to_owned()))?;
    let mut args = vec!["status".to_owned(), "--json".to_owned()];
    args.extend(home.args());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let said = programs.ask_at(&own.with_file_name("sd-fetch"), &args)?.well("sd-fetch")?;
    read_fetch_status(&said).ok_or_else(odd)
}

fn read_fetch_status(json: &str) -> Option<FetchStatus> {
    let said: serde_json::Value = serde_json::from_str(json).ok()?;
    let report = said.get("report")?;
    Some(FetchStatus {
        knows_address: report.get("server")?.get("address").is_some(),
        tor: report.get("tor")?.as_str()?.to_owned(),
    })
}

#[cfg(test)]
mod tests;

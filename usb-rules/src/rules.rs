//! The udev and `USBGuard` rules, rendered from the policy table.
//!
//! ```text
//! table --files()--> rules/svs/*.rules, rules/workstation/*.rules, rules/usbguard/rules.conf
//! ```
//! The files are committed, so that whoever installs them reads what they do. A test holds them
//! against this module.

mod storage;
mod usb;
mod usbguard;

/// A station of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Station {
    /// Offline: opens what arrives.
    Svs,
    /// Online: fetches and packs.
    Workstation,
}

/// One file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Where it stands, beneath `usb-rules/rules/`.
    pub path: &'static str,
    /// All of it.
    pub text: String,
}

/// Every file of rules, as it must stand in the repository.
pub fn files() -> Vec<RuleFile> {
    let file = |path, text| RuleFile { path, text };
    vec![
        file("svs/90-sd-storage.rules", storage::render(Station::Svs)),
        file("svs/91-sd-usb.rules", usb::render(Station::Svs)),
        file("usbguard/rules.conf", usbguard::render()),
        file("workstation/90-sd-storage.rules", storage::render(Station::Workstation)),
        file("workstation/91-sd-usb.rules", usb::render(Station::Workstation)),
    ]
}

/// The head of each file.
fn head(what: &str) -> String {
    let mut text = String::new();
    for line in what.lines() {
        text += format!("# {line}").trim_end();
        text.push('\n');
    }
    text + "#\n# Rendered from usb-rules/src/table.rs by `cargo run -p usb-rules --example render`.\n"
}

//! Which stick is meant.

use std::path::{Path, PathBuf};

use sd_term::{Failure, Hint, Status, Ui};
use usb_rules::{Access, Device, Role, UntrustedDevice};

use crate::wait::refused;

/// What the command line says about the stick.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// This one and no other.
    pub device: Option<PathBuf>,
    /// Where its passphrase comes from, if not from the terminal.
    pub passphrase_fd: Option<i32>,
    /// The PIM of a `VeraCrypt` volume, if it has one of its own.
    pub pim: Option<u32>,
}

/// A stick that was looked at, and what tells whether it is still the same one.
#[derive(Debug)]
pub struct Chosen<R: Role> {
    /// The stick.
    pub device: Device<R>,
    sequence: Option<u64>,
}

impl<R: Role> Chosen<R> {
    /// Refuses if another stick has come in its place: a node is given again at once. To be asked
    /// after each question that a person takes time to answer.
    pub fn is_still_there(&self, access: Access) -> Result<(), Failure> {
        let node = self.device.node();
        let found = usb_rules::discover().map_err(|e| Failure::new(Status::DeviceFailed, e))?;
        let again = found.iter().find(|d| d.node == node).map(|d| d.admit::<R>(access));
        let same = matches!(&again, Some(Ok(device)) if device.id() == self.device.id())
            && usb_rules::disk_sequence(node) == self.sequence;
        if same {
            return Ok(());
        }
        let what = format!("{}: it was taken out or exchanged meanwhile", self.device.title());
        Err(Failure::new(Status::DeviceRefused, what).hint(devices()))
    }
}

/// The one stick that is meant: the one that was named; else the only one that fits; else the
/// one that a person picks.
pub fn choose<R: Role>(wanted: &Wanted, access: Access, ui: &mut Ui) -> Result<Chosen<R>, Failure> {
    let found = usb_rules::discover().map_err(|e| Failure::new(Status::DeviceFailed, e))?;
    // Before anybody is asked: what is numbered here is what was looked at.
    let sequences: Vec<(String, Option<u64>)> =
        found.iter().map(|d| (d.node.clone(), usb_rules::disk_sequence(&d.node))).collect();
    let device = choose_from(&found, wanted, access, ui)?;
    let sequence = sequences.into_iter().find(|(node, _)| node == device.node());
    let chosen = Chosen { device, sequence: sequence.and_then(|(_, n)| n) };
    chosen.is_still_there(access)?;
    Ok(chosen)
}

fn choose_from<R: Role>(
    found: &[UntrustedDevice],
    wanted: &Wanted,
    access: Access,
    ui: &mut Ui,
) -> Result<Device<R>, Failure> {
    match &wanted.device {
        Some(node) => named(found, node, access),
        None => pick(fitting(found, access), found, access, ui),
    }
}

fn fitting<R: Role>(found: &[UntrustedDevice], access: Access) -> Vec<Device<R>> {
    found.iter().filter_map(|d| d.admit(access).ok()).collect()
}

fn named<R: Role>(
    found: &[UntrustedDevice],
    node: &Path,
    access: Access,
) -> Result<Device<R>, Failure> {
    // A person may name a link, such as one beneath /dev/disk/by-id.
    let node = std::fs::canonicalize(node).unwrap_or_else(|_| node.to_owned());
    let shown = sd_fs::escape(node.as_os_str().as_encoded_bytes());
    let is = |d: &&UntrustedDevice| {
        Path::new(&d.node) == node || d.volumes.iter().any(|v| Path::new(&v.node) == node)
    };
    let Some(device) = found.iter().find(is) else {
        let what = format!("{shown}: there is no such disk");
        return Err(Failure::new(Status::NotFound, what).hint(devices()));
    };
    let admitted: Device<R> = device.admit(access).map_err(|refusal| {
        let what = format!("{shown}: {refusal}; {}", refusal.next());
        Failure::new(Status::DeviceRefused, what).hint(devices())
    })?;
    // A partition that was named must be the one that would be used.
    if node == Path::new(admitted.node()) || node == Path::new(&admitted.volume().node) {
        return Ok(admitted);
    }
    let what = format!("{shown}: of this stick {} would be used", admitted.volume().node);
    Err(Failure::new(Status::DeviceRefused, what).hint(devices()))
}

fn pick<R: Role>(
    mut fitting: Vec<Device<R>>,
    found: &[UntrustedDevice],
    access: Access,
    ui: &mut Ui,
) -> Result<Device<R>, Failure> {
    if fitting.len() > 1 && ui.can_ask() {
        return ask(fitting, ui);
    }
    match (fitting.pop(), fitting.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(none::<R>(found, access)),
        (Some(last), false) => {
            fitting.push(last);
            let names: Vec<String> = fitting.iter().map(Device::title).collect();
            let what = format!("{} sticks would fit: {}", names.len(), names.join("; "));
            Err(Failure::new(Status::DeviceUnclear, what).hint(devices()))
        }
    }
}

fn ask<R: Role>(mut fitting: Vec<Device<R>>, ui: &mut Ui) -> Result<Device<R>, Failure> {
    ui.say("Several sticks would fit:");
    for (n, device) in fitting.iter().enumerate() {
        ui.say(format_args!("  {}  {}", n + 1, device.title()));
    }
    let answer = ui.line("Which one? Its number: ", "use --device NODE")?;
    match answer.trim().parse::<usize>() {
        Ok(n) if (1..=fitting.len()).contains(&n) => Ok(fitting.swap_remove(n - 1)),
        _ => Err(Failure::new(Status::DeviceUnclear, "no stick was picked")),
    }
}

/// No stick fits; what was seen and why it does not.
fn none<R: Role>(found: &[UntrustedDevice], access: Access) -> Failure {
    let refused = refused::<R>(found, access);
    let what = if refused.is_empty() {
        "no stick is plugged in".to_owned()
    } else {
        format!("no stick that is plugged in can be used: {}", refused.join("; "))
    };
    Failure::new(Status::NotFound, what).hint(devices())
}

fn devices() -> Hint {
    Hint::new(["sd-airgap", "devices"])
}

//! `sd-airgap devices`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Role};
use sd_term::{Failure, Report, Status, Ui, Wrapped};
use serde::Serialize;
use usb_rules::{Access, Transfer, UntrustedDevice};

use crate::media;
use crate::station::Station;

/// Show what is plugged in, and why each is used or refused
///
/// Nothing is mounted, unlocked or written. On the workstation a stick must be writable, on the
/// SVS it is only read.
#[derive(Debug, Args)]
pub(crate) struct DevicesArgs {}

/// One disk, or a USB device that is none.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    what: String,
    holds: String,
    accepted: bool,
    /// A stable word for the reason.
    word: &'static str,
    why: String,
    next: String,
}

#[derive(Debug, Serialize)]
struct Listing {
    devices: Vec<Row>,
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.devices {
            writeln!(f, "{}", Wrapped::new("", &row.what))?;
            if !row.holds.is_empty() {
                writeln!(f, "{}", Wrapped::new("  ", &format!("holds {}", row.holds)))?;
            }
            let verdict = if row.accepted { "can be used" } else { "REFUSED" };
            let why = if row.why.is_empty() { String::new() } else { format!(": {}", row.why) };
            writeln!(f, "{}", Wrapped::new("  ", &format!("{verdict}{why}")))?;
            if !row.next.is_empty() {
                writeln!(f, "{}", Wrapped::new("  ", &row.next))?;
            }
        }
        if self.devices.is_empty() {
            writeln!(f, "Nothing is plugged in.")?;
        }
        Ok(())
    }
}

impl Report for Listing {
    fn status(&self) -> Status {
        Status::Done
    }
}

pub(crate) fn run(home: &Home, ui: &mut Ui) -> ExitCode {
    let access = match Station::load_as(home, Role::Svs) {
        Ok(_) => Access::Read,
        Err(_) => Access::Write,
    };
    ui.finish("sd-airgap devices", look(access))
}

fn look(access: Access) -> Result<Listing, Failure> {
    let failed = |e| Failure::new(Status::DeviceFailed, e);
    let disks = usb_rules::discover().map_err(failed)?;
    let mut devices: Vec<Row> =
        disks.iter().filter(|d| d.usb.is_some()).map(|d| disk(d, access)).collect();
    devices.extend(usb_rules::units().map_err(failed)?.iter().map(other));
    Ok(Listing { devices })
}

fn disk(device: &UntrustedDevice, access: Access) -> Row {
    let (accepted, word, why, next) = match device.admit::<Transfer>(access) {
        Ok(_) => (true, "ok", String::new(), String::new()),
        Err(e) => (false, e.word(), e.to_string(), e.next().to_owned()),
    };
    Row {
        node: Some(device.node.clone()),
        what: device.title(),
        holds: media::holds(device).join(", "),
        accepted,
        word,
        why,
        next,
    }
}

fn other(device: &usb_rules::Other) -> Row {
    Row {
        node: None,
        what: sd_fs::escape(device.product.as_bytes()).to_string(),
        holds: String::new(),
        accepted: false,
        word: "no_disk",
        why: format!("it is {}, not a stick", device.what),
        next: String::new(),
    }
}

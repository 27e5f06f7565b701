//! `sd-airgap` without a command: the stage of this station, step by step.
//!
//! ```text
//! workstation:  receipt codes that came back? --> stick --> pack
//! SVS:          stick --> unpack --> browse, with the receipt code in sight
//! ```

use std::process::ExitCode;

use sd_bundle::{Home, PackState, Receipt, Role, Shipments};
use sd_doctor::Place;
use sd_stick::wait_for_stick;
use sd_term::{Failure, Hint, Ui, count, size};
use usb_rules::{Access, Transfer};

use super::browse::{self, After};
use super::confirm::ConfirmArgs;
use super::outbox_failure;
use super::pack::PackArgs;
use super::unpack::UnpackArgs;
use crate::packer::Packer;
use crate::station::{Station, StationError};

/// Guides whoever is there.
pub(crate) fn run(place: &Place, home: &Home, ui: &mut Ui) -> ExitCode {
    let result = match Station::load(home) {
        Ok(Station { role: Role::Workstation, .. }) => workstation(home, ui),
        Ok(Station { role: Role::Svs, .. }) => svs(place, home, ui),
        Err(e @ StationError::NotPaired) => {
            let help = Hint::new(["sd-airgap", "pair", "--help"]);
            Err(Failure::from(e).hint(help))
        }
        Err(e) => Err(e.into()),
    };
    result.unwrap_or_else(|failure| ui.fail("sd-airgap", &failure))
}

fn workstation(home: &Home, ui: &mut Ui) -> Result<ExitCode, Failure> {
    ui.heading("Pack for the Secure Viewing Station");
    take_receipts(home, ui)?;
    let waiting = {
        let packer = Packer::open(home)?;
        if packer.has_unsettled() { None } else { Some(packer.waiting(false)?) }
    };
    match waiting {
        Some(items) if items.is_empty() => {
            // The verb says it, without asking for a stick.
            return Ok(PackArgs::default().run(home, ui));
        }
        Some(items) => {
            let bytes: u64 = items.iter().map(|i| i.size).sum();
            let items = count(items.len(), "item");
            ui.say(format_args!("{items}, {}, go onto the Transfer Device.", size(bytes)));
        }
        None => ui.say("A pack was interrupted; it is finished first."),
    }
    wait_for_stick::<Transfer>(Access::Write, "Plug in the Transfer Device.", ui)?;
    Ok(PackArgs::default().run(home, ui))
}

/// Codes that a person brought back, one for each bundle that is on its way.
fn take_receipts(home: &Home, ui: &mut Ui) -> Result<(), Failure> {
    loop {
        let outbox = home.part("outbox")?;
        let shipments = Shipments::look(&outbox).map_err(outbox_failure)?;
        let on_its_way = |state| state == PackState::Packed;
        let open = shipments.bundles().iter().filter(|b| on_its_way(b.state)).count();
        if open == 0 {
            return Ok(());
        }
        let bundles = count(open, "bundle");
        ui.say(format_args!(
            "{bundles} packed before: no receipt code from the other station yet."
        ));
        let code =
            ui.line("Receipt code (only Enter if you have none): ", "use sd-airgap confirm")?;
        if code.trim().is_empty() {
            return Ok(());
        }
        match code.trim().parse::<Receipt>() {
            Ok(code) => {
                ConfirmArgs { code }.run(home, ui);
            }
            Err(e) => ui.warn(e),
        }
    }
}

fn svs(place: &Place, home: &Home, ui: &mut Ui) -> Result<ExitCode, Failure> {
    ui.heading("Open the transfer stick");
    wait_for_stick::<Transfer>(Access::Read, "Plug in the Transfer Device.", ui)?;
    let (unpacked, codes) = UnpackArgs::default().run_for_codes(place, home, ui);
    if unpacked != ExitCode::SUCCESS {
        // It has to be read before the view covers it.
        ui.say("\nWhat came before can be read all the same.");
        ui.wait_for_enter("Press Enter to read what has come. ")?;
    }
    let reminder = match codes.split_first() {
        None => String::new(),
        Some((code, [])) => format!("{code}: write it on paper, take the stick out"),
        Some((code, more)) => format!("{code}, and {} more when you leave", more.len()),
    };
    let read = browse::run(home, &After::Session { reminder }, ui);
    if !codes.is_empty() {
        ui.say(format_args!("\n{}\nOn paper, for the workstation.", codes.join("\n")));
    }
    Ok(read)
}

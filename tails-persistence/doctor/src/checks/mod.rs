//! One function a check.

mod air_gap;
mod hardware;
mod mounts;
mod network;
mod os;
mod programs;
mod storage;
mod svs;
mod system;
mod usb;
mod workstation;

use crate::answers::{Answers, Role};
use crate::finding::{Finding, Judged};
use crate::place::Place;
use crate::table::{Check, Scope};

pub use os::is_tails;
pub use programs::{Installed, Mode, installed};

/// Asks every check of this station.
pub fn examine(place: &Place, answers: &Answers) -> Vec<Finding> {
    let asked = Check::ALL.iter().filter(|check| check.is_for(answers.role));
    asked.map(|check| Finding::of(*check, judge(*check, place, answers))).collect()
}

/// Asks the checks of the air gap: files alone, in a few milliseconds.
pub fn examine_air_gap(place: &Place) -> Vec<Finding> {
    let answers = Answers::none(Role::Svs);
    let asked = Check::ALL.iter().filter(|check| check.scope() == Scope::AirGap);
    asked.map(|check| Finding::of(*check, judge(*check, place, &answers))).collect()
}

fn judge(check: Check, place: &Place, answers: &Answers) -> Judged {
    match check {
        Check::OfflineMode => air_gap::offline_mode(place),
        Check::DriverBlock => air_gap::driver_block(place),
        Check::Interfaces => network::interfaces(place),
        Check::Addresses => network::addresses(place),
        Check::Routes => network::routes(place),
        Check::Neighbours => network::neighbours(place),
        Check::Bluetooth => air_gap::bluetooth(place),
        Check::Radios => air_gap::radios(place),
        Check::TorRunning => air_gap::tor_running(place),
        Check::LoadedDrivers => air_gap::loaded_drivers(place),
        Check::Tails => system::tails(place),
        Check::Station => programs::station(place, answers),
        Check::TailsVersion => system::tails_version(place, answers),
        Check::TailsAge => system::tails_age(place, answers),
        Check::VirtualMachine => system::virtual_machine(answers),
        Check::BootOptions => system::boot_options(place),
        Check::PersistentStorage => storage::persistent_storage(answers),
        Check::PersistentFolder => storage::persistent_folder(place, answers),
        Check::Room => storage::room(place, answers),
        Check::Memory => system::memory(place),
        Check::Swap => system::swap(place),
        Check::AdministrationPassword => system::administration_password(answers),
        Check::User => system::user(answers),
        Check::Programs => programs::programs(place, answers),
        Check::Release => programs::release(place, answers),
        Check::UsbProtection => usb::usb_protection(answers),
        Check::UsbGuard => usb::usbguard(answers),
        Check::Automount => usb::automount(place, answers),
        Check::UdevRules => usb::udev_rules(place),
        Check::Clock => system::clock(place, answers),
        Check::SecretKey => workstation::secret_key(answers),
        Check::NetworkSetting => workstation::network_setting_on(place),
        Check::NetworkLink => workstation::network_link(place),
        Check::Tor => workstation::tor(place),
        Check::TorPort => workstation::tor_port(place),
        Check::ServerKey => workstation::server_key(place, answers),
        Check::JournalistInterface => workstation::journalist_interface(answers),
        Check::Proxies => workstation::proxies(answers),
        Check::TransferDevice => workstation::transfer_device(place),
        Check::NetworkManager => svs::network_manager(answers),
        Check::NetworkHardware => hardware::network(place),
        Check::Disks => hardware::disks(place),
        Check::Sound => hardware::sound(place),
        Check::Cameras => hardware::cameras(place),
        Check::Ports => hardware::ports(place),
        Check::GnuPgFolder => svs::gnupg_folder(place, answers),
        Check::SubmissionKey => svs::submission_key(place, answers),
        Check::KeyExpiry => svs::key_expiry(place, answers),
        Check::Staleness => svs::staleness(place, answers),
    }
}

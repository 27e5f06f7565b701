//! The passphrase of a stick, asked for until it fits.

use sd_term::{Failure, Secret, SecretError, Status, Ui};
use usb_rules::udisks::{Udisks, UdisksError};
use usb_rules::{Access, Role};

use crate::failure::stick_failure;
use crate::find::{Chosen, Wanted};

/// How often a passphrase may be typed.
const TRIES: usize = 3;

/// What locks a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// LUKS, whose header says so.
    Luks,
    /// `VeraCrypt` or `TrueCrypt`, which nothing but the passphrase can tell from noise.
    VeraCrypt,
}

/// A volume that is open.
pub(crate) struct Unlocked {
    /// The node of what is in it.
    pub(crate) plain: String,
    /// Whether a person typed its passphrase just now.
    pub(crate) typed: bool,
}

/// Unlocks the chosen stick's volume.
pub(crate) fn unlock<R: Role>(
    udisks: &Udisks,
    chosen: &Chosen<R>,
    lock: Lock,
    wanted: &Wanted,
    access: Access,
    ui: &mut Ui,
) -> Result<Unlocked, Failure> {
    let node = &chosen.device.volume().node;
    if let Some(plain) = udisks.unlocked(node).map_err(stick_failure)? {
        return Ok(Unlocked { plain, typed: false });
    }
    for attempt in 0..TRIES {
        if attempt > 0 {
            ui.say("That is not its passphrase. Try again.");
        }
        let secret = passphrase(wanted.passphrase_fd, "Passphrase of the stick: ", ui)?;
        chosen.is_still_there(access)?;
        let unlocked = match lock {
            Lock::Luks => udisks.unlock(node, secret.expose(), access),
            Lock::VeraCrypt => {
                ui.say("Unlocking: a VeraCrypt volume takes up to a minute.");
                udisks.unlock_veracrypt(node, secret.expose(), wanted.pim, access)
            }
        };
        match unlocked {
            // What comes from a descriptor does not get better by asking again.
            Err(UdisksError::Passphrase) if wanted.passphrase_fd.is_none() && ui.can_ask() => {}
            other => {
                let typed = wanted.passphrase_fd.is_none();
                return other.map(|plain| Unlocked { plain, typed }).map_err(stick_failure);
            }
        }
    }
    Err(stick_failure(UdisksError::Passphrase))
}

/// A stick's passphrase, from the descriptor or from the terminal.
pub fn passphrase(fd: Option<i32>, question: &str, ui: &mut Ui) -> Result<Secret, Failure> {
    match fd {
        Some(fd) => {
            let [secret] = Secret::lines_from_fd(fd, ["passphrase"])
                .map_err(|e: SecretError| Failure::new(Status::Usage, e))?;
            Ok(secret)
        }
        None => Ok(ui.secret(question, "use --stick-passphrase-fd N")?),
    }
}

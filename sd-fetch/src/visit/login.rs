//! Who asks: the credentials, from a person or from a file descriptor.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sd_term::{Failure, Secret, SecretError, Status, Ui};

use crate::journalist_interface::{Credentials, CredentialsError};

/// A person may try so often in one run: the server locks an account after five in a minute.
const ATTEMPTS: u32 = 3;

/// How long a one-time code is shown.
const STEP: u64 = 30;

/// Where the credentials come from, and what was done with them so far.
pub(crate) struct Login {
    who: Who,
    /// The code that was sent last: the server takes none twice.
    used: Option<Secret>,
    refused: u32,
}

enum Who {
    Person { username: Option<String> },
    Descriptor(i32),
}

/// What a refused login leads to.
pub(super) enum Refused {
    AskAgain,
    GiveUp,
}

impl Login {
    /// Asks a person at the terminal.
    pub(crate) fn by_prompt(username: Option<String>) -> Self {
        Self { who: Who::Person { username }, used: None, refused: 0 }
    }

    /// Reads user name, passphrase and code, a line each; for a second login the next three.
    pub(crate) fn from_descriptor(fd: i32) -> Self {
        Self { who: Who::Descriptor(fd), used: None, refused: 0 }
    }

    /// One set of credentials, not yet sent.
    pub(super) fn ask(&mut self, ui: &mut Ui) -> Result<Credentials, Failure> {
        let (username, passphrase, code) = match &mut self.who {
            Who::Descriptor(fd) => {
                let names = ["user name", "passphrase", "one-time code"];
                let [username, passphrase, code] =
                    Secret::lines_from_fd(*fd, names).map_err(|e| unreadable(&e))?;
                if self.used.as_ref() == Some(&code) {
                    return Err(used_before());
                }
                (username.expose().to_owned(), passphrase, code)
            }
            Who::Person { username } => prompt(username, self.used.as_ref(), ui)?,
        };
        self.used = Some(code.clone());
        Credentials::new(&username, passphrase, &code).map_err(not_sent)
    }

    /// The server refused what was sent.
    pub(super) fn refused(&mut self, ui: &Ui) -> Refused {
        self.refused += 1;
        match &mut self.who {
            Who::Person { username } if ui.can_ask() && self.refused < ATTEMPTS => {
                // The name may be the mistake.
                *username = None;
                Refused::AskAgain
            }
            _ => Refused::GiveUp,
        }
    }

    /// Waits until a phone shows another code than the one that was used up.
    pub(super) fn wait_for_a_code(&self, ui: &Ui) {
        if matches!(self.who, Who::Person { .. }) {
            ui.count_down("that code is used up; a new one comes in", until_next_code());
        }
    }
}

fn prompt(
    username: &mut Option<String>,
    used: Option<&Secret>,
    ui: &mut Ui,
) -> Result<(String, Secret, Secret), Failure> {
    const INSTEAD: &str = "use --credentials-fd";
    let name = match username {
        Some(name) => name.clone(),
        None => ui.line("User name: ", INSTEAD)?,
    };
    let passphrase = ui.secret("Passphrase: ", INSTEAD)?;
    let mut code = ui.secret("One-time code: ", INSTEAD)?;
    while used == Some(&code) && !code.expose().is_empty() {
        ui.say("That code was used before, and the server takes none twice.");
        ui.count_down("a new one comes in", until_next_code());
        code = ui.secret("One-time code: ", INSTEAD)?;
    }
    *username = Some(name.clone());
    Ok((name, passphrase, code))
}

/// Codes change on the full and the half minute.
fn until_next_code() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let into =
        Duration::from_secs(now.as_secs() % STEP) + Duration::from_nanos(now.subsec_nanos().into());
    Duration::from_secs(STEP).saturating_sub(into)
}

fn unreadable(e: &SecretError) -> Failure {
    Failure::new(Status::Usage, e)
}

fn used_before() -> Failure {
    let words = "this one-time code was used before, and the server takes none twice";
    Failure::new(Status::Refused, format_args!("{words}; nothing was sent"))
}

fn not_sent(e: CredentialsError) -> Failure {
    Failure::new(Status::Refused, format_args!("{e}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_code_is_never_more_than_half_a_minute_away() {
        let wait = until_next_code();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(STEP));
    }
}

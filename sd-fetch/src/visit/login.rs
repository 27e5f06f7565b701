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
    /// The codes that were sent: the server takes none twice in a row, and we none at all.
    used: Vec<Secret>,
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
        Self { who: Who::Person { username }, used: Vec::new(), refused: 0 }
    }

    /// Reads user name, passphrase and code, a line each; for a second login the next three.
    pub(crate) fn from_descriptor(fd: i32) -> Self {
        Self { who: Who::Descriptor(fd), used: Vec::new(), refused: 0 }
    }

    /// One set of credentials, not yet sent. A person is asked again for what cannot be right.
    pub(super) fn ask(&mut self, ui: &mut Ui) -> Result<Credentials, Failure> {
        for attempt in 1.. {
            let (username, passphrase, code) = match &mut self.who {
                Who::Descriptor(fd) => from_descriptor(*fd, &self.used)?,
                Who::Person { username } => prompt(username, &self.used, ui)?,
            };
            match Credentials::new(&username, passphrase, &code) {
                Ok(credentials) => {
                    self.used.push(code);
                    return Ok(credentials);
                }
                Err(e) if matches!(self.who, Who::Person { .. }) && attempt < ATTEMPTS => {
                    ui.warn(not_sent(e).message);
                }
                Err(e) => return Err(not_sent(e)),
            }
        }
        Err(used_before())
    }

    /// The server took what was sent.
    pub(super) fn accepted(&mut self) {
        self.refused = 0;
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

fn from_descriptor(fd: i32, used: &[Secret]) -> Result<(String, Secret, Secret), Failure> {
    let names = ["user name", "passphrase", "one-time code"];
    let [username, passphrase, code] =
        Secret::lines_from_fd(fd, names).map_err(|e| unreadable(&e))?;
    let code = digits(&code);
    if used.contains(&code) {
        return Err(used_before());
    }
    Ok((username.expose().to_owned(), passphrase, code))
}

fn prompt(
    username: &mut Option<String>,
    used: &[Secret],
    ui: &mut Ui,
) -> Result<(String, Secret, Secret), Failure> {
    const INSTEAD: &str = "use --credentials-fd";
    let name = match username {
        Some(name) => name.clone(),
        None => ui.line("User name: ", INSTEAD)?,
    };
    let passphrase = ui.secret("Passphrase: ", INSTEAD)?;
    let mut code = digits(&ui.secret("One-time code: ", INSTEAD)?);
    while used.contains(&code) {
        ui.say("That code was used before, and the server takes none twice.");
        ui.count_down("a new one comes in", until_next_code());
        code = digits(&ui.secret("One-time code: ", INSTEAD)?);
    }
    *username = Some(name.clone()).filter(|name| !name.trim().is_empty());
    Ok((name, passphrase, code))
}

/// A code without the blanks that phones show: `123 456` and `123456` are one code.
fn digits(code: &Secret) -> Secret {
    Secret::new(code.expose().chars().filter(|c| !c.is_whitespace()).collect())
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
    fn blanks_do_not_make_another_code() {
        let secret = |text: &str| Secret::new(text.to_owned());
        assert_eq!(digits(&secret(" 123 456")), digits(&secret("123456")));
        assert_ne!(digits(&secret("123 457")), digits(&secret("123456")));
    }

    #[test]
    fn the_next_code_is_never_more_than_half_a_minute_away() {
        let wait = until_next_code();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(STEP));
    }
}

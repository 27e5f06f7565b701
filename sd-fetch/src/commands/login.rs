//! Who asks: the credentials, from a person or from a file descriptor.

use clap::Args;
use sd_term::{Failure, Secret, SecretError, Status, Ui};

use crate::journalist_interface::{Credentials, CredentialsError};

/// How the journalist logs in.
#[derive(Args)]
pub(crate) struct LoginArgs {
    /// The journalist's user name; asked for when not given
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read user name, passphrase and one-time code, a line each, from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "username",
          value_parser = clap::value_parser!(i32).range(0..))]
    credentials_fd: Option<i32>,
}

/// Where the credentials come from.
pub(super) enum Login {
    /// A person at the terminal.
    Prompt { username: Option<String> },
    /// Lines in a descriptor.
    Descriptor(i32),
}

impl LoginArgs {
    /// Which of the two.
    pub(super) fn into_login(self) -> Login {
        match self.credentials_fd {
            Some(fd) => Login::Descriptor(fd),
            None => Login::Prompt { username: self.username },
        }
    }
}

impl Login {
    /// One set of credentials, not yet sent.
    pub(super) fn credentials(&self, ui: &mut Ui) -> Result<Credentials, Failure> {
        const INSTEAD: &str = "use --credentials-fd";
        let (username, passphrase, code) = match self {
            Login::Descriptor(fd) => {
                let names = ["user name", "passphrase", "one-time code"];
                let [username, passphrase, code] =
                    Secret::lines_from_fd(*fd, names).map_err(|e| unreadable(&e))?;
                (username.expose().to_owned(), passphrase, code)
            }
            Login::Prompt { username } => {
                let username = match username {
                    Some(name) => name.clone(),
                    None => ui.line("User name: ", INSTEAD)?,
                };
                let passphrase = ui.secret("Passphrase: ", INSTEAD)?;
                (username, passphrase, ui.secret("One-time code: ", INSTEAD)?)
            }
        };
        Credentials::new(&username, passphrase, &code).map_err(not_sent)
    }
}

fn unreadable(e: &SecretError) -> Failure {
    Failure::new(Status::Usage, e)
}

fn not_sent(e: CredentialsError) -> Failure {
    Failure::new(Status::Refused, format_args!("{e}; nothing was sent"))
}

//! One conversation with the Journalist Interface, from the first knock to the logout.
//!
//! ```text
//! reach: knock, wait for Tor --> login: ask a person --> Visit --> the work of a verb --> logout
//!                                     ^                    |
//!                                     '--session ended-----'   the work goes on where it was
//! ```

mod login;
mod reach;

use std::time::Duration;

use sd_term::{Failure, Ui};

use crate::failures::Step;
use crate::journalist_interface::{Client, ClientError, Session};

pub(crate) use login::Login;
use login::Refused;

/// A logged-in journalist, and the circuits to work on.
pub(crate) struct Visit<'c> {
    clients: &'c [Client],
    session: Session<'c>,
    login: Login,
}

impl<'c> Visit<'c> {
    /// Waits until the server answers, then logs in. The first client is the one that talks;
    /// the others are for downloads.
    pub(crate) fn begin(
        clients: &'c [Client],
        mut login: Login,
        wait: Duration,
        ui: &mut Ui,
    ) -> Result<Self, Failure> {
        let [client, ..] = clients else {
            return Err(Failure::new(sd_term::Status::Bug, "no way to the server was made"));
        };
        reach::reach(client, wait, ui)?;
        let session = log_in(client, &mut login, ui)?;
        Ok(Self { clients, session, login })
    }

    /// The session.
    pub(crate) fn session(&self) -> &Session<'c> {
        &self.session
    }

    /// Ways to the server, each a circuit of its own.
    pub(crate) fn clients(&self) -> &'c [Client] {
        self.clients
    }

    /// Logs in anew after the server ended the session.
    pub(crate) fn log_in_again(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        ui.say("The Journalist Interface ended the session. Everything fetched so far is kept.");
        ui.say("Log in again to go on. The one-time code must be a new one.");
        self.session = log_in(self.session.client(), &mut self.login, ui)?;
        Ok(())
    }

    /// Ends the session on the server.
    pub(crate) fn end(self, ui: &mut Ui) {
        match self.session.logout() {
            // A 403 says that there is no session any more: just what was wanted.
            Ok(()) | Err(ClientError::Forbidden(_)) => {}
            Err(e) => ui.warn(format_args!(
                "logging out: {e}; the session ends by itself within two hours"
            )),
        }
    }
}

/// One login. A person whose login was refused may try again, with a new code; nothing is ever
/// sent twice by itself, for each attempt uses up its code and counts against the account.
fn log_in<'c>(client: &'c Client, login: &mut Login, ui: &mut Ui) -> Result<Session<'c>, Failure> {
    loop {
        let credentials = login.ask(ui)?;
        match client.login(&credentials) {
            Ok(session) => {
                login.accepted();
                return Ok(session);
            }
            Err(e @ ClientError::Forbidden(_)) => match login.refused(ui) {
                Refused::AskAgain => ui.warn(Step::LoggingIn.failed(&e).message),
                Refused::GiveUp => return Err(Step::LoggingIn.failed(&e)),
            },
            Err(e) => return Err(Step::LoggingIn.failed(&e)),
        }
        login.wait_for_a_code(ui);
    }
}

//! What kind of server to be: its stack, its users and its rules.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::clock::Clock;
use super::faults::Fault;
use crate::totp::TotpSecret;

/// The passphrase of the development users of `SecureDrop`.
pub const DEV_PASSPHRASE: &str = "correct horse battery staple profanity oil chewy";
/// The one-time-code secret of the development users of `SecureDrop`, base32.
pub const DEV_TOTP_SECRET: &str = "JHCOGO7VCER3EJ4L";
/// The user that stands for every journalist whose account was deleted.
pub const DELETED_USER_UUID: &str = "156f76c1-2d71-44fa-b7e9-16ce03969062";

/// The web server stack, which decides header order, HTML errors and what ranges do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stack {
    /// Apache with `mod_xsendfile` in front, as in production.
    #[default]
    Apache,
    /// The Flask development server.
    FlaskDev,
}

/// A journalist's account.
#[derive(Clone, Debug)]
pub struct User {
    /// The account's UUID.
    pub uuid: String,
    /// The name to log in with.
    pub username: String,
    /// The passphrase, in the clear: this is test data.
    pub passphrase: String,
    /// What its one-time codes are made from.
    pub totp: TotpSecret,
    /// Whether `GET /user` says it is an admin.
    pub is_admin: bool,
    /// First and last name; `None` is `null` in JSON.
    pub names: (Option<String>, Option<String>),
}

impl User {
    /// A development account with this UUID and name.
    pub fn dev(uuid: &str, username: &str) -> io::Result<Self> {
        Ok(Self {
            uuid: uuid.to_owned(),
            username: username.to_owned(),
            passphrase: DEV_PASSPHRASE.to_owned(),
            totp: TotpSecret::from_base32(DEV_TOTP_SECRET)?,
            is_admin: false,
            names: (None, None),
        })
    }

    /// The admin account `journalist` of a development server.
    pub fn journalist() -> io::Result<Self> {
        let user = Self::dev("1cb72e01-2ddb-4d9e-aa4b-687196a0f6d4", "journalist")?;
        Ok(Self { is_admin: true, ..user })
    }

    /// The plain account `dellsberg` of a development server.
    pub fn dellsberg() -> io::Result<Self> {
        Self::dev("91dce0a0-958e-4ce0-8583-0b207ddd1002", "dellsberg")
    }

    /// The code this user's phone shows now.
    pub fn code(&self, at: Timestamp) -> io::Result<String> {
        self.totp.code(at)
    }
}

/// How long a token lives.
#[derive(Clone, Copy, Debug)]
pub struct TokenLife {
    /// From login, and added by each extension.
    pub life: SignedDuration,
    /// A request with less than this left extends it.
    pub extend_below: SignedDuration,
    /// How often at most.
    pub extensions: u32,
}

impl Default for TokenLife {
    fn default() -> Self {
        Self {
            life: SignedDuration::from_hours(2),
            extend_below: SignedDuration::from_mins(30),
            extensions: 5,
        }
    }
}

/// When further attempts to log in are refused whatever they say.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    /// Attempts that are still looked at, of one user, in one period.
    pub attempts: usize,
    /// The period.
    pub period: SignedDuration,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { attempts: 5, period: SignedDuration::from_secs(60) }
    }
}

/// Everything that can be chosen about a test server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whose answers to give.
    pub stack: Stack,
    /// The server's clock.
    pub clock: Clock,
    /// The accounts, besides the system's own `deleted`.
    pub users: Vec<User>,
    /// Life of a token.
    pub tokens: TokenLife,
    /// Limit on attempts to log in.
    pub throttle: Throttle,
    /// Steps before and after the present one whose code is accepted too.
    pub code_window: i64,
    /// How long an idle connection is kept (Apache only; Flask closes after each answer).
    pub keep_alive: Duration,
    /// Bytes a second on each connection; as fast as it goes if there is none.
    pub rate: Option<u64>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
}

impl Config {
    /// Apache, the computer's clock, the users `journalist` and `dellsberg`, the server's own rules.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            stack: Stack::default(),
            clock: Clock::default(),
            users: vec![User::journalist()?, User::dellsberg()?],
            tokens: TokenLife::default(),
            throttle: Throttle::default(),
            code_window: 1,
            keep_alive: Duration::from_secs(5),
            rate: None,
            faults: Vec::new(),
        })
    }

    /// The same with another stack.
    #[must_use]
    pub fn on(self, stack: Stack) -> Self {
        Self { stack, ..self }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same, as slow as this.
    #[must_use]
    pub fn at_rate(self, bytes_a_second: u64) -> Self {
        Self { rate: Some(bytes_a_second), ..self }
    }

    /// The same with one more fault.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }
}

//! Logging in, and the tokens that come of it.
//!
//! ```text
//! attempt -> known user? -> counted, throttled? -> code in window, not the last one? -> code is spent
//!                                                                                        -> passphrase?
//! ```
//! Every refusal looks the same from outside.

use std::collections::HashMap;
use std::io;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::config::{Config, User};
use crate::totp::STEP_SECONDS;

/// A passphrase longer than this makes the server crash instead of refusing.
const LONGEST_PASSPHRASE: usize = 128;

/// What a login attempt sends.
pub(super) struct Credentials<'a> {
    pub(super) username: &'a str,
    pub(super) passphrase: &'a str,
    pub(super) one_time_code: &'a str,
}

/// Why there is no token.
#[derive(Debug)]
pub(super) enum Denied {
    /// Wrong in some way that is not told.
    Refused,
    /// The server stumbled.
    Crashed,
}

/// A token as it was granted.
pub(super) struct Granted {
    pub(super) token: String,
    pub(super) expiration: Timestamp,
    pub(super) user: User,
}

#[derive(Debug)]
struct Session {
    user: String,
    expires: Timestamp,
    extensions_left: u32,
}

/// All that the server remembers about logins.
#[derive(Debug, Default)]
pub(super) struct Logins {
    sessions: HashMap<String, Session>,
    attempts: HashMap<String, Vec<Timestamp>>,
    last_codes: HashMap<String, String>,
    logged_in_at: HashMap<String, Timestamp>,
    granted: u64,
}

impl Logins {
    /// One attempt to log in.
    pub(super) fn log_in(
        &mut self,
        config: &Config,
        credentials: &Credentials<'_>,
    ) -> Result<Granted, Denied> {
        let now = config.clock.now();
        let user = config.users.iter().find(|u| u.username == credentials.username);
        let user = user.ok_or(Denied::Refused)?;
        if self.is_throttled(config, user, now) {
            return Err(Denied::Refused);
        }
        let code: String = credentials.one_time_code.split_whitespace().collect();
        if !self.accepts_code(config, user, &code, now).map_err(|_| Denied::Crashed)? {
            return Err(Denied::Refused);
        }
        // Spent before the passphrase is looked at: a wrong passphrase burns the code.
        self.last_codes.insert(user.uuid.clone(), code);
        if credentials.passphrase.chars().count() > LONGEST_PASSPHRASE {
            return Err(Denied::Crashed);
        }
        if credentials.passphrase != user.passphrase {
            return Err(Denied::Refused);
        }
        Ok(self.grant(config, user))
    }

    /// A token without any question asked.
    pub(super) fn grant(&mut self, config: &Config, user: &User) -> Granted {
        let now = config.clock.now();
        self.granted += 1;
        let token = signed_token(&format!("{} {}", user.uuid, self.granted));
        let expiration = now + config.tokens.life;
        let session = Session {
            user: user.uuid.clone(),
            expires: expiration,
            extensions_left: config.tokens.extensions,
        };
        self.sessions.insert(token.clone(), session);
        self.logged_in_at.insert(user.uuid.clone(), now);
        Granted { token, expiration, user: user.clone() }
    }

    /// The user whose live token this `Authorization` header carries.
    pub(super) fn user_of<'c>(&mut self, config: &'c Config, header: &str) -> Option<&'c User> {
        let token = token_in(header)?;
        let now = config.clock.now();
        let session = self.sessions.get_mut(token)?;
        if session.expires <= now {
            self.sessions.remove(token);
            return None;
        }
        let short = session.expires.duration_since(now) < config.tokens.extend_below;
        if short && session.extensions_left > 0 {
            session.extensions_left -= 1;
            session.expires += config.tokens.life;
        }
        config.users.iter().find(|user| user.uuid == session.user)
    }

    /// Forgets the token in this `Authorization` header.
    pub(super) fn revoke(&mut self, header: &str) {
        if let Some(token) = token_in(header) {
            self.sessions.remove(token);
        }
    }

    /// Forgets every token, as a reboot of the server does.
    pub(super) fn revoke_all(&mut self) {
        self.sessions.clear();
    }

    /// When this user last logged in.
    pub(super) fn last_login(&self, user: &User) -> Option<Timestamp> {
        self.logged_in_at.get(&user.uuid).copied()
    }

    /// Counts this attempt, whatever becomes of it, and says whether there were too many.
    fn is_throttled(&mut self, config: &Config, user: &User, now: Timestamp) -> bool {
        let attempts = self.attempts.entry(user.uuid.clone()).or_default();
        attempts.push(now);
        attempts.retain(|at| now.duration_since(*at) < config.throttle.period);
        attempts.len() > config.throttle.attempts
    }

    /// In the window, and not the very code that was accepted last.
    fn accepts_code(
        &self,
        config: &Config,
        user: &User,
        code: &str,
        now: Timestamp,
    ) -> io::Result<bool> {
        if self.last_codes.get(&user.uuid).is_some_and(|last| last == code) {
            return Ok(false);
        }
        for step in -config.code_window..=config.code_window {
            if user.code(now + SignedDuration::from_secs(step * STEP_SECONDS))? == code {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The token of a header that reads exactly `Token <t>`, one space.
fn token_in(header: &str) -> Option<&str> {
    let mut words = header.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("Token"), Some(token), None) => Some(token),
        _ => None,
    }
}

/// Something of the shape of a signed session id: 60, 6 and 27 characters, joined by dots.
pub(super) fn signed_token(seed: &str) -> String {
    let letters = opaque(seed, 93);
    format!("{}.{}.{}", &letters[..60], &letters[60..66], &letters[66..])
}

/// As many URL-safe characters as asked for, the same for the same seed.
pub(super) fn opaque(seed: &str, length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let blocks = (0_u32..).flat_map(|n| Sha256::digest(format!("{seed} {n}")));
    blocks.map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).take(length).collect()
}

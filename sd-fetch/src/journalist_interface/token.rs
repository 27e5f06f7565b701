//! What a person proves themselves with, and what the server gives for it.

use sd_term::Secret;
use serde::{Deserialize, Serialize};
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

/// The server crashes on a longer passphrase instead of refusing it.
const MAX_PASSPHRASE: usize = 128;

/// Credentials in the form the server takes. Wiped when dropped.
pub(crate) struct Credentials {
    username: String,
    passphrase: Secret,
    code: Secret,
}

/// Words that cannot be credentials: they are never sent, because each attempt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// No user name.
    #[error("the user name is empty")]
    NoUsername,
    /// No passphrase.
    #[error("the passphrase is empty")]
    NoPassphrase,
    /// A passphrase the server cannot take.
    #[error("the passphrase is longer than {MAX_PASSPHRASE} characters")]
    LongPassphrase,
    /// Not a code.
    #[error("the one-time code is not 6 digits")]
    NotACode,
}

impl Credentials {
    /// Checks what can be checked here.
    pub(crate) fn new(
        username: &str,
        passphrase: Secret,
        code: &Secret,
    ) -> Result<Self, CredentialsError> {
        let username = username.trim();
        if username.is_empty() {
            return Err(CredentialsError::NoUsername);
        }
        if passphrase.expose().is_empty() {
            return Err(CredentialsError::NoPassphrase);
        }
        if passphrase.expose().chars().count() > MAX_PASSPHRASE {
            return Err(CredentialsError::LongPassphrase);
        }
        // Phones show "123 456".
        let digits: String = code.expose().chars().filter(|c| !c.is_whitespace()).collect();
        let code = Secret::new(digits);
        if code.expose().len() != 6 || !code.expose().bytes().all(|b| b.is_ascii_digit()) {
            return Err(CredentialsError::NotACode);
        }
        Ok(Self { username: username.to_owned(), passphrase, code })
    }

    /// The body of the login request.
    pub(crate) fn body(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        #[derive(Serialize)]
        struct Login<'a> {
            username: &'a str,
            passphrase: &'a str,
            one_time_code: &'a str,
        }
        // Room for every character as an escape, so that no shorter copy is left behind.
        let mut body = Zeroizing::new(Vec::with_capacity(8 * 1024));
        let login = Login {
            username: &self.username,
            passphrase: self.passphrase.expose(),
            one_time_code: self.code.expose(),
        };
        serde_json::to_writer(&mut *body, &login)?;
        Ok(body)
    }
}

/// The server's answer to a login; the other fields do not matter here.
#[derive(Deserialize)]
pub(crate) struct RawToken {
    token: String,
}

/// The right to ask, for as long as this run lasts.
pub(crate) struct Token(Zeroizing<String>);

/// Text that cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token holds other characters than a token has")]
pub(crate) struct TokenError;

impl TryFrom<RawToken> for Token {
    type Error = TokenError;

    fn try_from(raw: RawToken) -> Result<Self, TokenError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let text = Zeroizing::new(raw.token);
        if text.is_empty() || text.len() > 1024 || !text.bytes().all(plain) {
            return Err(TokenError);
        }
        Ok(Self(text))
    }
}

impl Token {
    /// The `Authorization` header, marked so that nothing shows it.
    pub(crate) fn header(&self) -> Result<HeaderValue, TokenError> {
        let text = Zeroizing::new(format!("Token {}", *self.0));
        let mut value = HeaderValue::from_str(&text).map_err(|_| TokenError)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(
        username: &str,
        passphrase: &str,
        code: &str,
    ) -> Result<Credentials, CredentialsError> {
        let [passphrase, code] = [passphrase, code].map(|s| Secret::new(s.to_owned()));
        Credentials::new(username, passphrase, &code)
    }

    #[test]
    fn what_would_waste_an_attempt_is_not_sent() {
        assert!(credentials("journalist", "words", "123 456").is_ok());
        assert!(credentials("journalist", &"ü".repeat(128), "123456").is_ok());
        for (username, passphrase, code, why) in [
            (" ", "words", "123456", CredentialsError::NoUsername),
            ("journalist", "", "123456", CredentialsError::NoPassphrase),
            ("journalist", &"x".repeat(129), "123456", CredentialsError::LongPassphrase),
            ("journalist", "words", "12345", CredentialsError::NotACode),
            ("journalist", "words", "12345a", CredentialsError::NotACode),
        ] {
            assert_eq!(credentials(username, passphrase, code).err(), Some(why));
        }
    }

    #[test]
    fn a_passphrase_of_quotes_and_controls_is_sent_as_it_is() {
        let body = credentials("j", "a\"b\\c\u{1}", "123456").ok().and_then(|c| c.body().ok());
        let value: serde_json::Value =
            serde_json::from_slice(&body.expect("a body")).expect("JSON");
        assert_eq!(value["passphrase"], "a\"b\\c\u{1}");
        assert_eq!(value["one_time_code"], "123456");
    }

    #[test]
    fn a_token_that_could_end_the_header_is_not_one() {
        let token = |text: &str| Token::try_from(RawToken { token: text.to_owned() });
        let good = token("Ijdt.awRKRg.hXY-_e6s").expect("a token").header().expect("a header");
        assert!(good.is_sensitive());
        assert_eq!(good.to_str().expect("text"), "Token Ijdt.awRKRg.hXY-_e6s");
        for bad in ["", "a b", "a\r\nX: y", &"x".repeat(2000)] {
            assert!(token(bad).is_err(), "{bad:?}");
        }
    }
}

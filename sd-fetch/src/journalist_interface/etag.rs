//! The server's word for what a download must be.
//!
//! `ETag: sha256:<64 lower-case hex>`, unquoted, of the whole ciphertext file. Other clients
//! took a missing or foreign one as "fine"; here nothing but the real thing passes.

use sd_fs::Sha256;
use ureq::http::{HeaderMap, header};

/// An `ETag` that does not tell what the bytes must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EtagError {
    /// No `ETag`.
    #[error("the server sent no hash")]
    Missing,
    /// More than one.
    #[error("the server sent more than one hash")]
    Repeated,
    /// `W/...`
    #[error("the server's hash is marked as weak")]
    Weak,
    /// `"..."`
    #[error("the server's hash is in quotes, which SecureDrop never does")]
    Quoted,
    /// Another algorithm.
    #[error("the server's hash is not a SHA-256")]
    OtherAlgorithm,
    /// Not 64 lower-case hexadecimal digits.
    #[error("the server's hash is malformed")]
    Malformed,
    /// The SHA-256 of nothing: servers once sent it for every file.
    #[error("the server's hash is that of an empty file")]
    OfNothing,
}

/// Reads the one `ETag` of an answer.
pub(crate) fn expected_hash(headers: &HeaderMap) -> Result<Sha256, EtagError> {
    let mut values = headers.get_all(header::ETAG).iter();
    let value = values.next().ok_or(EtagError::Missing)?;
    if values.next().is_some() {
        return Err(EtagError::Repeated);
    }
    parse(value.to_str().map_err(|_| EtagError::Malformed)?)
}

fn parse(value: &str) -> Result<Sha256, EtagError> {
    if value.starts_with("W/") {
        return Err(EtagError::Weak);
    }
    if value.starts_with('"') {
        return Err(EtagError::Quoted);
    }
    let hex = value.strip_prefix("sha256:").ok_or(EtagError::OtherAlgorithm)?;
    let hash: Sha256 = hex.parse().map_err(|_| EtagError::Malformed)?;
    if hash == Sha256::of(b"") { Err(EtagError::OfNothing) } else { Ok(hash) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "b792946317b4a99930dfac2a79ccf25f7fe4dd0a6e58e122ec5886c05971ee33";

    #[test]
    fn only_the_servers_own_form_is_a_hash() {
        assert_eq!(parse(&format!("sha256:{HEX}")), Ok(HEX.parse().expect("hex")));
        let nothing = Sha256::of(b"");
        for (bad, why) in [
            (format!("\"sha256:{HEX}\""), EtagError::Quoted),
            (format!("W/\"sha256:{HEX}\""), EtagError::Weak),
            (format!("sha512:{HEX}"), EtagError::OtherAlgorithm),
            (format!("SHA256:{HEX}"), EtagError::OtherAlgorithm),
            (HEX.to_owned(), EtagError::OtherAlgorithm),
            (String::new(), EtagError::OtherAlgorithm),
            ("sha256:".to_owned(), EtagError::Malformed),
            (format!("sha256:{}", HEX.to_uppercase()), EtagError::Malformed),
            (format!("sha256:{HEX}00"), EtagError::Malformed),
            (format!("sha256: {HEX}"), EtagError::Malformed),
            (format!("sha256:{nothing}"), EtagError::OfNothing),
        ] {
            assert_eq!(parse(&bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn none_and_two_are_not_one() {
        let mut headers = HeaderMap::new();
        assert_eq!(expected_hash(&headers), Err(EtagError::Missing));
        let value = format!("sha256:{HEX}").parse::<ureq::http::HeaderValue>().expect("a value");
        headers.append(header::ETAG, value.clone());
        assert!(expected_hash(&headers).is_ok());
        headers.append(header::ETAG, value);
        assert_eq!(expected_hash(&headers), Err(EtagError::Repeated));
    }
}

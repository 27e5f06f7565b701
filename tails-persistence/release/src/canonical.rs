//! JSON with one spelling.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Why bytes are not the JSON of this format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More than it may have.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// The parser's words, escaped.
    #[error("{0}")]
    Json(sd_fs::Escaped),
    /// Another format or a later version.
    #[error("of another format or version (format {format}, version {version})")]
    Version {
        /// What it calls itself.
        format: sd_fs::Escaped,
        /// Its version.
        version: u32,
    },
    /// The right content in other bytes.
    #[error("not in the one form that it has")]
    NotCanonical,
}

/// What any version says of itself: asked first, so that a later version is called just that.
#[derive(Deserialize)]
struct FormatAndVersion {
    format: String,
    version: u32,
}

/// Reads JSON that is spelled as [`to_json`] spells it.
pub(crate) fn parse<T: DeserializeOwned + Serialize>(
    json: &[u8],
    format: &str,
    version: u32,
    limit: usize,
) -> Result<T, JsonError> {
    if json.len() > limit {
        return Err(JsonError::TooLong(limit));
    }
    let words = |e: serde_json::Error| JsonError::Json(sd_fs::escape(e.to_string().as_bytes()));
    let kind: FormatAndVersion = serde_json::from_slice(json).map_err(words)?;
    if kind.format != format || kind.version != version {
        let format = sd_fs::escape(kind.format.as_bytes());
        return Err(JsonError::Version { format, version: kind.version });
    }
    let value: T = serde_json::from_slice(json).map_err(words)?;
    // What a lenient parser forgives is not ours.
    if to_json(&value) == json { Ok(value) } else { Err(JsonError::NotCanonical) }
}

/// The one spelling: fields in their order, no space, no newline.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    // Our types are structs of text, numbers and lists, which JSON always holds.
    serde_json::to_vec(value).unwrap_or_default()
}

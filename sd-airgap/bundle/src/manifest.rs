//! The signed list of what a bundle holds.

use std::collections::HashSet;
use std::fmt;

use sd_fs::Blake3;
use serde::{Deserialize, Serialize};

use crate::ids::{BundleId, ItemId};
use crate::item::Item;
use crate::layout::member_name;
use crate::limits::Limits;
use crate::receipt::{Nonce, Receipt};

const FORMAT: &str = "sneakernet-manifest";
const VERSION: u32 = 1;

/// Everything the SVS may believe about a bundle, once the signature over it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u32,
    /// The bundle's identity.
    pub bundle: BundleId,
    /// Counts up by at least one with each bundle of a workstation.
    pub sequence: u64,
    /// BLAKE3 of the JSON of the manifest packed before this one.
    pub previous: Option<Blake3>,
    /// When it was packed, by the workstation's clock.
    pub created: Timestamp,
    /// The version of this toolkit.
    pub toolkit: Note,
    /// The system it ran on, such as `Tails 7.4`.
    pub system: Note,
    /// What the receipt code is computed from.
    pub nonce: Nonce,
    /// The ciphertexts, in the order of the file.
    pub members: Vec<Member>,
}

/// What any version of a manifest or head says of itself: asked before the rest is parsed, so
/// that a later version is called just that.
#[derive(Deserialize)]
pub(crate) struct FormatAndVersion {
    pub(crate) format: String,
    pub(crate) version: u32,
}

/// The parser's words may repeat foreign names.
fn not_json(e: &serde_json::Error) -> ManifestError {
    ManifestError::Json(sd_fs::escape(e.to_string().as_bytes()).to_string())
}

/// One ciphertext in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its neutral name in the file.
    pub name: String,
    /// Whose it is and what its bytes must be.
    pub item: Item,
}

/// A moment, to the second, in UTC: `2026-11-23T14:14:31Z`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(String);

/// A short remark: printable ASCII, 80 characters at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

/// Why bytes are not a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not the JSON of a manifest.
    #[error("not a manifest: {0}")]
    Json(String),
    /// The JSON says what a manifest says, in other bytes than this toolkit writes.
    #[error("not in the one form that a manifest has")]
    NotCanonical,
    /// Another format or a later version.
    #[error("of another format or version (format {format}, version {version})")]
    Version {
        /// What it calls itself.
        format: sd_fs::Escaped,
        /// Its version.
        version: u32,
    },
    /// More members than allowed.
    #[error("{0} members, more than allowed")]
    TooMany(usize),
    /// A member that cannot be.
    #[error("member {index}: {why}")]
    Member {
        /// Counted from 1.
        index: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Text that is no timestamp or note.
    #[error("not a {0}")]
    Text(&'static str),
}

impl Manifest {
    /// A manifest for these items.
    pub fn new(
        bundle: BundleId,
        sequence: u64,
        previous: Option<Blake3>,
        created: Timestamp,
        (toolkit, system): (Note, Note),
        nonce: Nonce,
        items: Vec<Item>,
    ) -> Self {
        let members = items
            .into_iter()
            .enumerate()
            .map(|(i, item)| Member { name: member_name(i), item })
            .collect();
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            bundle,
            sequence,
            previous,
            created,
            toolkit,
            system,
            nonce,
            members,
        }
    }

    /// Reads the JSON of a manifest whose signature was good.
    pub fn parse(json: &[u8], limits: &Limits) -> Result<Self, ManifestError> {
        let kind: FormatAndVersion = serde_json::from_slice(json).map_err(|e| not_json(&e))?;
        if kind.format != FORMAT || kind.version != VERSION {
            return Err(ManifestError::Version {
                format: sd_fs::escape(kind.format.as_bytes()),
                version: kind.version,
            });
        }
        let manifest: Self = serde_json::from_slice(json).map_err(|e| not_json(&e))?;
        manifest.check_members(limits)?;
        // One manifest has one spelling: what a lenient parser forgives is not ours.
        if manifest.to_json()? != json {
            return Err(ManifestError::NotCanonical);
        }
        Ok(manifest)
    }

    fn check_members(&self, limits: &Limits) -> Result<(), ManifestError> {
        if self.members.len() > limits.members {
            return Err(ManifestError::TooMany(self.members.len()));
        }
        let mut seen: HashSet<&ItemId> = HashSet::new();
        for (i, member) in self.members.iter().enumerate() {
            let bad = |why| ManifestError::Member { index: i + 1, why };
            if member.name != member_name(i) {
                return Err(bad("its name is not the neutral one"));
            }
            if member.item.size == 0 || member.item.size > limits.member {
                return Err(bad("its size is outside the limits"));
            }
            if !seen.insert(&member.item.item) {
                return Err(bad("the same item is listed twice"));
            }
        }
        Ok(())
    }

    /// The JSON that is sealed and hashed.
    pub fn to_json(&self) -> Result<Vec<u8>, ManifestError> {
        serde_json::to_vec(self).map_err(|e| not_json(&e))
    }

    /// The receipt code for this manifest, given the hash of its JSON.
    pub fn receipt(&self, hash: &Blake3) -> Receipt {
        Receipt::new(&self.nonce, &self.bundle, hash)
    }
}

impl Timestamp {
    /// Seconds since 1970, in UTC.
    pub fn from_unix(seconds: i64) -> Self {
        let days = seconds.div_euclid(86_400);
        let (year, month, day) = civil(days);
        let s = seconds.rem_euclid(86_400);
        Self(format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            s / 3600,
            s / 60 % 60,
            s % 60
        ))
    }

    /// By this machine's clock.
    pub fn now() -> Self {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Self::from_unix(i64::try_from(since.as_secs()).unwrap_or_default())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Seconds since 1970; nothing for a text of the right shape that is no date, such as one in a
    /// thirteenth month.
    pub fn unix(&self) -> Option<i64> {
        let number = |from: usize, to: usize| self.0.get(from..to)?.parse::<i64>().ok();
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        (Self::from_unix(seconds) == *self).then_some(seconds)
    }
}

/// A date of the Gregorian calendar to days since 1970 (Hinnant's algorithm).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Days since 1970 to a date of the Gregorian calendar (Hinnant's algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = ManifestError;

    fn try_from(text: String) -> Result<Self, ManifestError> {
        let shape = "0000-00-00T00:00:00Z";
        let fits = text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(b, s)| match s {
                b'0' => b.is_ascii_digit(),
                s => b == s,
            });
        if fits { Ok(Self(text)) } else { Err(ManifestError::Text("timestamp")) }
    }
}

impl From<Timestamp> for String {
    fn from(t: Timestamp) -> Self {
        t.0
    }
}

impl Note {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Note {
    type Error = ManifestError;

    fn try_from(text: String) -> Result<Self, ManifestError> {
        if text.len() <= 80 && text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            Ok(Self(text))
        } else {
            Err(ManifestError::Text("note"))
        }
    }
}

impl From<Note> for String {
    fn from(n: Note) -> Self {
        n.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_the_calendar_s() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_443_271, "2026-11-23T14:14:31Z"),
        ] {
            let timestamp = Timestamp::from_unix(seconds);
            assert_eq!((timestamp.as_str(), timestamp.unix()), (text, Some(seconds)));
        }
        for odd in ["2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z"] {
            assert_eq!(Timestamp::try_from(odd.to_owned()).expect("its shape").unix(), None);
        }
        assert!(Timestamp::try_from("2026-11-23 14:14:31Z".to_owned()).is_err());
        assert!(Note::try_from("Tails\u{202e}".to_owned()).is_err());
    }
}

//! Which stick it is, by what is on it.
//!
//! ```text
//! .sneakernet-device.json --parse--> Label: a random id, a role, a name
//!                            '--> LabelError
//! ```
//! Serial numbers and USB ids are copied with a cheap tool, and many sticks of one batch share
//! theirs. A random number in a file tells prepared sticks apart. It is no secret once the stick
//! was in foreign hands: a copy of the file is a copy of the identity, so it helps people not to
//! confuse sticks and stops nobody who wants to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of the file, at the root of a prepared file system.
pub const LABEL_FILE: &str = ".sneakernet-device.json";

/// The most bytes such a file may have.
const MAX_BYTES: usize = 1024;

/// The longest name, in characters: what fits on a sticker and on a line.
const MAX_NAME: usize = 40;

const FORMAT: &str = "sneakernet-device";
const VERSION: u32 = 1;

/// What a stick was prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelRole {
    /// Carries bundles to the SVS.
    Transfer,
    /// Carries clean copies away from it.
    Export,
}

/// The label of a prepared stick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    id: [u8; 16],
    role: LabelRole,
    name: String,
}

/// Why a label is none.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// More bytes than a label may have.
    #[error("the stick's label file is larger than {MAX_BYTES} bytes")]
    TooLong,
    /// Not the JSON of a label.
    #[error("the stick's label file cannot be read: {}", sd_fs::escape(.0.to_string().as_bytes()))]
    Json(#[from] serde_json::Error),
    /// Another format, or a version that this program does not know.
    #[error("the stick's label file is of another format or version")]
    Format,
    /// The id is not 32 small hexadecimal digits, or it is all zeros.
    #[error("the stick's label file has no proper id")]
    Id,
    /// The name is empty, long, or not plain text.
    #[error("a stick's name must be 1 to {MAX_NAME} plain characters")]
    Name,
    /// The system gave no random numbers.
    #[error("the system gave no random numbers: {0}")]
    Random(#[source] std::io::Error),
}

/// The file, field by field.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    version: u32,
    id: String,
    role: LabelRole,
    name: String,
}

impl Label {
    /// A label for a stick that is being prepared, with an id that no other stick has.
    pub fn new(role: LabelRole, name: &str) -> Result<Self, LabelError> {
        let mut id = [0; 16];
        let flags = rustix::rand::GetRandomFlags::empty();
        let filled =
            rustix::rand::getrandom(&mut id, flags).map_err(|e| LabelError::Random(e.into()))?;
        if filled != id.len() {
            return Err(LabelError::Random(std::io::ErrorKind::UnexpectedEof.into()));
        }
        Self::checked(id, role, name)
    }

    /// Reads the file's bytes. Strict: what this version does not write, it does not read.
    pub fn parse(bytes: &[u8]) -> Result<Self, LabelError> {
        if bytes.len() > MAX_BYTES {
            return Err(LabelError::TooLong);
        }
        let written: Written = serde_json::from_slice(bytes)?;
        if written.format != FORMAT || written.version != VERSION {
            return Err(LabelError::Format);
        }
        Self::checked(id(&written.id).ok_or(LabelError::Id)?, written.role, &written.name)
    }

    fn checked(id: [u8; 16], role: LabelRole, name: &str) -> Result<Self, LabelError> {
        let plain = sd_fs::escape(name.as_bytes()).as_str() == name && name.trim() == name;
        if id == [0; 16] {
            return Err(LabelError::Id);
        }
        if !plain || name.is_empty() || name.chars().count() > MAX_NAME {
            return Err(LabelError::Name);
        }
        Ok(Self { id, role, name: name.to_owned() })
    }

    /// The file's bytes.
    pub fn to_json(&self) -> Result<Vec<u8>, LabelError> {
        let mut bytes = serde_json::to_vec_pretty(&Written {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: self.id(),
            role: self.role,
            name: self.name.clone(),
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The random id, 32 hexadecimal digits.
    pub fn id(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.id))
    }

    /// What it was prepared for.
    pub fn role(&self) -> LabelRole {
        self.role
    }

    /// What people call it; plain text, safe to show.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for LabelRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transfer => "Transfer Device",
            Self::Export => "Export Device",
        })
    }
}

fn id(text: &str) -> Option<[u8; 16]> {
    let digits = text.len() == 32 && text.bytes().all(|b| b"0123456789abcdef".contains(&b));
    let number = u128::from_str_radix(text, 16).ok()?;
    digits.then(|| number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"format":"sneakernet-device","version":1,
        "id":"00f00000000000000000000000000a0c","role":"transfer","name":"Red 3"}"#;

    #[test]
    fn what_is_written_is_read_again() {
        let label = Label::new(LabelRole::Export, "Blauer Stick nº 4").expect("a label");
        let again = Label::parse(&label.to_json().expect("written")).expect("read");
        assert_eq!(again, label);
        assert_eq!(again.role().to_string(), "Export Device");
        let longest = Label::new(LabelRole::Export, &"語".repeat(MAX_NAME)).expect("a label");
        assert!(Label::parse(&longest.to_json().expect("written")).is_ok());
    }

    #[test]
    fn two_sticks_of_one_name_have_two_ids() {
        let id = || Label::new(LabelRole::Transfer, "Red").expect("a label").id();
        assert_ne!(id(), id());
        let read = Label::parse(GOOD.as_bytes()).expect("a label");
        assert_eq!(read.id(), "00f00000000000000000000000000a0c");
        assert_eq!((read.role(), read.name()), (LabelRole::Transfer, "Red 3"));
    }

    #[test]
    fn a_label_with_one_fault_is_none() {
        for (from, to) in [
            ("transfer\"", "backup\""),
            ("\"version\":1", "\"version\":2"),
            ("sneakernet-device", "sneakernet"),
            ("00f0", "00F0"),
            ("00f0", "+0f0"),
            ("00f0", "00f"),
            ("00f00000000000000000000000000a0c", "00000000000000000000000000000000"),
            ("Red 3", ""),
            ("Red 3", " Red"),
            ("Red 3", "Red\\u001b[2J"),
            ("Red 3", "Red\\u202e3"),
            ("Red 3", "01234567890123456789012345678901234567890"),
            ("\"name\"", "\"more\":1,\"name\""),
            ("\"name\"", "\"role\":\"export\",\"name\""),
            ("\"name\":\"Red 3\"", "\"names\":\"Red 3\""),
            ("3\"}", "3\"}{}"),
        ] {
            let bad = GOOD.replacen(from, to, 1);
            assert_ne!(bad, GOOD, "{from}");
            assert!(Label::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let padded = format!("{GOOD}{}", " ".repeat(MAX_BYTES));
        assert!(matches!(Label::parse(padded.as_bytes()), Err(LabelError::TooLong)));
    }

    #[test]
    fn what_is_wrong_with_a_label_cannot_act_on_a_terminal() {
        let forged = r#"{"x\u001b[2J\nSafe to remove: Red":1}"#;
        let said = Label::parse(forged.as_bytes()).expect_err("no label").to_string();
        assert!(!said.contains(char::is_control), "{said}");
    }
}

//! The next command, ready to be typed.

use std::fmt;

use serde::{Serialize, Serializer};

/// A command that a person can run as it stands. Tests parse every one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    args: Vec<String>,
}

impl Hint {
    /// Program and arguments.
    pub fn new<S: Into<String>>(args: impl IntoIterator<Item = S>) -> Self {
        Self { args: args.into_iter().map(Into::into).collect() }
    }

    /// Program and arguments, unquoted.
    pub fn args(&self) -> &[String] {
        &self.args
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, arg) in self.args.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            write!(f, "{space}{}", quoted(arg))?;
        }
        Ok(())
    }
}

impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.args.serialize(to)
    }
}

/// Quotes for a shell, and only what needs it.
fn quoted(arg: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !arg.is_empty() && arg.chars().all(bare) {
        return arg.to_owned();
    }
    let escaped = sd_fs::escape(arg.as_bytes());
    if escaped.as_str() == arg {
        return format!("'{}'", arg.replace('\'', r"'\''"));
    }
    // Bash's own spelling for bytes that must not reach a terminal.
    let bytes = arg.bytes().map(|b| match b {
        b'\'' | b'\\' => format!("\\{}", char::from(b)),
        0x20..=0x7e => char::from(b).to_string(),
        b => format!("\\x{b:02x}"),
    });
    format!("$'{}'", bytes.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_split_is_quoted() {
        let hint = Hint::new(["sd-airgap", "pack", "--to", "/media/amnesia/Transfer Device"]);
        assert_eq!(hint.to_string(), "sd-airgap pack --to '/media/amnesia/Transfer Device'");
        assert_eq!(Hint::new(["a", "it's"]).to_string(), r"a 'it'\''s'");
        assert_eq!(Hint::new(["a", "x\x1b"]).to_string(), r"a $'x\x1b'");
    }
}

//! What a vector expects of a reader.

use std::fmt;
use std::str::FromStr;

use sd_bundle::Region;

macro_rules! expectations {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $said:literal;)*) => {
        /// The verdict on a bundle: good, or the one reason to refuse it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Expect {
            $($(#[$doc])* $variant,)*
        }

        impl Expect {
            /// Every verdict.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in a vector's header.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What `sd-airgap` says; `{}` stands for the region.
            const fn said(self) -> &'static str {
                match self { $(Self::$variant => $said,)* }
            }
        }
    };
}

expectations! {
    /// Verified to its last byte.
    Good = "good", "";
    /// Another file, or another version.
    NotABundle = "not-a-bundle", "not a bundle of this format";
    /// A byte is not what it must be.
    Damaged = "damaged", "changed or damaged in the {}";
    /// The file ends inside a part.
    Truncated = "truncated", "cut off in the {}";
    /// The file is longer or shorter than its parts.
    Length = "length", "bytes long, but its parts make";
    /// A part is above the limit.
    TooLarge = "too-large", "the {} is larger than allowed";
    /// The sealed manifest is no `OpenPGP` message.
    NotAMessage = "not-a-message", "not an OpenPGP message";
    /// The manifest is not encrypted.
    NotEncrypted = "not-encrypted", "not encrypted";
    /// The manifest is encrypted without integrity protection, or with a broken cipher.
    Unprotected = "unprotected", "without integrity protection";
    /// The manifest has an odd structure of layers.
    Structure = "structure", "an unusual structure";
    /// The manifest is encrypted to another key.
    OtherKey = "other-key", "encrypted to another key";
    /// The session key is wrapped for the submission key, and damaged.
    BadSessionKey = "bad-session-key", "not a wrapped session key";
    /// The manifest's integrity check failed.
    Tampered = "tampered", "the integrity check failed";
    /// The manifest is not signed by the paired workstation.
    BadSignature = "bad-signature", "not signed by the paired workstation";
    /// The manifest's compression is damaged.
    BadCompression = "bad-compression", "the compressed manifest is damaged";
    /// The manifest unpacks to more than the limit.
    Bomb = "bomb", "larger than the limit when unpacked";
    /// The manifest is authentic and still not one.
    BadManifest = "bad-manifest", "the manifest cannot be used";
    /// The manifest is authentic and belongs to another bundle.
    Swapped = "swapped", "the manifest belongs to another bundle";
}

impl Expect {
    /// Words that `sd-airgap`'s message holds when it means this.
    pub fn message(self, region: Option<&Region>) -> String {
        let region = region.map_or_else(String::new, ToString::to_string);
        self.said().replace("{}", &region)
    }

    /// The exit code of `sd-airgap verify`.
    pub const fn exit(self) -> i32 {
        if matches!(self, Self::Good) { 0 } else { 10 }
    }

    /// Its status word.
    pub const fn status(self) -> &'static str {
        if matches!(self, Self::Good) { "DONE" } else { "VERIFY_FAILED" }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Expect {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|e| e.word() == word);
        found.copied().ok_or_else(|| format!("\"{word}\" is no expectation"))
    }
}

//! Who may sign: numbered lists of keys, each signed by the one before it and by itself.
//!
//! ```text
//! root 1 (pinned) --2 of its 3 keys--> root 2 --2 of its 3 keys--> root 3 --> signs releases
//!                                        ^ and 2 of its own           ^ and 2 of its own
//! ```
//! A key is revoked by leaving it out of the next root and naming it in `revoked`; it never comes
//! back.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, JsonError};
use crate::key::{
    Context, KeyId, MAX_SIGNATURES, PublicKey, SIGNATURE_SIZE, SignatureError, Signatures,
};
use crate::words::{Note, RootNumber};

pub(crate) const PRODUCT: &str = "sneakernet";
const FORMAT: &str = "sneakernet-root";
const VERSION: u32 = 1;

/// The most bytes of one root: 8 keys and 64 revoked ones take 6 KiB.
pub const MAX_ROOT: usize = 8 << 10;

/// The most keys in one root.
pub const MAX_KEYS: usize = 8;

/// The most revoked keys: a key a year for two lifetimes.
pub const MAX_REVOKED: usize = 64;

/// The fewest signatures that make anything valid: no single key, and no single person, does.
pub const MIN_THRESHOLD: usize = 2;

/// The most roots in one file: a machine that was left out of 64 changes of keys is set up anew.
pub const MAX_CHAIN: usize = 64;

/// Bytes before each root in a file: its number, its length, the length of its signatures.
const FRAME: usize = 12;

/// The most bytes of a chain.
pub(crate) const MAX_CHAIN_BYTES: usize =
    MAX_CHAIN * (FRAME + MAX_ROOT + MAX_SIGNATURES * SIGNATURE_SIZE);

/// The keys that may sign releases, and the next root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    format: String,
    version: u32,
    product: String,
    /// Counts up by one.
    pub number: RootNumber,
    /// For people: whose keys these are.
    pub name: Note,
    /// How many of the keys it takes.
    pub threshold: usize,
    /// The keys, sorted by their digits.
    pub keys: Vec<PublicKey>,
    /// Ids of keys that were struck off, sorted; they stay in every later root.
    pub revoked: Vec<KeyId>,
}

/// A root as it is carried: its exact bytes, and signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What its frame says its number is; believed once the signatures are good.
    pub number: RootNumber,
    /// The JSON.
    pub json: Vec<u8>,
    /// By the keys of the root before it, and by its own.
    pub signatures: Signatures,
}

/// Why a root, or a chain of them, is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// Not the JSON of a root.
    #[error("not a root: {0}")]
    Json(#[from] JsonError),
    /// Of another product.
    #[error("a root of another product")]
    Product,
    /// A threshold that cannot be.
    #[error("a threshold of {threshold} with {keys} keys")]
    Threshold {
        /// What it says.
        threshold: usize,
        /// How many keys there are.
        keys: usize,
    },
    /// Keys not sorted, or too many.
    #[error("its keys are not sorted, or too many")]
    Keys,
    /// One key twice.
    #[error("key {0} is listed twice")]
    SameKey(KeyId),
    /// A revoked key among the keys.
    #[error("key {0} is listed, and revoked")]
    RevokedKey(KeyId),
    /// A key that was revoked is no longer named.
    #[error("key {0} was revoked, and the new root has forgotten it")]
    Forgotten(KeyId),
    /// Bytes that are no chain of roots.
    #[error("the chain of roots is cut, too long or empty")]
    Chain,
    /// Numbers that do not follow each other.
    #[error("root {found} follows root {after}: there is a gap")]
    Gap {
        /// The last known.
        after: RootNumber,
        /// The next one there.
        found: RootNumber,
    },
    /// A root of the same number with other bytes.
    #[error("another root {0} than the one this station knows: the chain forks")]
    Fork(RootNumber),
    /// The chain ends before what is known.
    #[error("ends at root {found}; this station knows root {pinned} already")]
    Rollback {
        /// Its last root.
        found: RootNumber,
        /// What the station has.
        pinned: RootNumber,
    },
    /// The frame names another number than the signed text.
    #[error("root {0} is framed under another number")]
    Number(RootNumber),
    /// The keys of the root before it did not sign it.
    #[error("root {number}, by the keys before it: {why}")]
    ByTheOld {
        /// The root.
        number: RootNumber,
        /// What is wrong.
        why: SignatureError,
    },
    /// Its own keys did not sign it.
    #[error("root {number}, by its own keys: {why}")]
    ByItself {
        /// The root.
        number: RootNumber,
        /// What is wrong.
        why: SignatureError,
    },
}

impl Root {
    /// A root of these keys.
    pub fn new(
        number: RootNumber,
        name: Note,
        threshold: usize,
        mut keys: Vec<PublicKey>,
        mut revoked: Vec<KeyId>,
    ) -> Result<Self, RootError> {
        keys.sort_by_key(|k| String::from(*k));
        revoked.sort();
        let (format, product) = (FORMAT.to_owned(), PRODUCT.to_owned());
        let root =
            Self { format, version: VERSION, product, number, name, threshold, keys, revoked };
        root.check()?;
        Ok(root)
    }

    /// Reads the JSON of a root that somebody vouches for.
    pub fn parse(json: &[u8]) -> Result<Self, RootError> {
        let root: Self = canonical::parse(json, FORMAT, VERSION, MAX_ROOT)?;
        root.check()?;
        Ok(root)
    }

    /// The exact bytes that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        canonical::to_json(self)
    }

    fn check(&self) -> Result<(), RootError> {
        if self.product != PRODUCT {
            return Err(RootError::Product);
        }
        let (threshold, keys) = (self.threshold, self.keys.len());
        for pair in self.keys.windows(2) {
            if pair[0] == pair[1] {
                return Err(RootError::SameKey(pair[0].id()));
            }
        }
        if threshold < MIN_THRESHOLD || threshold > keys {
            return Err(RootError::Threshold { threshold, keys });
        }
        let sorted = self.keys.is_sorted_by_key(|k| String::from(*k))
            && self.revoked.windows(2).all(|pair| pair[0] < pair[1]);
        if keys > MAX_KEYS || self.revoked.len() > MAX_REVOKED || !sorted {
            return Err(RootError::Keys);
        }
        match self.keys.iter().map(PublicKey::id).find(|id| self.revoked.contains(id)) {
            Some(id) => Err(RootError::RevokedKey(id)),
            None => Ok(()),
        }
    }

    /// Checks that enough of its keys signed these bytes, and nobody else did.
    pub fn vouch(
        &self,
        context: Context,
        bytes: &[u8],
        signatures: &Signatures,
    ) -> Result<(), SignatureError> {
        signatures.iter().try_for_each(|s| self.knows(s.key))?;
        signatures.meet(context, bytes, &self.keys, self.threshold).map(drop)
    }

    fn knows(&self, key: KeyId) -> Result<(), SignatureError> {
        if self.keys.iter().any(|k| k.id() == key) {
            Ok(())
        } else if self.revoked.contains(&key) {
            Err(SignatureError::Revoked(key))
        } else {
            Err(SignatureError::Unknown(key))
        }
    }

    /// The next root, if this one's keys and its own signed it. Nothing of it is parsed before
    /// the keys of this one are found under it.
    fn next(&self, link: &Link) -> Result<Self, RootError> {
        let Link { number, json, signatures } = link;
        let number = *number;
        let by_the_old = |why| RootError::ByTheOld { number, why };
        signatures.meet(Context::Root, json, &self.keys, self.threshold).map_err(by_the_old)?;
        let next = Self::parse(json)?;
        if next.number != number {
            return Err(RootError::Number(number));
        }
        let by_itself = |why| RootError::ByItself { number, why };
        signatures.meet(Context::Root, json, &next.keys, next.threshold).map_err(by_itself)?;
        for signature in signatures.iter() {
            self.knows(signature.key)
                .or_else(|_| next.knows_now(signature.key))
                .map_err(by_itself)?;
        }
        match self.revoked.iter().find(|id| !next.revoked.contains(id)) {
            Some(id) => Err(RootError::Forgotten(*id)),
            None => Ok(next),
        }
    }

    /// Whether the key is in this root; revoked or not is the other root's to say.
    fn knows_now(&self, key: KeyId) -> Result<(), SignatureError> {
        let there = self.keys.iter().any(|k| k.id() == key);
        if there { Ok(()) } else { Err(SignatureError::Unknown(key)) }
    }

    /// Follows a chain from this root to its last.
    pub fn follow(&self, chain: &[Link]) -> Result<Self, RootError> {
        let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
            return Err(RootError::Chain);
        };
        let follows = |after: RootNumber, found: RootNumber| {
            let gap = after.get() + 1 != found.get();
            if gap { Err(RootError::Gap { after, found }) } else { Ok(()) }
        };
        if first.number > self.number {
            follows(self.number, first.number)?;
        }
        chain.windows(2).try_for_each(|pair| follows(pair[0].number, pair[1].number))?;
        if last.number < self.number {
            return Err(RootError::Rollback { found: last.number, pinned: self.number });
        }
        let mut now = self.clone();
        for link in chain {
            if link.number == self.number && link.json != self.to_json() {
                return Err(RootError::Fork(link.number));
            }
            if link.number > now.number {
                now = now.next(link)?;
            }
        }
        Ok(now)
    }
}

/// Reads the frames of a chain; nothing in them is believed yet.
pub fn parse_chain(mut bytes: &[u8]) -> Result<Vec<Link>, RootError> {
    let mut chain = Vec::new();
    while !bytes.is_empty() {
        let (frame, rest) = bytes.split_first_chunk::<FRAME>().ok_or(RootError::Chain)?;
        let word = |at: usize| {
            u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]])
        };
        let number = RootNumber::new(word(0)).map_err(|_| RootError::Chain)?;
        let size = |at| usize::try_from(word(at)).map_err(|_| RootError::Chain);
        let (json, signatures) = (size(4)?, size(8)?);
        if json > MAX_ROOT || chain.len() == MAX_CHAIN {
            return Err(RootError::Chain);
        }
        let (json, rest) = rest.split_at_checked(json).ok_or(RootError::Chain)?;
        let (signatures, rest) = rest.split_at_checked(signatures).ok_or(RootError::Chain)?;
        let signatures =
            Signatures::parse(signatures).map_err(|why| RootError::ByTheOld { number, why })?;
        chain.push(Link { number, json: json.to_vec(), signatures });
        bytes = rest;
    }
    if chain.is_empty() { Err(RootError::Chain) } else { Ok(chain) }
}

/// Writes the frames of a chain.
pub fn chain_to_bytes(chain: &[Link]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for link in chain {
        let signatures = link.signatures.to_bytes();
        // Both are far below: a root has 8 KiB at most.
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        bytes.extend(link.number.get().to_le_bytes());
        bytes.extend(size(link.json.len()));
        bytes.extend(size(signatures.len()));
        bytes.extend(&link.json);
        bytes.extend(signatures);
    }
    bytes
}

//! Releases for tests, right and wrong. Their keys are public: `SecretKey::new(&[n; 32])`.
#![allow(dead_code, reason = "each test program uses another part")]
#![expect(clippy::expect_used, reason = "what tests are made of is right")]

use sd_release::{
    Assembled, Claims, Content, Context, Counter, KeyId, Limits, Link, Manifest, NewestTails, Note,
    Release, ReleaseError, Root, RootNumber, SecretKey, Signature, Signatures, TailsRange,
    chain_to_bytes,
};

/// A key by its number.
pub(crate) fn key(n: u8) -> SecretKey {
    SecretKey::new(&[n; 32])
}

pub(crate) fn id(n: u8) -> KeyId {
    key(n).public().id()
}

pub(crate) fn counter(n: u32) -> Counter {
    Counter::new(n).expect("a counter")
}

pub(crate) fn number(n: u32) -> RootNumber {
    RootNumber::new(n).expect("a root number")
}

pub(crate) fn note() -> Note {
    "a root of tests, whose keys are public".parse().expect("a note")
}

/// Root `n` of these keys; two of them sign.
pub(crate) fn root(n: u32, keys: &[u8], revoked: &[u8]) -> Root {
    let public = keys.iter().map(|k| key(*k).public()).collect();
    Root::new(number(n), note(), 2, public, revoked.iter().map(|k| id(*k)).collect())
        .expect("a root")
}

pub(crate) fn sign(context: Context, bytes: &[u8], by: &[u8]) -> Vec<Signature> {
    by.iter().map(|k| key(*k).sign(context, bytes)).collect()
}

/// A root as it is carried, signed by these keys.
pub(crate) fn link(root: &Root, by: &[u8]) -> Link {
    raw_link(root.number.get(), root.to_json(), by)
}

pub(crate) fn raw_link(n: u32, json: Vec<u8>, by: &[u8]) -> Link {
    let signatures = Signatures::new(sign(Context::Root, &json, by)).expect("signed");
    Link { number: number(n), json, signatures }
}

/// The root that stations of tests have: keys 1, 2 and 3.
pub(crate) fn pinned() -> Root {
    root(1, &[1, 2, 3], &[])
}

/// Key 3 is struck off, key 4 comes in.
pub(crate) fn second() -> Root {
    root(2, &[1, 2, 4], &[3])
}

/// A release in the making.
#[derive(Clone)]
pub(crate) struct Kit {
    pub(crate) chain: Vec<Link>,
    pub(crate) claims: Claims,
    pub(crate) changelog: Vec<u8>,
    pub(crate) vectors: Vec<u8>,
    pub(crate) package: Vec<u8>,
    pub(crate) by: Vec<u8>,
}

impl Kit {
    /// Release 12, signed by keys 1 and 2 of root 1.
    pub(crate) fn new() -> Self {
        let claims = Claims {
            release: "1.2.0".parse().expect("a version"),
            counter: counter(12),
            date: "2026-11-26".parse().expect("a day"),
            root: number(1),
            update_from: counter(10),
            tails: TailsRange {
                min: "6.0".parse().expect("a version"),
                max: Some("7.9".parse().expect("a version")),
            },
            newest_tails: NewestTails {
                version: "7.7".parse().expect("a version"),
                date: "2026-04-23".parse().expect("a day"),
            },
        };
        Self {
            chain: vec![link(&pinned(), &[1, 2])],
            claims,
            changelog: b"- a leak of nothing was mended\n".to_vec(),
            vectors: b"{\"vectors\":[]}".to_vec(),
            package: b"!<arch>\nnot really a package".to_vec(),
            by: vec![1, 2],
        }
    }

    /// The same release, signed under root 2.
    pub(crate) fn rotated() -> Self {
        let mut kit = Self::new();
        kit.chain.push(link(&second(), &[1, 2, 4]));
        kit.claims.root = number(2);
        kit.by = vec![1, 4];
        kit
    }

    pub(crate) fn numbered(n: u32, version: &str) -> Self {
        let mut kit = Self::new();
        kit.claims.counter = counter(n);
        kit.claims.release = version.parse().expect("a version");
        kit.claims.update_from = counter(1);
        kit
    }

    pub(crate) fn manifest(&self) -> Manifest {
        Manifest::new(
            self.claims,
            Content::of(&chain_to_bytes(&self.chain)),
            Content::of(&self.changelog),
            Content::of(&self.vectors),
            Content::of(&self.package),
        )
        .expect("a signed part")
    }

    /// The whole file.
    pub(crate) fn build(&self) -> Vec<u8> {
        self.build_of(self.manifest())
    }

    /// The file, with this signed part instead.
    pub(crate) fn build_of(&self, manifest: Manifest) -> Vec<u8> {
        let signatures = sign(Context::Release, &manifest.to_json(), &self.by);
        let assembled = Assembled {
            roots: chain_to_bytes(&self.chain),
            signatures: Signatures::new(signatures).expect("signed"),
            manifest,
            changelog: self.changelog.clone(),
            vectors: self.vectors.clone(),
        };
        let mut file = Vec::new();
        assembled.write(&mut &self.package[..], &mut file).expect("in memory");
        file
    }

    /// The file with other JSON as its signed part, signed all the same.
    pub(crate) fn build_signed(&self, json: &str) -> Vec<u8> {
        let signatures = sign(Context::Release, json.as_bytes(), &self.by);
        self.pieces(json.as_bytes(), &Signatures::new(signatures).expect("signed").to_bytes())
    }

    /// The file with these bytes as signed part and signatures.
    pub(crate) fn pieces(&self, signed: &[u8], signatures: &[u8]) -> Vec<u8> {
        let roots = chain_to_bytes(&self.chain);
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).expect("small");
        let header = sd_release::Header {
            roots: size(&roots),
            signed: size(signed),
            signatures: size(signatures),
            payload: (self.changelog.len() + self.vectors.len() + self.package.len()) as u64,
        };
        let parts: [&[u8]; 6] =
            [&roots, signed, signatures, &self.changelog, &self.vectors, &self.package];
        [&header.to_bytes(), parts.concat().as_slice()].concat()
    }

    /// Its JSON, with one text in place of another, which must be there once.
    pub(crate) fn json_with(&self, from: &str, to: &str) -> String {
        let json = String::from_utf8(self.manifest().to_json()).expect("text");
        assert_eq!(json.matches(from).count(), 1, "{from} in {json}");
        json.replace(from, to)
    }
}

/// Reads a file to its last byte, as a station with this root would.
pub(crate) fn read(file: &[u8], pinned: &Root) -> Result<(Manifest, Root), ReleaseError> {
    read_as(file, file.len() as u64, pinned)
}

/// The same of a file that was measured before.
pub(crate) fn read_as(
    file: &[u8],
    length: u64,
    pinned: &Root,
) -> Result<(Manifest, Root), ReleaseError> {
    let release = Release::open(file, length, Limits::default())?.verify(pinned)?;
    let known = (release.manifest().clone(), release.root().clone());
    release.check_package(&mut std::io::sink(), &mut sd_fs::Quiet)?;
    Ok(known)
}

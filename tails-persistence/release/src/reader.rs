//! The strict reader. What a release says is known only once it is believed.
//!
//! ```text
//! Release<Unverified>   header against the length; chain, signed part and signatures are bytes
//!    | verify(pinned root): chain followed, signatures over the exact bytes, then parsed;
//!    |                      chain, changelog and vectors hashed
//! Release<Verified>     manifest, changelog, vectors; the package is read once, while it is hashed
//!    | finish: nothing behind the end
//! ```

use std::io::{self, Read};

use sd_fs::{CopyError, Sha256, copy_bounded, read_bounded};

use crate::header::{HEADER_SIZE, Header, HeaderError};
use crate::key::{Context, SignatureError, Signatures};
use crate::limits::Limits;
use crate::manifest::{Content, Manifest, ManifestError};
use crate::root::{Root, RootError, parse_chain};

/// Nothing is believed yet.
#[derive(Debug)]
pub struct Unverified {
    limits: Limits,
    header: Header,
}

/// The release keys signed it, and everything but the package was compared.
#[derive(Debug)]
pub struct Verified {
    manifest: Manifest,
    root: Root,
    changelog: Vec<u8>,
    vectors: Vec<u8>,
}

/// A release, read from front to end, each byte once.
#[derive(Debug)]
pub struct Release<T, R> {
    source: R,
    roots: Vec<u8>,
    signed: Vec<u8>,
    signatures: Vec<u8>,
    state: T,
}

/// Why a release is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// Its header, or its length.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The file system.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// Its chain of roots.
    #[error("the chain of roots: {0}")]
    Roots(#[from] Box<RootError>),
    /// Its signatures.
    #[error("the signatures: {0}")]
    Signatures(#[from] SignatureError),
    /// Its signed part.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The signed part names another root than the last of the chain.
    #[error("made for root {says}, and carried with root {has}")]
    OtherRoot {
        /// By the signed part.
        says: u32,
        /// The last of the chain.
        has: u32,
    },
    /// The lengths in the header are not those that were signed.
    #[error("the header announces {header} bytes of payload, the signed part {signed}")]
    Payload {
        /// By the header.
        header: u64,
        /// By the signed part.
        signed: u64,
    },
    /// Bytes that are not what was signed.
    #[error("the {0} is not what was signed")]
    Content(&'static str),
    /// It ended early: shorter than it was when it was measured.
    #[error("it ends in the middle")]
    Ended,
    /// There is more of it than when it was measured.
    #[error("something stands behind its end")]
    Behind,
}

fn exactly(from: &mut impl Read, size: u64) -> Result<Vec<u8>, ReleaseError> {
    let bytes = read_bounded(&mut from.take(size), size).map_err(|e| match e {
        CopyError::Read(e) | CopyError::Write(e) => ReleaseError::Read(e),
        CopyError::TooLong(_) => ReleaseError::Ended,
    })?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err(ReleaseError::Ended) }
}

impl<R: Read> Release<Unverified, R> {
    /// Reads what stands before the payload, of a file of that length. Nothing is parsed but
    /// lengths.
    pub fn open(mut source: R, length: u64, limits: Limits) -> Result<Self, ReleaseError> {
        if length < HEADER_SIZE as u64 {
            return Err(HeaderError::TooShort(length).into());
        }
        let mut bytes = [0; HEADER_SIZE];
        source.read_exact(&mut bytes).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => ReleaseError::Ended,
            _ => ReleaseError::Read(e),
        })?;
        let header = Header::parse(&bytes, length, &limits)?;
        let roots = exactly(&mut source, header.roots.into())?;
        let signed = exactly(&mut source, header.signed.into())?;
        let signatures = exactly(&mut source, header.signatures.into())?;
        Ok(Self { source, roots, signed, signatures, state: Unverified { limits, header } })
    }

    /// Checks it against the root that this station has.
    pub fn verify(self, pinned: &Root) -> Result<Release<Verified, R>, ReleaseError> {
        let Self { mut source, roots, signed, signatures, state } = self;
        let root = parse_chain(&roots).and_then(|chain| pinned.follow(&chain)).map_err(Box::new)?;
        root.vouch(Context::Release, &signed, &Signatures::parse(&signatures)?)?;
        let manifest = Manifest::parse(&signed, &state.limits)?;
        if manifest.root != root.number {
            let (says, has) = (manifest.root.get(), root.number.get());
            return Err(ReleaseError::OtherRoot { says, has });
        }
        if manifest.payload() != state.header.payload {
            let (header, signed) = (state.header.payload, manifest.payload());
            return Err(ReleaseError::Payload { header, signed });
        }
        is("chain of roots", &roots, &manifest.roots)?;
        let changelog = exactly(&mut source, manifest.changelog.size)?;
        is("changelog", &changelog, &manifest.changelog)?;
        let vectors = exactly(&mut source, manifest.vectors.size)?;
        is("set of vectors", &vectors, &manifest.vectors)?;
        let state = Verified { manifest, root, changelog, vectors };
        Ok(Release { source, roots, signed, signatures, state })
    }
}

fn is(what: &'static str, bytes: &[u8], content: &Content) -> Result<(), ReleaseError> {
    if Content::of(bytes) == *content { Ok(()) } else { Err(ReleaseError::Content(what)) }
}

impl<R: Read> Release<Verified, R> {
    /// What was signed.
    pub fn manifest(&self) -> &Manifest {
        &self.state.manifest
    }

    /// The last root of the chain: whose keys count from now on.
    pub fn root(&self) -> &Root {
        &self.state.root
    }

    /// What changed, for people.
    pub fn changelog(&self) -> &[u8] {
        &self.state.changelog
    }

    /// Self-test vectors.
    pub fn vectors(&self) -> &[u8] {
        &self.state.vectors
    }

    /// The signed part, byte for byte.
    pub fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// The signatures, as they stand in the file.
    pub fn signatures(&self) -> &[u8] {
        &self.signatures
    }

    /// The chain of roots, as it stands in the file.
    pub fn roots(&self) -> &[u8] {
        &self.roots
    }

    /// Which release it is, to the byte.
    pub fn identity(&self) -> Sha256 {
        Sha256::of(&self.signed)
    }

    /// The package, to be read once; whoever reads it compares it with the manifest.
    pub fn package(&mut self) -> impl Read {
        let size = self.state.manifest.package.size;
        (&mut self.source).take(size)
    }

    /// Reads the package to its end and compares it; then nothing may follow.
    pub fn check_package(
        mut self,
        into: &mut impl io::Write,
        progress: &mut dyn sd_fs::Progress,
    ) -> Result<(), ReleaseError> {
        let content = self.state.manifest.package;
        let copied = copy_bounded(&mut self.package(), into, content.size, progress);
        let digests = copied.map_err(|e| match e {
            CopyError::Read(e) | CopyError::Write(e) => ReleaseError::Read(e),
            CopyError::TooLong(_) => ReleaseError::Behind,
        })?;
        if digests.size < content.size {
            return Err(ReleaseError::Ended);
        }
        if digests != content.digests() {
            return Err(ReleaseError::Content("package"));
        }
        self.finish()
    }

    /// Once the package was read: nothing may follow.
    pub fn finish(mut self) -> Result<(), ReleaseError> {
        let behind = read_bounded(&mut self.source, 0);
        match behind {
            Ok(_) => Ok(()),
            Err(CopyError::TooLong(_)) => Err(ReleaseError::Behind),
            Err(CopyError::Read(e) | CopyError::Write(e)) => Err(ReleaseError::Read(e)),
        }
    }
}

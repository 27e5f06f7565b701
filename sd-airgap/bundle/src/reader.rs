//! The strict reader: one way to read a bundle, in the order of trust.
//!
//! ```text
//! open          length, pad, head, sealed manifest: compared, hashed, not parsed further
//! authenticate  the vault opened the manifest and its signature is good: now it is parsed
//! copy_members  each member once, hashed while copied, every other byte compared
//! Verified      only now are there entries
//! ```

use std::io::{self, BufReader, Read};

use sd_fs::{Blake3, DirError, Progress};

use crate::layout::{
    BLOCK, END, HEAD_NAME, MANIFEST_NAME, PAD, PAD_NAME, Region, bundle_length, header, padded,
};
use crate::limits::Limits;
use crate::manifest::{FormatAndVersion, Manifest, ManifestError, Member};
use crate::raw::{LAST, Tail, expect_last};
use crate::writer::Head;

/// One read from the medium.
const CHUNK: usize = 256 << 10;

/// Why a bundle is refused.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The medium failed.
    #[error("reading failed in the {region}: {source}")]
    Read {
        /// Where.
        region: Region,
        /// What the system said.
        source: io::Error,
    },
    /// It ends too early.
    #[error("cut off in the {0}")]
    Truncated(Region),
    /// A byte is not what it must be.
    #[error("changed or damaged in the {0}")]
    Damaged(Region),
    /// Not one of our bundles, or of a later version.
    #[error("not a bundle of this format")]
    NotABundle,
    /// Longer or shorter than its parts.
    #[error("{actual} bytes long, but its parts make {expected}")]
    Length {
        /// What the medium holds.
        actual: u64,
        /// What the parts add up to.
        expected: u64,
    },
    /// Larger than allowed.
    #[error("the {0} is larger than allowed")]
    TooLarge(Region),
    /// The manifest is signed, and still not one.
    #[error("the manifest cannot be used: {0}")]
    Manifest(#[from] ManifestError),
    /// The manifest belongs to another bundle.
    #[error("the manifest belongs to another bundle")]
    Swapped,
    /// A verified member could not be stored.
    #[error(transparent)]
    Sink(#[from] DirError),
}

/// A manifest's JSON that somebody vouches for: on the SVS the vault, after the signature was
/// good; on the workstation the program that has just made it.
#[derive(Debug)]
pub struct Attested(Vec<u8>);

impl Attested {
    /// Says so. Call it only with bytes whose signature by the paired workstation was
    /// checked, or that this process made itself.
    pub fn vouch(json: Vec<u8>) -> Self {
        Self(json)
    }
}

/// Nothing is known but that the front has the right shape.
#[derive(Debug)]
pub struct Unverified {
    head: Head,
    sealed: Vec<u8>,
}

/// The manifest is authentic; the members have not been looked at.
#[derive(Debug)]
pub struct Authentic {
    manifest: Manifest,
    hash: Blake3,
}

/// Every byte is accounted for.
#[derive(Debug)]
pub struct Verified {
    manifest: Manifest,
    hash: Blake3,
}

/// A bundle being read, once, from front to end.
#[derive(Debug)]
pub struct Bundle<S, R> {
    source: BufReader<R>,
    length: u64,
    /// On a bare device: its size.
    device: Option<u64>,
    limits: Limits,
    state: S,
}

/// Takes the members as they come; what it is given is not verified before `end`.
pub trait MemberSink {
    /// A member begins.
    fn begin(&mut self, member: &Member) -> Result<(), DirError>;
    /// More of its bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), DirError>;
    /// All bytes came and their hash is the manifest's.
    fn end(&mut self, member: &Member) -> Result<(), DirError>;
}

/// Keeps nothing: for verifying only.
#[derive(Clone, Copy, Debug)]
pub struct Discard;

impl MemberSink for Discard {
    fn begin(&mut self, _: &Member) -> Result<(), DirError> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> Result<(), DirError> {
        Ok(())
    }

    fn end(&mut self, _: &Member) -> Result<(), DirError> {
        Ok(())
    }
}

impl<R: Read> Bundle<Unverified, R> {
    /// Reads the front of a bundle of `length` bytes, up to and with the sealed manifest.
    pub fn open(source: R, length: u64, limits: Limits) -> Result<Self, BundleError> {
        if length > limits.total {
            return Err(BundleError::TooLarge(Region::End));
        }
        let bundle = Self::open_front(source, limits)?;
        if bundle.length != length {
            return Err(BundleError::Length { actual: length, expected: bundle.length });
        }
        Ok(bundle)
    }

    /// The same on a bare device of `size` bytes, which the bundle and its tail fill.
    pub fn open_raw(source: R, size: u64, limits: Limits) -> Result<Self, BundleError> {
        let bundle = Self::open_front(source, limits)?;
        if bundle.length > limits.total {
            return Err(BundleError::TooLarge(Region::End));
        }
        let room = size.saturating_sub(LAST);
        if bundle.length > room {
            return Err(BundleError::Length { actual: room, expected: bundle.length });
        }
        Ok(Self { device: Some(size), ..bundle })
    }

    fn open_front(source: R, limits: Limits) -> Result<Self, BundleError> {
        let mut source = BufReader::with_capacity(CHUNK, source);
        expect(&mut source, &header(PAD_NAME, PAD), &Region::Pad).map_err(first_block)?;
        expect_zeros(&mut source, PAD, &Region::Pad)?;
        let head = read_head(&mut source, &limits)?;
        if head.manifest_size > limits.sealed {
            return Err(BundleError::TooLarge(Region::Manifest));
        }
        expect(&mut source, &header(MANIFEST_NAME, head.manifest_size), &Region::Manifest)?;
        let sealed = take(&mut source, head.manifest_size, &Region::Manifest)?;
        let rest = padded(head.manifest_size) - head.manifest_size;
        expect_zeros(&mut source, rest, &Region::Manifest)?;
        if Blake3::of(&sealed) != head.manifest_blake3 {
            return Err(BundleError::Damaged(Region::Manifest));
        }
        let length = head.length;
        Ok(Self { source, length, device: None, limits, state: Unverified { head, sealed } })
    }

    /// The sealed manifest, for the vault to open.
    pub fn sealed(&self) -> &[u8] {
        &self.state.sealed
    }

    /// Goes on with the manifest that somebody vouches for.
    pub fn authenticate(self, manifest: Attested) -> Result<Bundle<Authentic, R>, BundleError> {
        let json = manifest.0;
        let manifest = Manifest::parse(&json, &self.limits)?;
        let Unverified { head, sealed } = &self.state;
        if manifest.bundle != head.bundle {
            return Err(BundleError::Swapped);
        }
        let sizes = manifest.members.iter().map(|m| m.item.size);
        let expected = bundle_length(1, sealed.len() as u64, sizes);
        if expected != self.length {
            return Err(BundleError::Length { actual: self.length, expected });
        }
        let state = Authentic { manifest, hash: Blake3::of(&json) };
        let Self { source, length, device, limits, .. } = self;
        Ok(Bundle { source, length, device, limits, state })
    }
}

impl<R: Read> Bundle<Authentic, R> {
    /// The authentic manifest: what the bundle claims to hold.
    pub fn manifest(&self) -> &Manifest {
        &self.state.manifest
    }

    /// BLAKE3 of the manifest's JSON.
    pub fn manifest_hash(&self) -> &Blake3 {
        &self.state.hash
    }

    /// Reads every member once, hashing it while it goes to the sink, and everything else to
    /// the last byte.
    pub fn copy_members(
        mut self,
        sink: &mut dyn MemberSink,
        progress: &mut dyn Progress,
    ) -> Result<Verified, BundleError> {
        for member in &self.state.manifest.members {
            copy_member(&mut self.source, member, sink, progress)?;
        }
        expect_zeros(&mut self.source, END, &Region::End)?;
        if let Some(size) = self.device {
            self.expect_tail(size, progress)?;
        }
        match self.source.read(&mut [0; 1]) {
            Ok(0) => {}
            Ok(_) => return Err(BundleError::Damaged(Region::End)),
            Err(source) => return Err(BundleError::Read { region: Region::End, source }),
        }
        let Authentic { manifest, hash } = self.state;
        Ok(Verified { manifest, hash })
    }
}

impl<R: Read> Bundle<Authentic, R> {
    /// Bytes that follow the members and are read too.
    pub fn tail_length(&self) -> u64 {
        self.device.map_or(0, |size| size - self.length)
    }

    fn expect_tail(&mut self, size: u64, progress: &mut dyn Progress) -> Result<(), BundleError> {
        let Authentic { manifest, hash } = &self.state;
        let seeded = size - LAST - self.length;
        Tail::seeded(manifest, hash.as_bytes()).expect(&mut self.source, seeded, progress)?;
        expect_last(&mut self.source, LAST, progress)
    }
}

impl Verified {
    /// What the bundle holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// BLAKE3 of the manifest's JSON.
    pub fn manifest_hash(&self) -> &Blake3 {
        &self.hash
    }

    /// The members.
    pub fn entries(&self) -> &[Member] {
        &self.manifest.members
    }
}

fn copy_member(
    source: &mut impl Read,
    member: &Member,
    sink: &mut dyn MemberSink,
    progress: &mut dyn Progress,
) -> Result<(), BundleError> {
    let region = Region::Member(member.name.clone());
    let size = member.item.size;
    expect(source, &header(&member.name, size), &region)?;
    sink.begin(member)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; usize::try_from(size).unwrap_or(CHUNK).min(CHUNK)];
    let mut left = size;
    while left > 0 {
        let n = usize::try_from(left).unwrap_or(CHUNK).min(buffer.len());
        read_exact(source, &mut buffer[..n], &region)?;
        hasher.update(&buffer[..n]);
        sink.write(&buffer[..n])?;
        progress.advance(n as u64);
        left -= n as u64;
    }
    if hasher.finalize().as_bytes() != member.item.blake3.as_bytes() {
        return Err(BundleError::Damaged(region));
    }
    expect_zeros(source, padded(size) - size, &region)?;
    sink.end(member)?;
    Ok(())
}

/// The head's block: parsed, then written again and compared, so that one reading exists.
fn read_head(source: &mut impl Read, limits: &Limits) -> Result<Head, BundleError> {
    let block = take(source, BLOCK as u64, &Region::Head)?;
    let content = take(source, BLOCK as u64, &Region::Head)?;
    let end = content.iter().position(|b| *b == 0).unwrap_or(content.len());
    let json = &content[..end];
    if json.len() as u64 > limits.head {
        return Err(BundleError::TooLarge(Region::Head));
    }
    let damaged = |_| BundleError::Damaged(Region::Head);
    let kind: FormatAndVersion = serde_json::from_slice(json).map_err(damaged)?;
    if !Head::is_ours(&kind) {
        return Err(BundleError::NotABundle);
    }
    let head: Head = serde_json::from_slice(json).map_err(damaged)?;
    let exact = head.to_json() == json
        && content[end..].iter().all(|b| *b == 0)
        && block == header(HEAD_NAME, json.len() as u64);
    if exact { Ok(head) } else { Err(BundleError::Damaged(Region::Head)) }
}

/// Whoever points at something else than a bundle should hear just that.
fn first_block(e: BundleError) -> BundleError {
    match e {
        BundleError::Damaged(_) | BundleError::Truncated(_) => BundleError::NotABundle,
        e => e,
    }
}

fn read_exact(source: &mut impl Read, buf: &mut [u8], region: &Region) -> Result<(), BundleError> {
    source.read_exact(buf).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => BundleError::Truncated(region.clone()),
        _ => BundleError::Read { region: region.clone(), source: e },
    })
}

fn take(source: &mut impl Read, size: u64, region: &Region) -> Result<Vec<u8>, BundleError> {
    let size = usize::try_from(size).map_err(|_| BundleError::TooLarge(region.clone()))?;
    let mut bytes = vec![0; size];
    read_exact(source, &mut bytes, region)?;
    Ok(bytes)
}

fn expect(source: &mut impl Read, block: &[u8; BLOCK], region: &Region) -> Result<(), BundleError> {
    let mut read = [0; BLOCK];
    read_exact(source, &mut read, region)?;
    if read == *block { Ok(()) } else { Err(BundleError::Damaged(region.clone())) }
}

fn expect_zeros(source: &mut impl Read, size: u64, region: &Region) -> Result<(), BundleError> {
    const ZEROS: [u8; 8 * BLOCK] = [0; 8 * BLOCK];
    let mut read = [0; 8 * BLOCK];
    let mut left = size;
    while left > 0 {
        let n = usize::try_from(left).unwrap_or(read.len()).min(read.len());
        read_exact(source, &mut read[..n], region)?;
        if read[..n] != ZEROS[..n] {
            return Err(BundleError::Damaged(region.clone()));
        }
        left -= n as u64;
    }
    Ok(())
}

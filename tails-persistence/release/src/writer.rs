//! The writer: the one spelling of a release.

use std::io::{self, Read, Write};

use crate::header::Header;
use crate::key::Signatures;
use crate::manifest::Manifest;

/// A release that was signed, without its package.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The chain of roots.
    pub roots: Vec<u8>,
    /// The signed part.
    pub manifest: Manifest,
    /// The signatures.
    pub signatures: Signatures,
    /// What changed.
    pub changelog: Vec<u8>,
    /// Self-test vectors.
    pub vectors: Vec<u8>,
}

impl Assembled {
    /// Writes the whole file. Nothing is checked here: read it back with the reader.
    pub fn write(&self, package: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
        let (signed, signatures) = (self.manifest.to_json(), self.signatures.to_bytes());
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(io::Error::other);
        let header = Header {
            roots: size(&self.roots)?,
            signed: size(&signed)?,
            signatures: size(&signatures)?,
            payload: self.manifest.payload(),
        };
        to.write_all(&header.to_bytes())?;
        for part in [&self.roots, &signed, &signatures, &self.changelog, &self.vectors] {
            to.write_all(part)?;
        }
        io::copy(&mut package.take(self.manifest.package.size), to)?;
        Ok(())
    }
}

//! Files of the publisher: small ones, written once, with signatures beside them.

use std::path::{Path, PathBuf};

use sd_fs::Dir;
use sd_release::{Context, Link, MAX_SIGNATURES, Root, SIGNATURE_SIZE, Signature, Signatures};
use sd_term::{Failure, Status};

/// How many bytes a changelog or a set of vectors may have, and a root has far fewer.
const MAX_SMALL: u64 = 4 << 20;

/// How a signature's file ends.
const ENDING: &str = ".sig";

/// A path, for messages.
pub(crate) fn shown(path: &Path) -> String {
    sd_fs::escape(path.as_os_str().as_encoded_bytes()).to_string()
}

/// A refusal that names a file.
pub(crate) fn refused(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::new(Status::Refused, format!("{}: {why}", shown(path)))
}

/// Reads a small file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let (dir, name) = Dir::containing(path)?;
    Ok(dir.read_small(&name, MAX_SMALL)?)
}

/// Writes a small file under a name that must be free.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let (dir, name) = Dir::containing(path)?;
    Ok(dir.write_new(&name, bytes)?)
}

/// The name of a signature's file: that of what was signed, and the beginning of the key's id.
pub(crate) fn signature_path(signed: &Path, signature: &Signature) -> PathBuf {
    let mut name = signed.as_os_str().to_owned();
    name.push(format!(".{}{ENDING}", signature.key));
    PathBuf::from(name)
}

/// All signatures that stand beside a file.
pub(crate) fn signatures_beside(signed: &Path) -> Result<Signatures, Failure> {
    let (dir, name) = Dir::containing(signed)?;
    let mut all = Vec::new();
    for entry in dir.entries()? {
        let ours = entry.name.strip_prefix(&name).is_some_and(|rest| rest.ends_with(ENDING));
        if ours {
            let bytes = dir.read_small(&entry.name, (MAX_SIGNATURES * SIGNATURE_SIZE) as u64)?;
            let these = Signatures::parse(&bytes).map_err(|e| refused(signed, e))?;
            all.extend(these.iter().copied());
        }
    }
    Signatures::new(all).map_err(|e| refused(signed, e))
}

/// The chain of these root files, with the signatures beside each.
pub(crate) fn chain(roots: &[PathBuf]) -> Result<(Vec<Link>, Root), Failure> {
    let mut links = Vec::new();
    let mut last = None;
    for path in roots {
        let json = read(path)?;
        let root = Root::parse(&json).map_err(|e| refused(path, e))?;
        let signatures = signatures_beside(path)?;
        links.push(Link { number: root.number, json, signatures });
        last.get_or_insert(root);
    }
    let none = || Failure::new(Status::Usage, "no root was named");
    let first = last.ok_or_else(none)?;
    // The first root vouches for itself: stations have it already.
    let own = &links[0].signatures;
    first.vouch(Context::Root, &first.to_json(), own).map_err(|e| refused(&roots[0], e))?;
    let now = first.follow(&links).map_err(|e| Failure::new(Status::Refused, e))?;
    Ok((links, now))
}

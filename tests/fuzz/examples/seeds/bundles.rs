//! Fronts, manifests and edits of bundles, from the test vectors of the format.

use std::io::{self, Read as _};

use sd_bundle::{Bundle, Limits};
use sd_pgp::{Expect, OpenLimits, PkeskBytes, SessionKeyBytes};
use sd_tests::ciphertext::keys;
use sd_tests::vectors::{Vector, directory};
use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::packet::Packet;
use sequoia_openpgp::parse::Parse as _;

use super::Seeds;

/// The pad fills so much, header included.
const PAD: usize = 1 << 20;

/// What stands in a vector's front, behind the pad, up to its first member.
pub(super) fn heads() -> io::Result<Seeds> {
    let vectors = vectors(&["good.", "head-"])?;
    let front = |v: Vector| {
        let behind = v.bytes.get(PAD..).unwrap_or_default();
        let member = behind.windows(9).position(|w| w == b"m-000001.").unwrap_or(behind.len());
        (v.name, behind[..member].to_vec())
    };
    let mut seeds: Seeds = vectors.into_iter().map(front).collect();
    seeds.retain(|(_, seed)| !seed.is_empty());
    Ok(seeds)
}

/// The JSON of each vector whose manifest opens, whatever it says.
pub(super) fn manifests() -> io::Result<Seeds> {
    let submission = Cert::from_bytes(keys::SUBMISSION_SECRET).map_err(io::Error::other)?;
    let vectors = vectors(&["good", "json-"])?;
    let json = |v: Vector| {
        let length = v.bytes.len() as u64;
        let bundle = Bundle::open(&v.bytes[..], length, Limits::default()).ok()?;
        let frame = opened(bundle.sealed(), &submission)?;
        // A vector that is a bomb is not a seed.
        let json = zstd::bulk::decompress(&frame, 64 << 10).ok()?;
        (json.len() < 4096).then_some((v.name, json))
    };
    Ok(vectors.into_iter().filter_map(json).collect())
}

/// One edit of each kind, and a few together.
pub(super) fn edits() -> Seeds {
    let mut seeds = vec![("good".to_owned(), vec![0]), ("good-short-reads".to_owned(), vec![3])];
    for what in 0..7 {
        for (where_, place) in [("head", 600_u32), ("manifest", 1100), ("member", 2600)] {
            let [a, b, c, _] = place.to_le_bytes();
            let name = format!("edit-{what}-{where_}");
            seeds.push((name, vec![what % 4, what, a, b, c, 1 + what]));
        }
    }
    seeds.push((
        "swapped-blocks".to_owned(),
        vec![0, 5, 0, 2, 0, 3, 3, 0, 4, 0, 255, 3, 0, 5, 0, 255],
    ));
    seeds.push(("behind-the-end".to_owned(), vec![1, 6, 0, 0, 0, 0]));
    seeds
}

fn vectors(beginnings: &[&str]) -> io::Result<Vec<Vector>> {
    let mut vectors = Vec::new();
    for entry in std::fs::read_dir(directory())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".vector") && beginnings.iter().any(|b| name.starts_with(b)) {
            vectors.push(Vector::from_file(&std::fs::read(path)?)?);
        }
    }
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(vectors)
}

fn opened(message: &[u8], key: &Cert) -> Option<Vec<u8>> {
    let ask = |question: PkeskBytes| {
        let Ok(Packet::PKESK(pkesk)) = Packet::from_bytes(&question.packet) else { return None };
        key.keys().secret().find_map(|k| {
            let mut pair = k.key().clone().parts_into_secret().ok()?.into_keypair().ok()?;
            let (algorithm, key) = pkesk.decrypt(&mut pair, None)?;
            Some(SessionKeyBytes { algorithm: algorithm.map_or(0, u8::from), key })
        })
    };
    let consume = |source: &mut sd_pgp::Source<'_, '_>| {
        let mut content = Vec::new();
        source.read_to_end(&mut content).map(|_| content)
    };
    let opening = sd_pgp::open(message, Expect::Encrypted, OpenLimits::default(), ask, consume);
    opening.ok().map(|opening| opening.value)
}

//! The sealed manifest: its place in the file, and its envelope.

use std::io;

use openpgp::types::{HashAlgorithm, SymmetricAlgorithm};
use sd_bundle::Region;
use sequoia_openpgp as openpgp;

use super::{Case, damaged, refused};
use crate::ciphertext::{broken, encrypt, keys};
use crate::vectors::envelope::{self, Layer, frame};
use crate::vectors::kit::{certificate, json, seal};
use crate::vectors::{Expect, Kit, Place};

/// A cipher with blocks of 8 bytes.
const CAST5: u8 = 3;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = place();
    cases.extend(not_sealed());
    cases.extend(changed());
    cases.extend(unprotected());
    cases.extend(layers());
    cases.extend(signatures());
    cases.extend(damaged_signatures());
    cases
}

/// Its header, its bytes, its filling.
fn place() -> Vec<Case> {
    let manifest = || damaged(Region::Manifest);
    vec![
        refused("manifest-header-name", manifest(), "It is named 3-manifest.json...", |kit| {
            Ok(kit.good.clone().field(Place::Manifest, 0, b"3"))
        }),
        refused("manifest-header-mtime", manifest(), "It has a time.", |kit| {
            Ok(kit.good.clone().field(Place::Manifest, 136, b"15060000000\0"))
        }),
        refused("manifest-header-type", manifest(), "It is called a symbolic link.", |kit| {
            Ok(kit.good.clone().field(Place::Manifest, 156, b"2"))
        }),
        refused("manifest-byte", manifest(), "A byte of it is not what the head says.", |kit| {
            let at = kit.good.content(Place::Manifest) + 700;
            Ok(kit.good.clone().flip(at))
        }),
        refused("manifest-filling", manifest(), "The last byte of its filling is set.", |kit| {
            let at = kit.good.start(Place::Member(1)) - 1;
            Ok(kit.good.clone().flip(at))
        }),
        refused(
            "manifest-of-another-bundle",
            (Expect::Swapped, None),
            "Another bundle's sealed manifest, with a head that has its size and hash.",
            |kit| {
                let other = &kit.other;
                let at = other.content(Place::Manifest)..other.filling(Place::Manifest);
                kit.with_sealed(&other.bytes()[at])
            },
        ),
    ]
}

/// A good bundle around a manifest that is sealed otherwise; size and hash in the head fit.
fn sealed(
    name: &'static str,
    expect: Expect,
    comment: &'static str,
    seal: impl Fn(&Kit, &[u8]) -> io::Result<Vec<u8>> + 'static,
) -> Case {
    refused(name, (expect, Some(Region::Manifest)), comment, move |kit| {
        let frame = frame(json(&kit.one)?.as_bytes())?;
        kit.with_sealed(&seal(kit, &frame)?)
    })
}

fn not_sealed() -> Vec<Case> {
    use Expect::{BadSignature, NotAMessage, NotEncrypted, OtherKey};
    vec![
        sealed("manifest-empty", NotAMessage, "The manifest has no bytes.", |_, _| Ok(Vec::new())),
        sealed("manifest-plain", NotAMessage, "A bare zstd frame, no OpenPGP.", |_, frame| {
            Ok(frame.to_vec())
        }),
        sealed("manifest-literal", NotEncrypted, "In a literal packet only.", |_, frame| {
            made(|sink| broken::unencrypted(frame, sink))
        }),
        sealed("manifest-not-encrypted", NotEncrypted, "Signed, not encrypted.", |kit, frame| {
            envelope::layers(kit, vec![Layer::signed(kit.signer()?)], frame)
        }),
        sealed("manifest-unsigned", BadSignature, "Encrypted, not signed.", |kit, frame| {
            made(|sink| encrypt(&[&kit.submission], frame, sink))
        }),
        sealed(
            "manifest-for-another-key",
            OtherKey,
            "Signed by the workstation, encrypted to the source key of the fixtures.",
            |kit, frame| {
                let other = certificate(keys::SOURCE_PUBLIC)?;
                seal(frame, kit.signer()?, &other)
            },
        ),
    ]
}

fn changed() -> Vec<Case> {
    use Expect::{BadSessionKey, Tampered};
    vec![
        sealed(
            "manifest-tampered",
            Tampered,
            "A bit of the ciphertext is flipped.",
            |kit, frame| Ok(broken::flipped(&kit.seal(frame)?, 100)),
        ),
        sealed("manifest-tampered-end", Tampered, "The last byte is another.", |kit, frame| {
            Ok(broken::flipped(&kit.seal(frame)?, 0))
        }),
        sealed("manifest-cut", Tampered, "The last 30 bytes are missing.", |kit, frame| {
            Ok(broken::truncated(&kit.seal(frame)?, 30))
        }),
        sealed("manifest-mdc-cut", Tampered, "The MDC packet is cut off.", |kit, frame| {
            broken::mdc_cut_off(&kit.seal(frame)?)
        }),
        sealed(
            "manifest-session-key-damaged",
            BadSessionKey,
            "The wrapped session key is damaged; the key ID is the submission key's.",
            |kit, frame| {
                let mut sealed = kit.seal(frame)?;
                sealed[300] ^= 1;
                Ok(sealed)
            },
        ),
    ]
}

fn unprotected() -> Vec<Case> {
    use Expect::Unprotected;
    vec![
        sealed(
            "manifest-tag-9",
            Unprotected,
            "Relabelled as a packet without integrity protection.",
            |kit, frame| broken::relabelled(&kit.seal(frame)?),
        ),
        sealed("manifest-weak-cipher", Unprotected, "Encrypted with CAST5.", |kit, frame| {
            let layers = vec![
                Layer::Encrypted(SymmetricAlgorithm::from(CAST5)),
                Layer::signed(kit.signer()?),
            ];
            envelope::layers(kit, layers, frame)
        }),
    ]
}

fn layers() -> Vec<Case> {
    use Expect::{NotAMessage, Structure};
    vec![
        sealed("manifest-encrypted-twice", Structure, "Encrypted twice.", |kit, frame| {
            let layers = vec![Layer::AES, Layer::AES, Layer::signed(kit.signer()?)];
            envelope::layers(kit, layers, frame)
        }),
        sealed(
            "manifest-signed-outside",
            Structure,
            "Encrypted first and signed then, by the workstation.",
            |kit, frame| {
                envelope::layers(kit, vec![Layer::signed(kit.signer()?), Layer::AES], frame)
            },
        ),
        sealed("manifest-armored", NotAMessage, "ASCII-armored.", |kit, frame| {
            let layers = vec![Layer::Armor, Layer::AES, Layer::signed(kit.signer()?)];
            envelope::layers(kit, layers, frame)
        }),
        sealed("manifest-trailing-packet", NotAMessage, "It stands there twice.", |kit, frame| {
            Ok(kit.seal(frame)?.repeat(2))
        }),
        sealed("manifest-trailing-bytes", NotAMessage, "Text follows it.", |kit, frame| {
            Ok([&kit.seal(frame)?[..], b"and more"].concat())
        }),
    ]
}

fn signatures() -> Vec<Case> {
    use Expect::BadSignature;
    vec![
        sealed("manifest-of-a-stranger", BadSignature, "By another key.", |kit, frame| {
            kit.seal_as(frame, envelope::stranger()?)
        }),
        sealed(
            "manifest-by-the-submission-key",
            BadSignature,
            "Signed by the submission key itself.",
            |kit, frame| kit.seal_as(frame, envelope::submission_signer()?),
        ),
        sealed(
            "manifest-signed-by-two",
            BadSignature,
            "Two signatures over the same content: the workstation's and another key's.",
            |kit, frame| {
                let both = vec![kit.signer()?, envelope::stranger()?];
                let signed = Layer::Signed(both, HashAlgorithm::SHA512);
                envelope::layers(kit, vec![Layer::AES, signed], frame)
            },
        ),
        sealed(
            "manifest-notarized",
            BadSignature,
            "Another key's signature is wrapped around the workstation's.",
            |kit, frame| {
                let (outer, inner) = (envelope::stranger()?, kit.signer()?);
                let layers = vec![Layer::AES, Layer::signed(outer), Layer::signed(inner)];
                envelope::layers(kit, layers, frame)
            },
        ),
    ]
}

fn damaged_signatures() -> Vec<Case> {
    use Expect::BadSignature;
    vec![
        sealed("manifest-signed-with-sha-1", BadSignature, "The hash is SHA-1.", |kit, frame| {
            let signed = Layer::Signed(vec![kit.signer()?], HashAlgorithm::SHA1);
            envelope::layers(kit, vec![Layer::AES, signed], frame)
        }),
        sealed(
            "manifest-signature-expires",
            BadSignature,
            "The signature expires after a year: signatures are judged at the end of time.",
            |kit, frame| {
                envelope::layers(
                    kit,
                    vec![Layer::AES, Layer::Expiring(Box::new(kit.signer()?))],
                    frame,
                )
            },
        ),
        sealed(
            "manifest-signature-damaged",
            BadSignature,
            "The workstation's signature over other content.",
            |kit, frame| {
                let other = envelope::frame(json(&kit.two)?.as_bytes())?;
                envelope::with_signature_over(kit, frame, &other)
            },
        ),
    ]
}

fn made(make: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    make(&mut bytes)?;
    Ok(bytes)
}

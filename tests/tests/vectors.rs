//! The published test vectors of the bundle format, run against `sd-airgap` and stock tar.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use sd_bundle::{Attested, Bundle, BundleError, Discard, Limits, Verified};
use sd_fs::{Quiet, Sha256};
use sd_tests::ciphertext::keys;
use sd_tests::gnupg::Gnupg;
use sd_tests::newsroom::{Run, files, program};
use sd_tests::vectors::{Expect, Medium, Vector, cases, directory, workstation_fingerprint};
use tempfile::TempDir;

/// Vectors that `sd-airgap` does not yet treat as their headers say, and what it does instead.
/// The test fails when one of them is mended, so that this list only shrinks.
const OPEN: &[(&str, &str)] = &[("manifest-trailing-packet", "refused as tampered")];

/// Every vector, in the order of names.
fn vectors() -> Vec<Vector> {
    let entries = std::fs::read_dir(directory()).expect("the vectors");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "vector"));
    paths.sort();
    let read = |path: &PathBuf| {
        let file = std::fs::read(path).expect("readable");
        let vector = Vector::from_file(&file).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(path.file_stem().expect("a name"), vector.name.as_str());
        vector
    };
    paths.iter().map(read).collect()
}

#[test]
fn every_vector_has_a_header_that_parses_and_every_expectation_occurs() {
    let vectors = vectors();
    assert!(vectors.len() >= 40, "only {} vectors", vectors.len());
    let said: BTreeSet<Expect> = vectors.iter().map(|v| v.expect).collect();
    let all: BTreeSet<Expect> = Expect::ALL.iter().copied().collect();
    assert_eq!(said, all);
    for vector in &vectors {
        let good = vector.expect == Expect::Good;
        assert_eq!(good, vector.receipt.is_some(), "{}", vector.name);
        let released = vector.members.len() + vector.plaintexts.len() + vector.refused.len();
        assert!(good || released == 0, "{}: nothing of it may be released", vector.name);
        assert!(!vector.comment.is_empty(), "{}", vector.name);
    }
}

#[test]
fn every_vector_has_a_description_to_make_it_from() {
    let made: BTreeSet<String> = vectors().into_iter().map(|v| v.name).collect();
    let cases: Vec<String> = cases::all().iter().map(|c| c.name.to_owned()).collect();
    assert_eq!(cases.len(), made.len(), "two cases have one name, or one is not made");
    assert_eq!(cases.into_iter().collect::<BTreeSet<_>>(), made);
}

#[test]
fn sd_airgap_finds_in_every_vector_what_its_header_says() {
    let station = paired();
    let mut vectors = vectors();
    vectors.retain(|v| v.medium == Medium::File);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(vector) = vectors.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(run(&station, vector).err().map(|e| (vector.name.as_str(), e)));
        }
        wrong
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let wrong: BTreeMap<&str, String> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|r| r.join().expect("no panic")).collect()
    });
    let open: BTreeSet<&str> = OPEN.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = wrong.keys().copied().collect();
    let mended: Vec<_> = open.difference(&found).collect();
    assert!(mended.is_empty(), "take these off the list, they are mended: {mended:?}");
    let new: Vec<_> = wrong.iter().filter(|(name, _)| !open.contains(*name)).collect();
    assert!(new.is_empty(), "{new:#?}");
}

#[test]
fn the_reader_of_bare_devices_finds_in_every_vector_what_its_header_says() {
    let (station, gnupg) = (paired(), Gnupg::with_key(keys::SUBMISSION_SECRET).expect("a home"));
    let workstation = std::fs::read(directory().join("workstation.pub.asc")).expect("readable");
    let imported = gnupg.feed(&["--import"], &workstation).expect("gpg runs");
    assert!(imported.status.success(), "{imported:?}");
    let mut vectors = vectors();
    vectors.retain(|v| v.medium == Medium::Device);
    assert!(vectors.len() >= 12, "only {} vectors", vectors.len());
    let wrong: Vec<_> = vectors
        .iter()
        .filter_map(|v| device(&station, &gnupg, v).err().map(|e| (v.name.as_str(), e)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A bare device, read as `unpack` reads it. `sd-airgap` itself takes a device on USB and nothing
/// else, so a good one is unpacked by it from a file with the bundle alone.
fn device(station: &TempDir, gnupg: &Gnupg, vector: &Vector) -> Outcome {
    let words = vector.expect.message(vector.region.as_ref());
    let verified = match read_device(gnupg, &vector.bytes) {
        Err(e) if vector.expect != Expect::Good && e.to_string().contains(&words) => return Ok(()),
        Err(e) => return Err(format!("\"{words}\" was expected, \"{e}\" was said")),
        Ok(verified) => verified,
    };
    same("verdict", &Expect::Good, &vector.expect)?;
    let receipt = verified.manifest().receipt(verified.manifest_hash()).to_string();
    same("receipt", &Some(receipt), &vector.receipt)?;
    let image = station.path().join(&vector.name);
    std::fs::write(&image, &vector.bytes).expect("written");
    stock(&image.to_string_lossy(), vector)?;
    let length = head_length(&vector.bytes).expect("a head");
    let file = Vector { bytes: vector.bytes[..length].to_vec(), ..vector.clone() };
    run(station, &file)
}

/// The reader of bare devices; the manifest is opened by stock `GnuPG`.
fn read_device(gnupg: &Gnupg, bytes: &[u8]) -> Result<Verified, BundleError> {
    let bundle = Bundle::open_raw(bytes, bytes.len() as u64, Limits::default())?;
    let sealed = gnupg.file("sealed");
    std::fs::write(&sealed, bundle.sealed()).expect("written");
    let opened = gnupg.decrypt(&sealed).expect("gpg runs");
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let json = zstd::decode_all(&opened.stdout[..]).expect("a frame");
    let bundle = bundle.authenticate(Attested::vouch(json))?;
    bundle.copy_members(&mut Discard, &mut Quiet)
}

/// What the head says is the length of the bundle.
fn head_length(device: &[u8]) -> Option<usize> {
    let head = &device[(1 << 20) + 512..(1 << 20) + 1024];
    let end = head.iter().position(|b| *b == 0)?;
    let head: serde_json::Value = serde_json::from_slice(&head[..end]).ok()?;
    usize::try_from(head["length"].as_u64()?).ok()
}

/// An SVS with the fixtures' keys, to be copied.
fn paired() -> TempDir {
    let root = TempDir::new().expect("a directory");
    std::fs::write(root.path().join("submission.key"), keys::SUBMISSION_SECRET).expect("written");
    let certificate = directory().join("workstation.pub.asc");
    let fingerprint = workstation_fingerprint().expect("a certificate");
    let key = root.path().join("submission.key");
    let [certificate, key] = [certificate, key].map(|p| p.to_string_lossy().into_owned());
    let args = ["--workstation", &certificate, "--fingerprint", &fingerprint, "--key-file", &key];
    let _ = airgap(root.path(), &[&["pair", "svs"], &args[..]].concat()).expect(0);
    root
}

/// `sd-airgap` with the home in this directory.
fn airgap(root: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(program("sd-airgap"));
    command.args(args).arg("--json").arg("--home").arg(root.join("svs")).current_dir(root);
    Run::of(command.output().expect("sd-airgap runs"))
}

type Outcome = Result<(), String>;

/// One vector on a station of its own.
fn run(station: &TempDir, vector: &Vector) -> Outcome {
    let root = TempDir::new().expect("a directory");
    let keys = root.path().join("svs/keys");
    std::fs::create_dir_all(&keys).expect("made");
    for entry in std::fs::read_dir(station.path().join("svs/keys")).expect("paired") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), keys.join(entry.file_name())).expect("copied");
    }
    let bundle = root.path().join("000001-vector.sdbundle");
    std::fs::write(&bundle, &vector.bytes).expect("written");
    let bundle = bundle.to_string_lossy().into_owned();
    verify(root.path(), &bundle, vector)?;
    unpack(root.path(), &bundle, vector)?;
    released(&root.path().join("svs/store"), vector)?;
    if vector.expect == Expect::Good { stock(&bundle, vector) } else { Ok(()) }
}

fn verify(root: &Path, bundle: &str, vector: &Vector) -> Outcome {
    let run = airgap(root, &["verify", bundle]);
    let json = run.json();
    same("exit code", &run.code, &Some(vector.exit))?;
    same("status", &json["status"].as_str(), &Some(vector.status.as_str()))?;
    message(&json["report"]["refused"], vector)?;
    let members = json["report"]["bundles"][0]["items"].as_u64();
    let promised = vector.receipt.is_some().then_some(vector.members.len() as u64);
    same("members", &members, &promised)?;
    same("what verify stored", &files(&root.join("svs/store")), &vec![".lock".to_owned()])
}

fn unpack(root: &Path, bundle: &str, vector: &Vector) -> Outcome {
    let run = airgap(root, &["unpack", bundle]);
    let json = run.json();
    let part_done = (Some(4), Some("PART_DONE"));
    let as_verify = (Some(vector.exit), Some(vector.status.as_str()));
    let expected = if vector.refused.is_empty() { as_verify } else { part_done };
    same("unpack's end", &(run.code, json["status"].as_str()), &expected)?;
    message(&json["report"]["refused_bundles"], vector)?;
    let receipt = json["report"]["bundles"][0]["receipt"].as_str();
    same("receipt", &receipt, &vector.receipt.as_deref())?;
    let ids = |list: &serde_json::Value| -> BTreeSet<String> {
        let lines = list.as_array().into_iter().flatten();
        lines.filter_map(|l| l["item"].as_str().map(str::to_owned)).collect()
    };
    let promised = vector.refused.iter().map(ToString::to_string).collect();
    same("refused items", &ids(&json["report"]["refused"]), &promised)
}

/// The words of the one refusal; none for a good bundle.
fn message(refused: &serde_json::Value, vector: &Vector) -> Outcome {
    let message = refused[0][1]["message"].as_str().unwrap_or_default();
    let words = vector.expect.message(vector.region.as_ref());
    let fits = if words.is_empty() { message.is_empty() } else { message.contains(&words) };
    if fits { Ok(()) } else { Err(format!("\"{words}\" was expected, \"{message}\" was said")) }
}

/// Exactly the promised ciphertexts and plaintexts stand in the store, and records of them.
fn released(store: &Path, vector: &Vector) -> Outcome {
    let (mut ciphertexts, mut plaintexts, mut others) = (Vec::new(), Vec::new(), BTreeMap::new());
    for file in files(store) {
        let hash = Sha256::of(&std::fs::read(store.join(&file)).expect("readable"));
        let parts: Vec<&str> = file.split('/').collect();
        match parts[..] {
            ["sources", _, _, "ciphertext.pgp"] => ciphertexts.push(hash),
            ["sources", _, item, "content", _] => plaintexts.push((item.to_owned(), hash)),
            ["sources", _, _, record] => *others.entry(record.to_owned()).or_insert(0) += 1,
            _ => *others.entry(file).or_insert(0) += 1,
        }
    }
    let mut promised: Vec<Sha256> = vector.members.iter().map(|(_, hash)| *hash).collect();
    promised.sort();
    ciphertexts.sort();
    same("ciphertexts", &ciphertexts, &promised)?;
    let mut promised: Vec<(String, Sha256)> =
        vector.plaintexts.iter().map(|(item, hash)| (item.to_string(), *hash)).collect();
    promised.sort();
    plaintexts.sort();
    same("plaintexts", &plaintexts, &promised)?;
    let mut records = vec![(".lock", 1)];
    let items = vector.members.len();
    if vector.expect == Expect::Good {
        records.push(("ledger.jsonl", 1));
    }
    if items > 0 {
        records.extend([("item.json", items), ("outcome.json", items)]);
    }
    let records = records.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    same("other files", &others, &records)
}

/// Stock tar lists the members of a good bundle, and takes them out byte for byte.
fn stock(bundle: &str, vector: &Vector) -> Outcome {
    let tar = |args: &[&str]| {
        let output = Command::new("tar").args(args).output().expect("tar runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() && said.is_empty() { Ok(output.stdout) } else { Err(said) }
    };
    let listed = String::from_utf8_lossy(&tar(&["-tf", bundle])?).into_owned();
    let fixed = ["0-pad", "1-head.json", "2-manifest.json.zst.pgp"];
    let names = fixed.into_iter().chain(vector.members.iter().map(|(name, _)| name.as_str()));
    same("tar's list", &listed.lines().collect::<Vec<_>>(), &names.collect())?;
    for (name, hash) in &vector.members {
        same(name, &Sha256::of(&tar(&["-xOf", bundle, name])?), hash)?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {expected:?} was expected, {found:?} was found"))
}

//! Makes the seeds: `cargo run --release --example seeds`, from this workspace's directory.
//!
//! They come from the test vectors, the recordings and the recorded situations of this repository,
//! each cut to what its target reads. Encryption and signatures are random, so seeds made anew are
//! other bytes; those that stand are left alone.

// Every object here carries coverage counters, and this is who counts.
use libfuzzer_sys as _;

mod bundles;
mod devices;
mod documents;
mod lists;
mod messages;
mod releases;
mod scrubbing;

use std::io;
use std::path::Path;

/// Name and content of each seed of a target.
type Seeds = Vec<(String, Vec<u8>)>;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, seeds) in [
        ("head", bundles::heads()?),
        ("manifest", bundles::manifests()?),
        ("tar-reader", bundles::edits()),
        ("gzip", documents::documents()?),
        ("openpgp", messages::messages()?),
        ("device", devices::situations()?),
        ("journalist-interface", lists::lists()?),
        ("release", releases::releases()),
        ("scrub-pictures", scrubbing::pictures()),
        ("scrub-sound", scrubbing::sound()),
        ("scrub-video", scrubbing::video()),
        ("scrub-pdf", scrubbing::pdf()),
        ("scrub-text", scrubbing::text()),
        ("scrub-archives", scrubbing::archives()),
        ("scrub-office", scrubbing::office()),
        ("scrub-web", scrubbing::web()),
        ("scrub-mail", scrubbing::mail()),
    ] {
        let directory = corpus.join(target);
        std::fs::create_dir_all(&directory)?;
        let (count, bytes) = (seeds.len(), seeds.iter().map(|(_, s)| s.len()).sum::<usize>());
        for (name, seed) in seeds {
            let path = directory.join(name);
            if !path.exists() {
                std::fs::write(path, seed)?;
            }
        }
        println!("{target}: {count} seeds, {bytes} bytes");
    }
    Ok(())
}

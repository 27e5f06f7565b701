//! Gzip streams: with names that a server really stored, and with every field of the header.

use std::io::{self, Write as _};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use serde_json::Value;

use super::Seeds;

pub(super) fn documents() -> io::Result<Seeds> {
    let mut seeds = Seeds::new();
    for (n, name) in recorded_names()?.into_iter().enumerate() {
        seeds.push((format!("recorded-{n:02}"), gzip(GzBuilder::new().filename(name))?));
    }
    let made = [
        ("no-name", GzBuilder::new()),
        ("comment", GzBuilder::new().comment("said beside it")),
        ("extra", GzBuilder::new().extra(vec![65, 66, 2, 0, 1, 2]).filename("a.pdf")),
        ("everything", GzBuilder::new().extra(vec![0; 5]).filename("b").comment("c").mtime(7)),
        ("long-name", GzBuilder::new().filename(vec![b'n'; 1500])),
        ("odd-name", GzBuilder::new().filename(&b"../\xff\xe2\x80\xae.desktop"[..])),
    ];
    for (name, builder) in made {
        seeds.push((name.to_owned(), gzip(builder)?));
    }
    let plain = gzip(GzBuilder::new().filename("x"))?;
    seeds.push(("something-behind".to_owned(), [&plain[..], b"more"].concat()));
    seeds.push(("two-members".to_owned(), [&plain[..], &plain[1..]].concat()));
    seeds.push(("cut".to_owned(), plain[..plain.len() - 6].to_vec()));
    let mut checked = plain.clone();
    checked[4] |= 2;
    seeds.push(("header-checksum".to_owned(), checked));
    let mut stored = GzBuilder::new().write(vec![0], Compression::none());
    stored.write_all(&[7; 300])?;
    seeds.push(("stored".to_owned(), stored.finish()?));
    let mut large = GzBuilder::new().write(vec![1], Compression::best());
    large.write_all(&vec![0; 70_000])?;
    seeds.push(("over-the-limit".to_owned(), large.finish()?));
    seeds.push(("not-wrapped".to_owned(), b"\0no gzip at all".to_vec()));
    Ok(seeds)
}

/// The byte that says how it comes, and a stream with this header.
fn gzip(header: GzBuilder) -> io::Result<Vec<u8>> {
    let mut out = header.write(vec![0], Compression::best());
    out.write_all(b"what was sent, what was sent, and what was not")?;
    out.finish()
}

fn recorded_names() -> io::Result<Vec<Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/recordings/hostile-names.json");
    let recorded: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let items = recorded["items"].as_array().cloned().unwrap_or_default();
    let hex = |text: &str| -> Option<Vec<u8>> {
        let digits = (0..text.len()).step_by(2);
        digits.map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
    };
    Ok(items.iter().filter_map(|i| hex(i["gzip"]["fname_hex"].as_str()?)).collect())
}

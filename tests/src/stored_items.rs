//! A store on the SVS with many items, as `sd-airgap unpack` leaves it, made without a bundle.

use std::io;
use std::path::Path;

/// So many sources, each with so many items: messages, and a document now and then. The words are
/// few, and one message in a thousand holds the word `harbour`.
pub fn store_of(home: &Path, sources: usize, each: usize) -> io::Result<()> {
    for s in 0..sources {
        let source = format!("7c5a4ca2-4817-48c7-8397-{s:012x}");
        for n in 0..each {
            let item = format!("8d4aa076-59d8-44e8-{:04x}-{n:012x}", s % 0x1_0000);
            let dir = home.join("store/sources").join(&source).join(&item);
            std::fs::create_dir_all(dir.join("content"))?;
            let document = n % 5 == 4;
            let (kind, name) =
                if document { ("document", "memo.pdf") } else { ("message", "message.txt") };
            let text = text(s * each + n);
            std::fs::write(dir.join("content").join(name), &text)?;
            let stored = serde_json::json!({
                "item": {
                    "source": source, "item": item, "number": n + 1, "kind": kind,
                    "designation": designation(s), "size": 700,
                    "sha256": "0".repeat(64), "blake3": "0".repeat(64),
                },
                "bundle": "0".repeat(32),
                "stored": format!("2026-{:02}-{:02}T12:00:{:02}Z", s % 12 + 1, s % 28 + 1, n % 60),
            });
            std::fs::write(dir.join("item.json"), stored.to_string())?;
            let outcome = serde_json::json!({
                "outcome": "opened", "name": name, "size": text.len(), "blake3": "0".repeat(64),
            });
            std::fs::write(dir.join("outcome.json"), outcome.to_string())?;
        }
    }
    Ok(())
}

fn text(n: usize) -> String {
    let about = if n.is_multiple_of(1000) { "harbour" } else { "budget" };
    format!(
        "I have documents about the {about} of the year {n}.\n\n{}\n",
        "More of it. ".repeat(40)
    )
}

fn designation(n: usize) -> String {
    const FIRST: &[&str] =
        &["focal", "quiet", "late", "gray", "upright", "curious", "plain", "stark"];
    const SECOND: &[&str] =
        &["ghost", "harbour", "lemur", "dog", "window", "ladder", "pencil", "ram"];
    let first = FIRST[n % FIRST.len()];
    let second = SECOND[n / FIRST.len() % SECOND.len()];
    format!("{first} {second}-{}", n / (FIRST.len() * SECOND.len()))
}

//! A hundred documents that somebody broke: each ends within its limits and has a name.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use common::files::{self, holds};
use common::{Scratch, names, run, tool};
use serde_json::Value;

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides.max(1)
    }

    /// Changes, cuts, doubles or drops a few bytes behind the first five: the type stays.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..=self.roll(4) {
            let at = 5 + self.roll(out.len() - 5);
            let end = (at + self.roll(40)).min(out.len());
            match self.roll(5) {
                0 => out[at] = u8::try_from(self.roll(256)).expect("a byte"),
                1 => out[at] ^= 1 << self.roll(8),
                2 => drop(out.drain(at..end)),
                3 => {
                    let copy = out[at..end].to_vec();
                    out.splice(at..at, copy);
                }
                _ => out.truncate(at.max(20)),
            }
        }
        out
    }
}

/// A picture with something in it.
fn rgb() -> Vec<u8> {
    (0..64 * 64_u32).flat_map(|n| [n.to_le_bytes()[0], n.to_le_bytes()[1], 90]).collect()
}

/// Documents that are wrong in one way that somebody thought of.
fn by_hand() -> Vec<(&'static str, Vec<u8>)> {
    let page = |content: &str| files::pages(&[content], "");
    let boxed = |area: &str| {
        let text = String::from_utf8(page("0 0 9 9 re f")).expect("text");
        text.replace("[0 0 300 300]", area).into_bytes()
    };
    // A drawing that draws itself; its table is off, as it is in many a broken document.
    let itself = String::from_utf8(page("/X Do")).expect("text");
    let itself = itself.replace("/Font << /F1 3 0 R >>", "/XObject << /X 5 0 R >>").replace(
        "/Length 5 >>",
        "/Length 5 /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> >>",
    );
    let mut endless = files::png();
    endless.truncate(endless.len() - 12);
    let header = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
        bytes
    };
    vec![
        ("empty.pdf", b"%PDF-1.7\n".to_vec()),
        ("huge.pdf", boxed("[0 0 99999999 99999999]")),
        ("none.pdf", boxed("[0 0 0 0]")),
        ("strip.pdf", boxed("[0 0 14000 1]")),
        ("nan.pdf", boxed("[nan inf -inf 1e999]")),
        ("deep.pdf", page(&"q ".repeat(200_000))),
        ("array.pdf", page(&"[".repeat(200_000))),
        ("loop.pdf", itself.into_bytes()),
        ("wide.pdf", page("1e30 w 0 0 m 1e30 1e30 l S 1e-30 w 0 0 m 9 9 l S")),
        ("dashes.pdf", page("[0.0005] 0 d 1 w 0 0 m 300 300 l S")),
        ("cut.png", endless),
        ("bomb.png", header(60_000, 60_000)),
        ("zero.png", header(0, 7)),
        ("cut.jpg", files::photo(64, &rgb())[..300].to_vec()),
        ("bare.jpg", b"\xff\xd8\xff\xd9".to_vec()),
    ]
}

fn broken(at: &Scratch) -> usize {
    let inside = at.sub("in");
    let text = "BT /F1 18 Tf 30 240 Td (Keep this text) Tj ET 1 0 0 rg 30 60 99 60 re f";
    let good = [
        ("pdf", files::pages(&[text, "0.5 g 0 0 90 90 re f"], "")),
        ("pdf", files::pdf()),
        ("png", files::picture(64, &rgb())),
        ("jpg", files::photo(64, &rgb())),
    ];
    let mut dice = Dice(2017);
    for n in 0..100 {
        let (ending, bytes) = &good[n % good.len()];
        let name = format!("{n:03}.{ending}");
        inside.write_new(&name, &dice.mutate(bytes)).expect("free");
    }
    for (name, bytes) in by_hand() {
        inside.write_new(name, &bytes).expect("free");
    }
    100 + by_hand().len()
}

/// Every file of a report, each with an outcome; how many were not refused.
fn outcomes(report: &Value, expected: usize) -> usize {
    let files = report["report"]["files"].as_array().expect("a list");
    assert_eq!(files.len(), expected, "a file is missing");
    for file in files.iter().filter(|f| f["outcome"] == "refused") {
        let (status, message) = (&file["status"], file["message"].as_str().expect("words"));
        let named = ["NOT_SHOWN", "NOT_CLEAN", "REFUSED", "UNSUPPORTED_TYPE"];
        assert!(named.iter().any(|word| status == word), "{file}");
        assert!(!message.is_empty(), "{file}");
    }
    files.iter().filter(|f| f["outcome"] != "refused").count()
}

#[test]
fn broken_documents_are_shown_or_named() {
    let at = Scratch::new();
    at.sub("out");
    let count = broken(&at);
    let ran = run(&at, &["preview", "in", "--to", "out", "--json"]);
    assert_eq!(ran.code, 4, "{}", ran.talk);
    let shown = outcomes(&ran.json(), count);
    assert!((20..count).contains(&shown), "{shown} of {count}");
}

#[test]
fn broken_documents_are_rebuilt_or_named() {
    let at = Scratch::new();
    let out = at.sub("out");
    let count = broken(&at);
    let ran = run(&at, &["scrub", "--rebuild", "in", "--to", "out", "--json"]);
    assert_eq!(ran.code, 4, "{}", ran.talk);
    let rebuilt = outcomes(&ran.json(), count);
    let copies = names(&out);
    assert_eq!(copies.len(), rebuilt);
    assert!((20..count).contains(&rebuilt), "{rebuilt} of {count}");
    for name in copies {
        let path = format!("out/{name}");
        let check = tool(at.path(), "qpdf", &["--check", &path]);
        assert_eq!(check.code, 0, "{name}: {}{}", check.out, check.talk);
        assert!(!holds(&at.get(&path), files::SECRET));
    }
}

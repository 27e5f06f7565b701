//! Changes that know what they change: tags of XML in a package that is packed anew, values and
//! streams of a PDF whose table is written anew. What they make gets past the first checks.

use std::io::Read as _;

use super::office::Package;
use super::pdf::Document;
use super::{Dice, png, position};

/// A stretch of the bytes: where it starts and ends.
fn stretch(len: usize, longest: usize, dice: &mut Dice) -> (usize, usize) {
    let at = dice.roll(len);
    (at, len.min(at + dice.roll(longest) + 1))
}

/// Changes bytes whatever they mean: one, a bit, a cut, a stretch that goes, is doubled or changes
/// places with another.
pub(crate) fn bytes(out: &mut Vec<u8>, dice: &mut Dice) {
    if out.is_empty() {
        return out.push(0);
    }
    let (from, to) = stretch(out.len(), 48, dice);
    match dice.roll(7) {
        0 => out[from] = u8::try_from(dice.roll(256)).expect("a byte"),
        1 => out[from] ^= 1 << dice.roll(8),
        2 => drop(out.drain(from..to)),
        3 => {
            let copy = out[from..to].to_vec();
            let at = dice.roll(out.len());
            drop(out.splice(at..at, copy));
        }
        4 => {
            let block = out[from..to].to_vec();
            let at = dice.roll(out.len() - block.len() + 1);
            let other = out[at..at + block.len()].to_vec();
            out[from..to].copy_from_slice(&other);
            out[at..at + block.len()].copy_from_slice(&block);
        }
        5 => out[from..to].reverse(),
        _ => out.truncate(from.max(8)),
    }
}

/// Where the pieces of a text that stand between two marks are, marks with them.
fn pieces(text: &[u8], open: u8, close: u8) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, byte) in text.iter().enumerate() {
        if *byte == open {
            start = Some(at);
        } else if *byte == close
            && let Some(from) = start.take()
        {
            out.push((from, at + 1));
        }
    }
    out
}

/// Takes away, doubles, exchanges or empties one of the pieces; says whether there was one.
fn piece(text: &mut Vec<u8>, found: &[(usize, usize)], dice: &mut Dice) -> bool {
    let Some(&(from, to)) = found.get(dice.roll(found.len())) else { return false };
    let (from_other, to_other) = found[dice.roll(found.len())];
    let other = text[from_other..to_other].to_vec();
    let own = text[from..to].to_vec();
    match dice.roll(6) {
        0 => drop(text.drain(from..to)),
        1 => drop(text.splice(to..to, own)),
        2 => drop(text.splice(from..to, other)),
        3 => drop(text.splice(to..to, other)),
        4 => drop(text.splice(to..to, own.repeat(40))),
        _ => drop(text.drain(from + 1..to - 1)),
    }
    true
}

/// Changes a tag or an attribute of XML; bytes where there is none.
pub(crate) fn xml(text: &mut Vec<u8>, dice: &mut Dice) {
    const VALUES: [&str; 8] =
        ["", "-1", "99999999999999999999", "rId1", "\u{0}", "&#0;", "&lt;script&gt;", "1e400"];
    let found = match dice.roll(4) {
        0 => pieces(text, b'"', b'"'),
        1 => pieces(text, b' ', b'"'),
        _ => pieces(text, b'<', b'>'),
    };
    if dice.roll(5) == 0
        && let Some(&(from, to)) = pieces(text, b'=', b'"').get(dice.roll(200))
    {
        let value = ["=\"", VALUES[dice.roll(VALUES.len())], "\""].concat();
        drop(text.splice(from..to, value.into_bytes()));
    } else if !piece(text, &found, dice) {
        bytes(text, dice);
    }
}

/// A changed package: parts changed, exchanged or lost, then packed so that every sum fits; in one
/// case of eight the packed file is changed.
pub(crate) fn package(of: &Package, dice: &mut Dice) -> Vec<u8> {
    let mut changed = of.clone();
    for _ in 0..=dice.roll(3) {
        let number = dice.roll(1000);
        match dice.roll(10) {
            0 => changed.swap(number, dice.roll(1000)),
            1 => changed.lose(number),
            2 | 3 => changed.change(number, |part| bytes(part, dice)),
            _ => changed.change(number, |part| xml(part, dice)),
        }
    }
    let mut file = changed.pack();
    if dice.roll(8) == 0 {
        bytes(&mut file, dice);
    }
    file
}

/// The objects of a file that [`Document::finish`] wrote: numbers and bodies.
fn objects(file: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut out = Vec::new();
    let mut rest = file;
    while let Some(at) = position(rest, b" 0 obj\n") {
        let digits = rest[..at].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let number = String::from_utf8_lossy(&rest[at - digits..at]).parse().expect("a number");
        let body = &rest[at + 7..];
        let end = position(body, b"\nendobj\n").expect("an end");
        out.push((number, body[..end].to_vec()));
        rest = &body[end..];
    }
    out
}

/// A changed document: values of dictionaries and the inside of streams, packed again and with
/// the right length, objects exchanged or lost, and a table that fits.
pub(crate) fn document(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut all = objects(file);
    for _ in 0..=dice.roll(3) {
        let (one, other) = (dice.roll(all.len()), dice.roll(all.len()));
        match dice.roll(10) {
            0 => {
                let body = std::mem::take(&mut all[one].1);
                let body = std::mem::replace(&mut all[other].1, body);
                all[one].1 = body;
            }
            1 if all.len() > 4 => drop(all.remove(one)),
            _ => object(&mut all[one].1, dice),
        }
    }
    let mut document = Document::default();
    "/Info 90 0 R".clone_into(&mut document.trailer);
    for (number, body) in all {
        document.add(number, body);
    }
    let mut out = document.finish();
    if dice.roll(8) == 0 {
        bytes(&mut out, dice);
    }
    out
}

/// Changes one object.
fn object(body: &mut Vec<u8>, dice: &mut Dice) {
    let Some(at) = position(body, b"\nstream\n") else { return values(body, dice) };
    let mut head = body[..at].to_vec();
    let data = &body[at + 8..body.len().saturating_sub(10).max(at + 8)];
    if dice.roll(3) == 0 {
        values(&mut head, dice);
        *body = [&head, &body[at..]].concat();
        return;
    }
    let packed = position(&head, b"/Filter/FlateDecode").is_some();
    let mut inside = Vec::new();
    if packed {
        let _ = flate2::read::ZlibDecoder::new(data).take(1 << 20).read_to_end(&mut inside);
    } else {
        inside.extend_from_slice(data);
    }
    match dice.roll(3) {
        0 => bytes(&mut inside, dice),
        _ => values(&mut inside, dice),
    }
    let data = if packed { png::deflate(&inside) } else { inside };
    let from = position(&head, b"/Length ").unwrap_or(head.len());
    head.truncate(from);
    head.extend_from_slice(format!("/Length {}>>", data.len()).as_bytes());
    *body = [&head[..], b"\nstream\n", &data, b"\nendstream"].concat();
}

/// Changes a word between blanks, slashes or brackets: a number, a name, a reference, a value.
fn values(text: &mut Vec<u8>, dice: &mut Dice) {
    const VALUES: [&str; 14] = [
        "-1",
        "99999999999",
        "1e39",
        "0",
        "/X",
        "(",
        "[",
        "<<",
        "2 0 R",
        "4 0 R",
        "999 0 R",
        "null",
        "<</A 3 0 R>>",
        "[[[[0]]]]",
    ];
    let is_edge = |b: &u8| b.is_ascii_whitespace() || b"/[]<>()".contains(b);
    let edges: Vec<usize> =
        text.iter().enumerate().filter(|(_, b)| is_edge(b)).map(|(at, _)| at).collect();
    let found: Vec<_> = edges.windows(2).map(|pair| (pair[0], pair[1] + 1)).collect();
    match dice.roll(3) {
        0 if !edges.is_empty() => {
            let (from, to) = found.get(dice.roll(found.len())).copied().unwrap_or_default();
            let value = [" ", VALUES[dice.roll(VALUES.len())], " "].concat();
            drop(text.splice(from..to.saturating_sub(1).max(from), value.into_bytes()));
        }
        1 if piece(text, &found, dice) => {}
        _ => bytes(text, dice),
    }
}

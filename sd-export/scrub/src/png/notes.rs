//! Names the chunks that are dropped, and the colour chunks that say more than they must.

use super::chunks::Chunk;
use crate::bytes::find;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Refusal, deflate, xmp};

/// Most bytes of a compressed text that are inflated for the report.
const MAX_TEXT: usize = 1 << 20;

/// Notes a chunk that is not on the list; a critical one is refused, for the picture needs it.
pub(super) fn dropped(chunk: &Chunk<'_>, findings: &mut Findings) -> Result<(), Refusal> {
    let name = chunk.name();
    let body = chunk.body;
    match &chunk.kind {
        b"tEXt" | b"zTXt" | b"iTXt" => text(chunk, findings),
        b"tIME" => findings.removed(Class::Time, "tIME time of change", &time(body)),
        b"pHYs" => findings.removed(Class::Device, "pHYs print resolution", &format!("{body:?}")),
        b"sPLT" => findings.removed(Class::Software, "sPLT suggested palette", &foreign(body)),
        b"hIST" => findings.removed(Class::Software, "hIST histogram", ""),
        b"caBX" => findings.removed(Class::Identifier, "caBX C2PA provenance", ""),
        b"PLTE" => findings.removed(Class::Software, "PLTE suggested or second palette", ""),
        b"iCCP" => findings.removed(Class::Color, "iCCP second colour profile", ""),
        b"tRNS" | b"bKGD" | b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT" => {
            findings.removed(Class::Color, format!("{name} out of range or repeated"), "");
        }
        kind if kind.first().is_some_and(u8::is_ascii_uppercase) => {
            return Err(Refusal::unsupported(format!("PNG critical chunk {name}")));
        }
        _ => {
            let head = foreign(body.get(..body.len().min(40)).unwrap_or_default());
            findings.removed(Class::Unknown, format!("chunk {name}"), &head);
        }
    }
    Ok(())
}

fn time(body: &[u8]) -> String {
    match body {
        [y1, y2, month, day, hour, minute, second] => {
            let year = u16::from_be_bytes([*y1, *y2]);
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        _ => String::new(),
    }
}

fn text(chunk: &Chunk<'_>, findings: &mut Findings) {
    let name = chunk.name();
    let end = find(chunk.body, &[0]).unwrap_or(chunk.body.len());
    let key = foreign(chunk.body.get(..end).unwrap_or_default());
    let value = chunk.body.get(end.saturating_add(1)..).unwrap_or_default();
    if key == "XML:com.adobe.xmp" {
        return xmp::note(value, &format!("{name} XMP"), findings);
    }
    let value = match (&chunk.kind, value) {
        (b"zTXt", [0, packed @ ..]) => inflated(packed),
        (b"iTXt", [flag, _, rest @ ..]) => international(*flag == 1, rest),
        _ => value.to_vec(),
    };
    let class = match key.as_str() {
        "Author" | "Copyright" | "Artist" => Class::Person,
        "Software" | "Source" => Class::Software,
        "Creation Time" | "date:create" | "date:modify" => Class::Time,
        key if key.starts_with("Raw profile") => Class::Unknown,
        _ => Class::Comment,
    };
    findings.removed(class, format!("{name} text"), &format!("{key}: {}", foreign(&value)));
}

/// The text of an iTXt chunk after its language and translated key.
fn international(packed: bool, rest: &[u8]) -> Vec<u8> {
    let text = rest.splitn(3, |b| *b == 0).nth(2).unwrap_or_default();
    if packed { inflated(text) } else { text.to_vec() }
}

fn inflated(packed: &[u8]) -> Vec<u8> {
    deflate::inflate(packed, MAX_TEXT).map(|inflated| inflated.data).unwrap_or_default()
}

/// Primaries and gamma stay for the colours' sake; unusual ones may be measured.
pub(super) fn colour(chunk: &Chunk<'_>, findings: &mut Findings) {
    const USUAL: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
    let usual = match &chunk.kind {
        b"gAMA" => matches!(crate::bytes::be32(chunk.body, 0), Some(45455 | 45454 | 100_000)),
        b"cHRM" => USUAL.iter().flat_map(|n| n.to_be_bytes()).eq(chunk.body.iter().copied()),
        _ => true,
    };
    if !usual {
        let why = "the colours need it; values measured on one monitor can tell which";
        findings.kept(Class::Color, format!("{} colour values", chunk.name()), "", why);
    }
}

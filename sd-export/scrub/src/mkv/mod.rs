//! Matroska and `WebM`: the tracks of pictures and sound; nothing else.
//!
//! ```text
//! Segment --read--> clock, tracks of codecs on the list, blocks of those tracks
//!   EBML Segment(Info Tracks Cues Cluster*) --> check: the same walk once more
//! ```
//! Every number takes eight bytes and every element has one place. The index is made anew. Blocks
//! are borrowed, not copied: memory stays flat however long the video.

mod check;
mod clusters;
mod ebml;
mod tracks;

use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal};
use clusters::Cluster;
use ebml::{Element, id, put, put_head, put_number};
use tracks::Track;

/// The name of the writing program, which the format asks for.
const WRITER: &[u8] = b"none";

/// What was read.
struct Movie<'a> {
    is_webm: bool,
    scale: u64,
    duration: Option<f64>,
    tracks: Vec<Track>,
    clusters: Vec<Cluster<'a>>,
}

/// Writes a file of pictures and sound anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let movie = read(bytes, limits, &mut findings)?;
    let out = write(movie);
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

/// Whether a file says in its head that it is `WebM`.
pub(crate) fn is_webm(bytes: &[u8]) -> bool {
    let head = ebml::element(&mut Cursor::new(bytes), |_| false);
    head.is_some_and(|head| matches!(kind(&head), Ok(Some(kind)) if kind == "webm"))
}

fn kind(head: &Element<'_>) -> Result<Option<String>, Refusal> {
    Ok(head.inner()?.iter().find(|element| element.id == 0x4282).map(Element::text))
}

fn read<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Movie<'a>, Refusal> {
    let broken = |what: &str| Refusal::malformed(what.to_owned());
    let mut from = Cursor::new(bytes);
    let head = ebml::element(&mut from, |_| false).filter(|head| head.id == id::EBML);
    let head = head.ok_or_else(|| broken("the head"))?;
    let is_webm = match kind(&head)?.as_deref() {
        Some("webm") => true,
        Some("matroska") => false,
        _ => return Err(Refusal::unsupported("a file like Matroska of another kind")),
    };
    let segment = ebml::element(&mut from, |id| id != id::EBML);
    let segment = segment.filter(|found| found.id == id::SEGMENT);
    let segment = segment.ok_or_else(|| broken("the segment"))?;
    if !from.is_empty() {
        let detail = foreign(from.rest().get(..from.rest().len().min(60)).unwrap_or_default());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let mut movie = Movie {
        is_webm,
        scale: 1_000_000,
        duration: None,
        tracks: Vec::new(),
        clusters: Vec::new(),
    };
    // A cluster of unknown length ends where another element of the segment starts.
    for found in ebml::elements(segment.body, clusters::belongs)? {
        match found.id {
            id::INFO => info(&found, &mut movie, findings)?,
            id::TRACKS => {
                for found in found.inner()?.iter().filter(|found| found.id == id::TRACK) {
                    if movie.tracks.len() >= 64 {
                        return Err(broken("more tracks than a video has"));
                    }
                    movie.tracks.extend(tracks::read(found, limits, findings)?);
                }
            }
            id::CLUSTER => {
                if movie.tracks.is_empty() {
                    return Err(broken("no pictures or sound in the file"));
                }
                let cluster = Cluster::read(found.body, &movie.tracks, findings)?;
                movie.clusters.push(cluster);
            }
            _ => dropped(&found, findings),
        }
    }
    if movie.clusters.is_empty() {
        return Err(broken("no pictures or sound in the file"));
    }
    Ok(movie)
}

fn info(
    found: &Element<'_>,
    movie: &mut Movie<'_>,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    for element in found.inner()? {
        match element.id {
            id::SCALE => {
                let scale = element.number().filter(|n| (1..=1_000_000_000).contains(n));
                movie.scale = scale.ok_or_else(|| Refusal::malformed("the clock"))?;
            }
            id::DURATION => {
                movie.duration = match element.body.len() {
                    4 => element.body.try_into().ok().map(f32::from_be_bytes).map(f64::from),
                    8 => element.body.try_into().ok().map(f64::from_be_bytes),
                    _ => None,
                };
            }
            0x4461 => findings.removed(Class::Time, "time of creation", ""),
            0x7ba9 => findings.removed(Class::Comment, "title", &element.text()),
            0x4d80 | 0x5741 => findings.removed(Class::Software, "program", &element.text()),
            0x73a4 | 0x7384 | 0x003c_b923 | 0x003e_b923 | 0x003c_83ab | 0x003e_83bb | 0x4444 => {
                findings.removed(Class::Identifier, "number or name of the file", "");
            }
            id::VOID | id::SUM => {}
            other => {
                findings.removed(Class::Unknown, format!("element 0x{other:x} of the head"), "");
            }
        }
    }
    Ok(())
}

/// Names an element of the segment that is dropped.
fn dropped(found: &Element<'_>, findings: &mut Findings) {
    let text = foreign(found.body.get(..found.body.len().min(200)).unwrap_or_default());
    match found.id {
        id::SEEK | id::CUES | id::SUM => {}
        id::VOID => {
            if found.body.iter().any(|b| *b != 0) {
                findings.removed(Class::Trailing, "free space", &text);
            }
        }
        id::TAGS => tags(found, findings),
        id::FILES => findings.removed(Class::HiddenContent, "attached files", &text),
        id::CHAPTERS => findings.removed(Class::Comment, "chapters", &text),
        other => findings.removed(Class::Unknown, format!("element 0x{other:x}"), &text),
    }
}

/// Names and values.
fn tags(found: &Element<'_>, findings: &mut Findings) {
    let simple = found.inner().unwrap_or_default().into_iter().flat_map(|tag| {
        tag.inner().unwrap_or_default().into_iter().filter(|element| element.id == 0x67c8)
    });
    for tag in simple {
        let inner = tag.inner().unwrap_or_default();
        let get = |id: u32| inner.iter().find(|element| element.id == id).map(Element::text);
        let name = get(0x45a3).unwrap_or_default();
        let upper = name.to_ascii_uppercase();
        let class = match upper.as_str() {
            "ARTIST" | "AUTHOR" | "COPYRIGHT" | "DIRECTOR" => Class::Person,
            "ENCODER" | "ENCODER_SETTINGS" | "HANDLER_NAME" => Class::Software,
            name if name.contains("DATE") || name.contains("TIME") => Class::Time,
            name if name.contains("LOCATION") => Class::Location,
            _ => Class::Comment,
        };
        let place = format!("tag {}", crate::wording::escape(&name));
        findings.removed(class, place, &get(0x4487).unwrap_or_default());
    }
}

fn write(movie: Movie<'_>) -> Rope<'_> {
    let mut start = Vec::new();
    let mut head = Vec::new();
    for (id, number) in [(0x4286, 1), (0x42f7, 1), (0x42f2, 4), (0x42f3, 8)] {
        put_number(&mut head, id, number);
    }
    put(&mut head, 0x4282, if movie.is_webm { b"webm" } else { b"matroska" });
    put_number(&mut head, 0x4287, 4);
    put_number(&mut head, 0x4285, 2);
    put(&mut start, id::EBML, &head);

    let mut body = Vec::new();
    let mut info = Vec::new();
    put_number(&mut info, id::SCALE, movie.scale);
    if let Some(duration) = movie.duration.filter(|d| d.is_finite() && *d >= 0.0) {
        put(&mut info, id::DURATION, &duration.to_be_bytes());
    }
    put(&mut info, 0x4d80, WRITER);
    put(&mut info, 0x5741, WRITER);
    put(&mut body, id::INFO, &info);
    let mut list = Vec::new();
    for (number, track) in (1u64..).zip(&movie.tracks) {
        tracks::write(&mut list, track, number);
    }
    put(&mut body, id::TRACKS, &list);
    // Every entry of the index takes the same room, so its length is known before its places are.
    let index = clusters::index(&movie, 0);
    let first = body.len().saturating_add(index.len());
    body.extend_from_slice(&clusters::index(&movie, first));
    let len = movie.clusters.iter().fold(body.len(), |sum, c| sum.saturating_add(c.written_len()));
    put_head(&mut start, id::SEGMENT, len);
    start.append(&mut body);
    let mut out = Rope::from(start);
    for cluster in movie.clusters {
        cluster.write(&mut out);
    }
    out
}

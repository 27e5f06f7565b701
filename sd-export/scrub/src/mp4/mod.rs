//! MP4, `QuickTime` and M4A: the tracks of pictures and sound; nothing else.
//!
//! ```text
//! moov --read--> tracks of kinds on the list: codec's head, times, samples' places
//!   ftyp moov(mvhd trak*) mdat(chunks in their order, one behind the other) --> check
//! ```
//! Tracks of positions, times, text and data, user data, and everything outside the samples do not
//! survive. Pieces of samples are borrowed, not copied: memory stays flat however long the video.

mod aac;
mod audio;
mod check;
mod describe;
mod notes;
mod tables;
mod track;
mod video;
mod write;

use crate::bmff::{self, Box, boxes};
use crate::report::{Class, Findings, Format};
use crate::rope::Rope;
use crate::{Limits, Refusal};
use track::Track;

/// Where samples may be: the bodies of the data boxes, as first and last place in the file.
type Data = Vec<(usize, usize)>;

/// Writes a file of pictures and sound anew.
pub(crate) fn scrub<'a>(
    bytes: &'a [u8],
    format: Format,
    limits: &Limits,
) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let top = boxes(bytes)?;
    let (mut movie, mut data) = (None, Data::new());
    for found in &top {
        match &found.kind {
            b"ftyp" => notes::brands(found, &mut findings),
            b"mdat" => data.push((found.at, found.at.saturating_add(found.body.len()))),
            b"moov" if movie.is_none() => movie = Some(*found),
            b"moof" | b"mfra" | b"sidx" | b"styp" => {
                return Err(Refusal::unsupported("a video in fragments"));
            }
            b"meta" => notes::meta(found, "file", &mut findings),
            _ => bmff::dropped(found, "", &mut findings),
        }
    }
    let movie = movie.ok_or_else(|| Refusal::malformed("no description of the tracks"))?;
    let (timescale, tracks) = tracks(bytes, &movie, &data, limits, &mut findings)?;
    if tracks.is_empty() {
        return Err(Refusal::malformed("no pictures or sound in the file"));
    }
    for hidden in tracks.iter().map(|track| track.hidden(timescale)).filter(|s| *s > 0) {
        let why = "it is part of the samples: cut the video anew in an editor to be rid of it";
        let detail = format!("{hidden} seconds");
        findings.kept(Class::HiddenContent, "what the edit list does not show", &detail, why);
    }
    let used = tracks.iter().fold(0usize, |sum, track| sum.saturating_add(track.len()));
    let there =
        data.iter().fold(0usize, |sum, (from, to)| sum.saturating_add(to.saturating_sub(*from)));
    if used < there {
        let detail = format!("{} bytes", there.saturating_sub(used));
        findings.removed(Class::Trailing, "data that is no picture or sound", &detail);
    }
    let out = write::write(format, timescale, &tracks, limits, &mut findings)?;
    check::check(&out)?;
    Ok((out, findings))
}

/// The clock of the movie and the tracks that are kept.
fn tracks<'a>(
    bytes: &'a [u8],
    movie: &Box<'a>,
    data: &Data,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(u32, Vec<Track<'a>>), Refusal> {
    let mut tracks = Vec::new();
    let mut timescale = None;
    for found in boxes(movie.body)? {
        match &found.kind {
            b"mvhd" => timescale = Some(track::movie_clock(&found, findings)?),
            b"trak" => {
                if tracks.len() >= 64 {
                    return Err(Refusal::malformed("more tracks than a video has"));
                }
                let track = Track::read(bytes, &found, data, &tracks, limits, findings)?;
                if let Some(track) = track {
                    tracks.push(track);
                }
            }
            b"udta" => notes::user_data(&found, "movie", findings),
            b"meta" => notes::meta(&found, "movie", findings),
            b"cmov" => return Err(Refusal::unsupported("a compressed movie head")),
            b"mvex" => return Err(Refusal::unsupported("a video in fragments")),
            b"iods" => {}
            _ => bmff::dropped(&found, "movie", findings),
        }
    }
    let timescale = timescale.ok_or_else(|| Refusal::malformed("the clock of the movie"))?;
    Ok((timescale, tracks))
}

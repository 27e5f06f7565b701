//! MP3: every frame's sound kept; tags, and what stands in the room between frames' data, gone.
//!
//! ```text
//! [ID3v2]* frames [APE, Lyrics3, ID3v1, anything]
//!    each frame: head, side information, its share of the main data
//!    main data no frame points at (where encoders leave their name) --> zero
//! [Info: count, length, table, delay] frames --> check
//! ```

mod check;
mod frame;
mod info;

use std::borrow::Cow;

use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::{Limits, Refusal, id3};
use frame::Frame;

/// Writes a sound file anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let start = id3::leading(bytes, &mut findings);
    let mut frames = frames(bytes, start, &mut findings)?;
    let info = match frames.first().map(|first| info::read(first.bytes)) {
        Some(info::Head::None) | None => None,
        Some(info::Head::Vbri) => {
            findings.removed(Class::Software, "encoder's head (VBRI)", "");
            frames.remove(0);
            None
        }
        Some(info::Head::Info(info)) => {
            info.note(&mut findings);
            Some((frames.remove(0), info))
        }
    };
    if frames.is_empty() {
        return Err(Refusal::malformed("no sound in the file"));
    }
    let mut out = Rope::default();
    if let Some((first, info)) = info {
        out.push(Cow::Owned(info::write(&first, &info, &frames)?));
    }
    out.push(sound(bytes, &frames, &mut findings));
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

/// The frames without what is no sound; where they stand already, if that is how they stand.
fn sound<'a>(bytes: &'a [u8], frames: &[Frame<'a>], findings: &mut Findings) -> Cow<'a, [u8]> {
    let start = frames.first().map_or(0, |first| first.at);
    let mut same = start..start;
    let mut anew = Vec::new();
    frame::clean(frames, findings, |frame, changed| {
        if anew.is_empty() {
            if changed.is_none() && same.end == frame.at {
                same.end = frame.end();
                return;
            }
            anew.reserve_exact(bytes.len().saturating_sub(start));
            anew.extend_from_slice(bytes.get(same.clone()).unwrap_or_default());
        }
        anew.extend_from_slice(changed.unwrap_or(frame.bytes));
    });
    if anew.is_empty() { Cow::Borrowed(bytes.get(same).unwrap_or_default()) } else { anew.into() }
}

/// All frames; what stands between and behind them is named.
fn frames<'a>(
    bytes: &'a [u8],
    start: usize,
    findings: &mut Findings,
) -> Result<Vec<Frame<'a>>, Refusal> {
    let mut frames: Vec<Frame<'a>> = Vec::new();
    let mut at = start;
    while at < bytes.len() {
        let found = match Frame::read(bytes, at) {
            // What is no frame of ours behind the first is not sound.
            Err(_) if !frames.is_empty() => None,
            found => found?,
        };
        match found {
            Some(frame) if frames.first().is_none_or(|first| first.goes_with(&frame)) => {
                at = frame.end();
                frames.push(frame);
                continue;
            }
            _ => {}
        }
        let first = frames.first();
        let behind = at.saturating_add(1)..bytes.len();
        let next = behind.into_iter().find(|at| frame::starts_two(bytes, *at, first));
        let gap = bytes.get(at..next.unwrap_or(bytes.len())).unwrap_or_default();
        id3::gap(gap, frames.is_empty(), findings);
        at = at.saturating_add(gap.len());
    }
    Ok(frames)
}

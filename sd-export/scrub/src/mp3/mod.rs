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

use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal, id3};
use frame::Frame;

/// Writes a sound file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
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
    let mut out = Vec::with_capacity(bytes.len());
    if let Some((first, info)) = info {
        out.extend_from_slice(&info::write(&first, &info, &frames)?);
    }
    frame::clean(&frames, &mut findings, |frame| out.extend_from_slice(frame));
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
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
        let rest = bytes.get(at..).unwrap_or_default();
        let found = match Frame::read(rest) {
            // What is no frame of ours behind the first is not sound.
            Err(_) if !frames.is_empty() => None,
            found => found?,
        };
        match found {
            Some(frame) if frames.first().is_none_or(|first| first.goes_with(&frame)) => {
                at = at.saturating_add(frame.bytes.len());
                frames.push(frame);
                continue;
            }
            _ => {}
        }
        let first = frames.first();
        let skip = (1..rest.len()).find(|n| {
            let rest = rest.get(*n..).unwrap_or_default();
            frame::starts_two(rest, first)
        });
        let gap = rest.get(..skip.unwrap_or(rest.len())).unwrap_or_default();
        id3::gap(gap, frames.is_empty(), findings);
        at = at.saturating_add(gap.len());
    }
    Ok(frames)
}

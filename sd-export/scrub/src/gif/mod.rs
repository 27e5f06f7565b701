//! GIF: every frame, delay and the loop kept; every other byte written anew.
//!
//! ```text
//! blocks --read--> screen, colour tables, frames --LZW: every code to the last--> indexes
//!                      '--- unused colours cleared, LZW anew, blocks of 255 ---> check
//! ```

mod blocks;
mod check;
mod frame;
mod notes;

use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal};
use frame::{Control, Frame};

/// A colour table: red, green, blue, 2 to 256 times.
type Table = Vec<u8>;

/// The logical screen.
struct Screen {
    width: u16,
    height: u16,
    table: Option<Table>,
    background: u8,
}

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut from = Cursor::new(bytes);
    let mut screen = screen(&mut from, limits, &mut findings)?;
    let read = read(&mut from, &screen, limits, &mut findings)?;
    if !from.is_empty() {
        let detail = format!("{} bytes", from.rest().len());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    if read.frames.is_empty() {
        return Err(Refusal::malformed("no picture in the file"));
    }
    tidy(&mut screen, &read.frames, &mut findings);
    let out = write(&screen, read, &mut findings)?;
    check::check(&out)?;
    Ok((out, findings))
}

/// Where the file is cut off, in our words.
fn cut() -> Refusal {
    Refusal::malformed("the file ends inside a block")
}

fn screen(
    from: &mut Cursor<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Screen, Refusal> {
    from.take(6).ok_or_else(cut)?;
    let (width, height) = (from.le16().ok_or_else(cut)?, from.le16().ok_or_else(cut)?);
    let flags = from.u8().ok_or_else(cut)?;
    let background = from.u8().ok_or_else(cut)?;
    if from.u8().ok_or_else(cut)? != 0 {
        findings.removed(Class::Device, "shape of the pixels", "");
    }
    limits.admit_pixels(width.into(), height.into(), 1)?;
    let table = table(from, flags)?;
    Ok(Screen { width, height, table, background })
}

/// The colour table that stands here, if the flags say so.
fn table(from: &mut Cursor<'_>, flags: u8) -> Result<Option<Table>, Refusal> {
    if flags & 0x80 == 0 {
        return Ok(None);
    }
    let len = 6usize << (flags & 7);
    Ok(Some(from.take(len).ok_or_else(cut)?.to_vec()))
}

/// What was read: the frames, and how often they are shown.
struct Read {
    frames: Vec<Frame>,
    rounds: Option<u16>,
}

fn read(
    from: &mut Cursor<'_>,
    screen: &Screen,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Read, Refusal> {
    let mut read = Read { frames: Vec::new(), rounds: None };
    let mut control = None;
    let mut pixels = 0u64;
    loop {
        match from.u8() {
            Some(0x2c) => {
                let control = control.take().unwrap_or_default();
                let frame = Frame::read(from, screen, control, limits, findings)?;
                pixels = pixels.saturating_add(frame.indexes.len() as u64);
                limits.admit_pixels(u32::try_from(pixels).unwrap_or(u32::MAX), 1, 1)?;
                read.frames.push(frame);
            }
            Some(0x21) => extension(from, &mut control, &mut read.rounds, findings)?,
            Some(0) => findings.removed(Class::Trailing, "bytes between blocks", ""),
            // Many writers forget the end.
            None | Some(0x3b) => return Ok(read),
            Some(_) => return Err(Refusal::malformed("a block of no known kind")),
        }
    }
}

fn extension(
    from: &mut Cursor<'_>,
    control: &mut Option<Control>,
    rounds: &mut Option<u16>,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let label = from.u8().ok_or_else(cut)?;
    let start = from.clone();
    let parts = blocks::parts(from)?;
    match label {
        0xf9 => {
            let body: [u8; 4] = parts
                .first()
                .and_then(|part| (*part).try_into().ok())
                .ok_or_else(|| Refusal::malformed("a graphic control"))?;
            if parts.len() > 1 {
                findings.removed(Class::HiddenContent, "bytes in a graphic control", "");
            }
            *control = Some(Control::read(body, findings));
        }
        0xff => {
            let again = notes::application(&parts, start.rest(), findings);
            *rounds = rounds.or(again);
        }
        0x01 => {
            // The control before a text belongs to the text.
            *control = None;
            notes::plain_text(&parts, findings);
        }
        0xfe => notes::comment(&parts, findings),
        _ => findings.removed(Class::Unknown, format!("extension 0x{label:02x}"), ""),
    }
    Ok(())
}

/// Clears the colours of the screen's table that nothing shows.
fn tidy(screen: &mut Screen, frames: &[Frame], findings: &mut Findings) {
    let Some(table) = &mut screen.table else {
        return;
    };
    let mut uses = [false; 256];
    for frame in frames.iter().filter(|frame| frame.table.is_none()) {
        frame.mark(&mut uses);
    }
    if let Some(entry) = uses.get_mut(usize::from(screen.background)) {
        *entry = true;
    }
    frame::clear(table, &uses, findings);
}

fn write(screen: &Screen, read: Read, findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    let mut out = b"GIF89a".to_vec();
    out.extend_from_slice(&screen.width.to_le_bytes());
    out.extend_from_slice(&screen.height.to_le_bytes());
    let entries = screen.table.as_ref().map_or(0, |table| table.len() / 3);
    let background = if usize::from(screen.background) < entries { screen.background } else { 0 };
    out.extend_from_slice(&[frame::table_flags(screen.table.as_ref()), background, 0]);
    out.extend_from_slice(screen.table.as_deref().unwrap_or_default());
    if let Some(rounds) = read.rounds {
        let why = "it says how often the animation runs";
        findings.kept(Class::Software, "application block: loop", &rounds.to_string(), why);
        out.extend_from_slice(blocks::LOOP);
        out.extend_from_slice(&rounds.to_le_bytes());
        out.push(0);
    }
    for frame in read.frames {
        frame.write(&mut out)?;
    }
    out.push(0x3b);
    Ok(out)
}

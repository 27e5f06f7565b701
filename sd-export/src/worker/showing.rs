//! A document shown: drawn by one worker, made into pictures by another, split by the parent.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use sd_fs::{Dir, DirError, Quiet, copy_bounded};
use sd_scrub::{Format, Refusal};
use sd_term::{Failure, Status, count};
use serde::Serialize;

use super::drawing::{Aim, Drawn, draw};
use super::{WorkError, listed, pressing};

/// Three bytes for each of 480 by 480 pixels, and more than a PNG file adds.
const MAX_THUMBNAIL: u64 = 1 << 20;

/// A document as pictures that stand in a directory.
#[derive(Debug, Serialize)]
#[must_use]
pub(crate) struct Shown {
    /// What it is.
    pub(crate) format: Format,
    /// The names of the pictures, one a page.
    pub(crate) pictures: Vec<String>,
    /// Pages that the document has; it may be more than are shown.
    pub(crate) of: usize,
    /// Whether it is an animation, of which the first picture is shown.
    pub(crate) animated: bool,
    /// Pages, from 1, on which something could not be drawn.
    pub(crate) gaps: Vec<usize>,
    /// Pages, from 1, that seem to hold a QR code.
    pub(crate) qr_codes: Vec<usize>,
}

/// Why a document is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowError {
    /// The workers, or what they said.
    #[error("{}", named(.0))]
    Work(#[from] WorkError),
    /// The directory of the pictures.
    #[error(transparent)]
    Door(#[from] DirError),
}

impl From<ShowError> for Failure {
    fn from(e: ShowError) -> Self {
        let message = e.to_string();
        let status = match e {
            ShowError::Work(e) if e.is_about_content() => Status::NotShown,
            ShowError::Work(e) => e.status(),
            ShowError::Door(e) => Self::from(e).status,
        };
        Self::new(status, message)
    }
}

/// A kind that is not drawn is named, with what would happen if it were opened.
fn named(e: &WorkError) -> String {
    match e {
        WorkError::Refused { refusal: Refusal::UnknownType(kind), .. } => {
            format!("{kind}: not opened{}", danger(kind))
        }
        WorkError::Refused { format: Some(format), .. } if format.records_changes() => {
            format!("{e}; it can hold macros that act when it is opened")
        }
        WorkError::Refused { format: Some(format @ (Format::Html | Format::Svg)), .. } => {
            format!("{format}: not opened{REACHES}")
        }
        e => e.to_string(),
    }
}

/// What markup can do.
const REACHES: &str = "; it can hold scripts and links that act when it is opened";

fn danger(kind: &str) -> &'static str {
    const STARTS: &[&str] =
        &["program", "script", "launcher", "shortcut", "Java", "package", "macros", "service"];
    const MARKUP: &[&str] = &["HTML", "SVG", "XML"];
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if has(STARTS) {
        "; it can start a program when it is opened"
    } else if has(MARKUP) {
        REACHES
    } else {
        ""
    }
}

impl Shown {
    /// What is shown of it, in lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let pages = count(self.pictures.len(), "page");
        let of =
            if self.of > self.pictures.len() { format!(" of {}", self.of) } else { String::new() };
        let pictures = match self.pictures.as_slice() {
            [first, .., last] => format!("{first} to {last}"),
            names => names.concat(),
        };
        let first = if self.animated { ", the first picture of an animation" } else { "" };
        vec![format!("{pages}{of}: {pictures}{first}")]
    }

    /// What to beware of, in lines.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let codes = format!("QR code on {}: do not scan it", listed(&self.qr_codes));
        let gaps = format!("not all of {} could be drawn", listed(&self.gaps));
        let warnings = [(!self.qr_codes.is_empty(), codes), (!self.gaps.is_empty(), gaps)];
        warnings.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning).collect()
    }
}

/// Shows `input` as pictures in `dir`, each under the name that `name` gives its page.
pub(crate) fn show(
    input: &File,
    dir: &Dir,
    max_input: u64,
    name: impl Fn(usize) -> String,
) -> Result<Shown, ShowError> {
    let pixels = dir.new_file()?;
    let drawn = draw(Aim::Preview, input, &pixels, max_input)?;
    let together = dir.new_file()?;
    let pressed = pressing::pictures(&pixels, &together)?;
    let sum: u64 = pressed.pages.iter().map(|page| page.size).sum();
    if pressed.pages.len() != drawn.pages || sum != pressed.size {
        return Err(WorkError::Untrue.into());
    }
    let mut from: &File = together.file();
    from.rewind().map_err(WorkError::Again)?;
    let (mut pictures, mut qr_codes) = (Vec::new(), Vec::new());
    for (number, page) in (1..).zip(pressed.pages) {
        let name = name(number);
        split(from, dir, &page, &name)?;
        pictures.push(name);
        qr_codes.extend(page.qr_code.then_some(number));
    }
    let Drawn { format, of, animated, gaps, .. } = drawn;
    Ok(Shown { format, pictures, of, animated, gaps, qr_codes })
}

/// The first page of a document, small; nothing if it cannot be drawn.
pub(crate) fn thumbnail(input: &File, scratch: &Dir) -> Option<Vec<u8>> {
    let max_input = sd_scrub::Limits::default().max_input;
    let (pixels, together) = (scratch.new_file().ok()?, scratch.new_file().ok()?);
    let _drawn = draw(Aim::Thumbnail, input, &pixels, max_input).ok()?;
    let pressed = pressing::pictures(&pixels, &together).ok()?;
    let mut from: &File = together.file();
    from.rewind().ok()?;
    let mut png = Vec::new();
    from.take(pressed.size.min(MAX_THUMBNAIL)).read_to_end(&mut png).ok()?;
    (sd_fs::Blake3::of(&png) == pressed.blake3).then_some(png)
}

/// The next picture gets a file of its own, if it is what the worker said.
fn split(from: &File, dir: &Dir, page: &pressing::Shown, name: &str) -> Result<(), ShowError> {
    let mut file = dir.new_file()?;
    let found = copy_bounded(&mut from.take(page.size), &mut file, page.size, &mut Quiet)
        .map_err(WorkError::from)?;
    if found.size != page.size || found.blake3 != page.blake3 {
        return Err(WorkError::Untrue.into());
    }
    Ok(file.commit(name)?)
}

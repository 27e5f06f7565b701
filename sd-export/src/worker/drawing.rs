//! A document drawn: one worker reads it and gives out pages of pixels.
//!
//! ```text
//! document --detect--> picture, PDF, text --one page at a time--> unnamed file of pixels
//!                         '--anything else: named, not opened
//! ```
//! What comes out is read by another worker ([`super::pressing`]), which takes nothing but pixels.

use std::fs::File;

use sd_fs::NewFile;
use sd_render::{Document, Limits, Picture, Pixels, Place, Scale, Writing};
use sd_sandbox::{ChannelError, Inside, Job};
use sd_scrub::{Detected, Format, Refusal};
use serde::{Deserialize, Serialize};

use super::inside::{self, Read};
use super::protocol::{MAX_ORDER, Trouble, tame_refusal};
use super::{PROFILE, WorkError, converse};

/// The job.
pub(super) const JOB: Job = Job { name: "draw", profile: PROFILE, run: work };

/// Pages of one document that a preview shows, and that are searched: enough to tell what it is.
const SHOWN: usize = 50;

/// Most places of one document at which text is covered: as many as an order to the next worker holds.
pub(super) const MOST_COVERED: usize = 40;

/// What the pages are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Aim {
    /// To be looked at on a screen.
    Preview,
    /// To stand in for the document.
    Rebuild,
    /// To be searched for marks.
    Look,
    /// To stand beside a report.
    Thumbnail,
    /// To be held against another document.
    Compare,
}

impl Aim {
    fn scale(self) -> Scale {
        match self {
            Self::Preview => Scale { per_inch: 150, longest: 1_600 },
            Self::Compare => Scale { per_inch: 200, longest: 20_000 },
            Self::Thumbnail => Scale { per_inch: 60, longest: 480 },
            // What offices scan at; a picture format has no number for a side above 65,535.
            Self::Rebuild => Scale { per_inch: 300, longest: 20_000 },
            // A place is told in pixels of the picture as it is.
            Self::Look => Scale { per_inch: 300, longest: u16::MAX },
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Order {
    aim: Aim,
    max_input: u64,
}

#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Drawn(Drawn),
    Refused { format: Option<Format>, refusal: Refusal },
    Failed(Trouble),
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub(crate) struct Drawn {
    /// What the document is.
    pub(crate) format: Format,
    /// Pages that were drawn, from the first.
    pub(crate) pages: usize,
    /// Pages that it has.
    pub(crate) of: usize,
    /// Whether it is an animation, of which the first picture was drawn.
    pub(crate) animated: bool,
    /// Pages, from 1, on which something could not be drawn.
    pub(crate) gaps: Vec<usize>,
    /// Pages, from 1, on which letters were painted and then covered; looked for only when the
    /// document is searched for marks.
    pub(crate) covered: Vec<usize>,
    /// Where, at most [`MOST_COVERED`] places of them all.
    pub(crate) covers: Vec<Cover>,
    /// Dots an inch, if it is a picture that says so.
    pub(crate) per_inch: Option<u16>,
}

/// A place of a page at which letters are covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cover {
    /// The page, from 1.
    pub(crate) page: usize,
    /// The place, in points.
    pub(crate) place: Place,
}

/// Draws a document into `pixels`, which has no name.
pub(super) fn draw(
    aim: Aim,
    input: &File,
    pixels: &NewFile,
    max_input: u64,
) -> Result<Drawn, WorkError> {
    super::admit_length(input, max_input)?;
    match converse(JOB.name, &Order { aim, max_input }, input, pixels.file())? {
        Answer::Drawn(drawn) => Ok(drawn),
        Answer::Refused { format, mut refusal } => {
            tame_refusal(&mut refusal);
            Err(WorkError::Refused { format, refusal })
        }
        Answer::Failed(trouble) => Err(WorkError::Trouble(trouble)),
    }
}

fn work(mut inside: Inside) -> Result<(), ChannelError> {
    let order = inside.channel.receive(MAX_ORDER)?;
    let answer = match serde_json::from_slice::<Order>(&order) {
        Ok(order) => obey(&order, &mut inside).unwrap_or_else(Answer::Failed),
        Err(_) => Answer::Failed(Trouble::Order),
    };
    inside.channel.send(&inside::json(&answer))
}

fn obey(order: &Order, inside: &mut Inside) -> Result<Answer, Trouble> {
    let bytes = match inside::read(&mut inside.input, order.max_input)? {
        Read::Whole(bytes) => bytes,
        Read::TooLong(refusal) => return Ok(Answer::Refused { format: None, refusal }),
    };
    let format = match sd_scrub::detect(&bytes) {
        Detected::Known(format) => format,
        Detected::Unknown(kind) => {
            let refusal = Refusal::UnknownType(kind.to_owned());
            return Ok(Answer::Refused { format: None, refusal });
        }
    };
    let refused = |refusal| Ok(Answer::Refused { format: Some(format), refusal });
    let pages = match Pages::open(order.aim, format, bytes, &Limits::default()) {
        Ok(pages) => pages,
        Err(refusal) => return refused(refusal),
    };
    let mut drawn = pages.drawn(order.aim, format);
    for number in 0..drawn.pages {
        let (page, whole) = match pages.draw(number, order.aim.scale()) {
            Ok(page) => page,
            Err(refusal) => return refused(in_our_words(&refusal)),
        };
        let from_one = number.saturating_add(1);
        if order.aim == Aim::Look
            && let Some(places) = pages.covered_letters(number)
        {
            drawn.covered.push(from_one);
            let left = MOST_COVERED.saturating_sub(drawn.covers.len());
            let covers = places.into_iter().map(|place| Cover { page: from_one, place });
            drawn.covers.extend(covers.take(left));
        }
        match order.aim {
            _ if whole => {}
            Aim::Preview | Aim::Look | Aim::Thumbnail | Aim::Compare => drawn.gaps.push(from_one),
            Aim::Rebuild => return refused(gap(from_one)),
        }
        sd_render::write_page(&page, &mut inside.output).map_err(|e| inside::unwritten(&e))?;
    }
    Ok(Answer::Drawn(drawn))
}

/// A copy with a gap in it would pass for the document.
fn gap(page: usize) -> Refusal {
    let what = format!("page {page} needs a font or holds a picture that cannot be drawn");
    Refusal::Unsupported { what }
}

/// A document that was opened.
enum Pages {
    Picture { pixels: Pixels, animated: bool, per_inch: Option<u16> },
    Document(Document),
    Text(Writing),
}

impl Pages {
    fn open(aim: Aim, format: Format, bytes: Vec<u8>, limits: &Limits) -> Result<Self, Refusal> {
        let pages = match format {
            Format::Jpeg => Self::picture(sd_render::jpeg(&bytes, limits)),
            Format::Png => Self::picture(sd_render::png(&bytes, limits)),
            Format::Pdf => Document::open(bytes, limits).map(Self::Document),
            Format::Text | Format::Csv if aim == Aim::Rebuild => {
                let what = "plain text is cleaned, not rebuilt: leave out --rebuild".to_owned();
                return Err(Refusal::Unsupported { what });
            }
            Format::Text | Format::Csv => {
                let text = sd_scrub::text(&bytes).unwrap_or_default();
                Ok(Self::Text(Writing::new(&text)))
            }
            format => {
                let what = format!("drawing a {format}: it is cleaned, but not drawn");
                return Err(Refusal::Unsupported { what });
            }
        };
        pages.map_err(|refusal| in_our_words(&refusal))
    }

    fn picture(read: Result<Picture, sd_render::Refusal>) -> Result<Self, sd_render::Refusal> {
        let Picture { pixels, exif, animated, per_inch } = read?;
        let turn = exif.and_then(|exif| sd_scrub::orientation(&exif)).unwrap_or(1);
        Ok(Self::Picture { pixels: pixels.turned(turn), animated, per_inch })
    }

    fn drawn(&self, aim: Aim, format: Format) -> Drawn {
        let (of, animated, per_inch) = match self {
            Self::Picture { animated, per_inch, .. } => (1, *animated, *per_inch),
            Self::Document(document) => (document.len(), false, None),
            Self::Text(writing) => (writing.len(), false, None),
        };
        let pages = match aim {
            Aim::Rebuild => of,
            Aim::Preview | Aim::Look | Aim::Compare => of.min(SHOWN),
            Aim::Thumbnail => 1,
        };
        let (gaps, covered, covers) = (Vec::new(), Vec::new(), Vec::new());
        Drawn { format, pages, of, animated, gaps, covered, covers, per_inch }
    }

    /// Where a page has text under a box: two letters, for one may be a slip of the pen.
    fn covered_letters(&self, number: usize) -> Option<Vec<Place>> {
        match self {
            Self::Document(document) => {
                let covered = document.covered_letters(number);
                (covered.letters >= 2).then_some(covered.places)
            }
            Self::Picture { .. } | Self::Text(_) => None,
        }
    }

    /// A page, and whether all of it could be drawn.
    fn draw(&self, number: usize, scale: Scale) -> Result<(Pixels, bool), sd_render::Refusal> {
        match self {
            Self::Picture { pixels, .. } => Ok((pixels.clone().shrunk(scale.longest.into()), true)),
            Self::Document(document) => {
                document.draw(number, scale).map(|drawn| (drawn.pixels, drawn.whole))
            }
            Self::Text(writing) => Ok((writing.draw(number), true)),
        }
    }
}

fn in_our_words(refusal: &sd_render::Refusal) -> Refusal {
    match *refusal {
        sd_render::Refusal::Encrypted => Refusal::Encrypted,
        sd_render::Refusal::Malformed(what) => Refusal::Malformed { what: what.to_owned() },
        sd_render::Refusal::TooLarge { what, limit } => {
            Refusal::TooLarge { what: what.to_owned(), limit }
        }
    }
}

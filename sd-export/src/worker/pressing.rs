//! Pixels written anew: a second worker, which never saw the document.
//!
//! ```text
//! file of pixels --Fresh--> PDF --scrubbed: one form for one content--> unnamed file
//!        '--page by page: PNG, QR code or none----------------------> unnamed file, split by parent
//!        '--page by page: QR codes, tracking dots-------------------> nothing written, or crops
//! ```

use std::io::Write as _;
use std::os::fd::AsFd;

use sd_fs::{Blake3, NewFile};
use sd_render::{Area, Fresh, Limits, Pixels, Place, Reading, StreamError, Written};
use sd_sandbox::{ChannelError, Inside, Job};
use sd_scrub::Refusal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::drawing::Cover;
use super::protocol::{MAX_ORDER, Trouble, tame_refusal};
use super::{PROFILE, WorkError, converse, inside};

/// Most places of one page that are told.
const MOST_PLACES: usize = 100;

/// The job.
pub(super) const JOB: Job = Job { name: "press", profile: PROFILE, run: work };

/// Most marks of one document that are shown: a page of them is looked at, not more.
pub(super) const MOST_CROPS: usize = 12;

/// The longest side of one, in pixels.
const CROP_SIDE: usize = 320;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Order {
    Document,
    Pictures,
    Marks,
    /// The same with crops; text is covered at these places, in the order of their pages.
    ShownMarks(Vec<Cover>),
    /// So many pages of one document, then those of another.
    Compare(usize),
}

#[derive(Debug, Serialize, Deserialize)]
enum Answer<P> {
    Pressed { pages: Vec<P>, size: u64, blake3: Blake3 },
    Refused(Refusal),
    Failed(Trouble),
}

/// A fresh document that was read again and found to be what the worker said.
#[derive(Debug)]
#[must_use]
pub(super) struct Pressed<P> {
    pub(super) pages: Vec<P>,
    pub(super) size: u64,
    pub(super) blake3: Blake3,
}

/// One page as a picture in the file of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Bytes of the PNG file.
    pub(crate) size: u64,
    /// Its hash.
    pub(crate) blake3: Blake3,
    /// Whether the page seems to hold a QR code.
    pub(crate) qr_code: bool,
}

/// What marks a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marks {
    /// Its width and height in pixels.
    pub(super) pixels: (u32, u32),
    /// And in points; of a picture a guess.
    pub(super) points: (u32, u32),
    /// Where it seems to hold QR codes, at most ten.
    pub(super) qr_codes: Vec<Area>,
    /// Whether a printer has marked it with dots.
    pub(super) dots: Option<Dots>,
    /// Of the dots, of covered text, of QR codes, one each: as many as are left to be shown.
    pub(super) crops: Vec<Crop>,
}

/// A PNG file in the file of crops; empty if there is nothing to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Crop {
    pub(super) size: u64,
    pub(super) blake3: Blake3,
}

/// The dots by which a printer marked a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dots {
    /// What of the page has them.
    pub(super) area: Area,
    /// After how many pixels they repeat themselves, across and down.
    pub(super) sides: Option<(u32, u32)>,
    /// What they say, if the code is known.
    pub(super) reading: Option<Reading>,
}

/// Writes a fresh document from pixels.
pub(super) fn document(pixels: &NewFile, output: &NewFile) -> Result<Pressed<Written>, WorkError> {
    press(&Order::Document, pixels, output)
}

/// Writes a PNG file a page, one behind the other.
pub(super) fn pictures(pixels: &NewFile, output: &NewFile) -> Result<Pressed<Shown>, WorkError> {
    press(&Order::Pictures, pixels, output)
}

/// Where a page differs from that of another document; `None` if it has another size.
pub(super) type Differences = Option<Vec<Place>>;

/// Compares the first pages with those behind them, as far as both documents go.
pub(super) fn compare(pixels: &NewFile, first: usize) -> Result<Vec<Differences>, WorkError> {
    ask(&Order::Compare(first), pixels, super::nowhere()?).map(|pressed| pressed.pages)
}

/// Looks at each page, and writes nothing.
pub(super) fn marks(pixels: &NewFile) -> Result<Vec<Marks>, WorkError> {
    ask(&Order::Marks, pixels, super::nowhere()?).map(|pressed| pressed.pages)
}

/// The same, and writes a small picture of each mark into `crops`, one behind the other.
pub(super) fn shown_marks(
    pixels: &NewFile,
    covers: &[Cover],
    crops: &NewFile,
) -> Result<Vec<Marks>, WorkError> {
    let pressed = press(&Order::ShownMarks(covers.to_vec()), pixels, crops)?;
    let sizes = pressed.pages.iter().flat_map(|page: &Marks| &page.crops).map(|crop| crop.size);
    let sum = sizes.fold(0, u64::saturating_add);
    if sum == pressed.size { Ok(pressed.pages) } else { Err(WorkError::Untrue) }
}

fn press<P: DeserializeOwned>(
    order: &Order,
    pixels: &NewFile,
    output: &NewFile,
) -> Result<Pressed<P>, WorkError> {
    let pressed: Pressed<P> = ask(order, pixels, output.file())?;
    super::compare(output.file(), pressed.size, pressed.blake3)?;
    Ok(pressed)
}

fn ask<P: DeserializeOwned>(
    order: &Order,
    pixels: &NewFile,
    output: impl AsFd,
) -> Result<Pressed<P>, WorkError> {
    match converse(JOB.name, order, pixels.file(), output)? {
        Answer::Pressed { pages, size, blake3 } => Ok(Pressed { pages, size, blake3 }),
        Answer::Refused(mut refusal) => {
            tame_refusal(&mut refusal);
            Err(WorkError::Refused { format: None, refusal })
        }
        Answer::Failed(trouble) => Err(WorkError::Trouble(trouble)),
    }
}

fn work(mut inside: Inside) -> Result<(), ChannelError> {
    let order = inside.channel.receive(MAX_ORDER)?;
    let answer = match serde_json::from_slice(&order) {
        Ok(Order::Document) => inside::json(&end(write_document(&mut inside))),
        Ok(Order::Pictures) => inside::json(&end(write_pictures(&mut inside))),
        Ok(Order::Marks) => inside::json(&end(look(&mut inside, None))),
        Ok(Order::ShownMarks(covers)) => inside::json(&end(look(&mut inside, Some(&covers)))),
        Ok(Order::Compare(first)) => inside::json(&end(hold_against(&mut inside, first))),
        Err(_) => inside::json(&Answer::<()>::Failed(Trouble::Order)),
    };
    inside.channel.send(&answer)
}

/// Why a worker stops.
enum Stop {
    Trouble(Trouble),
    Refusal(Refusal),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

fn end<P>(result: Result<Answer<P>, Stop>) -> Answer<P> {
    result.unwrap_or_else(|stop| match stop {
        Stop::Trouble(trouble) => Answer::Failed(trouble),
        Stop::Refusal(refusal) => Answer::Refused(refusal),
    })
}

fn write_document(inside: &mut Inside) -> Result<Answer<Written>, Stop> {
    let (mut fresh, mut pages) = (Fresh::default(), Vec::new());
    while let Some(page) = next(inside)? {
        let written = fresh.add(page);
        pages.push(written.map_err(|e| Refusal::Unsupported { what: e.to_string() })?);
    }
    // The scrubber has one form for one content: what it writes, it will not change again.
    let document = sd_scrub::scrub(&fresh.finish(), &sd_scrub::Limits::default())?.bytes;
    inside.output.write_all(&document).map_err(|e| inside::unwritten(&e))?;
    let (size, blake3) = (document.len() as u64, Blake3::of(&document));
    Ok(Answer::Pressed { pages, size, blake3 })
}

fn write_pictures(inside: &mut Inside) -> Result<Answer<Shown>, Stop> {
    let (mut hasher, mut pages) = (sd_fs::Hasher::new(), Vec::new());
    while let Some(page) = next(inside)? {
        let png = sd_render::to_png(&page);
        let png = png.map_err(|e| Refusal::Unsupported { what: e.to_string() })?;
        inside.output.write_all(&png).map_err(|e| inside::unwritten(&e))?;
        hasher.update(&png);
        let (size, blake3) = (png.len() as u64, Blake3::of(&png));
        pages.push(Shown { size, blake3, qr_code: !sd_render::qr_codes(&page).is_empty() });
    }
    let all = hasher.finish();
    Ok(Answer::Pressed { pages, size: all.size, blake3: all.blake3 })
}

fn look(inside: &mut Inside, show: Option<&[Cover]>) -> Result<Answer<Marks>, Stop> {
    let (mut hasher, mut pages, mut left) = (sd_fs::Hasher::new(), Vec::new(), MOST_CROPS);
    while let Some(page) = next(inside)? {
        let (qr_codes, dots) = (sd_render::qr_codes(&page), sd_render::tracking_dots(&page));
        let mut crops = Vec::new();
        if let Some(covers) = show {
            let number = pages.len().saturating_add(1);
            let sample = dots.iter().map(|dots| Some(page.cut(dots.sample)?.by_blue_light()));
            let covers = covers.iter().filter(|cover| cover.page == number);
            let areas = covers.map(|cover| in_pixels(cover.place, &page));
            let areas = areas.chain(qr_codes.iter().copied());
            let parts = sample.chain(areas.map(|area| page.cut(area.with_surroundings())));
            for part in parts.take(left) {
                let png =
                    part.map_or(Ok(Vec::new()), |part| sd_render::to_png(&part.shrunk(CROP_SIDE)));
                let png = png.map_err(|e| Refusal::Unsupported { what: e.to_string() })?;
                inside.output.write_all(&png).map_err(|e| inside::unwritten(&e))?;
                hasher.update(&png);
                crops.push(Crop { size: png.len() as u64, blake3: Blake3::of(&png) });
            }
        }
        left = left.saturating_sub(crops.len());
        let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (pixels, points) = ((side(page.width()), side(page.height())), page.points());
        let dots =
            dots.map(|found| Dots { area: found.area, sides: found.sides, reading: found.reading });
        pages.push(Marks { pixels, points, qr_codes, dots, crops });
    }
    let all = hasher.finish();
    Ok(Answer::Pressed { pages, size: all.size, blake3: all.blake3 })
}

/// A place of a page, drawn.
fn in_pixels(Place { left, top, wide, high }: Place, page: &Pixels) -> Area {
    let scaled = |n: u32, pixels: usize, points: u32| {
        let scaled = u64::from(n).saturating_mul(pixels as u64) / u64::from(points.max(1));
        u32::try_from(scaled).unwrap_or(u32::MAX)
    };
    let (points_wide, points_high) = page.points();
    let across = |n| scaled(n, page.width(), points_wide);
    let down = |n| scaled(n, page.height(), points_high);
    Area { left: across(left), top: down(top), wide: across(wide), high: down(high) }
}

fn hold_against(inside: &mut Inside, first: usize) -> Result<Answer<Differences>, Stop> {
    let mut ones = Vec::new();
    while ones.len() < first
        && let Some(page) = next(inside)?
    {
        ones.push(page);
    }
    let mut pages = Vec::new();
    for one in ones {
        let Some(other) = next(inside)? else { break };
        let differences = sd_render::differences(&one, &other);
        pages.push(differences.map(|places| places.into_iter().take(MOST_PLACES).collect()));
    }
    Ok(Answer::Pressed { pages, size: 0, blake3: Blake3::of(b"") })
}

fn next(inside: &mut Inside) -> Result<Option<Pixels>, Stop> {
    sd_render::read_page(&mut inside.input, &Limits::default()).map_err(|e| match e {
        StreamError::Broken => Refusal::NotClean { what: e.to_string() }.into(),
        StreamError::Read(_) => Trouble::Read.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::drawing::MOST_COVERED;
    use super::*;

    #[test]
    fn the_longest_order_is_one() {
        let place = Place { left: 14_400, top: 14_400, wide: 14_400, high: 14_400 };
        let order = Order::ShownMarks(vec![Cover { page: 50, place }; MOST_COVERED]);
        let bytes = serde_json::to_vec(&order).expect("numbers");
        assert!(bytes.len() <= MAX_ORDER as usize, "{}", bytes.len());
    }
}

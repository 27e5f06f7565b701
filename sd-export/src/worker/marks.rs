//! Marks of a document with their places: pixels and points as the workers tell them, millimetres
//! where the size of the page is known.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _};

use sd_fs::Blake3;
use sd_render::{Area, DocuColor, Place, Reading};
use sd_scrub::Format;
use serde::Serialize;

use super::WorkError;
use super::drawing::{Cover, Drawn, MOST_COVERED};
use super::pressing::{self, Crop, Dots, MOST_CROPS};

/// Most QR codes of one page.
const MOST_CODES: usize = 10;
/// Three bytes for each of 320 by 320 pixels, and more than a PNG file adds.
const MAX_CROP: u64 = 320 << 10;
/// The longest side of a page, in points.
const MOST_POINTS: u32 = 14_400;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Something that marks a page, and where it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Mark {
    /// The page, from 1.
    pub(crate) page: usize,
    #[serde(flatten)]
    kind: Kind,
    place: Spot,
    /// A small picture of it.
    #[serde(skip)]
    pub(crate) crop: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
enum Kind {
    TrackingDots {
        /// After what the dots repeat themselves, in the unit of the place.
        #[serde(skip_serializing_if = "Option::is_none")]
        repeats_every: Option<Sides>,
        /// What they say, if the code is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        docucolor: Option<Reading>,
    },
    CoveredText,
    QrCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Sides {
    across: f64,
    down: f64,
}

/// A place from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Spot {
    unit: Unit,
    left: u64,
    top: u64,
    wide: u64,
    high: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Unit {
    #[serde(rename = "mm")]
    Millimetres,
    #[serde(rename = "px")]
    Pixels,
}

/// How pixels, or points, are told: so many tenths of the unit are so many of them, to the right and
/// down.
#[derive(Clone, Copy, Debug)]
struct Ruler {
    unit: Unit,
    across: (u64, u64),
    down: (u64, u64),
}

/// Of points.
const POINTS: Ruler = Ruler { unit: Unit::Millimetres, across: (254, 72), down: (254, 72) };

impl Ruler {
    /// A page of a document has a size on paper; a picture has one if it says so.
    fn of(drawn: &Drawn, page: &pressing::Marks) -> Self {
        let of = |points: u32, pixels: u32| {
            (u64::from(points).saturating_mul(254), u64::from(pixels).saturating_mul(72).max(1))
        };
        match drawn.per_inch {
            _ if drawn.format == Format::Pdf => Self {
                unit: Unit::Millimetres,
                across: of(page.points.0, page.pixels.0),
                down: of(page.points.1, page.pixels.1),
            },
            Some(per_inch @ 1..) => {
                let inch = (254, u64::from(per_inch));
                Self { unit: Unit::Millimetres, across: inch, down: inch }
            }
            Some(0) | None => Self { unit: Unit::Pixels, across: (10, 1), down: (10, 1) },
        }
    }

    fn tenths(n: u32, (tenths, of): (u64, u64)) -> u64 {
        u64::from(n).saturating_mul(tenths) / of.max(1)
    }

    fn spot(self, Area { left, top, wide, high }: Area) -> Spot {
        let across = |n: u32| Self::tenths(n, self.across) / 10;
        let down = |n: u32| Self::tenths(n, self.down) / 10;
        Spot {
            unit: self.unit,
            left: across(left),
            top: down(top),
            wide: across(wide).max(1),
            high: down(high).max(1),
        }
    }

    fn sides(self, (across, down): (u32, u32)) -> Sides {
        let side = |n: u32, ruler| {
            let tenths = u32::try_from(Self::tenths(n, ruler)).unwrap_or(u32::MAX);
            f64::from(tenths) / 10.0
        };
        Sides { across: side(across, self.across), down: side(down, self.down) }
    }
}

/// The marks of all pages that were drawn, in order. What cannot be so is refused.
pub(super) fn marks(drawn: &Drawn, pages: &[pressing::Marks]) -> Result<Vec<Mark>, WorkError> {
    let mut marks = Vec::new();
    let covers_are_sound = drawn.covers.len() <= MOST_COVERED
        && drawn.covers.iter().all(|cover| is_sound(cover, pages.len()));
    if !covers_are_sound {
        return Err(WorkError::Untrue);
    }
    for (number, page) in (1..).zip(pages) {
        let ruler = Ruler::of(drawn, page);
        if let Some(dots) = &page.dots {
            marks.push(tracking_dots(number, dots, ruler)?);
        }
        let covers = drawn.covers.iter().filter(|cover| cover.page == number);
        marks.extend(covers.map(|cover| Mark {
            page: number,
            kind: Kind::CoveredText,
            place: POINTS.spot(as_area(cover.place)),
            crop: None,
        }));
        if page.qr_codes.len() > MOST_CODES {
            return Err(WorkError::Untrue);
        }
        let codes = page.qr_codes.iter();
        marks.extend(codes.map(|area| Mark {
            page: number,
            kind: Kind::QrCode,
            place: ruler.spot(*area),
            crop: None,
        }));
    }
    Ok(marks)
}

/// Gives the first marks their pictures, each if it is what the worker said.
pub(super) fn add_crops(
    marks: &mut [Mark],
    crops: impl Iterator<Item = Crop>,
    mut from: &File,
) -> Result<(), WorkError> {
    from.rewind().map_err(WorkError::Again)?;
    let mut crops = crops.fuse();
    for mark in marks.iter_mut().take(MOST_CROPS) {
        let Crop { size, blake3 } = crops.next().ok_or(WorkError::Untrue)?;
        if size > MAX_CROP {
            return Err(WorkError::Untrue);
        }
        let mut png = Vec::new();
        from.take(size).read_to_end(&mut png).map_err(WorkError::Again)?;
        if png.len() as u64 != size || Blake3::of(&png) != blake3 {
            return Err(WorkError::Untrue);
        }
        mark.crop = (!png.is_empty()).then_some(png);
    }
    if crops.next().is_some() { Err(WorkError::Untrue) } else { Ok(()) }
}

fn is_sound(cover: &Cover, pages: usize) -> bool {
    let Place { left, top, wide, high } = cover.place;
    let numbers = [left, top, wide, high];
    (1..=pages).contains(&cover.page) && numbers.iter().all(|n| *n <= MOST_POINTS)
}

fn as_area(Place { left, top, wide, high }: Place) -> Area {
    Area { left, top, wide, high }
}

fn tracking_dots(page: usize, dots: &Dots, ruler: Ruler) -> Result<Mark, WorkError> {
    let sound = |reading: &Reading| reading.code.is_sound() && reading.agree <= reading.repeats;
    if !dots.reading.as_ref().is_none_or(sound) {
        return Err(WorkError::Untrue);
    }
    let repeats_every = dots.sides.map(|sides| ruler.sides(sides));
    let kind = Kind::TrackingDots { repeats_every, docucolor: dots.reading };
    Ok(Mark { page, kind, place: ruler.spot(dots.area), crop: None })
}

impl Mark {
    /// What stands under its picture.
    pub(crate) fn caption(&self) -> String {
        match self.kind {
            Kind::TrackingDots { .. } => format!("{self}. Shown as by blue light."),
            Kind::CoveredText | Kind::QrCode => self.to_string(),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { page, kind, place, crop: _ } = self;
        match kind {
            Kind::TrackingDots { repeats_every, docucolor } => {
                write!(f, "tracking dots: page {page}: ")?;
                match (docucolor, repeats_every) {
                    (Some(reading), _) => code(f, reading)?,
                    (None, Some(Sides { across, down })) => {
                        let unit = place.unit.word();
                        write!(f, "repeats every {across} x {down} {unit}; no known code")?;
                    }
                    (None, None) => f.write_str("no known code")?,
                }
                f.write_str("; ")?;
            }
            Kind::CoveredText => write!(f, "text under a box: page {page}: ")?,
            Kind::QrCode => write!(f, "QR code: page {page}: ")?,
        }
        place.fmt(f)
    }
}

fn code(f: &mut fmt::Formatter<'_>, reading: &Reading) -> fmt::Result {
    let DocuColor { serial, year, month, day, hour, minute } = reading.code;
    let month = usize::from(month).checked_sub(1).and_then(|n| MONTHS.get(n)).unwrap_or(&"?");
    write!(f, "DocuColor code: serial number {serial:08}, printed on {day} {month} {year} ")?;
    let Reading { repeats, agree, .. } = reading;
    write!(f, "at {hour:02}:{minute:02}; {agree} of {repeats} repeats agree in every dot")
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, left, top, wide, high } = self;
        let unit = unit.word();
        write!(f, "{left} {unit} from the left, {top} {unit} from the top, {wide} by {high} {unit}")
    }
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Millimetres => "mm",
            Self::Pixels => "px",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const AREA: Area = Area { left: 300, top: 600, wide: 150, high: 30 };
    const READING: Reading = Reading {
        code: DocuColor { serial: 21_052_857, year: 2005, month: 6, day: 21, hour: 12, minute: 50 },
        repeats: 63,
        agree: 58,
    };

    fn drawn(format: Format, per_inch: Option<u16>) -> Drawn {
        let (gaps, covered, covers) = (Vec::new(), Vec::new(), Vec::new());
        Drawn { format, pages: 1, of: 1, animated: false, gaps, covered, covers, per_inch }
    }

    fn page(reading: Option<Reading>) -> pressing::Marks {
        let dots = Dots { area: AREA, sides: Some((300, 193)), reading };
        pressing::Marks {
            pixels: (2480, 3508),
            points: (595, 842),
            qr_codes: vec![AREA],
            dots: Some(dots),
            crops: Vec::new(),
        }
    }

    fn lines(drawn: &Drawn, page: pressing::Marks) -> Vec<String> {
        let marks = marks(drawn, &[page]).expect("sound");
        marks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_code_is_told_in_words_and_its_place_as_a_ruler_measures_it() {
        let lines = lines(&drawn(Format::Pdf, None), page(Some(READING)));
        let place = "25 mm from the left, 50 mm from the top, 12 by 2 mm";
        let code = "tracking dots: page 1: DocuColor code: serial number 21052857, printed on \
                    21 June 2005 at 12:50; 58 of 63 repeats agree in every dot";
        assert_eq!(lines, [format!("{code}; {place}"), format!("QR code: page 1: {place}")]);
    }

    #[test]
    fn a_picture_is_measured_in_pixels_unless_it_says_how_large_it_is() {
        let known = lines(&drawn(Format::Jpeg, Some(300)), page(None));
        let repeats = "tracking dots: page 1: repeats every 25.4 x 16.3 mm; no known code; ";
        assert!(known[0].starts_with(repeats), "{known:?}");
        assert!(known[1].contains("25 mm from the left, 50 mm from the top"), "{known:?}");
        let unknown = lines(&drawn(Format::Jpeg, None), page(None));
        assert!(unknown[0].contains("repeats every 300 x 193 px"), "{unknown:?}");
        assert!(unknown[1].ends_with("300 px from the left, 600 px from the top, 150 by 30 px"));
    }

    #[test]
    fn what_a_worker_cannot_have_seen_is_refused() {
        let late = Reading { code: DocuColor { hour: 24, ..READING.code }, ..READING };
        let many = Reading { agree: 64, ..READING };
        for reading in [late, many] {
            assert!(marks(&drawn(Format::Pdf, None), &[page(Some(reading))]).is_err());
        }
        let mut codes = page(None);
        codes.qr_codes = vec![AREA; 11];
        assert!(marks(&drawn(Format::Pdf, None), &[codes]).is_err());
        let place = Place { left: 0, top: 0, wide: 10, high: 10 };
        let wrong = [
            vec![Cover { page: 2, place }],
            vec![Cover { page: 0, place }],
            vec![Cover { page: 1, place: Place { left: 14_401, ..place } }],
            vec![Cover { page: 1, place }; 41],
        ];
        for covers in wrong {
            let drawn = Drawn { covers, ..drawn(Format::Pdf, None) };
            assert!(marks(&drawn, &[page(None)]).is_err());
        }
    }

    #[test]
    fn a_picture_that_is_not_what_was_said_is_refused() {
        let scratch = tempfile::tempfile().expect("a file");
        (&scratch).write_all(b"onetwo").expect("written");
        let crop = |bytes: &[u8]| Crop { size: bytes.len() as u64, blake3: Blake3::of(bytes) };
        let both = marks(&drawn(Format::Pdf, None), &[page(None)]).expect("sound");
        let give = |crops: Vec<Crop>| {
            let mut marks = both.clone();
            add_crops(&mut marks, crops.into_iter(), &scratch).ok()?;
            Some(marks.into_iter().map(|mark| mark.crop).collect::<Vec<_>>())
        };
        let (one, two) = (crop(b"one"), crop(b"two"));
        let pictures = [Some(b"one".to_vec()), Some(b"two".to_vec())];
        assert_eq!(give(vec![one, two]), Some(pictures.to_vec()));
        assert_eq!(give(vec![one, crop(b"")]), Some(vec![Some(b"one".to_vec()), None]));
        let long = Crop { size: MAX_CROP + 1, ..two };
        for wrong in [vec![one], vec![two, one], vec![one, two, crop(b"")], vec![one, long]] {
            assert_eq!(give(wrong), None);
        }
    }

    #[test]
    fn no_numbers_are_too_large_to_be_told() {
        let area = Area { left: u32::MAX, top: u32::MAX, wide: u32::MAX, high: u32::MAX };
        let mut huge = page(None);
        (huge.pixels, huge.points, huge.qr_codes) = ((0, 0), (u32::MAX, u32::MAX), vec![area]);
        assert_eq!(lines(&drawn(Format::Pdf, None), huge).len(), 2);
    }
}

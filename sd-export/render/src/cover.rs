//! Letters under a box: a redaction that only looks like one.
//!
//! ```text
//! page, in the order in which it is painted:  letter ... letter ... opaque box over them
//!                                                '--still in the file, can be searched and copied
//! ```
//! Nothing is drawn. Each letter is a point in the middle of its width; a box that is painted later
//! and reaches over the point covers the letter.

use std::collections::BTreeMap;

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro::kurbo::{BezPath, PathEl, Point, Rect, Shape as _};

use crate::Place;

/// Most letters of a page that are watched.
const MOST: usize = 200_000;
/// Most boxes of one path: more are a drawing.
const MOST_PARTS: usize = 500;
/// The side of the squares that letters are sorted into, in points.
const CELL: f64 = 32.0;
/// Most places of a page that are told.
const MOST_PLACES: usize = 10;
/// What a letter reaches over around its middle, in points: a small one.
const AROUND: f64 = 5.0;
/// Half the height of a small letter, in thousandths of its size.
const MIDDLE: f64 = 250.0;
/// A path that fills this much of the rectangle around it is a box.
const FULL: f64 = 0.9;

/// Letters of a page that were painted and then covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// How many.
    pub letters: usize,
    /// Where, at most ten places.
    pub places: Vec<Place>,
}

/// Watches what is painted, and paints nothing.
pub(crate) struct Watcher {
    /// Letters that can be seen so far, by the square that they stand in.
    seen: BTreeMap<(i32, i32), Vec<Point>>,
    letters: usize,
    covered: usize,
    /// Where.
    places: Vec<Rect>,
    page: Rect,
    /// What may be painted on, from the whole page to the part in question.
    clips: Vec<Rect>,
    /// For each open group whether it hides what is below it.
    groups: Vec<bool>,
}

impl Watcher {
    pub(crate) fn of(page: Rect) -> Self {
        let (seen, groups) = (BTreeMap::new(), Vec::new());
        Self { seen, letters: 0, covered: 0, places: Vec::new(), page, clips: vec![page], groups }
    }

    /// The letters that were covered, and where.
    pub(crate) fn covered(&self) -> Covered {
        let within = self.places.iter().map(|place| place.intersect(self.page));
        let places = within.filter(|place| !place.is_zero_area()).map(in_points);
        Covered { letters: self.covered, places: places.take(MOST_PLACES).collect() }
    }

    fn cell(at: Point) -> (i32, i32) {
        #[expect(clippy::cast_possible_truncation, reason = "a page is at most 14,400 points")]
        let cell = |n: f64| (n / CELL).floor().clamp(-1e6, 1e6) as i32;
        (cell(at.x), cell(at.y))
    }

    fn letter(&mut self, at: Point) {
        let visible = self.clips.last().is_none_or(|clip| clip.contains(at));
        if visible && at.is_finite() && self.letters < MOST {
            self.letters += 1;
            self.seen.entry(Self::cell(at)).or_default().push(at);
        }
    }

    fn cover(&mut self, with: Rect) {
        let with = self.clips.last().map_or(with, |clip| clip.intersect(with));
        if with.is_zero_area() || !with.is_finite() {
            return;
        }
        let (from, to) =
            (Self::cell(Point::new(with.x0, with.y0)), Self::cell(Point::new(with.x1, with.y1)));
        // In order of the first number: those between, then of the second.
        let columns = self.seen.range_mut((from.0, i32::MIN)..=(to.0, i32::MAX));
        let mut place: Option<Rect> = None;
        for (_, letters) in columns.filter(|((_, row), _)| (from.1..=to.1).contains(row)) {
            let before = letters.len();
            for letter in letters.iter().filter(|letter| with.contains(**letter)) {
                let here = Rect::from_center_size(*letter, (2.0 * AROUND, 2.0 * AROUND));
                place = Some(place.map_or(here, |place| place.union(here)));
            }
            letters.retain(|letter| !with.contains(*letter));
            self.covered += before - letters.len();
        }
        // More than are told are kept: two of them may be one.
        if let Some(place) = place.filter(|_| self.places.len() < MOST) {
            self.add(place);
        }
    }

    /// Boxes side by side are one place.
    fn add(&mut self, mut place: Rect) {
        self.places.retain(|other| {
            let apart = other.inflate(AROUND, AROUND).intersect(place).is_zero_area();
            if !apart {
                place = place.union(*other);
            }
            apart
        });
        self.places.push(place);
    }

    fn fill(&mut self, outline: &BezPath, props: &DrawProps<'_>, mode: &DrawMode) {
        let fills = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        let opaque = match &props.paint {
            Paint::Color(colour) => colour.to_rgba().to_rgba8()[3] == u8::MAX,
            Paint::Pattern(_) => false,
        };
        let plain = props.soft_mask.is_none() && matches!(props.blend_mode, BlendMode::Normal);
        if !(fills && opaque && plain && self.groups.iter().all(|hides| *hides)) {
            return;
        }
        for part in boxes(&(props.transform * outline.clone())) {
            self.cover(part);
        }
    }
}

fn in_points(rect: Rect) -> Place {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "on a page of at most 14,400 points, clamped"
    )]
    let point = |n: f64| n.round().clamp(0.0, 14_400.0) as u32;
    let (left, top) = (point(rect.x0), point(rect.y0));
    let wide = point(rect.x1).saturating_sub(left).max(1);
    Place { left, top, wide, high: point(rect.y1).saturating_sub(top).max(1) }
}

/// The boxes that a path consists of; none where one lies in another, as in a frame.
fn boxes(path: &BezPath) -> Vec<Rect> {
    let mut parts: Vec<BezPath> = Vec::new();
    for element in path.elements().iter().take(MOST) {
        if matches!(element, PathEl::MoveTo(_)) {
            parts.push(BezPath::new());
        }
        // What goes on without a new beginning is no part of a box.
        if let Some(part) = parts.last_mut().filter(|part| !ends(part)) {
            part.push(*element);
        }
    }
    let parts = parts.into_iter().map(|mut part| {
        if !ends(&part) {
            part.push(PathEl::ClosePath);
        }
        (part.bounding_box(), part.area().abs())
    });
    let parts: Vec<(Rect, f64)> = parts.collect();
    let apart = |(n, (rect, _)): (usize, &(Rect, f64))| {
        parts.iter().skip(n + 1).all(|(other, _)| rect.intersect(*other).is_zero_area())
    };
    if parts.len() > MOST_PARTS || !parts.iter().enumerate().all(apart) {
        return Vec::new();
    }
    let full = |(rect, area): (Rect, f64)| (area >= FULL * rect.area()).then_some(rect);
    parts.into_iter().filter_map(full).collect()
}

fn ends(part: &BezPath) -> bool {
    matches!(part.elements().last(), Some(PathEl::ClosePath))
}

impl<'a> Device<'a> for Watcher {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.fill(path, &props, mode);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        for glyph in run.glyphs() {
            let width = match &**glyph {
                hayro::hayro_interpret::font::Glyph::Outline(outline) => outline.advance_width(),
                hayro::hayro_interpret::font::Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let middle = Point::new(f64::from(width.unwrap_or(500.0)) / 2.0, MIDDLE);
            self.letter(props.transform * glyph.transform() * middle);
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let around = clip.path.bounding_box();
        let within = self.clips.last().map_or(around, |outer| outer.intersect(around));
        self.clips.push(within);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        let hides = opacity >= 1.0 && mask.is_none() && matches!(blend, BlendMode::Normal);
        self.groups.push(hides);
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }

    /// A picture may be a box too, but what of it is transparent is not known here.
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
}

#[cfg(test)]
mod tests {
    use crate::{Covered, Document, Limits};

    /// A page of 200 by 200 points with this content.
    fn covered(content: &str) -> usize {
        look(content).letters
    }

    fn look(content: &str) -> Covered {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources\
             <</Font<</F 5 0 R>>/ExtGState<</Half<</ca .5>>>>>>>>"
                .to_owned(),
            format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        ];
        let numbered = (1..).zip(objects).map(|(n, object)| format!("{n} 0 obj{object}endobj\n"));
        let objects: Vec<String> = numbered.collect();
        let pdf = format!("%PDF-1.7\n{}trailer<</Root 1 0 R/Size 6>>\n%%EOF\n", objects.concat());
        let document = Document::open(pdf.into_bytes(), &Limits::default()).expect("a document");
        document.covered_letters(0)
    }

    #[test]
    fn where_letters_are_covered_is_told_from_the_upper_left_corner() {
        let two = format!("{WORDS} 0 g 10 90 60 30 re f 120 90 60 30 re f");
        let places = look(&two).places;
        assert_eq!(places.len(), 2, "{places:?}");
        for (place, lefts) in places.iter().zip([18..28, 115..130]) {
            // The line stands 100 points from the bottom.
            assert!(lefts.contains(&place.left) && (85..100).contains(&place.top), "{place:?}");
            assert!((20..70).contains(&place.wide) && (8..25).contains(&place.high), "{place:?}");
        }
        let side_by_side = format!("{WORDS} 0 g 10 90 80 30 re f 90 90 100 30 re f");
        assert_eq!(look(&side_by_side).places.len(), 1);
        let boxes = (0..60).map(|n| format!("1 g {WORDS} 0 g {n} 0 200 200 re f "));
        assert!(look(&boxes.collect::<Vec<_>>().concat()).places.len() <= 10);
        let words = |n| format!("BT /F 4 Tf 20 {n} Td (Jane) Tj ET 0 g 10 {} 60 6 re f ", n - 1);
        let lines: Vec<String> = (1..12).map(|n| words(16 * n)).collect();
        assert_eq!(look(&lines.concat()).places.len(), 10, "more are not told");
    }

    const WORDS: &str = "BT /F 20 Tf 20 100 Td (The name is Jane) Tj ET";

    #[test]
    fn letters_under_a_box_are_counted() {
        assert_eq!(covered(WORDS), 0);
        assert_eq!(covered(&format!("{WORDS} 0 g 10 90 180 30 re f")), 16);
        let part = covered(&format!("{WORDS} 0 g 120 90 80 30 re f"));
        assert!((3..8).contains(&part), "{part}");
        // The box may be white, turned with the page, or drawn point by point.
        assert_eq!(covered(&format!("{WORDS} 1 g 10 90 m 190 90 l 190 120 l 10 120 l h f")), 16);
        let two = format!("{WORDS} 0 g 10 90 80 30 re 90 90 100 30 re f");
        assert_eq!(covered(&two), 16);
        let turned = format!("q .5 0 0 .5 10 10 cm {WORDS} 1 0 0 rg 10 90 180 30 re f Q");
        assert_eq!(covered(&turned), 16);
    }

    #[test]
    fn what_hides_nothing_is_no_cover() {
        let cases = [
            ("a box below", format!("0 g 10 90 180 30 re f 1 g {WORDS}")),
            ("a frame", format!("{WORDS} 0 G 10 90 180 30 re S")),
            ("a frame of two boxes", format!("{WORDS} 0 g 0 0 200 200 re 5 5 190 190 re f*")),
            ("a marker", format!("{WORDS} /Half gs 1 1 0 rg 10 90 180 30 re f")),
            ("a box elsewhere", format!("{WORDS} 0 g 10 20 180 30 re f")),
            ("a box cut off", format!("{WORDS} q 0 0 200 50 re W n 0 g 10 90 180 30 re f Q")),
            ("a triangle", format!("{WORDS} 0 g 10 60 m 190 60 l 190 190 l f")),
            (
                "invisible text",
                "BT 3 Tr /F 20 Tf 20 100 Td (unseen) Tj ET 0 g 0 0 200 200 re f".to_owned(),
            ),
        ];
        for (what, content) in cases {
            assert_eq!(covered(&content), 0, "{what}");
        }
    }
}

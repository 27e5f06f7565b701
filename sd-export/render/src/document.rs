//! PDF documents: pages to pixels, one at a time.
//!
//! The reader has the bytes and the fonts it brought along; there is nothing else it could ask
//! for, whatever a document names.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::font::FontQuery;
use hayro::hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt as _, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use crate::cover::{Covered, Watcher};
use crate::stream::MAX_POINTS;
use crate::{Limits, Pixels, Refusal, Scale};

/// Points in an inch.
const INCH: f64 = 72.0;

/// An open document.
pub struct Document {
    pdf: Pdf,
    max_page: u64,
}

/// A page that was drawn.
#[derive(Debug)]
pub struct Drawn {
    /// What it shows.
    pub pixels: Pixels,
    /// Whether all of it could be drawn: a font that is not in the document or a picture that
    /// cannot be read leaves a gap.
    pub whole: bool,
}

impl Document {
    /// Opens a document; one that opens without a password is taken, encrypted or not.
    pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Refusal> {
        let pdf = Pdf::new(bytes).map_err(|e| match e {
            LoadPdfError::Decryption(_) => Refusal::Encrypted,
            LoadPdfError::Invalid => Refusal::malformed("a document that cannot be read"),
        })?;
        match pdf.pages().len() {
            0 => Err(Refusal::malformed("a document without pages")),
            n if n > limits.max_pages => {
                Err(Refusal::too_large("number of pages", limits.max_pages as u64))
            }
            _ => Ok(Self { pdf, max_page: limits.max_page }),
        }
    }

    /// The number of pages, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there is always a page")]
    pub fn len(&self) -> usize {
        self.pdf.pages().len()
    }

    /// Draws a page, counted from 0, on white.
    pub fn draw(&self, number: usize, scale: Scale) -> Result<Drawn, Refusal> {
        let pages = self.pdf.pages();
        let page = pages.get(number).ok_or(Refusal::malformed("a page that is not there"))?;
        let size = Size::of(page, scale, self.max_page)?;
        let gap = Arc::new(AtomicBool::new(false));
        // A cache for each page: what one page needed is not kept for the next thousand.
        let pixmap = hayro::render(
            page,
            &RenderCache::new(),
            &settings(&gap),
            &RenderSettings::default(),
            &PixmapSettings { x_scale: size.zoom, y_scale: size.zoom, bg_color: WHITE },
        );
        let (width, height) = (pixmap.width().into(), pixmap.height().into());
        let (pixels, _) = pixmap.data_as_u8_slice().as_chunks::<4>();
        let mut rgb = Vec::with_capacity(pixels.len().saturating_mul(3));
        for [r, g, b, _] in pixels {
            rgb.extend_from_slice(&[*r, *g, *b]);
        }
        let pixels = Pixels::page((width, height), size.points, rgb)
            .ok_or(Refusal::malformed("a page without a size"))?;
        Ok(Drawn { pixels, whole: !gap.load(Ordering::Relaxed) })
    }
}

impl Document {
    /// Which letters of a page, counted from 0, were painted and then covered by a box: they can
    /// still be searched and copied.
    pub fn covered_letters(&self, number: usize) -> Covered {
        let pages = self.pdf.pages();
        let Some(page) = pages.get(number) else {
            return Covered { letters: 0, places: Vec::new() };
        };
        let (wide, high) = page.render_dimensions();
        let paper = Rect::new(0.0, 0.0, f64::from(wide), f64::from(high));
        let (cache, gap) = (InterpreterCache::new(), Arc::new(AtomicBool::new(false)));
        let turn = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(turn, paper, &cache, page.xref(), settings(&gap));
        let mut watcher = Watcher::of(paper);
        interpret_page(page, &mut context, &mut watcher);
        watcher.covered()
    }
}

/// How large a page is, and how large it is drawn.
struct Size {
    /// Pixels a point.
    zoom: f32,
    /// Whole points.
    points: (u32, u32),
}

impl Size {
    fn of(page: &Page<'_>, scale: Scale, max_page: u64) -> Result<Self, Refusal> {
        let (wide, high) = page.render_dimensions();
        let (wide, high) = (f64::from(wide), f64::from(high));
        let sane = |n: f64| (1.0..=f64::from(MAX_POINTS)).contains(&n);
        if !sane(wide) || !sane(high) {
            return Err(Refusal::malformed("a page of a size that no paper has"));
        }
        #[expect(clippy::cast_precision_loss, reason = "a limit in the millions")]
        let area = (max_page as f64 / (wide * high)).sqrt();
        let side = f64::from(scale.longest) / wide.max(high);
        let zoom = (f64::from(scale.per_inch) / INCH).min(side).min(area);
        // A strip of paper still has a pixel across.
        let zoom = zoom.max(1.0 / wide.min(high));
        if zoom * wide.max(high) > f64::from(u16::MAX) {
            return Err(Refusal::malformed("a page of a shape that no paper has"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 14,400; a zoom needs no more digits"
        )]
        let (zoom, points) = (zoom as f32, (wide.round() as u32, high.round() as u32));
        Ok(Self { zoom, points })
    }
}

/// Fonts that are not in the document are replaced by like ones, but not those of scripts that
/// these have no letters for: better a gap that is named than wrong letters.
fn settings(gap: &Arc<AtomicBool>) -> InterpreterSettings {
    let gap = Arc::clone(gap);
    InterpreterSettings {
        font_resolver: Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(font) if font.character_collection.is_none() => {
                Some(font.pick_standard_font().get_font_data())
            }
            FontQuery::Fallback(_) => None,
        }),
        warning_sink: Arc::new(move |_| gap.store(true, Ordering::Relaxed)),
        ..InterpreterSettings::default()
    }
}

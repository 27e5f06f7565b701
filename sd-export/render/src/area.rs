//! Parts of a page.

use serde::{Deserialize, Serialize};

/// A part of a page, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// From the left edge.
    pub left: u32,
    /// From the upper edge.
    pub top: u32,
    /// Its width.
    pub wide: u32,
    /// Its height.
    pub high: u32,
}

impl Area {
    /// The smallest part of a page of this size that has all these places in it, widened by
    /// `margin`; none without a place.
    pub(crate) fn around(
        places: impl Iterator<Item = (f64, f64)>,
        margin: f64,
        (width, height): (usize, usize),
    ) -> Option<Self> {
        let mut bounds: Option<[f64; 4]> = None;
        for (x, y) in places {
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
            bounds = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        }
        let [left, top, right, bottom] = bounds?;
        let inside = |n: f64, most: usize| pixel(n).min(u32::try_from(most).unwrap_or(u32::MAX));
        let (left, top) = (inside(left - margin, width), inside(top - margin, height));
        let wide = inside(right + margin + 1.0, width).saturating_sub(left);
        let high = inside(bottom + margin + 1.0, height).saturating_sub(top);
        Some(Self { left, top, wide, high })
    }

    /// The same with what is around it: a quarter of its sides, and half a centimetre
    /// at 300 dots an inch at least.
    #[must_use]
    pub fn with_surroundings(self) -> Self {
        const LEAST: u32 = 60;
        let (across, down) = ((self.wide / 4).max(LEAST), (self.high / 4).max(LEAST));
        let (left, top) = (self.left.saturating_sub(across), self.top.saturating_sub(down));
        let end = |from: u32, size: u32, more: u32| from.saturating_add(size).saturating_add(more);
        let wide = end(self.left, self.wide, across).saturating_sub(left);
        Self { left, top, wide, high: end(self.top, self.high, down).saturating_sub(top) }
    }

    /// What of it lies on a page of this size; none if nothing does.
    pub fn on_page(self, width: u32, height: u32) -> Option<Self> {
        let wide = self.wide.min(width.checked_sub(self.left)?);
        let high = self.high.min(height.checked_sub(self.top)?);
        (wide > 0 && high > 0).then_some(Self { wide, high, ..self })
    }
}

/// A number of pixels; 0 for what is less.
fn pixel(n: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let pixel = n.clamp(0.0, f64::from(u32::MAX)) as u32;
    pixel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_ends_where_the_page_ends() {
        let places = [(3.0, 40.0), (90.0, 10.0)];
        let area = Area::around(places.into_iter(), 5.0, (92, 100));
        assert_eq!(area, Some(Area { left: 0, top: 5, wide: 92, high: 41 }));
        assert_eq!(Area::around([].into_iter(), 5.0, (92, 100)), None);
    }

    #[test]
    fn surroundings_end_at_the_upper_left_corner() {
        let area = Area { left: 10, top: 100, wide: 20, high: 200 };
        let wider = Area { left: 0, top: 40, wide: 90, high: 320 };
        assert_eq!(area.with_surroundings(), wider);
    }

    #[test]
    fn what_is_not_on_the_page_is_cut_off() {
        let area = Area { left: 10, top: 10, wide: 20, high: 20 };
        assert_eq!(area.on_page(15, 100), Some(Area { wide: 5, ..area }));
        assert_eq!(area.on_page(10, 100), None);
        assert_eq!(Area { left: u32::MAX, wide: u32::MAX, ..area }.on_page(100, 100), None);
    }
}

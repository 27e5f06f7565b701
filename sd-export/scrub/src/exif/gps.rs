//! The position a GPS directory gives.

use super::{Entry, Order, rationals};
use crate::wording::escape;

/// The four entries that together say where.
#[derive(Default)]
pub(super) struct GpsPosition {
    latitude: Option<f64>,
    longitude: Option<f64>,
    south: bool,
    west: bool,
}

impl GpsPosition {
    pub(super) fn take(&mut self, order: Order, entry: &Entry<'_>) -> bool {
        let value = entry.value.unwrap_or_default();
        match entry.tag {
            1 => self.south = value.first() == Some(&b'S'),
            2 => self.latitude = degrees(&rationals(order, value)),
            3 => self.west = value.first() == Some(&b'W'),
            4 => self.longitude = degrees(&rationals(order, value)),
            _ => return false,
        }
        true
    }

    pub(super) fn text(&self) -> Option<String> {
        if self.latitude.is_none() && self.longitude.is_none() {
            return None;
        }
        let signed = |value: Option<f64>, negative: bool| match value {
            Some(value) if negative => format!("{:.5}", -value),
            Some(value) => format!("{value:.5}"),
            None => "?".to_owned(),
        };
        let text =
            format!("{}, {}", signed(self.latitude, self.south), signed(self.longitude, self.west));
        Some(escape(&text))
    }
}

fn degrees(parts: &[f64]) -> Option<f64> {
    let part = |n: usize| parts.get(n).copied().unwrap_or(0.0);
    (!parts.is_empty()).then(|| part(0) + part(1) / 60.0 + part(2) / 3600.0)
}

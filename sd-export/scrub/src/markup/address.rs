//! Addresses: what a link may lead to, and pictures that an address holds itself.

use crate::css::Host;
use crate::link::percent_decoded;
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::{Format, Refusal, base64};

/// The media type of a picture that a page or drawing may show.
pub(crate) fn picture_type(format: Format) -> Option<&'static str> {
    use Format::{Avif, Bmp, Gif, Jpeg, Png, Svg, Webp};
    matches!(format, Jpeg | Png | Gif | Webp | Bmp | Avif | Svg).then(|| format.media_type())
}

/// The bytes that an address of the kind `data:` holds.
fn held(address: &str) -> Option<Vec<u8>> {
    let (head, data) = address.get(5..)?.split_once(',')?;
    if head.to_ascii_lowercase().ends_with(";base64") {
        // The signs of the alphabet may be escaped.
        let plain = percent_decoded(data)?;
        return base64::decode(plain);
    }
    percent_decoded(data)
}

/// Cleans the picture in a `data:` address; `None` when it is none.
pub(crate) fn picture(
    address: &str,
    nest: &Nest<'_>,
    findings: &mut Findings,
) -> Result<Option<String>, Refusal> {
    if !address.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
        return Ok(None);
    }
    let place = "picture";
    let Some(bytes) = held(address).filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    let head = address.get(5..).unwrap_or_default().split(',').next().unwrap_or_default();
    if !head.to_ascii_lowercase().starts_with("image/") {
        return Ok(None);
    }
    nest.admit_members(1)?;
    nest.admit_bytes(bytes.len() as u64)?;
    let Some(inner) = nest.member(&bytes, place, findings)? else { return Ok(None) };
    let Some(kind) = picture_type(inner.format) else {
        findings.removed(Class::Link, place, &format!("a {} is no picture", inner.format));
        return Ok(None);
    };
    Ok(Some(["data:", kind, ";base64,", &base64::encode(&inner.bytes)].concat()))
}

/// The host of a file that stands alone: it shows what it holds itself, and nothing else.
pub(crate) struct Alone<'h, 'n> {
    nest: &'h Nest<'n>,
    findings: Findings,
}

impl<'h, 'n> Alone<'h, 'n> {
    pub(crate) fn new(nest: &'h Nest<'n>) -> Self {
        Self { nest, findings: Findings::default() }
    }

    /// Puts what was met in the pictures into a report.
    pub(crate) fn tell(self, findings: &mut Findings) {
        findings.absorb("held in the file", self.findings);
    }
}

impl Host for Alone<'_, '_> {
    fn shown(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        picture(address, self.nest, &mut self.findings)
    }
}

/// The host of a text that is clean already: its pictures were cleaned.
pub(crate) struct Cleaned;

impl Host for Cleaned {
    fn shown(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        Ok(address.starts_with("data:image/").then(|| address.to_owned()))
    }
}

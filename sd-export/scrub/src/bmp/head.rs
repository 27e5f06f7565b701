//! The heads that BMP has had, read into one.

use crate::Refusal;
use crate::bytes::{le16, le32, slice};
use crate::report::{Class, Findings};

/// What the head of a picture says.
pub(super) struct Head {
    pub(super) width: u32,
    /// Rows, without the sign.
    pub(super) height: u32,
    /// Whether the first row is the top one.
    top_down: bool,
    pub(super) depth: u8,
    /// Red, green, blue and alpha, where a pixel has bits of its own for them.
    masks: Option<[u32; 4]>,
    /// Blue, green, red and a spare byte, for each colour.
    pub(super) palette: Vec<u8>,
    /// Where the rows start.
    pub(super) start: usize,
    /// Whether the rows are run-length coded.
    pub(super) coded: bool,
    /// Where head and palette end.
    pub(super) table_end: usize,
}

impl Head {
    pub(super) fn read(bytes: &[u8], findings: &mut Findings) -> Result<Self, Refusal> {
        let cut = || Refusal::malformed("the head");
        let number = |at| le32(bytes, at).ok_or_else(cut);
        let size = number(14)?;
        let start = usize::try_from(number(10)?).map_err(|_| cut())?;
        let depth = |at| le16(bytes, at).and_then(|n| u8::try_from(n).ok()).ok_or_else(cut);
        if size == 12 {
            let short = |at| le16(bytes, at).map(u32::from).ok_or_else(cut);
            let (width, height, depth) = (short(18)?, short(20)?, depth(24)?);
            let head = Self::new((width, height, false), depth, None, start)?;
            return head.with_palette(bytes, 26, 3, 0);
        }
        if !matches!(size, 40 | 52 | 56 | 64 | 108 | 124) {
            return Err(Refusal::unsupported("a BMP head of another size"));
        }
        let height = number(22)?.cast_signed();
        let shape = (number(18)?, height.unsigned_abs(), height < 0);
        let masks = masks(bytes, size)?;
        note(bytes, size, findings);
        let mut head = Self::new(shape, depth(28)?, masks, start)?;
        head.coded = match (number(30)?, head.depth, head.top_down) {
            (1, 8, false) | (2, 4, false) => true,
            (1 | 2, _, _) => return Err(cut()),
            _ => false,
        };
        let after = if size == 40 && masks.is_some() {
            if number(30)? == 6 { 70 } else { 66 }
        } else {
            usize::try_from(size).map_err(|_| cut())?.saturating_add(14)
        };
        head.table_end = after;
        head.with_palette(bytes, after, 4, number(46)?)
    }

    fn new(
        (width, height, top_down): (u32, u32, bool),
        depth: u8,
        masks: Option<[u32; 4]>,
        start: usize,
    ) -> Result<Self, Refusal> {
        let sound = width > 0 && height > 0 && width < 1 << 20 && height < 1 << 20;
        let known = if masks.is_some() {
            matches!(depth, 16 | 32)
        } else {
            matches!(depth, 1 | 4 | 8 | 16 | 24 | 32)
        };
        if !sound || !known {
            return Err(Refusal::malformed("size or depth"));
        }
        let palette = Vec::new();
        let coded = false;
        Ok(Self { width, height, top_down, depth, masks, palette, start, coded, table_end: 0 })
    }

    fn with_palette(
        mut self,
        bytes: &[u8],
        at: usize,
        entry: usize,
        said: u32,
    ) -> Result<Self, Refusal> {
        let cut = || Refusal::malformed("the palette");
        self.table_end = at;
        // Deeper pictures may name colours for screens of few; nothing shows them.
        if self.depth <= 8 {
            let most = 1usize << self.depth;
            let said = usize::try_from(said).map_err(|_| cut())?;
            let room = self.start.checked_sub(at).ok_or_else(cut)? / entry;
            let count = if said == 0 { most } else { said.min(most) }.min(room);
            let raw = slice(bytes, at, count.saturating_mul(entry)).ok_or_else(cut)?;
            for colour in raw.chunks_exact(entry) {
                self.palette.extend_from_slice(colour);
                self.palette.resize(self.palette.len().next_multiple_of(4), 0);
            }
            if count == 0 {
                return Err(cut());
            }
            self.table_end = at.saturating_add(raw.len());
        }
        if self.start < self.table_end {
            return Err(Refusal::malformed("rows inside the head"));
        }
        Ok(self)
    }

    /// Bytes of a row: whole groups of four.
    pub(super) fn row(&self) -> Option<usize> {
        let bits = usize::try_from(self.width).ok()?.checked_mul(self.depth.into())?;
        bits.div_ceil(32).checked_mul(4)
    }

    /// The bits of a pixel that a colour uses.
    pub(super) fn shown_bits(&self) -> u32 {
        match (self.masks, self.depth) {
            (Some([red, green, blue, alpha]), _) => red | green | blue | alpha,
            (None, 16) => 0x7fff,
            (None, 32) => 0x00ff_ffff,
            _ => u32::MAX,
        }
    }

    /// The head as it is written: the shortest that says all.
    pub(super) fn written(&self, colours: usize) -> Vec<u8> {
        let alpha = self.masks.is_some_and(|[.., alpha]| alpha != 0);
        let size = if alpha { 108u32 } else { 40 };
        let height = self.height.cast_signed();
        let height = if self.top_down { height.saturating_neg() } else { height };
        let mut out = size.to_le_bytes().to_vec();
        out.extend_from_slice(&self.width.to_le_bytes());
        out.extend_from_slice(&height.to_le_bytes());
        out.extend_from_slice(&[1, 0, self.depth, 0]);
        let method = if self.masks.is_some() { 3u32 } else { 0 };
        out.extend_from_slice(&method.to_le_bytes());
        // Length of the rows, print resolution: none said.
        out.extend_from_slice(&[0; 12]);
        out.extend_from_slice(&u32::try_from(colours).unwrap_or(0).to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        let masks = self.masks.unwrap_or_default();
        let written = if alpha { 4 } else { 3 };
        if self.masks.is_some() {
            for mask in masks.iter().take(written) {
                out.extend_from_slice(&mask.to_le_bytes());
            }
        }
        if alpha {
            out.extend_from_slice(b"BGRs");
            out.resize(108, 0);
        }
        out
    }
}

/// The masks, when the method of storing says that there are any.
fn masks(bytes: &[u8], size: u32) -> Result<Option<[u32; 4]>, Refusal> {
    let method = le32(bytes, 30).ok_or_else(|| Refusal::malformed("the head"))?;
    let with_alpha = match (method, size) {
        (0..=2, _) => return Ok(None),
        (3, 40 | 52) => false,
        (3, 56 | 108 | 124) | (6, _) => true,
        (4 | 5, _) => return Err(Refusal::unsupported("a BMP around a JPEG or PNG")),
        _ => return Err(Refusal::unsupported("a BMP of another way of storing")),
    };
    let mask = |at| le32(bytes, at).ok_or_else(|| Refusal::malformed("the colour masks"));
    let alpha = if with_alpha { mask(66)? } else { 0 };
    let masks = [mask(54)?, mask(58)?, mask(62)?, alpha];
    let one_run = |mask: u32| {
        let low = mask >> mask.trailing_zeros().min(31);
        low & low.wrapping_add(1) == 0
    };
    let apart = masks.iter().try_fold(0u32, |all, mask| (all & mask == 0).then_some(all | mask));
    if apart.is_none() || !masks.iter().all(|mask| one_run(*mask)) {
        return Err(Refusal::malformed("the colour masks"));
    }
    Ok(Some(masks))
}

/// Notes what a head says besides the pixels.
fn note(bytes: &[u8], size: u32, findings: &mut Findings) {
    let number = |at| le32(bytes, at).unwrap_or(0);
    if number(38) != 0 || number(42) != 0 {
        let detail = format!("{} x {}", number(38), number(42));
        findings.removed(Class::Device, "print resolution", &detail);
    }
    if size >= 108 && slice(bytes, 74, 48).is_some_and(|s| s.iter().any(|b| *b != 0)) {
        findings.removed(Class::Color, "measured colours (the picture is shown as sRGB)", "");
    }
    if size == 124 && number(130) != 0 {
        let linked = slice(bytes, 70, 4) == Some(b"KNIL");
        let at = usize::try_from(number(126)).unwrap_or(usize::MAX).saturating_add(14);
        let body = slice(bytes, at, usize::try_from(number(130)).unwrap_or(0).min(200));
        if linked {
            let path = crate::wording::foreign(body.unwrap_or_default());
            findings.removed(Class::Person, "path of a colour profile", &path);
        } else {
            findings.removed(Class::Color, "colour profile (the picture is shown as sRGB)", "");
        }
    }
    if size == 64 && slice(bytes, 54, 24).is_some_and(|rest| rest.iter().any(|b| *b != 0)) {
        findings.removed(Class::Unknown, "OS/2 fields of the head", "");
    }
}

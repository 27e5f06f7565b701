//! Pictures: JPEG goes through the JPEG writer, plain samples are cut to size and packed anew.

use std::rc::Rc;

use super::colour::Space;
use super::copy::{Copier, Role, Rule};
use super::filters::{Data, Step};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Stream, Val};
use crate::report::Class;
use crate::{Refusal, jpeg};

fn bad() -> Refusal {
    Refusal::malformed("picture in the document")
}

const FAX: &[(&str, Rule)] = &[
    ("K", Rule::Num),
    ("EndOfLine", Rule::Bool),
    ("EncodedByteAlign", Rule::Bool),
    ("Columns", Rule::Num),
    ("Rows", Rule::Num),
    ("EndOfBlock", Rule::Bool),
    ("BlackIs1", Rule::Bool),
    ("DamagedRowsBeforeError", Rule::Num),
];

/// Size and samples of a picture.
struct Shape {
    width: u32,
    height: u32,
    bits: u32,
    channels: u32,
    indexed: bool,
}

impl Shape {
    fn row(&self) -> Option<usize> {
        let bits = u64::from(self.width) * u64::from(self.bits) * u64::from(self.channels);
        usize::try_from(bits.div_ceil(8)).ok()
    }

    fn len(&self) -> Option<usize> {
        self.row()?.checked_mul(usize::try_from(self.height).ok()?)
    }
}

impl Copier<'_> {
    /// Copies a picture.
    pub(super) fn image(&mut self, value: &Val, resources: &Dict) -> Result<Obj, Refusal> {
        self.once(value, Role::Image, 0, |copier, value| {
            let stream = value.stream().ok_or_else(bad)?.clone();
            super::notes::dropped_keys(copier, &stream.dict, "picture");
            copier.image_stream(&stream, resources)
        })
    }

    fn image_stream(&mut self, stream: &Rc<Stream>, resources: &Dict) -> Result<Obj, Refusal> {
        const RULES: &[(&str, Rule)] = &[
            ("Width", Rule::Num),
            ("Height", Rule::Num),
            ("ImageMask", Rule::Bool),
            ("Interpolate", Rule::Bool),
            ("Decode", Rule::Nums(64)),
            ("Matte", Rule::Nums(32)),
            ("Intent", Rule::Word(super::ops::INTENTS)),
        ];
        let mut entries = self.plain(&stream.dict, RULES)?;
        put(&mut entries, "Type", Obj::name("XObject"));
        put(&mut entries, "Subtype", Obj::name("Image"));
        let data = self.source.data(stream)?;
        let (shape, space) = self.shape(&stream.dict, resources)?;
        self.limits.admit_pixels(shape.width, shape.height, 1)?;
        if let Some(space) = space {
            put(&mut entries, "ColorSpace", space.obj);
        }
        if shape.bits > 0 {
            put(&mut entries, "BitsPerComponent", Obj::Int(i64::from(shape.bits)));
        }
        self.masks(&stream.dict, resources, &mut entries)?;
        let bytes = match &data.picture {
            None => self.samples(&data, &shape, &mut entries)?,
            Some(step) => self.coded(&data, step, &shape, &mut entries)?,
        };
        Ok(Obj::Ref(self.out.add_stream(entries, &bytes)?))
    }

    fn shape(&mut self, dict: &Dict, resources: &Dict) -> Result<(Shape, Option<Space>), Refusal> {
        let side = |key| self.source.key(dict, key)?.count().filter(|n| *n > 0).ok_or_else(bad);
        let (width, height) = (side("Width")?, side("Height")?);
        let mask = matches!(self.source.key(dict, "ImageMask")?, Val::Bool(true));
        let bits = self.source.key(dict, "BitsPerComponent")?.count();
        let bits = if mask { 1 } else { bits.unwrap_or(8) };
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            return Err(bad());
        }
        let raw = Self::raw(dict, "ColorSpace");
        let space = match self.source.get(raw)? {
            Val::Null => None,
            _ if mask => None,
            _ => Some(self.colour_space(raw, Some(resources))?),
        };
        let channels = space.as_ref().map_or(1, |space| space.channels);
        let indexed = space.as_ref().is_some_and(|space| space.indexed);
        Ok((Shape { width, height, bits, channels, indexed }, space))
    }

    /// Bytes an inline picture takes when no filter is applied to it; `None` when one is.
    pub(super) fn unfiltered_len(
        &self,
        dict: &Dict,
        _resources: &Dict,
    ) -> Result<Option<usize>, Refusal> {
        if !self.source.key(dict, "Filter")?.is_null() {
            return Ok(None);
        }
        let number =
            |key: &str| -> Result<Option<u32>, Refusal> { Ok(self.source.key(dict, key)?.count()) };
        let mask = matches!(self.source.key(dict, "ImageMask")?, Val::Bool(true));
        let channels = match self.source.key(dict, "ColorSpace")? {
            Val::Name(name) if name == b"DeviceRGB" => 3,
            Val::Name(name) if name == b"DeviceCMYK" => 4,
            Val::Name(name) if name == b"DeviceGray" => 1,
            Val::Arr(items) if items.first().and_then(Val::name) == Some(b"Indexed") => 1,
            Val::Null if mask => 1,
            _ => return Ok(None),
        };
        let (Some(width), Some(height)) = (number("Width")?, number("Height")?) else {
            return Ok(None);
        };
        let bits = if mask { 1 } else { number("BitsPerComponent")?.unwrap_or(8) };
        Ok(Shape { width, height, bits, channels, indexed: false }.len())
    }

    /// Masks: a stencil, a range of colours, or soft.
    fn masks(&mut self, dict: &Dict, resources: &Dict, out: &mut Entries) -> Result<(), Refusal> {
        for key in ["Mask", "SMask"] {
            let raw = Self::raw(dict, key);
            match self.source.get(raw)? {
                Val::Stream(_) => {
                    let mask = self.image(raw, resources)?;
                    put(out, key, mask);
                }
                Val::Arr(_) if key == "Mask" => {
                    out.extend(self.plain(dict, &[("Mask", Rule::Nums(64))])?);
                }
                _ => {}
            }
        }
        if self.source.key(dict, "SMaskInData")?.count().is_some_and(|n| n > 0) {
            return Err(Refusal::unsupported("JPEG 2000 picture in a PDF"));
        }
        Ok(())
    }

    /// Plain samples: exactly the pixels, spare bits cleared.
    fn samples(
        &mut self,
        data: &Data,
        shape: &Shape,
        entries: &mut Entries,
    ) -> Result<Vec<u8>, Refusal> {
        let (row, len) = (shape.row().ok_or_else(bad)?, shape.len().ok_or_else(bad)?);
        let mut bytes = data.bytes.clone();
        // Writers often leave a line end before `endstream`.
        if bytes.len() > len.saturating_add(2) {
            self.count(Class::Trailing, "bytes after the last pixel of a picture");
        }
        if bytes.len() < len {
            return Err(Refusal::malformed("a picture that ends early"));
        }
        bytes.truncate(len);
        let spare = u64::from(shape.width) * u64::from(shape.bits) * u64::from(shape.channels) % 8;
        if spare > 0 {
            for line in bytes.chunks_mut(row) {
                if let Some(last) = line.last_mut() {
                    *last &= 0xffu8 << (8 - spare);
                }
            }
        }
        if shape.bits != 8 || shape.indexed {
            return Ok(bytes);
        }
        let step = usize::try_from(shape.channels).map_err(|_| bad())?;
        let mut params = Entries::new();
        put(&mut params, "Predictor", Obj::Int(15));
        put(&mut params, "Colors", Obj::Int(i64::from(shape.channels)));
        put(&mut params, "Columns", Obj::Int(i64::from(shape.width)));
        put(entries, "DecodeParms", Obj::Dict(params));
        Ok(crate::png::filter_rows(&bytes, row, step))
    }

    /// Data of a picture's own filter.
    fn coded(
        &mut self,
        data: &Data,
        step: &Step,
        shape: &Shape,
        entries: &mut Entries,
    ) -> Result<Vec<u8>, Refusal> {
        match step.name.as_slice() {
            b"DCTDecode" | b"DCT" => self.dct(data, step, shape, entries),
            b"CCITTFaxDecode" | b"CCF" => {
                let params = self.plain(&step.params, FAX)?;
                put(entries, "Filter", Obj::name("CCITTFaxDecode"));
                put(entries, "DecodeParms", Obj::Dict(params));
                self.kept_coded("fax-coded picture (CCITT)");
                Ok(data.bytes.clone())
            }
            b"JBIG2Decode" => {
                put(entries, "Filter", Obj::name("JBIG2Decode"));
                let globals = Self::raw(&step.params, "JBIG2Globals").clone();
                if !globals.is_null() {
                    let globals = self.stream(&globals, "JBIG2 globals")?;
                    let bytes = self.source.plain(&globals)?;
                    let mut params = Entries::new();
                    let id = self.out.add_stream(Entries::new(), &bytes)?;
                    put(&mut params, "JBIG2Globals", Obj::Ref(id));
                    put(entries, "DecodeParms", Obj::Dict(params));
                }
                self.kept_coded("scan-coded picture (JBIG2)");
                Ok(data.bytes.clone())
            }
            _ => Err(Refusal::unsupported("JPEG 2000 picture in a PDF")),
        }
    }

    fn kept_coded(&mut self, place: &'static str) {
        let why = "its coded data are copied whole; bytes between the pixels are not looked for";
        self.kept(Class::Unknown, place, "", why);
    }

    fn dct(
        &mut self,
        data: &Data,
        step: &Step,
        shape: &Shape,
        entries: &mut Entries,
    ) -> Result<Vec<u8>, Refusal> {
        let picture = jpeg::scrub_embedded(&data.bytes, self.limits)?;
        let one = shape.channels == u32::from(picture.colours);
        if (picture.width, picture.height) != (shape.width, shape.height) || !one {
            return Err(Refusal::malformed(
                "a JPEG picture of another size than the document says",
            ));
        }
        self.findings.absorb("picture", picture.findings);
        put(entries, "Filter", Obj::name("DCTDecode"));
        if let Some(transform) = self.source.key(&step.params, "ColorTransform")?.count() {
            let mut params = Entries::new();
            put(&mut params, "ColorTransform", Obj::Int(i64::from(transform)));
            put(entries, "DecodeParms", Obj::Dict(params));
        }
        Ok(picture.bytes)
    }
}

//! Colour spaces.

use super::copy::{Copier, Role, Rule};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use crate::Refusal;
use crate::icc::{self, Decision};
use crate::report::Class;

/// The colour spaces that need no description.
pub(super) const DEVICE: &[&str] = &["DeviceGray", "DeviceRGB", "DeviceCMYK"];
const MAX_INKS: usize = 32;
const CIE: &[(&str, Rule)] = &[
    ("WhitePoint", Rule::Nums(3)),
    ("BlackPoint", Rule::Nums(3)),
    ("Matrix", Rule::Nums(9)),
    ("Range", Rule::Nums(4)),
];

/// A colour space to write, and what the data of a picture in it look like.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub(super) obj: Obj,
    /// Values in one pixel; 0 for patterns.
    pub(super) channels: u32,
    pub(super) indexed: bool,
}

impl Space {
    fn device(name: &str, channels: u32) -> Self {
        Self { obj: Obj::name(name), channels, indexed: false }
    }

    fn by_channels(channels: u32) -> Option<Self> {
        match channels {
            1 => Some(Self::device("DeviceGray", 1)),
            3 => Some(Self::device("DeviceRGB", 3)),
            4 => Some(Self::device("DeviceCMYK", 4)),
            _ => None,
        }
    }
}

fn bad() -> Refusal {
    Refusal::malformed("colour space")
}

impl Copier<'_> {
    /// Copies a colour space; a bare name may stand for one in `resources`.
    pub(super) fn colour_space(
        &mut self,
        value: &Val,
        resources: Option<&Dict>,
    ) -> Result<Space, Refusal> {
        self.colour_space_at(value, resources, 0)
    }

    fn colour_space_at(
        &mut self,
        value: &Val,
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        if depth > 8 {
            return Err(Refusal::malformed("colour spaces inside each other"));
        }
        if let Val::Ref(id) = value {
            if let Some(space) = self.spaces.get(id) {
                return Ok(space.clone());
            }
            let target = self.source.get(value)?;
            let mut space = self.colour_space_at(&target, resources, depth + 1)?;
            if matches!(space.obj, Obj::Arr(_)) {
                space.obj = Obj::Ref(self.out.add(space.obj)?);
            }
            self.spaces.insert(*id, space.clone());
            return Ok(space);
        }
        match value {
            Val::Name(name) => self.colour_space_name(name, resources, depth),
            Val::Arr(items) => self.colour_space_array(items, resources, depth),
            _ => Err(bad()),
        }
    }

    fn colour_space_name(
        &mut self,
        name: &[u8],
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        match name {
            b"DeviceGray" | b"G" | b"CalGray" => return Ok(Space::device("DeviceGray", 1)),
            b"DeviceRGB" | b"RGB" | b"CalRGB" => return Ok(Space::device("DeviceRGB", 3)),
            b"DeviceCMYK" | b"CMYK" => return Ok(Space::device("DeviceCMYK", 4)),
            b"Pattern" => return Ok(Space::device("Pattern", 0)),
            _ => {}
        }
        let spaces = match resources {
            Some(resources) => self.source.dict(resources, "ColorSpace")?,
            None => Dict::new(),
        };
        let space = spaces.get(name).ok_or_else(bad)?;
        self.colour_space_at(space, None, depth + 1)
    }

    fn colour_space_array(
        &mut self,
        items: &[Val],
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        let family = self.source.get(items.first().ok_or_else(bad)?)?;
        let family = family.name().ok_or_else(bad)?.to_vec();
        let item = |n: usize| items.get(n).cloned().unwrap_or(Val::Null);
        match family.as_slice() {
            b"CalGray" => self.cie("CalGray", &item(1), ("Gamma", Rule::Num), 1),
            b"CalRGB" => self.cie("CalRGB", &item(1), ("Gamma", Rule::Nums(3)), 3),
            b"Lab" => self.cie("Lab", &item(1), ("Range", Rule::Nums(4)), 3),
            b"ICCBased" => self.icc_based(&item(1)),
            b"Indexed" | b"I" => self.indexed(items, resources, depth),
            b"Separation" => self.separation(items, resources, depth),
            b"DeviceN" => self.device_n(items, resources, depth),
            b"Pattern" if items.len() > 1 => {
                let base = self.colour_space_at(&item(1), resources, depth + 1)?;
                let obj = Obj::Arr(vec![Obj::name("Pattern"), base.obj]);
                Ok(Space { obj, channels: 0, indexed: false })
            }
            name => self.colour_space_name(name, resources, depth),
        }
    }

    fn cie(
        &mut self,
        family: &str,
        dict: &Val,
        extra: (&str, Rule),
        channels: u32,
    ) -> Result<Space, Refusal> {
        let dict = self.source.get(dict)?;
        let dict = dict.dict().ok_or_else(bad)?;
        let mut out = self.plain(dict, CIE)?;
        out.extend(self.plain(dict, &[extra])?);
        let obj = Obj::Arr(vec![Obj::name(family), Obj::Dict(out)]);
        Ok(Space { obj, channels, indexed: false })
    }

    /// A space with a profile: the profile rewritten, or the plain space with as many colours.
    fn icc_based(&mut self, value: &Val) -> Result<Space, Refusal> {
        let stream = self.stream(value, "colour profile")?;
        let channels = self.source.key(&stream.dict, "N")?.count().ok_or_else(bad)?;
        let plain = Space::by_channels(channels).ok_or_else(bad)?;
        let obj = self.once(value, Role::ColourSpace, 0, |copier, value| {
            let stream = copier.stream(value, "colour profile")?;
            let profile = copier.source.plain(&stream)?;
            let channels = u8::try_from(channels).map_err(|_| bad())?;
            let decision = icc::decide(&profile, channels, "colour profile", &mut copier.findings);
            match decision {
                Decision::Drop => Ok(plain.obj.clone()),
                Decision::Rewritten(clean) => {
                    let mut entries = Entries::new();
                    put(&mut entries, "N", Obj::Int(i64::from(channels)));
                    let id = copier.out.add_stream(entries, &clean)?;
                    Ok(Obj::Arr(vec![Obj::name("ICCBased"), Obj::Ref(id)]))
                }
            }
        })?;
        Ok(Space { obj, channels, indexed: false })
    }

    fn indexed(
        &mut self,
        items: &[Val],
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        let [_, base, last, table] = items else {
            return Err(bad());
        };
        let base = self.colour_space_at(base, resources, depth + 1)?;
        let last = self.source.get(last)?.count().filter(|n| *n <= 255).ok_or_else(bad)?;
        let mut table = match self.source.get(table)? {
            Val::Str(table) => table,
            Val::Stream(stream) => self.source.plain(&stream)?,
            _ => return Err(bad()),
        };
        let len = usize::try_from((last + 1) * base.channels).map_err(|_| bad())?;
        if table.len() > len {
            self.count(Class::Trailing, "bytes after a table of colours");
        }
        table.resize(len, 0);
        let obj = Obj::Arr(vec![
            Obj::name("Indexed"),
            base.obj,
            Obj::Int(i64::from(last)),
            Obj::Str(table),
        ]);
        Ok(Space { obj, channels: 1, indexed: true })
    }

    fn separation(
        &mut self,
        items: &[Val],
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        let [_, ink, alternate, tint] = items else {
            return Err(bad());
        };
        let ink = self.ink(ink)?;
        let alternate = self.colour_space_at(alternate, resources, depth + 1)?;
        let tint = self.function(tint)?;
        let obj = Obj::Arr(vec![Obj::name("Separation"), ink, alternate.obj, tint]);
        Ok(Space { obj, channels: 1, indexed: false })
    }

    fn device_n(
        &mut self,
        items: &[Val],
        resources: Option<&Dict>,
        depth: u32,
    ) -> Result<Space, Refusal> {
        let [_, inks, alternate, tint, ..] = items else {
            return Err(bad());
        };
        let inks = self.source.get(inks)?;
        let inks = inks.arr().filter(|inks| inks.len() <= MAX_INKS).ok_or_else(bad)?;
        let inks = inks.iter().map(|ink| self.ink(ink)).collect::<Result<Vec<_>, _>>()?;
        let channels = u32::try_from(inks.len()).map_err(|_| bad())?;
        let alternate = self.colour_space_at(alternate, resources, depth + 1)?;
        let tint = self.function(tint)?;
        let obj = Obj::Arr(vec![Obj::name("DeviceN"), Obj::Arr(inks), alternate.obj, tint]);
        Ok(Space { obj, channels, indexed: false })
    }
}

//! Resources: only those that content uses, under names of ours.

use std::collections::BTreeMap;

use super::copy::{Copier, Role, Rule};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use crate::Refusal;
use crate::report::Class;

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Font,
    XObject,
    GraphicsState,
    ColourSpace,
    Pattern,
    Shading,
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Self::Font => "Font",
            Self::XObject => "XObject",
            Self::GraphicsState => "ExtGState",
            Self::ColourSpace => "ColorSpace",
            Self::Pattern => "Pattern",
            Self::Shading => "Shading",
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Self::Font => "F",
            Self::XObject => "X",
            Self::GraphicsState => "G",
            Self::ColourSpace => "C",
            Self::Pattern => "P",
            Self::Shading => "S",
        }
    }
}

/// The resources of one page, form, pattern or font while its content is rewritten.
pub(super) struct Scope {
    pub(super) source: Dict,
    /// Tells scopes apart: a form without resources of its own looks different in each.
    pub(super) number: u32,
    names: BTreeMap<(Kind, Vec<u8>), Option<Vec<u8>>>,
    written: BTreeMap<Kind, Entries>,
}

const BLENDS: &[&str] = &[
    "Normal",
    "Compatible",
    "Multiply",
    "Screen",
    "Overlay",
    "Darken",
    "Lighten",
    "ColorDodge",
    "ColorBurn",
    "HardLight",
    "SoftLight",
    "Difference",
    "Exclusion",
    "Hue",
    "Saturation",
    "Color",
    "Luminosity",
];
const RULES: &[(&str, Rule)] = &[
    ("LW", Rule::Num),
    ("LC", Rule::Num),
    ("LJ", Rule::Num),
    ("ML", Rule::Num),
    ("RI", Rule::Word(super::ops::INTENTS)),
    ("OP", Rule::Bool),
    ("op", Rule::Bool),
    ("OPM", Rule::Num),
    ("FL", Rule::Num),
    ("SM", Rule::Num),
    ("SA", Rule::Bool),
    ("BM", Rule::Word(BLENDS)),
    ("CA", Rule::Num),
    ("ca", Rule::Num),
    ("AIS", Rule::Bool),
    ("TK", Rule::Bool),
];

impl Copier<'_> {
    /// A scope over a source dictionary.
    pub(super) fn scope(&mut self, source: Dict) -> Scope {
        self.scopes = self.scopes.saturating_add(1);
        Scope { source, number: self.scopes, names: BTreeMap::new(), written: BTreeMap::new() }
    }

    /// Copies the resource content asks for and gives its new name; `None` when the document has
    /// no such resource, or when it is a drawing in a layer that is off.
    pub(super) fn resource(
        &mut self,
        scope: &mut Scope,
        kind: Kind,
        name: &[u8],
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let key = (kind, name.to_vec());
        if let Some(known) = scope.names.get(&key) {
            return Ok(known.clone());
        }
        let group = self.source.dict(&scope.source, kind.key())?;
        let value = group.get(name).cloned().unwrap_or(Val::Null);
        let copied = match kind {
            _ if self.source.get(&value)?.is_null() => None,
            Kind::Font => Some(self.font(&value)?),
            Kind::XObject => self.drawing(&value, scope)?,
            Kind::GraphicsState => Some(self.graphics_state(&value, scope)?),
            Kind::ColourSpace => Some(self.colour_space(&value, Some(&scope.source))?.obj),
            Kind::Pattern => Some(self.pattern(&value, scope)?),
            Kind::Shading => Some(self.shading(&value, &scope.source)?),
        };
        let new = copied.map(|copied| {
            let group = scope.written.entry(kind).or_default();
            let new = format!("{}{}", kind.letter(), group.len().saturating_add(1)).into_bytes();
            group.insert(new.clone(), copied);
            new
        });
        scope.names.insert(key, new.clone());
        Ok(new)
    }

    /// A form or a picture.
    fn drawing(&mut self, value: &Val, scope: &Scope) -> Result<Option<Obj>, Refusal> {
        let stream = self.stream(value, "a drawing that is not a stream")?;
        if let Some(layer) = stream.dict.get(b"OC".as_slice())
            && self.layers.hides(&self.source, layer)?
        {
            self.count(Class::HiddenContent, "drawings in layers that are off");
            return Ok(None);
        }
        match self.source.key(&stream.dict, "Subtype")?.name() {
            Some(b"Image") => self.image(value, &scope.source).map(Some),
            Some(b"Form") => self.form(value, scope).map(Some),
            _ => Err(Refusal::unsupported("a drawing that is neither form nor picture")),
        }
    }

    /// A graphics state dictionary; its masks have resources of their own.
    fn graphics_state(&mut self, value: &Val, scope: &Scope) -> Result<Obj, Refusal> {
        self.once(value, Role::GraphicsState, 0, |copier, value| {
            let dict = value.dict().ok_or_else(|| Refusal::malformed("graphics state"))?;
            let mut out = copier.plain(dict, RULES)?;
            copier.blend_list(dict, BLENDS, &mut out)?;
            copier.dashes(dict, &mut out)?;
            if let Val::Arr(pair) = copier.source.key(dict, "Font")?
                && let [font, size] = pair.as_slice()
                && let Some(size) = copier.source.get(size)?.num()
            {
                put(&mut out, "Font", Obj::Arr(vec![copier.font(font)?, Obj::Real(size)]));
            }
            copier.soft_mask(dict, scope, &mut out)?;
            put(&mut out, "Type", Obj::name("ExtGState"));
            Ok(Obj::Ref(copier.out.add(Obj::Dict(out))?))
        })
    }

    /// A list of blend modes stands for the first one a reader knows.
    fn blend_list(&self, dict: &Dict, known: &[&str], out: &mut Entries) -> Result<(), Refusal> {
        if matches!(self.source.key(dict, "BM")?, Val::Arr(_)) {
            let list = self.source.list(dict, "BM")?;
            let mode = list
                .iter()
                .filter_map(Val::name)
                .find_map(|name| known.iter().find(|mode| mode.as_bytes() == name));
            put(out, "BM", Obj::name(mode.unwrap_or(&"Normal")));
        }
        Ok(())
    }

    fn dashes(&self, dict: &Dict, out: &mut Entries) -> Result<(), Refusal> {
        let Val::Arr(pair) = self.source.key(dict, "D")? else {
            return Ok(());
        };
        let [dashes, phase] = pair.as_slice() else {
            return Ok(());
        };
        let (dashes, phase) = (self.source.get(dashes)?, self.source.get(phase)?);
        let numbers: Option<Vec<f64>> =
            dashes.arr().unwrap_or_default().iter().map(Val::num).collect();
        if let (Some(numbers), Some(phase)) = (numbers, phase.num()) {
            put(out, "D", Obj::Arr(vec![Obj::nums(&numbers), Obj::Real(phase)]));
        }
        Ok(())
    }

    fn soft_mask(&mut self, dict: &Dict, scope: &Scope, out: &mut Entries) -> Result<(), Refusal> {
        let mask = match self.source.key(dict, "SMask")? {
            Val::Name(_) => {
                put(out, "SMask", Obj::name("None"));
                return Ok(());
            }
            Val::Dict(mask) => mask,
            _ => return Ok(()),
        };
        let rules = [("S", Rule::Word(&["Alpha", "Luminosity"])), ("BC", Rule::Nums(32))];
        let mut entries = self.plain(&mask, &rules)?;
        put(&mut entries, "Type", Obj::name("Mask"));
        let group = self.form(Self::raw(&mask, "G"), scope)?;
        put(&mut entries, "G", group);
        match self.source.key(&mask, "TR")? {
            Val::Null => {}
            Val::Name(_) => put(&mut entries, "TR", Obj::name("Identity")),
            _ => {
                let function = self.function(Self::raw(&mask, "TR"))?;
                put(&mut entries, "TR", function);
            }
        }
        put(out, "SMask", Obj::Dict(entries));
        Ok(())
    }
}

impl Scope {
    /// The resource dictionary to write.
    pub(super) fn finish(self) -> Obj {
        let groups = self.written.into_iter();
        let groups = groups.map(|(kind, group)| (kind.key().as_bytes().to_vec(), Obj::Dict(group)));
        Obj::Dict(groups.collect())
    }
}

//! Shadings, patterns and forms.

use std::rc::Rc;

use super::copy::{Copier, Role, Rule};
use super::out::{Entries, Obj, put};
use super::resources::Scope;
use super::source::{Dict, Stream, Val};
use crate::Refusal;

const SHADING: &[(&str, Rule)] = &[
    ("ShadingType", Rule::Num),
    ("Background", Rule::Nums(32)),
    ("BBox", Rule::Nums(4)),
    ("AntiAlias", Rule::Bool),
    ("Domain", Rule::Nums(4)),
    ("Matrix", Rule::Nums(6)),
    ("Coords", Rule::Nums(6)),
    ("BitsPerCoordinate", Rule::Num),
    ("BitsPerComponent", Rule::Num),
    ("BitsPerFlag", Rule::Num),
    ("Decode", Rule::Nums(70)),
    ("VerticesPerRow", Rule::Num),
];
const TILING: &[(&str, Rule)] = &[
    ("PaintType", Rule::Num),
    ("TilingType", Rule::Num),
    ("BBox", Rule::Nums(4)),
    ("XStep", Rule::Num),
    ("YStep", Rule::Num),
    ("Matrix", Rule::Nums(6)),
];

impl Copier<'_> {
    /// Copies a shading.
    pub(super) fn shading(&mut self, value: &Val, resources: &Dict) -> Result<Obj, Refusal> {
        self.once(value, Role::Shading, 0, |copier, value| {
            let bad = || Refusal::malformed("shading");
            let dict = value.dict().ok_or_else(bad)?;
            let mut out = copier.plain(dict, SHADING)?;
            let space = copier.colour_space(Self::raw(dict, "ColorSpace"), Some(resources))?;
            put(&mut out, "ColorSpace", space.obj);
            copier.shading_function(dict, &mut out)?;
            if let Val::Arr(ends) = copier.source.key(dict, "Extend")?
                && let [Val::Bool(start), Val::Bool(end)] = ends.as_slice()
            {
                put(&mut out, "Extend", Obj::Arr(vec![Obj::Bool(*start), Obj::Bool(*end)]));
            }
            let kind = copier.source.key(dict, "ShadingType")?.count().ok_or_else(bad)?;
            let id = match (kind, value.stream()) {
                (1..=3, _) => copier.out.add(Obj::Dict(out))?,
                (4..=7, Some(stream)) => {
                    let data = copier.source.plain(stream)?;
                    copier.out.add_stream(out, &data)?
                }
                _ => return Err(bad()),
            };
            Ok(Obj::Ref(id))
        })
    }

    fn shading_function(&mut self, dict: &Dict, out: &mut Entries) -> Result<(), Refusal> {
        let raw = Self::raw(dict, "Function");
        let function = match self.source.get(raw)? {
            Val::Null => return Ok(()),
            Val::Arr(parts) if parts.len() <= 32 => {
                let parts = parts.iter().map(|part| self.function(part));
                Obj::Arr(parts.collect::<Result<_, _>>()?)
            }
            _ => self.function(raw)?,
        };
        put(out, "Function", function);
        Ok(())
    }

    /// Copies a pattern: tiles or a shading.
    pub(super) fn pattern(&mut self, value: &Val, scope: &Scope) -> Result<Obj, Refusal> {
        let resources = scope.source.clone();
        self.once(value, Role::Pattern, self.own_scope(value, scope)?, |copier, value| {
            let bad = || Refusal::malformed("pattern");
            let dict = value.dict().ok_or_else(bad)?;
            if let Some(stream) = value.stream() {
                let mut entries = copier.plain(dict, TILING)?;
                put(&mut entries, "PatternType", Obj::Int(1));
                return copier.drawn(stream, entries, &resources);
            }
            let mut entries = copier.plain(dict, &[("Matrix", Rule::Nums(6))])?;
            put(&mut entries, "PatternType", Obj::Int(2));
            let shading = copier.shading(Self::raw(dict, "Shading"), &resources)?;
            put(&mut entries, "Shading", shading);
            Ok(Obj::Ref(copier.out.add(Obj::Dict(entries))?))
        })
    }

    /// Copies a form.
    pub(super) fn form(&mut self, value: &Val, scope: &Scope) -> Result<Obj, Refusal> {
        let resources = scope.source.clone();
        self.once(value, Role::Form, self.own_scope(value, scope)?, |copier, value| {
            let stream = value.stream().ok_or_else(|| Refusal::malformed("form"))?;
            let rules = [("BBox", Rule::Nums(4)), ("Matrix", Rule::Nums(6))];
            let mut entries = copier.plain(&stream.dict, &rules)?;
            put(&mut entries, "Type", Obj::name("XObject"));
            put(&mut entries, "Subtype", Obj::name("Form"));
            copier.group(&stream.dict, &resources, &mut entries)?;
            super::notes::dropped_keys(copier, &stream.dict, "form");
            copier.drawn(stream, entries, &resources)
        })
    }

    /// Copies a transparency group.
    pub(super) fn group(
        &mut self,
        dict: &Dict,
        resources: &Dict,
        entries: &mut Entries,
    ) -> Result<(), Refusal> {
        let group = self.source.dict(dict, "Group")?;
        if self.source.key(&group, "S")?.name() != Some(b"Transparency") {
            return Ok(());
        }
        let mut out = self.plain(&group, &[("I", Rule::Bool), ("K", Rule::Bool)])?;
        put(&mut out, "S", Obj::name("Transparency"));
        if !self.source.key(&group, "CS")?.is_null() {
            let space = self.colour_space(Self::raw(&group, "CS"), Some(resources))?;
            put(&mut out, "CS", space.obj);
        }
        put(entries, "Group", Obj::Dict(out));
        Ok(())
    }

    /// What a drawing is copied once for: for the document when it has resources of its own, else
    /// for each page that lends it its resources.
    fn own_scope(&self, value: &Val, scope: &Scope) -> Result<u32, Refusal> {
        let target = self.source.get(value)?;
        let own = match target.stream() {
            Some(stream) => !self.source.key(&stream.dict, "Resources")?.is_null(),
            None => true,
        };
        Ok(if own { 0 } else { scope.number })
    }

    /// Writes a stream of content with its resources; without any of its own it uses those of
    /// the page.
    fn drawn(
        &mut self,
        stream: &Rc<Stream>,
        mut entries: Entries,
        around: &Dict,
    ) -> Result<Obj, Refusal> {
        let own = self.source.key(&stream.dict, "Resources")?;
        let resources = own.dict().cloned().unwrap_or_else(|| around.clone());
        let mut scope = self.scope(resources);
        let data = self.source.plain(stream)?;
        let content = self.content(&data, &mut scope)?;
        put(&mut entries, "Resources", scope.finish());
        Ok(Obj::Ref(self.out.add_stream(entries, &content)?))
    }
}

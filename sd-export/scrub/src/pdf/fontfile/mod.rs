//! Font programs: their names, dates and makers out, their outlines as they are.

mod cff;
mod sfnt;
mod type1;

use super::copy::{Copier, Role};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use crate::Refusal;
use crate::report::Class;

/// Copies the font program of a descriptor, when it has one.
pub(super) fn copy(
    copier: &mut Copier<'_>,
    descriptor: &Dict,
    composite: bool,
    out: &mut Entries,
) -> Result<bool, Refusal> {
    for key in ["FontFile", "FontFile2", "FontFile3"] {
        let raw = Copier::raw(descriptor, key);
        if copier.source.get(raw)?.is_null() {
            continue;
        }
        let scope = u32::from(composite);
        let program = copier.once(raw, Role::FontFile, scope, |copier, value| {
            program(copier, value, key, composite)
        })?;
        put(out, key, program);
        return Ok(true);
    }
    Ok(false)
}

fn program(
    copier: &mut Copier<'_>,
    value: &Val,
    key: &str,
    composite: bool,
) -> Result<Obj, Refusal> {
    let stream = copier.stream(value, "font program")?;
    super::notes::dropped_keys(copier, &stream.dict, "font program");
    let data = copier.source.plain(&stream)?;
    let kind = copier.source.key(&stream.dict, "Subtype")?;
    let kind = kind.name().unwrap_or_default();
    let mut entries = Entries::new();
    let clean = cleaned(key, kind, &data, composite, &mut entries)?;
    let why = "letters are drawn by it; its outlines and codes are not rewritten";
    copier.kept(Class::Unknown, "font program", "", why);
    copier.count(Class::Software, "names, dates and makers of font programs");
    Ok(Obj::Ref(copier.out.add_stream(entries, &clean)?))
}

/// The program by its kind, with the entries that describe it.
fn cleaned(
    key: &str,
    kind: &[u8],
    data: &[u8],
    composite: bool,
    entries: &mut Entries,
) -> Result<Vec<u8>, Refusal> {
    match key {
        "FontFile" => {
            let clean = type1::clean(data).ok_or_else(|| Refusal::malformed("Type 1 font"))?;
            put(entries, "Length1", length(clean.clear));
            put(entries, "Length2", length(clean.program.len().saturating_sub(clean.clear)));
            put(entries, "Length3", Obj::Int(0));
            Ok(clean.program)
        }
        "FontFile2" => {
            let clean = sfnt::clean(data, composite);
            let clean = clean.ok_or_else(|| Refusal::malformed("TrueType font"))?;
            put(entries, "Length1", length(clean.len()));
            Ok(clean)
        }
        _ => {
            let clean = match kind {
                b"Type1C" | b"CIDFontType0C" => cff::clean(data),
                b"OpenType" => sfnt::clean(data, composite),
                _ => return Err(Refusal::unsupported("a font program of an unknown kind")),
            };
            put(entries, "Subtype", Obj::name(kind));
            clean.ok_or_else(|| Refusal::malformed("compact font"))
        }
    }
}

fn length(len: usize) -> Obj {
    Obj::Int(i64::try_from(len).unwrap_or(0))
}

/// Whether a font program in a clean file is as this module writes it; writing it again changes
/// nothing.
pub(super) fn is_clean(key: &str, kind: Option<&[u8]>, program: &[u8]) -> bool {
    let again = match (key, kind) {
        ("FontFile", _) => type1::clean(program).map(|clean| clean.program),
        ("FontFile2", _) | (_, Some(b"OpenType")) => {
            return [true, false]
                .iter()
                .any(|c| sfnt::clean(program, *c).as_deref() == Some(program));
        }
        _ => cff::clean(program),
    };
    again.as_deref() == Some(program)
}

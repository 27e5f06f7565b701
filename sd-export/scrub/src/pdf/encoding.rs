//! Encodings of simple fonts, and of fonts whose letters are drawings.

use std::collections::BTreeMap;

use super::copy::{Copier, Rule};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use crate::Refusal;
use crate::report::Class;
use crate::wording::foreign;

const BASES: &[&str] =
    &["StandardEncoding", "MacRomanEncoding", "MacExpertEncoding", "WinAnsiEncoding"];

/// Copies the encoding of a simple font.
pub(super) fn copy(copier: &mut Copier<'_>, font: &Dict) -> Result<Option<Obj>, Refusal> {
    let encoding = match copier.source.key(font, "Encoding")? {
        Val::Name(name) => {
            return Ok(BASES.iter().find(|base| base.as_bytes() == name).map(Obj::name));
        }
        Val::Dict(encoding) => encoding,
        _ => return Ok(None),
    };
    let mut out = copier.plain(&encoding, &[("BaseEncoding", Rule::Word(BASES))])?;
    put(&mut out, "Type", Obj::name("Encoding"));
    let mut differences = Vec::new();
    for item in copier.source.list(&encoding, "Differences")? {
        match item {
            Val::Num(n) => differences.push(Obj::Real(n)),
            Val::Name(name) => differences.push(glyph(copier, name)),
            _ => return Err(Refusal::malformed("encoding of a font")),
        }
    }
    if !differences.is_empty() {
        put(&mut out, "Differences", Obj::Arr(differences));
    }
    Ok(Some(Obj::Dict(out)))
}

/// A glyph name as it stands, for the font program is asked by it; what no font tool would write
/// is left out.
fn glyph(copier: &mut Copier<'_>, name: Vec<u8>) -> Obj {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    if name.len() > 40 || !name.iter().all(plain) {
        copier.count(Class::HiddenContent, "glyph names that are no names");
        return Obj::name(".notdef");
    }
    if !is_usual(&name) {
        let why = "the font program is asked by this name";
        copier.kept(Class::Identifier, "glyph name", &foreign(&name), why);
    }
    Obj::Name(name)
}

/// Letters as the glyph lists spell them, or a short prefix and a number.
fn is_usual(name: &[u8]) -> bool {
    let stem = name.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = name.get(stem..).unwrap_or_default();
    let hex = name.starts_with(b"uni") || name.starts_with(b"u");
    stem <= 20
        && (rest.iter().all(u8::is_ascii_digit)
            || rest.starts_with(b".")
            || (hex && rest.iter().all(u8::is_ascii_hexdigit)))
}

/// New names by the old ones.
pub(super) type Renamed = BTreeMap<Vec<u8>, Vec<u8>>;

/// The encoding of a font of drawings with new names, and the new name of each old one.
pub(super) fn drawn(copier: &Copier<'_>, font: &Dict) -> Result<(Obj, Renamed), Refusal> {
    let encoding = copier.source.dict(font, "Encoding")?;
    let mut names = BTreeMap::new();
    let mut differences = Vec::new();
    for item in copier.source.list(&encoding, "Differences")? {
        match item {
            Val::Num(n) => differences.push(Obj::Real(n)),
            Val::Name(name) => {
                let next = format!("g{}", names.len().saturating_add(1)).into_bytes();
                let new = names.entry(name).or_insert(next);
                differences.push(Obj::Name(new.clone()));
            }
            _ => return Err(Refusal::malformed("encoding of a font")),
        }
    }
    let mut out = Entries::new();
    put(&mut out, "Type", Obj::name("Encoding"));
    put(&mut out, "Differences", Obj::Arr(differences));
    Ok((Obj::Dict(out), names))
}

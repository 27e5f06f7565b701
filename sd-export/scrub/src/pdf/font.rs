//! Fonts: what is needed to draw and to copy text; names only where a reader must find the font.

use super::copy::{Copier, Role, Rule};
use super::encoding;
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use super::{cmap, fontfile};
use crate::Refusal;
use crate::report::Class;
use crate::wording::foreign;

const MAX_WIDTHS: usize = 1 << 17;
const DESCRIPTOR: &[(&str, Rule)] = &[
    ("Flags", Rule::Num),
    ("FontBBox", Rule::Nums(4)),
    ("ItalicAngle", Rule::Num),
    ("Ascent", Rule::Num),
    ("Descent", Rule::Num),
    ("Leading", Rule::Num),
    ("CapHeight", Rule::Num),
    ("XHeight", Rule::Num),
    ("StemV", Rule::Num),
    ("StemH", Rule::Num),
    ("AvgWidth", Rule::Num),
    ("MaxWidth", Rule::Num),
    ("MissingWidth", Rule::Num),
];
const SIMPLE: &[(&str, Rule)] =
    &[("FirstChar", Rule::Num), ("LastChar", Rule::Num), ("Widths", Rule::Nums(MAX_WIDTHS))];

fn bad() -> Refusal {
    Refusal::malformed("font")
}

impl Copier<'_> {
    /// Copies a font.
    pub(super) fn font(&mut self, value: &Val) -> Result<Obj, Refusal> {
        self.once(value, Role::Font, 0, |copier, value| {
            let dict = value.dict().ok_or_else(bad)?.clone();
            copier.fonts = copier.fonts.saturating_add(1);
            let out = match copier.source.key(&dict, "Subtype")?.name() {
                Some(kind @ (b"Type1" | b"MMType1" | b"TrueType")) => {
                    copier.simple_font(&dict, kind)?
                }
                Some(b"Type0") => copier.composite_font(&dict)?,
                Some(b"Type3") => copier.drawn_font(&dict)?,
                _ => return Err(Refusal::unsupported("a font of an unknown kind")),
            };
            Ok(Obj::Ref(copier.out.add(Obj::Dict(out))?))
        })
    }

    fn simple_font(&mut self, dict: &Dict, kind: &[u8]) -> Result<Entries, Refusal> {
        let mut out = self.plain(dict, SIMPLE)?;
        put(&mut out, "Type", Obj::name("Font"));
        put(&mut out, "Subtype", Obj::name(kind));
        let (name, descriptor) = self.name_and_descriptor(dict, false)?;
        put(&mut out, "BaseFont", name);
        if let Some(descriptor) = descriptor {
            put(&mut out, "FontDescriptor", descriptor);
        }
        if let Some(encoding) = encoding::copy(self, dict)? {
            put(&mut out, "Encoding", encoding);
        }
        self.text_map(dict, &mut out)?;
        Ok(out)
    }

    fn composite_font(&mut self, dict: &Dict) -> Result<Entries, Refusal> {
        let mut out = Entries::new();
        put(&mut out, "Type", Obj::name("Font"));
        put(&mut out, "Subtype", Obj::name("Type0"));
        let encoding = match self.source.key(dict, "Encoding")? {
            Val::Name(name) if cmap::is_predefined(&name) => Obj::Name(name),
            Val::Name(_) => return Err(Refusal::unsupported("an unknown character map")),
            Val::Stream(stream) => {
                let clean = cmap::rewrite_encoding(&self.source.plain(&stream)?)?;
                let mut entries = Entries::new();
                put(&mut entries, "Type", Obj::name("CMap"));
                put(&mut entries, "CMapName", Obj::name("Map"));
                put(&mut entries, "CIDSystemInfo", system_info(b"Identity", 0));
                put(&mut entries, "WMode", Obj::Int(i64::from(clean.vertical)));
                Obj::Ref(self.out.add_stream(entries, &clean.text)?)
            }
            _ => return Err(bad()),
        };
        put(&mut out, "Encoding", encoding);
        let parts = self.source.list(dict, "DescendantFonts")?;
        let part = parts.first().and_then(Val::dict).ok_or_else(bad)?;
        let (name, part) = self.descendant(part)?;
        put(&mut out, "BaseFont", name);
        put(&mut out, "DescendantFonts", Obj::Arr(vec![part]));
        self.text_map(dict, &mut out)?;
        Ok(out)
    }

    fn descendant(&mut self, dict: &Dict) -> Result<(Obj, Obj), Refusal> {
        let rules = [
            ("Subtype", Rule::Word(&["CIDFontType0", "CIDFontType2"])),
            ("DW", Rule::Num),
            ("DW2", Rule::Nums(2)),
        ];
        let mut out = self.plain(dict, &rules)?;
        put(&mut out, "Type", Obj::name("Font"));
        let (name, descriptor) = self.name_and_descriptor(dict, true)?;
        put(&mut out, "BaseFont", name.clone());
        if let Some(descriptor) = descriptor {
            put(&mut out, "FontDescriptor", descriptor);
        }
        let info = self.source.dict(dict, "CIDSystemInfo")?;
        let ordering = self.source.key(&info, "Ordering")?;
        let supplement = self.source.key(&info, "Supplement")?.count().unwrap_or(0);
        let info = system_info(ordering.string().unwrap_or_default(), supplement);
        put(&mut out, "CIDSystemInfo", info);
        for key in ["W", "W2"] {
            if let Val::Arr(widths) = self.source.key(dict, key)? {
                put(&mut out, key, self.widths(&widths)?);
            }
        }
        match self.source.key(dict, "CIDToGIDMap")? {
            Val::Name(_) => put(&mut out, "CIDToGIDMap", Obj::name("Identity")),
            Val::Stream(stream) => {
                let mut map = self.source.plain(&stream)?;
                map.truncate(1 << 17);
                let id = self.out.add_stream(Entries::new(), &map)?;
                put(&mut out, "CIDToGIDMap", Obj::Ref(id));
            }
            _ => {}
        }
        Ok((name, Obj::Ref(self.out.add(Obj::Dict(out))?)))
    }

    /// Widths of characters: numbers, and arrays of numbers among them.
    fn widths(&self, items: &[Val]) -> Result<Obj, Refusal> {
        if items.len() > MAX_WIDTHS {
            return Err(bad());
        }
        let mut out = Vec::new();
        for item in items {
            out.push(match self.source.get(item)? {
                Val::Num(n) => Obj::Real(n),
                Val::Arr(inner) if inner.len() <= MAX_WIDTHS => {
                    let numbers: Option<Vec<f64>> = inner.iter().map(Val::num).collect();
                    Obj::nums(&numbers.ok_or_else(bad)?)
                }
                _ => return Err(bad()),
            });
        }
        Ok(Obj::Arr(out))
    }

    fn text_map(&mut self, dict: &Dict, out: &mut Entries) -> Result<(), Refusal> {
        match self.source.key(dict, "ToUnicode")? {
            Val::Name(name) if cmap::is_predefined(&name) => put(out, "ToUnicode", Obj::Name(name)),
            Val::Stream(stream) => {
                let clean = cmap::rewrite_to_unicode(&self.source.plain(&stream)?)?;
                if clean.dropped > 0 {
                    self.count(Class::HiddenContent, "over-long texts in character maps");
                }
                let id = self.out.add_stream(Entries::new(), &clean.text)?;
                put(out, "ToUnicode", Obj::Ref(id));
            }
            _ => {}
        }
        Ok(())
    }

    /// The font's name and descriptor. An embedded font needs no name and gets one of ours;
    /// another keeps its own, for the reader must find it on its machine.
    fn name_and_descriptor(
        &mut self,
        dict: &Dict,
        composite: bool,
    ) -> Result<(Obj, Option<Obj>), Refusal> {
        let own = self.source.key(dict, "BaseFont")?;
        let own = own.name().unwrap_or_default().to_vec();
        let Val::Dict(from) = self.source.key(dict, "FontDescriptor")? else {
            return Ok((self.kept_name(&own)?, None));
        };
        let mut out = self.plain(&from, DESCRIPTOR)?;
        put(&mut out, "Type", Obj::name("FontDescriptor"));
        let embedded = fontfile::copy(self, &from, composite, &mut out)?;
        let name = if embedded {
            let name = format!("{}+Font{}", tag(self.fonts), self.fonts);
            if !own.is_empty() {
                self.count(Class::Software, "names of embedded fonts");
            }
            Obj::name(name)
        } else {
            self.kept_name(&own)?
        };
        put(&mut out, "FontName", name.clone());
        let id = self.out.add(Obj::Dict(out))?;
        Ok((name, Some(Obj::Ref(id))))
    }

    fn kept_name(&mut self, own: &[u8]) -> Result<Obj, Refusal> {
        // Readers compare names without their blanks.
        let own: Vec<u8> = own.iter().copied().filter(|b| *b != b' ').collect();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-,+_.".contains(b);
        if own.len() > 64 || own.is_empty() || !own.iter().all(plain) {
            return Err(Refusal::unsupported("a font that is not embedded and has no plain name"));
        }
        let why = "the font is not in the document; a reader looks for it by name";
        self.kept(Class::Software, "name of a font", &foreign(&own), why);
        Ok(Obj::Name(own))
    }

    /// A font whose letters are drawings.
    fn drawn_font(&mut self, dict: &Dict) -> Result<Entries, Refusal> {
        let rules = [("FontBBox", Rule::Nums(4)), ("FontMatrix", Rule::Nums(6))];
        let mut out = self.plain(dict, &rules)?;
        out.extend(self.plain(dict, SIMPLE)?);
        put(&mut out, "Type", Obj::name("Font"));
        put(&mut out, "Subtype", Obj::name("Type3"));
        let letters = self.source.dict(dict, "CharProcs")?;
        let (encoding, names) = encoding::drawn(self, dict)?;
        let resources = self.source.dict(dict, "Resources")?;
        let mut scope = self.scope(resources);
        let mut drawings = Entries::new();
        for (own, new) in names {
            let Some(letter) = letters.get(&own) else {
                continue;
            };
            let stream = self.stream(letter, "a drawn letter")?;
            let data = self.source.plain(&stream)?;
            let content = self.content(&data, &mut scope)?;
            let id = self.out.add_stream(Entries::new(), &content)?;
            drawings.insert(new, Obj::Ref(id));
        }
        put(&mut out, "CharProcs", Obj::Dict(drawings));
        put(&mut out, "Encoding", encoding);
        put(&mut out, "Resources", scope.finish());
        self.text_map(dict, &mut out)?;
        Ok(out)
    }
}

/// Adobe's collections; everything else is counted from one.
fn system_info(ordering: &[u8], supplement: u32) -> Obj {
    const KNOWN: &[&str] = &["Identity", "Japan1", "GB1", "CNS1", "Korea1", "KR"];
    let known = KNOWN.iter().find(|known| known.as_bytes() == ordering);
    let mut out = Entries::new();
    put(&mut out, "Registry", Obj::Str(b"Adobe".to_vec()));
    put(&mut out, "Ordering", Obj::Str(known.unwrap_or(&"Identity").as_bytes().to_vec()));
    let supplement = if known.is_some() && supplement < 16 { supplement } else { 0 };
    put(&mut out, "Supplement", Obj::Int(i64::from(supplement)));
    Obj::Dict(out)
}

/// The six letters that mark a subset, counted.
fn tag(number: u32) -> String {
    let mut rest = number;
    let mut letters = [b'A'; 6];
    for letter in letters.iter_mut().rev() {
        *letter = b'A' + u8::try_from(rest % 26).unwrap_or(0);
        rest /= 26;
    }
    letters.iter().map(|b| char::from(*b)).collect()
}

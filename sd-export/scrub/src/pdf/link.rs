//! Links: to web and mail addresses and to places in the document. Other annotations go.

use std::collections::BTreeMap;

use super::copy::{Copier, Rule};
use super::out::{Entries, Obj, put};
use super::source::{Dict, Val};
use super::textstring;
use crate::Refusal;
use crate::report::Class;
use crate::wording::foreign;

/// Most named places that are looked up.
const MAX_NAMES: usize = 200_000;

/// The named places of the document.
pub(super) struct Targets {
    named: BTreeMap<Vec<u8>, Val>,
}

impl Targets {
    /// Reads the names, from both places where they may stand.
    pub(super) fn read(copier: &Copier<'_>, root: &Dict) -> Result<Self, Refusal> {
        let mut places = copier.source.dict(root, "Dests")?;
        let names = copier.source.dict(root, "Names")?;
        let tree = copier.source.key(&names, "Dests")?;
        gather(copier, &tree, &mut places, 0)?;
        Ok(Self { named: places })
    }

    /// A place in the document, written out; `None` when it cannot be found.
    pub(super) fn place(&self, copier: &Copier<'_>, value: &Val) -> Result<Option<Obj>, Refusal> {
        let mut value = copier.source.get(value)?;
        if let Val::Name(name) | Val::Str(name) = &value {
            let Some(named) = self.named.get(name.as_slice()) else {
                return Ok(None);
            };
            value = copier.source.get(named)?;
        }
        if let Val::Dict(dict) = &value {
            value = copier.source.key(dict, "D")?;
        }
        let Val::Arr(items) = &value else {
            return Ok(None);
        };
        explicit(copier, items)
    }
}

fn gather(copier: &Copier<'_>, node: &Val, into: &mut Dict, depth: u32) -> Result<(), Refusal> {
    let Some(node) = node.dict().filter(|_| depth < copier.limits.max_depth) else {
        return Ok(());
    };
    if let Val::Arr(items) = copier.source.key(node, "Names")? {
        for pair in items.chunks_exact(2) {
            if let [name, place] = pair
                && let Val::Str(name) = copier.source.get(name)?
            {
                into.insert(name, place.clone());
            }
        }
    }
    if into.len() > MAX_NAMES {
        return Err(Refusal::TooLarge { what: "named places".into(), limit: MAX_NAMES as u64 });
    }
    if let Val::Arr(kids) = copier.source.key(node, "Kids")? {
        for kid in &kids {
            let kid = copier.source.get(kid)?;
            gather(copier, &kid, into, depth.saturating_add(1))?;
        }
    }
    Ok(())
}

/// `[page /Fit …]` with the page's new number.
fn explicit(copier: &Copier<'_>, items: &[Val]) -> Result<Option<Obj>, Refusal> {
    const FITS: &[&str] = &["XYZ", "Fit", "FitH", "FitV", "FitR", "FitB", "FitBH", "FitBV"];
    let [Val::Ref(page), fit, rest @ ..] = items else {
        return Ok(None);
    };
    let Some(page) = copier.pages.get(page) else {
        return Ok(None);
    };
    let fit = copier.source.get(fit)?;
    let fit = FITS.iter().find(|known| fit.name() == Some(known.as_bytes()));
    let Some(fit) = fit else { return Ok(None) };
    let mut out = vec![Obj::Ref(*page), Obj::name(fit)];
    for item in rest.iter().take(4) {
        out.push(copier.source.get(item)?.num().map_or(Obj::Null, Obj::Real));
    }
    Ok(Some(Obj::Arr(out)))
}

/// Copies the links of a page and notes every other annotation.
pub(super) fn annotations(
    copier: &mut Copier<'_>,
    page: &Dict,
    links: &Targets,
) -> Result<Vec<Obj>, Refusal> {
    let mut out = Vec::new();
    for item in copier.source.list(page, "Annots")? {
        let Some(dict) = item.dict() else { continue };
        if copier.source.key(dict, "Subtype")?.name() == Some(b"Link") {
            if let Some(link) = link(copier, dict, links)? {
                out.push(Obj::Ref(copier.out.add(link)?));
            }
        } else {
            dropped(copier, dict)?;
        }
    }
    Ok(out)
}

fn link(copier: &mut Copier<'_>, dict: &Dict, links: &Targets) -> Result<Option<Obj>, Refusal> {
    let rules = [
        ("Rect", Rule::Nums(4)),
        ("Border", Rule::Nums(3)),
        ("C", Rule::Nums(4)),
        ("QuadPoints", Rule::Nums(8192)),
        ("H", Rule::Word(&["N", "I", "O", "P"])),
    ];
    let mut out = copier.plain(dict, &rules)?;
    // A frame's width may be said in either of two places; unsaid, readers draw one.
    let style = copier.source.dict(dict, "BS")?;
    if let Some(width) = copier.source.key(&style, "W")?.num() {
        put(&mut out, "Border", Obj::nums(&[0.0, 0.0, width]));
    }
    put(&mut out, "Type", Obj::name("Annot"));
    put(&mut out, "Subtype", Obj::name("Link"));
    private_keys(copier, dict)?;
    let direct = Copier::raw(dict, "Dest").clone();
    if !direct.is_null() {
        let Some(place) = links.place(copier, &direct)? else {
            lost(copier, "Dest");
            return Ok(None);
        };
        put(&mut out, "Dest", place);
        return Ok(Some(Obj::Dict(out)));
    }
    let action = copier.source.dict(dict, "A")?;
    if let Some((key, value)) = action_target(copier, &action, links)? {
        put(&mut out, key, value);
        return Ok(Some(Obj::Dict(out)));
    }
    lost(copier, "action");
    Ok(None)
}

/// Notes what a link says beside where it leads.
fn private_keys(copier: &mut Copier<'_>, dict: &Dict) -> Result<(), Refusal> {
    for (key, name) in
        [("Contents", "text of a link"), ("NM", "name of a link"), ("M", "time of a link")]
    {
        if let Some(text) = copier.source.key(dict, key)?.string() {
            copier.findings.removed(Class::Identifier, name, &textstring::read(text));
        }
    }
    Ok(())
}

fn lost(copier: &mut Copier<'_>, what: &str) {
    copier.findings.removed(Class::Link, "link that leads nowhere safe", what);
}

/// Where an action leads, when it is a place in the document or a web or mail address.
fn action_target(
    copier: &mut Copier<'_>,
    action: &Dict,
    links: &Targets,
) -> Result<Option<(&'static str, Obj)>, Refusal> {
    if action.contains_key(b"Next".as_slice()) {
        copier.findings.removed(Class::Link, "further actions of a link", "");
    }
    let kind = copier.source.key(action, "S")?;
    match kind.name().unwrap_or_default() {
        b"GoTo" => {
            let place = links.place(copier, Copier::raw(action, "D"))?;
            Ok(place.map(|place| ("Dest", place)))
        }
        b"URI" => {
            let address = copier.source.key(action, "URI")?;
            let address = address.string().unwrap_or_default().to_vec();
            let Some(address) = admit(copier, address) else {
                return Ok(None);
            };
            let mut out = Entries::new();
            put(&mut out, "S", Obj::name("URI"));
            put(&mut out, "URI", Obj::Str(address));
            Ok(Some(("A", Obj::Dict(out))))
        }
        other => {
            let detail = foreign(other);
            copier.findings.removed(Class::Link, "action", &detail);
            Ok(None)
        }
    }
}

fn admit(copier: &mut Copier<'_>, address: Vec<u8>) -> Option<Vec<u8>> {
    let text = foreign(&address);
    if !crate::link::is_web_or_mail(&text) {
        copier.findings.removed(Class::Link, "address that is neither web nor mail", &text);
        return None;
    }
    if address.len() > 2000 || !address.iter().all(u8::is_ascii_graphic) {
        copier.findings.removed(Class::Link, "address with hidden or foreign characters", &text);
        return None;
    }
    let why = "links are content; an address may hold a name or a token";
    copier.kept(Class::Link, "address of a link", &text, why);
    Some(address)
}

/// Notes an annotation that is not a link.
fn dropped(copier: &mut Copier<'_>, dict: &Dict) -> Result<(), Refusal> {
    let kind = copier.source.key(dict, "Subtype")?;
    let kind = kind.name().map(foreign).unwrap_or_default();
    let class = match kind.as_str() {
        "FileAttachment" | "Sound" | "Movie" | "Screen" | "RichMedia" | "3D" => {
            Class::HiddenContent
        }
        "Widget" | "Popup" => Class::Unknown,
        _ => Class::Comment,
    };
    let text = |key: &str| -> Result<String, Refusal> {
        Ok(copier.source.key(dict, key)?.string().map(textstring::read).unwrap_or_default())
    };
    let detail = [text("T")?, text("Contents")?, text("M")?].join(" ");
    let place =
        if kind == "Widget" { "form field".to_owned() } else { format!("annotation {kind}") };
    copier.findings.removed(class, place, detail.trim());
    Ok(())
}

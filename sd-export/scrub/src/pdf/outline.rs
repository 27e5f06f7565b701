//! The outline and the page labels.

use std::collections::BTreeSet;

use super::copy::{Copier, Rule};
use super::link::Targets;
use super::out::{Entries, Obj, put};
use super::source::{Dict, Id, Val};
use super::textstring;
use crate::Refusal;
use crate::report::Class;

/// One entry with what is under it.
struct Entry {
    title: Vec<u8>,
    place: Option<Obj>,
    open: bool,
    kids: Vec<Entry>,
}

/// Copies the outline, when there is one.
pub(super) fn copy(
    copier: &mut Copier<'_>,
    root: &Dict,
    links: &Targets,
) -> Result<Option<Obj>, Refusal> {
    let outline = copier.source.dict(root, "Outlines")?;
    let mut seen = BTreeSet::new();
    let entries = level(copier, &outline, links, &mut seen, 0)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let id = copier.out.reserve()?;
    let (first, last) = write(copier, id, &entries)?;
    let mut out = Entries::new();
    put(&mut out, "Type", Obj::name("Outlines"));
    put(&mut out, "First", Obj::Ref(first));
    put(&mut out, "Last", Obj::Ref(last));
    put(&mut out, "Count", Obj::Int(visible(&entries)));
    copier.out.set(id, Obj::Dict(out));
    Ok(Some(Obj::Ref(id)))
}

fn level(
    copier: &mut Copier<'_>,
    parent: &Dict,
    links: &Targets,
    seen: &mut BTreeSet<Id>,
    depth: u32,
) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Vec::new();
    let mut next = Copier::raw(parent, "First").clone();
    while let Val::Ref(id) = next {
        if depth > copier.limits.max_depth || !seen.insert(id) {
            return Err(Refusal::malformed("an outline that goes in circles"));
        }
        let node = copier.source.get(&next)?;
        let Some(dict) = node.dict() else { break };
        let title = copier.source.key(dict, "Title")?;
        let place = place(copier, dict, links)?;
        let open = copier.source.key(dict, "Count")?.num().is_some_and(|count| count > 0.0);
        let kids = level(copier, dict, links, seen, depth.saturating_add(1))?;
        let title = textstring::clean(title.string().unwrap_or_default());
        entries.push(Entry { title, place, open, kids });
        next = Copier::raw(dict, "Next").clone();
    }
    Ok(entries)
}

/// Where an entry leads, when that is in the document.
fn place(copier: &mut Copier<'_>, dict: &Dict, links: &Targets) -> Result<Option<Obj>, Refusal> {
    let direct = Copier::raw(dict, "Dest");
    if !direct.is_null() {
        return links.place(copier, direct);
    }
    let action = copier.source.dict(dict, "A")?;
    match copier.source.key(&action, "S")?.name() {
        None => Ok(None),
        Some(b"GoTo") => links.place(copier, Copier::raw(&action, "D")),
        Some(_) => {
            copier.count(Class::Link, "actions in the outline");
            Ok(None)
        }
    }
}

/// How many entries show when the outline is opened.
fn visible(entries: &[Entry]) -> i64 {
    let one =
        |entry: &Entry| 1i64.saturating_add(if entry.open { visible(&entry.kids) } else { 0 });
    entries.iter().map(one).fold(0, i64::saturating_add)
}

/// Writes the entries of one level; gives the first and the last.
fn write(copier: &mut Copier<'_>, parent: u32, entries: &[Entry]) -> Result<(u32, u32), Refusal> {
    let ids: Vec<u32> = entries.iter().map(|_| copier.out.reserve()).collect::<Result<_, _>>()?;
    for (n, (entry, id)) in entries.iter().zip(&ids).enumerate() {
        let mut out = Entries::new();
        put(&mut out, "Title", Obj::Str(entry.title.clone()));
        put(&mut out, "Parent", Obj::Ref(parent));
        if let Some(before) = n.checked_sub(1).and_then(|n| ids.get(n)) {
            put(&mut out, "Prev", Obj::Ref(*before));
        }
        if let Some(after) = n.checked_add(1).and_then(|n| ids.get(n)) {
            put(&mut out, "Next", Obj::Ref(*after));
        }
        if let Some(place) = &entry.place {
            put(&mut out, "Dest", place.clone());
        }
        if !entry.kids.is_empty() {
            let (first, last) = write(copier, *id, &entry.kids)?;
            put(&mut out, "First", Obj::Ref(first));
            put(&mut out, "Last", Obj::Ref(last));
            let count = visible(&entry.kids);
            put(&mut out, "Count", Obj::Int(if entry.open { count } else { -count }));
        }
        copier.out.set(*id, Obj::Dict(out));
    }
    let ends = (ids.first().copied(), ids.last().copied());
    let (Some(first), Some(last)) = ends else {
        return Err(Refusal::malformed("outline"));
    };
    Ok((first, last))
}

/// Copies the page labels, flattened.
pub(super) fn labels(copier: &Copier<'_>, root: &Dict) -> Result<Option<Obj>, Refusal> {
    let tree = copier.source.key(root, "PageLabels")?;
    let mut numbers = Vec::new();
    label_node(copier, &tree, &mut numbers, 0)?;
    if numbers.is_empty() {
        return Ok(None);
    }
    let mut out = Entries::new();
    put(&mut out, "Nums", Obj::Arr(numbers));
    Ok(Some(Obj::Dict(out)))
}

fn label_node(
    copier: &Copier<'_>,
    node: &Val,
    numbers: &mut Vec<Obj>,
    depth: u32,
) -> Result<(), Refusal> {
    let Some(node) = node.dict().filter(|_| depth < copier.limits.max_depth) else {
        return Ok(());
    };
    for pair in copier.source.list(node, "Nums")?.chunks_exact(2) {
        let [index, label] = pair else { continue };
        let (Some(index), Some(label)) = (index.count(), label.dict()) else {
            continue;
        };
        let rules = [("S", Rule::Word(&["D", "R", "r", "A", "a"])), ("St", Rule::Num)];
        let mut out = copier.plain(label, &rules)?;
        if let Some(prefix) = copier.source.key(label, "P")?.string() {
            put(&mut out, "P", Obj::Str(textstring::clean(prefix)));
        }
        numbers.push(Obj::Int(i64::from(index)));
        numbers.push(Obj::Dict(out));
        if numbers.len() > 100_000 {
            return Err(Refusal::malformed("page labels"));
        }
    }
    for kid in copier.source.list(node, "Kids")? {
        label_node(copier, &kid, numbers, depth.saturating_add(1))?;
    }
    Ok(())
}

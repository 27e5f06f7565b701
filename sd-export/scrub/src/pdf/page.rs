//! Pages: the tree flattened, each page with its own boxes, content and links.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::copy::{Copier, Rule};
use super::link::Targets;
use super::out::{Entries, Obj, put};
use super::source::{Dict, Id, Val};
use super::{link, notes};
use crate::Refusal;
use crate::report::Class;

/// What a page takes over from the nodes above it.
const INHERITED: [&str; 4] = ["MediaBox", "CropBox", "Rotate", "Resources"];

/// What the nodes above give; shared, for one node can stand above every page.
type Above = BTreeMap<&'static str, Rc<Val>>;

/// A page that was found: where it stands and what it takes over.
struct Found {
    node: Val,
    above: Above,
}

impl Found {
    /// The page's dictionary with what it takes over.
    fn merged(&self, copier: &Copier<'_>) -> Result<Dict, Refusal> {
        let node = copier.source.get(&self.node)?;
        let mut dict = node.dict().cloned().unwrap_or_default();
        for (key, value) in &self.above {
            dict.entry(key.as_bytes().to_vec()).or_insert_with(|| Val::clone(value));
        }
        Ok(dict)
    }
}

/// Copies all pages; gives the number of the page tree.
pub(super) fn copy(copier: &mut Copier<'_>, root: &Dict, links: &Targets) -> Result<u32, Refusal> {
    let tree = copier.out.reserve()?;
    let mut found = Vec::new();
    let start = Copier::raw(root, "Pages").clone();
    collect(copier, &start, &Above::new(), &mut found, &mut BTreeSet::new(), 0)?;
    if found.is_empty() {
        return Err(Refusal::malformed("a document without pages"));
    }
    let mut kids = Vec::new();
    for page in &found {
        let number = copier.out.reserve()?;
        if let Val::Ref(id) = page.node {
            copier.pages.insert(id, number);
        }
        kids.push(number);
    }
    for (page, number) in found.iter().zip(&kids) {
        let dict = page.merged(copier)?;
        let page = one(copier, &dict, tree, links)?;
        copier.out.set(*number, page);
    }
    let mut entries = Entries::new();
    let count = i64::try_from(kids.len()).unwrap_or(0);
    put(&mut entries, "Type", Obj::name("Pages"));
    put(&mut entries, "Count", Obj::Int(count));
    put(&mut entries, "Kids", Obj::Arr(kids.into_iter().map(Obj::Ref).collect()));
    copier.out.set(tree, Obj::Dict(entries));
    Ok(tree)
}

/// Gathers the pages under a node, each with what it takes over.
fn collect(
    copier: &Copier<'_>,
    node: &Val,
    above: &Above,
    found: &mut Vec<Found>,
    open: &mut BTreeSet<Id>,
    depth: u32,
) -> Result<(), Refusal> {
    let again = matches!(node, Val::Ref(id) if !open.insert(*id));
    if depth > copier.limits.max_depth || again {
        return Err(Refusal::malformed("a page tree that goes in circles"));
    }
    let value = copier.source.get(node)?;
    // Readers pass over a kid that is not there.
    let Some(dict) = value.dict() else {
        return Ok(());
    };
    if let Val::Arr(kids) = copier.source.key(dict, "Kids")? {
        let mut below = above.clone();
        for key in INHERITED {
            if let Some(value) = dict.get(key.as_bytes()) {
                below.insert(key, Rc::new(value.clone()));
            }
        }
        for kid in &kids {
            collect(copier, kid, &below, found, open, depth.saturating_add(1))?;
        }
    } else if copier.source.key(dict, "Type")?.name() != Some(b"Pages") {
        found.push(Found { node: node.clone(), above: above.clone() });
    }
    let limit = u64::from(copier.limits.max_objects);
    if found.len() as u64 > limit {
        return Err(Refusal::TooLarge { what: "number of pages".into(), limit });
    }
    Ok(())
}

fn one(copier: &mut Copier<'_>, page: &Dict, tree: u32, links: &Targets) -> Result<Obj, Refusal> {
    let mut entries = copier.plain(page, &[("Rotate", Rule::Num), ("UserUnit", Rule::Num)])?;
    put(&mut entries, "Type", Obj::name("Page"));
    put(&mut entries, "Parent", Obj::Ref(tree));
    boxes(copier, page, &mut entries)?;
    notes::dropped_keys(copier, page, "page");
    let resources = copier.source.dict(page, "Resources")?;
    copier.group(page, &resources, &mut entries)?;
    let mut data = Vec::new();
    for part in copier.source.list(page, "Contents")? {
        // A missing part is passed over by readers; anything but a stream is an error.
        match part {
            Val::Null => {}
            Val::Stream(stream) => {
                data.extend_from_slice(&copier.source.plain(&stream)?);
                data.push(b'\n');
            }
            _ => return Err(Refusal::malformed("content of a page")),
        }
    }
    let mut scope = copier.scope(resources);
    let content = copier.content(&data, &mut scope)?;
    put(&mut entries, "Resources", scope.finish());
    let content = copier.out.add_stream(Entries::new(), &content)?;
    put(&mut entries, "Contents", Obj::Ref(content));
    let annotations = link::annotations(copier, page, links)?;
    if !annotations.is_empty() {
        put(&mut entries, "Annots", Obj::Arr(annotations));
    }
    Ok(Obj::Dict(entries))
}

/// The page's area; what lies outside the crop box is in the document but not seen.
fn boxes(copier: &mut Copier<'_>, page: &Dict, entries: &mut Entries) -> Result<(), Refusal> {
    let four = |copier: &Copier<'_>, key: &str| -> Result<Option<Vec<f64>>, Refusal> {
        let numbers = copier.source.numbers(page, key)?;
        Ok(numbers.filter(|n| n.len() == 4 && n.iter().all(|x| x.is_finite())))
    };
    let media = four(copier, "MediaBox")?.unwrap_or_else(|| vec![0.0, 0.0, 612.0, 792.0]);
    put(entries, "MediaBox", Obj::nums(&media));
    if let Some(crop) = four(copier, "CropBox")?.filter(|crop| *crop != media) {
        put(entries, "CropBox", Obj::nums(&crop));
        let why = "the page is cropped by a frame only; what is outside can be brought back";
        copier.kept(Class::HiddenContent, "area outside the visible page", "", why);
    }
    Ok(())
}

//! A package: parts by name, what type each has, and which parts it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::Refusal;
use crate::xml::{Event, Reader, decode};

/// The two spellings of what Office's own relations start with.
pub(super) const RELATIONS: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
];

/// The parts of a package, by name in small letters.
pub(super) struct Package {
    parts: BTreeMap<String, Part>,
    types: BTreeMap<String, String>,
    defaults: BTreeMap<String, String>,
}

pub(super) struct Part {
    /// The name as it was written.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// One line of a list of relations.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) id: String,
    /// What stands behind the last slash of the type.
    pub(super) kind: String,
    /// Whether the type is one of Office's own.
    pub(super) own: bool,
    /// The name of a part in small letters, or an address.
    pub(super) target: String,
    pub(super) external: bool,
}

impl Package {
    pub(super) fn new(members: Vec<(String, Vec<u8>)>) -> Result<Self, Refusal> {
        let mut parts = BTreeMap::new();
        for (name, bytes) in members {
            let key = name.to_ascii_lowercase();
            if parts.insert(key, Part { name, bytes }).is_some() {
                return Err(Refusal::malformed("two parts with one name"));
            }
        }
        let mut package = Self { parts, types: BTreeMap::new(), defaults: BTreeMap::new() };
        package.read_types()?;
        Ok(package)
    }

    fn read_types(&mut self) -> Result<(), Refusal> {
        let part = self.parts.get("[content_types].xml");
        let part = part.ok_or_else(|| Refusal::malformed("no list of content types"))?;
        let text = decode(&part.bytes)?;
        let mut reader = Reader::new(&text);
        while let Some(event) = reader.next()? {
            let Event::Open(tag) = event else { continue };
            let Some(kind) = tag.get("ContentType").map(str::to_owned) else { continue };
            if let Some(name) = tag.get("PartName") {
                self.types.insert(name.trim_start_matches('/').to_ascii_lowercase(), kind);
            } else if let Some(extension) = tag.get("Extension") {
                self.defaults.insert(extension.to_ascii_lowercase(), kind);
            }
        }
        Ok(())
    }

    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.get(name)
    }

    /// All parts by their names in small letters.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.parts.iter().map(|(name, part)| (name.as_str(), part))
    }

    /// The content type of a part.
    pub(super) fn type_of(&self, name: &str) -> &str {
        let extension = name.rsplit('.').next().unwrap_or_default();
        let found = self.types.get(name).or_else(|| self.defaults.get(extension));
        found.map_or("", String::as_str)
    }

    /// Which parts a part names; the package itself has the empty name.
    pub(super) fn relations(&self, name: &str) -> Result<Vec<Relation>, Refusal> {
        let (directory, file) = name.rsplit_once('/').unwrap_or(("", name));
        let slash = if directory.is_empty() { "" } else { "/" };
        let list = format!("{directory}{slash}_rels/{file}.rels");
        let Some(part) = self.parts.get(&list) else { return Ok(Vec::new()) };
        let text = decode(&part.bytes)?;
        let mut reader = Reader::new(&text);
        let mut out: Vec<Relation> = Vec::new();
        let mut ids = BTreeSet::new();
        while let Some(event) = reader.next()? {
            let Event::Open(tag) = event else { continue };
            if tag.name != "Relationship" {
                continue;
            }
            let get = |name: &str| tag.get(name).unwrap_or_default();
            let own = RELATIONS.iter().any(|start| get("Type").starts_with(start));
            let kind = get("Type").rsplit('/').next().unwrap_or_default().to_owned();
            let external = get("TargetMode").eq_ignore_ascii_case("external");
            let target =
                if external { get("Target").to_owned() } else { resolve(directory, get("Target")) };
            let id = get("Id").to_owned();
            if !ids.insert(id.clone()) {
                return Err(Refusal::malformed("two relations with one number"));
            }
            out.push(Relation { id, kind, own, target, external });
        }
        Ok(out)
    }
}

/// The name of a part as another part writes it, from the root of the package.
fn resolve(directory: &str, target: &str) -> String {
    let lower = target.to_ascii_lowercase();
    // A place inside the part does not matter here.
    let lower = lower.split('#').next().unwrap_or_default();
    let mut path: Vec<&str> = match lower.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => directory.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in lower.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// How a part in `from` writes the name of another part.
pub(super) fn relative(from: &str, to: &str) -> String {
    let (directory, _) = from.rsplit_once('/').unwrap_or(("", from));
    let ours: Vec<&str> = directory.split('/').filter(|step| !step.is_empty()).collect();
    let theirs: Vec<&str> = to.split('/').collect();
    let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let up = ours.len().saturating_sub(same);
    let mut steps = vec![".."; up];
    steps.extend(theirs.iter().skip(same));
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_followed_and_written() {
        assert_eq!(resolve("word", "media/Image1.PNG"), "word/media/image1.png");
        assert_eq!(resolve("ppt/slides", "../media/a.png"), "ppt/media/a.png");
        assert_eq!(resolve("ppt/slides", "/ppt/media/a.png#x"), "ppt/media/a.png");
        assert_eq!(resolve("", "../../a"), "a");
        assert_eq!(relative("ppt/slides/slide1.xml", "ppt/media/a.png"), "../media/a.png");
        assert_eq!(relative("word/document.xml", "word/styles.xml"), "styles.xml");
        assert_eq!(relative("", "word/document.xml"), "word/document.xml");
    }
}

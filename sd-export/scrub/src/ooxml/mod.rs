//! Office Open XML: Word, Excel and `PowerPoint`, in both spellings of their namespaces.
//!
//! ```text
//! zip --Package--> main part --Walk--> parts on the list --Sieve: tables--> clean parts --check--> zip
//!                                 |         |  '-- pictures, sound, documents: their own modules
//!                                 '---------'--> everything else: named, gone
//! ```
//!
//! What is on the list stands in `tables/`: one text file a family of namespaces.

pub(crate) mod fields;
mod guide;
mod hidden;
pub(crate) mod notes;
mod package;
mod parts;
mod recheck;
mod sheet;
mod slide;
mod survey;
mod walk;
mod word;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::member_name::MemberName;
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Table, Tally};
use crate::zip::{Packing, Writer};
use crate::{Cleaned, Format, Refusal, zip};
use package::{Package, RELATIONS};
use parts::{Kind, content_type, kind_of};
use walk::{Job, Walk, Written};

/// The files of the table.
const FILES: &[&str] = &[
    include_str!("tables/base.txt"),
    include_str!("tables/word.txt"),
    include_str!("tables/math.txt"),
    include_str!("tables/drawing.txt"),
    include_str!("tables/chart.txt"),
    include_str!("tables/vml.txt"),
    include_str!("tables/sheet.txt"),
    include_str!("tables/slide.txt"),
];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(FILES).0);

/// Namespaces of newer programs whose alternatives the table knows.
const KNOWN_ALTERNATIVES: [&str; 4] = [
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas",
    "http://schemas.microsoft.com/office/drawing/2010/main",
];

/// The clean package, before it is packed.
#[derive(Default)]
pub(super) struct Clean {
    parts: BTreeMap<String, Part>,
    /// The relations of each part; those of the package have the empty name.
    relations: BTreeMap<String, Vec<Written>>,
    defaults: BTreeMap<&'static str, &'static str>,
}

/// A clean part.
struct Part {
    bytes: Vec<u8>,
    /// The root and the content type of an XML part.
    xml: Option<(&'static str, String)>,
    packing: Packing,
}

impl Clean {
    fn add(&mut self, job: &Job, bytes: Vec<u8>, root: &'static str, relations: Vec<Written>) {
        let xml = Some((root, content_type(job.kind)));
        self.parts.insert(job.path.clone(), Part { bytes, xml, packing: Packing::Deflated });
        self.relations.insert(job.path.clone(), relations);
    }

    fn add_foreign(&mut self, path: &str, format: Format, bytes: Vec<u8>) {
        self.defaults.insert(format.extension(), media_type(format));
        let packing = Packing::of(format);
        self.parts.insert(path.to_owned(), Part { bytes, xml: None, packing });
    }
}

/// The media type of what may stand in a package; whatever else does has none that says more.
fn media_type(format: Format) -> &'static str {
    use Format::{
        Bmp, Docx, Emf, Gif, Jpeg, M4a, Mov, Mp3, Mp4, Png, Pptx, Tiff, Wav, Webp, Wmf, Xlsx,
    };
    match format {
        Jpeg | Png | Gif | Bmp | Tiff | Webp | Emf | Wmf | Mp3 | Wav | M4a | Mp4 | Mov | Docx
        | Xlsx | Pptx => format.media_type(),
        _ => "application/octet-stream",
    }
}

/// Writes a document, workbook or presentation anew.
pub(crate) fn scrub(bytes: &[u8], format: Format, nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let package = Package::new(zip::files(bytes, nest, &mut findings)?)?;
    let (names, tally) = (Names::default(), Tally::default());
    let main = main_part(&package, format, &tally)?;
    let strict = main.strict;
    let walk = Walk::new(&package, nest, (main.family, strict), (&names, &tally), &mut findings);
    let clean = walk.run(&main.name, main.kind)?;
    tally.report(&mut findings);
    recheck::check(&clean, strict, nest.choices())?;
    Ok((pack(&clean, strict, nest)?, findings))
}

/// The part that the package is about.
struct Main {
    name: String,
    family: &'static str,
    strict: bool,
    kind: &'static Kind,
}

fn main_part(package: &Package, format: Format, tally: &Tally) -> Result<Main, Refusal> {
    let none = || Refusal::malformed("no main part");
    let relations = package.relations("")?;
    let relation = relations.iter().find(|r| r.kind == "officeDocument" && !r.external);
    let name = relation.ok_or_else(none)?.target.clone();
    let content = package.type_of(&name);
    let (family, found) = match content {
        c if c.contains("ms-excel.sheet.binary") => {
            return Err(Refusal::unsupported("a binary workbook (save it as .xlsx)"));
        }
        c if c.contains("wordprocessingml") || c.contains("ms-word") => ("word", Format::Docx),
        c if c.contains("spreadsheetml") || c.contains("ms-excel") => ("xl", Format::Xlsx),
        c if c.contains("presentationml") || c.contains("ms-powerpoint") => ("ppt", Format::Pptx),
        _ => return Err(Refusal::malformed("a main part of unknown type")),
    };
    if found != format {
        return Err(Refusal::malformed("a package that is two kinds of document"));
    }
    if content.contains("macroEnabled") {
        let place = "kind of document: with macros; the copy is of the kind without";
        tally.removed(Class::Link, place, "");
    }
    for (word, place) in [
        ("template", "kind of document: a template; the copy is a plain document"),
        ("slideshow", "kind of document: a slide show; the copy is a plain presentation"),
    ] {
        if content.contains(word) {
            tally.removed(Class::Software, place, "");
        }
    }
    let list = package.part("_rels/.rels").map(|part| part.bytes.as_slice());
    let [_, other] = RELATIONS;
    let spelled = [other, "officeDocument"].concat();
    let strict = list.is_some_and(|list| crate::bytes::find(list, spelled.as_bytes()).is_some());
    let kind = kind_of("officeDocument", family).ok_or_else(none)?;
    Ok(Main { name, family, strict, kind })
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Packs the parts, with lists of types and relations that name them and nothing else.
fn pack(clean: &Clean, strict: bool, nest: &Nest<'_>) -> Result<Vec<u8>, Refusal> {
    let limits = nest.limits();
    let mut writer = Writer::default();
    let mut add = |name: &str, bytes: &[u8], packing| {
        writer.add(&MemberName::admit(name, limits)?, bytes, packing, limits)
    };
    add("[Content_Types].xml", types(clean).as_bytes(), Packing::Deflated)?;
    for (part, relations) in &clean.relations {
        if relations.is_empty() {
            continue;
        }
        let (directory, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if directory.is_empty() { "" } else { "/" };
        let lines: String = relations.iter().map(|line| line.line(part, strict)).collect();
        let space = "http://schemas.openxmlformats.org/package/2006/relationships";
        let list = format!("{HEAD}<Relationships xmlns=\"{space}\">{lines}</Relationships>");
        let name = format!("{directory}{slash}_rels/{file}.rels");
        add(&name, list.as_bytes(), Packing::Deflated)?;
    }
    for (name, part) in &clean.parts {
        add(name, &part.bytes, part.packing)?;
    }
    writer.finish()
}

fn types(clean: &Clean) -> String {
    let rels = "application/vnd.openxmlformats-package.relationships+xml";
    let space = "http://schemas.openxmlformats.org/package/2006/content-types";
    let mut out = format!("{HEAD}<Types xmlns=\"{space}\">");
    let fixed = [("rels", rels), ("xml", "application/xml")];
    for (extension, kind) in fixed.into_iter().chain(clean.defaults.iter().map(|(e, k)| (*e, *k))) {
        let line = ["<Default Extension=\"", extension, "\" ContentType=\"", kind, "\"/>"];
        out.push_str(&line.concat());
    }
    for (name, part) in &clean.parts {
        if let Some((_, kind)) = &part.xml {
            let line = ["<Override PartName=\"/", name, "\" ContentType=\"", kind, "\"/>"];
            out.push_str(&line.concat());
        }
    }
    out.push_str("</Types>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_can_be_read() {
        let (_, faults) = Table::read(FILES);
        assert!(faults.is_empty(), "{faults:#?}");
    }

    #[test]
    fn every_root_is_on_the_list() {
        for kind in parts::KINDS {
            if let parts::How::Xml(root) = kind.how {
                let (prefix, name) = root.split_once(':').expect("a name with a prefix");
                let space = TABLE.by_prefix(prefix).expect("a prefix of the table");
                assert!(TABLE.rule_of(space, name).is_some(), "{root}");
            }
        }
    }
}

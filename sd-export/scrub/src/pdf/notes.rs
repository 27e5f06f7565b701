//! What a document carries beside its pages, named for the report. None of it is copied.

use hayro_syntax::metadata::Metadata;

use super::copy::Copier;
use super::source::{Dict, Val};
use super::textstring;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Refusal, xmp};

/// Keys that stand at any object and say more than how it looks.
const ANYWHERE: &[(&str, Class, &str)] = &[
    ("PieceInfo", Class::Software, "private data of a program"),
    ("LastModified", Class::Time, "time of change"),
    ("Thumb", Class::Thumbnail, "thumbnail"),
    ("AA", Class::Link, "automatic actions"),
    ("AF", Class::HiddenContent, "associated files"),
    ("Measure", Class::Location, "measures"),
    ("VP", Class::Location, "map frames"),
    ("PtData", Class::Location, "map points"),
    ("LGIDict", Class::Location, "map registration"),
    ("Alternates", Class::HiddenContent, "alternate pictures"),
    ("OPI", Class::Identifier, "names of original files"),
    ("Ref", Class::Identifier, "reference to another document"),
    ("ID", Class::Identifier, "identifier of a captured web page"),
    ("SeparationInfo", Class::Software, "printing plates"),
    ("B", Class::Unknown, "article beads"),
];

/// Keys of the catalog.
const CATALOG: &[(&str, Class, &str)] = &[
    ("OpenAction", Class::Link, "action on opening"),
    ("StructTreeRoot", Class::Identifier, "structure tree"),
    ("OCProperties", Class::HiddenContent, "layers"),
    ("OutputIntents", Class::Color, "output intents"),
    ("Lang", Class::Identifier, "language"),
    ("Perms", Class::Identifier, "permissions and their signature"),
    ("DSS", Class::Identifier, "data of signatures"),
    ("Collection", Class::HiddenContent, "portfolio of files"),
    ("Threads", Class::Unknown, "article threads"),
    ("SpiderInfo", Class::Identifier, "captured web pages"),
    ("URI", Class::Link, "base address"),
    ("Legal", Class::Unknown, "legal statement"),
    ("ViewerPreferences", Class::Software, "viewer settings"),
];

/// Notes the information dictionary.
pub(super) fn information(info: &Metadata, findings: &mut Findings) {
    let texts = [
        (Class::Comment, "title", &info.title),
        (Class::Person, "author", &info.author),
        (Class::Comment, "subject", &info.subject),
        (Class::Comment, "keywords", &info.keywords),
        (Class::Software, "creator", &info.creator),
        (Class::Software, "producer", &info.producer),
    ];
    for (class, name, text) in texts {
        if let Some(text) = text {
            findings.removed(class, format!("Info {name}"), &textstring::read(text));
        }
    }
    let times =
        [("time of creation", &info.creation_date), ("time of change", &info.modification_date)];
    for (name, date) in times {
        if let Some(d) = date {
            let detail = format!(
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                d.year, d.month, d.day, d.hour, d.minute, d.second
            );
            findings.removed(Class::Time, format!("Info {name}"), &detail);
        }
    }
}

/// Notes what the catalog carries.
pub(super) fn catalog(copier: &mut Copier<'_>, root: &Dict) -> Result<(), Refusal> {
    dropped_keys(copier, root, "document");
    for (key, class, name) in CATALOG {
        if root.contains_key(key.as_bytes()) {
            copier.findings.removed(*class, *name, "");
        }
    }
    if copier.layers.any() {
        copier.findings.removed(Class::HiddenContent, "layers that are off", "");
    }
    let names = copier.source.dict(root, "Names")?;
    for name in leaves(copier, &copier.source.key(&names, "EmbeddedFiles")?, 0)? {
        copier.findings.removed(Class::HiddenContent, "embedded file", &textstring::read(&name));
    }
    if names.contains_key(b"JavaScript".as_slice()) {
        copier.findings.removed(Class::Link, "JavaScript", "");
    }
    form(copier, root)
}

fn form(copier: &mut Copier<'_>, root: &Dict) -> Result<(), Refusal> {
    let form = copier.source.dict(root, "AcroForm")?;
    if form.is_empty() {
        return Ok(());
    }
    let fields = copier.source.list(&form, "Fields")?.len();
    copier.findings.removed(Class::HiddenContent, "form", &format!("{fields} fields"));
    if form.contains_key(b"XFA".as_slice()) {
        copier.findings.removed(Class::HiddenContent, "XFA form", "");
    }
    if copier.source.key(&form, "SigFlags")?.count().is_some_and(|flags| flags & 1 == 1) {
        copier.findings.removed(Class::Person, "digital signature", "");
    }
    Ok(())
}

/// The keys of a name tree.
fn leaves(copier: &Copier<'_>, node: &Val, depth: u32) -> Result<Vec<Vec<u8>>, Refusal> {
    let Some(node) = node.dict().filter(|_| depth < 16) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for item in copier.source.list(node, "Names")? {
        names.extend(item.string().map(<[u8]>::to_vec));
    }
    for kid in copier.source.list(node, "Kids")?.iter().take(1000) {
        names.extend(leaves(copier, kid, depth.saturating_add(1))?);
    }
    Ok(names)
}

/// Notes the telling keys of an object that is copied without them.
pub(super) fn dropped_keys(copier: &mut Copier<'_>, dict: &Dict, place: &str) {
    for (key, class, name) in ANYWHERE {
        if dict.contains_key(key.as_bytes()) {
            let detail = dict.get(key.as_bytes()).and_then(Val::string).map(foreign);
            copier.findings.removed(
                *class,
                format!("{place}: {name}"),
                &detail.unwrap_or_default(),
            );
        }
    }
    let Some(metadata) = dict.get(b"Metadata".as_slice()) else {
        return;
    };
    let place = format!("{place}: XMP");
    // The report is better with the packet's words, but does not fail without them.
    match copier.source.get(metadata).ok().and_then(|value| value.stream().cloned()) {
        Some(stream) => {
            let packet = copier.source.plain(&stream).unwrap_or_default();
            xmp::note(&packet, &place, &mut copier.findings);
        }
        None => copier.findings.removed(Class::Person, place, ""),
    }
}

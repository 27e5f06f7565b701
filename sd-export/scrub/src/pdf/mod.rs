//! PDF: a new document, written from what the pages need.
//!
//! ```text
//! bytes --prescan--> reader crate --Source--> Val --rules--> Obj --> one revision --> check
//!           |                                  |
//!     encrypted, bombs               pages, content, fonts, pictures,
//!                                    links, outline, page labels: nothing else
//! ```
//!
//! The walk starts at the page tree and follows content: a font, picture or form that no content
//! uses is not copied. Everything is renumbered and renamed in the order in which it is met.

mod cmap;
mod colour;
mod content;
mod copy;
mod encoding;
mod filters;
mod font;
mod fontfile;
mod function;
mod image;
mod ink;
mod inline;
mod layers;
mod lexer;
mod link;
mod lzw;
mod notes;
mod ops;
mod out;
mod outline;
mod page;
mod prescan;
mod recheck;
mod resources;
mod shading;
mod source;
mod strings;
mod textstring;

use hayro_syntax::{LoadPdfError, Pdf};

use crate::report::Class;
use crate::{Cleaned, Limits, Refusal};
use copy::Copier;
use layers::Layers;
use out::{Entries, Obj, put};
use source::Source;

/// Writes a document anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let found = prescan::scan(bytes, limits)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|e| match e {
        LoadPdfError::Decryption(_) => Refusal::Encrypted,
        LoadPdfError::Invalid => Refusal::malformed("a document that cannot be read"),
    })?;
    let source = Source::new(pdf.xref(), limits);
    let root = source.root()?;
    let layers = Layers::read(&source, &root)?;
    let mut copier = Copier::new(source, limits, layers);
    prescan::note(&found, &mut copier.findings);
    notes::information(pdf.metadata(), &mut copier.findings);
    notes::catalog(&mut copier, &root)?;
    let catalog = document(&mut copier, &root)?;
    copier.say_counts();
    let unused = pdf.len().saturating_sub(copier.source.reached());
    if unused > 0 {
        let place = "objects that the pages do not use";
        copier.findings.removed(Class::HiddenContent, place, &unused.to_string());
    }
    let Copier { out, findings, .. } = copier;
    let clean = out.finish(catalog);
    recheck::check(&clean, limits)?;
    Ok((clean, findings))
}

/// Copies the catalog's list: pages, outline, page labels.
fn document(copier: &mut Copier<'_>, root: &source::Dict) -> Result<u32, Refusal> {
    let catalog = copier.out.reserve()?;
    let mut entries = Entries::new();
    put(&mut entries, "Type", Obj::name("Catalog"));
    let links = link::Targets::read(copier, root)?;
    let pages = page::copy(copier, root, &links)?;
    put(&mut entries, "Pages", Obj::Ref(pages));
    if let Some(outline) = outline::copy(copier, root, &links)? {
        put(&mut entries, "Outlines", outline);
        put(&mut entries, "PageMode", Obj::name("UseOutlines"));
    }
    if let Some(labels) = outline::labels(copier, root)? {
        put(&mut entries, "PageLabels", labels);
    }
    copier.out.set(catalog, Obj::Dict(entries));
    Ok(catalog)
}

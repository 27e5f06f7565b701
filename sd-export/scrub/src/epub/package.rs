//! The members of a book, and where its list of them is.

use std::collections::BTreeMap;

use super::opf::{self, Opf};
use super::{Bytes, contents};
use crate::Refusal;
use crate::link::percent_decoded;
use crate::markup::{self, Space, Tree};

/// How fonts are masked, which hides no text.
const MASKS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// The name of a page of contents that the book does not have; no member is called so.
const MADE: &str = "\0.xhtml";

/// A book that was opened.
pub(super) struct Package {
    pub(super) parts: BTreeMap<String, Bytes>,
    pub(super) opf: Opf,
    /// The name of the list itself.
    pub(super) list: String,
}

impl Package {
    pub(super) fn open(parts: BTreeMap<String, Bytes>) -> Result<Self, Refusal> {
        if let Some(masked) = parts.get("META-INF/encryption.xml") {
            admit_masks(&tree(masked)?)?;
        }
        let fault = |what: &str| Refusal::malformed(what);
        let container = parts.get("META-INF/container.xml");
        let container = container.ok_or_else(|| fault("a book without a container.xml"))?;
        let list = first_list(&tree(container)?);
        let list = list.ok_or_else(|| fault("a book that does not say where its list is"))?;
        let bytes = parts.get(&list).ok_or_else(|| fault("a book without its list"))?;
        let opf = opf::read(&tree(bytes)?, &list)?;
        let mut package = Self { parts, opf, list };
        package.add_contents()?;
        Ok(package)
    }

    /// Sees to it that there is a page of contents.
    fn add_contents(&mut self) -> Result<(), Refusal> {
        let own = self.opf.contents.as_deref();
        if own.is_some_and(|path| self.opf.is_page(path) && self.parts.contains_key(path)) {
            return Ok(());
        }
        let older = self.opf.ncx.as_deref().and_then(|path| Some((path, self.part(path)?)));
        let (base, page) = match older {
            Some((path, ncx)) => (directory(path), contents::of_ncx(ncx)?),
            None => ("", contents::of_pages(&self.opf.spine)),
        };
        let name = [base, "/", MADE].concat();
        self.parts.insert(name.clone(), Bytes::new(page.into_bytes()));
        self.opf.contents = Some(name);
        Ok(())
    }

    pub(super) fn part(&self, name: &str) -> Option<&Bytes> {
        self.parts.get(name)
    }

    /// The member that an address in `directory` leads to, and the place in it.
    pub(super) fn follow<'a>(
        &self,
        directory: &str,
        address: &'a str,
    ) -> Option<(String, Option<&'a str>)> {
        let (path, place) = match address.split_once('#') {
            Some((path, place)) => (path, Some(place).filter(|place| !place.is_empty())),
            None => (address, None),
        };
        let path = resolve(directory, path)?;
        self.parts.contains_key(&path).then_some((path, place))
    }
}

/// The name that an address in `directory` means; `None` where it leads out of the book.
pub(super) fn resolve(directory: &str, address: &str) -> Option<String> {
    let plain = String::from_utf8(percent_decoded(address)?).ok()?;
    let scheme = plain.split('/').next().is_some_and(|first| first.contains(':'));
    if plain.is_empty() || scheme || plain.starts_with('/') {
        return None;
    }
    let mut steps: Vec<&str> = directory.split('/').filter(|step| !step.is_empty()).collect();
    for step in plain.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()?),
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

/// The directory that a member is in.
pub(super) fn directory(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// XML of a book as a tree.
pub(super) fn tree(bytes: &[u8]) -> Result<Tree, Refusal> {
    markup::read(bytes, Space::Other)
}

fn first_list(container: &Tree) -> Option<String> {
    let mut lists = opf::elements(container).filter(|element| element.name == "rootfile");
    let path = lists.find_map(|element| element.get("full-path"))?;
    resolve("", path)
}

/// Refuses a book of which more than fonts is encrypted.
fn admit_masks(masked: &Tree) -> Result<(), Refusal> {
    let methods = opf::elements(masked).filter(|element| element.name == "EncryptionMethod");
    let mut count = 0usize;
    for method in methods {
        count = count.saturating_add(1);
        if !method.get("Algorithm").is_some_and(|method| MASKS.contains(&method)) {
            return Err(Refusal::Encrypted);
        }
    }
    let datas = opf::elements(masked).filter(|element| element.name == "EncryptedData").count();
    if datas > count { Err(Refusal::Encrypted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_followed_inside_the_book_only() {
        for (directory, address, name) in [
            ("OEBPS/text", "../images/a%20b.png", Some("OEBPS/images/a b.png")),
            ("", "./p1.xhtml", Some("p1.xhtml")),
            ("a", "../../b", None),
            ("", "/etc/passwd", None),
            ("", "file:///etc/passwd", None),
            ("", "", None),
            ("", "a%4", None),
        ] {
            assert_eq!(resolve(directory, address).as_deref(), name, "{address}");
        }
    }
}

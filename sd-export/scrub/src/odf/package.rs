//! A package: its members by name, and what it says of itself.

use std::collections::BTreeMap;

use super::kind;
use crate::bytes::find;
use crate::link::percent_decoded;
use crate::nest::Nest;
use crate::report::Findings;
use crate::{Refusal, zip};

/// The members of a package.
#[derive(Default)]
pub(super) struct Package {
    parts: BTreeMap<String, Vec<u8>>,
}

impl Package {
    pub(super) fn read(
        bytes: &[u8],
        nest: &Nest<'_>,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let parts = zip::files(bytes, nest, findings)?;
        let package = Self { parts: parts.into_iter().collect() };
        // Not parsed: nothing of it is kept, and old programs put a document type in front.
        let manifest = package.part("META-INF/manifest.xml").unwrap_or_default();
        if find(manifest, b"encryption-data").is_some() {
            return Err(Refusal::Encrypted);
        }
        Ok(package)
    }

    pub(super) fn part(&self, name: &str) -> Option<&[u8]> {
        self.parts.get(name).map(Vec::as_slice)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Whether the package says it is a template.
    pub(super) fn is_template(&self) -> Result<bool, Refusal> {
        let said = self.part("mimetype").and_then(|said| std::str::from_utf8(said).ok());
        let found = said.and_then(|said| kind::of_type(said.trim_end()));
        let fault = || Refusal::malformed("a package that does not say what it is");
        found.map(|(_, template)| template).ok_or_else(fault)
    }

    /// The name of the member that an address in a part in `directory` leads to; none: outside.
    pub(super) fn follow(&self, directory: &str, address: &str) -> Option<String> {
        let inside = address.strip_prefix("./").unwrap_or(address);
        let scheme = inside.split('/').next().is_some_and(|first| first.contains(':'));
        let climbs = inside.split('/').any(|step| step == ".." || step.is_empty());
        if scheme || climbs || inside.starts_with('#') {
            return None;
        }
        let name = format!("{directory}{inside}");
        if self.has(&name) {
            return Some(name);
        }
        let name = format!("{directory}{}", String::from_utf8(percent_decoded(inside)?).ok()?);
        self.has(&name).then_some(name)
    }

    /// Whether there is a member of this name, or an object in a directory of this name.
    fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name) || self.parts.contains_key(&format!("{name}/content.xml"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_members_or_outside() {
        let parts = ["Pictures/a b.png", "Object 1/content.xml", "Object 1/Pictures/c.png"];
        let parts = parts.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
        let package = Package { parts };
        let follow = |directory, address| package.follow(directory, address);
        assert_eq!(follow("", "Pictures/a%20b.png").as_deref(), Some("Pictures/a b.png"));
        assert_eq!(follow("", "./Object 1").as_deref(), Some("Object 1"));
        assert_eq!(
            follow("Object 1/", "Pictures/c.png").as_deref(),
            Some("Object 1/Pictures/c.png")
        );
        for outside in ["file:///home/jane/a.png", "../a.png", "//host/a.png", "a.png", "a%4", "#a"]
        {
            assert_eq!(follow("", outside), None, "{outside}");
        }
    }
}

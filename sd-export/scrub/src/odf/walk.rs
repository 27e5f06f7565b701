//! The walk through a document: its parts, then the pictures and objects that they name, in the
//! order in which they are met.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::clean::{Clean, is_media, is_picture};
use super::guide::PartGuide;
use super::kind::{Kind, type_of};
use super::package::Package;
use super::survey::{root, survey};
use super::{TABLE, changes};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Sieve, Tally, decode};
use crate::{Changes, Refusal, base64};

/// The roots that parts can have.
#[cfg(test)]
pub(super) const ROOTS: [&str; 5] = [
    "office:document-content",
    "office:document-styles",
    "office:document-settings",
    "office:document",
    "math:math",
];

/// Versions that documents follow.
const VERSIONS: [&str; 5] = ["1.0", "1.1", "1.2", "1.3", "1.4"];

/// The walk through one document.
pub(super) struct Walk<'a> {
    pub(super) package: &'a Package,
    pub(super) nest: &'a Nest<'a>,
    pub(super) kind: &'static Kind,
    pub(super) names: &'a Names,
    pub(super) tally: &'a Tally,
    findings: &'a mut Findings,
    clean: Clean,
    /// What members and objects have become; none: they are left out.
    reached: BTreeMap<(String, String), Option<String>>,
    counts: BTreeMap<String, u32>,
    pictures: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        package: &'a Package,
        nest: &'a Nest<'a>,
        kind: &'static Kind,
        (names, tally): (&'a Names, &'a Tally),
        findings: &'a mut Findings,
    ) -> Self {
        let (clean, reached, counts) = (Clean::default(), BTreeMap::new(), BTreeMap::new());
        Self { package, nest, kind, names, tally, findings, clean, reached, counts, pictures: 0 }
    }

    pub(super) fn finish(self) -> Clean {
        self.clean
    }

    /// Cleans the document in the directory `from`, into `to`; gives the element its content
    /// stands in.
    pub(super) fn document(
        &mut self,
        from: &str,
        to: &str,
        depth: u32,
    ) -> Result<&'static str, Refusal> {
        let content = format!("{from}content.xml");
        let bytes = self.package.part(&content);
        let bytes = bytes.ok_or_else(|| Refusal::malformed("a document without content"))?;
        let (name, attrs) = root(bytes).map_err(|why| why.inside(&content))?;
        if depth == 0 {
            let version = attrs.get("version").map(String::as_str);
            self.clean.version = VERSIONS.into_iter().find(|known| version == Some(known));
        }
        let (expected, first) =
            if name == "math" { ("math", "math:math") } else { ("", "office:document-content") };
        let said = if depth == 0 { self.kind.body } else { expected };
        if (said == "math") != (expected == "math") {
            return Err(Refusal::malformed("a document that is two kinds of document"));
        }
        let body = self.part((from, to, "content.xml"), first, said, depth)?;
        for (file, root) in
            [("styles.xml", "office:document-styles"), ("settings.xml", "office:document-settings")]
        {
            if self.package.part(&format!("{from}{file}")).is_some() {
                self.part((from, to, file), root, body, depth)?;
            }
        }
        Ok(body)
    }

    /// Cleans one part; gives the element that its content stands in.
    fn part(
        &mut self,
        (from, to, file): (&str, &str, &str),
        root: &'static str,
        body: &'static str,
        depth: u32,
    ) -> Result<&'static str, Refusal> {
        let (package, name) = (self.package, format!("{from}{file}"));
        let bytes = package.part(&name).unwrap_or_default();
        let done = self.sieve(bytes, (from, to, &name), root, body, depth);
        let (text, body) = done.map_err(|why| why.inside(&name))?;
        self.clean.used.insert(name);
        self.clean.add(format!("{to}{file}"), root, text);
        Ok(body)
    }

    /// Cleans a document that is one XML file.
    pub(super) fn flat(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let body = self.kind.body;
        let (text, _) = self.sieve(bytes, ("", "", "document"), "office:document", body, 0)?;
        self.clean.add(String::new(), "office:document", text);
        Ok(())
    }

    fn sieve(
        &mut self,
        bytes: &[u8],
        (from, to, place): (&str, &str, &str),
        root: &'static str,
        body: &'static str,
        depth: u32,
    ) -> Result<(String, &'static str), Refusal> {
        let package = self.package;
        let mut bytes = Cow::Borrowed(bytes);
        let look = |address: &str| package.part(&package.follow(from, address)?);
        let mut found = survey(&decode(&bytes)?, look)?;
        let choices = self.nest.choices();
        let rejects = choices.changes == Changes::Reject;
        if found.changed && (rejects || (choices.changes == Changes::Accept && found.struck)) {
            let text = changes::resolve(&decode(&bytes)?, rejects, self.tally, place)?;
            bytes = Cow::Owned(text.into_bytes());
            found = survey(&decode(&bytes)?, look)?;
        }
        let (names, tally) = (self.names, self.tally);
        let mut guide = PartGuide::new(self, (from, to, place), depth, body, found);
        let (table, known) = (&*TABLE, &[]);
        let mut sieve = Sieve { table, strict: false, choices, names, tally, place, known };
        let text = sieve.run(&bytes, root, &mut guide)?;
        let met = guide.met;
        if let Some(why) = guide.fault {
            return Err(why);
        }
        Ok((text, met.unwrap_or(body)))
    }

    /// Cleans an object that a part in the directory `to` shows.
    pub(super) fn object(
        &mut self,
        name: &str,
        to: &str,
        depth: u32,
    ) -> Result<Option<String>, Refusal> {
        let key = (name.to_owned(), to.to_owned());
        if let Some(known) = self.reached.get(&key) {
            return Ok(known.clone());
        }
        let depth = depth.saturating_add(1);
        if depth > self.nest.limits().max_levels {
            let limit = self.nest.limits().max_levels.into();
            return Err(Refusal::TooLarge { what: "objects in objects".to_owned(), limit });
        }
        let count = self.counts.entry(format!("{to}Object ")).or_default();
        *count = count.saturating_add(1);
        let new = format!("Object {count}");
        let (from, into) = (format!("{name}/"), format!("{to}{new}/"));
        self.reached.insert(key.clone(), None);
        if self.package.part(&format!("{from}content.xml")).is_none() {
            self.tally.removed(Class::HiddenContent, "embedded object", name);
            return Ok(None);
        }
        match self.document(&from, &into, depth) {
            Ok(body) => {
                self.clean.objects.insert(into, type_of(body));
                self.reached.insert(key, Some(format!("./{new}")));
                Ok(Some(format!("./{new}")))
            }
            Err(why) => {
                if matches!(why.reason(), Refusal::TooLarge { .. }) {
                    return Err(why);
                }
                self.nest.leave_out(name, why, self.findings)?;
                self.clean.forget(&into);
                Ok(None)
            }
        }
    }

    /// Cleans a picture, or a sound or video, that a part in the directory `to` shows.
    pub(super) fn foreign(
        &mut self,
        name: &str,
        to: &str,
        media: bool,
    ) -> Result<Option<String>, Refusal> {
        let key = (name.to_owned(), to.to_owned());
        if let Some(known) = self.reached.get(&key) {
            return Ok(known.clone());
        }
        let (package, tally) = (self.package, self.tally);
        let Some(bytes) = package.part(name) else { return Ok(None) };
        self.clean.used.insert(name.to_owned());
        let inner = self.nest.member(bytes, name, self.findings)?;
        let fits = if media { is_media } else { is_picture };
        let written = inner.and_then(|inner| {
            if !fits(inner.format) {
                tally.removed(Class::Unknown, "picture, sound or video that is none", name);
                return None;
            }
            self.pictures = self.pictures.saturating_add(1);
            let directory = if media { "Media/media" } else { "Pictures/image" };
            let file = format!("{directory}{}.{}", self.pictures, inner.format.extension());
            self.clean.add_foreign(format!("{to}{file}"), inner.format, inner.bytes);
            Some(file)
        });
        self.reached.insert(key, written.clone());
        Ok(written)
    }

    /// Cleans a picture that stands in a flat document, and writes it as text.
    pub(super) fn inline(&mut self, bytes: &[u8], place: &str) -> Result<Option<String>, Refusal> {
        self.nest.admit_members(1)?;
        self.nest.admit_bytes(bytes.len() as u64)?;
        self.pictures = self.pictures.saturating_add(1);
        let name = format!("{place}: picture {}", self.pictures);
        let Some(inner) = self.nest.member(bytes, &name, self.findings)? else { return Ok(None) };
        if !is_picture(inner.format) {
            self.tally.removed(Class::HiddenContent, "embedded data that is no picture", &name);
            return Ok(None);
        }
        let written = base64::encode(&inner.bytes);
        self.clean.inline.insert(written.clone());
        Ok(Some(written))
    }
}

//! The walk from the main part: what is reached and on the list is written anew under a neutral
//! name, in the order in which it is met.
//!
//! ```text
//! main part --relations--> parts on the list --Sieve or module--> clean parts, numbered from 1
//!     '--------------------> everything else: named in the report
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::guide::PartGuide;
use super::package::{Package, RELATIONS, Relation, relative};
use super::parts::{How, Kind, dropped, kind_of};
use super::survey::survey;
use super::{Clean, KNOWN_ALTERNATIVES, TABLE, hidden};
use crate::link;
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Sieve, Tally};
use crate::{Comments, Format, Refusal};

/// A part that is to be written.
#[derive(Clone)]
pub(super) struct Job {
    /// Its name in the package, in small letters.
    from: String,
    /// Its name in the clean package.
    pub(super) path: String,
    pub(super) kind: &'static Kind,
}

/// A relation of a clean part.
pub(super) struct Written {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
    pub(super) external: bool,
}

/// The walk through one package.
pub(super) struct Walk<'a> {
    pub(super) package: &'a Package,
    pub(super) nest: &'a Nest<'a>,
    /// The directory of the main part: `word`, `xl` or `ppt`.
    pub(super) family: &'static str,
    pub(super) strict: bool,
    pub(super) names: &'a Names,
    pub(super) tally: &'a Tally,
    pub(super) findings: &'a mut Findings,
    /// What parts have become; none: they are left out.
    reached: BTreeMap<String, Option<Job>>,
    counts: BTreeMap<&'static str, u32>,
    queue: VecDeque<Job>,
    /// Parts that wait for all others.
    late: VecDeque<Job>,
    pub(super) clean: Clean,
    /// The shared texts that cells use.
    pub(super) shared: BTreeSet<u64>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        package: &'a Package,
        nest: &'a Nest<'a>,
        (family, strict): (&'static str, bool),
        (names, tally): (&'a Names, &'a Tally),
        findings: &'a mut Findings,
    ) -> Self {
        Self {
            package,
            nest,
            family,
            strict,
            names,
            tally,
            findings,
            reached: BTreeMap::new(),
            counts: BTreeMap::new(),
            queue: VecDeque::new(),
            late: VecDeque::new(),
            clean: Clean::default(),
            shared: BTreeSet::new(),
        }
    }

    /// Walks from the main part to the end.
    pub(super) fn run(mut self, main: &str, kind: &'static Kind) -> Result<Clean, Refusal> {
        let first = self.reach(main, kind)?;
        // What the package names may not be there.
        let target = first.ok_or_else(|| Refusal::malformed("no main part"))?.path;
        let main = Written::internal("rId1", kind.relation, target);
        self.clean.relations.insert(String::new(), vec![main]);
        while let Some(job) = self.queue.pop_front().or_else(|| self.late.pop_front()) {
            self.part(&job)?;
        }
        self.leftovers();
        hidden::drop_unused(&mut self.clean, self.tally);
        Ok(self.clean)
    }

    fn part(&mut self, job: &Job) -> Result<(), Refusal> {
        let How::Xml(root) = job.kind.how else { return Ok(()) };
        let package = self.package;
        let Some(part) = package.part(&job.from) else { return Ok(()) };
        let choices = self.nest.choices();
        let found = survey(&part.bytes, choices.changes);
        let found = found.map_err(|why| why.inside(&job.path))?;
        let relations = package.relations(&job.from)?;
        let (names, tally, strict) = (self.names, self.tally, self.strict);
        let mut guide = PartGuide::new(self, job, relations, found);
        guide.beside()?;
        let known = &KNOWN_ALTERNATIVES;
        let place = job.path.as_str();
        let mut sieve = Sieve { table: &TABLE, strict, choices, names, tally, place, known };
        let text = sieve.run(&part.bytes, root, &mut guide);
        let text = text.map_err(|why| why.inside(&job.path))?;
        let relations = guide.finish();
        self.clean.add(job, text.into_bytes(), root, relations);
        self.nest.admit_bytes(0)
    }

    /// What another part becomes, met for the first time or again; none: it is not kept.
    pub(super) fn reach(
        &mut self,
        name: &str,
        kind: &'static Kind,
    ) -> Result<Option<Job>, Refusal> {
        if let Some(known) = self.reached.get(name) {
            // One part cannot be two things.
            return Ok(known.clone().filter(|job| std::ptr::eq(job.kind, kind)));
        }
        let job = match kind.how {
            How::Xml(_) => self.package.part(name).map(|_| {
                let path = self.path(kind, "");
                Job { from: name.to_owned(), path, kind }
            }),
            _ => self.foreign(name, kind)?,
        };
        self.reached.insert(name.to_owned(), job.clone());
        if let Some(job) = job.clone() {
            let late = kind.relation == "sharedStrings";
            if late { self.late.push_back(job) } else { self.queue.push_back(job) }
        }
        Ok(job)
    }

    /// Cleans a picture, sound, video or document that a part shows.
    fn foreign(&mut self, name: &str, kind: &'static Kind) -> Result<Option<Job>, Refusal> {
        let package = self.package;
        let Some(part) = package.part(name) else { return Ok(None) };
        let inner = match kind.how {
            How::Document => match self.nest.clean(&part.bytes, &part.name, self.findings) {
                Ok(inner) => Some(inner),
                Err(why) if matches!(why.reason(), Refusal::TooLarge { .. }) => return Err(why),
                Err(why) => {
                    let words = "workbook behind a chart, which cannot be cleaned: the chart stays";
                    self.tally.removed(Class::HiddenContent, words, &why.to_string());
                    None
                }
            },
            _ => self.nest.member(&part.bytes, &part.name, self.findings)?,
        };
        let Some(inner) = inner else { return Ok(None) };
        let fits = match kind.how {
            How::Picture => matches!(
                inner.format,
                Format::Jpeg
                    | Format::Png
                    | Format::Gif
                    | Format::Bmp
                    | Format::Tiff
                    | Format::Webp
                    | Format::Emf
                    | Format::Wmf
            ),
            How::Media => !matches!(inner.format, Format::Text | Format::Pdf | Format::Zip),
            _ => matches!(inner.format, Format::Docx | Format::Xlsx | Format::Pptx),
        };
        if !fits {
            let words = "picture, sound or document that is none";
            self.tally.removed(Class::Unknown, words, &part.name);
            return Ok(None);
        }
        let path = self.path(kind, inner.format.extension());
        self.clean.add_foreign(&path, inner.format, inner.bytes);
        Ok(Some(Job { from: name.to_owned(), path, kind }))
    }

    /// The next name of this kind.
    fn path(&mut self, kind: &'static Kind, extension: &str) -> String {
        let count = self.counts.entry(kind.path).or_default();
        *count = count.saturating_add(1);
        let name = match kind.path.contains('#') {
            true => kind.path.replace('#', &count.to_string()),
            // A second one of what there is one of only.
            false if *count > 1 => kind.path.replace('.', &format!("{count}.")),
            false => kind.path.to_owned(),
        };
        let dot = if extension.is_empty() { "" } else { "." };
        format!("{}/{name}{dot}{extension}", self.family)
    }

    /// The new number of a relation's target for a part, or none.
    pub(super) fn follow(&mut self, relation: &Relation) -> Result<Option<Written>, Refusal> {
        let (tally, target) = (self.tally, relation.target.as_str());
        if relation.external {
            if relation.kind == "hyperlink" && link::is_kept(target) {
                let why = "links are content; an address may hold a name or a token";
                tally.kept(Class::Link, "address of a link", target, why);
                return Ok(Some(Written::external(target)));
            }
            let place = format!("address outside: {}", relation.kind);
            tally.removed(Class::Link, &place, target);
            return Ok(None);
        }
        if matches!(relation.kind.as_str(), "dialogsheet" | "xlMacrosheet" | "xlIntlMacrosheet") {
            return Err(Refusal::unsupported("a workbook with sheets of macros or dialogs"));
        }
        let kind = relation.own.then(|| kind_of(&relation.kind, self.family)).flatten();
        let comments = relation.kind == "comments";
        let Some(kind) = kind.filter(|_| !comments || self.keeps_comments()) else {
            return Ok(None);
        };
        let job = self.reach(&relation.target, kind)?;
        Ok(job.map(|job| Written::internal("", kind.relation, job.path)))
    }

    fn keeps_comments(&self) -> bool {
        self.nest.choices().comments == Comments::Keep
    }

    /// Names the parts that were not reached.
    fn leftovers(&self) {
        for (name, part) in self.package.parts() {
            let list = name.contains("_rels/") || name == "[content_types].xml";
            if list || matches!(self.reached.get(name), Some(Some(_))) {
                continue;
            }
            if matches!(self.reached.get(name), Some(None)) && name.contains("media/") {
                continue;
            }
            if name.starts_with("docprops/") && !name.contains("thumbnail") {
                super::notes::properties(&part.bytes, self.tally);
                continue;
            }
            let (class, words) = dropped(name);
            let said = match class {
                Class::Comment | Class::Person | Class::HiddenContent => {
                    super::notes::words(&part.bytes)
                }
                _ => String::new(),
            };
            let quote = format!("{} {said}", part.name);
            self.tally.removed(class, words, &quote);
        }
    }
}

impl Written {
    pub(super) fn internal(id: &str, kind: &str, target: String) -> Self {
        Self { id: id.to_owned(), kind: kind.to_owned(), target, external: false }
    }

    fn external(target: &str) -> Self {
        let kind = "hyperlink".to_owned();
        Self { id: String::new(), kind, target: target.to_owned(), external: true }
    }

    /// The line as it is written in the list of a part.
    pub(super) fn line(&self, from: &str, strict: bool) -> String {
        let kind = [RELATIONS.get(usize::from(strict)).copied().unwrap_or_default(), &self.kind];
        let target = if self.external { self.target.clone() } else { relative(from, &self.target) };
        let mut escaped = String::new();
        crate::xml::escape_attribute(&mut escaped, &target);
        let mode = if self.external { " TargetMode=\"External\"" } else { "" };
        format!(
            "<Relationship Id=\"{}\" Type=\"{}\" Target=\"{escaped}\"{mode}/>",
            self.id,
            kind.concat()
        )
    }
}

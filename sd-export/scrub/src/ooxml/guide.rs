//! What no table can decide about a part: its relations, its fields, its cells.

use std::collections::BTreeMap;

use super::fields::Field;
use super::package::Relation;
use super::survey::Survey;
use super::walk::{Job, Walk, Written};
use super::{TABLE, sheet, slide, word};
use crate::report::Class;
use crate::xml::{Guide, Name, Tag, Verdict};
use crate::{Changes, Refusal};

/// The guide of one part.
pub(super) struct PartGuide<'w, 'a> {
    pub(super) walk: &'w mut Walk<'a>,
    job: &'w Job,
    relations: BTreeMap<String, Relation>,
    /// What the numbers of this part have become.
    given: BTreeMap<String, Option<String>>,
    written: Vec<Written>,
    pub(super) survey: Survey,
    pub(super) word: word::State,
    pub(super) sheet: sheet::State,
}

impl<'w, 'a> PartGuide<'w, 'a> {
    pub(super) fn new(
        walk: &'w mut Walk<'a>,
        job: &'w Job,
        relations: Vec<Relation>,
        survey: Survey,
    ) -> Self {
        Self {
            walk,
            job,
            relations: relations.into_iter().map(|r| (r.id.clone(), r)).collect(),
            given: BTreeMap::new(),
            written: Vec::new(),
            survey,
            word: word::State::default(),
            sheet: sheet::State::default(),
        }
    }

    /// Takes the parts along that the text does not name.
    pub(super) fn beside(&mut self) -> Result<(), Refusal> {
        for kind in self.job.kind.beside {
            let found = self.relations.values().find(|r| r.kind == *kind && r.own).cloned();
            if let Some(relation) = found {
                self.give(&relation)?;
            }
        }
        Ok(())
    }

    fn give(&mut self, relation: &Relation) -> Result<Option<String>, Refusal> {
        if let Some(known) = self.given.get(&relation.id) {
            return Ok(known.clone());
        }
        let written = self.walk.follow(relation)?;
        let id = written.map(|written| {
            let id = format!("rId{}", self.written.len().saturating_add(1));
            self.written.push(Written { id: id.clone(), ..written });
            id
        });
        self.given.insert(relation.id.clone(), id.clone());
        Ok(id)
    }

    /// The relations of the clean part. Addresses that the text did not use are named.
    pub(super) fn finish(self) -> Vec<Written> {
        for relation in self.relations.values().filter(|r| r.external) {
            if !self.given.contains_key(&relation.id) {
                let place = format!("address outside: {}", relation.kind);
                self.walk.tally.removed(Class::Link, &place, &relation.target);
            }
        }
        self.written
    }

    /// Notes something that is not in the clean copy of this part.
    pub(super) fn note(&self, class: Class, what: &str, quote: &str) {
        let place = format!("{}: {what}", self.job.path);
        self.walk.tally.removed(class, &place, quote);
    }

    /// What becomes of recorded changes.
    pub(super) fn changes(&self) -> Changes {
        self.walk.nest.choices().changes
    }

    /// The kind of relation this part was reached by.
    pub(super) fn kind(&self) -> &'static str {
        self.job.kind.relation
    }
}

/// The prefix of a name's namespace.
pub(super) fn prefix(name: Name) -> &'static str {
    TABLE.prefix(name.0)
}

impl Guide for PartGuide<'_, '_> {
    fn relation(&mut self, id: &str, _: Name) -> Result<Option<String>, Refusal> {
        // Shapes that do something without leading anywhere have an empty number.
        if id.is_empty() {
            return Ok(Some(String::new()));
        }
        match self.relations.get(id).cloned() {
            Some(relation) => self.give(&relation),
            None => Ok(None),
        }
    }

    fn open(&mut self, element: Name, parent: Option<Name>, tag: &Tag<'_>) -> Verdict {
        if let Some((class, words)) = self.survey.doomed.get(&tag.number) {
            return Verdict::Drop(*class, words);
        }
        match prefix(element) {
            "w" => word::open(self, element.1, parent, tag),
            "x" => sheet::open(self, element.1, parent, tag),
            _ if self.word.hides() => {
                Verdict::Drop(Class::HiddenContent, "what stood in the code of a field")
            }
            _ => Verdict::Table,
        }
    }

    fn attribute(&mut self, element: Name, attr: Name, value: &str) -> Option<String> {
        match prefix(element) {
            "w" => word::attribute(self, element.1, attr.1, value),
            "x" => sheet::attribute(self, element.1, attr.1, value),
            prefix => slide::attribute(prefix, element.1, attr.1, value),
        }
    }

    fn text(&mut self, element: Name, text: &str) -> Option<String> {
        match (prefix(element), element.1) {
            ("w", _) => word::code(self),
            ("x", name) => sheet::text(self, name, text),
            // A chart names the cells it shows; of another workbook only the cells' place is fixed.
            ("c", "f") if sheet::reaches_outside(text) => {
                self.note(Class::Link, "cells of another workbook behind a chart", text);
                Some("Sheet1!$A$1".to_owned())
            }
            ("c", _) => Some(text.to_owned()),
            ("a", "tableStyleId") => self.walk.names.map("guid", text).ok(),
            _ => None,
        }
    }
}

/// What became of a field, for the report.
pub(super) fn field_words(field: &Field) -> (Class, &'static str) {
    match field {
        Field::Remove => (Class::Person, "field with its result"),
        _ => (Class::Link, "code of a field: its result stays as text"),
    }
}

//! The copier: what the modules of this directory share while they walk a document.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::layers::Layers;
use super::out::{Builder, Entries, Obj, put};
use super::source::{Dict, Id, Source, Stream, Val};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// What an object is copied as. One object may be copied once in each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Font,
    Image,
    Form,
    GraphicsState,
    Shading,
    Pattern,
    Function,
    ColourSpace,
    FontFile,
}

/// How a plain value may look.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Bool,
    Num,
    /// At most so many numbers.
    Nums(usize),
    /// One of these names.
    Word(&'static [&'static str]),
}

/// The walk over one document.
pub(super) struct Copier<'a> {
    pub(super) source: Source<'a>,
    pub(super) out: Builder,
    pub(super) findings: Findings,
    pub(super) limits: &'a Limits,
    pub(super) layers: Layers,
    /// Written pages by the object they were read from.
    pub(super) pages: BTreeMap<Id, u32>,
    /// Written objects by the object, the role and the resources they were read with.
    done: BTreeMap<(Id, Role, u32), Obj>,
    /// What is being copied just now; meeting one of these again is a loop.
    open: BTreeSet<(Id, Role, u32)>,
    /// Colour spaces by the object they were read from.
    pub(super) spaces: BTreeMap<Id, super::colour::Space>,
    /// Colour names of ours by the document's own.
    pub(super) inks: BTreeMap<Vec<u8>, usize>,
    /// Fonts written so far, for their new names.
    pub(super) fonts: u32,
    /// Numbers given to resource dictionaries.
    pub(super) scopes: u32,
    /// Findings that are said once for the whole document, with how often they were met.
    counts: BTreeMap<(Class, &'static str), usize>,
    /// What was said to stay.
    said: BTreeSet<(&'static str, String)>,
}

impl<'a> Copier<'a> {
    pub(super) fn new(source: Source<'a>, limits: &'a Limits, layers: Layers) -> Self {
        Self {
            source,
            out: Builder::new(limits),
            findings: Findings::default(),
            limits,
            layers,
            pages: BTreeMap::new(),
            done: BTreeMap::new(),
            open: BTreeSet::new(),
            spaces: BTreeMap::new(),
            inks: BTreeMap::new(),
            fonts: 0,
            scopes: 0,
            counts: BTreeMap::new(),
            said: BTreeSet::new(),
        }
    }

    /// Counts something that is removed and met often.
    pub(super) fn count(&mut self, class: Class, what: &'static str) {
        let n = self.counts.entry((class, what)).or_default();
        *n = n.saturating_add(1);
    }

    /// Notes something that stays, once for the whole document.
    pub(super) fn kept(&mut self, class: Class, place: &'static str, detail: &str, why: &str) {
        if self.said.insert((place, detail.to_owned())) {
            self.findings.kept(class, place, detail, why);
        }
    }

    /// Says what was counted.
    pub(super) fn say_counts(&mut self) {
        for ((class, what), n) in std::mem::take(&mut self.counts) {
            self.findings.removed(class, what, &n.to_string());
        }
    }

    /// Copies the object behind a value in a role, once; later calls give the same answer.
    pub(super) fn once(
        &mut self,
        value: &Val,
        role: Role,
        scope: u32,
        copy: impl FnOnce(&mut Self, &Val) -> Result<Obj, Refusal>,
    ) -> Result<Obj, Refusal> {
        let Val::Ref(id) = value else {
            let value = value.clone();
            return copy(self, &value);
        };
        let key = (*id, role, scope);
        if let Some(done) = self.done.get(&key) {
            return Ok(done.clone());
        }
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        if depth >= self.limits.max_depth || !self.open.insert(key) {
            return Err(Refusal::malformed("objects that contain themselves"));
        }
        let target = self.source.get(value)?;
        let copied = copy(self, &target)?;
        self.open.remove(&key);
        self.done.insert(key, copied.clone());
        Ok(copied)
    }

    /// Copies the plain entries that follow their rule; others are left out.
    pub(super) fn plain(&self, from: &Dict, rules: &[(&str, Rule)]) -> Result<Entries, Refusal> {
        let mut out = Entries::new();
        for (key, rule) in rules {
            let value = self.source.key(from, key)?;
            if let Some(value) = self.admit(&value, *rule)? {
                put(&mut out, key, value);
            }
        }
        Ok(out)
    }

    fn admit(&self, value: &Val, rule: Rule) -> Result<Option<Obj>, Refusal> {
        Ok(match (rule, value) {
            (Rule::Bool, Val::Bool(value)) => Some(Obj::Bool(*value)),
            (Rule::Num, Val::Num(n)) => Some(Obj::Real(*n)),
            (Rule::Nums(max), Val::Arr(items)) if items.len() <= max => {
                let items: Vec<Val> =
                    items.iter().map(|item| self.source.get(item)).collect::<Result<_, _>>()?;
                let numbers: Option<Vec<f64>> = items.iter().map(Val::num).collect();
                numbers.map(|numbers| Obj::nums(&numbers))
            }
            (Rule::Word(words), Val::Name(name)) => {
                words.iter().find(|word| word.as_bytes() == name).map(Obj::name)
            }
            _ => None,
        })
    }

    /// The value under `key` as it stands, reference and all.
    pub(super) fn raw<'d>(from: &'d Dict, key: &str) -> &'d Val {
        from.get(key.as_bytes()).unwrap_or(&Val::Null)
    }

    /// The stream a value stands for.
    pub(super) fn stream(&self, value: &Val, what: &str) -> Result<Rc<Stream>, Refusal> {
        let value = self.source.get(value)?;
        value.stream().cloned().ok_or_else(|| Refusal::malformed(what))
    }
}

//! The document as it came: values of our own type, fetched through the reader crate.
//!
//! [`Val`] is what was read and [`super::out::Obj`] what is written; there is no way from one to
//! the other but through the rules of the modules beside this one.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hayro_syntax::object::{MaybeRef, Object, ObjectIdentifier};
use hayro_syntax::xref::XRef;

use super::filters;
use crate::{Limits, Refusal};

/// A dictionary as it was read.
pub(super) type Dict = BTreeMap<Vec<u8>, Val>;

/// Names an object of the document.
pub(super) type Id = (u32, i32);

/// A value as it was read.
#[derive(Clone, Debug)]
pub(super) enum Val {
    Null,
    Bool(bool),
    Num(f64),
    Str(Vec<u8>),
    Name(Vec<u8>),
    Arr(Vec<Val>),
    Dict(Dict),
    Stream(Rc<Stream>),
    Ref(Id),
}

/// A stream as it was read, its filters not yet applied.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) dict: Dict,
    pub(super) raw: Vec<u8>,
}

impl Val {
    pub(super) fn num(&self) -> Option<f64> {
        if let Self::Num(n) = self { Some(*n) } else { None }
    }

    /// A whole number of zero or more.
    pub(super) fn count(&self) -> Option<u32> {
        let n = self.num()?;
        let whole = n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        whole.then_some(n as u32)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn arr(&self) -> Option<&[Val]> {
        if let Self::Arr(values) = self { Some(values) } else { None }
    }

    pub(super) fn string(&self) -> Option<&[u8]> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }

    pub(super) fn stream(&self) -> Option<&Rc<Stream>> {
        if let Self::Stream(stream) = self { Some(stream) } else { None }
    }

    /// The dictionary of a dictionary or of a stream.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// The document, with its bounds.
pub(super) struct Source<'a> {
    xref: &'a XRef,
    max_depth: u32,
    /// Fetches left: each costs a parse, and a loop of references would never end.
    fetches: Cell<u64>,
    /// Bytes that may still be inflated.
    budget: Cell<usize>,
    /// Every object that was asked for.
    reached: RefCell<BTreeSet<Id>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(xref: &'a XRef, limits: &Limits) -> Self {
        Self {
            xref,
            max_depth: limits.max_depth,
            fetches: Cell::new(u64::from(limits.max_objects).saturating_mul(20)),
            budget: Cell::new(usize::try_from(limits.max_output).unwrap_or(usize::MAX)),
            reached: RefCell::default(),
        }
    }

    /// How many objects were asked for.
    pub(super) fn reached(&self) -> usize {
        self.reached.borrow().len()
    }

    /// The document's catalog.
    pub(super) fn root(&self) -> Result<Dict, Refusal> {
        let id = self.xref.root_id();
        let root = self.fetch((id.obj_number, id.gen_number))?;
        root.dict().cloned().ok_or_else(|| Refusal::malformed("no catalog"))
    }

    /// The value itself, references followed.
    pub(super) fn get(&self, value: &Val) -> Result<Val, Refusal> {
        let mut value = value.clone();
        for _ in 0..32 {
            match value {
                Val::Ref(id) => value = self.fetch(id)?,
                other => return Ok(other),
            }
        }
        Err(Refusal::malformed("references that go in circles"))
    }

    /// The value under `key`, references followed; null when there is none.
    pub(super) fn key(&self, dict: &Dict, key: &str) -> Result<Val, Refusal> {
        dict.get(key.as_bytes()).map_or(Ok(Val::Null), |value| self.get(value))
    }

    /// The dictionary under `key`; empty when there is none.
    pub(super) fn dict(&self, dict: &Dict, key: &str) -> Result<Dict, Refusal> {
        Ok(self.key(dict, key)?.dict().cloned().unwrap_or_default())
    }

    /// The values of the array under `key`, references followed; a lone value counts as one.
    pub(super) fn list(&self, dict: &Dict, key: &str) -> Result<Vec<Val>, Refusal> {
        match self.key(dict, key)? {
            Val::Null => Ok(Vec::new()),
            Val::Arr(values) => values.iter().map(|value| self.get(value)).collect(),
            other => Ok(vec![other]),
        }
    }

    /// The numbers of the array under `key`; `None` when there is none or it holds other things.
    pub(super) fn numbers(&self, dict: &Dict, key: &str) -> Result<Option<Vec<f64>>, Refusal> {
        if !matches!(self.key(dict, key)?, Val::Arr(_)) {
            return Ok(None);
        }
        Ok(self.list(dict, key)?.iter().map(Val::num).collect())
    }

    fn fetch(&self, id: Id) -> Result<Val, Refusal> {
        let left = self.fetches.get().checked_sub(1).ok_or_else(|| Refusal::TooLarge {
            what: "number of objects".into(),
            limit: u64::from(u32::MAX),
        })?;
        self.fetches.set(left);
        self.reached.borrow_mut().insert(id);
        match self.xref.get::<Object<'_>>(ObjectIdentifier::new(id.0, id.1)) {
            Some(object) => self.convert(object, 0),
            None => Ok(Val::Null),
        }
    }

    fn convert(&self, object: Object<'_>, depth: u32) -> Result<Val, Refusal> {
        if depth > self.max_depth {
            return Err(Refusal::TooLarge {
                what: "depth of nesting".into(),
                limit: u64::from(self.max_depth),
            });
        }
        Ok(match object {
            Object::Null(_) => Val::Null,
            Object::Boolean(value) => Val::Bool(value),
            Object::Number(number) => Val::Num(number.as_f64()),
            Object::String(text) => Val::Str(text.as_bytes().to_vec()),
            Object::Name(name) => Val::Name(name.as_ref().to_vec()),
            Object::Array(array) => {
                let items = array.raw_iter().map(|item| self.convert_raw(item, depth));
                Val::Arr(items.collect::<Result<_, _>>()?)
            }
            Object::Dict(dict) => Val::Dict(self.convert_dict(&dict, depth)?),
            Object::Stream(stream) => Val::Stream(Rc::new(Stream {
                dict: self.convert_dict(stream.dict(), depth)?,
                raw: stream.raw_data().into_owned(),
            })),
        })
    }

    fn convert_raw(&self, item: MaybeRef<Object<'_>>, depth: u32) -> Result<Val, Refusal> {
        match item {
            MaybeRef::Ref(to) => Ok(Val::Ref((to.obj_number, to.gen_number))),
            MaybeRef::NotRef(object) => self.convert(object, depth.saturating_add(1)),
        }
    }

    fn convert_dict(
        &self,
        dict: &hayro_syntax::object::Dict<'_>,
        depth: u32,
    ) -> Result<Dict, Refusal> {
        let entries = dict.entries();
        entries
            .map(|(name, value)| Ok((name.as_ref().to_vec(), self.convert_raw(value, depth)?)))
            .collect()
    }

    /// The stream's data, filters applied up to a picture's own one.
    pub(super) fn data(&self, stream: &Stream) -> Result<filters::Data, Refusal> {
        if !self.key(&stream.dict, "F")?.is_null() {
            return Err(Refusal::unsupported("a stream that is kept in another file"));
        }
        let names = self.list(&stream.dict, "Filter")?;
        let params = match self.key(&stream.dict, "DecodeParms")? {
            Val::Null => self.list(&stream.dict, "DP")?,
            _ => self.list(&stream.dict, "DecodeParms")?,
        };
        let empty = Dict::new();
        let mut chain = Vec::new();
        for (n, name) in names.iter().enumerate() {
            let name = name.name().ok_or_else(|| Refusal::malformed("filter"))?;
            let params = params.get(n).and_then(Val::dict).unwrap_or(&empty);
            chain.push(filters::Step { name: name.to_vec(), params: self.flat(params)? });
        }
        self.apply(&stream.raw, &chain)
    }

    /// Applies a chain of filters within what may still be inflated.
    pub(super) fn apply(
        &self,
        raw: &[u8],
        chain: &[filters::Step],
    ) -> Result<filters::Data, Refusal> {
        let data = filters::apply(raw, chain, self.budget.get())?;
        self.budget.set(self.budget.get().saturating_sub(data.bytes.len()));
        Ok(data)
    }

    /// The data of a stream that is not a picture.
    pub(super) fn plain(&self, stream: &Stream) -> Result<Vec<u8>, Refusal> {
        let data = self.data(stream)?;
        match data.picture {
            None => Ok(data.bytes),
            Some(_) => Err(Refusal::malformed("a picture filter on other data")),
        }
    }

    /// A dictionary with its own references followed.
    fn flat(&self, dict: &Dict) -> Result<Dict, Refusal> {
        dict.iter().map(|(key, value)| Ok((key.clone(), self.get(value)?))).collect()
    }
}

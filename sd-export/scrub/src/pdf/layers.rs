//! Layers that are switched off: what they hide must not come along unseen.

use std::collections::BTreeSet;

use super::source::{Dict, Id, Source, Val};
use crate::Refusal;

/// The layers a reader does not show at first.
#[derive(Debug, Default)]
pub(super) struct Layers {
    off: BTreeSet<Id>,
}

impl Layers {
    /// Reads which layers are off when the document is opened.
    pub(super) fn read(source: &Source<'_>, root: &Dict) -> Result<Self, Refusal> {
        let properties = source.dict(root, "OCProperties")?;
        let start = source.dict(&properties, "D")?;
        let refs = |dict: &Dict, key: &str| -> Result<Vec<Id>, Refusal> {
            let list = source.key(dict, key)?;
            let items = list.arr().unwrap_or_default().iter();
            Ok(items
                .filter_map(|item| if let Val::Ref(id) = item { Some(*id) } else { None })
                .collect())
        };
        let mut off = BTreeSet::new();
        if source.key(&start, "BaseState")?.name() == Some(b"OFF") {
            off.extend(refs(&properties, "OCGs")?);
        }
        for id in refs(&start, "ON")? {
            off.remove(&id);
        }
        off.extend(refs(&start, "OFF")?);
        Ok(Self { off })
    }

    /// Whether any layer is off.
    pub(super) fn any(&self) -> bool {
        !self.off.is_empty()
    }

    /// Whether content that names this layer, or set of layers, is hidden.
    pub(super) fn hides(&self, source: &Source<'_>, layer: &Val) -> Result<bool, Refusal> {
        if let Val::Ref(id) = layer
            && self.off.contains(id)
        {
            return Ok(true);
        }
        let target = source.get(layer)?;
        let Some(set) = target.dict() else {
            return Ok(false);
        };
        if source.key(set, "Type")?.name() != Some(b"OCMD") {
            return Ok(false);
        }
        if !source.key(set, "VE")?.is_null() {
            return Err(Refusal::unsupported("layers that are shown by an expression"));
        }
        let members: Vec<Val> = match set.get(b"OCGs".as_slice()) {
            Some(Val::Arr(members)) => members.clone(),
            Some(one @ Val::Ref(_)) => match source.get(one)? {
                Val::Arr(members) => members,
                _ => vec![one.clone()],
            },
            _ => Vec::new(),
        };
        let off = |member: &Val| matches!(member, Val::Ref(id) if self.off.contains(id));
        let (some_off, some_on) = (members.iter().any(off), members.iter().any(|m| !off(m)));
        Ok(!members.is_empty()
            && match source.key(set, "P")?.name() {
                Some(b"AllOn") => some_off,
                Some(b"AnyOff") => !some_off,
                Some(b"AllOff") => some_on,
                _ => !some_on,
            })
    }
}

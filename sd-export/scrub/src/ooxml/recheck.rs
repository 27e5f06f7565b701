//! The second reader of a package: every part once more by the other scanner, and every relation.

use std::collections::BTreeSet;

use super::{Clean, TABLE};
use crate::link;
use crate::{Choices, Refusal, xml};

/// Checks that the clean package holds nothing but what is on the list.
pub(super) fn check(clean: &Clean, strict: bool, choices: Choices) -> Result<(), Refusal> {
    let mut reached = BTreeSet::new();
    for (name, part) in &clean.parts {
        let Some((root, _)) = &part.xml else { continue };
        let text = std::str::from_utf8(&part.bytes);
        let text = text.map_err(|_| Refusal::not_clean("a part that is not UTF-8"))?;
        let used = xml::check(text, root, &TABLE, strict, choices)?;
        let relations = clean.relations.get(name).map(Vec::as_slice).unwrap_or_default();
        let known: BTreeSet<&str> = relations.iter().map(|relation| relation.id.as_str()).collect();
        if used.iter().any(|id| !known.contains(id)) {
            return Err(Refusal::not_clean("a number of a part that is not there"));
        }
    }
    for relation in clean.relations.values().flatten() {
        let target = relation.target.as_str();
        let fits = if relation.external {
            relation.kind == "hyperlink" && link::is_kept(target)
        } else {
            clean.parts.contains_key(target)
        };
        if !fits {
            return Err(Refusal::not_clean("a relation that leads outside or nowhere"));
        }
        reached.insert(target);
    }
    if clean.parts.keys().any(|name| !reached.contains(name.as_str())) {
        return Err(Refusal::not_clean("a part that nothing names"));
    }
    Ok(())
}

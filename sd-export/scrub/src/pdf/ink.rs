//! Names of inks, and the functions that mix them.

use super::copy::{Copier, Role};
use super::function;
use super::out::Obj;
use super::source::Val;
use crate::Refusal;
use crate::report::Class;
use crate::wording::foreign;

/// Ink names every printer knows.
const INKS: &[&str] = &["Cyan", "Magenta", "Yellow", "Black", "All", "None"];

impl Copier<'_> {
    /// The name of an ink: a usual one, or a numbered one of ours.
    pub(super) fn ink(&mut self, value: &Val) -> Result<Obj, Refusal> {
        let value = self.source.get(value)?;
        let name = value.name().ok_or_else(|| Refusal::malformed("name of an ink"))?;
        if INKS.iter().any(|ink| ink.as_bytes() == name) {
            return Ok(Obj::name(name));
        }
        let next = self.inks.len().saturating_add(1);
        let number = *self.inks.entry(name.to_vec()).or_insert(next);
        if number == next {
            let detail = foreign(name);
            self.findings.removed(Class::Identifier, "name of an ink", &detail);
        }
        Ok(Obj::name(format!("Ink{number}")))
    }

    /// Copies a function.
    pub(super) fn function(&mut self, value: &Val) -> Result<Obj, Refusal> {
        self.once(value, Role::Function, 0, function::copy)
    }
}

//! What the pages and styles of a book show and lead to.

use super::book::Book;
use crate::Refusal;
use crate::css::Host;

/// The host of one page or style sheet.
pub(super) struct Here<'h, 'b> {
    pub(super) book: &'h mut Book<'b>,
    /// Where its addresses start.
    pub(super) directory: String,
}

impl Host for Here<'_, '_> {
    fn shown(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        if let Some(held) = self.book.held(address)? {
            return Ok(Some(held));
        }
        match self.book.package.follow(&self.directory, address) {
            Some((path, _)) => self.book.picture(&path),
            None => Ok(None),
        }
    }

    fn leads(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        let Some((path, place)) = self.book.package.follow(&self.directory, address) else {
            return Ok(None);
        };
        let Some(page) = self.book.page(&path) else { return Ok(None) };
        let place = place.map(|place| self.book.names.map("n", place)).transpose()?;
        Ok(Some(place.map_or(page.clone(), |place| [&page, "#", &place].concat())))
    }

    fn sheet(&mut self, address: &str) -> Option<String> {
        let (path, _) = self.book.package.follow(&self.directory, address)?;
        self.book.sheet(&path)
    }
}

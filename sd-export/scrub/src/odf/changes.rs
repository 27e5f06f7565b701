//! Recorded changes of a text, rejected: the text as it was before.
//!
//! ```text
//! change-start .. change-end   of an insertion: what starts and ends between them goes; a tag whose
//!                              other half stands outside stays, so a paragraph may stay apart
//! change                       of a deletion: what was deleted is put back in this place, once
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::tokens::{Token, Writer, read};
use crate::Refusal;
use crate::report::Class;
use crate::xml::Tally;

/// How deep what was deleted may hold marks of what was deleted before.
const MAX_DEPTH: u32 = 32;

/// A recorded change.
struct Region {
    deletion: bool,
    insertion: bool,
    /// What was deleted.
    content: Range<usize>,
}

/// The document, and what is known of its changes.
struct Changed<'t> {
    tokens: &'t [Token],
    /// Where the element that starts at a place ends.
    ends: BTreeMap<usize, usize>,
    regions: BTreeMap<String, Region>,
    /// Starts of elements that were inserted whole.
    inserted: BTreeSet<usize>,
    /// Deletions that are back.
    used: BTreeSet<String>,
    back: String,
    gone: String,
}

/// The text as it was before.
pub(super) fn reject(text: &str, tally: &Tally, place: &str) -> Result<String, Refusal> {
    let tokens = read(text)?;
    let mut changed = Changed {
        tokens: &tokens,
        ends: ends(&tokens),
        regions: BTreeMap::new(),
        inserted: BTreeSet::new(),
        used: BTreeSet::new(),
        back: String::new(),
        gone: String::new(),
    };
    changed.find_regions();
    changed.find_inserted();
    let mut out = Writer::default();
    changed.write(0..tokens.len(), &mut out, 0);
    for (words, quote) in [
        ("recorded insertions: rejected, the text is gone", &changed.gone),
        ("recorded deletions: rejected, the text is back", &changed.back),
    ] {
        tally.removed(Class::TrackedChange, &format!("{place}: {words}"), quote);
    }
    Ok(out.finish())
}

/// Where each element ends: the place of its closing token.
fn ends(tokens: &[Token]) -> BTreeMap<usize, usize> {
    let mut out = BTreeMap::new();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => open.push(at),
            Token::Close => {
                if let Some(start) = open.pop() {
                    out.insert(start, at);
                }
            }
            Token::Text(_) => {}
        }
    }
    out
}

impl Changed<'_> {
    fn end(&self, at: usize) -> usize {
        self.ends.get(&at).copied().unwrap_or(at)
    }

    fn find_regions(&mut self) {
        let mut current = String::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let Token::Open(tag) = token else { continue };
            let kind = match tag.text_name() {
                Some("changed-region") => {
                    tag.get("id").unwrap_or_default().clone_into(&mut current);
                    continue;
                }
                Some(kind @ ("deletion" | "insertion")) => kind,
                _ => continue,
            };
            // Behind who deleted it and when.
            let mut start = at.saturating_add(1);
            while let Some(Token::Text(text)) = self.tokens.get(start)
                && text.trim().is_empty()
            {
                start = start.saturating_add(1);
            }
            if let Some(Token::Open(tag)) = self.tokens.get(start)
                && tag.name == "change-info"
            {
                start = self.end(start).saturating_add(1);
            }
            let (deletion, insertion) = (kind == "deletion", kind == "insertion");
            let content = start..self.end(at);
            self.regions.insert(current.clone(), Region { deletion, insertion, content });
        }
    }

    /// Finds the elements that start and end in one inserted stretch.
    fn find_inserted(&mut self) {
        let (mut open, mut stretch) = (BTreeSet::new(), 0usize);
        let mut starts: Vec<(usize, Option<usize>)> = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Open(tag) => {
                    mark(tag.text_name(), tag.get("change-id"), &self.regions, &mut open);
                    if open.is_empty() {
                        stretch = stretch.saturating_add(1);
                    }
                    starts.push((at, (!open.is_empty()).then_some(stretch)));
                }
                Token::Close => {
                    if let Some((start, Some(begun))) = starts.pop()
                        && begun == stretch
                        && !open.is_empty()
                    {
                        self.inserted.insert(start);
                    }
                }
                Token::Text(_) => {}
            }
        }
    }

    /// Writes the tokens of a range without what was inserted, and with what was deleted.
    fn write(&mut self, range: Range<usize>, out: &mut Writer, depth: u32) {
        let tokens = self.tokens;
        let mut open = BTreeSet::new();
        let mut at = range.start;
        while let Some(token) = tokens.get(at).filter(|_| at < range.end) {
            match token {
                Token::Open(tag) => {
                    let name = tag.text_name();
                    mark(name, tag.get("change-id"), &self.regions, &mut open);
                    let id = tag.get("change-id").unwrap_or_default();
                    match name {
                        Some("tracked-changes" | "change-start" | "change-end") => {
                            at = self.end(at);
                        }
                        Some("change") => {
                            self.put_back(id, out, depth);
                            at = self.end(at);
                        }
                        _ if !open.is_empty() && self.inserted.contains(&at) => {
                            let end = self.end(at);
                            self.pass_over(at..end, &mut open);
                            at = end;
                        }
                        _ => out.open(tag),
                    }
                }
                Token::Text(text) if open.is_empty() => out.text(text),
                Token::Text(text) => add(&mut self.gone, text),
                Token::Close => out.close(),
            }
            at = at.saturating_add(1);
        }
    }

    /// Passes over what was inserted; other stretches may start and end in it.
    fn pass_over(&mut self, range: Range<usize>, open: &mut BTreeSet<String>) {
        for token in self.tokens.get(range).unwrap_or_default() {
            match token {
                Token::Text(text) => add(&mut self.gone, text),
                Token::Open(tag) => {
                    mark(tag.text_name(), tag.get("change-id"), &self.regions, open);
                }
                Token::Close => {}
            }
        }
    }

    /// Puts back what was deleted here: the first paragraph goes on with the one that is open, the
    /// last one is gone on with.
    fn put_back(&mut self, id: &str, out: &mut Writer, depth: u32) {
        let region = self.regions.get(id).filter(|region| region.deletion);
        let Some(content) = region.map(|region| region.content.clone()) else { return };
        if depth >= MAX_DEPTH || !self.used.insert(id.to_owned()) {
            return;
        }
        for token in self.tokens.get(content.clone()).unwrap_or_default() {
            if let Token::Text(text) = token {
                add(&mut self.back, text);
            }
        }
        let blocks = self.blocks(content);
        for (n, block) in blocks.into_iter().enumerate() {
            let paragraph = self.is_paragraph(block.start);
            let inner = block.start.saturating_add(1)..block.end.saturating_sub(1);
            if !out.in_paragraph() {
                self.write(block, out, depth.saturating_add(1));
            } else if n == 0 && paragraph {
                self.write(inner, out, depth.saturating_add(1));
            } else if let (Some(Token::Open(tag)), true) = (self.tokens.get(block.start), paragraph)
            {
                out.next_paragraph(tag);
                self.write(inner, out, depth.saturating_add(1));
            } else {
                // A table or list between two halves of a paragraph.
                let again = out.leave_paragraph();
                self.write(block, out, depth.saturating_add(1));
                out.enter_paragraph(again);
            }
        }
    }

    /// The elements that a range consists of.
    fn blocks(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut at = range.start;
        while at < range.end {
            if let Some(Token::Open(_)) = self.tokens.get(at) {
                let end = self.end(at);
                out.push(at..end.saturating_add(1));
                at = end;
            }
            at = at.saturating_add(1);
        }
        out
    }

    fn is_paragraph(&self, at: usize) -> bool {
        let tag = self.tokens.get(at);
        matches!(tag, Some(Token::Open(tag)) if matches!(tag.text_name(), Some("p" | "h")))
    }
}

/// Notes the start or end of an inserted stretch.
fn mark(
    name: Option<&str>,
    id: Option<&str>,
    regions: &BTreeMap<String, Region>,
    open: &mut BTreeSet<String>,
) {
    let id = id.unwrap_or_default();
    match name {
        Some("change-start") if regions.get(id).is_some_and(|region| region.insertion) => {
            open.insert(id.to_owned());
        }
        Some("change-end") => drop(open.remove(id)),
        _ => {}
    }
}

/// A quote for the report.
fn add(quote: &mut String, text: &str) {
    if quote.len() < 400 {
        quote.push_str(text);
    }
}

//! Recorded changes of a text, rejected, or accepted where what was deleted still stands in the text.
//!
//! ```text
//! change-start .. change-end   what starts and ends between them goes, if it was inserted (rejected)
//!                              or deleted (accepted); a tag whose other half stands outside stays,
//!                              so a paragraph may stay apart
//! change                       rejected: what was deleted is put back in this place, once
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::tokens::{Tag, Token, Writer, read};
use crate::Refusal;
use crate::report::Class;
use crate::xml::Tally;

/// How deep what was deleted may hold marks of what was deleted before.
const MAX_DEPTH: u32 = 32;

/// A recorded change. What was inserted and then deleted is both.
#[derive(Default)]
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
    rejects: bool,
    regions: BTreeMap<String, Region>,
    /// Starts of elements that go whole.
    doomed: BTreeSet<usize>,
    /// Deletions that are back.
    used: BTreeSet<String>,
    back: String,
    gone: String,
}

/// The text as it was before, or as it was meant to become.
pub(super) fn resolve(
    text: &str,
    rejects: bool,
    tally: &Tally,
    place: &str,
) -> Result<String, Refusal> {
    let tokens = read(text)?;
    let mut changed = Changed {
        tokens: &tokens,
        ends: ends(&tokens),
        rejects,
        regions: BTreeMap::new(),
        doomed: BTreeSet::new(),
        used: BTreeSet::new(),
        back: String::new(),
        gone: String::new(),
    };
    changed.find_regions();
    changed.find_doomed();
    let mut out = Writer::default();
    changed.write(0..tokens.len(), &mut out, 0);
    let gone = if rejects {
        "recorded insertions: rejected, the text is gone"
    } else {
        "recorded deletions: accepted, the text is gone"
    };
    let back = "recorded deletions: rejected, the text is back";
    for (words, quote) in [(gone, &changed.gone), (back, &changed.back)] {
        if rejects || words == gone {
            tally.removed(Class::TrackedChange, &format!("{place}: {words}"), quote);
        }
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
            let content = start..self.end(at);
            let region = self.regions.entry(current.clone()).or_default();
            match kind {
                "deletion" => (region.deletion, region.content) = (true, content),
                _ => region.insertion = true,
            }
        }
    }

    /// Finds the elements that start and end in one stretch that goes.
    fn find_doomed(&mut self) {
        let (mut open, mut stretch) = (BTreeSet::new(), 0usize);
        let mut starts: Vec<(usize, Option<usize>)> = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Open(tag) => {
                    self.mark(tag, &mut open);
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
                        self.doomed.insert(start);
                    }
                }
                Token::Text(_) => {}
            }
        }
    }

    /// Writes the tokens of a range without what goes, and with what is back.
    fn write(&mut self, range: Range<usize>, out: &mut Writer, depth: u32) {
        let tokens = self.tokens;
        let mut open = BTreeSet::new();
        let mut at = range.start;
        while let Some(token) = tokens.get(at).filter(|_| at < range.end) {
            match token {
                Token::Open(tag) => {
                    let name = tag.text_name();
                    self.mark(tag, &mut open);
                    let id = tag.get("change-id").unwrap_or_default();
                    match name {
                        Some("tracked-changes" | "change-start" | "change-end") => {
                            at = self.end(at);
                        }
                        Some("change") => {
                            self.put_back(id, out, depth);
                            at = self.end(at);
                        }
                        _ if !open.is_empty() && self.doomed.contains(&at) => {
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

    /// Passes over what goes; other stretches may start and end in it.
    fn pass_over(&mut self, range: Range<usize>, open: &mut BTreeSet<String>) {
        for token in self.tokens.get(range).unwrap_or_default() {
            match token {
                Token::Text(text) => add(&mut self.gone, text),
                Token::Open(tag) => {
                    self.mark(tag, open);
                }
                Token::Close => {}
            }
        }
    }

    /// Puts back what was deleted here: the first paragraph goes on with the one that is open, the
    /// last one is gone on with.
    fn put_back(&mut self, id: &str, out: &mut Writer, depth: u32) {
        let fits = |region: &&Region| region.deletion && !region.insertion && self.rejects;
        let region = self.regions.get(id).filter(fits);
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

    /// Notes the start or end of a stretch that goes.
    fn mark(&self, tag: &Tag, open: &mut BTreeSet<String>) {
        let id = tag.get("change-id").unwrap_or_default();
        let goes = |region: &Region| if self.rejects { region.insertion } else { region.deletion };
        match tag.text_name() {
            Some("change-start") if self.regions.get(id).is_some_and(goes) => {
                open.insert(id.to_owned());
            }
            Some("change-end") => drop(open.remove(id)),
            _ => {}
        }
    }

    fn is_paragraph(&self, at: usize) -> bool {
        let tag = self.tokens.get(at);
        matches!(tag, Some(Token::Open(tag)) if matches!(tag.text_name(), Some("p" | "h")))
    }
}

/// A quote for the report.
fn add(quote: &mut String, text: &str) {
    if quote.len() < 400 {
        quote.push_str(text);
    }
}

//! A first walk through a part, for what cannot be decided when it is met: which sheets there are,
//! which pictures of a frame only stand for what is beside them, whether changes were recorded.

use std::collections::{BTreeMap, BTreeSet};

use super::clean::is_picture;
use crate::xml::{Event, Reader, Tag, decode};
use crate::{Detected, Refusal, detect};

/// What the first walk found.
#[derive(Default)]
pub(super) struct Survey {
    /// The names of sheets and tables.
    pub(super) tables: BTreeSet<String>,
    /// Pictures, by the number of their element, that only stand for what is beside them.
    pub(super) spare: BTreeSet<u64>,
    /// Whether changes of a text were recorded.
    pub(super) changed: bool,
    /// Whether something that was deleted still stands in the text.
    pub(super) struck: bool,
    /// The deletions among the changes.
    deletions: BTreeSet<String>,
    /// The change that is being told.
    current: String,
}

/// A frame that is open: its pictures, whether each can be cleaned, and whether they only stand for
/// a table or an object.
#[derive(Default)]
struct Frame {
    pictures: Vec<(u64, bool)>,
    stands_in: bool,
}

impl Frame {
    /// The pictures that are not needed.
    fn spare(self) -> impl Iterator<Item = u64> {
        let any = self.pictures.iter().any(|(_, fits)| *fits);
        let goes = move |fits: &bool| self.stands_in || (any && !fits);
        let all = self.pictures.into_iter();
        all.filter(move |(_, fits)| goes(fits)).map(|(number, _)| number)
    }
}

/// Walks through a part; `look` finds the bytes that the address of a picture leads to.
pub(super) fn survey<'p>(
    text: &str,
    look: impl Fn(&str) -> Option<&'p [u8]>,
) -> Result<Survey, Refusal> {
    let mut reader = Reader::new(text);
    let mut survey = Survey::default();
    let mut open: Vec<bool> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    while let Some(event) = reader.next()? {
        match event {
            Event::Open(tag) => {
                let frame = tag.name == "frame";
                let around = frames.last_mut().filter(|_| open.last() == Some(&true));
                match tag.name {
                    "frame" => frames.push(Frame::default()),
                    "image" => {
                        if let Some(frame) = around {
                            let bytes = tag.get("href").and_then(&look);
                            frame.pictures.push((tag.number, bytes.is_some_and(fits)));
                        }
                    }
                    "table" | "object" | "object-ole" | "plugin" | "applet" => {
                        if let Some(frame) = around {
                            frame.stands_in = true;
                        }
                        note(&tag, &mut survey);
                    }
                    _ => note(&tag, &mut survey),
                }
                open.push(frame);
            }
            Event::Text(_) => {}
            Event::Close => {
                if open.pop() == Some(true) {
                    survey.spare.extend(frames.pop().into_iter().flat_map(Frame::spare));
                }
            }
        }
    }
    Ok(survey)
}

fn note(tag: &Tag<'_>, survey: &mut Survey) {
    match tag.name {
        "table" => survey.tables.extend(tag.get("name").map(str::to_owned)),
        "changed-region" => {
            survey.changed = true;
            tag.get("id").unwrap_or_default().clone_into(&mut survey.current);
        }
        "deletion" => drop(survey.deletions.insert(survey.current.clone())),
        "change-start" => {
            let id = tag.get("change-id").unwrap_or_default();
            survey.struck |= survey.deletions.contains(id);
        }
        _ => {}
    }
}

fn fits(bytes: &[u8]) -> bool {
    matches!(detect(bytes), Detected::Known(format) if is_picture(format))
}

/// The root of a part, without its namespace, and the version it says it follows.
pub(super) fn root(bytes: &[u8]) -> Result<(String, BTreeMap<String, String>), Refusal> {
    let text = decode(bytes)?;
    let mut reader = Reader::new(&text);
    let Some(Event::Open(tag)) = reader.next()? else {
        return Err(Refusal::malformed("XML without a root"));
    };
    let attrs = tag.attrs.iter().map(|attr| (attr.name.to_owned(), attr.value.to_string()));
    Ok((tag.name.to_owned(), attrs.collect()))
}

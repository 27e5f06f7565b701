//! What the view looks at, and what a person may change: marks, notes, the selection.

use std::collections::{BTreeSet, HashMap};

use sd_fs::{DirError, Escaped, escape};
use sd_term::count;

use super::ask::On;
use crate::conversations::{Account, Conversation, Line, Loaded, State};
use crate::store::{Change, Clerk, Marks, Shelves, StoreError};

/// Bytes of a message that are read for its line in a list.
const TITLE: u64 = 4 << 10;

/// An item: which conversation, and which of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) talk: usize,
    pub(super) item: usize,
}

/// The conversations, the marks, and the store behind them.
#[derive(Debug)]
pub(crate) struct Desk {
    shelves: Shelves,
    talks: Vec<Conversation<Line>>,
    /// New items of each conversation.
    unread: Vec<usize>,
    unreadable: usize,
    marks: Marks,
    clerk: Clerk,
    selected: BTreeSet<Place>,
    titles: HashMap<Place, String>,
}

impl Desk {
    /// Lays everything out, and has the index written if it is not the one on disk.
    pub(crate) fn new(shelves: Shelves, loaded: Loaded, marks: Marks) -> Result<Self, DirError> {
        let clerk = Clerk::start(&shelves)?;
        if let Some(index) = loaded.index {
            clerk.index(index);
        }
        let unread = loaded.conversations.iter().map(|c| c.unread(&marks)).collect();
        Ok(Self {
            shelves,
            talks: loaded.conversations,
            unread,
            unreadable: loaded.unreadable,
            marks,
            clerk,
            selected: BTreeSet::new(),
            titles: HashMap::new(),
        })
    }

    /// Waits until everything is written.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        self.clerk.finish()
    }

    /// What could not be written.
    pub(super) fn trouble(&self) -> Option<StoreError> {
        self.clerk.trouble()
    }

    pub(super) fn talks(&self) -> &[Conversation<Line>] {
        &self.talks
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(super) fn unread(&self, talk: usize) -> usize {
        self.unread.get(talk).copied().unwrap_or_default()
    }

    pub(super) fn all_unread(&self) -> usize {
        self.unread.iter().sum()
    }

    pub(super) fn unreadable(&self) -> usize {
        self.unreadable
    }

    pub(super) fn line(&self, place: Place) -> Option<&Line> {
        self.talks.get(place.talk)?.items.get(place.item)
    }

    pub(super) fn is_new(&self, place: Place) -> bool {
        self.line(place).is_some_and(|line| line.is_new(&self.marks))
    }

    /// The note on a source, to be shown.
    pub(super) fn note_on_talk(&self, talk: usize) -> Option<Escaped> {
        let note = self.marks.on_source(&self.talks.get(talk)?.source)?;
        Some(escape(note.as_bytes()))
    }

    /// Everything about an item, as its records say now; or why not.
    pub(super) fn account(&self, place: Place, limit: u64) -> Result<Account, String> {
        let gone = || "it is not there any more".to_owned();
        let talk = self.talks.get(place.talk).ok_or_else(gone)?;
        let line = talk.items.get(place.item).ok_or_else(gone)?;
        let read = Account::read(&self.shelves, &self.marks, &talk.source, line, limit);
        read.map_err(|e| e.to_string())?.ok_or_else(gone)
    }

    /// The line for an item in a list. The records behind it are read when it is first shown.
    pub(super) fn title(&mut self, place: Place) -> String {
        if let Some(title) = self.titles.get(&place) {
            return title.clone();
        }
        let title = self.account(place, TITLE).map_or_else(|why| why, |account| account.title());
        self.titles.insert(place, title.clone());
        title
    }

    /// Marks one item as read, or as new again.
    pub(super) fn mark(&mut self, place: Place, read: bool) {
        let Some(line) = self.line(place).filter(|line| line.state == State::Opened) else {
            return;
        };
        let items = vec![line.item.clone()];
        self.change(if read { Change::Read(items) } else { Change::Unread(items) });
        self.recount(place.talk);
    }

    /// Marks a whole conversation as read; says how many items were new.
    fn mark_all(&mut self, talk: usize) -> usize {
        let Some(conversation) = self.talks.get(talk) else { return 0 };
        let new = conversation.items.iter().filter(|line| line.is_new(&self.marks));
        let items: Vec<_> = new.map(|line| line.item.clone()).collect();
        let marked = items.len();
        if marked > 0 {
            self.change(Change::Read(items));
            self.recount(talk);
        }
        marked
    }

    /// The same, in words.
    pub(super) fn mark_all_words(&mut self, talk: usize) -> String {
        match self.mark_all(talk) {
            0 => "Nothing was new.".to_owned(),
            n => format!("{} marked as read.", count(n, "item")),
        }
    }

    /// Puts a note on something; an empty one takes it away.
    pub(super) fn note(&mut self, on: On, note: String) {
        self.change(match on {
            On::Source(source) => Change::SourceNote(source, note),
            On::Item(item) => Change::ItemNote(item, note),
        });
    }

    fn change(&mut self, change: Change) {
        self.marks.apply(&change);
        self.clerk.change(change);
    }

    fn recount(&mut self, talk: usize) {
        if let (Some(count), Some(talk)) = (self.unread.get_mut(talk), self.talks.get(talk)) {
            *count = talk.unread(&self.marks);
        }
    }

    pub(super) fn has_selected(&self) -> bool {
        !self.selected.is_empty()
    }

    pub(super) fn is_selected(&self, place: Place) -> bool {
        self.selected.contains(&place)
    }

    /// Selects an item if there is a file to hand on.
    pub(super) fn select(&mut self, place: Place) -> bool {
        let opened = self.line(place).is_some_and(|line| line.state == State::Opened);
        opened && self.selected.insert(place)
    }

    /// Selects an item, or takes it out again; says why it cannot.
    pub(super) fn toggle(&mut self, place: Place) -> Option<String> {
        if self.selected.remove(&place) || self.select(place) {
            return None;
        }
        Some("It is not opened: there is no file to select.".to_owned())
    }

    /// Selects everything new in a conversation, or takes it out again if all of it is selected;
    /// says what cannot be seen: nothing was new.
    pub(super) fn toggle_new(&mut self, talk: usize) -> Option<&'static str> {
        let new = self.new_in(talk);
        let none = "Nothing is new there: open it and press Space on a file.";
        (!self.toggle_these(new)).then_some(none)
    }

    /// The same with everything in it that is opened.
    pub(super) fn toggle_all(&mut self, talk: usize) -> Option<&'static str> {
        let is_opened = |line: &Line| line.state == State::Opened;
        let opened = self.places(talk).filter(|place| self.line(*place).is_some_and(is_opened));
        let opened = opened.collect();
        (!self.toggle_these(opened)).then_some("Nothing is opened here.")
    }

    /// Adds everything that is new, of every conversation.
    pub(super) fn select_all_new(&mut self) {
        for talk in 0..self.talks.len() {
            for place in self.new_in(talk) {
                self.select(place);
            }
        }
    }

    fn new_in(&self, talk: usize) -> Vec<Place> {
        self.places(talk).filter(|place| self.is_new(*place)).collect()
    }

    fn places(&self, talk: usize) -> impl Iterator<Item = Place> + use<> {
        let items = self.talks.get(talk).map_or(0, |t| t.items.len());
        (0..items).map(move |item| Place { talk, item })
    }

    /// Whether there was anything to select or to take out.
    fn toggle_these(&mut self, places: Vec<Place>) -> bool {
        let all = places.iter().all(|place| self.selected.contains(place));
        let any = !places.is_empty();
        for place in places {
            if all {
                self.selected.remove(&place)
            } else {
                self.select(place)
            };
        }
        any
    }

    /// How many files of a conversation are selected.
    pub(super) fn selected_in(&self, talk: usize) -> usize {
        self.selected.iter().filter(|place| place.talk == talk).count()
    }

    /// What is selected, in words.
    pub(super) fn selected_words(&self) -> String {
        match self.selected.len() {
            0 => String::new(),
            n => format!("{} selected: x leaves with them", count(n, "file")),
        }
    }

    /// Where the selected files are, by their records; or which one is not there any more.
    pub(super) fn selected_paths(&self) -> Result<Vec<String>, String> {
        self.selected.iter().map(|place| self.path(*place)).collect()
    }

    fn path(&self, place: Place) -> Result<String, String> {
        let gone = |why: String| {
            let who = self.talks.get(place.talk).map_or("", |talk| talk.designation.as_str());
            let number = self.line(place).map(|line| line.number).unwrap_or_default();
            format!("{who}, number {number}: {why}")
        };
        let account = self.account(place, 0).map_err(gone)?;
        account.path.ok_or_else(|| gone("it is not opened any more".to_owned()))
    }
}

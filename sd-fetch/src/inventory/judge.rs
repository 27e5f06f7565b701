//! The judgement over what is listed, entry by entry.
//!
//! Of an entry nothing is kept but what it is taken as, or the name it is refused by, and a
//! fingerprint of its identifier.

use sd_bundle::{Designation, SourceId};
use sd_fs::Blake3;

use super::Inventory;
use super::refused::Refused;
use crate::journalist_interface::{
    Limits, RawReply, RawSource, RawSubmission, Refusal, Sources, Submission, source_id_of,
};

/// Judges sources.
#[derive(Default)]
pub(super) struct SourceJudge {
    taken: Vec<(SourceId, Designation)>,
    refused: Vec<Refused>,
    seen: Seen,
}

/// Judges messages, documents and replies, once all sources are known.
pub(super) struct ItemJudge<'l> {
    limits: &'l Limits,
    sources: Sources,
    taken: Vec<Submission>,
    refused: Vec<Refused>,
    seen: Seen,
}

impl SourceJudge {
    pub(super) fn source(&mut self, raw: &RawSource) {
        let parsed = raw.parse();
        self.seen.add(&raw.uuid, parsed.is_ok().then_some(self.taken.len()));
        match parsed {
            Ok(source) => self.taken.push(source),
            Err(why) => self.refused.push(source(&raw.uuid, &raw.journalist_designation, why)),
        }
    }

    /// Nothing more is listed.
    pub(super) fn then_items(self, limits: &Limits) -> ItemJudge<'_> {
        let Self { taken, mut refused, seen } = self;
        // Which of two is the real one cannot be known.
        let unique = seen.unique(taken, |(id, words)| {
            refused.push(source(id.as_str(), words.as_str(), Refusal::Repeated));
        });
        let sources = unique.into_iter().collect();
        ItemJudge { limits, sources, taken: Vec::new(), refused, seen: Seen::default() }
    }
}

impl ItemJudge<'_> {
    pub(super) fn submission(&mut self, raw: &RawSubmission) {
        let parsed = Submission::from_submission(raw, &self.sources, self.limits);
        self.item(parsed, &raw.uuid, &raw.filename, raw.source_url.as_deref());
    }

    pub(super) fn reply(&mut self, raw: &RawReply) {
        let parsed = Submission::from_reply(raw, &self.sources, self.limits);
        self.item(parsed, &raw.uuid, &raw.filename, raw.source_url.as_deref());
    }

    fn item(
        &mut self,
        parsed: Result<Submission, Refusal>,
        uuid: &str,
        name: &str,
        source_url: Option<&str>,
    ) {
        self.seen.add(uuid, parsed.is_ok().then_some(self.taken.len()));
        match parsed {
            Ok(item) => self.taken.push(item),
            Err(why) => {
                let id = source_url.and_then(source_id_of);
                let source = id.as_ref().map(SourceId::as_str).or(source_url);
                self.refused.push(Refused::named(source, Some(uuid), name).because_listed(why));
            }
        }
    }

    /// Nothing more is listed.
    pub(super) fn inventory(self) -> Inventory {
        let Self { sources, taken, mut refused, seen, .. } = self;
        let items = seen.unique(taken, |item| {
            refused.push(Refused::item(item).because_listed(Refusal::Repeated));
        });
        Inventory { sources, items, refused }
    }
}

fn source(uuid: &str, words: &str, why: Refusal) -> Refused {
    Refused::named(Some(uuid), None, words).because_source(why)
}

/// Every identifier that was listed, and where what was taken under it stands.
#[derive(Default)]
struct Seen(Vec<([u8; 16], Option<u32>)>);

impl Seen {
    fn add(&mut self, identifier: &str, taken: Option<usize>) {
        // Half of the hash: who finds two identifiers for one has only had both refused.
        let hash = Blake3::of(identifier.as_bytes());
        let (half, _) = hash.as_bytes().split_at(16);
        let fingerprint = half.try_into().unwrap_or_default();
        self.0.push((fingerprint, taken.and_then(|place| place.try_into().ok())));
    }

    /// What was taken under identifiers that were listed only once, whatever was wrong with the
    /// other entries; the rest is handed to `refuse`.
    fn unique<T>(self, mut taken: Vec<T>, mut refuse: impl FnMut(&T)) -> Vec<T> {
        let mut used_again = self.used_again().into_iter().peekable();
        let mut place = 0;
        taken.retain(|one| {
            let is_unique = used_again.next_if_eq(&place).is_none();
            place += 1;
            if !is_unique {
                refuse(one);
            }
            is_unique
        });
        taken
    }

    /// Where what was taken under identifiers that were listed more than once stands, in order.
    fn used_again(mut self) -> Vec<usize> {
        self.0.sort_unstable();
        let same = self.0.chunk_by(|(a, _), (b, _)| a == b).filter(|group| group.len() > 1);
        let places = same.flatten().filter_map(|(_, taken)| usize::try_from((*taken)?).ok());
        let mut places: Vec<usize> = places.collect();
        places.sort_unstable();
        places
    }
}

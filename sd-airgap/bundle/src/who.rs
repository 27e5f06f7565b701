//! A source as a person names it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use sd_fs::escape;

use crate::ids::SourceId;
use crate::item::Designation;

/// The fewest characters of a UUID that name a source.
const SHORTEST: usize = 8;

/// More candidates than this are counted and not named.
const MOST_NAMED: usize = 20;

/// Its designation, or its UUID or the first characters of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who(String);

/// A name that stands for no source, or for several.
#[derive(Debug, PartialEq, Eq)]
pub struct WhoError {
    who: String,
    meant: Meant,
    candidates: Vec<(Designation, SourceId)>,
}

/// What was found under a name that is not the name of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    Nobody,
    Namesakes,
    Beginnings,
}

impl FromStr for Who {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() { Err("nobody is named") } else { Ok(Self(words.join(" "))) }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Who {
    /// The one source of that name.
    pub fn find(&self, sources: &BTreeMap<SourceId, Designation>) -> Result<SourceId, WhoError> {
        match &Self::those(sources, |id, words| self.is(id, words))[..] {
            [(_, id)] => Ok(id.clone()),
            [] => Err(self.nobody(sources)),
            found => Err(self.several(Meant::Namesakes, found)),
        }
    }

    /// The same, and the beginning of a designation is enough if only one has it. For what
    /// changes nothing: a slip of the finger must not name somebody else.
    pub fn find_begun(
        &self,
        sources: &BTreeMap<SourceId, Designation>,
    ) -> Result<SourceId, WhoError> {
        let whole = self.find(sources);
        if !matches!(&whole, Err(e) if e.meant == Meant::Nobody) {
            return whole;
        }
        let begins = |words: &Designation| words.as_str().to_lowercase().starts_with(&self.0);
        match &Self::those(sources, |_, words| begins(words))[..] {
            [(_, id)] => Ok(id.clone()),
            [] => whole,
            found => Err(self.several(Meant::Beginnings, found)),
        }
    }

    fn those(
        sources: &BTreeMap<SourceId, Designation>,
        wanted: impl Fn(&SourceId, &Designation) -> bool,
    ) -> Vec<(Designation, SourceId)> {
        let wanted = sources.iter().filter(|(id, words)| wanted(id, words));
        let mut found: Vec<_> = wanted.map(|(id, words)| (words.clone(), id.clone())).collect();
        found.sort();
        found
    }

    fn is(&self, id: &SourceId, designation: &Designation) -> bool {
        let by_id = self.0.len() >= SHORTEST && id.as_str().starts_with(&self.0);
        by_id || designation.as_str().to_lowercase() == self.0
    }

    fn nobody(&self, sources: &BTreeMap<SourceId, Designation>) -> WhoError {
        let near = |words: &Designation| self.0.split(' ').any(|w| words.as_str().contains(w));
        let mut candidates = Self::those(sources, |_, words| near(words));
        if candidates.is_empty() {
            candidates = Self::those(sources, |_, _| true);
        }
        WhoError { who: self.0.clone(), meant: Meant::Nobody, candidates }
    }

    fn several(&self, meant: Meant, found: &[(Designation, SourceId)]) -> WhoError {
        WhoError { who: self.0.clone(), meant, candidates: found.to_vec() }
    }
}

impl fmt::Display for WhoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (who, n) = (escape(self.who.as_bytes()), self.candidates.len());
        match self.meant {
            Meant::Nobody => write!(f, "no source is called \"{who}\"")?,
            Meant::Namesakes => write!(f, "\"{who}\" is the name of {n} sources: use the UUID")?,
            Meant::Beginnings => {
                write!(f, "the names of {n} sources begin with \"{who}\": type more of it")?;
            }
        }
        for (designation, id) in self.candidates.iter().take(MOST_NAMED) {
            write!(f, "\n  {designation}  {id}")?;
        }
        match n.saturating_sub(MOST_NAMED) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl std::error::Error for WhoError {}

#[cfg(test)]
mod tests {
    use super::*;

    const GHOST: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const LEMUR: &str = "7c5a4ca2-d2da-4b97-8368-f0b6c0a699d0";
    const TWIN: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";

    fn sources() -> BTreeMap<SourceId, Designation> {
        [(GHOST, "focal ghost"), (LEMUR, "curious lemur"), (TWIN, "curious lemur")]
            .map(|(id, words)| {
                (id.parse().expect("a UUID"), words.to_owned().try_into().expect("words"))
            })
            .into()
    }

    fn find(who: &str) -> Result<String, String> {
        let who: Who = who.parse().expect("a name");
        who.find(&sources()).map(|id| id.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_source_is_named_by_its_words_or_the_start_of_its_uuid() {
        for who in ["focal ghost", " Focal  GHOST ", GHOST, "7c5a4ca2-4", &GHOST.to_uppercase()] {
            assert_eq!(find(who).as_deref(), Ok(GHOST), "{who}");
        }
        assert_eq!(find("3c3eebd6").as_deref(), Ok(TWIN));
        assert!("  ".parse::<Who>().is_err());
    }

    #[test]
    fn a_name_for_nobody_or_for_several_is_refused_with_the_candidates() {
        let twins = find("curious lemur").expect_err("two");
        assert!(twins.contains("2 sources") && twins.contains(LEMUR) && twins.contains(TWIN));
        let prefix = find("7c5a4ca2").expect_err("two");
        assert!(prefix.contains(GHOST) && prefix.contains(LEMUR) && !prefix.contains(TWIN));
        let near = find("ghost").expect_err("half a name");
        assert!(near.starts_with("no source is called \"ghost\"\n  focal ghost  7c5a4ca2"));
        assert!(!near.contains("lemur"));
        for nobody in ["7c5a4ca", "someone", "\u{1b}[2J"] {
            let said = find(nobody).expect_err("nobody");
            assert!(said.contains(GHOST) && said.contains(TWIN) && !said.contains('\u{1b}'));
        }
    }

    #[test]
    fn the_beginning_of_a_name_is_enough_only_where_that_is_asked_and_only_for_one() {
        let begun = |who: &str| {
            let who: Who = who.parse().expect("a name");
            who.find_begun(&sources()).map(|id| id.to_string()).map_err(|e| e.to_string())
        };
        assert!(find("foc").is_err());
        assert_eq!(begun("foc").as_deref(), Ok(GHOST));
        assert_eq!(begun("Focal Ghost").as_deref(), Ok(GHOST));
        let several = begun("cur").expect_err("two");
        assert!(several.contains("2 sources begin with \"cur\"") && several.contains(TWIN));
        assert!(begun("ghost").expect_err("not a beginning").starts_with("no source is called"));
    }

    #[test]
    fn a_crowd_is_counted() {
        let id = |n: u32| format!("7c5a4ca2-4817-48c7-8397-{n:012x}").parse().expect("a UUID");
        let words = || Designation::try_from("focal ghost".to_owned()).expect("words");
        let crowd = (0..30).map(|n| (id(n), words())).collect();
        let who: Who = "focal ghost".parse().expect("a name");
        let said = who.find(&crowd).expect_err("30").to_string();
        assert!(said.contains("30 sources") && said.ends_with("and 10 more"), "{said}");
        assert_eq!(said.lines().count(), 1 + MOST_NAMED + 1);
    }
}

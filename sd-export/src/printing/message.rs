//! IPP messages: questions with what they must carry, answers as values that were looked at.
//!
//! The crate `ipp` writes and reads them. What it reads is walked through first: it believes the
//! lengths inside texts with a language, and calls itself for each nested collection.

use std::io::Cursor;

use ipp::attribute::{IppAttribute, IppAttributeGroup, IppAttributes};
use ipp::model::{DelimiterTag, IppVersion, Operation, StatusCode};
use ipp::parser::{IppParseError, IppParser};
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;
use sd_fs::{Escaped, escape};

/// To whom a job belongs: what CUPS itself calls somebody who gives no name.
pub(super) const NOBODY: &str = "anonymous";

/// A question.
pub(super) struct Question(IppRequestResponse);

/// Deepest nesting of collections: paper sizes are two deep.
const MAX_DEPTH: usize = 8;

/// Why a message could not be made or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// The crate says no.
    #[error(transparent)]
    Ipp(#[from] IppParseError),
    /// It does not hold together.
    #[error("lengths that do not fit, or too deep a nesting")]
    Unsound,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    groups: IppAttributes,
}

/// The attributes of one printer or job in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'a>(&'a IppAttributeGroup);

impl Question {
    /// A question about something with this URI (none: about CUPS itself).
    pub(super) fn new(operation: Operation, printer: Option<&str>) -> Result<Self, MessageError> {
        let mut question = Self(IppRequestResponse::new(IppVersion::v2_0(), operation, None)?);
        if let Some(uri) = printer {
            question = question.with("printer-uri", IppValue::new_uri(uri)?)?;
        }
        Ok(question)
    }

    /// A question about a job, in the name of nobody.
    pub(super) fn about_job(
        operation: Operation,
        printer: &str,
        job: i32,
    ) -> Result<Self, MessageError> {
        Self::new(operation, Some(printer))?
            .with("job-id", IppValue::new_integer(job))?
            .with("requesting-user-name", IppValue::new_name_without_language(NOBODY)?)
    }

    /// With one more attribute of the operation.
    pub(super) fn with(self, name: &str, value: IppValue) -> Result<Self, MessageError> {
        self.put(DelimiterTag::OperationAttributes, name, value)
    }

    /// With one more attribute of the job to be made.
    pub(super) fn of_job(self, name: &str, value: IppValue) -> Result<Self, MessageError> {
        self.put(DelimiterTag::JobAttributes, name, value)
    }

    /// Asking for these attributes and no others.
    pub(super) fn wants(self, names: &[&str]) -> Result<Self, MessageError> {
        let keywords = names
            .iter()
            .map(|n| IppValue::new_keyword(*n))
            .collect::<Result<_, IppParseError>>()?;
        self.with("requested-attributes", IppValue::Array(keywords))
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    fn put(
        mut self,
        group: DelimiterTag,
        name: &str,
        value: IppValue,
    ) -> Result<Self, MessageError> {
        self.0.attributes_mut().add(group, IppAttribute::with_name(name, value)?);
        Ok(self)
    }
}

impl Answer {
    /// Reads an answer.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, MessageError> {
        sound(&bytes).ok_or(MessageError::Unsound)?;
        let (header, groups, _) =
            IppParser::new(IppReader::new(Cursor::new(bytes))).parse_parts()?;
        Ok(Self { status: header.status_code(), groups })
    }

    /// What the answerer says about its status.
    pub(super) fn word(&self) -> Option<Escaped> {
        let group = self.groups.first_of(DelimiterTag::OperationAttributes)?;
        Group(group).text("status-message").map(|text| escape(text.as_bytes()))
    }

    /// The printers of the answer.
    pub(super) fn printers(&self) -> impl Iterator<Item = Group<'_>> {
        self.groups.groups_of(DelimiterTag::PrinterAttributes).map(Group)
    }

    /// The job of the answer.
    pub(super) fn job(&self) -> Option<Group<'_>> {
        self.groups.first_of(DelimiterTag::JobAttributes).map(Group)
    }
}

impl<'a> Group<'a> {
    fn values(self, name: &str) -> &'a [IppValue] {
        match self.0.get(name).map(IppAttribute::value) {
            Some(IppValue::Array(values)) => values,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        }
    }

    /// The first value, as text.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.values(name).first().and_then(text)
    }

    /// All values that are text.
    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.values(name).iter().filter_map(text).map(str::to_owned).collect()
    }

    /// The first value, as a number.
    pub(super) fn number(self, name: &str) -> Option<i32> {
        match self.values(name).first()? {
            IppValue::Integer(n) | IppValue::Enum(n) => Some(*n),
            _ => None,
        }
    }

    /// The first value, as yes or no.
    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.values(name).first()?.as_boolean().copied()
    }

    /// The upper end of a range.
    pub(super) fn up_to(self, name: &str) -> Option<i32> {
        match self.values(name).first()? {
            IppValue::RangeOfInteger { max, .. } => Some(*max),
            _ => None,
        }
    }
}

fn text(value: &IppValue) -> Option<&str> {
    match value {
        IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => {
            Some(text.as_ref())
        }
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => {
            Some(name.as_str())
        }
        IppValue::Keyword(word) => Some(word.as_str()),
        IppValue::Uri(uri) => Some(uri.as_str()),
        IppValue::MimeMediaType(kind) => Some(kind.as_str()),
        _ => None,
    }
}

/// Walks through a message: every length fits, nothing is nested too deep, and it ends.
fn sound(bytes: &[u8]) -> Option<()> {
    let (mut rest, mut depth) = (bytes.get(8..)?, 0_usize);
    loop {
        let tag;
        (tag, rest) = rest.split_first()?;
        match *tag {
            0x03 => return (depth == 0).then_some(()),
            0x00..=0x0f => continue,
            0x34 => depth += 1,
            0x37 => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let value;
        (_, rest) = counted(rest)?;
        (value, rest) = counted(rest)?;
        // A text with its language: two more of these inside.
        if matches!(tag, 0x35 | 0x36) {
            let (_, text) = counted(value)?;
            let (_, none) = counted(text)?;
            none.is_empty().then_some(())?;
        }
    }
}

/// Bytes behind their length.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
        let counted =
            |b: &[u8]| [&u16::try_from(b.len()).expect("short").to_be_bytes(), b].concat();
        [vec![tag], counted(name.as_bytes()), counted(value)].concat()
    }

    fn message(values: &[Vec<u8>]) -> Vec<u8> {
        [&[2, 0, 0, 0, 0, 0, 0, 1, 4][..], &values.concat(), &[3]].concat()
    }

    #[test]
    fn a_text_with_a_language_is_read_and_one_that_lies_about_its_length_is_refused() {
        let good = message(&[value(0x35, "printer-info", b"\0\x02en\0\x03abc")]);
        let answer = Answer::read(good).expect("sound");
        let texts: Vec<_> = answer.printers().map(|p| p.texts("printer-info")).collect();
        assert_eq!(texts, [["abc"]]);
        for lie in [&b"\0\x02en\0\x04abc"[..], b"\0\x02en\0\x02abc", b"\xff\xffen", b"\0"] {
            let wrong = message(&[value(0x36, "printer-info", lie)]);
            assert!(matches!(Answer::read(wrong), Err(MessageError::Unsound)));
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_anything_follows_it() {
        let nested = |depth: usize| {
            let mut values = vec![value(0x34, "media-col", b"")];
            values.extend(vec![[value(0x4a, "", b"m"), value(0x34, "", b"")].concat(); depth - 1]);
            values.extend(vec![value(0x37, "", b""); depth]);
            message(&values)
        };
        assert!(Answer::read(nested(MAX_DEPTH)).is_ok());
        for depth in [MAX_DEPTH + 1, 50_000] {
            assert!(matches!(Answer::read(nested(depth)), Err(MessageError::Unsound)));
        }
    }

    #[test]
    fn a_message_that_is_cut_anywhere_is_refused() {
        let whole = message(&[value(0x21, "job-id", &[0, 0, 0, 7]), value(0x44, "k", b"v")]);
        assert!(Answer::read(whole.clone()).is_ok());
        for end in 0..whole.len() {
            assert!(Answer::read(whole[..end].to_vec()).is_err(), "{end}");
        }
    }
}

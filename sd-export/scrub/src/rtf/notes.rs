//! What the groups that go have said, for the report.

use super::text::{Reading, plain};
use super::token::{Item, Token, head, items};
use super::words::Place;
use crate::report::Class;
use crate::xml::Tally;

/// The properties of the document, one by one.
pub(super) fn information(tokens: &[Token<'_>], reading: Reading, tally: &Tally) {
    for item in items(tokens) {
        let Item::Group(inside) = item else { continue };
        let start = head(inside);
        let Some((name, _)) = start.word else { continue };
        let class = match name {
            "author" | "operator" | "manager" | "company" => Class::Person,
            "creatim" | "revtim" | "printim" | "buptim" => Class::Time,
            "hlinkbase" => Class::Location,
            "comment" | "doccomm" => Class::Comment,
            _ => Class::Identifier,
        };
        let said = match class {
            Class::Time => numbers(start.rest),
            _ => plain(start.rest, reading).unwrap_or_default(),
        };
        tally.removed(class, &format!("property {name}"), &said);
    }
    tally.removed(Class::Software, "properties of the document", "");
}

/// The numbers of a time.
fn numbers(tokens: &[Token<'_>]) -> String {
    let number = |token: &Token<'_>| match token {
        Token::Word(name, Some(number)) => Some(format!("{name} {number}")),
        _ => None,
    };
    tokens.iter().filter_map(number).collect::<Vec<_>>().join(" ")
}

/// Notes a destination that goes. What cannot be read as text is not quoted.
pub(super) fn gone(
    name: &str,
    place: Place,
    tokens: &[Token<'_>],
    reading: Reading,
    tally: &Tally,
) {
    let (class, words) = match name {
        "generator" => (Class::Software, "program"),
        "rsidtbl" => (Class::Identifier, "table of editing sessions"),
        "userprops" | "docvar" => (Class::Identifier, "properties of the document"),
        "template" => (Class::Location, "template"),
        "passwordhash" | "password" | "writereservhash" | "writereservation" => {
            (Class::Identifier, "password")
        }
        "xmlopen" | "xmlnstbl" | "datastore" | "datafield" => {
            (Class::HiddenContent, "data of programs")
        }
        "themedata" | "colorschememapping" | "latentstyles" => (Class::Software, "settings"),
        "objdata" | "objclass" | "objname" | "objalias" => {
            (Class::HiddenContent, "embedded object")
        }
        "atnauthor" | "atnid" | "revtbl" => (Class::Person, "who changed or remarked"),
        "atndate" | "atntime" => (Class::Time, "time of a remark"),
        "atnref" | "atnparent" | "atnicn" => (Class::Comment, "remark"),
        "fontemb" | "fontfile" => (Class::HiddenContent, "embedded font"),
        "filetbl" | "file" | "fname" => (Class::Location, "list of files"),
        "mmath" | "moMath" | "moMathPara" => (Class::Unknown, "formula"),
        "do" | "shprslt" | "nonshppict" => {
            (Class::HiddenContent, "second form of a picture or drawing")
        }
        "formfield" => (Class::Unknown, "settings of a form field"),
        "oldcprops" | "oldpprops" | "oldtprops" | "oldsprops" => {
            (Class::TrackedChange, "earlier looks of the text")
        }
        _ if place == Place::Info => (Class::Identifier, "properties of the document"),
        _ => (Class::Unknown, "destinations that are not on the list"),
    };
    let said = match name {
        "objdata" | "themedata" | "datastore" | "fontemb" | "nonshppict" | "datafield" => {
            String::new()
        }
        _ => plain(tokens, reading).unwrap_or_default(),
    };
    tally.removed(class, words, &format!("{name} {said}"));
}

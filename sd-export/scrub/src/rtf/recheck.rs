//! The second reader: knows only the one form that is written, and no mark by the first one's eyes.

use super::words::{self, Word};
use crate::link;
use crate::{Changes, Choices, Comments, Refusal};

/// Words that stand at the start of a group and nowhere else.
const GROUPS: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "list",
    "listlevel",
    "leveltext",
    "levelnumbers",
    "listname",
    "listoverride",
    "lfolevel",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "footnote",
    "pntext",
    "listtext",
    "pntxta",
    "pntxtb",
    "field",
    "fldrslt",
    "pict",
    "shp",
    "shpgrp",
    "shptxt",
    "sp",
    "sn",
    "sv",
];

/// The same, with a star.
const STARRED: &[&str] = &[
    "listtable",
    "listoverridetable",
    "ftnsep",
    "ftnsepc",
    "ftncn",
    "aftnsep",
    "aftnsepc",
    "aftncn",
    "pn",
    "nesttableprops",
    "defchp",
    "defpap",
    "fldinst",
    "shppict",
    "shpinst",
    "bkmkstart",
    "bkmkend",
    "cs",
    "ds",
    "ts",
];

/// Words of the tables in front, and others that the first reader writes by rules of their own.
const OTHERS: &[&str] = &[
    "rtf",
    "ansi",
    "ansicpg",
    "uc",
    "fnil",
    "froman",
    "fswiss",
    "fmodern",
    "fscript",
    "fdecor",
    "ftech",
    "fbidi",
    "fprq",
    "fcharset",
    "red",
    "green",
    "blue",
    "s",
    "cs",
    "ds",
    "ts",
    "sbasedon",
    "ls",
    "listid",
    "v",
    "pngblip",
    "jpegblip",
    "emfblip",
    "wmetafile",
];

/// Checks that a clean document holds nothing but what is on the list.
pub(super) fn check(clean: &[u8], choices: Choices) -> Result<(), Refusal> {
    let fault = |what: &str| Refusal::not_clean(what);
    let text = std::str::from_utf8(clean).map_err(|_| fault("letters that are not ASCII"))?;
    if !text.bytes().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
        return Err(fault("letters that are not ASCII"));
    }
    let rest = text.strip_prefix(super::HEAD).ok_or_else(|| fault("another start"))?;
    let mut groups: Vec<Group> = vec![Group::default()];
    let parts = rest.split_inclusive(['{', '}', '\\']);
    let mut mark = '\0';
    let mut after_end = false;
    for part in parts {
        let (body, next) = match part.chars().next_back() {
            Some(c @ ('{' | '}' | '\\')) => (part.get(..part.len().saturating_sub(1)), c),
            _ => (Some(part), '\0'),
        };
        let body = body.unwrap_or_default();
        if after_end && (body != "\n" || next != '\0') {
            return Err(fault("something behind the end"));
        }
        // `\{`, `\}` and `\\` are letters.
        let letter = mark == '\\' && body.is_empty() && next != '\0';
        if after_end {
            break;
        }
        let group = groups.last_mut().ok_or_else(|| fault("a group too few"))?;
        match mark {
            '\\' if letter => group.text.push(next),
            '\\' => word(body, group, choices)?,
            _ => group.text.push_str(body),
        }
        if letter {
            mark = '\0';
            continue;
        }
        match next {
            '{' => groups.push(Group::default()),
            '}' => {
                let done = groups.pop().ok_or_else(|| fault("a group too few"))?;
                done.check()?;
                after_end = groups.is_empty();
            }
            _ => {}
        }
        mark = next;
    }
    if after_end && text.ends_with("}\n") {
        Ok(())
    } else {
        Err(fault("a group that is not closed"))
    }
}

/// A group as far as it is read.
#[derive(Default)]
struct Group {
    started: bool,
    starred: bool,
    name: String,
    text: String,
}

impl Group {
    /// Whether a group that has rules of its own keeps them.
    fn check(&self) -> Result<(), Refusal> {
        let text = self.text.trim();
        let numbered = |start: char| {
            let digits = text.strip_prefix(start).unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        let fits = match self.name.as_str() {
            "bkmkstart" | "bkmkend" => numbered('b'),
            "atnauthor" => numbered('A'),
            "atnid" => text == "A",
            "listname" => text == ";",
            "fldinst" => {
                let address = text.strip_prefix("HYPERLINK \"").and_then(|t| t.strip_suffix('"'));
                let lower = text.to_ascii_lowercase();
                address.is_none_or(link::is_kept) && !lower.contains("include")
            }
            "pict" => text.bytes().all(|b| b == b'\n' || b.is_ascii_hexdigit()),
            _ => true,
        };
        if fits { Ok(()) } else { Err(Refusal::not_clean("a group with words of its own")) }
    }
}

/// A control word or symbol with the letters behind it.
fn word(body: &str, group: &mut Group, choices: Choices) -> Result<(), Refusal> {
    let fault = || Err(Refusal::not_clean("a control word that is not on the list"));
    let first = !std::mem::replace(&mut group.started, true);
    let letters = body.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, behind) = body.split_at(letters);
    if name.is_empty() {
        let byte = body.strip_prefix('\'').and_then(|b| b.get(..2));
        let counts = matches!(group.name.as_str(), "leveltext" | "levelnumbers");
        let small = byte.is_some_and(|b| b.starts_with(['0', '1']));
        return match body.chars().next() {
            Some('*') if first && body == "*" => {
                (group.started, group.starred) = (false, true);
                Ok(())
            }
            Some('\'') if counts && small => Ok(()),
            Some(c @ ('~' | '-' | '_')) => {
                group.text.push_str(body.strip_prefix(c).unwrap_or_default());
                Ok(())
            }
            _ => fault(),
        };
    }
    let digits = behind.bytes().take_while(|b| b.is_ascii_digit() || *b == b'-').count();
    let (number, behind) = behind.split_at(digits);
    if name == "u" {
        let unit = number.parse::<i16>().is_ok();
        let Some(text) = behind.strip_prefix('?').filter(|_| unit) else { return fault() };
        group.text.push_str(text);
        return Ok(());
    }
    group.text.push_str(behind.strip_prefix(' ').unwrap_or(behind));
    let keeps = choices.comments == Comments::Keep;
    let remark = keeps
        && matches!(
            name,
            "annotation" | "atrfstart" | "atrfend" | "atnid" | "atnauthor" | "atnref"
        );
    let revision = choices.changes == Changes::Keep && name == "revtbl";
    let named = if group.starred {
        STARRED.contains(&name) || remark || revision
    } else {
        GROUPS.contains(&name)
    };
    if first && (named || group.starred) {
        name.clone_into(&mut group.name);
        return if named { Ok(()) } else { fault() };
    }
    let listed = matches!(words::word(name), Some(Word::Keep | Word::Font | Word::Symbol));
    let change = choices.changes == Changes::Keep && matches!(name, "deleted" | "revised");
    let place = words::place(name).is_some();
    let chosen = change || (keeps && name == "chatn");
    if !place && (listed || OTHERS.contains(&name) || chosen) { Ok(()) } else { fault() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_passes() {
        let passes = |text: &str| {
            check(&[super::super::HEAD.as_bytes(), text.as_bytes()].concat(), Choices::default())
                .is_ok()
        };
        for good in [
            "\\pard a\\{b\\}\\\\c\\par\n}\n",
            "{\\b x}\\u8364?y}\n",
            "{\\*\\bkmkstart b12}}\n",
            "{\\field{\\*\\fldinst HYPERLINK \"https://a.example/x\"}{\\fldrslt y}}}\n",
            "{\\leveltext\\'01\\'00.;}}\n",
        ] {
            assert!(passes(good), "{good}");
        }
        for bad in [
            "a",
            "a}",
            "a}\n}",
            "{\\info x}}\n",
            "{\\*\\generator x}}\n",
            "\\insrsid12}\n",
            "\\'e4}\n",
            "\\u8364 x}\n",
            "\\bin3 abc}\n",
            "{\\*\\bkmkstart jane}}\n",
            "{\\*\\fldinst HYPERLINK \"file:///x\"}}\n",
            "{\\*\\b x}}\n",
            "\\b\\field}\n",
            "\\v\\deleted x}\n",
            "\u{e4}}\n",
        ] {
            assert!(!passes(bad), "{bad}");
        }
    }
}

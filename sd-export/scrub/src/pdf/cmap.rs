//! Character maps: read as data, never as programs, and written in one form.

use std::fmt::Write as _;

use super::lexer::{Lexer, Token};
use crate::Refusal;

/// Longest text one character may stand for, in bytes of UTF-16: a ligature has three letters.
const MAX_TEXT: usize = 16;
const MAX_ENTRIES: usize = 1 << 17;

/// A map written anew.
pub(super) struct Clean {
    pub(super) text: Vec<u8>,
    pub(super) vertical: bool,
    /// Entries that were too long to be letters.
    pub(super) dropped: usize,
}

const FAMILIES: &[&str] = &[
    "Identity-",
    "GB-",
    "GBpc-",
    "GBK-",
    "GBKp-",
    "GBK2K-",
    "UniGB-",
    "B5pc-",
    "HKscs-",
    "ETen-",
    "ETenms-",
    "CNS-",
    "UniCNS-",
    "83pv-",
    "90ms-",
    "90msp-",
    "90pv-",
    "Add-",
    "EUC-",
    "Ext-",
    "UniJIS-",
    "UniJIS2004-",
    "UniJISX0213-",
    "KSC-",
    "KSCms-",
    "KSCpc-",
    "UniKS-",
];
const PARTS: &[&str] =
    &["EUC", "UTF8", "UTF16", "UTF32", "UCS2", "RKSJ", "HW", "B5", "H", "V", "Johab", "Hojo"];

/// Whether a name is one of the maps every reader knows.
pub(super) fn is_predefined(name: &[u8]) -> bool {
    if matches!(name, b"H" | b"V") {
        return true;
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return false;
    };
    FAMILIES.iter().any(|family| {
        text.strip_prefix(family)
            .is_some_and(|rest| rest.split('-').all(|part| PARTS.contains(&part)))
    })
}

#[derive(Default)]
struct Map {
    spaces: Vec<(Vec<u8>, Vec<u8>)>,
    texts: Vec<(Vec<u8>, Vec<u8>)>,
    ranges: Vec<(Vec<u8>, Vec<u8>, Target)>,
    cids: Vec<(Vec<u8>, Vec<u8>, u32)>,
    vertical: bool,
    dropped: usize,
}

enum Target {
    Text(Vec<u8>),
    Texts(Vec<Vec<u8>>),
}

/// Rewrites a map from codes to text.
pub(super) fn rewrite_to_unicode(program: &[u8]) -> Result<Clean, Refusal> {
    let map = read(program)?;
    let mut out = head(&map);
    section(&mut out, "bfchar", &map.texts, |out, (code, text)| {
        hex(out, code);
        hex(out, text);
    });
    section(&mut out, "bfrange", &map.ranges, |out, (from, to, target)| {
        hex(out, from);
        hex(out, to);
        match target {
            Target::Text(text) => hex(out, text),
            Target::Texts(texts) => {
                out.push('[');
                for text in texts {
                    hex(out, text);
                }
                out.push(']');
            }
        }
    });
    Ok(finish(out, &map))
}

/// Rewrites a map from codes to characters of a font.
pub(super) fn rewrite_encoding(program: &[u8]) -> Result<Clean, Refusal> {
    let map = read(program)?;
    let mut out = head(&map);
    section(&mut out, "cidrange", &map.cids, |out, (from, to, cid)| {
        hex(out, from);
        hex(out, to);
        out.push_str(&cid.to_string());
    });
    Ok(finish(out, &map))
}

fn head(map: &Map) -> String {
    let mut out = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo <</Registry (Adobe)/Ordering (Identity)/Supplement 0>> def\n\
         /CMapName /Map def\n/CMapType 2 def\n",
    );
    if map.vertical {
        out.push_str("/WMode 1 def\n");
    }
    section(&mut out, "codespacerange", &map.spaces, |out, (from, to)| {
        hex(out, from);
        hex(out, to);
    });
    out
}

fn finish(mut out: String, map: &Map) -> Clean {
    out.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    Clean { text: out.into_bytes(), vertical: map.vertical, dropped: map.dropped }
}

fn hex(out: &mut String, bytes: &[u8]) {
    out.push('<');
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('>');
}

fn section<T>(out: &mut String, name: &str, entries: &[T], write: impl Fn(&mut String, &T)) {
    // Readers take a hundred entries at a time.
    for block in entries.chunks(100) {
        let _ = writeln!(out, "{} begin{name}", block.len());
        for entry in block {
            write(out, entry);
            out.push('\n');
        }
        let _ = writeln!(out, "end{name}");
    }
}

fn read(program: &[u8]) -> Result<Map, Refusal> {
    let mut lexer = Lexer::new(program);
    let mut map = Map::default();
    let mut pending: Vec<Token> = Vec::new();
    while let Some(token) = lexer.next()? {
        let Token::Word(word) = &token else {
            pending.push(token);
            continue;
        };
        match word.as_slice() {
            b"endcodespacerange" => map.take_spaces(&pending),
            b"endbfchar" => map.take_texts(&pending),
            b"endbfrange" => map.take_ranges(&pending),
            b"endcidchar" => map.take_cids(&pending, 2),
            b"endcidrange" => map.take_cids(&pending, 3),
            b"def" => {
                if let [.., Token::Name(name), Token::Num(n)] = pending.as_slice() {
                    map.vertical |= name == b"WMode" && *n > 0.5;
                }
            }
            b"usecmap" => return Err(Refusal::unsupported("a character map that uses another")),
            _ => {}
        }
        pending.clear();
        if map.texts.len() + map.ranges.len() + map.cids.len() + map.spaces.len() > MAX_ENTRIES {
            return Err(Refusal::malformed("character map"));
        }
    }
    Ok(map)
}

fn code(token: &Token) -> Option<Vec<u8>> {
    match token {
        Token::Str(code) if (1..=4).contains(&code.len()) => Some(code.clone()),
        _ => None,
    }
}

fn text(token: &Token) -> Option<Vec<u8>> {
    match token {
        Token::Str(text) if text.len() <= MAX_TEXT => Some(text.clone()),
        _ => None,
    }
}

impl Map {
    fn take_spaces(&mut self, tokens: &[Token]) {
        let pairs = tokens.chunks_exact(2).filter_map(|pair| match pair {
            [from, to] => Some((code(from)?, code(to)?)),
            _ => None,
        });
        self.spaces.extend(pairs);
    }

    fn take_texts(&mut self, tokens: &[Token]) {
        for pair in tokens.chunks_exact(2) {
            if let [from, to] = pair {
                match (code(from), text(to)) {
                    (Some(from), Some(to)) => self.texts.push((from, to)),
                    _ => self.dropped = self.dropped.saturating_add(1),
                }
            }
        }
    }

    fn take_ranges(&mut self, tokens: &[Token]) {
        for triple in tokens.chunks_exact(3) {
            let [from, to, target] = triple else { continue };
            let target = match target {
                Token::Arr(items) => {
                    items.iter().map(text).collect::<Option<_>>().map(Target::Texts)
                }
                token => text(token).map(Target::Text),
            };
            match (code(from), code(to), target) {
                (Some(from), Some(to), Some(target)) => self.ranges.push((from, to, target)),
                _ => self.dropped = self.dropped.saturating_add(1),
            }
        }
    }

    fn take_cids(&mut self, tokens: &[Token], arity: usize) {
        for group in tokens.chunks_exact(arity) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else {
                continue;
            };
            let to = group.get(arity.saturating_sub(2)).and_then(code);
            let cid = last.num().filter(|n| (0.0..=65535.0).contains(n));
            if let (Some(from), Some(to), Some(cid)) = (code(first), to, cid) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked above"
                )]
                self.cids.push((from, to, cid as u32));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_written_anew_without_names_and_comments() {
        let program = b"%!PS CANARY\n/CMapName /CANARY def 1 begincodespacerange <00> <ff> \
            endcodespacerange 2 beginbfchar <01> <0041> <02> <00430041004e0041005200590043004100> \
            endbfchar 1 beginbfrange <03> <04> [<0061> <0062>] endbfrange";
        let clean = rewrite_to_unicode(program).expect("a plain map");
        let text = String::from_utf8(clean.text).expect("ASCII");
        assert!(!text.contains("CANARY"));
        assert!(text.contains("1 beginbfchar\n<01><0041>\nendbfchar"));
        assert!(text.contains("<03><04>[<0061><0062>]"));
        assert_eq!(clean.dropped, 1);
    }

    #[test]
    fn only_the_known_maps_are_predefined() {
        assert!(
            is_predefined(b"Identity-H") && is_predefined(b"90ms-RKSJ-V") && is_predefined(b"H")
        );
        assert!(!is_predefined(b"Identity-CANARY") && !is_predefined(b"JaneDoe-H"));
    }
}

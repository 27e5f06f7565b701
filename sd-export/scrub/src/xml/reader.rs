//! The strict reader: names resolved, entities replaced, everything else that XML can do refused.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event as Raw};
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, ResolveResult};

use crate::Refusal;
use crate::text::Encoding;

/// Deepest nesting of elements. Text boxes in tables in text boxes reach 60.
const MAX_DEPTH: usize = 400;
/// Most attributes of one element. Styles and shapes have about 40.
const MAX_ATTRIBUTES: usize = 256;
/// Most prefixes in scope. Word declares about 40.
const MAX_PREFIXES: usize = 512;
/// Longest name. The longest of the formats' own have 50 letters.
const MAX_NAME: usize = 128;

/// An attribute; those that declare prefixes are none.
pub(crate) struct Attr<'r> {
    /// Its namespace; empty when it has none.
    pub(crate) space: &'r str,
    pub(crate) name: &'r str,
    pub(crate) value: Cow<'r, str>,
}

/// The start of an element.
pub(crate) struct Tag<'r> {
    /// Its namespace; empty when it has none.
    pub(crate) space: &'r str,
    pub(crate) name: &'r str,
    pub(crate) attrs: Vec<Attr<'r>>,
    /// How many elements started before it.
    pub(crate) number: u64,
    resolver: &'r NamespaceResolver,
}

impl Tag<'_> {
    /// The value of an attribute, whatever its namespace.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|attr| attr.name == name).map(|attr| attr.value.as_ref())
    }

    /// The namespace that a prefix stands for here, as values that hold names need it.
    pub(crate) fn behind(&self, prefix: &str) -> Option<&str> {
        let mut bindings = self.resolver.bindings().filter(|(declared, _)| match declared {
            PrefixDeclaration::Named(name) => *name == prefix,
            PrefixDeclaration::Default => false,
        });
        bindings.next().map(|(_, Namespace(space))| space)
    }
}

/// What comes next.
pub(crate) enum Event<'r> {
    Open(Tag<'r>),
    Text(Cow<'r, str>),
    Close,
}

/// A walk through one document.
pub(crate) struct Reader<'i> {
    inner: NsReader<&'i [u8]>,
    start: BytesStart<'i>,
    depth: usize,
    rooted: bool,
    count: u64,
    /// How many comments and processing instructions were passed over.
    pub(crate) passed: u64,
}

/// The text of an XML file: UTF-8, or UTF-16 with its mark. What else it declares is refused.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let fault = || Refusal::malformed("XML that is not UTF-8 or UTF-16");
    let (text, encoding) = crate::text::decode(bytes).ok_or_else(fault)?;
    if encoding == Encoding::Windows1252 {
        return Err(fault());
    }
    let head = text.get(..text.find("?>").unwrap_or(0)).unwrap_or_default();
    if let Some((_, rest)) = head.split_once("encoding") {
        let name = rest.trim_start_matches([' ', '=', '"', '\'']).to_ascii_lowercase();
        let plain = name.starts_with("us-ascii") && text.is_ascii();
        if !(name.starts_with("utf-8") || name.starts_with("utf-16") || plain) {
            return Err(fault());
        }
    }
    if text.contains(|c| !is_allowed(c)) {
        return Err(Refusal::malformed("a character that XML does not know"));
    }
    Ok(text)
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..)
}

impl<'i> Reader<'i> {
    pub(crate) fn new(text: &'i str) -> Self {
        let mut inner = NsReader::from_str(text);
        let config = inner.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        inner.resolver_mut().set_max_namespace_bindings(MAX_PREFIXES);
        Self { inner, start: BytesStart::new(""), depth: 0, rooted: false, count: 0, passed: 0 }
    }

    /// The next event; `None` behind the end of the root.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'_>>, Refusal> {
        loop {
            match self.inner.read_event().map_err(|_| broken())? {
                Raw::Start(start) => {
                    self.start = start;
                    return self.open().map(|tag| Some(Event::Open(tag)));
                }
                Raw::End(_) => {
                    self.depth = self.depth.checked_sub(1).ok_or_else(broken)?;
                    return Ok(Some(Event::Close));
                }
                Raw::Text(text) => {
                    let text = text.into_inner();
                    if self.depth > 0 {
                        return Ok(Some(Event::Text(line_ends(text))));
                    }
                    if !text.trim().is_empty() {
                        return Err(broken());
                    }
                }
                Raw::CData(text) if self.depth > 0 => {
                    return Ok(Some(Event::Text(line_ends(text.into_inner()))));
                }
                Raw::GeneralRef(name) if self.depth > 0 => {
                    return Ok(Some(Event::Text(Cow::Owned(entity(&name)?.to_string()))));
                }
                Raw::Comment(_) | Raw::PI(_) => self.passed = self.passed.saturating_add(1),
                Raw::Decl(_) if !self.rooted => {}
                Raw::DocType(_) => {
                    return Err(Refusal::unsupported("XML with a document type definition"));
                }
                Raw::Eof if self.depth == 0 && self.rooted => return Ok(None),
                _ => return Err(broken()),
            }
        }
    }

    fn open(&mut self) -> Result<Tag<'_>, Refusal> {
        if self.depth == 0 && self.rooted {
            return Err(Refusal::malformed("XML with two roots"));
        }
        self.rooted = true;
        let number = self.count;
        self.count = self.count.saturating_add(1);
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            let what = "nesting of XML elements".to_owned();
            return Err(Refusal::TooLarge { what, limit: MAX_DEPTH as u64 });
        }
        let resolver = self.inner.resolver();
        let (space, name) = resolver.resolve_element(self.start.name());
        let space = bound(&space)?;
        let name = admit_name(name.into_inner())?;
        let mut attrs: Vec<Attr<'_>> = Vec::new();
        for (n, attr) in self.start.attributes().with_checks(false).enumerate() {
            if n >= MAX_ATTRIBUTES {
                let what = "attributes of one XML element".to_owned();
                return Err(Refusal::TooLarge { what, limit: MAX_ATTRIBUTES as u64 });
            }
            let attr = attr.map_err(|_| broken())?;
            if attr.key.as_namespace_binding().is_some() {
                continue;
            }
            let (space, name) = resolver.resolve_attribute(attr.key);
            let (space, name) = (bound(&space)?, admit_name(name.into_inner())?);
            if attrs.iter().any(|other| other.name == name && other.space == space) {
                return Err(Refusal::malformed("an XML attribute that stands twice"));
            }
            attrs.push(Attr { space, name, value: unescape(attr.value)? });
        }
        Ok(Tag { space, name, attrs, number, resolver })
    }
}

fn broken() -> Refusal {
    Refusal::malformed("XML that is not well formed")
}

fn bound<'r>(result: &ResolveResult<'r>) -> Result<&'r str, Refusal> {
    match result {
        ResolveResult::Bound(Namespace(space)) => Ok(space),
        ResolveResult::Unbound => Ok(""),
        ResolveResult::Unknown(_) => Err(Refusal::malformed("an XML prefix that is not declared")),
    }
}

fn admit_name(name: &str) -> Result<&str, Refusal> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}');
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(fits) {
        return Err(Refusal::malformed("a name in XML"));
    }
    Ok(name)
}

/// What an entity stands for: a character by its number, or one of the five.
fn entity(name: &str) -> Result<char, Refusal> {
    let c = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        code.ok().and_then(char::from_u32).filter(|c| is_allowed(*c))
    } else {
        match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        }
    };
    c.ok_or_else(|| Refusal::malformed("an entity that XML does not know by itself"))
}

/// The value of an attribute: entities replaced, white space made plain.
fn unescape(raw: Cow<'_, str>) -> Result<Cow<'_, str>, Refusal> {
    if raw.contains('<') {
        return Err(broken());
    }
    if !raw.contains(['&', '\t', '\r', '\n']) {
        return Ok(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.as_ref();
    while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
        let (before, from) = rest.split_at_checked(at).ok_or_else(broken)?;
        out.push_str(before);
        if let Some(reference) = from.strip_prefix('&') {
            let (name, behind) = reference.split_once(';').ok_or_else(broken)?;
            out.push(entity(name)?);
            rest = behind;
        } else {
            out.push(' ');
            rest = from.strip_prefix("\r\n").or_else(|| from.get(1..)).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// Line ends are one character, as XML wants it.
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Result<String, Refusal> {
        let text = decode(text.as_bytes())?;
        let mut reader = Reader::new(&text);
        let mut out = String::new();
        while let Some(event) = reader.next()? {
            match event {
                Event::Open(tag) => {
                    out.extend(["<{", tag.space, "}", tag.name]);
                    for attr in &tag.attrs {
                        out.extend([" {", attr.space, "}", attr.name, "=", &attr.value]);
                    }
                    out.push('>');
                }
                Event::Text(text) => out.push_str(&text),
                Event::Close => out.push_str("</>"),
            }
        }
        Ok(out)
    }

    #[test]
    fn names_are_resolved_and_text_is_plain() {
        let said = walk(
            "<?xml version='1.0'?><!-- x --><a xmlns='u' xmlns:p='v' n='1' p:n='a&lt;&#65;\r\nb'>\
             x&amp;<![CDATA[<y>]]><p:b/></a>\n",
        );
        let wanted = "<{u}a {}n=1 {v}n=a<A b>x&<y><{v}b></></>";
        assert_eq!(said.as_deref(), Ok(wanted));
    }

    #[test]
    fn what_xml_can_do_beyond_that_is_refused() {
        for bad in [
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<a>&x;</a>",
            "<a b='&x;'/>",
            "<a>&#0;</a>",
            "<a>&#xfffe;</a>",
            "<a>\u{1}</a>",
            "<a b='1' b='2'/>",
            "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
            "<a b='<'/>",
            "<a></b>",
            "<a>",
            "<a/><b/>",
            "<a/>x",
            "<p:a/>",
            "<a p:b='1'/>",
            "",
            "x",
            "<?xml version='1.0' encoding='windows-1252'?><a/>",
        ] {
            assert!(walk(bad).is_err(), "{bad}");
        }
        assert!(walk(&"<a>".repeat(100_000)).is_err());
        let many: Vec<String> = (0..300).map(|n| format!(" a{n}='1'")).collect();
        let many = many.concat();
        assert!(walk(&format!("<a{many}/>")).is_err());
    }
}

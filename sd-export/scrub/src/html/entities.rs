//! Names of characters that XHTML takes from HTML's list.

use std::borrow::Cow;

/// No name is longer, with its signs.
const MAX_NAME: usize = 40;

/// A text with HTML's names of characters replaced by them; XML's own five stay.
pub(crate) fn named(text: &str) -> Cow<'_, str> {
    let foreign = |name: &str| !matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let Some((before, from)) = rest.split_at_checked(at) else { break };
        out.push_str(before);
        // In there a name is only letters.
        let literal =
            [("<![CDATA[", "]]>"), ("<!--", "-->")].into_iter().find_map(|(start, end)| {
                let inner = from.strip_prefix(start)?;
                let len = inner.find(end).unwrap_or(inner.len());
                from.split_at_checked(start.len().checked_add(len)?)
            });
        if let Some((literal, behind)) = literal {
            out.push_str(literal);
            rest = behind;
            continue;
        }
        let len = from.bytes().take(MAX_NAME).position(|b| b == b';');
        let name = from.strip_prefix('&').and_then(|from| from.get(..len?.checked_sub(1)?));
        let name = name.filter(|name| foreign(name));
        let found = name.and_then(|name| Some((name, character(name)?)));
        if let Some((name, characters)) = found {
            out.push_str(&characters);
            rest = from.get(name.len().saturating_add(2)..).unwrap_or_default();
        } else {
            out.push_str(from.get(..1).unwrap_or_default());
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(name: &str) -> Option<String> {
    let key = [name, ";"].concat();
    let (first, second) = html5ever::data::NAMED_ENTITIES.get(key.as_str())?;
    let first = char::from_u32(*first).filter(|c| *c != '\0')?;
    let mut out = String::from(first);
    out.extend(char::from_u32(*second).filter(|c| *c != '\0'));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_characters_but_not_where_they_are_letters() {
        let text = "a&nbsp;b&eacute;&amp;&bogus;<![CDATA[&nbsp;]]><!-- &nbsp; -->&";
        assert_eq!(named(text), "a\u{a0}b\u{e9}&amp;&bogus;<![CDATA[&nbsp;]]><!-- &nbsp; -->&");
    }
}

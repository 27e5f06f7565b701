//! Headers: names and values as they stand, words with parameters, persons, dates.

use super::letters;
use crate::Refusal;
use crate::text::is_invisible;

/// Most headers in one part.
const MOST: usize = 2_000;
/// Longest header, in bytes.
const LONGEST: usize = 1 << 20;

/// The headers of a part.
#[derive(Debug, Default)]
pub(super) struct Headers(Vec<(String, String)>);

impl Headers {
    /// Reads the headers at the start, and gives what stands behind the empty line.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Refusal> {
        let mut all: Vec<(String, String)> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let end =
                rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at.saturating_add(1));
            let (line, behind) = rest.split_at(end);
            rest = behind;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let text = crate::text::decode(line).map(|(text, _)| text);
            let text = text.ok_or_else(|| Refusal::malformed("a header that is no text"))?;
            if text.starts_with([' ', '\t']) {
                let last = all.last_mut();
                let none = || Refusal::malformed("a header that starts with a blank");
                let value = &mut last.ok_or_else(none)?.1;
                value.push_str(&text);
                if value.len() > LONGEST {
                    let what = "a header, in bytes".to_owned();
                    return Err(Refusal::TooLarge { what, limit: LONGEST as u64 });
                }
                continue;
            }
            let (name, value) = text
                .split_once(':')
                .filter(|(name, _)| {
                    !name.is_empty() && name.trim_end().bytes().all(|b| b.is_ascii_graphic())
                })
                .ok_or_else(|| Refusal::malformed("a header without a name"))?;
            all.push((name.trim_end().to_ascii_lowercase(), value.trim().to_owned()));
            if all.len() > MOST {
                let what = "headers of one part, in number".to_owned();
                return Err(Refusal::TooLarge { what, limit: MOST as u64 });
            }
        }
        Ok((Self(all), rest))
    }

    /// All, in their order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The one header of this name; two are refused, for readers would differ.
    pub(super) fn one(&self, wanted: &str) -> Result<Option<&str>, Refusal> {
        let mut found = self.all().filter(|(name, _)| *name == wanted).map(|(_, value)| value);
        let first = found.next();
        if found.any(|other| Some(other) != first) {
            return Err(Refusal::malformed(format!("two different headers {wanted}")));
        }
        Ok(first)
    }

    /// A word with its parameters, such as a type; all in small letters but the values.
    pub(super) fn word(&self, wanted: &str) -> Result<Option<Word>, Refusal> {
        Ok(self.one(wanted)?.map(Word::read))
    }
}

/// A word and its parameters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) word: String,
    parameters: Vec<(String, String)>,
}

impl Word {
    fn read(value: &str) -> Self {
        let mut pieces = split(value, ';').into_iter();
        let word = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut parameters = Vec::new();
        for piece in pieces {
            let Some((name, value)) = piece.split_once('=') else { continue };
            parameters.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
        }
        Self { word, parameters }
    }

    /// A parameter, in whichever of the three ways it is spelt.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, Refusal> {
        let plain = |wanted: &str| {
            self.parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        if let Some(value) = plain(&format!("{name}*")) {
            return Ok(Some(percent(value, None)?.0));
        }
        let (mut out, mut charset) = (String::new(), None);
        for n in 0..100 {
            if let Some(piece) = plain(&format!("{name}*{n}*")) {
                let (text, of) = percent(piece, charset)?;
                out.push_str(&text);
                charset = Some(of);
            } else if let Some(piece) = plain(&format!("{name}*{n}")) {
                out.push_str(piece);
            } else {
                break;
            }
        }
        if !out.is_empty() {
            return Ok(Some(out));
        }
        plain(name).map(letters::unfold).transpose()
    }
}

/// Bytes as `%xx` in a charset, which the first piece names.
fn percent(value: &str, charset: Option<String>) -> Result<(String, String), Refusal> {
    let (charset, body) = match charset {
        Some(charset) => (charset, value),
        None => {
            match value.split_once('\'').and_then(|(c, rest)| Some((c, rest.split_once('\'')?.1))) {
                Some((charset, body)) => (charset.to_owned(), body),
                None => (String::new(), value),
            }
        }
    };
    let bytes = letters::unquoted(body.replace('=', "=3D").replace('%', "=").as_bytes());
    let bytes = bytes.ok_or_else(|| Refusal::malformed("a parameter of a header"))?;
    Ok((letters::decode(&bytes, &charset)?, charset))
}

/// Splits at a sign that stands in no quotes, no brackets and no comment.
pub(super) fn split(value: &str, at: char) -> Vec<String> {
    let mut out = vec![String::new()];
    let (mut quoted, mut comment, mut angle, mut escaped) = (false, 0u32, false, false);
    for c in value.chars() {
        let mut push = |c: char| {
            if let Some(last) = out.last_mut() {
                last.push(c);
            }
        };
        if escaped {
            escaped = false;
            if comment == 0 {
                push(c);
            }
            continue;
        }
        match c {
            '\\' if quoted || comment > 0 => {
                escaped = true;
                if comment == 0 {
                    push(c);
                }
            }
            '"' if comment == 0 => {
                quoted = !quoted;
                push(c);
            }
            '(' if !quoted => comment = comment.saturating_add(1),
            ')' if !quoted && comment > 0 => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            '<' if !quoted => {
                angle = true;
                push(c);
            }
            '>' if !quoted => {
                angle = false;
                push(c);
            }
            c if c == at && !quoted && !angle => out.push(String::new()),
            c => push(c),
        }
    }
    out
}

/// Text without the quotes around its parts.
fn unquote(value: &str) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars() {
        match c {
            _ if escaped => {
                out.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c => out.push(c),
        }
    }
    out
}

/// Text on one line, without letters that are not seen.
pub(super) fn shown(text: &str) -> String {
    let seen = |c: &char| c.is_whitespace() || !is_invisible(*c);
    let seen: String = text.chars().filter(seen).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A person: a name, which may be empty, and an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    name: String,
    address: String,
}

impl Person {
    /// As it is written: the name in quotes or encoded, the address in brackets.
    pub(super) fn written(&self) -> String {
        if self.name.is_empty() {
            return format!("<{}>", self.address);
        }
        let encoded = letters::header(&self.name);
        if encoded == self.name {
            let escaped = self.name.replace('\\', "\\\\").replace('"', "\\\"");
            return format!("\"{escaped}\" <{}>", self.address);
        }
        format!("{encoded} <{}>", self.address)
    }

    pub(super) fn said(&self) -> String {
        format!("{} <{}>", self.name, self.address).trim().to_owned()
    }
}

/// The persons of a header, and how many entries could not be read.
pub(super) fn persons(value: &str) -> Result<(Vec<Person>, usize), Refusal> {
    let (mut out, mut odd) = (Vec::new(), 0usize);
    for entry in split(value, ',') {
        // A group names its members behind a colon and ends at a semicolon.
        let members = match entry.split_once(':') {
            Some((name, rest)) if !name.contains(['"', '<', '@']) => rest,
            _ => entry.as_str(),
        };
        let entry = members.trim().trim_end_matches(';').trim();
        if entry.is_empty() {
            continue;
        }
        match person(entry)? {
            Some(person) => out.push(person),
            None => odd = odd.saturating_add(1),
        }
    }
    Ok((out, odd))
}

fn person(entry: &str) -> Result<Option<Person>, Refusal> {
    let (name, address) = match entry.rsplit_once('<') {
        Some((name, address)) => match address.split_once('>') {
            Some((address, rest)) if rest.trim().is_empty() => (name.trim(), address.trim()),
            _ => return Ok(None),
        },
        None => ("", entry),
    };
    let plain = |b: u8| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b);
    let whole = address.len() <= 320 && address.bytes().all(plain);
    let parts = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if !whole || !parts || address.contains("=?") {
        return Ok(None);
    }
    let name = shown(&letters::unfold(&unquote(name))?);
    Ok(Some(Person { name, address: address.to_owned() }))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date in one form; `None` when it cannot be read.
pub(super) fn date(value: &str) -> Option<String> {
    let value = split(value, '\n').concat();
    let value = value.split_once(',').map_or(value.as_str(), |(_, rest)| rest);
    let mut words = value.split_whitespace();
    let day: u32 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = words.next()?;
    let month = MONTHS.iter().find(|name| name.eq_ignore_ascii_case(month))?;
    let year: u32 = words.next()?.parse().ok().filter(|year| (1900..=9999).contains(year))?;
    let mut time = words.next()?.split(':');
    let mut number = |most: u32| -> Option<u32> {
        time.next().map_or(Some(0), |t| t.parse().ok().filter(|n| *n <= most))
    };
    let (hour, minute, second) = (number(23)?, number(59)?, number(60)?);
    let zone = words.next().unwrap_or("+0000");
    let digits = zone.strip_prefix(['+', '-']).filter(|d| d.len() == 4);
    let zone = match digits {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => zone,
        _ if matches!(zone, "GMT" | "UT" | "UTC" | "Z") => "+0000",
        _ => return None,
    };
    Some(format!("{day} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_read_and_written() {
        let list = "Jane \"J\" Doe <jane@a.example>, \"Doe, \\\"John\\\"\" <john@b.example> (at home), x@y, \
                    undisclosed-recipients:;, =?utf-8?B?w4Q=?= <a@b>, team: k@l;, odd";
        let (all, odd) = persons(list).expect("read");
        let written: Vec<_> = all.iter().map(Person::written).collect();
        let wanted = [
            "\"Jane J Doe\" <jane@a.example>",
            "\"Doe, \\\"John\\\"\" <john@b.example>",
            "<x@y>",
            "=?utf-8?B?w4Q=?= <a@b>",
            "<k@l>",
        ];
        assert_eq!((written.as_slice(), odd), (wanted.map(str::to_owned).as_slice(), 1));
        let (again, _) = persons(&written.join(", ")).expect("read");
        assert_eq!(again, all);
    }

    #[test]
    fn parameters_come_in_three_ways() {
        let get = |value: &str| {
            let word = Word::read(value);
            word.get("filename").expect("read").unwrap_or_default()
        };
        assert_eq!(get("attachment; filename=\"a;b.txt\"; size=3"), "a;b.txt");
        assert_eq!(get("attachment; filename*=UTF-8''%c3%a4.txt"), "ä.txt");
        assert_eq!(get("attachment; filename*0*=iso-8859-1''%e4; filename*1=\".txt\""), "ä.txt");
        assert_eq!(get("attachment; filename=\"=?utf-8?Q?=C3=A4.txt?=\""), "ä.txt");
    }

    #[test]
    fn dates_have_one_form() {
        let good = "Mon, 23 Nov 2026 01:02:03 +0100 (CET)";
        assert_eq!(date(good).as_deref(), Some("23 Nov 2026 01:02:03 +0100"));
        assert_eq!(date("1 jan 2026 9:05 GMT").as_deref(), Some("1 Jan 2026 09:05:00 +0000"));
        for bad in ["yesterday", "32 Jan 2026 00:00 +0000", "1 Jan 2026 00:00 CANARY", ""] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }
}

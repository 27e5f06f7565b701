//! The parts of a mail: which are text, which are attachments, which go.

use super::head::{Headers, Word, shown};
use super::{Item, gone, letters};
use crate::nest::{Nest, reads_as};
use crate::report::{Class, Findings};
use crate::text::Tabs;
use crate::xml::Tally;
use crate::{ENDINGS, Format, Refusal, html};

/// Longest name of an attachment, in letters.
const LONGEST_NAME: usize = 100;

pub(super) struct Reader<'r> {
    pub(super) nest: &'r Nest<'r>,
    pub(super) findings: &'r mut Findings,
    pub(super) tally: &'r Tally,
    /// How many attachments were met.
    pub(super) files: usize,
}

impl Reader<'_> {
    /// What a part with these headers holds.
    pub(super) fn content(
        &mut self,
        headers: &Headers,
        body: &[u8],
        depth: u32,
    ) -> Result<Vec<Item>, Refusal> {
        self.nest.admit_members(1)?;
        if depth > self.nest.limits().max_depth {
            let limit = self.nest.limits().max_depth.into();
            return Err(Refusal::TooLarge { what: "parts inside parts".to_owned(), limit });
        }
        let kind = headers.word("content-type")?;
        let word = kind.as_ref().map_or("text/plain", |kind| kind.word.as_str());
        match (word.strip_prefix("multipart/"), &kind) {
            (Some("encrypted"), _) => Err(Refusal::Encrypted),
            (Some(group), Some(kind)) => {
                let boundary = kind.get("boundary")?.filter(|b| !b.is_empty());
                let none = || Refusal::malformed("parts without a boundary");
                self.group(group, body, &boundary.ok_or_else(none)?, depth)
            }
            _ => self.leaf(headers, kind.as_ref(), body),
        }
    }

    fn group(
        &mut self,
        group: &str,
        body: &[u8],
        boundary: &str,
        depth: u32,
    ) -> Result<Vec<Item>, Refusal> {
        let split = split(body, boundary)?;
        for (text, class, words) in [
            (split.before, Class::HiddenContent, "text in front of the parts"),
            (split.behind, Class::Trailing, "bytes behind the parts"),
        ] {
            if !text.trim_ascii().is_empty() {
                self.tally.removed(class, words, &crate::wording::foreign(text.trim_ascii()));
            }
        }
        let mut all = Vec::new();
        for (n, part) in split.parts.iter().enumerate() {
            if group == "signed" && n > 0 {
                self.tally.removed(Class::Person, "digital signature", "");
                continue;
            }
            let (headers, body) = Headers::read(part)?;
            gone(&headers, self.tally);
            if group == "digest" && headers.one("content-type")?.is_none() {
                // Here a part that says nothing is a mail.
                all.push(self.mail(body)?);
                continue;
            }
            all.push(self.content(&headers, body, depth.saturating_add(1))?);
        }
        if group == "alternative" {
            self.choose(&mut all);
        }
        Ok(all.into_iter().flatten().collect())
    }

    /// Of parts that say the same, the first text stays; attachments of all stay.
    fn choose(&self, all: &mut [Vec<Item>]) {
        let has_text = |items: &Vec<Item>| items.iter().any(|item| matches!(item, Item::Text(_)));
        let Some(chosen) = all.iter().position(has_text) else { return };
        for (n, items) in all.iter_mut().enumerate() {
            items.retain(|item| match item {
                Item::Html(..) => {
                    let words = "the same text as a page (HTML)";
                    self.tally.removed(Class::HiddenContent, words, "");
                    false
                }
                Item::Text(text) if n != chosen => {
                    self.tally.removed(Class::HiddenContent, "the same text once more", text);
                    false
                }
                _ => true,
            });
        }
    }

    /// Cleans pages that no text stands for; each becomes an attachment.
    pub(super) fn attach_pages(&mut self, items: Vec<Item>) -> Result<Vec<Item>, Refusal> {
        const PLACE: &str = "text that is there only as a page (HTML)";
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let Item::Html(data, charset) = item else {
                all.push(item);
                continue;
            };
            let page = match charset.as_str() {
                "" => crate::text::decode(&data).map(|(page, _)| page),
                charset => Some(letters::decode(&data, charset)?),
            };
            let page = page.ok_or_else(|| Refusal::malformed("a page in no known letters"))?;
            let clean = html::clean(&page, self.nest, self.findings)
                .and_then(|clean| reads_as(clean.as_bytes(), &[Format::Html]).map(|_| clean));
            match clean {
                Ok(clean) => {
                    let (name, bytes) = ("page.html".to_owned(), clean.into_bytes());
                    self.findings.kept(Class::Unknown, PLACE, &name, "it stands as an attachment");
                    all.push(Item::File { name, bytes, format: Format::Html });
                }
                Err(why) => self.nest.leave_out(PLACE, why, self.findings)?,
            }
        }
        Ok(all)
    }

    fn leaf(
        &mut self,
        headers: &Headers,
        kind: Option<&Word>,
        body: &[u8],
    ) -> Result<Vec<Item>, Refusal> {
        let word = kind.map_or("text/plain", |kind| kind.word.as_str());
        let parameter = |name: &str| kind.map_or(Ok(None), |kind| kind.get(name));
        let disposition = headers.word("content-disposition")?;
        let named = match &disposition {
            Some(disposition) => disposition.get("filename")?,
            None => None,
        };
        let name = named.or(parameter("name")?);
        let attached = disposition.is_some_and(|d| d.word == "attachment") || name.is_some();
        match word {
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                return match parameter("smime-type")?.as_deref() {
                    Some("signed-data" | "certs-only") => {
                        Err(Refusal::unsupported("a mail that is inside its signature"))
                    }
                    _ => Err(Refusal::Encrypted),
                };
            }
            "application/pgp-encrypted" => return Err(Refusal::Encrypted),
            "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-keys" => {
                self.tally.removed(Class::Person, "digital signature", "");
                return Ok(Vec::new());
            }
            _ => {}
        }
        let mut data = transfer(headers, body)?;
        self.nest.admit_bytes(data.len() as u64)?;
        let charset = parameter("charset")?.unwrap_or_default();
        if word == "text/html" && !attached {
            return Ok(vec![Item::Html(data, charset)]);
        }
        if word.starts_with("text/") && attached && !charset.is_empty() {
            data = letters::decode(&data, &charset)?.into_bytes();
        }
        match word {
            "message/rfc822" | "message/global" => self.mail(&data),
            "text/plain" if !attached => self.text(&letters::decode(&data, &charset)?),
            "text/rfc822-headers" => Ok(self.report(word, &data)),
            _ if word.starts_with("message/") => Ok(self.report(word, &data)),
            _ => self.file(&data, name.as_deref().unwrap_or_default()),
        }
    }

    /// What mail servers report to each other.
    fn report(&self, word: &str, data: &[u8]) -> Vec<Item> {
        let place = format!("report of a mail server ({word})");
        self.tally.removed(Class::Location, &place, &crate::wording::foreign(data));
        Vec::new()
    }

    fn mail(&mut self, data: &[u8]) -> Result<Vec<Item>, Refusal> {
        self.files = self.files.saturating_add(1);
        let place = format!("mail {}", self.files);
        let inner = self.nest.mail(data, &place, self.findings)?;
        Ok(inner.map(|inner| Item::Mail(inner.bytes)).into_iter().collect())
    }

    fn text(&mut self, text: &str) -> Result<Vec<Item>, Refusal> {
        let text = text.replace("\r\n", "\n");
        if text.lines().any(|line| line.trim_end() == "-----BEGIN PGP MESSAGE-----") {
            return Err(Refusal::Encrypted);
        }
        let (text, signed) = without_signature(&text);
        if signed {
            self.tally.removed(Class::Person, "digital signature", "");
        }
        let text = crate::text::visible(&text, Tabs::Blank, self.findings)?;
        Ok(vec![Item::Text(text)])
    }

    fn file(&mut self, data: &[u8], name: &str) -> Result<Vec<Item>, Refusal> {
        self.files = self.files.saturating_add(1);
        let name = safe(name);
        let place =
            if name.is_empty() { format!("attachment {}", self.files) } else { name.clone() };
        let Some(inner) = self.nest.member(data, &place, self.findings)? else {
            return Ok(Vec::new());
        };
        let name = ending(if name.is_empty() { &place } else { &name }, inner.format);
        let why = "names are content; a name may tell who or when";
        self.findings.kept(Class::Identifier, "name of an attachment", &name, why);
        Ok(vec![Item::File { name, bytes: inner.bytes, format: inner.format }])
    }
}

/// A text without the marks of a signature inside it.
fn without_signature(text: &str) -> (String, bool) {
    let (mut out, mut signed, mut inside, mut head) = (String::new(), false, false, false);
    for line in text.split_inclusive('\n') {
        match line.trim_end() {
            "-----BEGIN PGP SIGNED MESSAGE-----" => (signed, head) = (true, true),
            "-----BEGIN PGP SIGNATURE-----" if signed => inside = true,
            "-----END PGP SIGNATURE-----" if inside => inside = false,
            _ if inside => {}
            // Lines in front of the text, up to an empty one.
            rest if head => head = !rest.is_empty(),
            _ => out.push_str(if signed { line.strip_prefix("- ").unwrap_or(line) } else { line }),
        }
    }
    (out, signed)
}

/// A name that is one on every system, its end included.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if ":*?\"<>|".contains(c) { '_' } else { c };
    let name: String = shown(last).chars().map(plain).collect();
    shortened(&name)
}

/// The end of a name that is too long.
pub(super) fn shortened(name: &str) -> String {
    let name = name.trim_matches(['.', ' ']);
    let letters = name.chars().count();
    let cut: String = name.chars().skip(letters.saturating_sub(LONGEST_NAME)).collect();
    cut.trim_matches(['.', ' ']).to_owned()
}

/// The name with an ending that does not lie about the clean file.
fn ending(name: &str, format: Format) -> String {
    let known = ENDINGS.iter().find(|(of, _)| *of == format).map(|(_, endings)| *endings);
    let lower = name.to_lowercase();
    let fits = known.unwrap_or_default().iter().any(|end| lower.ends_with(&format!(".{end}")));
    // A text may have any ending that no other format has.
    let other = ENDINGS
        .iter()
        .flat_map(|(_, all)| all.iter())
        .any(|end| lower.ends_with(&format!(".{end}")));
    let free = matches!(format, Format::Text | Format::Csv) && !other && lower.contains('.');
    let own = || shortened(&format!("{name}.{}", format.extension()));
    if fits || free { name.to_owned() } else { own() }
}

/// The bytes of a part as they were before they were sent.
fn transfer(headers: &Headers, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let how = headers.word("content-transfer-encoding")?.map(|word| word.word);
    let data = match how.as_deref().unwrap_or("7bit") {
        "7bit" | "8bit" | "binary" | "" => Some(body.to_vec()),
        "base64" => crate::base64::decode(body),
        "quoted-printable" => letters::unquoted(body),
        _ => return Err(Refusal::unsupported("a part that is encoded in an unknown way")),
    };
    data.ok_or_else(|| Refusal::malformed("a part that cannot be decoded"))
}

/// The parts between boundaries.
struct Split<'b> {
    before: &'b [u8],
    parts: Vec<&'b [u8]>,
    behind: &'b [u8],
}

fn split<'b>(body: &'b [u8], boundary: &str) -> Result<Split<'b>, Refusal> {
    let cut = || Refusal::malformed("parts that are cut off");
    let (mut before, mut parts, mut start) = (None, Vec::new(), 0usize);
    let mut at = 0usize;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let next = at.saturating_add(line.len());
        let mark = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end);
        let rest = mark.and_then(|mark| mark.strip_prefix(boundary.as_bytes()));
        if matches!(rest, Some(b"" | b"--")) {
            // The line end in front belongs to the boundary.
            let part = body.get(start..at).unwrap_or_default();
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            let part = part.strip_suffix(b"\r").unwrap_or(part);
            match before {
                None => before = Some(part),
                Some(_) => parts.push(part),
            }
            start = next;
            if rest == Some(b"--") {
                let before = before.unwrap_or_default();
                let behind = body.get(next..).unwrap_or_default();
                return Ok(Split { before, parts, behind });
            }
        }
        at = next;
    }
    Err(cut())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (name, kept) in [
            ("C:\\Users\\jane\\a.pdf", "a.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\u{202e}b\n:c?.txt", "ab _c_.txt"),
            ("...", ""),
            (" .a. ", "a"),
        ] {
            assert_eq!(safe(name), kept, "{name}");
            assert_eq!(safe(kept), kept);
        }
        assert_eq!(ending("a.exe", Format::Png), "a.exe.png");
        assert_eq!(ending("a.JPEG", Format::Jpeg), "a.JPEG");
        assert_eq!(ending("a.log", Format::Text), "a.log");
        assert_eq!(ending("a", Format::Text), "a.txt");
        let long = ending(&safe(&"a".repeat(150)), Format::Text);
        assert_eq!((long.len(), safe(&long)), (LONGEST_NAME, long.clone()));
        assert_eq!(ending("a.png", Format::Text), "a.png.txt");
    }

    #[test]
    fn parts_stand_between_boundaries() {
        let body = b"pre\r\n--b\r\n\r\none\r\n--b \r\n\r\n\r\n--bb\r\n--b--\r\npost";
        let all = split(body, "b").expect("parts");
        assert_eq!(all.before, b"pre");
        assert_eq!(all.parts, [b"\r\none".as_slice(), b"\r\n\r\n--bb"]);
        assert_eq!(all.behind, b"post");
        assert!(split(b"--b\r\nx", "b").is_err() && split(b"x", "b").is_err());
    }

    #[test]
    fn signatures_inside_a_text_go() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n- -- \nJane\n\
                    -----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\nmore\n";
        assert_eq!(without_signature(text), ("words\n-- \nJane\nmore\n".to_owned(), true));
        assert_eq!(without_signature("- a\n"), ("- a\n".to_owned(), false));
    }
}

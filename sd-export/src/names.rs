//! The names that copies get.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sd_fs::{Dir, DirError, Kind, RawName, SafeName};
use sd_scrub::{ENDINGS, Format};

/// Bytes of a stem that stay: room is left below a name's 200 for marks and endings.
const MAX_STEM: usize = 160;

/// Endings that promise something else than plain text.
const NOT_TEXT: &[&str] = &["doc", "odt", "xls", "ods", "ppt", "odp", "7z", "rar"];

fn format_of(ending: &str) -> Option<Format> {
    let ending = ending.to_lowercase();
    ENDINGS.iter().find(|(_, all)| all.contains(&ending.as_str())).map(|(format, _)| *format)
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, Some(ending)),
        _ => (name, None),
    }
}

/// The name without the `.unsafe` that stands behind the ending of a page or drawing.
fn unmarked(name: &str) -> &str {
    let plain = name.strip_suffix(".unsafe");
    plain.filter(|plain| split(plain).1.and_then(format_of).is_some()).unwrap_or(name)
}

/// Whether a name's ending says something else than the content does. An ending we know
/// nothing of is no lie about plain text.
pub(crate) fn ending_lies(name: &str, content: Format) -> bool {
    let Some(ending) = split(unmarked(name)).1.map(str::to_lowercase) else {
        return false;
    };
    let is_text = |format| matches!(format, Format::Text | Format::Csv | Format::Css);
    // Some endings stand for more than one format, and whether a text is a table is a guess.
    let fits = |(format, all): &(Format, &[&str])| {
        let alike = *format == content || is_text(*format) && is_text(content);
        alike && all.contains(&ending.as_str())
    };
    if ENDINGS.iter().any(fits) {
        return false;
    }
    !is_text(content) || format_of(&ending).is_some() || NOT_TEXT.contains(&ending.as_str())
}

/// A sentence for the reader if the ending is wrong.
pub(crate) fn ending_note(name: &str, content: Format) -> Option<String> {
    let shown = sd_fs::escape(name.as_bytes());
    ending_lies(name, content).then(|| format!("the ending is wrong: {shown} is a {content}"))
}

/// How a copy comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Written anew from what is on its format's list.
    Clean,
    /// Drawn, and written anew from the pixels.
    Rebuild,
}

impl Method {
    fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Rebuild => "rebuilt",
        }
    }

    /// The extension of the copy of a file of this format.
    pub(crate) fn extension(self, format: Format) -> &'static str {
        match self {
            Self::Clean => format.extension(),
            Self::Rebuild => Format::Pdf.extension(),
        }
    }
}

/// The name of a copy: `<stem><mark>.clean.<extension>` or `<stem><mark>.rebuilt.pdf`. The copy
/// of a copy gets the same name, so that it is refused as already there instead of piling up
/// marks.
pub(crate) fn copy_name(original: &str, mark: &str, method: Method, format: Format) -> SafeName {
    let (stem, ending) = split(unmarked(original));
    // A guess does not make a table or a style sheet of what was not called one.
    let format = match format {
        Format::Csv | Format::Css if ending.and_then(format_of) != Some(format) => Format::Text,
        format => format,
    };
    let (word, extension) = (method.word(), method.extension(format));
    let stem = stem.strip_suffix(word).and_then(|s| s.strip_suffix('.')).unwrap_or(stem);
    let name = format!("{}{mark}.{word}.{extension}", cut(stem));
    RawName::new(name).neutralise(&neutral_name(1, extension))
}

/// Whether a name is that of a copy of this original, without a mark.
pub(crate) fn is_copy_of(name: &str, original: &str, method: Method) -> bool {
    let extension = split(unmarked(name)).1;
    extension.and_then(format_of).is_some_and(|format| {
        name != original && copy_name(original, "", method, format).as_str() == name
    })
}

/// `file-001.jpg`: a name that tells nothing.
pub(crate) fn neutral_name(number: usize, extension: &str) -> SafeName {
    RawName::new(format!("file-{number:03}.{extension}")).neutralise(&plain_file())
}

/// The name of an archive of an export's files.
pub(crate) fn archive_name() -> SafeName {
    #[expect(clippy::expect_used, reason = "a constant; a test holds it")]
    SafeName::new("files.tar.zst").expect("plain letters")
}

/// The name of last resort: a constant that is always admissible.
fn plain_file() -> SafeName {
    #[expect(clippy::expect_used, reason = "a constant; a test holds it")]
    SafeName::new("file").expect("four plain letters")
}

/// The first number no neutral name in this directory has.
pub(crate) fn first_free_neutral(dir: &Dir) -> Result<usize, DirError> {
    let number = |name: &str| {
        let digits = name.strip_prefix("file-")?.split('.').next()?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<usize>().ok())?
    };
    let entries = dir.entries()?;
    let highest = entries.iter().filter_map(|e| number(&e.name)).max().unwrap_or(0);
    Ok(highest.saturating_add(1))
}

/// Tells namesakes apart that would otherwise claim one name: nothing, then `-2`, `-3`.
pub(crate) fn mark(
    taken: &mut HashSet<(PathBuf, String)>,
    dir: Option<&Path>,
    name: &[u8],
) -> String {
    let name = String::from_utf8_lossy(name);
    let (stem, ending) = split(&name);
    let ending = match ending.map(|e| (format_of(e), e)) {
        Some((Some(format), _)) => format.extension().to_owned(),
        Some((None, other)) => other.to_lowercase(),
        None => String::new(),
    };
    let dir = dir.unwrap_or(Path::new(""));
    let key = |mark: &str| (dir.to_owned(), format!("{}{mark}.{ending}", stem.to_lowercase()));
    let marks = std::iter::once(String::new()).chain((2_u32..).map(|n| format!("-{n}")));
    // The set is finite and the marks are not: one of them is free.
    marks.into_iter().find(|mark| taken.insert(key(mark))).unwrap_or_default()
}

/// Names handed out in one directory, unique also where `A.jpg` and `a.jpg` are one name.
#[derive(Debug)]
pub(crate) struct Unique(HashSet<String>);

impl Unique {
    /// With names that are spoken for.
    pub(crate) fn except(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|name| name.to_lowercase()).collect())
    }

    /// This name, or `name-2.ending` and so on.
    pub(crate) fn take(&mut self, name: &SafeName) -> SafeName {
        let (stem, ending) = split(name.as_str());
        let ending = ending.map(|e| format!(".{e}")).unwrap_or_default();
        let numbered = |n: u32| RawName::new(format!("{}-{n}{ending}", cut(stem))).admit().ok();
        let names = std::iter::once(name.clone()).chain((2..).filter_map(numbered));
        let free = names.into_iter().find(|n| self.0.insert(n.as_str().to_lowercase()));
        free.unwrap_or_else(plain_file)
    }
}

/// The name a file leaves under: its own, made safe, with the ending its content asks for.
pub(crate) fn export_name(name: &str, content: Option<Format>) -> SafeName {
    let safe = RawName::new(name).neutralise(&plain_file());
    match content {
        Some(format) if ending_lies(safe.as_str(), format) => {
            let name = format!("{}.{}", cut(safe.as_str()), format.extension());
            RawName::new(name).neutralise(&safe)
        }
        _ => safe,
    }
}

/// Whether anything of this name is one of our directories `<prefix>NNNN`, and which number it
/// has.
pub(crate) fn number_of(prefix: &str, name: &str, kind: Kind) -> Option<u32> {
    let digits = name.strip_prefix(prefix)?;
    let plain =
        kind == Kind::Dir && digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

/// Makes a directory that was not there: `mkdir` itself says so, which keeps two runs apart.
pub(crate) fn make_new(target: &Dir, name: &str) -> Result<Dir, DirError> {
    let path = target.path().join(name);
    rustix::fs::mkdir(&path, rustix::fs::Mode::RWXU)
        .map_err(|e| DirError::new("making the directory", &path, e))?;
    target.sub(name)
}

fn cut(stem: &str) -> &str {
    &stem[..stem.floor_char_boundary(MAX_STEM)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(name: &str) -> String {
        copy_name(name, "", Method::Clean, Format::Jpeg).to_string()
    }

    #[test]
    fn a_rebuilt_copy_is_a_pdf_whatever_the_original_is() {
        let rebuilt = |name, format| copy_name(name, "-2", Method::Rebuild, format).to_string();
        assert_eq!(rebuilt("photo.jpg", Format::Jpeg), "photo-2.rebuilt.pdf");
        assert_eq!(rebuilt("a.rebuilt.pdf", Format::Pdf), "a-2.rebuilt.pdf");
        assert_eq!(rebuilt("a.clean.pdf", Format::Pdf), "a.clean-2.rebuilt.pdf");
    }

    #[test]
    fn a_clean_copy_is_named_after_its_content() {
        let table = |name| copy_name(name, "", Method::Clean, Format::Csv).to_string();
        assert_eq!((table("a.tsv"), table("a.txt")), ("a.clean.csv".into(), "a.clean.txt".into()));
        assert_eq!(clean("photo.png"), "photo.clean.jpg");
        assert_eq!(clean("photo"), "photo.clean.jpg");
        assert_eq!(clean("photo.clean.jpg"), "photo.clean.jpg");
        assert_eq!(clean("-rf.jpg"), "rf.clean.jpg");
        assert_eq!(clean("a\u{202e}gpj.exe"), "a_gpj.clean.jpg");
        assert_eq!(clean("CON.jpg"), "_CON.clean.jpg");
        let page = |name| copy_name(name, "", Method::Clean, Format::Html).to_string();
        assert_eq!(page("a.html.unsafe"), "a.clean.html.unsafe");
        assert_eq!(page("a.desktop.unsafe"), "a.desktop.clean.html.unsafe");
        assert!(is_copy_of("a.clean.html.unsafe", "a.html.unsafe", Method::Clean));
        assert_eq!(neutral_name(7, "html").as_str(), "file-007.html.unsafe");
        assert!(!ending_lies("a.html.unsafe", Format::Html), "the mark is ours");
        assert!(ending_lies("a.html.unsafe", Format::Png));
        let long = clean(&format!("{}.jpg", "ä".repeat(120)));
        assert!(long.len() < 200 && long.ends_with("ä.clean.jpg"), "{long}");
    }

    #[test]
    fn a_wrong_ending_is_named() {
        let note = ending_note("report.jpg", Format::Pdf).expect("wrong");
        assert!(note.ends_with("report.jpg is a PDF document"));
        for (name, content) in [
            ("a.JPEG", Format::Jpeg),
            ("a", Format::Pdf),
            ("a.md", Format::Text),
            (".hidden", Format::Png),
        ] {
            assert!(!ending_lies(name, content), "{name}");
        }
        assert!(!ending_lies("a.txt", Format::Csv) && !ending_lies("a.csv", Format::Text));
        assert!(ending_lies("a.docx", Format::Csv) && ending_lies("a.gz", Format::Tar));
        assert!(ending_lies("a.docx", Format::Text) && ending_lies("a.md", Format::Png));
    }

    #[test]
    fn namesakes_are_told_apart_whatever_their_case() {
        let mut names = Unique::except(&["MANIFEST.json"]);
        let mut take = |name| names.take(&export_name(name, None)).to_string();
        assert_eq!(take("a.jpg"), "a.jpg");
        assert_eq!(take("A.jpg"), "A-2.jpg");
        assert_eq!(take("a.jpg"), "a-3.jpg");
        assert_eq!(take("Manifest.JSON"), "Manifest-2.JSON");
        let long = format!("{}.txt", "x".repeat(190));
        assert_eq!(take(&long).len(), 192);
        assert!(take(&long).ends_with("x-2.txt"));
        let mut taken = HashSet::new();
        assert_eq!(mark(&mut taken, None, b"a.jpg"), "");
        assert_eq!(mark(&mut taken, None, b"A.JPEG"), "-2");
        assert_eq!(mark(&mut taken, Some(Path::new("b")), b"a.jpg"), "");
    }

    #[test]
    fn an_exported_file_gets_the_ending_of_its_content() {
        assert_eq!(export_name("a.jpg", Some(Format::Pdf)).as_str(), "a.jpg.pdf");
        assert_eq!(export_name("a.pdf", Some(Format::Pdf)).as_str(), "a.pdf");
        assert_eq!(export_name("a.desktop", None).as_str(), "a.desktop.unsafe");
    }

    #[test]
    fn only_our_own_directories_have_a_number() {
        let export_number = |name, kind| number_of("export-", name, kind);
        assert_eq!(export_number("export-0012", Kind::Dir), Some(12));
        for name in ["export-12", "export-+012", "export-", "exports", "export-99999999999"] {
            assert_eq!(export_number(name, Kind::Dir), None, "{name}");
        }
        assert_eq!(export_number("export-0012", Kind::File), None);
    }
}

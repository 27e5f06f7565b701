//! What was met in a file, and what became of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::wording::{cannot_remove, escape};

/// Most findings one report lists; one more then says how many were left out.
pub const MAX_FINDINGS: usize = 2_000;

/// A format this crate can clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JPEG picture, baseline or progressive.
    Jpeg,
    /// A PNG picture or animation.
    Png,
    /// A GIF picture or animation.
    Gif,
    /// A WebP picture or animation.
    Webp,
    /// A BMP picture.
    Bmp,
    /// A picture of the PNM family: PBM, PGM, PPM or PAM.
    Pnm,
    /// A TIFF picture with its pages.
    Tiff,
    /// A HEIC picture.
    Heic,
    /// An AVIF picture.
    Avif,
    /// A JPEG XL picture or animation.
    Jxl,
    /// MP3 sound.
    Mp3,
    /// FLAC sound.
    Flac,
    /// Ogg sound: Vorbis or Opus.
    Ogg,
    /// WAV sound.
    Wav,
    /// AIFF sound.
    Aiff,
    /// Sound in an MP4 file.
    M4a,
    /// An MP4 video.
    Mp4,
    /// A `QuickTime` video.
    Mov,
    /// A Matroska video.
    Matroska,
    /// A `WebM` video.
    Webm,
    /// An AVI video.
    Avi,
    /// A Windows Media video.
    Wmv,
    /// Windows Media sound.
    Wma,
    /// A PDF document.
    Pdf,
    /// A Word document.
    Docx,
    /// An Excel workbook.
    Xlsx,
    /// A `PowerPoint` presentation.
    Pptx,
    /// A document in Rich Text Format.
    Rtf,
    /// An `OpenDocument` text.
    Odt,
    /// An `OpenDocument` spreadsheet.
    Ods,
    /// An `OpenDocument` presentation.
    Odp,
    /// An `OpenDocument` drawing.
    Odg,
    /// An `OpenDocument` formula.
    Odf,
    /// An `OpenDocument` text in one XML file.
    Fodt,
    /// An `OpenDocument` spreadsheet in one XML file.
    Fods,
    /// An `OpenDocument` presentation in one XML file.
    Fodp,
    /// An `OpenDocument` drawing in one XML file.
    Fodg,
    /// A mail.
    Eml,
    /// Plain text.
    Text,
    /// A ZIP archive.
    Zip,
    /// A TAR archive.
    Tar,
    /// A file compressed by gzip.
    Gzip,
    /// A file compressed by bzip2.
    Bzip2,
    /// A file compressed by xz.
    Xz,
    /// A file compressed by Zstandard.
    Zstd,
    /// A torrent.
    Torrent,
    /// A table as text.
    Csv,
    /// An SVG drawing.
    Svg,
    /// A style sheet.
    Css,
    /// A page in HTML or XHTML.
    Html,
    /// A book.
    Epub,
    /// Drawing commands of Windows, of 32 bits.
    Emf,
    /// Drawing commands of Windows, of 16 bits.
    Wmf,
}

impl Format {
    /// The extension a clean file of this format gets, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Bmp => "bmp",
            Self::Pnm => "pnm",
            Self::Tiff => "tif",
            Self::Heic => "heic",
            Self::Avif => "avif",
            Self::Jxl => "jxl",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Aiff => "aiff",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Matroska => "mkv",
            Self::Webm => "webm",
            Self::Avi => "avi",
            Self::Wmv => "wmv",
            Self::Wma => "wma",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Rtf => "rtf",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Odg => "odg",
            Self::Odf => "odf",
            Self::Fodt => "fodt",
            Self::Fods => "fods",
            Self::Fodp => "fodp",
            Self::Fodg => "fodg",
            Self::Eml => "eml",
            Self::Text => "txt",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "gz",
            Self::Bzip2 => "bz2",
            Self::Xz => "xz",
            Self::Zstd => "zst",
            Self::Torrent => "torrent",
            Self::Csv => "csv",
            Self::Svg => "svg",
            Self::Css => "css",
            Self::Html => "html",
            Self::Epub => "epub",
            Self::Emf => "emf",
            Self::Wmf => "wmf",
        }
    }

    /// Whether its clean copy is a list of pieces of the original ([`crate::scrub_into`]): such a
    /// file may be as long as [`crate::Limits::max_video`].
    pub fn is_streamed(self) -> bool {
        use Format::{Avi, M4a, Matroska, Mov, Mp4, Webm, Wma, Wmv};
        matches!(self, M4a | Mp4 | Mov | Matroska | Webm | Avi | Wmv | Wma)
    }

    /// Whether its first bytes alone say what a clean file of it is.
    pub(crate) fn is_told_by_head(self) -> bool {
        matches!(self, Self::Mp3 | Self::Flac | Self::Wav | Self::Aiff)
    }

    /// Whether a file of it may hold recorded changes and remarks, of which a person decides.
    pub fn records_changes(self) -> bool {
        let office = matches!(self, Self::Docx | Self::Xlsx | Self::Pptx | Self::Rtf);
        office || self.is_open_document()
    }

    /// Whether it is a kind of `OpenDocument`.
    pub fn is_open_document(self) -> bool {
        use Format::{Fodg, Fodp, Fods, Fodt, Odf, Odg, Odp, Ods, Odt};
        matches!(self, Odt | Ods | Odp | Odg | Odf | Fodt | Fods | Fodp | Fodg)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG picture",
            Self::Png => "PNG picture",
            Self::Gif => "GIF picture",
            Self::Webp => "WebP picture",
            Self::Bmp => "BMP picture",
            Self::Pnm => "PNM picture",
            Self::Tiff => "TIFF picture",
            Self::Heic => "HEIC picture",
            Self::Avif => "AVIF picture",
            Self::Jxl => "JPEG XL picture",
            Self::Mp3 => "MP3 audio",
            Self::Flac => "FLAC audio",
            Self::Ogg => "Ogg audio",
            Self::Wav => "WAV audio",
            Self::Aiff => "AIFF audio",
            Self::M4a => "M4A audio",
            Self::Mp4 => "MP4 video",
            Self::Mov => "QuickTime video",
            Self::Matroska => "Matroska video",
            Self::Webm => "WebM video",
            Self::Avi => "AVI video",
            Self::Wmv => "Windows Media video",
            Self::Wma => "Windows Media audio",
            Self::Pdf => "PDF document",
            Self::Docx => "Word document",
            Self::Xlsx => "Excel workbook",
            Self::Pptx => "PowerPoint presentation",
            Self::Rtf => "RTF document",
            Self::Odt => "OpenDocument text",
            Self::Ods => "OpenDocument spreadsheet",
            Self::Odp => "OpenDocument presentation",
            Self::Odg => "OpenDocument drawing",
            Self::Odf => "OpenDocument formula",
            Self::Fodt => "flat OpenDocument text",
            Self::Fods => "flat OpenDocument spreadsheet",
            Self::Fodp => "flat OpenDocument presentation",
            Self::Fodg => "flat OpenDocument drawing",
            Self::Eml => "mail message",
            Self::Text => "plain text",
            Self::Zip => "ZIP archive",
            Self::Tar => "TAR archive",
            Self::Gzip => "gzip file",
            Self::Bzip2 => "bzip2 file",
            Self::Xz => "xz file",
            Self::Zstd => "Zstandard file",
            Self::Torrent => "torrent",
            Self::Csv => "CSV table",
            Self::Svg => "SVG drawing",
            Self::Css => "CSS style sheet",
            Self::Html => "HTML page",
            Self::Epub => "EPUB book",
            Self::Emf => "EMF drawing",
            Self::Wmf => "WMF drawing",
        })
    }
}

/// What kind of thing a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Where something was made: coordinates, places.
    Location,
    /// Who: names, owners, copyright lines.
    Person,
    /// With what device: make, model, serial number, maker notes.
    Device,
    /// With what program.
    Software,
    /// When.
    Time,
    /// A number or name that ties copies or files together.
    Identifier,
    /// A small second picture of the content, perhaps of an earlier state.
    Thumbnail,
    /// Content that is in the file but not shown.
    HiddenContent,
    /// A recorded change or an earlier revision.
    TrackedChange,
    /// A remark, caption or annotation.
    Comment,
    /// A link, script or action.
    Link,
    /// Colour and display settings.
    Color,
    /// Bytes after the end or in the gaps.
    Trailing,
    /// Something that is not on the format's list.
    Unknown,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is not in the clean copy.
    Removed,
    /// It is still in the clean copy.
    Kept {
        /// The reason, in our words.
        why: String,
    },
    /// It is in the file; said by [`crate::inspect`] only.
    Found,
}

/// One thing that was met in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing it is.
    pub class: Class,
    /// Where it stood, in our words, such as `APP1 EXIF GPS`.
    pub place: String,
    /// What it said: foreign text, escaped and cut at 200 characters; may be empty.
    pub detail: String,
    /// What became of it.
    pub fate: Fate,
}

/// All that was met in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The format, told by content.
    pub format: Format,
    /// What was met, in the order of the file.
    pub findings: Vec<Finding>,
    /// What no program removes from this format, as fixed sentences.
    pub cannot_remove: Vec<String>,
}

/// A clean copy and its report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Scrubbed {
    /// The clean file.
    pub bytes: Vec<u8>,
    /// What was removed and what was kept.
    pub report: Report,
}

/// Collects findings and stops at [`MAX_FINDINGS`].
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    left_out: u64,
}

impl Findings {
    /// Notes something that is not in the clean copy.
    pub(crate) fn removed(&mut self, class: Class, place: impl Into<String>, detail: &str) {
        self.push(class, &place.into(), detail, Fate::Removed);
    }

    /// Notes something that stays, and why.
    pub(crate) fn kept(&mut self, class: Class, place: impl Into<String>, detail: &str, why: &str) {
        self.push(class, &place.into(), detail, Fate::Kept { why: why.to_owned() });
    }

    /// Whether nothing was met.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes over the findings of a part, such as a picture inside a document.
    pub(crate) fn absorb(&mut self, place: &str, part: Self) {
        self.left_out = self.left_out.saturating_add(part.left_out);
        for finding in part.list {
            let place = format!("{place}: {}", finding.place);
            self.store(Finding { place, ..finding });
        }
    }

    /// The report on a file of `format`, with the sentences every such report carries.
    pub(crate) fn into_report(mut self, format: Format) -> Report {
        if self.left_out > 0 {
            self.list.push(Finding {
                class: Class::Unknown,
                place: "report".to_owned(),
                detail: format!("{} more findings are not listed", self.left_out),
                fate: Fate::Removed,
            });
        }
        let cannot_remove = cannot_remove(format).iter().map(|s| (*s).to_owned()).collect();
        Report { format, findings: self.list, cannot_remove }
    }

    fn push(&mut self, class: Class, place: &str, detail: &str, fate: Fate) {
        self.store(Finding { class, place: escape(place), detail: escape(detail), fate });
    }

    fn store(&mut self, finding: Finding) {
        let kept = matches!(finding.fate, Fate::Kept { .. });
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
        } else if kept && let Some(at) = self.list.iter().rposition(|f| f.fate == Fate::Removed) {
            // What stays in the clean copy matters more to the reader than what is gone.
            self.list.remove(at);
            self.list.push(finding);
            self.left_out = self.left_out.saturating_add(1);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_stops_at_its_cap_and_says_so_but_never_loses_what_was_kept() {
        let mut findings = Findings::default();
        for _ in 0..MAX_FINDINGS + 5 {
            findings.removed(Class::Unknown, "here", "");
        }
        findings.kept(Class::Color, "there", "", "it must");
        let report = findings.into_report(Format::Png);
        assert_eq!(report.findings.len(), MAX_FINDINGS + 1);
        assert!(report.findings.iter().any(|f| f.place == "there"));
        assert!(report.findings.last().is_some_and(|f| f.detail.starts_with("6 more")));
    }

    #[test]
    fn a_report_survives_json() {
        let mut findings = Findings::default();
        findings.kept(Class::Link, "p", "d", "w");
        let report = findings.into_report(Format::Pdf);
        let json = serde_json::to_string(&report).expect("reports are plain data");
        assert_eq!(serde_json::from_str::<Report>(&json).expect("and read back"), report);
    }
}

//! The clean document, before it is packed, and the list of parts that is written anew.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{Kind, TYPE};
use crate::member_name::MemberName;
use crate::nest::Nest;
use crate::zip::{Packing, Writer};
use crate::{Format, Refusal};

/// The parts of a clean document by name. A flat one has one part with an empty name.
#[derive(Default)]
pub(super) struct Clean {
    pub(super) parts: BTreeMap<String, Part>,
    /// Objects by their directory, with their types.
    pub(super) objects: BTreeMap<String, String>,
    /// The pictures of a flat document, as they are written.
    pub(super) inline: BTreeSet<String>,
    /// What of the document was used, by its old name.
    pub(super) used: BTreeSet<String>,
    /// The version that the document says it follows.
    pub(super) version: Option<&'static str>,
}

/// A clean part.
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    /// The root of an XML part; none: it was cleaned by its own module.
    pub(super) root: Option<&'static str>,
    format: Format,
}

impl Clean {
    pub(super) fn add(&mut self, path: String, root: &'static str, text: String) {
        let part = Part { bytes: text.into_bytes(), root: Some(root), format: Format::Text };
        self.parts.insert(path, part);
    }

    pub(super) fn add_foreign(&mut self, path: String, format: Format, bytes: Vec<u8>) {
        self.parts.insert(path, Part { bytes, root: None, format });
    }

    /// Takes an object out again that could not be cleaned.
    pub(super) fn forget(&mut self, directory: &str) {
        self.parts.retain(|name, _| !name.starts_with(directory));
        self.objects.retain(|name, _| !name.starts_with(directory));
    }

    /// The one part of a flat document.
    pub(super) fn flat(mut self) -> Vec<u8> {
        self.parts.remove("").map(|part| part.bytes).unwrap_or_default()
    }

    /// The package: its type first and as it is, the list of its parts last.
    pub(super) fn pack(&self, kind: &Kind, nest: &Nest<'_>) -> Result<Vec<u8>, Refusal> {
        let limits = nest.limits();
        let mut writer = Writer::default();
        let mut add = |name: &str, bytes: &[u8], packing| {
            writer.add(&MemberName::admit(name, limits)?, bytes, packing, limits)
        };
        add("mimetype", format!("{TYPE}{}", kind.ending).as_bytes(), Packing::Stored)?;
        for (name, part) in &self.parts {
            add(name, &part.bytes, Packing::of(part.format))?;
        }
        add("META-INF/manifest.xml", self.manifest(kind).as_bytes(), Packing::Deflated)?;
        writer.finish()
    }

    fn manifest(&self, kind: &Kind) -> String {
        let version = self.version.unwrap_or("1.2");
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest \
             xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
             manifest:version=\"{version}\">"
        );
        let mut line = |path: &str, media: &str, version: &str| {
            let entry = ["<manifest:file-entry manifest:full-path=\"", path, "\"", version];
            out.push_str(&entry.concat());
            out.push_str(&[" manifest:media-type=\"", media, "\"/>"].concat());
        };
        let said = format!(" manifest:version=\"{version}\"");
        line("/", &format!("{TYPE}{}", kind.ending), &said);
        for (directory, media) in &self.objects {
            line(directory, media, &said);
        }
        for (name, part) in &self.parts {
            line(name, part.root.map_or(media_type(part.format), |_| "text/xml"), "");
        }
        out.push_str("</manifest:manifest>");
        out
    }
}

/// The media type of what may stand in a package; whatever else does has none that says more.
fn media_type(format: Format) -> &'static str {
    match format {
        Format::M4a => Format::Mp4.media_type(),
        Format::Mp3 | Format::Wav | Format::Mp4 => format.media_type(),
        format if is_picture(format) => format.media_type(),
        _ => "application/octet-stream",
    }
}

/// Whether this is a picture that may stand in a document.
pub(super) fn is_picture(format: Format) -> bool {
    use Format::{Bmp, Emf, Gif, Jpeg, Png, Svg, Tiff, Webp, Wmf};
    matches!(format, Jpeg | Png | Gif | Bmp | Tiff | Webp | Svg | Emf | Wmf)
}

/// Whether this is sound or a video that may stand in a document.
pub(super) fn is_media(format: Format) -> bool {
    use Format::{Aiff, Avi, Flac, M4a, Matroska, Mov, Mp3, Mp4, Ogg, Wav, Webm, Wma, Wmv};
    let sound = matches!(format, Mp3 | Flac | Ogg | Wav | Aiff | M4a | Wma);
    sound || matches!(format, Mp4 | Mov | Matroska | Webm | Avi | Wmv)
}

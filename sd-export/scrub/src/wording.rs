//! Words for the report: foreign text made safe to show, and the sentences every report carries.

use crate::Format;

/// Most characters of foreign text one finding quotes.
const MAX_DETAIL: usize = 200;

/// Foreign text made safe to show: nothing in it can move the cursor, turn the reading direction
/// or hide.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == MAX_DETAIL {
            out.push('…');
            break;
        }
        if crate::text::is_invisible(c) || (c.is_whitespace() && c != ' ') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Foreign bytes as text; what is not UTF-8 is read as Latin-1. Trailing NULs are padding.
pub(crate) fn foreign(bytes: &[u8]) -> String {
    let cut = bytes.get(..bytes.len().min(4 * MAX_DETAIL)).unwrap_or_default();
    let end = cut.iter().rposition(|b| *b != 0).map_or(0, |at| at.saturating_add(1));
    let text = cut.get(..end).unwrap_or_default();
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(e) if e.error_len().is_none() => String::from_utf8_lossy(text).into_owned(),
        Err(_) => text.iter().map(|b| char::from(*b)).collect(),
    }
}

const PICTURE: [&str; 4] = [
    "What the picture shows stays: faces, places, screens, reflections, names and handwriting.",
    "Watermarks and printer tracking dots in the picture stay.",
    "The noise pattern of the camera or scanner sensor stays; it can tie pictures to one device.",
    "The compression settings stay; they tell what kind of camera or program wrote the picture.",
];
const SOUND: [&str; 4] = [
    "What can be heard stays: voices, names, places; a voice can be recognised.",
    "Watermarks in the sound stay.",
    "The hum of the mains and the sound of the room stay; they can tell when and where.",
    "The compression settings stay; they tell what kind of device or program made the recording.",
];
const VIDEO: [&str; 5] = [
    "What can be seen and heard stays: faces, places, screens, voices, names.",
    "Watermarks in pictures and sound stay.",
    "The noise pattern of the camera sensor stays; it can tie videos to one device.",
    "The hum of the mains and the sound of the room stay; they can tell when and where.",
    "The compression settings stay; they tell what kind of device or program made the recording.",
];
const OFFICE: [&str; 5] = [
    "The text stays, with every name, date, number and address in it, hidden text too.",
    "Wording, spelling, spaces, fonts, styles and page size stay; they can mark a copy.",
    "Formulas, headings, names of sheets and addresses of links stay; they may name people.",
    "Watermarks, tracking dots and faces in pictures stay.",
    "Style of writing stays; it can point to an author.",
];

/// What no program removes from a format, in fixed sentences.
pub(crate) fn cannot_remove(format: Format) -> &'static [&'static str] {
    match format {
        Format::Jpeg | Format::Webp | Format::Tiff | Format::Heic | Format::Avif | Format::Jxl => {
            &PICTURE
        }
        Format::Mp3
        | Format::Flac
        | Format::Ogg
        | Format::Wav
        | Format::Aiff
        | Format::M4a
        | Format::Wma => &SOUND,
        Format::Mp4 | Format::Mov | Format::Matroska | Format::Webm | Format::Avi | Format::Wmv => {
            &VIDEO
        }
        Format::Png | Format::Gif | Format::Bmp | Format::Pnm => {
            PICTURE.get(..3).unwrap_or_default()
        }
        Format::Pdf => &[
            "Visible text and pictures stay, with every name, date, number and face in them.",
            "Watermarks and printer tracking dots in the pages and pictures stay.",
            "Text under a black box or in the colour of the page stays and can be copied out.",
            "Wording, fonts, page size and the exact position of letters stay; they can mark a copy.",
            "The noise pattern of the camera or scanner sensor stays in pictures.",
        ],
        Format::Docx
        | Format::Xlsx
        | Format::Pptx
        | Format::Rtf
        | Format::Odt
        | Format::Ods
        | Format::Odp
        | Format::Odg
        | Format::Odf
        | Format::Fodt
        | Format::Fods
        | Format::Fodp
        | Format::Fodg => &OFFICE,
        Format::Eml => &[
            "Who wrote to whom, when and about what stays, with every name and address in it.",
            "The text and the attachments stay, with what they say and show; text that was quoted stays too.",
            "Wording, spelling and style of writing stay; they can point to an author or mark a copy.",
            "The names of the attachments stay, made safe; they may name people.",
        ],
        Format::Text | Format::Csv => &[
            "The words stay, with every name, date, number and address in them.",
            "Wording, spelling, punctuation, line breaks and the number of spaces stay; they can mark a copy.",
            "Style of writing stays; it can point to an author.",
        ],
        Format::Svg | Format::Emf | Format::Wmf => &[
            "What the drawing shows stays: words, names, faces, also outside of its edges and under other things.",
            "Fonts, sizes and the exact numbers of lines stay; they can mark a copy or a program.",
            "Watermarks in pictures inside stay.",
        ],
        Format::Html | Format::Epub => &[
            "The text stays, with every name, date, number and address in it, hidden text too.",
            "Wording, spelling, structure, styles and fonts stay; they can tell the site or program, or mark a copy.",
            "Addresses of links stay, also the parts of them that follow a reader; they may name people.",
            "Watermarks and faces in pictures stay.",
            "Style of writing stays; it can point to an author.",
        ],
        Format::Css => &[
            "Properties, their order and exact numbers stay; they can tell which site a style sheet is from.",
            "Texts that a style sheet adds to a page stay, and names of fonts.",
        ],
        Format::Gzip | Format::Bzip2 | Format::Xz | Format::Zstd => {
            &["What the file inside shows or says stays, as it would uncompressed."]
        }
        Format::Torrent => &[
            "The names, sizes and sums of the files stay: whoever has the files knows which they are.",
            "The hash of the torrent stays: whoever shares it is seen by all others who do.",
        ],
        Format::Zip | Format::Tar => &[
            "The names of the files inside stay, with every name and date in them.",
            "What each file inside shows or says stays, as it would outside an archive.",
            "Which files stand together, and how many, stays.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_shown_escaped_and_cut() {
        assert_eq!(escape("a\u{202e}b\n\u{200b}"), r"a\u{202e}b\u{a}\u{200b}");
        assert_eq!(escape(&"x".repeat(500)).chars().count(), 201);
    }
}

//! Which characters can be seen, and which scripts need the joiners.

/// Characters that show nothing of their own, or steer what others show. Ranges, sorted.
const INVISIBLE: &[(u32, u32)] = &[
    (0x0000, 0x001f), // control characters; TAB and LF are let through by name
    (0x007f, 0x009f),
    (0x00ad, 0x00ad), // soft hyphen
    (0x034f, 0x034f), // combining grapheme joiner
    (0x0600, 0x0605), // Arabic number signs hide in running text
    (0x061c, 0x061c), // Arabic letter mark
    (0x115f, 0x1160), // Hangul fillers
    (0x17b4, 0x17b5),
    (0x180b, 0x180f), // Mongolian selectors and vowel separator
    (0x200b, 0x200f), // zero-width space and joiners, direction marks
    (0x2028, 0x202e), // line and paragraph separators, direction embeddings
    (0x2060, 0x206f), // word joiner, invisible operators, isolates
    (0x2800, 0x2800), // blank braille pattern
    (0x3164, 0x3164),
    (0xfdd0, 0xfdef), // never characters
    (0xfe00, 0xfe0f), // variation selectors
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb), // unassigned, interlinear annotation
    (0xfffe, 0xffff),
    (0x1_bca0, 0x1_bca3),
    (0x1_d173, 0x1_d17a), // musical formatting
    (0xe_0000, 0xe_0fff), // tag characters, more variation selectors
];

/// Spaces that are not the plain one.
const SPACES: &[(u32, u32)] = &[
    (0x00a0, 0x00a0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];

/// Areas without agreed meaning: what is shown depends on the fonts of the machine.
const PRIVATE: &[(u32, u32)] = &[(0xe000, 0xf8ff), (0xf_0000, 0x10_ffff)];

/// Scripts in which the joiners change the shape of letters: Arabic, Syriac, the Indic ones.
const JOINING: &[(u32, u32)] = &[
    (0x0620, 0x074f),
    (0x0750, 0x077f),
    (0x08a0, 0x08ff),
    (0x0900, 0x0dff),
    (0x1000, 0x109f),
    (0xfb50, 0xfdcf),
    (0xfe70, 0xfefc),
];

/// Pictographs: what a selector or joiner may follow.
const EMOJI: &[(u32, u32)] = &[
    (0x203c, 0x203c),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x21aa),
    (0x231a, 0x23ff),
    (0x24c2, 0x24c2),
    (0x25aa, 0x25fe),
    (0x2600, 0x27bf),
    (0x2934, 0x2935),
    (0x2b05, 0x2b55),
    (0x3030, 0x3030),
    (0x303d, 0x303d),
    (0x3297, 0x3299),
    (0x1_f000, 0x1_faff),
];

/// Cyrillic and Greek letters that look like Latin ones, and letters made to look like others.
const LOOKALIKES: &str = "аеорсухіјѕһԁԛԝАВЕКМНОРСТХУІЈЅԌΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ";

fn within(table: &[(u32, u32)], c: char) -> bool {
    let code = u32::from(c);
    table.iter().any(|(from, to)| (*from..=*to).contains(&code))
}

/// Whether a character shows nothing of its own: control, direction, zero-width and tag
/// characters, and selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    // The last two code points of each plane are never characters.
    within(INVISIBLE, c) || u32::from(c) & 0xfffe == 0xfffe
}

pub(super) fn is_odd_space(c: char) -> bool {
    within(SPACES, c)
}

pub(super) fn is_private(c: char) -> bool {
    within(PRIVATE, c)
}

pub(super) fn is_joining(c: char) -> bool {
    within(JOINING, c)
}

pub(super) fn is_emoji(c: char) -> bool {
    within(EMOJI, c)
}

/// Whether a letter is Cyrillic or Greek but looks Latin.
pub(super) fn is_lookalike(c: char) -> bool {
    LOOKALIKES.contains(c)
}

/// Whether a letter is a Latin one, with or without accents.
pub(super) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || (c.is_alphabetic() && within(&[(0xc0, 0x24f), (0x1e00, 0x1eff)], c))
}

/// Letters in fancy dress: full-width forms and the mathematical alphabets.
pub(super) fn is_styled(c: char) -> bool {
    within(&[(0xff21, 0xff3a), (0xff41, 0xff5a), (0x1_d400, 0x1_d7ff)], c)
}

/// What an invisible character is called in a report.
pub(super) fn family(c: char) -> &'static str {
    match u32::from(c) {
        0xad => "soft hyphens",
        0x200e | 0x200f | 0x061c | 0x202a..=0x202e | 0x2066..=0x2069 => "direction marks",
        0xfe00..=0xfe0f | 0xe_0100..=0xe_01ef | 0x180b..=0x180f => "variation selectors",
        0xe_0000..=0xe_007f => "tag characters",
        0..=0x1f | 0x7f..=0x9f => "control characters",
        _ => "zero-width characters",
    }
}

//! The targets of `sd_scrub`, one a family of formats.
//!
//! What was cleaned must be cleaned again without changing a byte: a second run that finds
//! something says that the first one left it, and a refusal says that what was written is broken.

use libfuzzer_sys::Corpus;
use sd_scrub::{Detected, Format, Limits, Refusal, detect, scrub};

use crate::assert_plain;
use crate::package::packed;

/// The families: a target, and the formats it tries. A format is in one family.
const FAMILIES: &[(&str, &[Format])] = &[
    (
        "pictures",
        &[
            Format::Jpeg,
            Format::Png,
            Format::Gif,
            Format::Webp,
            Format::Bmp,
            Format::Pnm,
            Format::Tiff,
            Format::Heic,
            Format::Avif,
            Format::Jxl,
            Format::Emf,
            Format::Wmf,
        ],
    ),
    ("sound", &[Format::Mp3, Format::Flac, Format::Ogg, Format::Wav, Format::Aiff, Format::Wma]),
    (
        "video",
        &[
            Format::M4a,
            Format::Mp4,
            Format::Mov,
            Format::Matroska,
            Format::Webm,
            Format::Avi,
            Format::Wmv,
        ],
    ),
    ("pdf", &[Format::Pdf]),
    ("text", &[Format::Text, Format::Csv]),
    (
        "archives",
        &[
            Format::Zip,
            Format::Tar,
            Format::Gzip,
            Format::Bzip2,
            Format::Xz,
            Format::Zstd,
            Format::Torrent,
        ],
    ),
    (
        "office",
        &[
            Format::Docx,
            Format::Xlsx,
            Format::Pptx,
            Format::Odt,
            Format::Ods,
            Format::Odp,
            Format::Odg,
            Format::Odf,
            Format::Fodt,
            Format::Fods,
            Format::Fodp,
            Format::Fodg,
            Format::Rtf,
        ],
    ),
    ("web", &[Format::Svg, Format::Css, Format::Html, Format::Epub]),
    ("mail", &[Format::Eml]),
];

/// A target of one family, by its name in the table.
#[macro_export]
macro_rules! scrub_target {
    ($family:literal) => {
        libfuzzer_sys::fuzz_target!(init: $crate::scrub::ready($family), |data: &[u8]| -> libfuzzer_sys::Corpus {
            $crate::scrub::twice($family, data)
        });
    };
}

/// Cleans one good input: a target that only tries refusals would look green.
pub fn ready(family: &str) {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let seeds = std::fs::read_dir(corpus.join(format!("scrub-{family}"))).expect("seeds");
    let cleaned = seeds
        .filter_map(|seed| std::fs::read(seed.ok()?.path()).ok())
        .filter(|seed| scrub(&packed(seed), &limits()).is_ok())
        .count();
    assert!(cleaned > 0, "no seed of {family} can be cleaned");
}

/// Cleans what is of the family, and cleans that again. Other kinds are other targets' business.
pub fn twice(family: &str, data: &[u8]) -> Corpus {
    let known = FAMILIES.iter().find(|(name, _)| *name == family).expect("a family").1;
    let data = packed(data);
    match detect(&data) {
        Detected::Known(format) if known.contains(&format) => {}
        _ => return Corpus::Reject,
    }
    match scrub(&data, &limits()) {
        Ok(done) => {
            for finding in &done.report.findings {
                assert_plain(&finding.place);
                assert_plain(&finding.detail);
            }
            let again = scrub(&done.bytes, &limits()).expect("a clean file can be cleaned");
            assert!(again.bytes == done.bytes, "a clean file changes when it is cleaned again");
            assert_eq!(again.report.format, done.report.format);
        }
        // What the second reader found in the clean copy is a fault of ours.
        Err(e @ Refusal::NotClean { .. }) => panic!("{e}"),
        Err(e) => assert_plain(&e.to_string()),
    }
    Corpus::Keep
}

/// Small, so that an input of 20,000 bytes cannot ask for more than the target may take.
fn limits() -> Limits {
    Limits { max_input: 1 << 20, max_output: 64 << 20, max_pixels: 4_000_000, ..Limits::default() }
}

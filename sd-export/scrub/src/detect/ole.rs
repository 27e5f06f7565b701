//! Documents in the container of the 1990s: which kind, and what to do with it.

use crate::bytes::find;

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Length of the name in an entry of the directory.
const NAME: usize = 64;

/// What such a file is, by the names of its streams.
pub(super) fn detect(bytes: &[u8]) -> Option<&'static str> {
    const STREAMS: &[(&str, &str)] = &[
        ("EncryptedPackage", "Office document with a password (take it off)"),
        ("__properties_version1.0", "Outlook message (save it as text or EML)"),
        ("WordDocument", "old Word document (save it as DOCX)"),
        ("Workbook", "old Excel workbook (save it as XLSX)"),
        ("Book", "old Excel workbook (save it as XLSX)"),
        ("StarWriterDocument", "old StarOffice document (save it as ODT)"),
        ("StarCalcDocument", "old StarOffice spreadsheet (save it as ODS)"),
        ("StarDrawDocument3", "old StarOffice drawing (save it as ODG or ODP)"),
        ("StarMathDocument", "old StarOffice formula (save it as ODF)"),
        ("PowerPoint Document", "old presentation (save it as PPTX)"),
    ];
    bytes.starts_with(MAGIC).then_some(())?;
    let found = STREAMS.iter().find(|(name, _)| find(bytes, &entry(name)).is_some());
    Some(found.map_or("old Office document or mail (OLE)", |(_, kind)| *kind))
}

/// How the name of a stream is written in the directory: 32 letters of two bytes, the rest zero.
fn entry(name: &str) -> Vec<u8> {
    let mut out: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    out.resize(NAME, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_documents_are_told_apart_and_lead_on() {
        for (stream, word) in [
            ("EncryptedPackage", "password"),
            ("WordDocument", "DOCX"),
            ("Workbook", "XLSX"),
            ("PowerPoint Document", "PPTX"),
            ("__properties_version1.0", "EML"),
            ("Else", "OLE"),
        ] {
            let bytes = [MAGIC, &[0; 512], &entry(stream), &[0; 64]].concat();
            assert!(detect(&bytes).is_some_and(|kind| kind.contains(word)), "{stream}");
        }
        assert_eq!(detect(b"WordDocument"), None);
    }
}

//! Names what an XMP packet says, for the report. XMP is never copied.

use crate::bytes::find;
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// Properties worth naming; whatever else the packet holds goes with it.
const KNOWN: &[(&str, Class, &str)] = &[
    ("dc:creator", Class::Person, "creator"),
    ("dc:rights", Class::Person, "rights"),
    ("dc:title", Class::Comment, "title"),
    ("dc:description", Class::Comment, "description"),
    ("dc:subject", Class::Comment, "keywords"),
    ("xmp:CreatorTool", Class::Software, "creator tool"),
    ("pdf:Producer", Class::Software, "producer"),
    ("xmp:CreateDate", Class::Time, "time of creation"),
    ("xmp:ModifyDate", Class::Time, "time of change"),
    ("xmp:MetadataDate", Class::Time, "time of metadata"),
    ("photoshop:DateCreated", Class::Time, "time of creation"),
    ("photoshop:AuthorsPosition", Class::Person, "author's position"),
    ("photoshop:Credit", Class::Person, "credit"),
    ("photoshop:City", Class::Location, "city"),
    ("photoshop:Country", Class::Location, "country"),
    ("exif:GPSLatitude", Class::Location, "latitude"),
    ("exif:GPSLongitude", Class::Location, "longitude"),
    ("aux:SerialNumber", Class::Device, "camera serial number"),
    ("aux:OwnerName", Class::Person, "camera owner"),
    ("tiff:Make", Class::Device, "camera make"),
    ("tiff:Model", Class::Device, "camera model"),
    ("xmpMM:DocumentID", Class::Identifier, "document ID"),
    ("xmpMM:InstanceID", Class::Identifier, "instance ID"),
    ("xmpMM:OriginalDocumentID", Class::Identifier, "original document ID"),
    ("xmpMM:History", Class::TrackedChange, "history of changes"),
    ("stEvt:softwareAgent", Class::Software, "program in the history"),
    ("xmp:Thumbnails", Class::Thumbnail, "thumbnail"),
];

/// How far after a property's name its value may start.
const REACH: usize = 2_000;

/// Notes the packet and the properties it is known to hold.
pub(crate) fn note(packet: &[u8], place: &str, findings: &mut Findings) {
    findings.removed(Class::Person, place, &format!("{} bytes", packet.len()));
    for (property, class, name) in KNOWN {
        if let Some(at) = find(packet, property.as_bytes()) {
            let from = at.saturating_add(property.len());
            let rest = packet.get(from..packet.len().min(from.saturating_add(REACH)));
            let value = value(&foreign(rest.unwrap_or_default()));
            findings.removed(*class, format!("{place} {name}"), &value);
        }
    }
}

/// The value after a property's name: an attribute's, or the first text between tags.
fn value(rest: &str) -> String {
    if let Some(quoted) = rest.strip_prefix("=\"") {
        return quoted.split('"').next().unwrap_or_default().to_owned();
    }
    let texts = rest.split('<').filter_map(|part| part.split_once('>'));
    texts.map(|(_, text)| text.trim()).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_as_attributes_and_as_elements() {
        let mut findings = Findings::default();
        let packet = br#"<x xmp:CreatorTool="Pad 3"><dc:creator><rdf:Seq>
            <rdf:li>Jane Doe</rdf:li></rdf:Seq></dc:creator></x>"#;
        note(packet, "XMP", &mut findings);
        let report = findings.into_report(crate::Format::Png);
        let said: Vec<_> = report.findings.iter().map(|f| f.detail.as_str()).collect();
        assert!(said.contains(&"Pad 3") && said.contains(&"Jane Doe"));
    }
}

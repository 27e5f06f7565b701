//! Documents of Office, written part by part, with a canary in every place that can hide data and
//! a keep-mark in every kind of content.
#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    clippy::too_many_lines,
    clippy::useless_format,
    clippy::semicolon_if_nothing_returned,
    reason = "fixtures are long and are read, not run often"
)]

use std::collections::BTreeMap;
use std::io::Read as _;

use super::{canary, jpeg, png, zip};

/// A package as it is built: parts by name.
#[derive(Clone, Default)]
pub(crate) struct Package {
    parts: Vec<(String, Vec<u8>)>,
    types: String,
}

const TYPE: &str = "application/vnd.openxmlformats-officedocument";
pub(crate) const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(crate) const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
    xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" \
    xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
    xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" \
    xmlns:w15=\"http://schemas.microsoft.com/office/word/2012/wordml\" \
    xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" mc:Ignorable=\"w14 w15\"";
pub(crate) const X: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
    xmlns:x15=\"http://schemas.microsoft.com/office/spreadsheetml/2010/11/main\" \
    xmlns:x15ac=\"http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac\" \
    xmlns:xr=\"http://schemas.microsoft.com/office/spreadsheetml/2014/revision\"";
pub(crate) const P: &str = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p14=\"http://schemas.microsoft.com/office/powerpoint/2010/main\"";

impl Package {
    /// Adds a part of an Office type.
    pub(crate) fn part(&mut self, name: &str, kind: &str, text: &str) -> &mut Self {
        let full = if kind.contains('/') { kind.to_owned() } else { format!("{TYPE}.{kind}+xml") };
        self.types += &format!("<Override PartName=\"/{name}\" ContentType=\"{full}\"/>");
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        self.raw(name, format!("{head}{text}").as_bytes())
    }

    /// Adds bytes.
    pub(crate) fn raw(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.parts.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// Adds the relations of a part: number, end of the type, target; `!` in front: outside.
    pub(crate) fn relations(&mut self, name: &str, list: &[(&str, &str, &str)]) -> &mut Self {
        let mut text = String::new();
        for (id, kind, target) in list {
            let kind =
                if kind.contains(':') { (*kind).to_owned() } else { format!("{REL}/{kind}") };
            let (target, mode) = match target.strip_prefix('!') {
                Some(target) => (target, " TargetMode=\"External\""),
                None => (*target, ""),
            };
            text +=
                &format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>");
        }
        let space = "http://schemas.openxmlformats.org/package/2006/relationships";
        let text = format!("<Relationships xmlns=\"{space}\">{text}</Relationships>");
        self.raw(name, text.as_bytes())
    }

    /// Replaces what a part says.
    pub(crate) fn replace(&mut self, name: &str, from: &str, to: &str) -> &mut Self {
        for (part, bytes) in self.parts.iter_mut().filter(|(part, _)| part == name) {
            let text = String::from_utf8(bytes.clone()).expect("text");
            assert!(text.contains(from), "{part} has no {from}");
            *bytes = text.replace(from, to).into_bytes();
        }
        self
    }

    /// Replaces the content type of the main part.
    pub(crate) fn retype(&mut self, from: &str, to: &str) -> &mut Self {
        assert!(self.types.contains(from), "no type {from}");
        self.types = self.types.replace(from, to);
        self
    }

    /// Rewrites every part that is text.
    pub(crate) fn map(&mut self, change: impl Fn(&str, &str) -> String) {
        for (name, bytes) in &mut self.parts {
            if let Ok(text) = std::str::from_utf8(bytes) {
                *bytes = change(name, text).into_bytes();
            }
        }
    }

    /// Changes the bytes of one part.
    pub(crate) fn change(&mut self, number: usize, change: impl FnOnce(&mut Vec<u8>)) {
        let count = self.parts.len();
        change(&mut self.parts[number % count].1);
    }

    /// Exchanges what two parts hold.
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        let count = self.parts.len();
        let (one, other) = (one % count, other % count);
        let held = std::mem::take(&mut self.parts[one].1);
        let held = std::mem::replace(&mut self.parts[other].1, held);
        self.parts[one].1 = held;
    }

    /// Takes a part away.
    pub(crate) fn lose(&mut self, number: usize) {
        let count = self.parts.len();
        drop(self.parts.remove(number % count));
    }

    /// The package as a file.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let space = "http://schemas.openxmlformats.org/package/2006/content-types";
        let mut types = format!("<Types xmlns=\"{space}\">{}", self.types);
        for (extension, kind) in [
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
            ("jpg", "image/jpeg"),
            ("png", "image/png"),
            ("bin", "application/octet-stream"),
            ("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ] {
            types += &format!("<Default Extension=\"{extension}\" ContentType=\"{kind}\"/>");
        }
        types += "</Types>";
        let mut members = vec![zip::member("[Content_Types].xml", types.as_bytes())];
        members.extend(self.parts.iter().map(|(name, bytes)| zip::member(name, bytes)));
        zip::archive(&members, b"")
    }
}

/// The parts of a clean package.
pub(crate) fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let number = |at: usize, len: usize| {
        bytes[at..at + len].iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b))
    };
    let mut at = 0;
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (method, packed) = (number(at + 8, 2), number(at + 18, 4));
        let (name, extra) = (number(at + 26, 2), number(at + 28, 2));
        let data = at + 30 + name + extra;
        let body = &bytes[data..data + packed];
        let mut all = Vec::new();
        match method {
            0 => all.extend_from_slice(body),
            _ => {
                flate2::read::DeflateDecoder::new(body).read_to_end(&mut all).expect("deflate");
            }
        }
        let name = String::from_utf8_lossy(&bytes[at + 30..at + 30 + name]).into_owned();
        out.insert(name, all);
        at = data + packed;
    }
    assert!(bytes[at..].starts_with(b"PK\x01\x02"), "the clean archive has a plain form");
    out
}

/// All parts of a clean package, and of packages in it, as one text.
pub(crate) fn inside(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (name, part) in parts(bytes) {
        out += &format!("\n--- {name}\n");
        if part.starts_with(b"PK") {
            out += &inside(&part);
        } else {
            out += &String::from_utf8_lossy(&part);
        }
    }
    out
}

/// What every family has beside its main part: properties, custom XML, signatures, a thumbnail.
fn around(package: &mut Package, main: &str) {
    let core = format!(
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\">\
         <dc:creator>{}</dc:creator><cp:lastModifiedBy>{}</cp:lastModifiedBy>\
         <dcterms:created>2026-11-23T01:02:03Z</dcterms:created></cp:coreProperties>",
        canary(500),
        canary(501)
    );
    let app = format!(
        "<Properties xmlns=\"{TYPE}\"><Company>{}</Company><Template>C:\\{}.dotm</Template></Properties>",
        canary(502),
        canary(503)
    );
    package
        .part(
            "docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml",
            &core,
        )
        .part("docProps/app.xml", "extended-properties", &app)
        .part("docProps/custom.xml", "custom-properties", &format!("<p><v>{}</v></p>", canary(504)))
        .raw("docProps/thumbnail.jpeg", &jpeg::planted())
        .raw("customXml/item1.xml", format!("<x>{}</x>", canary(505)).as_bytes())
        .raw("_xmlsignatures/sig1.xml", format!("<x>{}</x>", canary(506)).as_bytes())
        .raw("docMetadata/LabelInfo.xml", format!("<x>{}</x>", canary(507)).as_bytes())
        .raw("unknown/part.bin", canary(508).as_bytes());
    let space = "http://schemas.openxmlformats.org/package/2006/relationships/metadata";
    package.relations(
        "_rels/.rels",
        &[
            ("rId1", "officeDocument", main),
            ("rId2", &format!("{space}/core-properties"), "docProps/core.xml"),
            ("rId3", "extended-properties", "docProps/app.xml"),
            ("rId4", "custom-properties", "docProps/custom.xml"),
            ("rId5", &format!("{space}/thumbnail"), "docProps/thumbnail.jpeg"),
            ("rId6", "attachedTemplate", "!file:///C:/Users/CANARY/x.dotm"),
        ],
    );
}

/// A picture in the text, with names, a path and numbers that point to its origin.
fn drawing(id: &str) -> String {
    format!(
        "<w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"914400\" cy=\"914400\"/>\
         <wp:docPr id=\"424242\" name=\"{}\" descr=\"C:\\Users\\{}\\x.png\" title=\"{}\"/>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
         <pic:pic><pic:nvPicPr><pic:cNvPr id=\"0\" name=\"{}\" descr=\"{}\"/><pic:cNvPicPr/></pic:nvPicPr>\
         <pic:blipFill><a:blip r:embed=\"{id}\"><a:extLst><a:ext uri=\"{{CANARY}}\"><x xmlns=\"urn:CANARY\">{}</x></a:ext></a:extLst></a:blip>\
         <a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
         <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"914400\" cy=\"914400\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>",
        canary(510),
        canary(511),
        canary(512),
        canary(513),
        canary(514),
        canary(515)
    )
}

fn run(text: &str) -> String {
    format!("<w:r w:rsidR=\"00CA9A41\"><w:t>{text}</w:t></w:r>")
}

/// A field in its long form.
fn field(code: &str, result: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {code} </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
        run(result)
    )
}

/// The body of the planted document.
fn word_body() -> String {
    let mut body = String::new();
    let mut add = |text: &str| {
        body += &format!(
            "<w:p w14:paraId=\"1CA9A412\" w14:textId=\"77777777\" w:rsidR=\"00CA9A41\" w:rsidRDefault=\"00CA9A42\">{text}</w:p>"
        )
    };
    add(&format!("<w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>{}", run("KEEP heading")));
    add(&format!("<w:pPr><w:pStyle w:val=\"{}\"/></w:pPr>{}", canary(520), run("KEEP own style")));
    add(&run("KEEP plain &amp; &lt;text&gt;"));
    add(&format!("<!-- {} --><?{} ?>{}", canary(521), "CANARY", run("KEEP after a comment")));
    add(&format!(
        "<w:ins w:id=\"1\" w:author=\"{}\" w:date=\"2026-11-23T01:02:03Z\">{}</w:ins>\
         <w:del w:id=\"2\" w:author=\"{}\" w:date=\"2026-11-23T01:02:03Z\"><w:r><w:delText>{}</w:delText></w:r></w:del>",
        canary(522),
        run("KEEP inserted"),
        canary(523),
        canary(524)
    ));
    add(&format!(
        "<w:moveFrom w:id=\"3\" w:author=\"{0}\">{1}</w:moveFrom><w:moveTo w:id=\"4\" w:author=\"{0}\">{2}</w:moveTo>",
        canary(525),
        run(&canary(526)),
        run("KEEP moved")
    ));
    add(&format!(
        "<w:commentRangeStart w:id=\"0\"/>{}<w:commentRangeEnd w:id=\"0\"/><w:r><w:commentReference w:id=\"0\"/></w:r>",
        run("KEEP commented")
    ));
    add(&format!(
        "<w:bookmarkStart w:id=\"7\" w:name=\"{}\"/>{}<w:bookmarkEnd w:id=\"7\"/>",
        canary(527),
        run("KEEP marked")
    ));
    add(&field(&format!("REF {} \\h", canary(527)), "KEEP reference"));
    add(&field("AUTHOR \\* MERGEFORMAT", &canary(528)));
    add(&field("FILENAME \\p", &canary(529)));
    add(&field(&format!("INCLUDETEXT \"C:\\\\{}.docx\"", canary(530)), "KEEP included"));
    add(&field("PAGE", "1"));
    add(&field(&format!("ADDIN ZOTERO_ITEM {}", canary(531)), "KEEP cited"));
    add(&format!("<w:fldSimple w:instr=\" USERNAME \">{}</w:fldSimple>", run(&canary(532))));
    add(&format!(
        "<w:fldSimple w:instr=\" MERGEFIELD {} \">{}</w:fldSimple>",
        canary(533),
        run("KEEP merged")
    ));
    add(&format!(
        "<w:hyperlink r:id=\"rId20\" w:tooltip=\"{}\" w:history=\"1\">{}</w:hyperlink>",
        canary(534),
        run("KEEP web link")
    ));
    add(&format!("<w:hyperlink r:id=\"rId21\">{}</w:hyperlink>", run("KEEP file link")));
    add(&format!(
        "<w:r><w:rPr><w:vanish/><w14:glow w14:rad=\"1\"/></w:rPr><w:t>KEEP hidden</w:t></w:r>"
    ));
    add(&format!("<w:r>{}</w:r>", drawing("rId22")));
    add(&format!(
        "<w:r><w:pict><v:shape id=\"_x0000_{}\" o:spid=\"_x0000_s1026\" o:gfxdata=\"{}\" style=\"width:10pt;height:10pt\" alt=\"{}\" href=\"file:///{}\">\
         <v:imagedata r:id=\"rId23\" o:title=\"{}\"/></v:shape></w:pict></w:r>",
        canary(535),
        canary(536),
        canary(537),
        canary(538),
        canary(539)
    ));
    add(&format!(
        "<w:r><w:object><v:shape id=\"_x0000_i1025\"><v:imagedata r:id=\"rId23\"/></v:shape><o:OLEObject Type=\"Embed\" ProgID=\"Excel.Sheet\" ObjectID=\"_{}\" r:id=\"rId24\"/></w:object></w:r>{}",
        canary(540),
        run("KEEP beside an object")
    ));
    add(&format!(
        "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wp:anchor distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\" simplePos=\"0\" relativeHeight=\"1\" behindDoc=\"0\" locked=\"0\" layoutInCell=\"1\" allowOverlap=\"1\">\
         <wp:simplePos x=\"0\" y=\"0\"/><wp:positionH relativeFrom=\"column\"><wp:posOffset>0</wp:posOffset></wp:positionH>\
         <wp:positionV relativeFrom=\"paragraph\"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx=\"914400\" cy=\"300000\"/><wp:wrapNone/><wp:docPr id=\"9\" name=\"{0}\"/>\
         <a:graphic><a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"><wps:wsp><wps:cNvSpPr txBox=\"1\"/><wps:spPr><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></wps:spPr>\
         <wps:txbx><w:txbxContent><w:p>{1}</w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>\
         <mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent><w:p>{2}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        canary(541),
        run("KEEP text box"),
        run("CANARY fallback")
    ));
    add(&format!("<m:oMath><m:r><m:t>KEEP=x</m:t></m:r></m:oMath>"));
    add(&format!(
        "<w:r><w:footnoteReference w:id=\"1\"/></w:r><w:r><w:endnoteReference w:id=\"1\"/></w:r>"
    ));
    add(&format!(
        "<w:permStart w:id=\"1\" w:edGrp=\"everyone\" w:ed=\"{}\"/>{}<w:permEnd w:id=\"1\"/>",
        canary(542),
        run("KEEP permitted")
    ));
    add(&format!(
        "<w:smartTag w:uri=\"urn:{}\" w:element=\"x\"><w:smartTagPr><w:attr w:name=\"{0}\" w:val=\"{0}\"/></w:smartTagPr>{}</w:smartTag>",
        canary(543),
        run("KEEP smart")
    ));
    add(&format!(
        "<w:future xmlns:w=\"urn:future\" w:x=\"{0}\">{0}</w:future>{1}",
        canary(544),
        run("KEEP last")
    ));
    body += &format!(
        "<w:sdt><w:sdtPr><w:alias w:val=\"{0}\"/><w:tag w:val=\"{0}\"/><w:id w:val=\"-123456\"/><w:dataBinding w:xpath=\"{0}\" w:storeItemID=\"{{{0}}}\"/></w:sdtPr>\
         <w:sdtContent><w:p>{1}</w:p></w:sdtContent></w:sdt>",
        canary(545),
        run("KEEP control")
    );
    body += &format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"0\" w:type=\"auto\"/><w:tblCaption w:val=\"{0}\"/><w:tblDescription w:val=\"{0}\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"4000\"/></w:tblGrid>\
         <w:tr w:rsidR=\"00CA9A41\"><w:tc><w:tcPr><w:tcW w:w=\"4000\" w:type=\"dxa\"/></w:tcPr><w:p>{1}</w:p></w:tc></w:tr>\
         <w:tr><w:trPr><w:del w:id=\"5\" w:author=\"{0}\"/></w:trPr><w:tc><w:p>{2}</w:p></w:tc></w:tr></w:tbl>",
        canary(546),
        run("KEEP cell"),
        run(&canary(547))
    );
    body + "<w:sectPr w:rsidR=\"00CA9A41\"><w:headerReference w:type=\"default\" r:id=\"rId10\"/><w:footerReference w:type=\"default\" r:id=\"rId11\"/>\
        <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1417\" w:right=\"1417\" w:bottom=\"1134\" w:left=\"1417\" w:header=\"708\" w:footer=\"708\" w:gutter=\"0\"/>\
        <w:printerSettings r:id=\"rId25\"/></w:sectPr>"
}

/// A document with a canary in every place that Word has for one.
pub(crate) fn word() -> Package {
    let mut package = Package::default();
    around(&mut package, "word/document.xml");
    let ml = |kind: &str| format!("wordprocessingml.{kind}");
    let note = |name: &str, text: &str| {
        format!(
            "<w:{name}s {W}><w:{name} w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:{name}>\
         <w:{name} w:id=\"1\"><w:p w:rsidR=\"00CA9A41\">{}</w:p></w:{name}></w:{name}s>",
            run(text)
        )
    };
    package
        .part("word/document.xml", &ml("document.main"), &format!("<w:document {W}><w:body>{}</w:body></w:document>", word_body()))
        .part("word/header9.xml", &ml("header"), &format!("<w:hdr {W}><w:p>{}</w:p></w:hdr>", run("KEEP header")))
        .part("word/footer9.xml", &ml("footer"), &format!("<w:ftr {W}><w:p>{}{}</w:p></w:ftr>", run("KEEP footer"), field("SAVEDATE", &canary(550))))
        .part("word/footnotes.xml", &ml("footnotes"), &note("footnote", "KEEP footnote"))
        .part("word/endnotes.xml", &ml("endnotes"), &note("endnote", "KEEP endnote"))
        .part("word/comments.xml", &ml("comments"), &format!(
            "<w:comments {W}><w:comment w:id=\"0\" w:author=\"{}\" w:initials=\"CANARY\" w:date=\"2026-11-23T01:02:03Z\"><w:p>{}</w:p></w:comment></w:comments>",
            canary(551), run("REMARK of CANARY-0552")))
        .part("word/styles.xml", &ml("styles"), &format!(
            "<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val=\"en-GB\"/></w:rPr></w:rPrDefault></w:docDefaults>\
             <w:latentStyles w:count=\"1\"><w:lsdException w:name=\"{0}\"/></w:latentStyles>\
             <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:rsid w:val=\"00CA9A41\"/></w:style>\
             <w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:aliases w:val=\"{0}\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:sz w:val=\"40\"/></w:rPr></w:style>\
             <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/></w:style>\
             <w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"{1}\"><w:name w:val=\"{2}\"/><w:basedOn w:val=\"Normal\"/><w:rPr><w:i/></w:rPr></w:style></w:styles>",
            canary(553), canary(520), canary(554)))
        .part("word/numbering.xml", &ml("numbering"), &format!(
            "<w:numbering {W}><w:abstractNum w:abstractNumId=\"0\" w15:restartNumberingAfterBreak=\"0\"><w:nsid w:val=\"1CA9A411\"/><w:multiLevelType w:val=\"multilevel\"/><w:tmpl w:val=\"1CA9A412\"/><w:name w:val=\"{}\"/>\
             <w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/><w:lvlJc w:val=\"left\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>", canary(555)))
        .part("word/settings.xml", &ml("settings"), &format!(
            "<w:settings {W}><w:writeProtection w:hash=\"{0}\"/><w:attachedTemplate r:id=\"rId1\"/><w:trackRevisions/><w:defaultTabStop w:val=\"708\"/>\
             <w:documentProtection w:edit=\"none\" w:hash=\"{0}\"/><w:rsids><w:rsidRoot w:val=\"00CA9A41\"/><w:rsid w:val=\"00CA9A42\"/></w:rsids>\
             <w:docVars><w:docVar w:name=\"{0}\" w:val=\"{0}\"/></w:docVars><w:mailMerge><w:query w:val=\"{0}\"/></w:mailMerge>\
             <w:activeWritingStyle w:lang=\"en-GB\" w:vendorID=\"64\" w:appName=\"{0}\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
             <w:themeFontLang w:val=\"en-GB\"/><w14:docId w14:val=\"1CA9A413\"/><w15:docId w15:val=\"{{{0}}}\"/></w:settings>", canary(556)))
        .part("word/fontTable.xml", &ml("fontTable"), &format!(
            "<w:fonts {W}><w:font w:name=\"Calibri\"><w:panose1 w:val=\"020F0502020204030204\"/><w:charset w:val=\"00\"/><w:family w:val=\"swiss\"/><w:embedRegular r:id=\"rId1\" w:fontKey=\"{{{}}}\"/></w:font></w:fonts>", canary(557)))
        .part("word/people.xml", "application/vnd.ms-word.people+xml", &format!("<p>{}</p>", canary(558)))
        .part("word/commentsExtended.xml", "application/vnd.ms-word.commentsExtended+xml", &format!("<p>{}</p>", canary(559)))
        .part("word/theme/theme7.xml", "theme", &theme())
        .raw("word/media/CANARY picture.jpg", &jpeg::planted())
        .raw("word/media/other.png", &png::planted())
        .raw("word/embeddings/oleObject1.bin", canary(560).as_bytes())
        .raw("word/printerSettings/printerSettings1.bin", canary(561).as_bytes())
        .raw("word/fonts/font1.odttf", canary(562).as_bytes())
        .raw("word/media/orphan.jpg", canary(563).as_bytes())
        .raw("word/glossary/document.xml", format!("<x>{}</x>", canary(564)).as_bytes());
    package
        .relations(
            "word/_rels/settings.xml.rels",
            &[("rId1", "attachedTemplate", "!file:///C:/Users/CANARY/Normal.dotm")],
        )
        .relations("word/_rels/fontTable.xml.rels", &[("rId1", "font", "fonts/font1.odttf")])
        .relations(
            "word/_rels/document.xml.rels",
            &[
                ("rId1", "styles", "styles.xml"),
                ("rId2", "numbering", "numbering.xml"),
                ("rId3", "settings", "settings.xml"),
                ("rId4", "fontTable", "fontTable.xml"),
                ("rId5", "theme", "theme/theme7.xml"),
                ("rId6", "footnotes", "footnotes.xml"),
                ("rId7", "endnotes", "endnotes.xml"),
                ("rId8", "comments", "comments.xml"),
                ("rId9", "customXml", "../customXml/item1.xml"),
                ("rId10", "header", "header9.xml"),
                ("rId11", "footer", "footer9.xml"),
                ("rId20", "hyperlink", "!https://example.org/KEEP?a=1&amp;b=2"),
                ("rId21", "hyperlink", "!file:///home/CANARY/x"),
                ("rId22", "image", "media/CANARY picture.jpg"),
                ("rId23", "image", "media/other.png"),
                ("rId24", "oleObject", "embeddings/oleObject1.bin"),
                ("rId25", "printerSettings", "printerSettings/printerSettings1.bin"),
                ("rId26", "glossaryDocument", "glossary/document.xml"),
            ],
        );
    package
}

fn theme() -> String {
    let colours: String = [
        "dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5",
        "accent6", "hlink", "folHlink",
    ]
    .iter()
    .map(|name| format!("<a:{name}><a:srgbClr val=\"1F497D\"/></a:{name}>"))
    .collect();
    let font = |name: &str| {
        format!(
            "<a:{name}><a:latin typeface=\"Calibri\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/></a:{name}>"
        )
    };
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let line = format!(
        "<a:ln w=\"9525\">{}</a:ln>",
        "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>"
    )
    .repeat(3);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"{0}\"><a:themeElements><a:clrScheme name=\"{0}\">{colours}</a:clrScheme>\
         <a:fontScheme name=\"{0}\">{1}{2}</a:fontScheme><a:fmtScheme name=\"{0}\"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst>\
         <a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements>\
         <a:extLst><a:ext uri=\"{{{0}}}\"/></a:extLst></a:theme>",
        canary(570),
        font("majorFont"),
        font("minorFont")
    )
}

/// A workbook with a canary in every place that Excel has for one.
pub(crate) fn sheet() -> Package {
    let mut package = Package::default();
    around(&mut package, "xl/workbook.xml");
    let ml = |kind: &str| format!("spreadsheetml.{kind}");
    let cell =
        |at: &str, kind: &str, inner: &str| format!("<c r=\"{at}\" t=\"{kind}\">{inner}</c>");
    let cells = [
        cell("A1", "s", "<v>0</v>"),
        cell("B1", "inlineStr", "<is><t>KEEP inline</t></is>"),
        cell("C1", "str", "<f>UPPER(\"keep\")</f><v>KEEP result</v>"),
        cell("D1", "n", "<f>SUM(1,2)</f><v>3</v>"),
        cell("E1", "n", "<f>[1]CANARY!A1</f><v>4242</v>"),
        cell("F1", "n", "<f>'file:///C:/CANARY/[x.xlsx]S'!A1</f><v>4243</v>"),
        cell("G1", "b", "<v>1</v>"),
        cell("H1", "n", "<v>CANARY</v>"),
        cell("I1", "e", "<f>1/0</f><v>#DIV/0!</v>"),
    ]
    .concat();
    package
        .part("xl/workbook.xml", &ml("sheet.main"), &format!(
            "<workbook {X}><fileVersion appName=\"{0}\" rupBuild=\"9303\"/><fileSharing userName=\"{0}\" reservationPassword=\"CA9A\"/><workbookPr codeName=\"{0}\" defaultThemeVersion=\"124226\"/>\
             <mc:AlternateContent><mc:Choice Requires=\"x15\"><x15ac:absPath url=\"C:\\Users\\{0}\\\"/></mc:Choice></mc:AlternateContent>\
             <xr:revisionPtr revIDLastSave=\"0\" documentId=\"8_{{{0}}}\"/><workbookProtection workbookPassword=\"CA9A\"/>\
             <bookViews><workbookView xWindow=\"0\" yWindow=\"0\" windowWidth=\"100\" windowHeight=\"100\" xr2:uid=\"{{{0}}}\" xmlns:xr2=\"http://schemas.microsoft.com/office/spreadsheetml/2015/revision2\"/></bookViews>\
             <sheets><sheet name=\"KEEP sheet\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"KEEP second\" sheetId=\"2\" state=\"veryHidden\" r:id=\"rId2\"/></sheets>\
             <externalReferences><externalReference r:id=\"rId9\"/></externalReferences>\
             <definedNames><definedName name=\"KEEPname\" comment=\"{0}\">'KEEP sheet'!$A$1</definedName><definedName name=\"{0}\" hidden=\"1\">1</definedName><definedName name=\"Outside\">[1]X!$A$1</definedName></definedNames>\
             <calcPr calcId=\"145621\"/><customWorkbookViews><customWorkbookView name=\"{0}\" guid=\"{{{0}}}\"/></customWorkbookViews><extLst><ext uri=\"{{{0}}}\"/></extLst></workbook>", canary(600)))
        .part("xl/worksheets/sheet5.xml", &ml("worksheet"), &format!(
            "<worksheet {X} xr:uid=\"{{{0}}}\"><sheetPr codeName=\"{0}\"><tabColor rgb=\"FFFF0000\"/></sheetPr><dimension ref=\"A1:I3\"/><sheetViews><sheetView workbookViewId=\"0\"/></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>\
             <cols><col min=\"3\" max=\"3\" width=\"9\" hidden=\"1\"/></cols><sheetData><row r=\"1\" spans=\"1:9\">{cells}</row><row r=\"2\" hidden=\"1\"><c r=\"A2\" t=\"s\"><v>2</v></c></row></sheetData>\
             <sheetProtection password=\"CA9A\" sheet=\"1\"/><protectedRanges><protectedRange name=\"{0}\" sqref=\"A1\"/></protectedRanges>\
             <scenarios><scenario name=\"{0}\" user=\"{0}\"/></scenarios><customSheetViews><customSheetView guid=\"{{{0}}}\"/></customSheetViews>\
             <dataValidations count=\"1\"><dataValidation type=\"list\" allowBlank=\"1\" sqref=\"A3\" prompt=\"KEEP prompt\"><formula1>\"a,b\"</formula1></dataValidation></dataValidations>\
             <hyperlinks><hyperlink ref=\"A1\" r:id=\"rId1\" display=\"{0}\" tooltip=\"{0}\"/><hyperlink ref=\"B1\" r:id=\"rId2\"/></hyperlinks>\
             <pageMargins left=\"0.7\" right=\"0.7\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"portrait\" r:id=\"rId3\"/>\
             <headerFooter><oddHeader>&amp;CKEEP page header</oddHeader></headerFooter><drawing r:id=\"rId4\"/><legacyDrawing r:id=\"rId5\"/><tableParts count=\"1\"><tablePart r:id=\"rId7\"/></tableParts></worksheet>", canary(601)))
        .part("xl/worksheets/sheet6.xml", &ml("worksheet"), &format!("<worksheet {X}><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c></row></sheetData></worksheet>"))
        .part("xl/sharedStrings.xml", &ml("sharedStrings"), &format!(
            "<sst {X} count=\"4\" uniqueCount=\"4\"><si><t>KEEP shared</t></si><si><t>{}</t></si><si><r><rPr><b/></rPr><t>KEEP rich</t></r></si><si><t xml:space=\"preserve\"> KEEP hidden sheet</t></si></sst>", canary(602)))
        .part("xl/styles.xml", &ml("styles"), &format!(
            "<styleSheet {X}><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0.00&quot; KEEP&quot;\"/></numFmts><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
             <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
             <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs>\
             <cellStyles count=\"2\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/><cellStyle name=\"{0}\" xfId=\"0\"/></cellStyles>\
             <tableStyles count=\"1\" defaultTableStyle=\"TableStyleMedium2\"><tableStyle name=\"{0}\" pivot=\"0\" count=\"0\"/></tableStyles></styleSheet>", canary(603)))
        .part("xl/theme/theme1.xml", "theme", &theme())
        .part("xl/tables/table9.xml", &ml("table"), &format!(
            "<table {X} id=\"1\" name=\"KEEPtable\" displayName=\"KEEPtable\" ref=\"A5:B6\" comment=\"{0}\" xr:uid=\"{{{0}}}\"><autoFilter ref=\"A5:B6\"/><tableColumns count=\"2\"><tableColumn id=\"1\" name=\"KEEP column\"/><tableColumn id=\"2\" name=\"B\"/></tableColumns><tableStyleInfo name=\"TableStyleMedium2\" showRowStripes=\"1\"/></table>", canary(604)))
        .part("xl/drawings/drawing3.xml", "drawing", &format!(
            "<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{REL}\"><xdr:twoCellAnchor>\
             <xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>8</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>\
             <xdr:pic macro=\"{0}\"><xdr:nvPicPr><xdr:cNvPr id=\"2\" name=\"{0}\" descr=\"{0}\"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"rId1\"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>\
             <xdr:spPr><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor>\
             <xdr:twoCellAnchor><xdr:from><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>8</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>20</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>\
             <xdr:graphicFrame macro=\"\"><xdr:nvGraphicFramePr><xdr:cNvPr id=\"3\" name=\"{0}\"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/></xdr:xfrm>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"rId2\"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>", canary(605)))
        .part("xl/charts/chart8.xml", "drawingml.chart", &chart("rId1"))
        .part("xl/comments1.xml", &ml("comments"), &format!("<comments {X}><authors><author>{0}</author></authors><commentList><comment ref=\"A1\" authorId=\"0\"><text><t>{0}</t></text></comment></commentList></comments>", canary(606)))
        .part("xl/connections.xml", &ml("connections"), &format!("<x>{}</x>", canary(607)))
        .part("xl/calcChain.xml", &ml("calcChain"), "<x/>")
        .part("xl/externalLinks/externalLink1.xml", &ml("externalLink"), &format!("<x>{}</x>", canary(608)))
        .part("xl/pivotCache/pivotCacheDefinition1.xml", &ml("pivotCacheDefinition"), &format!("<x refreshedBy=\"{}\"/>", canary(609)))
        .raw("xl/drawings/vmlDrawing1.vml", format!("<xml>{}</xml>", canary(610)).as_bytes())
        .raw("xl/printerSettings/printerSettings1.bin", canary(611).as_bytes())
        .raw("xl/media/image9.jpg", &jpeg::planted())
        .raw("xl/embeddings/book.xlsx", &small_sheet().pack());
    package
        .relations(
            "xl/_rels/workbook.xml.rels",
            &[
                ("rId1", "worksheet", "worksheets/sheet5.xml"),
                ("rId2", "worksheet", "worksheets/sheet6.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
                ("rId4", "styles", "styles.xml"),
                ("rId5", "theme", "theme/theme1.xml"),
                ("rId6", "connections", "connections.xml"),
                ("rId7", "calcChain", "calcChain.xml"),
                ("rId9", "externalLink", "externalLinks/externalLink1.xml"),
                ("rId10", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
            ],
        )
        .relations(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            &[("rId1", "externalLinkPath", "!file:///C:/Users/CANARY/b.xlsx")],
        )
        .relations(
            "xl/worksheets/_rels/sheet5.xml.rels",
            &[
                ("rId1", "hyperlink", "!https://example.org/KEEP"),
                ("rId2", "hyperlink", "!file:///C:/Users/CANARY/x"),
                ("rId3", "printerSettings", "../printerSettings/printerSettings1.bin"),
                ("rId4", "drawing", "../drawings/drawing3.xml"),
                ("rId5", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
                ("rId6", "comments", "../comments1.xml"),
                ("rId7", "table", "../tables/table9.xml"),
            ],
        )
        .relations(
            "xl/drawings/_rels/drawing3.xml.rels",
            &[("rId1", "image", "../media/image9.jpg"), ("rId2", "chart", "../charts/chart8.xml")],
        )
        .relations(
            "xl/charts/_rels/chart8.xml.rels",
            &[("rId1", "package", "../embeddings/book.xlsx")],
        );
    package
}

fn chart(workbook: &str) -> String {
    format!(
        "<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{REL}\"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>KEEP chart</a:t></a:r></a:p></c:rich></c:tx></c:title>\
         <c:plotArea><c:layout/><c:barChart><c:barDir val=\"col\"/><c:grouping val=\"clustered\"/><c:ser><c:idx val=\"0\"/><c:order val=\"0\"/><c:val><c:numRef><c:f>Sheet1!$A$1</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>77</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser><c:axId val=\"1\"/><c:axId val=\"2\"/></c:barChart>\
         <c:catAx><c:axId val=\"1\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"b\"/><c:crossAx val=\"2\"/></c:catAx><c:valAx><c:axId val=\"2\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"l\"/><c:crossAx val=\"1\"/></c:valAx></c:plotArea></c:chart>\
         <c:externalData r:id=\"{workbook}\"><c:autoUpdate val=\"0\"/></c:externalData><c:extLst><c:ext uri=\"{{{}}}\"/></c:extLst></c:chartSpace>",
        canary(612)
    )
}

/// The workbook behind a chart.
fn small_sheet() -> Package {
    let mut package = Package::default();
    around(&mut package, "xl/workbook.xml");
    package
        .part("xl/workbook.xml", "spreadsheetml.sheet.main", &format!("<workbook {X}><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"))
        .part("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet", &format!("<worksheet {X}><sheetData><row r=\"1\"><c r=\"A1\"><v>77</v></c></row></sheetData></worksheet>"))
        .relations("xl/_rels/workbook.xml.rels", &[("rId1", "worksheet", "worksheets/sheet1.xml")]);
    package
}

/// A presentation with a canary in every place that `PowerPoint` has for one.
pub(crate) fn slides() -> Package {
    let mut package = Package::default();
    around(&mut package, "ppt/presentation.xml");
    let ml = |kind: &str| format!("presentationml.{kind}");
    let group = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";
    let shape = |text: &str, extra: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"{0}\" descr=\"C:\\Users\\{0}\" title=\"{0}\">{extra}</p:cNvPr><p:cNvSpPr/><p:nvPr><p:custDataLst><p:tags r:id=\"rId90\"/></p:custDataLst></p:nvPr></p:nvSpPr>\
         <p:spPr><a:xfrm><a:off x=\"1000000\" y=\"1000000\"/><a:ext cx=\"5000000\" cy=\"1000000\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr>\
         <p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang=\"en-GB\" dirty=\"0\" err=\"1\"/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>",
            canary(700)
        )
    };
    let tree = |inner: &str| {
        format!(
            "<p:cSld name=\"{}\"><p:spTree>{group}{inner}</p:spTree><p:extLst><p:ext uri=\"{{BB962C8B-B14F-4D97-AF65-F5344CB8AC3E}}\"><p14:creationId val=\"{}\"/></p:ext></p:extLst></p:cSld>",
            canary(701),
            canary(702)
        )
    };
    let map = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>";
    let over = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>";
    let picture = format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"4\" name=\"{0}\" descr=\"{0}\"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"rId3\" r:link=\"rId6\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"900000\" cy=\"900000\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
        canary(703)
    );
    let table = "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"6\" name=\"t\"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x=\"0\" y=\"3000000\"/><a:ext cx=\"3000000\" cy=\"400000\"/></p:xfrm><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr firstRow=\"1\"><a:tableStyleId>{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}</a:tableStyleId></a:tblPr><a:tblGrid><a:gridCol w=\"3000000\"/></a:tblGrid><a:tr h=\"400000\"><a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:t>KEEP table cell</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
    let object = format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"7\" name=\"{0}\"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"1\" cy=\"1\"/></p:xfrm><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/presentationml/2006/ole\"><p:oleObj name=\"{0}\" r:id=\"rId7\" progId=\"{0}\"/></a:graphicData></a:graphic></p:graphicFrame>",
        canary(704)
    );
    let timing = "<p:timing><p:tnLst><p:par><p:cTn id=\"1\" dur=\"indefinite\" restart=\"never\" nodeType=\"tmRoot\"/></p:par></p:tnLst></p:timing>";
    package
        .part("ppt/presentation.xml", &ml("presentation.main"), &format!(
            "<p:presentation {P}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id=\"rId4\"/></p:notesMasterIdLst><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/><p:sldId id=\"257\" r:id=\"rId3\"/></p:sldIdLst>\
             <p:sldSz cx=\"9144000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/><p:custShowLst><p:custShow name=\"{0}\" id=\"0\"/></p:custShowLst><p:modifyVerifier hashData=\"{0}\"/>\
             <p:extLst><p:ext uri=\"{{{0}}}\"><p14:sectionLst><p14:section name=\"{0}\"/></p14:sectionLst></p:ext></p:extLst></p:presentation>", canary(705)))
        .part("ppt/slideMasters/slideMaster1.xml", &ml("slideMaster"), &format!("<p:sldMaster {P}>{}{map}<p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst></p:sldMaster>", tree(&shape("KEEP on the master", ""))))
        .part("ppt/slideLayouts/slideLayout1.xml", &ml("slideLayout"), &format!("<p:sldLayout {P} matchingName=\"\">{}{over}</p:sldLayout>", tree("")))
        .part("ppt/slides/slide1.xml", &ml("slide"), &format!("<p:sld {P}>{}{over}{timing}</p:sld>", tree(&[shape("KEEP slide &amp; text", &format!("<a:hlinkClick r:id=\"rId4\" tooltip=\"{}\"/>", canary(706))), shape("KEEP bad link", "<a:hlinkClick r:id=\"rId5\"/>"), shape("KEEP program", &format!("<a:hlinkClick r:id=\"\" action=\"ppaction://macro?name={}\"/>", canary(707))), picture, table.to_owned(), object].concat())))
        .part("ppt/slides/slide2.xml", &ml("slide"), &format!("<p:sld {P} show=\"0\">{}{over}</p:sld>", tree(&shape("KEEP hidden slide", ""))))
        .part("ppt/slides/slide3.xml", &ml("slide"), &format!("<p:sld {P}>{}{over}</p:sld>", tree(&shape("CANARY orphan slide", ""))))
        .part("ppt/notesMasters/notesMaster1.xml", &ml("notesMaster"), &format!("<p:notesMaster {P}>{}{map}</p:notesMaster>", tree("")))
        .part("ppt/notesSlides/notesSlide1.xml", &ml("notesSlide"), &format!("<p:notes {P}>{}{over}</p:notes>", tree(&shape("KEEP speaker note", ""))))
        .part("ppt/theme/theme1.xml", "theme", &theme()).part("ppt/theme/theme2.xml", "theme", &theme())
        .part("ppt/tableStyles.xml", &ml("tableStyles"), &format!("<a:tblStyleLst xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" def=\"{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}\"><a:tblStyle styleId=\"{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}\" styleName=\"{}\"/></a:tblStyleLst>", canary(708)))
        .part("ppt/commentAuthors.xml", &ml("commentAuthors"), &format!("<x>{}</x>", canary(709)))
        .part("ppt/comments/comment1.xml", &ml("comments"), &format!("<x>{}</x>", canary(710)))
        .part("ppt/tags/tag1.xml", &ml("tags"), &format!("<x>{}</x>", canary(711)))
        .part("ppt/viewProps.xml", &ml("viewProps"), &format!("<x>{}</x>", canary(712)))
        .part("ppt/handoutMasters/handoutMaster1.xml", &ml("handoutMaster"), &format!("<x>{}</x>", canary(713)))
        .raw("ppt/media/image1.png", &png::planted())
        .raw("ppt/embeddings/oleObject1.bin", canary(714).as_bytes());
    package
        .relations(
            "ppt/_rels/presentation.xml.rels",
            &[
                ("rId1", "slideMaster", "slideMasters/slideMaster1.xml"),
                ("rId2", "slide", "slides/slide1.xml"),
                ("rId3", "slide", "slides/slide2.xml"),
                ("rId4", "notesMaster", "notesMasters/notesMaster1.xml"),
                ("rId5", "theme", "theme/theme1.xml"),
                ("rId6", "tableStyles", "tableStyles.xml"),
                ("rId7", "commentAuthors", "commentAuthors.xml"),
                ("rId8", "viewProps", "viewProps.xml"),
                ("rId9", "handoutMaster", "handoutMasters/handoutMaster1.xml"),
            ],
        )
        .relations(
            "ppt/slideMasters/_rels/slideMaster1.xml.rels",
            &[
                ("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("rId2", "theme", "../theme/theme1.xml"),
                ("rId90", "tags", "../tags/tag1.xml"),
            ],
        )
        .relations(
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
            &[("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")],
        )
        .relations(
            "ppt/slides/_rels/slide1.xml.rels",
            &[
                ("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("rId2", "notesSlide", "../notesSlides/notesSlide1.xml"),
                ("rId3", "image", "../media/image1.png"),
                ("rId4", "hyperlink", "!https://example.org/KEEP"),
                ("rId5", "hyperlink", "!file:///C:/CANARY.exe"),
                ("rId6", "image", "!file:///C:/CANARY.png"),
                ("rId7", "oleObject", "../embeddings/oleObject1.bin"),
                ("rId8", "comments", "../comments/comment1.xml"),
                ("rId90", "tags", "../tags/tag1.xml"),
            ],
        )
        .relations(
            "ppt/slides/_rels/slide2.xml.rels",
            &[("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")],
        )
        .relations(
            "ppt/slides/_rels/slide3.xml.rels",
            &[("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")],
        )
        .relations(
            "ppt/notesMasters/_rels/notesMaster1.xml.rels",
            &[("rId1", "theme", "../theme/theme2.xml")],
        )
        .relations(
            "ppt/notesSlides/_rels/notesSlide1.xml.rels",
            &[
                ("rId1", "notesMaster", "../notesMasters/notesMaster1.xml"),
                ("rId2", "slide", "../slides/slide1.xml"),
            ],
        );
    package
}

/// Every mark of something that must stay, in the order of the text.
pub(crate) fn marks(package: &Package) -> Vec<String> {
    let mut out = Vec::new();
    for (_, bytes) in &package.parts {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        for part in text.split("KEEP").skip(1) {
            let end = part.find(['<', '"', '\'']).unwrap_or(part.len());
            out.push(format!("KEEP{}", &part[..end]));
        }
    }
    out
}

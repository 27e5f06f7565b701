//! Documents of `OpenDocument`, written part by part, with a canary in every place that can hide
//! data and a keep-mark in every kind of content.
#![allow(
    clippy::format_collect,
    clippy::too_many_lines,
    clippy::useless_format,
    reason = "fixtures are long and are read, not run often"
)]

use std::collections::BTreeMap;

use super::{canary, jpeg, office, png, zip};

/// A package as it is built: parts by name.
#[derive(Clone)]
pub(crate) struct Package {
    kind: &'static str,
    parts: Vec<(String, Vec<u8>)>,
}

const TYPE: &str = "application/vnd.oasis.opendocument";

/// All prefixes that the fixtures use.
pub(crate) fn spaces() -> String {
    let own = [
        ("office", "office"),
        ("text", "text"),
        ("style", "style"),
        ("draw", "drawing"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("meta", "meta"),
        ("number", "datastyle"),
        ("presentation", "presentation"),
        ("chart", "chart"),
        ("script", "script"),
        ("form", "form"),
        ("anim", "animation"),
        ("smil", "smil-compatible"),
        ("config", "config"),
    ];
    let own =
        own.map(|(p, n)| format!(" xmlns:{p}=\"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0\""));
    own.concat()
        + " xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
           xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:math=\"http://www.w3.org/1998/Math/MathML\" \
           xmlns:ooo=\"http://openoffice.org/2004/office\" xmlns:ooow=\"http://openoffice.org/2004/writer\" \
           xmlns:officeooo=\"http://openoffice.org/2009/office\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\" \
           xmlns:loext=\"urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0\" \
           xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\" \
           xmlns:other=\"urn:example:other\" office:version=\"1.3\""
}

/// A part with its root.
fn part(root: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {0} --><office:{root}{1}>{inner}</office:{root}>",
        canary(800),
        spaces()
    )
}

impl Package {
    fn new(kind: &'static str) -> Self {
        Self { kind, parts: Vec::new() }
    }

    /// Adds a part.
    pub(crate) fn raw(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.parts.push((name.to_owned(), bytes.to_vec()));
        self
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

    /// Changes the bytes of one part.
    pub(crate) fn change(&mut self, number: usize, change: impl FnOnce(&mut Vec<u8>)) {
        let count = self.parts.len();
        change(&mut self.parts[number % count].1);
    }

    /// Says that it is another kind.
    pub(crate) fn retype(&mut self, kind: &'static str) -> &mut Self {
        self.kind = kind;
        self
    }

    /// The package as a file.
    pub(crate) fn pack(&self) -> Vec<u8> {
        self.pack_with("")
    }

    /// The package with more in the list of its parts.
    pub(crate) fn pack_with(&self, listed: &str) -> Vec<u8> {
        let kind = format!("{TYPE}.{}", self.kind);
        let mut first = zip::member("mimetype", kind.as_bytes());
        first.deflate = false;
        let lines: String = self
            .parts
            .iter()
            .map(|(name, _)| {
                format!(
                    "<manifest:file-entry manifest:full-path=\"{name}\" manifest:media-type=\"\"/>"
                )
            })
            .collect();
        let manifest = format!(
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
             manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" \
             manifest:media-type=\"{kind}\" manifest:preferred-view-mode=\"{}\"/>{lines}{listed}</manifest:manifest>",
            canary(801)
        );
        let mut members = vec![first];
        members.extend(self.parts.iter().map(|(name, bytes)| zip::member(name, bytes)));
        members.push(zip::member("META-INF/manifest.xml", manifest.as_bytes()));
        zip::archive(&members, b"")
    }
}

/// What every package has beside its content.
fn around(package: &mut Package) {
    let thumbnail = png::planted();
    package
        .raw("meta.xml", part("document-meta", &meta()).as_bytes())
        .raw("settings.xml", part("document-settings", &settings()).as_bytes())
        .raw("Thumbnails/thumbnail.png", &thumbnail)
        .raw("manifest.rdf", format!("<rdf>{}</rdf>", canary(802)).as_bytes())
        .raw(
            "Configurations2/accelerator/current.xml",
            format!("<x>{}</x>", canary(803)).as_bytes(),
        )
        .raw("Basic/Standard/Module1.xml", format!("<x>{}</x>", canary(804)).as_bytes())
        .raw("Scripts/python/x.py", canary(805).as_bytes())
        .raw("META-INF/documentsignatures.xml", format!("<x>{}</x>", canary(806)).as_bytes())
        .raw("layout-cache", canary(807).as_bytes())
        .raw("ObjectReplacements/Object 1", canary(808).as_bytes())
        .raw("Versions/Version1", canary(809).as_bytes())
        .raw("Pictures/orphan.png", &png::planted())
        .raw("Pictures/CANARY one.jpg", &jpeg::planted())
        .raw("Pictures/two.png", &png::planted())
        .raw("other/CANARY.bin", canary(810).as_bytes());
}

fn meta() -> String {
    let c = |n: u32| canary(811 + n);
    format!(
        "<office:meta><meta:generator>{}</meta:generator><dc:title>{}</dc:title><dc:description>{}</dc:description>\
         <meta:keyword>{}</meta:keyword><meta:initial-creator>{}</meta:initial-creator><dc:creator>{}</dc:creator>\
         <meta:printed-by>{}</meta:printed-by><meta:creation-date>2026-11-23T01:02:03</meta:creation-date>\
         <meta:template xlink:href=\"file:///{}\" xlink:title=\"{}\"/><meta:user-defined meta:name=\"{}\">{}</meta:user-defined>\
         <meta:document-statistic meta:page-count=\"1\"/></office:meta>",
        c(0),
        c(1),
        c(2),
        c(3),
        c(4),
        c(5),
        c(6),
        c(7),
        c(8),
        c(9),
        c(10)
    )
}

fn settings() -> String {
    let item = |name: &str, kind: &str, value: &str| {
        format!(
            "<config:config-item config:name=\"{name}\" config:type=\"{kind}\">{value}</config:config-item>"
        )
    };
    let items = [
        item("PrinterName", "string", &canary(822)),
        item("PrinterSetup", "base64Binary", &canary(823)),
        item("CurrentDatabaseDataSource", "string", &canary(824)),
        item("RedlineProtectionKey", "base64Binary", &canary(825)),
        item("Rsid", "int", "123456"),
        item("AddParaTableSpacing", "boolean", "true"),
        item("TabsRelativeToIndent", "boolean", &canary(826)),
        item(&canary(827), "string", "x"),
    ];
    format!(
        "<office:settings><config:config-item-set config:name=\"ooo:view-settings\">\
         <config:config-item-map-indexed config:name=\"Views\"><config:config-item-map-entry>{}</config:config-item-map-entry>\
         </config:config-item-map-indexed></config:config-item-set>\
         <config:config-item-set config:name=\"ooo:configuration-settings\">{}</config:config-item-set></office:settings>",
        item("ViewId", "string", &canary(828)),
        items.concat()
    )
}

/// Styles that all kinds have: named by persons, with a font that names its file.
fn styles() -> String {
    let c = |n: u32| canary(830 + n);
    format!(
        "<office:font-face-decls><style:font-face style:name=\"Liberation Serif\" svg:font-family=\"&apos;Liberation Serif&apos;\">\
         <svg:font-face-src><svg:font-face-uri xlink:href=\"file:///{0}\"/></svg:font-face-src></style:font-face></office:font-face-decls>\
         <office:styles><style:style style:name=\"Standard\" style:family=\"paragraph\" style:class=\"text\"/>\
         <style:style style:name=\"Heading_20_1\" style:display-name=\"Heading 1\" style:family=\"paragraph\" style:parent-style-name=\"Standard\" style:default-outline-level=\"1\"><style:text-properties fo:font-size=\"20pt\" fo:font-weight=\"bold\" officeooo:rsid=\"00{1}\"/></style:style>\
         <style:style style:name=\"{2}\" style:display-name=\"{2}\" style:family=\"paragraph\" style:parent-style-name=\"Standard\"><style:text-properties fo:color=\"#0000cc\" style:font-name=\"Liberation Serif\"/></style:style>\
         <text:list-style style:name=\"{3}\"><text:list-level-style-bullet text:level=\"1\" text:bullet-char=\"•\"><style:list-level-properties text:space-before=\"1cm\"/></text:list-level-style-bullet></text:list-style>\
         <draw:gradient draw:name=\"{4}\" draw:display-name=\"{4}\" draw:style=\"linear\" draw:start-color=\"#ffffff\" draw:end-color=\"#0000ff\" draw:angle=\"450\"/>\
         <draw:fill-image draw:name=\"{5}\" xlink:href=\"file:///{5}.png\"/>\
         <number:date-style style:name=\"N37\"><number:year number:style=\"long\"/><number:text>KEEPsep</number:text><number:month/></number:date-style></office:styles>",
        c(0),
        c(1),
        c(2),
        c(3),
        c(4),
        c(5)
    )
}

fn automatic() -> String {
    format!(
        "<office:automatic-styles><style:style style:name=\"P1\" style:family=\"paragraph\" style:parent-style-name=\"{0}\"><style:paragraph-properties fo:text-align=\"center\" fo:background-color=\"#eeeeee\" other:{1}=\"{1}\"/></style:style>\
         <style:style style:name=\"T1\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style>\
         <style:style style:name=\"gr1\" style:family=\"graphic\"><style:graphic-properties draw:fill=\"gradient\" draw:fill-gradient-name=\"{2}\" fo:border=\"1pt solid {1}\"/></style:style>\
         <style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>\
         <style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
         <style:style style:name=\"dp2\" style:family=\"drawing-page\"><style:drawing-page-properties presentation:visibility=\"hidden\"/></style:style>\
         <style:page-layout style:name=\"pm1\"><style:page-layout-properties fo:page-width=\"21cm\" fo:page-height=\"29.7cm\" fo:margin=\"2cm\" style:paper-tray-name=\"{1}\"/><style:header-style/></style:page-layout></office:automatic-styles>",
        canary(832),
        canary(836),
        canary(834)
    )
}

fn masters() -> String {
    format!(
        "<office:master-styles><draw:layer-set><draw:layer draw:name=\"layout\"/><draw:layer draw:name=\"{0}\" draw:display=\"none\"/></draw:layer-set>\
         <style:master-page style:name=\"{1}\" style:display-name=\"{1}\" style:page-layout-name=\"pm1\"><style:header><text:p>KEEP header <text:author-name text:fixed=\"false\">{2}</text:author-name> <text:page-number>1</text:page-number></text:p></style:header></style:master-page></office:master-styles>",
        canary(837),
        canary(838),
        canary(839)
    )
}

/// A picture in a frame, by its address or as text.
fn picture(flat: bool, address: &str) -> String {
    let inner = if flat {
        format!(
            "<draw:image><office:binary-data>{}</office:binary-data></draw:image>",
            super::base64(&png::planted())
        )
    } else {
        format!("<draw:image xlink:href=\"{address}\" draw:mime-type=\"image/{}\"/>", canary(840))
    };
    format!(
        "<draw:frame draw:name=\"{0}\" draw:style-name=\"gr1\" text:anchor-type=\"as-char\" svg:width=\"2cm\" svg:height=\"2cm\">{inner}<svg:title>{0}</svg:title><svg:desc>{0}</svg:desc>\
         <draw:image-map><draw:area-rectangle xlink:href=\"http://{0}.example\"/></draw:image-map></draw:frame>\
         <draw:frame svg:width=\"1cm\" svg:height=\"1cm\"><draw:image xlink:href=\"file:///home/{0}.png\"/></draw:frame>\
         <draw:frame svg:width=\"1cm\" svg:height=\"1cm\"><draw:object-ole xlink:href=\"./{0}\"/><draw:plugin xlink:href=\"file:///{0}\"/><draw:applet draw:code=\"{0}\"/></draw:frame>",
        canary(841)
    )
}

/// A chart in a frame: an object of a package, or inside.
fn chart(flat: bool) -> String {
    let inner = if flat {
        let root = part("document", &chart_body());
        let root = root.split_once("-->").expect("a comment").1;
        let said = format!(" office:mimetype=\"{TYPE}.chart\">");
        format!("<draw:object>{}</draw:object>", root.replacen('>', &said, 1))
    } else {
        format!(
            "<draw:object xlink:href=\"./Object 1\" draw:notify-on-update-of-ranges=\"{}\"/><draw:image xlink:href=\"./ObjectReplacements/Object 1\"/>",
            canary(842)
        )
    };
    format!(
        "<draw:frame draw:style-name=\"gr1\" svg:width=\"8cm\" svg:height=\"6cm\">{inner}</draw:frame>"
    )
}

fn chart_body() -> String {
    format!(
        "<office:meta><dc:creator>{0}</dc:creator></office:meta>\
         <office:body><office:chart><chart:chart svg:width=\"8cm\" svg:height=\"6cm\" chart:class=\"chart:bar\" xlink:href=\"file:///{0}\"><chart:title><text:p>KEEP chart title</text:p></chart:title>\
         <chart:plot-area chart:data-source-has-labels=\"both\"><chart:axis chart:dimension=\"y\" chart:name=\"primary-y\"/><chart:series chart:values-cell-range-address=\"local-table.$B$1:.$B$1\" chart:label-cell-address=\"'file:///{0}'#$a.A1\" chart:class=\"chart:bar\"/></chart:plot-area>\
         <table:table table:name=\"local-table\"><table:table-rows><table:table-row><table:table-cell office:value-type=\"string\"><text:p>KEEP series</text:p></table:table-cell><table:table-cell office:value-type=\"float\" office:value=\"3\"><text:p>3</text:p></table:table-cell></table:table-row></table:table-rows></table:table></chart:chart></office:chart></office:body>",
        canary(843)
    )
}

/// Scripts, forms and foreign elements, which no kind keeps.
fn strange() -> String {
    format!(
        "<office:forms><form:form form:name=\"{0}\" form:datasource=\"{0}\" form:command=\"{0}\"><form:text form:value=\"{0}\"/></form:form></office:forms><other:x>{1}</other:x><?p {1}?>",
        canary(844),
        canary(845)
    )
}

fn scripts() -> String {
    format!(
        "<office:scripts><office:script script:language=\"ooo:Basic\">{0}</office:script><office:event-listeners><script:event-listener script:event-name=\"dom:load\" xlink:href=\"vnd.sun.star.script:{0}\"/></office:event-listeners></office:scripts>",
        canary(846)
    )
}

fn remark() -> String {
    format!(
        "<office:annotation office:name=\"{0}\"><dc:creator>{0}</dc:creator><dc:date>2026-11-23T00:00:00</dc:date><meta:creator-initials>{0}</meta:creator-initials><text:p>REMARK of {1}</text:p></office:annotation>",
        canary(847),
        canary(848)
    )
}

/// The fields of a text whose result says who, when or where.
fn telling_fields() -> String {
    let names = [
        "author-name",
        "author-initials",
        "creator",
        "initial-creator",
        "printed-by",
        "sender-firstname",
        "sender-lastname",
        "sender-initials",
        "sender-title",
        "sender-position",
        "sender-email",
        "sender-phone-private",
        "sender-fax",
        "sender-company",
        "sender-phone-work",
        "sender-street",
        "sender-city",
        "sender-postal-code",
        "sender-country",
        "sender-state-or-province",
        "creation-date",
        "creation-time",
        "modification-date",
        "modification-time",
        "print-date",
        "print-time",
        "editing-duration",
        "editing-cycles",
        "file-name",
        "template-name",
        "description",
        "keywords",
        "script",
        "database-name",
        "toc-mark",
        "alphabetical-index-mark",
        "user-index-mark",
    ];
    let mark = canary(849);
    names
        .map(|name| format!("<text:{name} text:string-value=\"{mark}\">{mark}</text:{name}>"))
        .concat()
}

fn text_body(flat: bool) -> String {
    let c = |n: u32| canary(850 + n);
    let body = format!(
        "<office:text text:use-soft-page-breaks=\"true\">{strange}\
         <text:tracked-changes text:protection-key=\"{0}\"><text:changed-region text:id=\"ct1{0}\"><text:deletion><office:change-info><dc:creator>{1}</dc:creator><dc:date>2026-11-23T00:00:00</dc:date></office:change-info><text:p>deleted {2}</text:p></text:deletion></text:changed-region>\
         <text:changed-region text:id=\"ct2{0}\"><text:insertion><office:change-info><dc:creator>{1}</dc:creator><dc:date>2026-11-23T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region></text:tracked-changes>\
         <text:variable-decls><text:variable-decl text:name=\"{3}\" office:value-type=\"string\"/></text:variable-decls>\
         <text:user-field-decls><text:user-field-decl text:name=\"{3}\" office:value-type=\"string\" office:string-value=\"{4}\"/></text:user-field-decls>\
         <text:dde-connection-decls><text:dde-connection-decl office:name=\"{5}\" office:dde-application=\"{5}\"/></text:dde-connection-decls>\
         <text:sequence-decls><text:sequence-decl text:display-outline-level=\"0\" text:name=\"Illustration\"/></text:sequence-decls>\
         <text:h text:style-name=\"Heading_20_1\" text:outline-level=\"1\" xml:id=\"{6}\" xhtml:about=\"{6}\"><text:bookmark-start text:name=\"{7}\"/>KEEP heading<text:bookmark-end text:name=\"{7}\"/></text:h>\
         <text:table-of-content text:name=\"{8}\" text:protected=\"true\"><text:table-of-content-source text:outline-level=\"2\"><text:index-title-template>KEEP contents</text:index-title-template></text:table-of-content-source><text:index-body><text:p><text:a xlink:href=\"#{7}\">KEEP entry<text:tab/>1</text:a></text:p></text:index-body></text:table-of-content>\
         <text:p text:style-name=\"P1\">KEEP before:<text:change text:change-id=\"ct1{0}\"/><text:change-start text:change-id=\"ct2{0}\"/> KEEP inserted;<text:change-end text:change-id=\"ct2{0}\"/> after {remark}</text:p>\
         <text:p>KEEP fields: {fields}<text:date text:date-value=\"2026-11-23\">KEEP date;</text:date> <text:title>KEEP title;</text:title> <text:user-field-get text:name=\"{3}\">KEEP user field;</text:user-field-get> <text:user-defined text:name=\"{3}\">KEEP defined;</text:user-defined> <text:database-display text:database-name=\"{9}\" text:table-name=\"{9}\" text:column-name=\"{9}\">KEEP merged;</text:database-display> <text:sequence text:name=\"Illustration\" text:ref-name=\"{3}\" text:formula=\"ooow:Illustration+1\">1</text:sequence> <text:meta-field xml:id=\"{3}\">KEEP meta;</text:meta-field></text:p>\
         <text:p>KEEP hiding: <text:hidden-text text:condition=\"{10}\" text:string-value=\"{10}\"/><text:conditional-text text:condition=\"ooow:{11}\" text:string-value-if-true=\"{11}\" text:string-value-if-false=\"{11}\">KEEP chosen;</text:conditional-text><text:placeholder text:placeholder-type=\"text\" text:description=\"{12}\">KEEP place</text:placeholder><text:bibliography-mark text:identifier=\"{13}\" text:author=\"{13}\" text:url=\"{13}\">KEEP [1]</text:bibliography-mark><text:variable-set text:name=\"{3}\" text:display=\"none\">{14}</text:variable-set></text:p>\
         <text:p><text:hidden-paragraph text:condition=\"ooow:{15}\" text:is-hidden=\"true\"/>KEEP hidden paragraph</text:p><text:p><text:span text:style-name=\"T1\">KEEP hidden words</text:span></text:p>\
         <text:p>KEEP links <text:a xlink:href=\"https://example.org/KEEP\" office:title=\"{16}\" office:name=\"{16}\" office:target-frame-name=\"{16}\">KEEP web</text:a> <text:a xlink:href=\"file:///home/{17}\">KEEP file</text:a> <text:bookmark-ref text:ref-name=\"{7}\" text:reference-format=\"text\">KEEP heading</text:bookmark-ref></text:p>\
         <text:p>KEEP note<text:note text:id=\"{18}\" text:note-class=\"footnote\"><text:note-citation>1</text:note-citation><text:note-body><text:p>KEEP footnote</text:p></text:note-body></text:note> <text:ruby><text:ruby-base>KEEP base</text:ruby-base><text:ruby-text>KEEP ruby</text:ruby-text></text:ruby></text:p>\
         <text:list text:style-name=\"{list}\" xml:id=\"{18}\"><text:list-item><text:p>KEEP item</text:p></text:list-item></text:list>\
         <text:section text:name=\"{19}\" text:protection-key=\"{19}\" text:display=\"condition\" text:condition=\"ooow:{19}\" text:is-hidden=\"true\"><text:section-source xlink:href=\"file:///{19}\"/><text:p>KEEP in a hidden section</text:p></text:section>\
         <table:table table:name=\"{20}\" table:template-name=\"{20}\"><table:title>{20}</table:title><table:table-column/><table:table-row><table:table-cell table:formula=\"ooow:DDE({20})\" office:value-type=\"string\"><text:p>KEEP cell</text:p></table:table-cell></table:table-row></table:table>\
         <text:p>KEEP picture {picture}</text:p><text:p>KEEP chart {chart}</text:p>\
         <text:p><draw:frame draw:name=\"{21}\" svg:width=\"3cm\" svg:height=\"1cm\"><draw:text-box><text:p>KEEP in a box</text:p></draw:text-box></draw:frame><draw:custom-shape svg:width=\"1cm\" svg:height=\"1cm\" draw:name=\"{21}\"><text:p>KEEP in a shape</text:p><draw:enhanced-geometry draw:type=\"{21}\" svg:viewBox=\"0 0 21600 21600\" draw:enhanced-path=\"M ?f0 0 L 21600 0 Z N\"><draw:equation draw:name=\"f0\" draw:formula=\"logwidth/2\"/></draw:enhanced-geometry></draw:custom-shape><draw:control draw:control=\"{21}\"/></text:p>\
         <text:p>KEEP last {22}</text:p></office:text>",
        c(0),
        c(1),
        c(2),
        c(3),
        c(4),
        c(5),
        c(6),
        c(7),
        c(8),
        c(9),
        c(10),
        c(11),
        c(12),
        c(13),
        c(14),
        c(15),
        c(16),
        c(17),
        c(18),
        c(19),
        c(20),
        c(21),
        if flat {
            ""
        } else {
            "<draw:frame svg:width=\"1cm\" svg:height=\"1cm\"><draw:object xlink:href=\"./Object 2\"/></draw:frame>"
        },
        strange = strange(),
        remark = remark(),
        fields = telling_fields(),
        list = canary(833),
        picture = picture(flat, "Pictures/CANARY%20one.jpg"),
        chart = chart(flat),
    );
    format!("<office:body>{body}</office:body>")
}

fn sheet_body(flat: bool) -> String {
    let c = |n: u32| canary(880 + n);
    let text = |words: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{words}</text:p></table:table-cell>"
        )
    };
    format!(
        "<office:body><office:spreadsheet table:structure-protected=\"true\" table:protection-key=\"{0}\">\
         <table:tracked-changes><table:cell-content-change table:id=\"ct1\"><office:change-info><dc:creator>{1}</dc:creator></office:change-info><table:previous><table:change-track-table-cell office:value-type=\"string\"><text:p>{1}</text:p></table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>\
         <table:content-validations><table:content-validation table:name=\"{2}\" table:condition=\"of:cell-content-is-in-list(&quot;KEEP yes&quot;)\"><table:help-message table:title=\"{2}\"><text:p>{2}</text:p></table:help-message><table:error-message table:title=\"{2}\"><text:p>{2}</text:p></table:error-message></table:content-validation></table:content-validations>\
         <table:table table:name=\"KEEPdata\" table:style-name=\"ta1\" table:protection-key=\"{0}\">{strange}<table:table-source xlink:href=\"file:///{3}.ods\" table:table-name=\"{3}\"/><table:scenario table:comment=\"{3}\" table:scenario-ranges=\"KEEPdata.A1\"/><table:table-column table:number-columns-repeated=\"4\"/>\
         <table:table-row>{keep}<table:table-cell table:content-validation-name=\"{2}\" office:value-type=\"float\" office:value=\"4242\"><text:p>4242</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell table:formula=\"of:=SUM([.B1:.B1])\" office:value-type=\"float\" office:value=\"4243\"><text:p>4243</text:p></table:table-cell><table:table-cell table:formula=\"of:='file:///{4}.ods'#$S.A1\" office:value-type=\"float\" office:value=\"4244\"><text:p>4244</text:p></table:table-cell><table:table-cell table:formula=\"of:=DDE(&quot;{4}&quot;;&quot;a&quot;;&quot;b&quot;)\" office:value-type=\"string\"><text:p>KEEP value</text:p></table:table-cell></table:table-row>\
         <table:table-row table:visibility=\"collapse\">{row}</table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"string\">{remark}<text:p>KEEP with remark <text:a xlink:href=\"https://example.org/KEEP\">KEEP web</text:a> <text:a xlink:href=\"#KEEPother.A1\">KEEP inner</text:a> <text:a xlink:href=\"file:///{5}\">KEEP file</text:a></text:p><table:cell-range-source xlink:href=\"file:///{5}\" table:name=\"{5}\"/><table:detective><table:highlighted-range table:direction=\"{5}\"/></table:detective></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell>{picture}</table:table-cell><table:table-cell>{chart}</table:table-cell></table:table-row>\
         <calcext:conditional-formats><calcext:conditional-format calcext:target-range-address=\"KEEPdata.B1:KEEPdata.B2\"><calcext:condition calcext:apply-style-name=\"{6}\" calcext:value=\"&gt;5\" calcext:base-cell-address=\"KEEPdata.B1\"/></calcext:conditional-format></calcext:conditional-formats></table:table>\
         <table:table table:name=\"KEEPother\" table:style-name=\"ta2\"><table:table-column table:visibility=\"collapse\"/><table:table-row>{hidden}</table:table-row></table:table>\
         <table:named-expressions><table:named-range table:name=\"KEEPname\" table:cell-range-address=\"$KEEPdata.$A$1:.$B$2\" table:base-cell-address=\"$KEEPdata.$A$1\"/><table:named-expression table:name=\"KEEPexpression\" table:expression=\"of:='file:///{7}'#$A.B1\" table:base-cell-address=\"$KEEPdata.$A$1\"/></table:named-expressions>\
         <table:database-ranges><table:database-range table:name=\"KEEPrange\" table:target-range-address=\"KEEPdata.A1:KEEPdata.B2\"><table:database-source-sql table:database-name=\"{8}\" table:sql-statement=\"{8}\"/></table:database-range></table:database-ranges>\
         <table:data-pilot-tables><table:data-pilot-table table:name=\"{9}\" table:application-data=\"{9}\"/></table:data-pilot-tables><table:consolidation table:function=\"sum\" table:source-cell-range-addresses=\"{9}\"/>\
         <table:dde-links><table:dde-link><office:dde-source office:dde-application=\"{10}\" office:dde-topic=\"{10}\"/><table:table><table:table-row><table:table-cell office:string-value=\"{10}\"/></table:table-row></table:table></table:dde-link></table:dde-links>\
         </office:spreadsheet></office:body>",
        c(0),
        c(1),
        c(2),
        c(3),
        c(4),
        c(5),
        c(6),
        c(7),
        c(8),
        c(9),
        c(10),
        strange = strange(),
        keep = text("KEEP words"),
        row = text("KEEP in a hidden row"),
        hidden = text("KEEP in a hidden sheet"),
        remark = remark(),
        picture = picture(flat, "Pictures/CANARY%20one.jpg"),
        chart = chart(flat),
    )
}

/// Slides or drawings.
fn pages(body: &str, flat: bool) -> String {
    let c = |n: u32| canary(895 + n);
    let (notes, animations, hidden) = if body == "presentation" {
        (
            format!(
                "<presentation:notes><draw:frame presentation:class=\"notes\" svg:width=\"10cm\" svg:height=\"10cm\"><draw:text-box><text:p>KEEP note</text:p></draw:text-box></draw:frame></presentation:notes>"
            ),
            format!(
                "<anim:par presentation:node-type=\"timing-root\"><anim:set smil:targetElement=\"{0}\" smil:attributeName=\"visibility\" smil:to=\"visible\"/><anim:audio xlink:href=\"file:///{0}\"/><anim:command anim:command=\"{0}\"/></anim:par>",
                c(0)
            ),
            format!(
                "<presentation:settings presentation:start-page=\"{0}\"><presentation:show presentation:name=\"{0}\" presentation:pages=\"{0}\"/></presentation:settings>",
                c(1)
            ),
        )
    } else {
        (String::new(), String::new(), String::new())
    };
    format!(
        "<office:body><office:{body}>{decl}<draw:page draw:name=\"{2}\" draw:master-page-name=\"{master}\" draw:id=\"{2}\">{1}{strange}\
         <draw:frame svg:width=\"20cm\" svg:height=\"3cm\" svg:x=\"2cm\" svg:y=\"2cm\" draw:layer=\"{layer}\"><draw:text-box><text:p>KEEP page text <text:a xlink:href=\"#{3}\">KEEP jump</text:a> <text:a xlink:href=\"https://example.org/KEEP\">KEEP web</text:a> <text:file-name>{2}</text:file-name></text:p></draw:text-box></draw:frame>\
         <draw:custom-shape draw:name=\"{4}\" xml:id=\"{0}\" draw:id=\"{0}\" svg:width=\"4cm\" svg:height=\"3cm\"><svg:title>{4}</svg:title><office:event-listeners><presentation:event-listener script:event-name=\"dom:click\" presentation:action=\"show\" xlink:href=\"file:///{4}\"/><script:event-listener script:event-name=\"dom:click\" xlink:href=\"vnd.sun.star.script:{4}\"/></office:event-listeners><text:p>KEEP shape</text:p><draw:enhanced-geometry svg:viewBox=\"0 0 21600 21600\" draw:type=\"rectangle\" draw:enhanced-path=\"M 0 0 L 21600 0 21600 21600 0 21600 0 0 Z N\"/></draw:custom-shape>\
         <draw:g draw:name=\"{4}\"><draw:line svg:x1=\"1cm\" svg:y1=\"1cm\" svg:x2=\"2cm\" svg:y2=\"2cm\"/><draw:path svg:viewBox=\"0 0 100 100\" svg:d=\"M0 0l100 50-50 50z\"/><draw:connector draw:start-shape=\"{0}\" draw:class-names=\"{4}\"/></draw:g>\
         <draw:frame svg:width=\"8cm\" svg:height=\"2cm\"><table:table><table:table-column/><table:table-row><table:table-cell><text:p>KEEP cell</text:p></table:table-cell></table:table-row></table:table><draw:image xlink:href=\"Pictures/TablePreview1.svm\"/></draw:frame>\
         {picture}{chart}{remark}{animations}{notes}</draw:page>\
         <draw:page draw:name=\"{3}\" draw:style-name=\"dp2\" draw:master-page-name=\"{master}\"><draw:frame svg:width=\"20cm\" svg:height=\"3cm\"><draw:text-box><text:p>KEEP hidden page</text:p></draw:text-box></draw:frame></draw:page>{hidden}</office:{body}></office:body>",
        c(0),
        "",
        c(2),
        c(3),
        c(4),
        decl = if body == "presentation" {
            format!(
                "<presentation:footer-decl presentation:name=\"{}\">KEEP footer</presentation:footer-decl>",
                c(2)
            )
        } else {
            String::new()
        },
        master = canary(838),
        layer = canary(837),
        strange = strange(),
        picture = picture(flat, "Pictures/CANARY%20one.jpg"),
        chart = chart(flat),
        remark = remark(),
    )
}

fn body(kind: &str, flat: bool) -> String {
    match kind {
        "text" => text_body(flat),
        "spreadsheet" => sheet_body(flat),
        "presentation" => pages("presentation", flat),
        _ => pages("drawing", flat),
    }
}

/// A planted package of a kind.
pub(crate) fn package(kind: &'static str) -> Package {
    let mut package = Package::new(kind);
    let content = scripts() + &automatic() + &body(kind, false);
    package.raw("content.xml", part("document-content", &content).as_bytes());
    let all = styles() + &automatic() + &masters();
    package.raw("styles.xml", part("document-styles", &all).as_bytes());
    around(&mut package);
    package
        .raw("Object 1/content.xml", part("document-content", &chart_body()).as_bytes())
        .raw("Object 1/meta.xml", part("document-meta", &meta()).as_bytes())
        .raw("Object 2/content.xml", formula().as_bytes())
        .raw("Object 2/settings.xml", part("document-settings", &settings()).as_bytes());
    package
}

fn formula() -> String {
    format!(
        "<?xml version=\"1.0\"?><math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\"><semantics><mrow><mi>KEEP</mi><mo stretchy=\"false\" class=\"{0}\">+</mo><mn>2</mn></mrow><annotation encoding=\"StarMath 5.0\">{0}</annotation></semantics></math>",
        canary(875)
    )
}

/// A planted formula.
pub(crate) fn formula_package() -> Package {
    let mut package = Package::new("formula");
    package.raw("content.xml", formula().as_bytes());
    around(&mut package);
    package
}

/// A planted document in one XML file.
pub(crate) fn flat(kind: &'static str) -> String {
    let inner = meta()
        + &settings()
        + &scripts()
        + &styles()
        + &automatic()
        + &masters()
        + &body(kind, true);
    let said = format!("<office:document office:mimetype=\"{TYPE}.{kind}\"");
    part("document", &inner).replacen("<office:document", &said, 1)
}

/// All parts of a clean package as one text.
pub(crate) fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    office::parts(bytes)
}

/// All that a clean document says, in a package or flat.
pub(crate) fn inside(bytes: &[u8]) -> String {
    if bytes.starts_with(b"PK") {
        office::inside(bytes)
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// Every mark of something that must stay.
pub(crate) fn marks(text: &str) -> Vec<String> {
    let rest =
        |part: &str| part[..part.find(['<', '"', '\'', '&']).unwrap_or(part.len())].to_owned();
    text.split("KEEP").skip(1).map(|part| format!("KEEP{}", rest(part))).collect()
}

/// The parts of a package that hold content, as they are written.
pub(crate) fn content(package: &Package) -> String {
    let parts = package
        .parts
        .iter()
        .filter(|(name, _)| name.ends_with("content.xml") || name == "styles.xml");
    parts.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
}

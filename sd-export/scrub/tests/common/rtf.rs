//! RTF documents with a canary in every place that can hide data and a keep-mark in every kind of
//! content.
#![allow(clippy::format_push_string, reason = "fixtures are long and are read, not run often")]

use super::{canary, hex, jpeg, png};

fn c(number: u32) -> String {
    canary(number)
}

/// The front of the planted document.
fn front() -> String {
    let props = format!(
        "{{\\*\\userprops{{\\propname {}}}\\proptype30{{\\staticval {}}}}}",
        c(800),
        c(801)
    );
    format!(
        "{{\\rtf1\\ansi\\ansicpg1251\\deff0\\deflang1031\\stshfdbch0\n\
         {{\\fonttbl{{\\f0\\froman\\fprq2\\fcharset0{{\\*\\panose {0}}}{{\\*\\falt {1}}}Times New Roman;}}\
         {{\\f7\\fswiss\\fcharset204 Arial;}}{{\\f9\\fnil\\fcharset2 Symbol;{{\\*\\fontemb {2}}}}}}}\n\
         {{\\colortbl;\\red200\\green0\\blue0;\\red0\\green0\\blue200;}}\n\
         {{\\stylesheet{{\\s0\\ql\\fs24 Normal;}}{{\\s15\\ql\\b\\fs32\\sbasedon0\\snext0\\styrsid123 heading 1;}}\
         {{\\s44\\qc\\sbasedon15 {3};}}{{\\*\\cs10\\additive {4};}}{{\\*\\latentstyles {5};}}}}\n\
         {{\\*\\listtable{{\\list\\listtemplateid77{{\\listlevel\\levelnfc0\\leveljc0\\levelstartat1{{\\leveltext\\leveltemplateid9\\'02\\'00.;}}{{\\levelnumbers\\'01;}}\\fi-360\\li720}}{{\\listname {6};}}\\listid919191}}}}\
         {{\\*\\listoverridetable{{\\listoverride\\listid919191\\listoverridecount0\\ls4}}}}\n\
         {{\\*\\revtbl{{Unknown;}}{{{7};}}}}{{\\*\\rsidtbl\\rsid4242}}{{\\*\\generator {8};}}\n\
         {{\\info{{\\title {9}}}{{\\author {10}}}{{\\operator {11}}}{{\\creatim\\yr2026\\mo11\\dy23}}{{\\*\\company {12}}}{{\\doccomm {13}}}{{\\hlinkbase {14}}}}}{15}\n\
         {{\\*\\template C:\\\\{16}.dot}}{{\\*\\passwordhash {17}}}{{\\*\\xmlnstbl {{\\xmlns1 {18};}}}}{{\\*\\datastore {19}}}{{\\*\\themedata {20}}}{{\\*\\docvar {{{21}}}{{x}}}}\
         {{\\*\\mmathPr\\mmathFont0}}{{\\*\\wgrffmtfilter 013f}}{{\\*\\pnseclvl1\\pnucrm{{\\pntxta {22}}}}}{{\\filetbl{{\\file\\fid0 {23}}}}}\n\
         \\paperw11906\\paperh16838\\margl1134\\viewkind4\\rsidroot4242{{\\header\\pard KEEP header\\par}}{{\\footer KEEP footer {{\\field{{\\*\\fldinst PAGE \\\\* MERGEFORMAT}}{{\\fldrslt 1}}}}\\par}}\n",
        c(802),
        c(803),
        hex(c(804).as_bytes()),
        c(805),
        c(806),
        c(807),
        c(808),
        c(809),
        c(810),
        c(811),
        c(812),
        c(813),
        c(814),
        c(815),
        c(816),
        props,
        c(817),
        c(818),
        c(819),
        hex(c(820).as_bytes()),
        hex(c(821).as_bytes()),
        c(822),
        c(823),
        c(824)
    )
}

fn field(code: &str, result: &str) -> String {
    format!(
        "{{\\field\\flddirty{{\\*\\fldinst {{{code}}}{{\\*\\datafield {}}}}}{{\\fldrslt {{{result}}}}}}}",
        hex(c(830).as_bytes())
    )
}

/// A picture in hexadecimal.
fn picture(kind: &str, bytes: &[u8]) -> String {
    format!(
        "{{\\pict{{\\*\\picprop{{\\sp{{\\sn wzDescription}}{{\\sv {}}}}}}}\\{kind}\\picw16\\pich16\\picwgoal400\\pichgoal400\\bliptag77{{\\*\\blipuid {}}}\n{}}}",
        c(831),
        hex(c(832).as_bytes()),
        hex(bytes)
    )
}

/// The body of the planted document.
fn body() -> String {
    let mut out = String::new();
    let mut add = |text: &str| out += &format!("\\pard\\plain\\s0\\pararsid12 {text}\\par\n");
    add("\\s15\\b KEEP heading");
    add("\\s44 KEEP own style {\\insrsid77 KEEP run {\\b KEEP bold} {\\cs10\\cf1 KEEP red}}");
    add(
        "{\\f7 KEEP \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2} {\\f9\\'b7} KEEP \\u8364\\'80 and \\uc2\\u228\\'61\\'65\\uc1 KEEP \\\\ \\{x\\} \\~ \\emdash",
    );
    add(&field(" HYPERLINK \"https://example.org/KEEP\" \\\\o \"CANARY\"", "KEEP web link"));
    add(&field(&format!(" HYPERLINK \"file:///C:/{}.exe\"", c(833)), "KEEP file link"));
    add(&field(&format!("INCLUDEPICTURE \"C:\\\\\\\\{}\"", c(834)), "KEEP included"));
    add(&field("AUTHOR", &c(835)));
    add(&field("FILENAME \\\\p", &c(836)));
    add(&format!(
        "{{\\*\\bkmkstart {0}}}KEEP marked{{\\*\\bkmkend {0}}} {1}",
        c(837),
        field(&format!("REF {} \\\\h", c(837)), "KEEP reference")
    ));
    add(&format!(
        "KEEP before {{\\revised\\revauth1\\revdttm42 KEEP inserted}} {{\\deleted\\revauthdel1\\revdttmdel42 {}}} KEEP after",
        c(838)
    ));
    add(&format!(
        "{{\\*\\atrfstart 7}}KEEP remarked{{\\*\\atrfend 7}}{{\\*\\atnid {0}}}{{\\*\\atnauthor {1}}}\\chatn{{\\*\\annotation{{\\*\\atnref 7}}{{\\*\\atndate 42}}\\pard {2}}}",
        c(839),
        c(840),
        c(841)
    ));
    add("{\\v KEEP hidden}");
    add(&format!(
        "{{\\object\\objemb{{\\*\\objclass {0}}}{{\\*\\objname {0}}}{{\\*\\objdata {1}}}{{\\result {{\\pard KEEP result}}}}}}",
        c(842),
        hex(c(843).as_bytes())
    ));
    add(&format!(
        "{{\\*\\shppict{}}}{{\\nonshppict{}}}",
        picture("pngblip", &png::planted()),
        picture("wmetafile8", c(844).as_bytes())
    ));
    add(&picture("jpegblip", &jpeg::planted()));
    add("{\\footnote\\pard\\chftn KEEP footnote}{\\listtext\\pard 1.\\tab}\\ls4\\ilvl0 KEEP item");
    add(&format!(
        "{{\\pntext KEEP old bullet\\tab}}{{\\*\\pn\\pnlvlbody\\pndec{{\\pntxta KEEP point}}}}{{\\*\\{0} {1}}}{{\\{0} {2}}}",
        "unheardof",
        c(845),
        c(846)
    ));
    add(&format!(
        "{{\\upr{{{}}}{{\\*\\ud{{KEEP unicode}}}}}}{{\\xe {}}}{{\\*\\xmlopen\\xmlns1{{\\xmlname {}}}}}",
        c(847),
        c(848),
        c(849)
    ));
    add(&format!(
        "{{\\shp{{\\*\\shpinst\\shpleft100\\shptop100\\shpright2000\\shpbottom900\\shplid1026{{\\sp{{\\sn shapeType}}{{\\sv 202}}}}{{\\sp{{\\sn wzName}}{{\\sv {0}}}}}{{\\sp{{\\sn pihlShape}}{{\\sv {1}}}}}{{\\shptxt\\pard KEEP box\\par}}}}{{\\shprslt {{{2}}}}}}}",
        c(850),
        c(851),
        c(852)
    ));
    add(&format!("\\crauth1\\crdate42{{\\*\\oldcprops {}}}KEEP formatted\\chdate", c(853)));
    out += &format!(
        "\\trowd\\trgaph70\\trauth1\\trdate42\\cellx2000\\cellx4000\\pard\\intbl KEEP cell one\\cell KEEP cell two\\cell\\row\n\\pard KEEP last {{\\*\\bin5 {}}}\\bin6 CANARY\\par}}",
        c(854)
    );
    out
}

/// A document with a canary in every place that is not shown.
pub(crate) fn planted() -> Vec<u8> {
    [front().as_bytes(), body().as_bytes(), c(855).as_bytes()].concat()
}

/// Every mark of something that must stay.
pub(crate) fn marks() -> Vec<String> {
    let all = front() + &body();
    let mark = |rest: &str| {
        let end = rest.find(['\\', '{', '}', '"', ';']).unwrap_or(rest.len());
        rest[..end].trim_end().to_owned()
    };
    all.match_indices("KEEP").map(|(at, _)| mark(&all[at..])).collect()
}

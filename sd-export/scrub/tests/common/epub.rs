//! Books with a canary in every hiding place and a keep-mark in every kind of content.

use super::zip::{Member, archive, member};
use super::{canary, jpeg, png, web};

const CONTAINER: &str = "<container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'>\
    <rootfiles><rootfile full-path='OEBPS/%1302%.opf' media-type='application/oebps-package+xml'/></rootfiles></container>";

fn kind() -> Member {
    Member { deflate: false, ..member("mimetype", b"application/epub+zip") }
}

fn text(name: &str, words: &str) -> Member {
    member(&web::planted(name), web::planted(words).as_bytes())
}

/// A book of the third version.
pub(crate) fn planted() -> Vec<u8> {
    let members = [
        kind(),
        text("META-INF/container.xml", CONTAINER),
        text(
            "META-INF/com.apple.ibooks.display-options.xml",
            "<display_options>%1303%</display_options>",
        ),
        text("META-INF/rights.xml", "<rights><user>%1304%</user></rights>"),
        text(
            "META-INF/encryption.xml",
            "<encryption><EncryptedData><EncryptionMethod Algorithm='http://www.idpf.org/2008/embedding'/>\
             <CipherData><CipherReference URI='OEBPS/%1305%.otf'/></CipherData></EncryptedData></encryption>",
        ),
        text("OEBPS/%1302%.opf", include_str!("data/web/book.opf.in")),
        text("OEBPS/text/%1306%.xhtml", include_str!("data/web/chapter.xhtml.in")),
        text(
            "OEBPS/text/notes.xhtml",
            "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>KEEP title</title></head>\
             <body><p id='%1308%'>KEEP note <a href='%1306%.xhtml#%1309%'>KEEP back</a></p></body></html>",
        ),
        text(
            "OEBPS/unread.xhtml",
            "<html xmlns='http://www.w3.org/1999/xhtml'><body>%1310%</body></html>",
        ),
        text(
            "OEBPS/nav.xhtml",
            "<html xmlns='http://www.w3.org/1999/xhtml' xmlns:epub='http://www.idpf.org/2007/ops'><head><title>KEEP title</title></head>\
             <body><nav epub:type='toc' id='%1312%'><ol><li><a href='text/%1306%.xhtml#%1309%'>KEEP chapter in the contents</a></li></ol></nav></body></html>",
        ),
        text(
            "OEBPS/toc.ncx",
            "<ncx xmlns='http://www.daisy.org/z3986/2005/ncx/'><docTitle><text>%1313%</text></docTitle></ncx>",
        ),
        text(
            "OEBPS/looks/%1314%.css",
            "/* %1315% */ .%1316% { background: url(../pictures/%1317%.png); content: \"KEEP style\" } @font-face { src: url(%1305%.otf) }",
        ),
        member(&web::planted("OEBPS/pictures/%1317%.png"), &png::with_author(&canary(1301))),
        member("OEBPS/pictures/photo.jpg", &jpeg::with_exif()),
        text(
            "OEBPS/pictures/drawing.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' id='%1318%'><title>%1319%</title><text>KEEP drawn</text></svg>",
        ),
        text("OEBPS/%1305%.otf", "OTTO%1320%"),
        text("OEBPS/script.js", "var a = '%1321%';"),
        text("OEBPS/overlay.smil", "<smil>%1322%</smil>"),
        text("iTunesMetadata.plist", "<plist>%1323%</plist>"),
        text("META-INF/calibre_bookmarks.txt", "%1324%"),
        text("OEBPS/page-map.xml", "<page-map>%1325%</page-map>"),
    ];
    archive(&members, canary(1326).as_bytes())
}

/// A book of the second version, whose contents are an NCX only.
pub(crate) fn old() -> Vec<u8> {
    let members = [
        kind(),
        text("META-INF/container.xml", CONTAINER),
        text("OEBPS/%1302%.opf", include_str!("data/web/old-book.opf.in")),
        text("OEBPS/toc.ncx", include_str!("data/web/toc.ncx.in")),
        text(
            "OEBPS/a b.html",
            "<html><head><title>KEEP title</title><link rel=stylesheet href=looks.css></head><body><h1 id=one>KEEP first chapter</h1><p class=%1332%>KEEP a&nbsp;b<br><img src='photo.jpg' alt='%1333%'></body></html>",
        ),
        text("OEBPS/looks.css", ".%1332% { color: red } /* %1334% */"),
        member("OEBPS/photo.jpg", &jpeg::with_exif()),
    ];
    archive(&members, b"")
}

/// A book of many pages, each with a style, a picture and a link to the next one.
pub(crate) fn long(pages: usize) -> Vec<u8> {
    let mut members = vec![kind(), text("META-INF/container.xml", CONTAINER)];
    let (mut items, mut order) = (String::new(), String::new());
    for page in 1..=pages {
        let item = [
            "<item id='c#' href='c#.xhtml' media-type='application/xhtml+xml'/>",
            "<itemref idref='c#'/>",
        ];
        let [item, itemref] = item.map(|line| line.replace('#', &page.to_string()));
        items += &item;
        order += &itemref;
        let words = "KEEP these words, and go on. ".repeat(60);
        let page = format!(
            "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>{page}</title>\
             <link rel='stylesheet' href='looks.css'/></head><body><h1 id='top'>KEEP {page}</h1>\
             <p class='first'>{words}</p><p><img src='photo.jpg' alt=''/>\
             <a href='c{}.xhtml#top'>KEEP next</a></p></body></html>",
            page % pages + 1
        );
        let at = members.len() - 1;
        members.push(text(&format!("OEBPS/c{at}.xhtml"), &page));
    }
    let opf = format!(
        "<package xmlns='http://www.idpf.org/2007/opf' version='3.0' unique-identifier='i'><metadata \
         xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:identifier id='i'>x</dc:identifier>\
         <dc:language>en</dc:language></metadata><manifest>{items}<item id='p' href='photo.jpg' \
         media-type='image/jpeg'/></manifest><spine>{order}</spine></package>"
    );
    members.push(text("OEBPS/%1302%.opf", &opf));
    members.push(text("OEBPS/looks.css", ".first { text-indent: 1em } h1 { color: navy }"));
    members.push(member("OEBPS/photo.jpg", &jpeg::with_exif()));
    archive(&members, b"")
}

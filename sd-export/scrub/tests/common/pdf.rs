//! PDF documents written object by object.

use super::{canary, jpeg, png, profile};

/// A document being written.
#[derive(Default)]
pub(crate) struct Document {
    objects: Vec<(u32, Vec<u8>)>,
    pub(crate) before: Vec<u8>,
    pub(crate) trailer: String,
}

impl Document {
    pub(crate) fn add(&mut self, number: u32, body: impl AsRef<[u8]>) -> &mut Self {
        self.objects.push((number, body.as_ref().to_vec()));
        self
    }

    pub(crate) fn stream(&mut self, number: u32, entries: &str, data: &[u8]) -> &mut Self {
        let head = format!("<<{entries}/Length {}>>\nstream\n", data.len());
        self.add(number, [head.as_bytes(), data, b"\nendstream"].concat())
    }

    pub(crate) fn packed(&mut self, number: u32, entries: &str, data: &[u8]) -> &mut Self {
        self.stream(number, &format!("{entries}/Filter/FlateDecode"), &png::deflate(data))
    }

    /// The file with its table; the catalog is object 1.
    pub(crate) fn finish(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        out.extend_from_slice(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n");
        let size = self.objects.iter().map(|(n, _)| *n).max().unwrap_or(0) + 1;
        let mut table = vec![None; size as usize];
        for (number, body) in &self.objects {
            table[*number as usize] = Some(out.len());
            out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            out.extend_from_slice(body);
            out.extend_from_slice(b"\nendobj\n");
        }
        let start = out.len();
        out.extend_from_slice(format!("xref\n0 {size}\n").as_bytes());
        for entry in table {
            let line = match entry {
                Some(at) => format!("{at:010} 00000 n \n"),
                None => "0000000000 65535 f \n".to_owned(),
            };
            out.extend_from_slice(line.as_bytes());
        }
        let tail = format!(
            "trailer\n<</Size {size}/Root 1 0 R{}>>\nstartxref\n{start}\n%%EOF\n",
            self.trailer
        );
        out.extend_from_slice(tail.as_bytes());
        out
    }
}

/// One page with this content; objects from 5 on are free.
pub(crate) fn page(content: &str, extra: &str) -> Document {
    let mut document = Document::default();
    document
        .add(1, "<</Type/Catalog/Pages 2 0 R>>")
        .add(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
        .add(3, format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R{extra}>>"))
        .stream(4, "", content.as_bytes());
    document
}

pub(crate) const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

/// One page of text.
pub(crate) fn text_page() -> Vec<u8> {
    let mut document =
        page("BT /F9 12 Tf 20 100 Td (Keep this text) Tj ET", "/Resources<</Font<</F9 5 0 R>>>>");
    document.add(5, HELVETICA);
    document.finish()
}

fn c(n: u32) -> String {
    canary(n)
}

/// Content with canaries in everything that is not shown.
fn content(hidden: &str) -> String {
    format!(
        "% {}\n/Span <</ActualText ({}) /Lang (en-{})>> BDC\nBT /Fcanary 12 Tf 20 150 Td (Keep this text) Tj ET\nEMC\n\
         /{} MP\n/OC /MC0 BDC BT /Fcanary 10 Tf 20 20 Td ({}) Tj ET 0 0 5 5 re f /HiddenForm Do EMC\n\
         ({}) junkoperator\nq 50 0 0 50 100 20 cm /Im1 Do Q\nq 20 0 0 20 160 20 cm /Im2 Do Q\n/Fm1 Do\n\
         q 10 0 0 10 10 180 cm BI /W 2 /H 2 /BPC 8 /CS /G ID abcd{}\nEI Q\n\
         /Cs1 cs 0.5 0.5 0.5 sc 10 60 20 20 re f\n/Sep CS 0.5 SC\n/GS1 gs\n",
        c(100),
        c(101),
        c(102),
        c(103),
        hidden,
        hidden,
        c(106)
    )
}

/// A document with a canary in every place that is not seen.
pub(crate) fn planted() -> Vec<u8> {
    planted_with(&c(104))
}

/// The same with a word of the caller's where a single change can make content visible that was
/// not: in a layer, in a drawing that nothing draws.
pub(crate) fn planted_with(word: &str) -> Vec<u8> {
    let before = format!("{}\n", c(110)).into_bytes();
    let mut d = Document { before, ..Document::default() };
    d.trailer = format!("/Info 90 0 R/ID[<{}><{}>]", hex(&c(111)), hex(&c(112)));
    catalog(&mut d);
    d.add(3, format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents[4 0 R 5 0 R]/Annots[20 0 R 21 0 R 22 0 R 23 0 R 24 0 R 25 0 R]\
         /PieceInfo<</App<</Private({})>>>>/LastModified(D:2026{})/AA<</O 40 0 R>>/Metadata 41 0 R/Thumb 42 0 R\
         /{} 1/Resources 6 0 R>>",
        c(113), c(114), c(115)
    ));
    d.packed(4, &format!("/{} (x)", c(116)), content(word).as_bytes());
    d.stream(5, "", b"0.2 0.2 0.2 rg 5 5 10 10 re f");
    d.add(6, format!(
        "<</Font<</Fcanary 7 0 R/Unused 43 0 R>>/XObject<</Im1 10 0 R/Im2 11 0 R/Fm1 12 0 R/HiddenForm 44 0 R/Never 45 0 R>>\
         /ColorSpace<</Cs1[/ICCBased 13 0 R]/Sep[/Separation/{} /DeviceCMYK 14 0 R]>>/ExtGState<</GS1<</ca 0.5/{} 3>>>>\
         /Properties<</MC0 46 0 R>>/ProcSet[/PDF/{}]>>",
        c(117), c(118), c(119)
    ));
    fonts(&mut d);
    drawings(&mut d);
    annotations(&mut d);
    hidden(&mut d, word);
    let mut out = d.finish();
    out.extend_from_slice(c(120).as_bytes());
    out
}

fn catalog(d: &mut Document) {
    d.add(1, format!(
        "<</Type/Catalog/Pages 2 0 R/Outlines 30 0 R/PageLabels<</Nums[0<</S/D/P(Page )/{} 1>>]>>/Metadata 41 0 R\
         /OpenAction 40 0 R/AA<</WC 40 0 R>>/AcroForm 47 0 R/StructTreeRoot<</K({})>>/Lang({})\
         /Names<</EmbeddedFiles<</Names[({}) 48 0 R]>>/JavaScript<</Names[({}) 40 0 R]>>/Dests<</Names[(top)[3 0 R/Fit]]>>>>\
         /OCProperties<</OCGs[46 0 R]/D<</OFF[46 0 R]>>>>/PieceInfo<</X({})>>/OutputIntents[<</Info({})>>]>>",
        c(121), c(122), c(123), c(124), c(125), c(126), c(127)
    ));
    d.add(2, format!("<</Type/Pages/Kids[3 0 R]/Count 1/{} 2>>", c(128)));
    d.add(30, "<</Type/Outlines/First 31 0 R/Last 32 0 R/Count 2>>");
    d.add(
        31,
        format!("<</Title(Keep this title)/Parent 30 0 R/Next 32 0 R/Dest(top)/SE({})>>", c(129)),
    );
    d.add(32, "<</Title<feff004b006500650070200b002000e9>/Parent 30 0 R/Prev 31 0 R/A 40 0 R>>");
}

fn fonts(d: &mut Document) {
    let map = format!(
        "%!PS {}\n/CMapName /{} def 1 begincodespacerange <00> <ff> endcodespacerange\n\
         1 beginbfchar <4b> <004b> endbfchar",
        c(130),
        c(131)
    );
    d.add(
        7,
        format!("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Name/{}/ToUnicode 8 0 R>>", c(132)),
    );
    d.packed(8, &format!("/CMapName/{}", c(133)), map.as_bytes());
}

fn drawings(d: &mut Document) {
    let pixels = [b"0123456789ab".to_vec(), c(134).into_bytes()].concat();
    d.packed(10, &format!(
        "/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceRGB/Name/{}\
         /Metadata 41 0 R/Alternates[<</Image 45 0 R>>]",
        c(135)
    ), &pixels);
    d.stream(
        11,
        "/Type/XObject/Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode",
        &jpeg::planted(),
    );
    let form = format!("% {}\n0 1 0 rg 1 1 2 2 re f", c(136));
    d.stream(12, &format!(
        "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<>>/PieceInfo<</A({})>>/Metadata 41 0 R",
        c(137)
    ), form.as_bytes());
    d.packed(13, &format!("/N 3/Alternate/DeviceRGB/{} 1", c(138)), &profile(&c(139)));
    let tint = format!("{{ % {}\n 0 0 0 }}", c(140));
    d.stream(14, "/FunctionType 4/Domain[0 1]/Range[0 1 0 1 0 1 0 1]", tint.as_bytes());
}

fn annotations(d: &mut Document) {
    d.add(20, format!(
        "<</Type/Annot/Subtype/Link/Rect[1 1 9 9]/A<</S/URI/URI(https://example.org/keep)/Next 40 0 R>>/NM({})/T({})/M({})>>",
        c(141), c(142), c(143)
    ));
    d.add(21, "<</Type/Annot/Subtype/Link/Rect[10 1 19 9]/Dest[3 0 R/XYZ 0 100 null]>>");
    d.add(
        22,
        format!(
            "<</Type/Annot/Subtype/Text/Rect[1 1 2 2]/T({})/Contents({})/M({})>>",
            c(144),
            c(145),
            c(146)
        ),
    );
    d.add(
        23,
        format!(
            "<</Type/Annot/Subtype/FileAttachment/Rect[1 1 2 2]/FS 48 0 R/Contents({})>>",
            c(147)
        ),
    );
    d.add(24, format!("<</Type/Annot/Subtype/Link/Rect[1 1 2 2]/A<</S/Launch/F({})>>>>", c(148)));
    d.add(
        25,
        format!("<</Type/Annot/Subtype/Widget/FT/Tx/T({})/V({})/Rect[1 1 2 2]>>", c(149), c(150)),
    );
}

fn hidden(d: &mut Document, word: &str) {
    d.add(40, format!("<</S/JavaScript/JS({})>>", c(151)));
    let xmp = format!("<x:xmpmeta><dc:creator>{}</dc:creator></x:xmpmeta>", c(152));
    d.stream(41, "/Type/Metadata/Subtype/XML", xmp.as_bytes());
    d.stream(42, "/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", c(153).as_bytes());
    d.add(43, format!("<</Type/Font/Subtype/Type1/BaseFont/{word}>>"));
    d.stream(44, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", format!("({word}) Tj").as_bytes());
    d.stream(45, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", format!("({word}) Tj").as_bytes());
    d.add(46, format!("<</Type/OCG/Name({})>>", c(157)));
    d.add(47, format!("<</Fields[25 0 R]/XFA({})/SigFlags 3>>", c(158)));
    d.add(48, format!("<</Type/Filespec/F({})/EF<</F 49 0 R>>>>", c(159)));
    d.packed(49, "/Type/EmbeddedFile", c(160).as_bytes());
    d.add(
        90,
        format!(
            "<</Author({})/Title({})/Producer({})/CreationDate(D:20260102030405)/Custom({})>>",
            c(161),
            c(162),
            c(163),
            c(164)
        ),
    );
    d.add(91, format!("<</Orphan({})>>", c(165)));
}

fn hex(text: &str) -> String {
    super::hex(text.as_bytes())
}

/// The document again with a second revision that replaces the page's content.
pub(crate) fn revised() -> Vec<u8> {
    let mut first =
        page(&format!("BT /F9 12 Tf ({}) Tj ET", c(170)), "/Resources<</Font<</F9 5 0 R>>>>");
    first.add(5, HELVETICA);
    let mut out = first.finish();
    let previous = super::position(&out, b"startxref\n").expect("written above");
    let previous = String::from_utf8_lossy(&out[previous + 10..]).lines().next().map(str::to_owned);
    let at = out.len();
    let content = b"BT /F9 12 Tf 20 100 Td (Keep this text) Tj ET";
    out.extend_from_slice(format!("4 0 obj\n<</Length {}>>\nstream\n", content.len()).as_bytes());
    out.extend_from_slice(content);
    out.extend_from_slice(b"\nendstream\nendobj\n");
    let table = out.len();
    let tail = format!(
        "xref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev {}>>\nstartxref\n{table}\n%%EOF\n",
        previous.expect("a number")
    );
    out.extend_from_slice(tail.as_bytes());
    out
}

/// One page that shows text, pictures of several kinds, a drawing, colours and a gradient.
pub(crate) fn gallery() -> Vec<u8> {
    let mut d = page(
        "q 60 0 0 60 10 130 cm /A Do Q q 60 0 0 60 80 130 cm /B Do Q q 40 0 0 40 150 140 cm /M Do Q\n\
         BT /F9 14 Tf 2 Tr 0.5 w 1 0 0 RG 10 100 Td [(Keep) -200 (this)] TJ ET 0 Tr\n\
         q 1 0 0 1 100 90 cm /Fm Do Q /Sep cs 0.7 scn 10 60 30 20 re f\n\
         q 50 60 60 20 re W n /Sh sh Q /Pattern cs /P scn 120 60 60 20 re f\n\
         q 40 0 0 40 10 10 cm BI /W 4 /H 2 /BPC 8 /CS /RGB /F /AHx ID\n\
         ff000000ff000000ffffffff102030405060708090a0b0c0>\nEI Q\n\
         /Ix cs 2 sc 60 10 20 20 re f /G gs 0 0 1 rg 70 20 40 30 re f",
        "/Resources 5 0 R",
    );
    d.add(5, "<</Font<</F9 6 0 R>>/XObject<</A 7 0 R/B 8 0 R/M 9 0 R/Fm 10 0 R>>/Shading<</Sh 11 0 R>>\
        /Pattern<</P 12 0 R>>/ExtGState<</G<</ca 0.4/BM/Multiply>>>>\
        /ColorSpace<</Sep[/Separation/Special/DeviceRGB 13 0 R]/Ix[/Indexed/DeviceRGB 2(abcdefghi)]>>>>");
    d.add(6, HELVETICA);
    let rows: Vec<u8> = (0..4u8)
        .flat_map(|y| std::iter::once(y).chain((0..12).map(move |x| x * 9 + y * 31)))
        .collect();
    let head = "/Subtype/Image/Width 4/Height 4/BitsPerComponent 8/ColorSpace/DeviceRGB";
    d.packed(7, &format!("{head}/DecodeParms<</Predictor 15/Colors 3/Columns 4>>"), &rows);
    let head = "/Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceRGB";
    d.stream(8, &format!("{head}/SMask 14 0 R/Filter/DCTDecode"), &jpeg::bare());
    d.stream(9, "/Subtype/Image/Width 6/Height 2/ImageMask true", &[0xa7, 0x5b]);
    d.stream(10, "/Subtype/Form/BBox[0 0 50 50]/Matrix[1 0 0 1 0 0]/Resources<<>>/Group<</S/Transparency/CS/DeviceRGB>>", b"0 0.6 0 rg 0 0 30 15 re f");
    d.add(11, "<</ShadingType 2/ColorSpace/DeviceRGB/Coords[50 0 110 0]/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>");
    d.stream(
        12,
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 8 8]/XStep 8/YStep 8/Resources<<>>",
        b"1 0.5 0 rg 0 0 4 4 re f",
    );
    d.stream(
        13,
        "/FunctionType 0/Domain[0 1]/Range[0 1 0 1 0 1]/Size[2]/BitsPerSample 8",
        &[255, 255, 255, 0, 90, 30],
    );
    d.stream(
        14,
        "/Subtype/Image/Width 2/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
        &[255, 90],
    );
    d.finish()
}

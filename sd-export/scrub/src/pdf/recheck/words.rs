//! The words a clean document may hold: keys by kind of dictionary, names and strings by key.

/// Which keys a dictionary may have.
#[derive(Clone, Copy)]
pub(super) enum Keys {
    /// These words.
    Listed(&'static [&'static str]),
    /// A letter and a number, as the copier counts them.
    Counted,
}

impl Keys {
    pub(super) fn is_counted(self) -> bool {
        matches!(self, Self::Counted)
    }
}

const CATALOG: &[&str] = &["Type", "Pages", "Outlines", "PageMode", "PageLabels"];
const PAGES: &[&str] = &["Type", "Count", "Kids"];
const PAGE: &[&str] = &[
    "Type",
    "Parent",
    "MediaBox",
    "CropBox",
    "Rotate",
    "UserUnit",
    "Group",
    "Resources",
    "Contents",
    "Annots",
];
const LINK: &[&str] = &["Type", "Subtype", "Rect", "Border", "C", "QuadPoints", "H", "Dest", "A"];
const DESCRIPTOR: &[&str] = &[
    "Type",
    "FontName",
    "Flags",
    "FontBBox",
    "ItalicAngle",
    "Ascent",
    "Descent",
    "Leading",
    "CapHeight",
    "XHeight",
    "StemV",
    "StemH",
    "AvgWidth",
    "MaxWidth",
    "MissingWidth",
    "FontFile",
    "FontFile2",
    "FontFile3",
];
const FONT: &[&str] = &[
    "Type",
    "Subtype",
    "BaseFont",
    "FirstChar",
    "LastChar",
    "Widths",
    "FontDescriptor",
    "Encoding",
    "ToUnicode",
    "DescendantFonts",
    "DW",
    "DW2",
    "W",
    "W2",
    "CIDSystemInfo",
    "CIDToGIDMap",
    "FontBBox",
    "FontMatrix",
    "CharProcs",
    "Resources",
];
const RESOURCES: &[&str] = &["Font", "XObject", "ExtGState", "ColorSpace", "Pattern", "Shading"];
/// Everything else: graphics states, pictures, forms, patterns, shadings, functions, streams.
const REST: &[&str] = &[
    "Type",
    "Subtype",
    "Length",
    "Length1",
    "Length2",
    "Length3",
    "Filter",
    "DecodeParms",
    "N",
    "LW",
    "LC",
    "LJ",
    "ML",
    "D",
    "RI",
    "OP",
    "op",
    "OPM",
    "Font",
    "FL",
    "SM",
    "SA",
    "BM",
    "SMask",
    "CA",
    "ca",
    "AIS",
    "TK",
    "S",
    "G",
    "BC",
    "TR",
    "Width",
    "Height",
    "ImageMask",
    "Interpolate",
    "Decode",
    "Matte",
    "Intent",
    "ColorSpace",
    "BitsPerComponent",
    "Mask",
    "BBox",
    "Matrix",
    "Group",
    "Resources",
    "PatternType",
    "PaintType",
    "TilingType",
    "XStep",
    "YStep",
    "Shading",
    "ShadingType",
    "Background",
    "AntiAlias",
    "Domain",
    "Coords",
    "BitsPerCoordinate",
    "BitsPerFlag",
    "VerticesPerRow",
    "Function",
    "Extend",
    "FunctionType",
    "Range",
    "C0",
    "C1",
    "Size",
    "BitsPerSample",
    "Order",
    "Encode",
    "Bounds",
    "Functions",
    "I",
    "K",
    "CS",
    "WhitePoint",
    "BlackPoint",
    "Gamma",
    "BaseEncoding",
    "Differences",
    "Registry",
    "Ordering",
    "Supplement",
    "Predictor",
    "Colors",
    "Columns",
    "ColorTransform",
    "EndOfLine",
    "EncodedByteAlign",
    "Rows",
    "EndOfBlock",
    "BlackIs1",
    "DamagedRowsBeforeError",
    "JBIG2Globals",
    "CMapName",
    "CIDSystemInfo",
    "WMode",
    "Title",
    "Parent",
    "Prev",
    "Next",
    "First",
    "Last",
    "Count",
    "Dest",
    "Nums",
    "St",
    "P",
    "URI",
];

/// The keys of a dictionary of this type that stands under this key.
pub(super) fn keys(kind: &[u8], under: &str) -> Keys {
    if kind.is_empty() && (RESOURCES.contains(&under) || under == "CharProcs") {
        return Keys::Counted;
    }
    Keys::Listed(match kind {
        b"Catalog" => CATALOG,
        b"Pages" => PAGES,
        b"Page" => PAGE,
        b"Annot" => LINK,
        b"FontDescriptor" => DESCRIPTOR,
        b"Font" => FONT,
        _ if under == "Resources" => RESOURCES,
        _ => REST,
    })
}

/// A letter and a number.
pub(super) fn is_counted(key: &[u8]) -> bool {
    let [first, rest @ ..] = key else {
        return false;
    };
    first.is_ascii_alphabetic() && !rest.is_empty() && rest.iter().all(u8::is_ascii_digit)
}

/// Whether a string may stand under a key.
pub(super) fn admits_string(key: &str) -> bool {
    matches!(key, "Title" | "P" | "URI" | "Registry" | "Ordering")
}

const TYPES: &[&str] = &[
    "Catalog",
    "Pages",
    "Page",
    "Annot",
    "Font",
    "FontDescriptor",
    "Encoding",
    "XObject",
    "ExtGState",
    "Mask",
    "Outlines",
    "CMap",
];
const SUBTYPES: &[&str] = &[
    "Link",
    "Form",
    "Image",
    "Type0",
    "Type1",
    "MMType1",
    "Type3",
    "TrueType",
    "CIDFontType0",
    "CIDFontType2",
    "Type1C",
    "CIDFontType0C",
    "OpenType",
];
const KINDS: &[&str] = &["Transparency", "Alpha", "Luminosity", "URI", "D", "R", "r", "A", "a"];

/// Whether a name may stand under a key.
pub(super) fn admits_name(key: &str, name: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(name) else {
        return false;
    };
    match key {
        "Type" => TYPES.contains(&text),
        "Subtype" => SUBTYPES.contains(&text),
        "S" => KINDS.contains(&text),
        "PageMode" => text == "UseOutlines",
        "BaseFont" | "FontName" => text.len() <= 64 && plain(name),
        "Differences" => text.len() <= 40 && plain(name),
        _ => text.len() <= 32 && plain(name),
    }
}

fn plain(name: &[u8]) -> bool {
    name.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.+,".contains(b))
}

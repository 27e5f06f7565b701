//! Settings that decide how pages look. All others go: views, printers, sessions, passwords.

use crate::report::Class;
use crate::xml::{Tag, Verdict};

/// The one set that is looked into.
const SET: &str = "ooo:configuration-settings";

/// Settings that lay out pages; none holds a text.
const KEPT: &[&str] = &[
    "AddExternalLeading",
    "AddFrameOffsets",
    "AddParaLineSpacingToTableCells",
    "AddParaSpacingToTableCells",
    "AddParaTableSpacing",
    "AddParaTableSpacingAtStart",
    "AddVerticalFrameOffsets",
    "BackgroundParaOverDrawings",
    "CharacterCompressionType",
    "ClippedPictures",
    "ClipAsCharacterAnchoredWriterFlyFrames",
    "CollapseEmptyCellPara",
    "ConsiderTextWrapOnObjPos",
    "ContinuousEndnotes",
    "DisableOffPagePositioning",
    "DoNotBreakWrappedTables",
    "DoNotCaptureDrawObjsOnPage",
    "DoNotJustifyLinesWithManualBreak",
    "DoNotMirrorRtlDrawObjs",
    "DoNotResetParaAttrsForNumFont",
    "DropCapPunctuation",
    "EmptyDbFieldHidesPara",
    "FloattableNomargins",
    "FootnoteInColumnToPageEnd",
    "FrameAutowidthWithMorePara",
    "GutterAtTop",
    "HeaderSpacingBelowLastPara",
    "HyphenateURLs",
    "IgnoreFirstLineIndentInNumbering",
    "IgnoreTabsAndBlanksForLineCalculation",
    "ImagePreferredDPI",
    "InvertBorderSpacing",
    "IsKernAsianPunctuation",
    "JustifyLinesWithShrinking",
    "MathBaselineAlignment",
    "MinRowHeightInclBorder",
    "MsLineBreakerCompat",
    "MsWordCompTrailingBlanks",
    "NoGapAfterNoteNumber",
    "NoNumberingShowFollowBy",
    "OldNumbering",
    "OutlineLevelYieldsNumbering",
    "ParagraphSummation",
    "PropLineSpacingShrinksFirstLine",
    "SmallCapsPercentage66",
    "StylesNoDefault",
    "SubtractFlysAnchoredAtFlys",
    "SurroundTextWrapSmall",
    "TabAtLeftIndentForParagraphsInList",
    "TableRowKeep",
    "TabOverMargin",
    "TabOverSpacing",
    "TabsRelativeToIndent",
    "TreatSingleColumnBreakAsPageBreak",
    "UnbreakableNumberings",
    "UnxForceZeroExtLeading",
    "UseFormerLineSpacing",
    "UseFormerObjectPositioning",
    "UseFormerTextWrapping",
    "UseOldNumbering",
    "UseOldPrinterMetrics",
    "UseVariableWidthNBSP",
    "WordLikeWrapForAsCharFlys",
    "WrapAsCharFlysLikeInOOXML",
    "ApplyParagraphMarkFormatToNumbering",
    "ApplyParagraphMarkFormatToEmptyLineAtEndOfParagraph",
    // Presentations and drawings.
    "IsPrintFitPage",
    "MeasureUnit",
    "PageNumberFormat",
    "ScaleNumerator",
    "ScaleDenominator",
    "DefaultTabStop",
    // Spreadsheets.
    "IsOutlineSymbolsSet",
    // Formulas.
    "BaseFontHeight",
    "Alignment",
    "BottomSpacing",
    "TopSpacing",
    "LeftSpacing",
    "RightSpacing",
    "RelativeFontHeightFunctions",
    "RelativeFontHeightIndices",
    "RelativeFontHeightLimits",
    "RelativeFontHeightOperators",
    "RelativeFontHeightText",
    "RelativeSpacing",
    "RelativeLineSpacing",
    "RelativeSymbolMinimumHeight",
    "RelativeSymbolPrimaryHeight",
];

/// Whether a set or a setting stays.
pub(super) fn is_kept(name: &str) -> bool {
    name == SET || KEPT.contains(&name)
}

pub(super) fn open(element: &str, tag: &Tag<'_>) -> Verdict {
    let name = tag.get("name").unwrap_or_default();
    let stays = if element == "config-item-set" { name == SET } else { KEPT.contains(&name) };
    if stays {
        return Verdict::Table;
    }
    if element == "config-item-set" {
        return Verdict::Drop(Class::Software, "settings of the program: views and the like");
    }
    let (class, words) = match name {
        n if n.contains("Printer") => (Class::Device, "setting: printer"),
        n if n.contains("Rsid") => (Class::Identifier, "setting: session of editing"),
        n if n.contains("Database") || n.contains("Library") => (Class::Link, "setting: database"),
        n if n.contains("Protect") => (Class::Person, "setting: protection"),
        _ => (Class::Software, "setting"),
    };
    Verdict::Drop(class, words)
}

/// The value of a setting: yes, no or a number.
pub(super) fn value(text: &str) -> Option<String> {
    let text = text.trim();
    let number = text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    (number || matches!(text, "true" | "false")).then(|| text.to_owned())
}

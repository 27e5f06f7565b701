//! Hidden names of a workbook: they stay where a formula of a sheet that is kept may use them.

use super::Clean;
use crate::bytes::find;
use crate::report::Class;
use crate::xml::Tally;

/// Most hidden names that are looked for: each is looked for in all sheets, and nobody has thousands.
const MOST: usize = 500;
const START: &str = "<x:definedName ";
const END: &str = "</x:definedName>";

/// Takes the hidden names that no clean sheet holds out of the clean workbook.
pub(super) fn drop_unused(clean: &mut Clean, tally: &Tally) {
    let Some(workbook) = clean.parts.get("xl/workbook.xml") else { return };
    let text = String::from_utf8_lossy(&workbook.bytes).into_owned();
    let sheets = clean.parts.iter().filter(|(path, _)| path.starts_with("xl/worksheets/"));
    let sheets: Vec<&[u8]> = sheets.map(|(_, part)| part.bytes.as_slice()).collect();
    let (mut out, mut rest, mut looked_up) = (String::with_capacity(text.len()), text.as_str(), 0);
    while let Some((before, behind)) = rest.split_once(START) {
        out.push_str(before);
        let (element, after) = behind.split_once(END).unwrap_or((behind, ""));
        rest = after;
        if let Some(name) = hidden(element) {
            looked_up += 1usize;
            let named = |sheet: &&[u8]| find(sheet, name.as_bytes()).is_some();
            if looked_up > MOST || !sheets.iter().any(named) {
                tally.removed(Class::HiddenContent, "xl/workbook.xml: hidden name", name);
                continue;
            }
            tally.kept(Class::HiddenContent, "hidden name", name, "a formula may use it");
        }
        out.extend([START, element, END]);
    }
    out.push_str(rest);
    let out = out.replace("<x:definedNames></x:definedNames>", "<x:definedNames/>");
    if let Some(workbook) = clean.parts.get_mut("xl/workbook.xml") {
        workbook.bytes = out.into_bytes();
    }
}

/// The name in an element as the sieve writes it, if it is a hidden one that a person gave.
fn hidden(element: &str) -> Option<&str> {
    let (attrs, _) = element.split_once('>')?;
    let value = |attr: &str| {
        let (_, rest) = attrs.split_once(attr)?;
        rest.split('"').next()
    };
    let name = value("name=\"")?;
    let hidden = matches!(value("hidden=\""), Some("1" | "true"));
    (hidden && !name.starts_with("_xlnm.") && !name.is_empty()).then_some(name)
}

//! The contact sheet: one page of HTML that holds pixels and escaped text, and nothing else.
//!
//! Whatever opens it is told to fetch nothing and to run nothing. No link stands in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sd_fs::{Dir, NewFile};
use sd_term::{Failure, count};

use crate::report::{Item, Outcome};
use crate::worker::Shown;

/// The longest picture that is put on the sheet: twice what a page of noise takes.
const MAX_PICTURE: u64 = 16 << 20;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">
<title>Preview</title>
<style>
body { font: 16px sans-serif; margin: 1.5em; color: #111; background: #e4e4e4; }
h2 { font-size: 1.1em; margin: 1.5em 0 0.2em; overflow-wrap: anywhere; }
p { margin: 0.2em 0; }
.warning { font-weight: bold; color: #8a0000; }
figure { display: inline-block; margin: 0.7em 0.7em 0 0; vertical-align: top; }
img { max-width: 46em; width: 100%; height: auto; background: #fff; border: 1px solid #777; }
figcaption { font-size: 0.85em; }
</style>
</head>
<body>
";

/// Writes the sheet; the pictures are read from where they stand.
pub(super) fn write(out: &mut NewFile, dir: &Dir, items: &[Item]) -> Result<(), Failure> {
    put(out, HEAD)?;
    put(out, &format!("<h1>{}</h1>\n", count(items.len(), "file")))?;
    for item in items {
        one(out, dir, item)?;
    }
    put(out, "</body>\n</html>\n")
}

fn one(out: &mut NewFile, dir: &Dir, item: &Item) -> Result<(), Failure> {
    put(out, &format!("<h2>{}</h2>\n", safe(item.file.as_str())))?;
    match &item.outcome {
        Outcome::Shown { shown } => {
            for line in shown.lines() {
                put(out, &format!("<p>{}</p>\n", safe(&line)))?;
            }
            for warning in item.note.iter().cloned().chain(shown.warnings()) {
                put(out, &format!("<p class=\"warning\">{}</p>\n", safe(&warning)))?;
            }
            pictures(out, dir, shown)
        }
        Outcome::Refused { message, .. } => {
            put(out, &format!("<p class=\"warning\">{}</p>\n", safe(message)))
        }
        Outcome::Inspected { .. } | Outcome::Cleaned { .. } => Ok(()),
    }
}

fn pictures(out: &mut NewFile, dir: &Dir, shown: &Shown) -> Result<(), Failure> {
    for (page, name) in (1..).zip(&shown.pictures) {
        let bytes = dir.read_small(name, MAX_PICTURE)?;
        let (data, name) = (STANDARD.encode(bytes), safe(name));
        let page: usize = page;
        put(
            out,
            &format!(
                "<figure><img alt=\"page {page}\" src=\"data:image/png;base64,{data}\">\
                 <figcaption>page {page}: {name}</figcaption></figure>\n"
            ),
        )?;
    }
    Ok(())
}

fn put(out: &mut NewFile, text: &str) -> Result<(), Failure> {
    Ok(out.write_all(text.as_bytes())?)
}

/// Text that HTML takes as text.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_become_markup() {
        assert_eq!(safe("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
    }
}

//! Pages of HTML that hold pixels and escaped text, and nothing else.
//!
//! Whatever opens one is told to fetch nothing and to run nothing. No link stands in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sd_fs::NewFile;
use sd_term::Failure;

const STYLE: &str = "
body { font: 16px sans-serif; margin: 1.5em; color: #111; background: #e4e4e4; }
h2 { font-size: 1.1em; margin: 1.5em 0 0.2em; overflow-wrap: anywhere; }
p { margin: 0.2em 0; }
.warning { font-weight: bold; color: #8a0000; }
figure { display: inline-block; margin: 0.7em 0.7em 0 0; vertical-align: top; }
img { max-width: 46em; width: 100%; height: auto; background: #fff; border: 1px solid #777; }
figcaption { font-size: 0.85em; }
table { border-collapse: collapse; margin: 0.7em 0; background: #fff; }
th, td { border: 1px solid #999; padding: 0.25em 0.6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
";

/// A page that is being written.
pub(crate) struct Page<'f>(&'f mut NewFile);

impl<'f> Page<'f> {
    /// Begins it; the title is ours.
    pub(crate) fn begin(out: &'f mut NewFile, title: &str) -> Result<Self, Failure> {
        let mut page = Self(out);
        page.put(&format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             img-src data:; style-src 'unsafe-inline'\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n"
        ))?;
        Ok(page)
    }

    /// Ends it.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        self.put("</body>\n</html>\n")
    }

    /// Text in an element of this name.
    pub(crate) fn text(&mut self, element: &str, text: &str) -> Result<(), Failure> {
        self.put(&format!("<{element}>{}</{element}>\n", safe(text)))
    }

    /// Text that nobody should miss.
    pub(crate) fn warning(&mut self, text: &str) -> Result<(), Failure> {
        self.put(&format!("<p class=\"warning\">{}</p>\n", safe(text)))
    }

    /// A picture, which is a PNG file of ours, and what it is.
    pub(crate) fn picture(&mut self, png: &[u8], alt: &str, words: &str) -> Result<(), Failure> {
        let (data, alt, words) = (STANDARD.encode(png), safe(alt), safe(words));
        self.put(&format!(
            "<figure><img alt=\"{alt}\" src=\"data:image/png;base64,{data}\">\
             <figcaption>{words}</figcaption></figure>\n"
        ))
    }

    /// A table: the names of its columns, and its rows.
    pub(crate) fn table<const N: usize>(
        &mut self,
        head: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Result<(), Failure> {
        self.put("<table>\n")?;
        self.row("th", &head)?;
        for row in rows {
            self.row("td", &row)?;
        }
        self.put("</table>\n")
    }

    fn row(&mut self, cell: &str, texts: &[impl AsRef<str>]) -> Result<(), Failure> {
        self.put("<tr>")?;
        for text in texts {
            self.put(&format!("<{cell}>{}</{cell}>", safe(text.as_ref())))?;
        }
        self.put("</tr>\n")
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.0.write_all(text.as_bytes())?)
    }
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

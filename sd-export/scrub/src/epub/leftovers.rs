//! What of a book is not in the clean one, named.

use std::collections::BTreeMap;

use super::package::Package;
use crate::ooxml::notes::{self, Dropped};
use crate::report::Class;
use crate::xml::Tally;

/// Parts that go: what their names end with or hold, what they are, and what to call them.
const DROPPED: &[Dropped] = &[
    ("encryption.xml", Class::Identifier, "list of masked fonts"),
    ("rights.xml", Class::Identifier, "rights of a reader"),
    (".lcpl", Class::Person, "licence of a reader"),
    ("signatures.xml", Class::Person, "digital signature"),
    ("itunesmetadata", Class::Person, "who bought it, and where"),
    ("bookmarks", Class::Person, "a reader's bookmarks"),
    ("manifest.xml", Class::Software, "second list of parts"),
    ("metadata.xml", Class::Identifier, "metadata"),
    ("com.apple", Class::Software, "settings of a program"),
    (".ncx", Class::Software, "older form of the contents"),
    (".smil", Class::HiddenContent, "what is read aloud, and when"),
    (".js", Class::Link, "script"),
    (".ttf", Class::Identifier, "font: the text stays, its look may change"),
    (".otf", Class::Identifier, "font: the text stays, its look may change"),
    (".woff", Class::Identifier, "font: the text stays, its look may change"),
    (".woff2", Class::Identifier, "font: the text stays, its look may change"),
    (".mp3", Class::HiddenContent, "sound or video"),
    (".m4a", Class::HiddenContent, "sound or video"),
    (".mp4", Class::HiddenContent, "sound or video"),
    (".m4v", Class::HiddenContent, "sound or video"),
    (".ogg", Class::HiddenContent, "sound or video"),
    (".css", Class::HiddenContent, "style sheet that no page asks for"),
    ("html", Class::HiddenContent, "page that nothing leads to"),
    (".htm", Class::HiddenContent, "page that nothing leads to"),
    (".jpg", Class::HiddenContent, "picture that nothing shows"),
    (".jpeg", Class::HiddenContent, "picture that nothing shows"),
    (".png", Class::HiddenContent, "picture that nothing shows"),
    (".gif", Class::HiddenContent, "picture that nothing shows"),
    (".svg", Class::HiddenContent, "picture that nothing shows"),
];

/// Names the parts that were not used.
pub(super) fn tell(package: &Package, known: &BTreeMap<String, Option<String>>, tally: &Tally) {
    for (name, bytes) in &package.parts {
        let list = matches!(name.as_str(), "mimetype" | "META-INF/container.xml");
        if list
            || *name == package.list
            || package.opf.ncx.as_ref() == Some(name)
            || known.get(name).is_some_and(Option::is_some)
        {
            continue;
        }
        let lower = name.to_ascii_lowercase();
        let (class, what) = notes::dropped(DROPPED, |word| match word.strip_prefix('.') {
            Some(_) => lower.ends_with(word),
            None => lower.contains(word),
        });
        let words = match class {
            Class::Link | Class::Software => String::new(),
            _ => notes::words(bytes),
        };
        tally.removed(class, &["book: ", what].concat(), format!("{name} {words}").trim_end());
    }
}

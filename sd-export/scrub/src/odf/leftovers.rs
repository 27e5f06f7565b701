//! What of a package is not in the clean one, named.

use super::clean::Clean;
use super::package::Package;
use crate::ooxml::notes::{self, Dropped};
use crate::report::Class;
use crate::xml::Tally;

/// Parts that go: words of their name, what they are, and what to call them.
const DROPPED: &[Dropped] = &[
    ("thumbnails/", Class::Thumbnail, "picture of the first page"),
    ("configurations2/", Class::Software, "own buttons, menus and keys"),
    ("basic/", Class::Link, "macros"),
    ("scripts/", Class::Link, "macros"),
    ("dialogs/", Class::Link, "dialogs of macros"),
    ("signatures.xml", Class::Person, "digital signature"),
    ("objectreplacements/", Class::HiddenContent, "picture that stood for an object"),
    ("layout-cache", Class::Software, "where pages ended when it was saved"),
    (".rdf", Class::Identifier, "metadata in RDF"),
    ("settings.xml", Class::Software, "settings"),
    ("versions/", Class::TrackedChange, "earlier version of the document"),
    ("versionlist.xml", Class::TrackedChange, "list of earlier versions"),
    ("database/", Class::Link, "database"),
    ("fonts/", Class::Identifier, "embedded font: the text stays, its look may change"),
    ("pictures/", Class::HiddenContent, "picture that nothing shows"),
    ("media/", Class::HiddenContent, "sound or video that nothing plays"),
    ("object", Class::HiddenContent, "embedded object"),
];

/// Names the parts that were not used.
pub(super) fn tell(package: &Package, clean: &Clean, tally: &Tally) {
    for (name, bytes) in package.parts() {
        if matches!(name, "mimetype" | "META-INF/manifest.xml") || clean.used.contains(name) {
            continue;
        }
        if name == "meta.xml" || name.ends_with("/meta.xml") {
            notes::properties(bytes, tally);
            continue;
        }
        let lower = name.to_ascii_lowercase();
        let (class, words) = notes::dropped(DROPPED, |word| lower.contains(word));
        let said = match class {
            Class::Person | Class::HiddenContent | Class::TrackedChange | Class::Unknown => {
                notes::words(bytes)
            }
            _ => String::new(),
        };
        tally.removed(class, words, format!("{name} {said}").trim_end());
    }
}

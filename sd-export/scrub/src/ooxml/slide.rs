//! Drawings: actions of shapes, formulas of outlines, expressions of animations.

use super::survey::is_kept_graphic;

pub(super) fn attribute(prefix: &str, element: &str, attr: &str, value: &str) -> Option<String> {
    let fits = match (prefix, element, attr) {
        ("a", "graphicData", _) => is_kept_graphic(value),
        ("a", _, "action") => is_action(value),
        ("a", "fld", _) => value.len() <= 24 && value.bytes().all(|b| b.is_ascii_alphanumeric()),
        ("a" | "p" | "v", _, _) => is_expression(value),
        _ => false,
    };
    fits.then(|| value.to_owned())
}

/// What a shape does without leaving the presentation.
fn is_action(value: &str) -> bool {
    const JUMP: &str = "ppaction://hlinkshowjump?jump=";
    let jump = value.strip_prefix(JUMP);
    jump.is_some_and(|word| word.len() <= 20 && word.bytes().all(|b| b.is_ascii_lowercase()))
        || matches!(
            value,
            "ppaction://hlinksldjump" | "ppaction://noaction" | "ppaction://media" | ""
        )
}

/// Numbers, operators and short words: `*/ w 1 2`, `M 0 0 L 0.25 0 E`, `#ppt_x+0.1`.
fn is_expression(value: &str) -> bool {
    const WORDS: [&str; 6] = ["playFrom", "togglePause", "resume", "stop", "barn", "strips"];
    let words = value.split(|c: char| !c.is_ascii_alphabetic());
    value.len() <= 60_000
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b" #_+-*/().,$%:;@?=<>\n".contains(&b))
        && words.into_iter().all(|word| {
            let short = word.len() <= 14 && !word.bytes().any(|b| b.is_ascii_uppercase());
            let letters = word.len() <= 3 || word.bytes().all(|b| b"AFTBCMLZEXx".contains(&b));
            short || letters || WORDS.contains(&word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_kept_and_words_are_not() {
        for kept in
            ["*/ w 1 2", "M 0 0 L 0.25 0 E", "#ppt_x+0.1", "wipe(left)", "AAFFA", "val 50000"]
        {
            assert!(is_expression(kept), "{kept}");
        }
        for gone in ["CANARY-0001-JaneDoe", "C:\\Users\\jane", "Jane Doe was here"] {
            assert!(!is_expression(gone), "{gone}");
        }
        assert!(is_action("ppaction://hlinkshowjump?jump=nextslide"));
        assert!(!is_action("ppaction://program") && !is_action("ppaction://macro?name=x"));
    }
}

//! File names on the server: a number and a kind. The words between are for people there.

use sd_bundle::Kind;

/// The server's own rule, `^(\d+)-[a-z0-9-_]*(msg|doc\.(gz|zip)|reply)\.gpg$`, with a number
/// that fits.
pub(super) fn parse(name: &str) -> Option<(u32, Kind)> {
    let (number, rest) = name.split_once('-')?;
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let stem = rest.strip_suffix(".gpg")?;
    let (words, kind) = if let Some(words) = stem.strip_suffix("msg") {
        (words, Kind::Message)
    } else if let Some(words) = stem.strip_suffix("reply") {
        (words, Kind::Reply)
    } else {
        (stem.strip_suffix("doc.gz").or_else(|| stem.strip_suffix("doc.zip"))?, Kind::Document)
    };
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    if !digits || !words.bytes().all(plain) {
        return None;
    }
    number.parse().ok().map(|number| (number, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_follows_the_servers_own_rule() {
        for (name, number, kind) in [
            ("1-focal_ghost-msg.gpg", 1, Kind::Message),
            ("12-neer-do-well-doc.gz.gpg", 12, Kind::Document),
            ("3-x-doc.zip.gpg", 3, Kind::Document),
            ("5-focal_ghost-reply.gpg", 5, Kind::Reply),
            ("1-msg.gpg", 1, Kind::Message),
        ] {
            assert_eq!(parse(name), Some((number, kind)), "{name}");
        }
        for bad in [
            "",
            "-msg.gpg",
            "x-focal-msg.gpg",
            "+1-focal-msg.gpg",
            "1-Focal-msg.gpg",
            "1-a b-msg.gpg",
            "1-a.b-msg.gpg",
            "1-focal-msg.gpg\n",
            "1-focal-msg.gpg.exe",
            "1-focal-doc.gpg",
            "1-focal-doc.tar.gpg",
            "1/../focal-msg.gpg",
            "99999999999-focal-msg.gpg",
            "١-focal-msg.gpg",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}

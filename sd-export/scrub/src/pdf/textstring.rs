//! Text strings of titles and labels: read in their encodings, written without anything hidden.

/// A text string as characters: UTF-16 or UTF-8 with a mark, else one byte each.
pub(super) fn read(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| letter(*b)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The letters where the document encoding is not Latin-1.
fn letter(byte: u8) -> char {
    const LOW: &str = "˘ˇˆ˙˝˛˚˜";
    const HIGH: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž";
    let pick = |table: &str, from: u8| table.chars().nth(usize::from(byte.wrapping_sub(from)));
    match byte {
        0x18..=0x1f => pick(LOW, 0x18),
        0x80..=0x9e => pick(HIGH, 0x80),
        0xa0 => Some('€'),
        _ => None,
    }
    .unwrap_or(char::from(byte))
}

/// The text string again: only characters that can be seen, in the plainest encoding.
pub(super) fn clean(bytes: &[u8]) -> Vec<u8> {
    let text: String = read(bytes)
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !crate::text::is_invisible(*c))
        .take(1000)
        .collect();
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.into_bytes();
    }
    let mut out = vec![0xfe, 0xff];
    out.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_keep_their_letters_and_lose_what_is_hidden() {
        assert_eq!(clean(b"Plain"), b"Plain");
        assert_eq!(
            read(&clean(
                "\u{feff}".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>().as_slice()
            )),
            ""
        );
        let marked: Vec<u8> =
            "\u{feff}É\u{200b}b".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&clean(&marked)), "Éb");
        assert_eq!(read(b"\x84"), "—");
    }
}

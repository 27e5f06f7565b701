//! Bytes as letters, as mails, pages and flat documents hold them.

use ::base64::Engine as _;
use ::base64::alphabet::STANDARD as LETTERS;
use ::base64::engine::DecodePaddingMode;
use ::base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

/// Programs leave the end away, or bits in it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &LETTERS,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The letters, in one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What the letters stand for, blanks passed over; the letters that addresses use instead of `+` and
/// `/` are taken too. `None` when it is no base64.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    let plain = text.as_ref().iter().filter(|b| !b.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    });
    LENIENT.decode(plain.collect::<Vec<u8>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(decode(" Zm9v\n Yg= =").as_deref(), Some(b"foob".as_slice()));
        assert_eq!(decode("Zm8").as_deref(), Some(b"fo".as_slice()));
        assert_eq!(decode("__-_").as_deref(), decode("//+/").as_deref());
        for bad in ["Zm9v!", "Z=m9v", "Zg==Zg", "Z"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}

//! What udev's `blkid` found on a volume.

use std::collections::BTreeMap;

use crate::facts::Content;

/// The properties of one device, by udev's names.
pub(super) type Properties = BTreeMap<String, String>;

/// Sorts blkid's words.
///
/// `known` says that udev has finished with the device: what it has not looked at yet is not
/// empty. `disk` is what a partition is on: udev hands the words about the disk's own table down
/// to each partition.
pub(super) fn content(properties: &Properties, known: bool, disk: Option<&Properties>) -> Content {
    let word = |name: &str| properties.get(name).map_or("", String::as_str);
    if !known {
        return Content::Other("something that udev has not looked at yet".to_owned());
    }
    if properties.contains_key("ID_FS_AMBIVALENT") {
        return Content::Other("signatures of several kinds".to_owned());
    }
    let (label, uuid) = (text(properties, "ID_FS_LABEL"), text(properties, "ID_FS_UUID"));
    let kind = word("ID_FS_TYPE").to_owned();
    match (word("ID_FS_USAGE"), kind.as_str()) {
        ("", "") if has_table(properties, disk) => Content::PartitionTable,
        ("", "") => Content::Empty,
        ("crypto", "crypto_LUKS") => Content::Luks { uuid, label },
        ("filesystem", "") => Content::Other("a file system without a name".to_owned()),
        ("filesystem", _) => Content::FileSystem { kind, label, uuid },
        (usage, "") => Content::Other(usage.to_owned()),
        _ => Content::Other(kind),
    }
}

/// Whether there is a partition table here, one that is not the disk's.
fn has_table(properties: &Properties, disk: Option<&Properties>) -> bool {
    let table = |p: &Properties| {
        ["ID_PART_TABLE_TYPE", "ID_PART_TABLE_UUID"].map(|name| p.get(name).cloned())
    };
    let own = table(properties);
    own[0].is_some() && disk.is_none_or(|disk| table(disk) != own)
}

/// A text in its exact form (`.._ENC`, where odd bytes are `\xNN`), or as udev smoothed it.
fn text(properties: &Properties, name: &str) -> String {
    match properties.get(&format!("{name}_ENC")) {
        Some(encoded) => decode(encoded),
        None => properties.get(name).cloned().unwrap_or_default(),
    }
}

/// A text that udev keeps in its exact form only.
pub(super) fn text_of(properties: &Properties, name: &str) -> String {
    properties.get(name).map(|encoded| decode(encoded)).unwrap_or_default()
}

/// Undoes udev's `\xNN`.
fn decode(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let escaped = match *rest {
            [b'\\', b'x', high, low, ..] => {
                hex(high).zip(hex(low)).map(|(high, low)| high << 4 | low)
            }
            _ => None,
        };
        if let Some(byte) = escaped {
            bytes.push(byte);
            rest = &rest[4..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Content {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        content(&pairs.iter().map(owned).collect(), true, None)
    }

    #[test]
    fn blkid_s_words_are_sorted() {
        assert_eq!(found(&[]), Content::Empty);
        assert_eq!(found(&[("ID_PART_TABLE_TYPE", "gpt")]), Content::PartitionTable);
        assert_eq!(
            found(&[("ID_FS_USAGE", "crypto"), ("ID_FS_TYPE", "BitLocker")]),
            Content::Other("BitLocker".to_owned())
        );
        assert_eq!(
            found(&[("ID_FS_USAGE", "other"), ("ID_FS_TYPE", "swap")]),
            Content::Other("swap".to_owned())
        );
        let luks = [("ID_FS_USAGE", "crypto"), ("ID_FS_TYPE", "crypto_LUKS"), ("ID_FS_UUID", "u")];
        let (uuid, label) = ("u".to_owned(), String::new());
        assert_eq!(found(&luks), Content::Luks { uuid, label });
    }

    #[test]
    fn the_table_of_the_disk_is_not_a_table_in_its_partition() {
        let table = |uuid: &str| {
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            Properties::from([pair("ID_PART_TABLE_TYPE", "gpt"), pair("ID_PART_TABLE_UUID", uuid)])
        };
        let disk = table("a");
        assert_eq!(content(&table("a"), true, Some(&disk)), Content::Empty);
        assert_eq!(content(&table("b"), true, Some(&disk)), Content::PartitionTable);
        assert_eq!(content(&disk, true, None), Content::PartitionTable);
    }

    #[test]
    fn what_udev_has_not_looked_at_is_not_empty() {
        assert!(matches!(content(&Properties::new(), false, None), Content::Other(_)));
        let several = found(&[("ID_FS_AMBIVALENT", "other:a:1 filesystem:b:2")]);
        assert!(matches!(several, Content::Other(_)));
    }

    #[test]
    fn a_label_keeps_its_odd_bytes() {
        assert_eq!(decode(r"A\x20B\x1b[31m\xe2\x80\xae"), "A B\u{1b}[31m\u{202e}");
        assert_eq!(decode(r"\x4"), r"\x4");
        assert_eq!(decode(r"\xff"), "\u{fffd}");
        assert_eq!(decode(r"C:\\"), r"C:\\");
    }
}

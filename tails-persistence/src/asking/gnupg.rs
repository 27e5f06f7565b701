//! GnuPG's list of secret keys, in its form for programs.

use sd_doctor::SecretKey;

/// Reads `gpg --with-colons --list-secret-keys`.
pub(crate) fn secret_keys(text: &str) -> Vec<SecretKey> {
    let mut keys: Vec<SecretKey> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let field = |n: usize| fields.get(n).copied().unwrap_or_default();
        if field(0) == "sec" {
            keys.push(SecretKey { expires: field(6).parse().ok(), ..SecretKey::default() });
        }
        let Some(key) = keys.last_mut() else { continue };
        match field(0) {
            "fpr" => key.fingerprints.push(field(9).to_uppercase()),
            "uid" => key.users.push(unescaped(field(9))),
            _ => {}
        }
    }
    keys
}

/// GnuPG writes a colon in a user ID as `\x3a`.
fn unescaped(field: &str) -> String {
    field.replace("\\x3a", ":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_subkeys_and_names_are_read() {
        let text = "\
sec:u:4096:1:CC40EF1228271441:1445364134:1795443271::u:::scESC:::+:::23::0:
fpr:::::::::65A1B5FF195B56353CC63DFFCC40EF1228271441:
grp:::::::::0123456789012345678901234567890123456789:
uid:u::::1445364134::AA::SecureDrop Test\\x3a Key::::::::::0:
ssb:u:4096:1:BBBBBBBBBBBBBBBB:1445364134::::::e:::+:::23:
fpr:::::::::aaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb:
sec:u:255:22:DDDDDDDDDDDDDDDD:1445364134:::u:::scESC:::+:::23::0:
fpr:::::::::DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD:
";
        let keys = secret_keys(text);
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].fingerprints.len(), 2);
        assert_eq!(keys[0].fingerprints[1], "AAAAAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB");
        assert_eq!(keys[0].users, ["SecureDrop Test: Key"]);
        assert_eq!((keys[0].expires, keys[1].expires), (Some(1_795_443_271), None));
        assert!(secret_keys("").is_empty());
    }
}

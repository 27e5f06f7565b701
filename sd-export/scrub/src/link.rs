//! Addresses that links may lead to: web and mail.

/// Whether an address leads to the web or to a mailbox.
pub(crate) fn is_web_or_mail(address: &str) -> bool {
    const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];
    let lower = address.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
}

/// Whether an address stays. What has letters that cannot be seen, or is longer than any address a
/// person wrote, does not.
pub(crate) fn is_kept(address: &str) -> bool {
    is_web_or_mail(address)
        && address.len() <= 2000
        && address.chars().all(|c| !c.is_whitespace() && !crate::text::is_invisible(c) && c != '"')
}

/// `%20` as the bytes they stand for; `None` where two digits do not follow.
pub(crate) fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    out.extend(parts.next()?.bytes());
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        out.push(u8::from_str_radix(code, 16).ok()?);
        out.extend(rest.bytes());
    }
    Some(out)
}

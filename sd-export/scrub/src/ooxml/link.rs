//! Addresses that links may lead to: web and mail, as in PDF documents.

const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Whether an address stays. What has letters that cannot be seen, or is longer than any address a
/// person wrote, does not.
pub(crate) fn is_kept(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
        && address.len() <= 2000
        && address.chars().all(|c| !c.is_whitespace() && !crate::text::is_invisible(c) && c != '"')
}

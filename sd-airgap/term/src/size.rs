//! Numbers for people.

/// A size in bytes, to three digits: `650 B`, `12.3 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Integers all the way: tenths of the unit, rounded.
    let mut tenths = bytes.saturating_add(50) / 100;
    for unit in UNITS {
        if tenths < 10_000 || unit == "TB" {
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if whole < 100 {
                format!("{whole}.{tenth} {unit}")
            } else {
                format!("{} {unit}", (tenths + 5) / 10)
            };
        }
        tenths = (tenths + 500) / 1000;
    }
    unreachable!("the last unit takes everything")
}

/// A count with its noun: `1 item`, `3 items`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_like_sizes() {
        for (bytes, shown) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345, "12.3 kB"),
            (209_715_200, "210 MB"),
            (4_294_967_296, "4.3 GB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
        assert_eq!((count(1, "item"), count(2, "item")), ("1 item".into(), "2 items".into()));
    }
}

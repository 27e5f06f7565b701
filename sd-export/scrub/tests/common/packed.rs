//! Compressed files and torrents, with canaries where they can hide data.

use std::io::Write as _;

use sd_scrub::Format;

use super::{canary, zip};

pub(crate) fn gzip(data: &[u8], flags: u8, fields: &[u8]) -> Vec<u8> {
    let mut out =
        [b"\x1f\x8b\x08", [flags].as_slice(), b"\x11\x22\x33\x44\x02\x03", fields].concat();
    out.extend(zip::packed(data));
    out.extend(crc32fast::hash(data).to_le_bytes());
    out.extend(u32::try_from(data.len()).expect("small").to_le_bytes());
    out
}

pub(crate) fn planted_gzip(data: &[u8]) -> Vec<u8> {
    let c = |n| canary(n).into_bytes();
    let extra = [b"CA\x13\0".as_slice(), &c(740)].concat();
    let len = u16::try_from(extra.len()).expect("short").to_le_bytes();
    let fields = [len.as_slice(), &extra, &c(741), b"\0", &c(742), b"\0"].concat();
    [gzip(data, 4 | 8 | 16, &fields), c(743)].concat()
}

/// A text, as each of the four programs could have compressed it.
pub(crate) fn packed(data: &[u8]) -> [(Format, Vec<u8>); 4] {
    let mut bzip2 = Vec::new();
    banzai::encode(data, std::io::BufWriter::new(&mut bzip2), 1).expect("memory");
    let options = lzma_rust2::XzOptions::with_preset(6);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("memory");
    xz.write_all(data).expect("memory");
    let level = ruzstd::encoding::CompressionLevel::Uncompressed;
    [
        (Format::Gzip, gzip(data, 0, b"")),
        (Format::Bzip2, bzip2),
        (Format::Xz, xz.finish().expect("memory")),
        (Format::Zstd, ruzstd::encoding::compress_to_vec(data, level)),
    ]
}

pub(crate) fn torrent(extra: &str, info: &str) -> Vec<u8> {
    let c = |n| canary(n);
    let text = |s: &str| format!("{}:{s}", s.len());
    format!(
        "d8:announce{}13:announce-listll{}{}el{}ee7:comment{}10:created by{}13:creation datei1795000000e\
         {extra}4:infod6:lengthi5e4:name5:a.txt12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa{info}e\
         8:url-list{}e",
        text("http://tracker.example:80/announce"),
        text(&format!("https://tracker.example/{}/announce", c(760))),
        text("udp://other.example:6969/announce"),
        text(&format!("http://x.example/announce?passkey={}", c(761))),
        text(&c(762)),
        text(&c(763)),
        text(&format!("http://seed.example/{}", c(764))),
    )
    .into_bytes()
}

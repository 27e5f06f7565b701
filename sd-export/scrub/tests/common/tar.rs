//! TAR archives, written field by field, so that each field can say what it should not.

use super::canary;

/// One head with its content.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: u8,
    pub(crate) data: Vec<u8>,
    /// What the head says the content is long, if that is a lie.
    pub(crate) size: Option<usize>,
    pub(crate) target: Vec<u8>,
    pub(crate) owner: Vec<u8>,
    pub(crate) magic: &'static [u8],
    pub(crate) padding: Vec<u8>,
    /// Bytes put into the head at a place.
    pub(crate) spare: Vec<(usize, Vec<u8>)>,
}

pub(crate) fn member(name: &str, data: &[u8]) -> Member {
    Member {
        name: name.as_bytes().to_vec(),
        kind: b'0',
        data: data.to_vec(),
        size: None,
        target: Vec::new(),
        owner: b"root".to_vec(),
        magic: b"ustar\x0000",
        padding: Vec::new(),
        spare: Vec::new(),
    }
}

/// A head of another kind.
pub(crate) fn special(kind: u8, data: &[u8]) -> Member {
    Member { kind, ..member("special", data) }
}

/// An extended head with these records.
pub(crate) fn pax(records: &[(&str, &str)]) -> Member {
    let mut body = String::new();
    for (key, value) in records {
        let bare = key.len() + value.len() + 3;
        let len = (1..9).map(|n| bare + n).find(|len| len.to_string().len() + bare == *len);
        body.push_str(&[&len.expect("short").to_string(), " ", key, "=", value, "\n"].concat());
    }
    special(b'x', body.as_bytes())
}

pub(crate) fn head(m: &Member) -> Vec<u8> {
    let mut block = vec![0u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &m.name);
    put(100, b"0000755\x000001750\x000001751\0");
    put(124, format!("{:011o}\x0015164402100\0", m.size.unwrap_or(m.data.len())).as_bytes());
    put(156, &[m.kind]);
    put(157, &m.target);
    put(257, m.magic);
    if !m.magic.is_empty() {
        put(265, &m.owner);
    }
    for (at, bytes) in &m.spare {
        put(*at, bytes);
    }
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    let mut out = Vec::new();
    for m in members {
        out.extend(head(m));
        out.extend_from_slice(&m.data);
        let mut padding = m.padding.clone();
        padding.resize(out.len().next_multiple_of(512) - out.len(), 0);
        out.extend(padding);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// An archive with a canary in every place that can hide data, and documents that can be kept.
pub(crate) fn planted() -> Vec<u8> {
    let c = |n| canary(n).into_bytes();
    let mut text = member("notes/a.txt", "Keep these words\u{200b}\n".as_bytes());
    text.owner = c(720);
    text.padding = c(721);
    text.spare = vec![(297, c(722)), (400, Vec::new()), (12, c(723))];
    text.target = c(724);
    let mut photo = member("notes/b.jpg", &super::jpeg::planted());
    photo.spare = vec![(329, c(725)[..16].to_vec()), (500, b"CANARY".to_vec())];
    let records = pax(&[
        ("mtime", "1795000000.123456789"),
        ("uname", &canary(726)),
        ("comment", &canary(727)),
        ("SCHILY.xattr.user.xdg.origin.url", &canary(728)),
        ("path", "notes/with a longer name.txt"),
    ]);
    let long = Member { name: b"notes/with a long".to_vec(), ..member("", b"Keep me too\n") };
    let mut gnu = member("shortened", b"GNU keeps\n");
    gnu.magic = b"ustar  \0";
    gnu.spare = vec![(345, b"15164402100\x0015164402100\0".to_vec()), (400, c(729))];
    let gnu_name = format!("notes/{}.txt\0", "long".repeat(40));
    let mut old = member("old.txt", b"Old keeps\n");
    old.magic = b"";
    old.kind = 0;
    let mut directory = member("notes/", b"");
    directory.kind = b'5';
    let litter = member("notes/._b.jpg", &[b"\0\x05\x16\x07".as_slice(), &c(730)].concat());
    let global = Member { kind: b'g', ..pax(&[("comment", &canary(731))]) };
    let label = Member { name: c(732), ..special(b'V', b"") };
    let mut out = archive(&[
        label,
        global,
        directory,
        text,
        photo,
        records,
        long,
        special(b'L', gnu_name.as_bytes()),
        gnu,
        old,
        litter,
    ]);
    out.extend(c(733));
    out
}

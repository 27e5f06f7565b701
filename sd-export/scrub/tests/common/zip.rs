//! ZIP archives, written field by field, so that each field can say what it should not.

use super::canary;

/// One member as it is written: all fields can be set.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    /// What the member is called in the list, if not `name`.
    pub(crate) listed: Option<Vec<u8>>,
    pub(crate) data: Vec<u8>,
    pub(crate) deflate: bool,
    pub(crate) flags: u16,
    pub(crate) made_by: u16,
    pub(crate) attributes: u32,
    pub(crate) extra: Vec<u8>,
    pub(crate) list_extra: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    /// Bytes between this member and the next.
    pub(crate) gap: Vec<u8>,
    /// What stands behind the data: nothing, or sizes of 4 or 8 bytes, with a mark or without.
    pub(crate) follows: Option<(usize, bool)>,
    /// Where the list says the member stands, if not where it does.
    pub(crate) at: Option<u32>,
    /// Put into the size of the list, to make it lie.
    pub(crate) lie: u32,
}

pub(crate) fn member(name: &str, data: &[u8]) -> Member {
    Member {
        name: name.as_bytes().to_vec(),
        listed: None,
        data: data.to_vec(),
        deflate: true,
        flags: 0,
        made_by: 0x031e,
        attributes: 0o100_644 << 16,
        extra: Vec::new(),
        list_extra: Vec::new(),
        comment: Vec::new(),
        gap: Vec::new(),
        follows: None,
        at: None,
        lie: 0,
    }
}

/// An extra field.
pub(crate) fn field(id: u16, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).expect("short");
    [&id.to_le_bytes(), &len.to_le_bytes(), body].concat()
}

pub(crate) fn packed(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut to = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(data).expect("into memory");
    to.finish().expect("into memory")
}

/// The archive; `comment` stands at its end.
pub(crate) fn archive(members: &[Member], comment: &[u8]) -> Vec<u8> {
    archive_claiming(members, comment, None)
}

/// The archive, with a count in its end that may lie.
pub(crate) fn archive_claiming(members: &[Member], comment: &[u8], count: Option<u16>) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for m in members {
        let body = if m.deflate { packed(&m.data) } else { m.data.clone() };
        let sum = crc32fast::hash(&m.data);
        let (packed, size) = (len32(&body), len32(&m.data).wrapping_add(m.lie));
        let flags = m.flags | if m.follows.is_some() { 8 } else { 0 };
        let method = if m.deflate { 8u16 } else { 0 };
        let common = |numbers: [u32; 3], name: &[u8], extra: &[u8]| {
            let mut head = Vec::new();
            for n in [20, flags, method, 0x6de1, 0x5d77] {
                head.extend_from_slice(&n.to_le_bytes());
            }
            for n in numbers {
                head.extend_from_slice(&n.to_le_bytes());
            }
            head.extend_from_slice(&len16(name).to_le_bytes());
            head.extend_from_slice(&len16(extra).to_le_bytes());
            head
        };
        let offset = len32(&out);
        let numbers = [sum, packed, size];
        let first = if m.follows.is_some() { [0; 3] } else { numbers };
        out.extend_from_slice(b"PK\x03\x04");
        out.extend(common(first, &m.name, &m.extra));
        for part in [&m.name, &m.extra, &body] {
            out.extend_from_slice(part);
        }
        if let Some((width, marked)) = m.follows {
            out.extend_from_slice(if marked { b"PK\x07\x08" } else { b"" });
            out.extend_from_slice(&sum.to_le_bytes());
            for n in [packed, size] {
                out.extend_from_slice(&u64::from(n).to_le_bytes()[..width]);
            }
        }
        out.extend_from_slice(&m.gap);
        let name = m.listed.as_ref().unwrap_or(&m.name);
        list.extend_from_slice(b"PK\x01\x02");
        list.extend_from_slice(&m.made_by.to_le_bytes());
        list.extend(common(numbers, name, &m.list_extra));
        list.extend_from_slice(&len16(&m.comment).to_le_bytes());
        list.extend_from_slice(&[0, 0, 1, 0]);
        list.extend_from_slice(&m.attributes.to_le_bytes());
        list.extend_from_slice(&m.at.unwrap_or(offset).to_le_bytes());
        for part in [name, &m.list_extra, &m.comment] {
            list.extend_from_slice(part);
        }
    }
    let start = len32(&out);
    let count = count.unwrap_or(u16::try_from(members.len()).expect("few"));
    out.extend_from_slice(&list);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for n in [count, count] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    for n in [len32(&list), start] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    out.extend_from_slice(&len16(comment).to_le_bytes());
    out.extend_from_slice(comment);
    out
}

/// The archive with the end of a large one, which claims so many members.
pub(crate) fn archive_64(members: &[Member], claims: u64) -> Vec<u8> {
    let mut out = archive(members, b"");
    let end = out.split_off(out.len() - 22);
    let place = out.len() as u64;
    let number = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().expect("four"));
    out.extend_from_slice(b"PK\x06\x06");
    out.extend_from_slice(&44u64.to_le_bytes());
    out.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for n in [claims, claims, number(12).into(), number(16).into()] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    out.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    out.extend_from_slice(&place.to_le_bytes());
    out.extend_from_slice(b"\x01\0\0\0PK\x05\x06\0\0\0\0\xff\xff\xff\xff");
    out.extend_from_slice(&[0xff; 8]);
    out.extend_from_slice(&[0; 2]);
    out
}

fn len16(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).expect("short")
}

fn len32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("small")
}

/// An archive with a canary in every place that can hide data, and documents that can be kept.
pub(crate) fn planted() -> Vec<u8> {
    let mut photo = member("photos/b.jpg", &super::jpeg::planted());
    photo.deflate = false;
    photo.comment = canary(701).into_bytes();
    photo.extra =
        [field(0x5455, b"\x01\x11\x22\x33\x44"), field(0x4242, canary(702).as_bytes())].concat();
    photo.list_extra = [
        field(0x7875, b"\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0"),
        field(0x4243, canary(703).as_bytes()),
    ]
    .concat();
    let mut text = member("a.txt", "Keep these words\u{200b}\n".as_bytes());
    text.follows = Some((4, true));
    text.extra = field(0x000a, canary(704).as_bytes());
    text.list_extra = field(0x6375, &[b"\x01....", canary(705).as_bytes()].concat());
    let mut picture = member("photos/c.png", &super::png::planted());
    picture.follows = Some((8, false));
    let notes = member(
        "__MACOSX/photos/._b.jpg",
        &[b"\0\x05\x16\x07\0\x02\0\0", canary(706).as_bytes()].concat(),
    );
    let store = member("photos/.DS_Store", &[b"\0\0\0\x01Bud1", canary(707).as_bytes()].concat());
    let mut directory = member("photos/", b"");
    directory.attributes = 0o040_755 << 16 | 0x10;
    directory.deflate = false;
    let empty = member("empty.txt", b"");
    let members = [photo, text, picture, notes, store, directory, empty];
    let mut out = archive(&members, canary(708).as_bytes());
    out.extend_from_slice(canary(709).as_bytes());
    out
}

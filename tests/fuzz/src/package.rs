//! A ZIP file from its members as they stand in an input, so that no sum and no length has to be
//! guessed: `=== name` on a line of its own, then what is in that member.

/// The line before a member.
const MARK: &[u8] = b"=== ";

/// The ZIP file that an input describes, or the input itself if it describes none.
#[must_use]
pub fn packed(data: &[u8]) -> Vec<u8> {
    let Some(rest) = data.strip_prefix(MARK) else { return data.to_vec() };
    let (mut out, mut list, mut count) = (Vec::new(), Vec::new(), 0u16);
    for member in split(rest) {
        let end = member.iter().position(|b| *b == b'\n').unwrap_or(member.len());
        let (name, content) = member.split_at(end);
        let content = content.strip_prefix(b"\n").unwrap_or_default();
        let at = u32::try_from(out.len()).expect("inputs are short");
        let head = head(name, content);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&head);
        out.extend_from_slice(name);
        out.extend_from_slice(content);
        list.extend_from_slice(b"PK\x01\x02\x14\0");
        list.extend_from_slice(&head);
        list.extend_from_slice(&[0; 10]);
        list.extend_from_slice(&at.to_le_bytes());
        list.extend_from_slice(name);
        count = count.saturating_add(1);
    }
    let (start, length) = (out.len(), list.len());
    out.extend_from_slice(&list);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    for number in [length, start] {
        out.extend_from_slice(&u32::try_from(number).expect("inputs are short").to_le_bytes());
    }
    out.extend_from_slice(&[0; 2]);
    out
}

/// What stands both before a member and in the list: stored, no time.
fn head(name: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).expect("inputs are short").to_le_bytes();
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
    let sum = crc32fast::hash(content).to_le_bytes();
    [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &sum, &size, &size, &length, &[0, 0]].concat()
}

/// The members, each from its name on.
fn split(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut members = Vec::new();
    let next = [b"\n", MARK].concat();
    while let Some(at) = rest.windows(next.len()).position(|window| window == next) {
        members.push(&rest[..at]);
        rest = &rest[at + next.len()..];
    }
    members.push(rest);
    members
}

/// How an input says these members.
#[must_use]
pub fn described(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts =
        members.iter().map(|(name, content)| [MARK, name.as_bytes(), b"\n", content].concat());
    parts.collect::<Vec<_>>().join(&b'\n')
}

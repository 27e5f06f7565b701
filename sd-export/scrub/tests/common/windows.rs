//! AVI and Windows Media files as ffmpeg writes them, with canaries put where it puts none.

use super::{canary, position, riff};

/// A chunk's name and body.
type Chunk = ([u8; 4], Vec<u8>);

fn length(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize
}

fn chunks(mut bytes: &[u8]) -> Vec<Chunk> {
    let mut out = Vec::new();
    while bytes.len() >= 8 {
        let len = length(bytes, 4);
        let kind = bytes[..4].try_into().expect("four bytes");
        out.push((kind, bytes[8..8 + len].to_vec()));
        bytes = &bytes[bytes.len().min(8 + len.next_multiple_of(2))..];
    }
    out
}

fn joined(kind: [u8; 4], chunks: &[Chunk]) -> Vec<u8> {
    let mut out = kind.to_vec();
    for (kind, body) in chunks {
        out.extend(riff(*kind, body, false));
    }
    out
}

fn is_list(chunk: &Chunk, kind: [u8; 4]) -> bool {
    chunk.0 == *b"LIST" && chunk.1.starts_with(&kind)
}

/// Changes the list of this kind, wherever it stands among these chunks.
fn within(chunks_of: &mut [Chunk], kind: [u8; 4], change: impl Fn(&mut Vec<Chunk>)) {
    for chunk in chunks_of.iter_mut().filter(|chunk| is_list(chunk, kind)) {
        let mut inner = chunks(&chunk.1[4..]);
        change(&mut inner);
        chunk.1 = joined(kind, &inner);
    }
}

/// An AVI of ffmpeg with a canary in every other place that can hide one.
pub(crate) fn avi(made: &[u8]) -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let mut top = chunks(&made[12..]);
    within(&mut top, *b"hdrl", |list| {
        // The reserved fields of the head.
        list[0].1[40..46].copy_from_slice(b"CANARY");
        within(list, *b"strl", |stream| {
            // Language; length of the head, which has more behind it then.
            stream[0].1[14] = 9;
            stream[0].1.extend_from_slice(b"\0\0\0\0\0\0\0\0CANARY");
            stream.push((*b"strd", text(500)));
            stream.push((*b"strn", text(501)));
            stream.push((*b"CANA", text(502)));
        });
        list.push((*b"IDIT", text(503)));
        list.push((*b"JUNK", text(504)));
    });
    within(&mut top, *b"movi", |list| {
        // No index names these: a picture of its own, free space, a stream that there is not.
        list.push((*b"00dc", text(505)));
        list.push((*b"01dc", text(513)));
        list.push((*b"JUNK", text(506)));
        list.push((*b"09dc", text(507)));
        list.push((*b"CANA", text(508)));
    });
    top.push((*b"LIST", joined(*b"exif", &[(*b"emdl", text(509))])));
    top.push((*b"_PMX", text(510)));
    top.push((*b"JUNK", text(511)));
    [riff(*b"RIFF", &joined(*b"AVI ", &top), false), text(512)].concat()
}

/// A recording that goes on in a second RIFF, with the newer index in both.
pub(crate) fn avi_in_two(made: &[u8]) -> Vec<u8> {
    let mut top = chunks(&made[12..]);
    top.retain(|chunk| chunk.0 != *b"idx1");
    let at = top.iter().position(|chunk| is_list(chunk, *b"movi")).expect("a list of chunks");
    let all = chunks(&top[at].1[4..]);
    let (first, second) = all.split_at(all.len() / 2);
    top[at].1 = joined(*b"movi", &[indexed(first), first.to_vec()].concat());
    top.truncate(at + 1);
    let next = [(*b"LIST", joined(*b"movi", &[indexed(second), second.to_vec()].concat()))];
    let mut out = riff(*b"RIFF", &joined(*b"AVI ", &top), false);
    let start = out.len();
    out.extend(riff(*b"RIFF", &joined(*b"AVIX", &next), false));
    // Places are counted from the first chunk, whose place is known only now.
    for (from, first) in [(0, &first[0]), (start, &second[0])] {
        let name = position(&out[from..], b"ix00").expect("an index") + from;
        let body = position(&out[name..], &riff(first.0, &first.1, false)).expect("it") + name;
        out[name + 20..name + 28].copy_from_slice(&(body as u64).to_le_bytes());
    }
    out
}

fn indexed(chunks: &[Chunk]) -> Vec<Chunk> {
    let count = u32::try_from(chunks.len()).expect("few");
    let mut body = b"\x02\0\0\x01".to_vec();
    body.extend_from_slice(&count.to_le_bytes());
    body.extend_from_slice(b"00dc\0\0\0\0\0\0\0\0\0\0\0\0");
    let mut at = 8u32;
    for (kind, chunk) in chunks {
        let len = u32::try_from(chunk.len()).expect("short");
        // Of such a short video the first picture stands alone, which is the longest.
        let key = if kind == b"00dc" && chunk.len() < 1000 { 1 << 31 } else { 0 };
        body.extend_from_slice(&at.to_le_bytes());
        body.extend_from_slice(&(len | key).to_le_bytes());
        at += 8 + len.next_multiple_of(2);
    }
    vec![(*b"ix00", body)]
}

/// Names of objects of a Windows Media file, as they stand in it.
pub(crate) mod id {
    pub(crate) const FILE: &[u8] =
        b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\0\xc0\x0c\x20\x53\x65";
    pub(crate) const EXTENSION: &[u8] =
        b"\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11\x8e\xe3\0\xc0\x0c\x20\x53\x65";
    pub(crate) const STREAM: &[u8] =
        b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\0\xc0\x0c\x20\x53\x65";
    pub(crate) const DATA: &[u8] = b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c";
    pub(crate) const ENCRYPTION: &[u8] =
        b"\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\0\xa0\xc9\x55\xfc\x6e";
    pub(crate) const COMMANDS: &[u8] =
        b"\x30\x1a\xfb\x1e\x62\x0b\xd0\x11\xa3\x9b\0\xa0\xc9\x03\x48\xf6";
    pub(crate) const MARKERS: &[u8] =
        b"\x01\xcd\x87\xf4\x51\xa9\xcf\x11\x8e\xe6\0\xc0\x0c\x20\x53\x65";
    pub(crate) const PADDING: &[u8] =
        b"\x74\xd4\x06\x18\xdf\xca\x09\x45\xa4\xba\x9a\xab\xcb\x96\xaa\xe8";
    pub(crate) const BRANDING: &[u8] =
        b"\xfa\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\0\xa0\xc9\x55\xfc\x6e";
    pub(crate) const MORE_STREAM: &[u8] =
        b"\xcb\xa5\xe6\x14\x72\xc6\x32\x43\x83\x99\xa9\x69\x52\x06\x5b\x5a";
    pub(crate) const METADATA: &[u8] =
        b"\xea\xcb\xf8\xc5\xaf\x5b\x77\x48\x84\x67\xaa\x8c\x44\xfa\x4c\xca";
    pub(crate) const LIBRARY: &[u8] =
        b"\x94\x1c\x23\x44\x98\x94\xd1\x49\xa1\x41\x1d\x13\x4e\x45\x70\x54";
    pub(crate) const LANGUAGES: &[u8] =
        b"\xa9\x46\x43\x7c\xe0\xef\xfc\x4b\xb2\x29\x39\x3e\xde\x41\x5c\x85";
    pub(crate) const COMMAND_STREAM: &[u8] =
        b"\xc0\xcf\xda\x59\xe6\x59\xd0\x11\xa3\xac\0\xa0\xc9\x03\x48\xf6";
}

/// An object of a Windows Media file.
pub(crate) fn object(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &(body.len() as u64 + 24).to_le_bytes(), body].concat()
}

/// Text of two bytes a letter, with its end.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// Puts objects into the header, and others into its extension.
pub(crate) fn with_objects(made: &[u8], more: &[Vec<u8>], inner: &[Vec<u8>]) -> Vec<u8> {
    let mut out = made.to_vec();
    let at = position(&out, id::EXTENSION).expect("an extension");
    let inner_bytes = inner.concat();
    let end = at + length(&out, at + 16);
    out.splice(end..end, inner_bytes.iter().copied());
    for (field, width) in [(at + 16, 8), (at + 42, 4)] {
        let value = (length(&out, field) + inner_bytes.len()) as u64;
        out[field..field + width].copy_from_slice(&value.to_le_bytes()[..width]);
    }
    let end = length(&out, 16) + inner_bytes.len();
    let more_bytes = more.concat();
    out.splice(end..end, more_bytes.iter().copied());
    out[16..24].copy_from_slice(&((end + more_bytes.len()) as u64).to_le_bytes());
    let count = u32::try_from(length(&out, 24) + more.len()).expect("few");
    out[24..28].copy_from_slice(&count.to_le_bytes());
    out
}

/// A record of the metadata: for a stream, a name and a value.
fn record(stream: u16, kind: u16, name: &str, value: &[u8]) -> Vec<u8> {
    let name = wide(name);
    let mut out = vec![0, 0];
    for field in [stream, u16::try_from(name.len()).expect("short"), kind] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    out.extend_from_slice(&u32::try_from(value.len()).expect("short").to_le_bytes());
    [out, name, value.to_vec()].concat()
}

/// A Windows Media file of ffmpeg with a canary in every other place that can hide one.
pub(crate) fn asf(made: &[u8]) -> Vec<u8> {
    let text = |n: u32| wide(&canary(n));
    let records = [
        record(1, 3, "AspectRatioX", &[4, 0, 0, 0]),
        record(1, 3, "AspectRatioY", &[3, 0, 0, 0]),
        record(1, 0, &canary(520), &text(521)),
    ];
    let metadata = [vec![3, 0], records.concat()].concat();
    let mut stream = vec![7; 48];
    stream.extend_from_slice(&[1, 0, 3, 0, 128, 26, 6, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0]);
    let name = text(522);
    stream.extend_from_slice(&u16::try_from(name.len()).expect("short").to_le_bytes());
    stream.extend(name);
    // A system of data beside payloads: its number, its length, what it says of itself.
    stream.extend_from_slice(b"CANARY-CANARY-CA\x02\0\x06\0\0\0CANARY");
    let mut commands = vec![0; 16];
    commands.extend(text(523));
    let mut silent = id::COMMAND_STREAM.to_vec();
    silent.extend_from_slice(
        b"CANARY-CANARY-CA\0\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0\x09\0\0\0\0\0CANARY",
    );
    let more = [
        object(id::COMMANDS, &commands),
        object(id::MARKERS, &text(524)),
        object(id::PADDING, canary(525).as_bytes()),
        object(id::BRANDING, canary(526).as_bytes()),
        object(b"CANARY-OBJECT-ID", canary(527).as_bytes()),
        object(id::STREAM, &silent),
    ];
    let inner = [
        object(id::MORE_STREAM, &stream),
        object(id::METADATA, &metadata),
        object(id::LIBRARY, &[vec![1, 0], record(0, 0, "WM/EncodedBy", &text(528))].concat()),
        object(id::LANGUAGES, &[vec![1, 0, 50], text(529)].concat()),
        object(b"CANARY-INNER-OBJ", canary(530).as_bytes()),
    ];
    let mut out = with_objects(made, &more, &inner);
    let at = position(&out, id::FILE).expect("what is said of the file");
    out[at + 24..at + 40].copy_from_slice(b"CANARY-CANARY-CA");
    let packet = length(&out, at + 92);
    let data = position(&out, id::DATA).expect("the data");
    let end = data + length(&out, data + 16);
    out[data + 24..data + 40].copy_from_slice(b"CANARY-CANARY-CA");
    // Packets that are not full are filled with zeros.
    let mut filled = 0;
    for start in (data + 50..end).step_by(packet) {
        let last = start + packet;
        if out[last - 24..last].iter().all(|b| *b == 0) {
            out[last - 19..last].copy_from_slice(canary(531).as_bytes());
            filled += 1;
        }
    }
    assert!(filled > 0, "there is a packet with filling");
    out.extend(object(b"CANARY-AFTER-ALL", canary(532).as_bytes()));
    out.extend(canary(533).bytes());
    out
}

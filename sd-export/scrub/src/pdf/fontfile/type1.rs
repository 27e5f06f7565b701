//! Type 1: the clear part without comments, strings and names; the coded part as it is.

use crate::bytes::find;

/// A cleaned program and the length of its clear part.
pub(super) struct Clean {
    pub(super) program: Vec<u8>,
    pub(super) clear: usize,
}

const HEAD: &[u8] = b"%!PS-AdobeFont-1.0: Font\n";

/// Cleans a program; `None` when it has no coded part.
pub(super) fn clean(font: &[u8]) -> Option<Clean> {
    let mark = find(font, b"eexec")?;
    let mut start = mark.checked_add(5)?;
    // One line end or blank separates the word from the coded part.
    if font.get(start) == Some(&b'\r') && font.get(start.checked_add(1)?) == Some(&b'\n') {
        start = start.checked_add(1)?;
    }
    start = start.checked_add(1)?;
    let mut program = HEAD.to_vec();
    clear_text(font.get(..mark)?, &mut program);
    program.extend_from_slice(b"eexec\n");
    let clear = program.len();
    program.extend_from_slice(without_trailer(font.get(start..)?));
    Some(Clean { program, clear })
}

/// The coded part without the 512 zeros and `cleartomark` that may follow it.
fn without_trailer(coded: &[u8]) -> &[u8] {
    let Some(end) = find_last(coded, b"cleartomark") else {
        return coded;
    };
    let (mut at, mut zeros) = (end, 0usize);
    while let Some(before) = at.checked_sub(1).filter(|_| zeros < 512) {
        match coded.get(before) {
            Some(b'0') => zeros = zeros.saturating_add(1),
            Some(byte) if byte.is_ascii_whitespace() => {}
            _ => return coded,
        }
        at = before;
    }
    if zeros < 512 { coded } else { coded.get(..at).unwrap_or_default() }
}

fn find_last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}

/// Copies the clear part: comments go, strings become empty, the font's name becomes ours.
fn clear_text(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'%' => {
                let len = rest.iter().position(|b| matches!(b, b'\r' | b'\n'));
                rest = rest.get(len.unwrap_or(rest.len())..).unwrap_or_default();
            }
            b'(' => {
                rest = after_string(after);
                out.extend_from_slice(b"()");
            }
            b'/' => {
                let len =
                    after.iter().position(|b| b.is_ascii_whitespace() || b"/()<>[]{}%".contains(b));
                let (name, tail) =
                    after.split_at_checked(len.unwrap_or(after.len())).unwrap_or_default();
                rest = tail;
                let named = trimmed(out).ends_with(b"/FontName");
                out.push(b'/');
                out.extend_from_slice(if named { b"Font" } else { name });
            }
            b'\r' | b'\n' => {
                if out.last() != Some(&b'\n') {
                    out.push(b'\n');
                }
                rest = after;
            }
            _ => {
                out.push(*byte);
                rest = after;
            }
        }
    }
}

fn trimmed(out: &[u8]) -> &[u8] {
    out.trim_ascii_end()
}

fn after_string(text: &[u8]) -> &[u8] {
    let mut open = 1u32;
    let mut skip = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' => skip = true,
            b'(' => open = open.saturating_add(1),
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return text.get(at.saturating_add(1)..).unwrap_or_default();
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_notices_and_comments_go_and_the_coded_part_stays() {
        let font = b"%!PS-AdobeFont-1.0: JaneSans\n%%Creator: JANE\n/FontInfo 9 dict dup begin\n\
            /Notice (by (JANE) Doe) readonly def\nend\n/FontName /JaneSans def\ncurrentfile eexec\n\
            CODED-BYTES";
        let out = clean(font).expect("well formed");
        assert!(find(&out.program, b"JANE").is_none() && find(&out.program, b"JaneSans").is_none());
        assert_eq!(out.program.get(out.clear..), Some(b"CODED-BYTES".as_slice()));
        let again = clean(&out.program).expect("own output");
        assert_eq!(again.program, out.program);
    }
}

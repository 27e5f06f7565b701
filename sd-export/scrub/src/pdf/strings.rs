//! Strings as content and character maps spell them.

use super::lexer::Lexer;

impl Lexer<'_> {
    /// The rest of a hexadecimal string.
    pub(super) fn hex(&mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while let Some(byte) = self.take() {
            if byte == b'>' {
                break;
            }
            digits.extend(char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok()));
        }
        let byte = |pair: &[u8]| (pair.first().unwrap_or(&0) << 4) | pair.get(1).unwrap_or(&0);
        digits.chunks(2).map(byte).collect()
    }

    /// The rest of a string in brackets.
    pub(super) fn string(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut open = 1u32;
        while let Some(byte) = self.take() {
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    out.extend(self.escaped());
                    continue;
                }
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.skip(1);
                    }
                    out.push(b'\n');
                    continue;
                }
                _ => {}
            }
            out.push(byte);
        }
        out
    }

    fn escaped(&mut self) -> Option<u8> {
        Some(match self.take()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return None,
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.skip(1);
                }
                return None;
            }
            digit @ b'0'..=b'7' => {
                let mut code = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    self.skip(1);
                    code = code * 8 + u32::from(next - b'0');
                }
                u8::try_from(code & 0xff).unwrap_or(0)
            }
            other => other,
        })
    }
}

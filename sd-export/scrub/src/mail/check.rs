//! The second reader: line by line, with no decoder of the first one. It knows the headers and the
//! boundaries that are written, and nothing else.

use crate::Refusal;

/// Headers of a mail, in their order; those of parts stand behind.
const HEADERS: [&str; 10] = [
    "MIME-Version: ",
    "From: ",
    "To: ",
    "Cc: ",
    "Subject: ",
    "Date: ",
    "Content-Type: ",
    "Content-Transfer-Encoding: ",
    "Content-Disposition: ",
    "",
];

/// Checks that a clean mail has the one form.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let fault = |what: &str| Refusal::not_clean(what);
    if !text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\r' | b'\n' | b'\t')) {
        return Err(fault("letters that are not ASCII"));
    }
    if text.matches('\r').count() != text.matches("\r\n").count()
        || text.matches('\n').count() != text.matches("\r\n").count()
    {
        return Err(fault("line ends of two kinds"));
    }
    if !text.starts_with(concat!("MIME-Version: ", "1.0\r\n")) {
        return Err(fault("another start"));
    }
    let mut lines = Lines { rest: text.split("\r\n"), boundaries: Vec::new() };
    lines.entity()
}

struct Lines<'t> {
    rest: std::str::Split<'t, &'static str>,
    /// The boundaries that are open.
    boundaries: Vec<String>,
}

impl Lines<'_> {
    /// The whole mail: headers, then the bodies of parts between boundaries.
    fn entity(&mut self) -> Result<(), Refusal> {
        let fault = |what: &str| Refusal::not_clean(what);
        let mut encoding = self.headers()?;
        while let Some(line) = self.rest.next() {
            let mark = line.strip_prefix("--=_part_");
            let name = mark.map(|_| line.trim_start_matches('-').trim_end_matches('-').to_owned());
            match name {
                Some(name) if self.boundaries.contains(&name) => {
                    while self.boundaries.last().is_some_and(|open| *open != name) {
                        self.boundaries.pop();
                    }
                    if line.ends_with("--") {
                        self.boundaries.pop();
                        encoding = Encoding::None;
                    } else {
                        encoding = self.headers()?;
                    }
                }
                Some(_) => return Err(fault("a boundary that is not open")),
                None if !encoding.fits(line) => return Err(fault("a line of another form")),
                None => {}
            }
        }
        if self.boundaries.is_empty() { Ok(()) } else { Err(fault("parts that do not end")) }
    }

    /// Headers up to the empty line; says how the lines behind them are written. Those of a mail
    /// inside follow those of its part.
    fn headers(&mut self) -> Result<Encoding, Refusal> {
        let fault = |what: &str| Refusal::not_clean(what);
        let (mut last, mut encoding) = (0usize, Encoding::None);
        let mut mail = false;
        for line in self.rest.by_ref() {
            if line.is_empty() {
                if mail {
                    (last, mail) = (0, false);
                    continue;
                }
                return Ok(encoding);
            }
            if line.starts_with(' ') {
                if line.trim().is_empty() {
                    return Err(fault("an empty line in a header"));
                }
                continue;
            }
            let at = HEADERS.iter().position(|name| !name.is_empty() && line.starts_with(name));
            let at = at
                .filter(|at| *at >= last)
                .ok_or_else(|| fault("a header that is not on the list"))?;
            last = at;
            if let Some(rest) = line.strip_prefix("Content-Type: multipart/mixed; boundary=\"") {
                let name = rest.strip_suffix('"').unwrap_or_default();
                let digits = name.strip_prefix("=_part_").and_then(|n| n.strip_suffix('_'));
                if !digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit())) {
                    return Err(fault("a boundary of another form"));
                }
                self.boundaries.push(name.to_owned());
            }
            match line {
                "Content-Type: message/rfc822" => mail = true,
                "Content-Transfer-Encoding: quoted-printable" => encoding = Encoding::Quoted,
                "Content-Transfer-Encoding: base64" => encoding = Encoding::Base64,
                other if other.starts_with("Content-Transfer") => return Err(fault("an encoding")),
                _ => {}
            }
        }
        Err(fault("headers that do not end"))
    }
}

/// How lines are written.
#[derive(Clone, Copy)]
enum Encoding {
    /// Not at all: between parts.
    None,
    Quoted,
    Base64,
}

impl Encoding {
    fn fits(self, line: &str) -> bool {
        let hex = |code: &str| {
            code.len() == 2
                && code.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
        };
        match self {
            Self::None => line.is_empty(),
            Self::Base64 => {
                let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
                line.len() <= 76 && line.bytes().all(base64)
            }
            Self::Quoted => {
                let mut pieces = line.strip_suffix('=').unwrap_or(line).split('=');
                pieces.next();
                let coded = pieces.all(|piece| piece.get(..2).is_some_and(hex));
                line.len() <= 76 && !line.ends_with([' ', '\t']) && coded
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_passes() {
        let text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb\r\n";
        let mixed = "Content-Type: multipart/mixed; boundary=\"=_part_1_\"\r\n\r\n--=_part_1_\r\n";
        let start = "MIME-Version: 1.0\r\n";
        for good in [
            [start, "From: <a@b>\r\nTo: <c@d>,\r\n <e@f>\r\n", text].concat(),
            [start, mixed, text, "\r\n--=_part_1_--\r\n"].concat(),
        ] {
            assert_eq!(check(&good), Ok(()), "{good}");
        }
        for bad in [
            text.to_owned(),
            [start, "Message-ID: <1@x>\r\n", text].concat(),
            [start, "To: <a@b>\r\nFrom: <c@d>\r\n", text].concat(),
            [start, text, "a=zz\r\n"].concat(),
            [start, text, "\u{e4}\r\n"].concat(),
            [start, text, "a\n"].concat(),
            [start, mixed, text].concat(),
            [start, mixed, text, "--=_part_2_\r\n\r\n"].concat(),
            [start, mixed, text, "--=_part_1_--\r\nbehind\r\n"].concat(),
        ] {
            assert!(check(&bad).is_err(), "{bad}");
        }
    }
}

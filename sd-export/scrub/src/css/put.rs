//! The one form in which a clean style sheet is written.

use crate::text::is_invisible;

/// Puts tokens behind one another; those that would run together get a blank.
#[derive(Default)]
pub(super) struct Put {
    out: String,
    space: bool,
}

impl Put {
    /// A name, a number or a sign.
    pub(super) fn token(&mut self, token: &str) {
        let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '%' | '+' | '.');
        let glued = self.out.ends_with(joins) && token.starts_with(|c: char| joins(c) || c == '(');
        let opened = self.out.is_empty() || self.out.ends_with(['(', '[', ',']);
        if (self.space && !opened) || (glued && !self.space) {
            self.out.push(' ');
        }
        self.space = false;
        self.out.push_str(token);
    }

    /// What belongs to the token before it, such as the name of a class to its point.
    pub(super) fn joined(&mut self, token: &str) {
        self.space = false;
        self.out.push_str(token);
    }

    /// The same, but a blank before it means something and stays.
    pub(super) fn space_kept(&mut self, token: &str) {
        if self.space && !self.out.is_empty() && !self.out.ends_with(['(', ',', '>', '~', '+']) {
            self.out.push(' ');
        }
        self.joined(token);
    }

    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// A comma, without blanks around it.
    pub(super) fn comma(&mut self) {
        self.space = false;
        self.out.push(',');
    }

    /// The end of a function or block.
    pub(super) fn close(&mut self, sign: char) {
        self.space = false;
        self.out.push(sign);
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// A text in quotes, in ASCII, and without a sign that means something in HTML or XML.
pub(super) fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = "\"".to_owned();
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '<' | '>' | '&') {
            out.push(c);
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "\\{:x} ", u32::from(c));
        }
    }
    out.push('"');
    out
}

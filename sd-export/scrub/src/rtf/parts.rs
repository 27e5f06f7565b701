//! Fields, pictures and drawings in the text.

use super::body::{Body, State};
use super::text::plain;
use super::token::{Item, Token, head, items};
use super::words::{self, Word};
use crate::ooxml::fields::{Field, judge};
use crate::report::Class;
use crate::{Format, Refusal};

/// Properties of drawings that are numbers and say how the drawing looks.
const PROPERTIES: &[&str] = &[
    "shapeType",
    "fFlipH",
    "fFlipV",
    "rotation",
    "posh",
    "posrelh",
    "posv",
    "posrelv",
    "fBehindDocument",
    "fLayoutInCell",
    "fAllowOverlap",
    "fHidden",
    "fIsButton",
    "fPrint",
    "fFilled",
    "fillColor",
    "fillBackColor",
    "fillOpacity",
    "fillBackOpacity",
    "fillType",
    "fillAngle",
    "fillFocus",
    "fNoFillHitTest",
    "fLine",
    "lineColor",
    "lineWidth",
    "lineOpacity",
    "lineStyle",
    "lineDashing",
    "lineStartArrowhead",
    "lineEndArrowhead",
    "lineEndCapStyle",
    "lineJoinStyle",
    "dxTextLeft",
    "dyTextTop",
    "dxTextRight",
    "dyTextBottom",
    "WrapText",
    "anchorText",
    "txflTextFlow",
    "fFitShapeToText",
    "fFitTextToShape",
    "fRotateText",
    "dxWrapDistLeft",
    "dyWrapDistTop",
    "dxWrapDistRight",
    "dyWrapDistBottom",
    "groupLeft",
    "groupTop",
    "groupRight",
    "groupBottom",
    "relLeft",
    "relTop",
    "relRight",
    "relBottom",
    "relRotation",
    "adjustValue",
    "adjust2Value",
    "adjust3Value",
    "adjust4Value",
    "geoLeft",
    "geoTop",
    "geoRight",
    "geoBottom",
    "shapePath",
    "pVerticies",
    "pSegmentInfo",
    "cropFromTop",
    "cropFromBottom",
    "cropFromLeft",
    "cropFromRight",
    "pctHoriz",
    "pctVert",
    "sizerelh",
    "sizerelv",
    "fShadow",
    "shadowColor",
    "shadowOffsetX",
    "shadowOffsetY",
    "shadowOpacity",
];

/// Words of pictures that say how large they are.
const SIZES: &[&str] = &[
    "picw",
    "pich",
    "picwgoal",
    "pichgoal",
    "picscalex",
    "picscaley",
    "piccropt",
    "piccropb",
    "piccropl",
    "piccropr",
];

impl Body<'_> {
    /// A field: its code judged as in documents of Office, its result as text.
    pub(super) fn field(&mut self, tokens: &[Token<'_>], state: State) -> Result<(), Refusal> {
        let (mut code, mut nested) = (String::new(), false);
        let mut results = Vec::new();
        for item in items(tokens) {
            let Item::Group(inside) = item else { continue };
            let start = head(inside);
            match start.word {
                Some(("fldinst", _)) => {
                    code.push_str(&plain(start.rest, state.reading)?);
                    nested |= start.rest.iter().any(|t| matches!(t, Token::Word("field", _)));
                }
                Some(("fldrslt", _)) => results.push(start.rest),
                _ => self.tally.removed(Class::Unknown, "parts of fields that are not known", ""),
            }
        }
        let judged = if nested { Field::Flatten } else { judge(&code, self.names)? };
        match judged {
            Field::Keep(new) => {
                if new.starts_with("HYPERLINK \"") {
                    let why = "links are content; an address may hold a name or a token";
                    self.tally.kept(Class::Link, "address of a link", &new, why);
                }
                self.out.open_as(false, "field");
                self.out.open_as(true, "fldinst");
                self.out.text(&new);
                self.out.close();
                self.out.open_as(false, "fldrslt");
                for result in results {
                    self.inside(result, state)?;
                }
                self.out.close();
                self.out.close();
            }
            Field::Flatten => {
                let words = "field: its result stays as text";
                self.tally.removed(Class::Link, words, &code);
                for result in results {
                    self.plain_group(result, state)?;
                }
            }
            Field::Remove => {
                let said = results.first().map(|r| plain(r, state.reading)).transpose()?;
                let words = format!("{code} {}", said.unwrap_or_default());
                self.tally.removed(Class::Person, "field with its result", &words);
            }
        }
        Ok(())
    }

    /// A picture, by the module of its own format.
    pub(super) fn picture(&mut self, tokens: &[Token<'_>], bare: bool) -> Result<(), Refusal> {
        self.pictures = self.pictures.saturating_add(1);
        let place = format!("picture {}", self.pictures);
        self.nest.admit_members(1)?;
        let (mut sizes, mut kind, mut digits, mut data) = (Vec::new(), "", Vec::new(), Vec::new());
        for item in items(tokens) {
            match item {
                Item::Token(Token::Word(name, number)) => match name {
                    "pngblip" | "jpegblip" | "emfblip" | "wmetafile" => kind = "known",
                    "macpict" | "pmmetafile" => kind = "a picture of an old system",
                    "dibitmap" | "wbitmap" => kind = "a bare Windows bitmap",
                    name if SIZES.contains(&name) => sizes.push((name.to_owned(), number)),
                    "bliptag" | "blipupi" => {
                        self.tally.removed(Class::Identifier, "number of a picture", "");
                    }
                    _ => {}
                },
                Item::Token(Token::Text(text)) => {
                    digits.extend(text.iter().filter(|b| !b.is_ascii_whitespace()));
                }
                Item::Token(Token::Bin(bytes)) => data.extend_from_slice(bytes),
                Item::Token(_) => {}
                Item::Group(_) => {
                    self.tally.removed(Class::Identifier, "properties of a picture", "");
                }
            }
        }
        if kind != "known" {
            let kind = if kind.is_empty() { "a picture of an unknown kind" } else { kind };
            return self.nest.leave_out(&place, Refusal::unsupported(kind), self.findings);
        }
        if data.is_empty() {
            data = unhex(&digits).map_err(|why| why.inside(&place))?;
        }
        self.write_picture(&data, &place, &sizes, bare)
    }

    fn write_picture(
        &mut self,
        data: &[u8],
        place: &str,
        sizes: &[(String, Option<i32>)],
        bare: bool,
    ) -> Result<(), Refusal> {
        self.nest.admit_bytes(data.len() as u64)?;
        let Some(inner) = self.nest.member(data, place, self.findings)? else { return Ok(()) };
        let kind = match inner.format {
            Format::Png => ("pngblip", None),
            Format::Jpeg => ("jpegblip", None),
            Format::Emf => ("emfblip", None),
            // It fits its frame, whatever its sides are.
            Format::Wmf => ("wmetafile", Some(8)),
            _ => {
                self.tally.removed(Class::Unknown, "picture that is none", place);
                return Ok(());
            }
        };
        if !bare {
            self.out.open_as(true, "shppict");
        }
        self.out.open_as(false, "pict");
        for (name, number) in sizes {
            self.out.word(name, number.filter(|n| super::tables::is_measure(*n)));
        }
        self.out.word(kind.0, kind.1);
        self.out.hex(&inner.bytes);
        self.out.close();
        if !bare {
            self.out.close();
        }
        Ok(())
    }

    /// A drawing with the text and the pictures in it.
    pub(super) fn shape(
        &mut self,
        name: &str,
        tokens: &[Token<'_>],
        state: State,
    ) -> Result<(), Refusal> {
        self.out.open_as(false, name);
        for item in items(tokens) {
            let Item::Group(inside) = item else { continue };
            let start = head(inside);
            match start.word {
                Some(("shpinst", _)) => {
                    self.out.open_as(true, "shpinst");
                    self.instance(start.rest, state)?;
                    self.out.close();
                }
                Some(("shp" | "shpgrp", _)) => self.group(inside, state)?,
                _ => self.tally.removed(
                    Class::HiddenContent,
                    "second form of a picture or drawing",
                    "",
                ),
            }
        }
        self.out.close();
        Ok(())
    }

    fn instance(&mut self, tokens: &[Token<'_>], state: State) -> Result<(), Refusal> {
        for item in items(tokens) {
            match item {
                Item::Token(Token::Word(name, number)) => match words::word(name) {
                    Some(Word::Keep) => {
                        let number = number.filter(|n| super::tables::is_measure(*n));
                        self.out.word(name, number);
                    }
                    Some(Word::Id) => {
                        self.tally.removed(Class::Identifier, "number of a drawing", name);
                    }
                    _ => {}
                },
                Item::Token(_) => {}
                Item::Group(inside) => {
                    let start = head(inside);
                    match start.word {
                        Some(("sp", _)) => self.property(start.rest, state)?,
                        Some(("shptxt", _)) => {
                            self.out.open_as(false, "shptxt");
                            let inner = self.start();
                            self.inside(start.rest, inner)?;
                            self.out.close();
                        }
                        Some(("shp" | "shpgrp", _)) => self.group(inside, state)?,
                        _ => self.tally.removed(Class::Unknown, "parts of drawings", ""),
                    }
                }
            }
        }
        Ok(())
    }

    fn property(&mut self, tokens: &[Token<'_>], state: State) -> Result<(), Refusal> {
        let (mut name, mut value) = (String::new(), None);
        for item in items(tokens) {
            let Item::Group(inside) = item else { continue };
            let start = head(inside);
            match start.word {
                Some(("sn", _)) => {
                    plain(start.rest, state.reading)?.trim().clone_into(&mut name);
                }
                Some(("sv", _)) => value = Some(start.rest),
                _ => {}
            }
        }
        let Some(rest) = value else { return Ok(()) };
        let picture = items(rest).find_map(|item| match item {
            Item::Group(inside) if head(inside).word.is_some_and(|w| w.0 == "pict") => Some(inside),
            _ => None,
        });
        let said = plain(rest, state.reading)?;
        let numbers = said.len() <= 4000 && said.bytes().all(|b| b"-0123456789;(),".contains(&b));
        let before = self.out.mark();
        self.out.open_as(false, "sp");
        self.out.open_as(false, "sn");
        self.out.text(&name);
        self.out.close();
        self.out.open_as(false, "sv");
        let start = self.out.mark();
        if let (Some(inside), "pib") = (picture, name.as_str()) {
            self.picture(head(inside).rest, true)?;
        } else if PROPERTIES.contains(&name.as_str()) && numbers {
            self.out.text(&said);
        }
        if self.out.is_at(start) {
            self.out.back(before);
            let words = format!("{name} {said}");
            self.tally.removed(Class::Identifier, "properties of drawings", &words);
            return Ok(());
        }
        self.out.close();
        self.out.close();
        Ok(())
    }
}

fn unhex(digits: &[u8]) -> Result<Vec<u8>, Refusal> {
    let odd = || Refusal::malformed("a picture that is not in hexadecimal");
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect::<Option<_>>().ok_or_else(odd)
}

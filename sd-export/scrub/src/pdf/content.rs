//! Content streams: read token by token, written operator by operator from the list.

use std::collections::BTreeMap;

use super::copy::Copier;
use super::lexer::{Lexer, Token};
use super::ops::{self, Effect};
use super::out::Obj;
use super::resources::{Kind, Scope};
use super::source::Val;
use crate::Refusal;
use crate::report::Class;

/// Most operands before one operator; more are not an operator's.
const MAX_OPERANDS: usize = 4096;

/// A content stream being rewritten.
struct Writer<'s> {
    scope: &'s mut Scope,
    out: Vec<u8>,
    operands: Vec<Token>,
    /// The open pieces of marked content.
    marked: Vec<Mark>,
    invisible_text: bool,
}

/// What marked content is to us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A tag, which goes.
    Gone,
    /// A layer that is off.
    Off,
    /// The letters that a few shapes stand for, which stay.
    Text,
}

impl Writer<'_> {
    fn hidden(&self) -> bool {
        self.marked.contains(&Mark::Off)
    }

    /// Ends a piece of marked content; there may be none.
    fn end_mark(&mut self) {
        if self.marked.pop() == Some(Mark::Text) {
            self.emit(&[], b"EMC");
        }
    }

    fn emit(&mut self, operands: &[Obj], word: &[u8]) {
        for operand in operands {
            operand.write(&mut self.out);
            self.out.push(b' ');
        }
        self.out.extend_from_slice(word);
        self.out.push(b'\n');
    }

    fn last_name(&self) -> Option<Vec<u8>> {
        self.operands.last().and_then(Token::name).map(<[u8]>::to_vec)
    }
}

impl Copier<'_> {
    /// Rewrites a content stream with the resources of `scope`.
    pub(super) fn content(&mut self, data: &[u8], scope: &mut Scope) -> Result<Vec<u8>, Refusal> {
        let mut lexer = Lexer::new(data);
        let mut writer = Writer {
            scope,
            out: Vec::with_capacity(data.len()),
            operands: Vec::new(),
            marked: Vec::new(),
            invisible_text: false,
        };
        while let Some(token) = lexer.next()? {
            match token {
                Token::Word(word) if !matches!(word.as_slice(), b"true" | b"false" | b"null") => {
                    if word == b"BI" {
                        self.inline_image(&mut lexer, &mut writer)?;
                    } else {
                        self.operator(&word, &mut writer)?;
                    }
                    writer.operands.clear();
                }
                operand if writer.operands.len() < MAX_OPERANDS => writer.operands.push(operand),
                _ => return Err(Refusal::malformed("operands without an operator")),
            }
        }
        while !writer.marked.is_empty() {
            writer.end_mark();
        }
        if lexer.comments {
            self.count(Class::Comment, "comments in content");
        }
        if writer.invisible_text {
            let why =
                "text recognition writes it over scanned pages; it can be searched and copied";
            self.kept(Class::HiddenContent, "invisible text", "", why);
        }
        Ok(writer.out)
    }

    fn operator(&mut self, word: &[u8], writer: &mut Writer<'_>) -> Result<(), Refusal> {
        if let Some((operands, effect)) = ops::simple(word) {
            self.simple(word, operands, effect, writer);
            return Ok(());
        }
        match word {
            b"ri" => {
                let name = writer.last_name().unwrap_or_default();
                if let Some(intent) = ops::INTENTS.iter().find(|i| i.as_bytes() == name) {
                    writer.emit(&[Obj::name(intent)], word);
                }
            }
            b"gs" => self.named(Kind::GraphicsState, word, writer)?,
            b"sh" if writer.hidden() => {}
            b"sh" => self.named(Kind::Shading, word, writer)?,
            b"Do" if writer.hidden() => {
                self.count(Class::HiddenContent, "content in layers that are off");
            }
            b"Do" => self.named(Kind::XObject, word, writer)?,
            b"Tf" => self.text_font(writer)?,
            b"CS" | b"cs" => self.colour_space_operator(word, writer)?,
            b"SC" | b"SCN" | b"sc" | b"scn" => self.colour_operator(word, writer)?,
            b"BMC" | b"BDC" | b"EMC" | b"MP" | b"DP" => self.marked_content(word, writer)?,
            b"BX" | b"EX" => {}
            _ => self.count(Class::Unknown, "words in content that are no operators"),
        }
        Ok(())
    }

    fn simple(&mut self, word: &[u8], shape: &str, effect: Effect, writer: &mut Writer<'_>) {
        let first = writer.operands.len().checked_sub(shape.len());
        let given = first.and_then(|at| writer.operands.get(at..)).unwrap_or_default();
        let operands: Option<Vec<Obj>> =
            shape.bytes().zip(given).map(|(kind, token)| operand(kind, token)).collect();
        let Some(operands) = operands.filter(|operands| operands.len() == shape.len()) else {
            self.count(Class::Unknown, "operators with wrong operands");
            return;
        };
        if word == b"Tr" && operands.first() == Some(&Obj::Real(3.0)) {
            writer.invisible_text = true;
        }
        if writer.hidden() && effect != Effect::State {
            self.count(Class::HiddenContent, "content in layers that are off");
            if effect == Effect::Paint {
                writer.emit(&[], b"n");
            }
            return;
        }
        writer.emit(&operands, word);
    }

    /// An operator whose one operand names a resource.
    fn named(&mut self, kind: Kind, word: &[u8], writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let Some(name) = writer.last_name() else {
            self.count(Class::Unknown, "operators with wrong operands");
            return Ok(());
        };
        match self.resource(writer.scope, kind, &name)? {
            Some(new) => writer.emit(&[Obj::Name(new)], word),
            None => self.count(Class::Unknown, "uses of resources that are not there"),
        }
        Ok(())
    }

    fn text_font(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let [.., Token::Name(name), Token::Num(size)] = writer.operands.as_slice() else {
            self.count(Class::Unknown, "operators with wrong operands");
            return Ok(());
        };
        let (name, size) = (name.clone(), *size);
        // A reader would show the text that follows in some font of its own choice.
        let new = self.resource(writer.scope, Kind::Font, &name)?;
        let new = new.ok_or_else(|| Refusal::malformed("a font that is not there"))?;
        writer.emit(&[Obj::Name(new), Obj::Real(size)], b"Tf");
        Ok(())
    }

    fn colour_space_operator(
        &mut self,
        word: &[u8],
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        let name = writer.last_name().unwrap_or_default();
        if super::colour::DEVICE.iter().any(|d| d.as_bytes() == name) || name == b"Pattern" {
            writer.emit(&[Obj::Name(name)], word);
            return Ok(());
        }
        self.named(Kind::ColourSpace, word, writer)
    }

    fn colour_operator(&mut self, word: &[u8], writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let pattern = writer.last_name();
        let given = writer.operands.len().saturating_sub(usize::from(pattern.is_some()));
        let numbers: Option<Vec<Obj>> =
            writer.operands.iter().take(given).map(|t| t.num().map(Obj::Real)).collect();
        let Some(mut operands) = numbers.filter(|n| n.len() <= 32) else {
            self.count(Class::Unknown, "operators with wrong operands");
            return Ok(());
        };
        if let Some(name) = pattern {
            match self.resource(writer.scope, Kind::Pattern, &name)? {
                Some(new) => operands.push(Obj::Name(new)),
                None => return Ok(()),
            }
        }
        writer.emit(&operands, word);
        Ok(())
    }

    /// Marked content: its tags and properties go, what it marks stays, unless a layer is off. The
    /// letters behind a ligature or a shape of many stay, so that text is copied as it is read.
    fn marked_content(&mut self, word: &[u8], writer: &mut Writer<'_>) -> Result<(), Refusal> {
        match word {
            b"EMC" => writer.end_mark(),
            b"BMC" => writer.marked.push(Mark::Gone),
            b"BDC" if self.begin_mark(writer)? => return Ok(()),
            _ => {}
        }
        if word != b"EMC" {
            self.count(Class::Identifier, "marks around content (tags and their properties)");
        }
        Ok(())
    }

    /// Whether all that the mark says stays.
    fn begin_mark(&mut self, writer: &mut Writer<'_>) -> Result<bool, Refusal> {
        if let Some(text) = ops::letters(&writer.operands).filter(|_| !writer.hidden()) {
            let is_whole = ops::are_letters(&writer.operands);
            let letters = BTreeMap::from([(b"ActualText".to_vec(), Obj::Str(text))]);
            writer.emit(&[Obj::name("Span"), Obj::Dict(letters)], b"BDC");
            writer.marked.push(Mark::Text);
            return Ok(is_whole);
        }
        let layer = match writer.operands.as_slice() {
            [.., Token::Name(tag), Token::Name(name)] if tag == b"OC" => name.clone(),
            _ => Vec::new(),
        };
        let properties = self.source.dict(&writer.scope.source, "Properties")?;
        let off = match properties.get(&layer).filter(|_| !layer.is_empty()) {
            Some(layer) => self.layers.hides(&self.source, layer)?,
            None => false,
        };
        writer.marked.push(if off { Mark::Off } else { Mark::Gone });
        Ok(false)
    }

    /// A picture inside the content becomes one beside it.
    fn inline_image(
        &mut self,
        lexer: &mut Lexer<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        let (image, length) = super::inline::read(self, lexer, &writer.scope.source)?;
        lexer.skip(length);
        if writer.hidden() {
            self.count(Class::HiddenContent, "content in layers that are off");
            return Ok(());
        }
        let name = format!("Inline picture {}", writer.out.len()).into_bytes();
        let mut group = self.source.dict(&writer.scope.source, "XObject")?;
        group.insert(name.clone(), image);
        writer.scope.source.insert(b"XObject".to_vec(), Val::Dict(group));
        let new = self.resource(writer.scope, Kind::XObject, &name)?;
        if let Some(new) = new {
            writer.emit(&[Obj::Name(new)], b"Do");
        }
        Ok(())
    }
}

/// An operand as it is written, when it is of the kind the operator takes.
fn operand(kind: u8, token: &Token) -> Option<Obj> {
    match (kind, token) {
        (b'n', Token::Num(n)) => Some(Obj::Real(*n)),
        (b's', Token::Str(text)) => Some(Obj::Str(text.clone())),
        (b'a', Token::Arr(items)) => {
            let items = items.iter().map(|item| match item {
                Token::Num(n) => Some(Obj::Real(*n)),
                Token::Str(text) => Some(Obj::Str(text.clone())),
                _ => None,
            });
            items.collect::<Option<Vec<Obj>>>().map(Obj::Arr)
        }
        _ => None,
    }
}

//! Files inside files: one road for bytes of any kind, and one budget that goes down it.
//!
//! ```text
//! file --Nest::outermost--> module of its format --Nest::clean, Nest::member--> the same road for what is
//!              ^                                            |                   inside, one level deeper
//!              '------------ one Budget: members, bytes, levels ------------'
//! ```
//!
//! A bomb or an archive that holds itself runs out of the budget, whatever its shape.

use std::cell::Cell;

use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::escape;
use crate::{
    Choices, Cleaned, Detected, Format, Limits, Refusal, Unclean, aiff, asf, avi, bmp, css, csv,
    detect, epub, flac, gif, heif, html, jpeg, jxl, mail, metafile, mkv, mp3, mp4, odf, ogg, ooxml,
    packed, pdf, png, pnm, rtf, svg, tar, tiff, torrent, wav, webp, zip,
};

/// What may still be used up, by the whole file and all that is in it.
pub(crate) struct Budget {
    members: Cell<u32>,
    bytes: Cell<u64>,
    /// Whether somebody asked for more than there is: then nothing more is cleaned.
    overdrawn: Cell<bool>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            members: Cell::new(limits.max_members),
            bytes: Cell::new(limits.max_output),
            overdrawn: Cell::new(false),
        }
    }
}

/// One level of the recursion: what a format's module needs to clean what is inside.
pub(crate) struct Nest<'a> {
    limits: &'a Limits,
    choices: Choices,
    budget: &'a Budget,
    level: u32,
}

/// Something that was inside, cleaned.
pub(crate) struct Inner {
    pub(crate) bytes: Vec<u8>,
    /// What it is; an empty file counts as text.
    pub(crate) format: Format,
}

impl<'a> Nest<'a> {
    /// The level of the file itself.
    pub(crate) fn outermost(limits: &'a Limits, choices: Choices, budget: &'a Budget) -> Self {
        Self { limits, choices, budget, level: 0 }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }

    pub(crate) fn choices(&self) -> Choices {
        self.choices
    }

    /// Takes so many members out of the budget.
    pub(crate) fn admit_members(&self, count: usize) -> Result<(), Refusal> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let Some(left) = self.budget.members.get().checked_sub(count) else {
            let limit = u64::from(self.limits.max_members);
            return Err(self.overdrawn("the files inside, in number", limit));
        };
        self.budget.members.set(left);
        Ok(())
    }

    /// Takes so many bytes, which something inflates to, out of the budget.
    pub(crate) fn admit_bytes(&self, len: u64) -> Result<(), Refusal> {
        let Some(left) = self.budget.bytes.get().checked_sub(len) else {
            return Err(self.overdrawn("the files inside, in bytes", self.limits.max_output));
        };
        self.budget.bytes.set(left);
        Ok(())
    }

    /// How many bytes may still be inflated.
    pub(crate) fn room(&self) -> usize {
        usize::try_from(self.budget.bytes.get()).unwrap_or(usize::MAX)
    }

    fn overdrawn(&self, what: &str, limit: u64) -> Refusal {
        self.budget.overdrawn.set(true);
        Refusal::TooLarge { what: what.to_owned(), limit }
    }

    /// Cleans bytes of any kind. What was met goes to `findings`, and a refusal names the place.
    pub(crate) fn clean(
        &self,
        bytes: &[u8],
        place: &str,
        findings: &mut Findings,
    ) -> Result<Inner, Refusal> {
        let place = escape(place);
        let (rope, format, met) =
            self.deeper().and_then(|nest| nest.open(bytes)).map_err(|why| why.inside(&place))?;
        findings.absorb(&place, met);
        Ok(Inner { bytes: rope.into_vec(), format })
    }

    /// Cleans a member of an archive. `None`: it cannot be cleaned, a person chose to leave such
    /// members out, and the report says so. An empty file stays what it is.
    pub(crate) fn member(
        &self,
        bytes: &[u8],
        place: &str,
        findings: &mut Findings,
    ) -> Result<Option<Inner>, Refusal> {
        if bytes.is_empty() {
            return Ok(Some(Inner { bytes: Vec::new(), format: Format::Text }));
        }
        match self.clean(bytes, place, findings) {
            Ok(inner) => Ok(Some(inner)),
            Err(why) => self.note_left_out(why, findings).map(|()| None),
        }
    }

    /// Cleans a mail inside a mail, which need not look like one by itself; else as
    /// [`Nest::member`].
    pub(crate) fn mail(
        &self,
        bytes: &[u8],
        place: &str,
        findings: &mut Findings,
    ) -> Result<Option<Inner>, Refusal> {
        let place = escape(place);
        match self.deeper().and_then(|nest| mail::scrub(bytes, &nest)) {
            Ok((bytes, met)) => {
                findings.absorb(&place, met);
                Ok(Some(Inner { bytes, format: Format::Eml }))
            }
            Err(why) => self.note_left_out(why.inside(&place), findings).map(|()| None),
        }
    }

    /// Leaves something out that is refused before it comes to [`Nest::member`], if a person chose
    /// so, and says it in the report; else gives the refusal back, with its place.
    pub(crate) fn leave_out(
        &self,
        place: &str,
        why: Refusal,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        self.note_left_out(why.inside(&escape(place)), findings)
    }

    fn note_left_out(&self, why: Refusal, findings: &mut Findings) -> Result<(), Refusal> {
        if self.choices.unclean == Unclean::Refuse || self.budget.overdrawn.get() {
            return Err(why);
        }
        let detail = format!("left out: {}", why.reason());
        findings.removed(Class::Unknown, why.place().unwrap_or_default(), &detail);
        Ok(())
    }

    fn deeper(&self) -> Result<Self, Refusal> {
        let level = self.level.saturating_add(1);
        if level > self.limits.max_levels {
            let (what, limit) = ("files inside files, in levels", self.limits.max_levels.into());
            return Err(Refusal::TooLarge { what: what.to_owned(), limit });
        }
        Ok(Self { level, ..*self })
    }

    /// Tells what the bytes are and has the module of that format write them anew.
    pub(crate) fn open<'b>(
        &self,
        bytes: &'b [u8],
    ) -> Result<(Rope<'b>, Format, Findings), Refusal> {
        let format = match detect(bytes) {
            Detected::Known(format) => format,
            Detected::Unknown(kind) => {
                self.limits.admit_input(bytes.len())?;
                return Err(Refusal::UnknownType(kind.to_owned()));
            }
        };
        let limits = self.limits.of(format);
        limits.admit_input(bytes.len())?;
        let (clean, format, findings) = self.with_module(bytes, format, &limits)?;
        limits.admit_output(clean.len())?;
        // What other readers would take for something else is not what it was cleaned as.
        // A text has been looked at already, and of a JPEG the first bytes decide.
        let decided = matches!(format, Format::Text | Format::Csv | Format::Jpeg);
        if !format.is_streamed() && !decided {
            let looked_at =
                if format.is_told_by_head() { detect::LONGEST_HEAD } else { usize::MAX };
            let looked_at = clean.slice(0, clean.len().min(looked_at));
            let fault = || Refusal::not_clean("a copy that cannot be read");
            reads_as(&looked_at.ok_or_else(fault)?, &[format])?;
        }
        Ok((clean, format, findings))
    }

    fn with_module<'b>(
        &self,
        bytes: &'b [u8],
        format: Format,
        limits: &Limits,
    ) -> Result<(Rope<'b>, Format, Findings), Refusal> {
        let held =
            |done: Result<Cleaned, Refusal>| done.map(|(out, met)| (out.into(), format, met));
        let streamed =
            |done: Result<(Rope<'b>, Findings), Refusal>| done.map(|(out, met)| (out, format, met));
        let told = |((out, met), format): (Cleaned, Format)| (out.into(), format, met);
        let whole: fn(&[u8], &Limits) -> Result<Cleaned, Refusal> = match format {
            Format::Png => png::scrub,
            Format::Gif => gif::scrub,
            Format::Webp => webp::scrub,
            Format::Bmp => bmp::scrub,
            Format::Pnm => pnm::scrub,
            Format::Tiff => tiff::scrub,
            Format::Heic | Format::Avif => heif::scrub,
            Format::Jxl => jxl::scrub,
            Format::Ogg => ogg::scrub,
            Format::Pdf => pdf::scrub,
            Format::Text => return csv::text_or_table(bytes, limits).map(told),
            Format::Csv => return csv::scrub(bytes, limits).map(told),
            // Of these hardly more than the tables is held; what is coded stays where it is.
            Format::Jpeg => return streamed(jpeg::scrub(bytes, limits)),
            Format::Mp3 => return streamed(mp3::scrub(bytes, limits)),
            Format::Flac => return streamed(flac::scrub(bytes, limits)),
            Format::Wav => return streamed(wav::scrub(bytes, limits)),
            Format::Aiff => return streamed(aiff::scrub(bytes, limits)),
            Format::Matroska | Format::Webm => return streamed(mkv::scrub(bytes, limits)),
            Format::Avi => return streamed(avi::scrub(bytes, limits)),
            Format::Wmv | Format::Wma => return streamed(asf::scrub(bytes, limits)),
            Format::M4a | Format::Mp4 | Format::Mov => {
                return streamed(mp4::scrub(bytes, format, limits));
            }
            Format::Emf => metafile::scrub_emf,
            Format::Wmf => metafile::scrub_wmf,
            Format::Torrent => torrent::scrub,
            Format::Eml => return held(mail::scrub(bytes, self)),
            Format::Rtf => return held(rtf::scrub(bytes, self)),
            Format::Zip | Format::Tar => {
                let archive = if format == Format::Zip { zip::scrub } else { tar::scrub };
                return held(archive(bytes, self));
            }
            Format::Gzip | Format::Bzip2 | Format::Xz | Format::Zstd => {
                return held(packed::scrub(bytes, format, self));
            }
            Format::Svg => return held(svg::scrub(bytes, self)),
            Format::Html => return held(html::scrub(bytes, self)),
            Format::Css => return held(css::scrub(bytes, self)),
            Format::Epub => return held(epub::scrub(bytes, self)),
            Format::Docx | Format::Xlsx | Format::Pptx => {
                return held(ooxml::scrub(bytes, format, self));
            }
            Format::Odt
            | Format::Ods
            | Format::Odp
            | Format::Odg
            | Format::Odf
            | Format::Fodt
            | Format::Fods
            | Format::Fodp
            | Format::Fodg => {
                return held(odf::scrub(bytes, format, self));
            }
        };
        held(whole(bytes, limits))
    }
}

/// What a clean copy is when it is looked at again; anything but these is refused.
pub(crate) fn reads_as(clean: &[u8], wanted: &[Format]) -> Result<Format, Refusal> {
    let other = match detect(clean) {
        Detected::Known(seen) if wanted.contains(&seen) => return Ok(seen),
        Detected::Known(seen) => seen.to_string(),
        Detected::Unknown(kind) => kind.to_owned(),
    };
    let what = format!("a file that reads as another kind when it is clean: {other}");
    Err(Refusal::unsupported(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_is_overdrawn_stays_so_and_leaves_nothing_out() {
        let limits = Limits { max_members: 2, ..Limits::default() };
        let budget = Budget::new(&limits);
        let choices = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
        let nest = Nest::outermost(&limits, choices, &budget);
        let mut findings = Findings::default();
        assert!(nest.leave_out("a", Refusal::Encrypted, &mut findings).is_ok());
        assert_eq!(nest.admit_members(2), Ok(()));
        let why = nest.admit_members(1).expect_err("none is left");
        let told = nest.leave_out("b", why.clone(), &mut findings).expect_err("not left out");
        assert_eq!(told, Refusal::Inside { place: "b".to_owned(), why: Box::new(why) });
        assert_eq!(findings.into_report(Format::Zip).findings.len(), 1);
    }

    #[test]
    fn the_deepest_level_is_the_last_one() {
        let limits = Limits { max_levels: 1, ..Limits::default() };
        let budget = Budget::new(&limits);
        let nest = Nest::outermost(&limits, Choices::default(), &budget);
        let below = nest.deeper().expect("one level");
        let refused = below.clean(b"words", "a.txt", &mut Findings::default()).map(|i| i.format);
        assert!(
            matches!(refused, Err(Refusal::Inside { why, .. }) if matches!(*why, Refusal::TooLarge { .. }))
        );
        assert!(nest.clean(b"words", "a.txt", &mut Findings::default()).is_ok());
    }
}

//! The coded stream: its headers, and for each frame the table that says how long its parts are.

use std::sync::Arc;

use jxl_bitstream::Bitstream;
use jxl_frame::{Frame, FrameContext, FrameHeader};
use jxl_image::{Extensions, ImageHeader};
use jxl_oxide_common::Bundle;
use jxl_threadpool::JxlThreadPool;

use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// Longest colour profile, coded. Real ones are under 1 MiB.
const MAX_PROFILE: u64 = 4 << 20;

fn broken(what: &str) -> Refusal {
    Refusal::malformed(format!("the coded picture: {what}"))
}

/// Walks headers and frames; where the last frame ends.
pub(super) fn walk(
    coded: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<usize, Refusal> {
    let mut from = Bitstream::new(coded);
    let header = header(&mut from)?;
    limits.admit_pixels(header.size.width, header.size.height, 1)?;
    image(&header)?;
    if let Some(len) = profile(&mut from, &header)? {
        const WHY: &str = "it is a part of the coded picture and says what its colours are";
        let detail = format!("{len} bytes");
        findings.kept(Class::Color, "colour profile in the coded picture", &detail, WHY);
    }
    let header = Arc::new(header);
    let mut at = aligned(&mut from).ok_or_else(|| broken("its head"))?;
    let mut shown = 0u32;
    for _ in 0..limits.max_objects {
        let rest = coded.get(at..).unwrap_or_default();
        let mut from = Bitstream::new(rest);
        let frame = frame(&mut from, &header)?;
        let head = frame.header();
        refuse_named(head)?;
        shown = shown.saturating_add(u32::from(head.is_keyframe()));
        limits.admit_pixels(header.size.width, header.size.height, shown)?;
        let start = aligned(&mut from).ok_or_else(|| broken("a frame"))?;
        at = at
            .checked_add(start)
            .and_then(|at| at.checked_add(frame.toc().total_byte_size()))
            .filter(|at| *at <= coded.len())
            .ok_or_else(|| broken("a frame that is cut off"))?;
        if head.is_last {
            return Ok(at);
        }
    }
    Err(Refusal::TooLarge { what: "frames of a picture".into(), limit: limits.max_objects.into() })
}

/// Whether a clean stream ends where its frames do: all of it read in one go.
pub(super) fn ends_with_its_frames(coded: &[u8]) -> bool {
    let mut from = Bitstream::new(coded);
    let walk = |from: &mut Bitstream<'_>| {
        let header = header(from).ok()?;
        image(&header).ok()?;
        profile(from, &header).ok()?;
        let header = Arc::new(header);
        loop {
            let start = aligned(from)?;
            let frame = frame(from, &header).ok()?;
            let mut next = aligned(from)?;
            // Parts stand one behind the other.
            for part in frame.toc().iter_bitstream_order() {
                (part.offset.checked_add(start)? == next).then_some(())?;
                let len = usize::try_from(part.size).ok()?;
                next = next.checked_add(len)?;
                from.skip_bits(len.checked_mul(8)?).ok()?;
            }
            if frame.header().is_last {
                return Some(next);
            }
        }
    };
    walk(&mut from) == Some(coded.len())
}

fn header(from: &mut Bitstream<'_>) -> Result<ImageHeader, Refusal> {
    ImageHeader::parse(from, ()).map_err(|_| broken("its head"))
}

/// Whether there are extensions. Their one field is private, so what they say of themselves is held
/// against what none say.
fn is_extended(extensions: &Extensions) -> bool {
    format!("{extensions:?}") != format!("{:?}", Extensions::default())
}

/// Refuses what a head can hide.
fn image(header: &ImageHeader) -> Result<(), Refusal> {
    let metadata = &header.metadata;
    let unsupported = |what: &str| Err(Refusal::unsupported(what.to_owned()));
    if metadata.preview.is_some() {
        return unsupported("a JPEG XL picture with a second, small picture inside");
    }
    if metadata.animation.as_ref().is_some_and(|animation| animation.have_timecodes) {
        return unsupported("a JPEG XL animation with time codes");
    }
    if metadata.ec_info.iter().any(|channel| !channel.name.is_empty()) {
        return unsupported("a JPEG XL picture with a channel that has a name");
    }
    if is_extended(&metadata.extensions) {
        return unsupported("a JPEG XL picture with extensions");
    }
    Ok(())
}

/// Goes over the colour profile, if there is one, and gives its length.
fn profile(from: &mut Bitstream<'_>, header: &ImageHeader) -> Result<Option<u64>, Refusal> {
    if !header.metadata.colour_encoding.want_icc() {
        return Ok(None);
    }
    // What it says of its length is asked first: it may say anything.
    let len = from.clone().read_u64().map_err(|_| broken("its colour profile"))?;
    if len > MAX_PROFILE {
        return Err(Refusal::TooLarge { what: "a colour profile".into(), limit: MAX_PROFILE });
    }
    jxl_color::icc::read_icc(from).map_err(|_| broken("its colour profile"))?;
    Ok(Some(len))
}

fn frame(from: &mut Bitstream<'_>, header: &Arc<ImageHeader>) -> Result<Frame, Refusal> {
    let context = FrameContext {
        image_header: Arc::clone(header),
        tracker: None,
        pool: JxlThreadPool::none(),
    };
    Frame::parse(from, context).map_err(|_| broken("a frame"))
}

fn refuse_named(head: &FrameHeader) -> Result<(), Refusal> {
    if !head.name.is_empty() {
        return Err(Refusal::unsupported("a JPEG XL picture with a layer that has a name"));
    }
    if is_extended(&head.extensions) || is_extended(&head.restoration_filter.extensions) {
        return Err(Refusal::unsupported("a JPEG XL picture with extensions"));
    }
    Ok(())
}

/// How far the reader has come, at the next whole byte.
fn aligned(from: &mut Bitstream<'_>) -> Option<usize> {
    from.zero_pad_to_byte().ok()?;
    Some(from.num_read_bits() / 8)
}

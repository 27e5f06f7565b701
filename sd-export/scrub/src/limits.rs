//! How much a file may ask for. Every reader of this crate takes its bounds from here.

use serde::{Deserialize, Serialize};

use crate::{Format, Refusal};

/// Bounds on what one file may cost; passed in, never global.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest input in bytes. Default 512 MiB: twice the largest submission `SecureDrop` takes
    /// by default is far beyond a single picture or document, and still fits in a worker.
    pub max_input: u64,
    /// Largest video in bytes, and its clean copy. Default 16 GiB: an hour of a phone's finest
    /// setting. It is not held: a worker maps it, and writes the copy piece by piece.
    pub max_video: u64,
    /// Largest output, and the most that may be inflated in total, in bytes. Default 1 GiB: a
    /// scanned book of 300 pages inflates to less; a decompression bomb does not. All that is
    /// inflated out of archives, at all levels together, has this bound too.
    pub max_output: u64,
    /// Most pixels in one picture, all frames counted. Default 400 million: a 100-megapixel
    /// camera picture four times over; larger ones cannot be looked at on the station anyway.
    pub max_pixels: u64,
    /// Most objects in one document. Default 500,000: the largest real reports have under
    /// 200,000.
    pub max_objects: u32,
    /// Deepest nesting of objects, forms or directories. Default 64: real files stay under 20,
    /// and the stack of a worker holds many times this.
    pub max_depth: u32,
    /// Most files inside one file: members of archives, pictures in documents, at all levels
    /// together. Default 10,000: what a person sends has a tenth of it.
    pub max_members: u32,
    /// Most levels of files inside files. Default 6: a picture in a workbook in a document in a
    /// compressed archive in an archive is on the fifth.
    pub max_levels: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input: 512 << 20,
            max_video: 16 << 30,
            max_output: 1 << 30,
            max_pixels: 400_000_000,
            max_objects: 500_000,
            max_depth: 64,
            max_members: 10_000,
            max_levels: 6,
        }
    }
}

impl Limits {
    /// The same for a file of this format.
    pub(crate) fn of(&self, format: Format) -> Self {
        let mut limits = self.clone();
        if format.is_streamed() {
            (limits.max_input, limits.max_output) = (self.max_video, self.max_video);
        }
        limits
    }

    pub(crate) fn admit_input(&self, len: usize) -> Result<(), Refusal> {
        admit("the file in bytes", len as u64, self.max_input)
    }

    pub(crate) fn admit_output(&self, len: usize) -> Result<(), Refusal> {
        admit("the clean file in bytes", len as u64, self.max_output)
    }

    pub(crate) fn admit_pixels(&self, width: u32, height: u32, frames: u32) -> Result<(), Refusal> {
        let pixels = u64::from(width)
            .saturating_mul(u64::from(height))
            .saturating_mul(u64::from(frames.max(1)));
        admit("the picture in pixels", pixels, self.max_pixels)
    }
}

fn admit(what: &str, size: u64, limit: u64) -> Result<(), Refusal> {
    if size > limit {
        return Err(Refusal::TooLarge { what: what.to_owned(), limit });
    }
    Ok(())
}

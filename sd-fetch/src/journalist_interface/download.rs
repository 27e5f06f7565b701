//! One item's ciphertext: announced, streamed, counted, hashed, compared.

use std::io::Write;

use sd_bundle::Kind;
use sd_fs::{CopyError, Digests, Progress, copy_bounded};
use ureq::http::{HeaderMap, header};

use super::answer::{ClientError, single, success};
use super::client::Session;
use super::etag::{EtagError, expected_hash};
use super::model::Submission;

/// A download that did not give the right bytes. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    /// No usable answer, or it ended early.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No usable hash: what the bytes must be is not known.
    #[error(transparent)]
    Etag(#[from] EtagError),
    /// No length was announced.
    #[error("the server does not say how long the item is")]
    NoLength,
    /// The announced length is not the listed one.
    #[error("the server announces {announced} bytes but listed {listed}")]
    OtherLength {
        /// Bytes in the list.
        listed: u64,
        /// Bytes in the header.
        announced: u64,
    },
    /// Fewer or more bytes came than announced.
    #[error("{got} bytes came instead of {listed}")]
    OtherSize {
        /// Bytes in the list.
        listed: u64,
        /// Bytes that came.
        got: u64,
    },
    /// The bytes are not those the hash belongs to.
    #[error("the content does not match the server's own hash")]
    OtherHash,
    /// This computer could not store them.
    #[error("the item could not be stored: {0}")]
    Store(std::io::Error),
}

impl Session<'_> {
    /// Streams `item` into `to`. On success the bytes have the listed size and the hash that
    /// the server announced for them; on an error what was written must be thrown away.
    pub(crate) fn download(
        &self,
        item: &Submission,
        to: &mut impl Write,
        progress: &mut dyn Progress,
    ) -> Result<Digests, DownloadError> {
        let kind = match item.kind {
            Kind::Message | Kind::Document => "submissions",
            Kind::Reply => "replies",
        };
        let path = format!("/sources/{}/{kind}/{}/download", item.source, item.item);
        let response = self.get(&path, self.limits().body_time(item.size))?;
        let response = success(response, self.limits())?;
        let expected = expected_hash(response.headers())?;
        check_length(response.headers(), item.size)?;
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let digests = copy_bounded(&mut body, to, item.size, progress).map_err(|e| match e {
            CopyError::TooLong(listed) => {
                DownloadError::OtherSize { listed, got: listed.saturating_add(1) }
            }
            CopyError::Read(e) => DownloadError::Client(e.into()),
            CopyError::Write(e) => DownloadError::Store(e),
        })?;
        if digests.size != item.size {
            return Err(DownloadError::OtherSize { listed: item.size, got: digests.size });
        }
        if digests.sha256 != expected {
            return Err(DownloadError::OtherHash);
        }
        Ok(digests)
    }
}

fn check_length(headers: &HeaderMap, listed: u64) -> Result<(), DownloadError> {
    // With a transfer coding the length header does not count (RFC 9112, 6.3).
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(DownloadError::NoLength);
    }
    let text = single(headers, &header::CONTENT_LENGTH)?.ok_or(DownloadError::NoLength)?;
    let announced: u64 = text.parse().map_err(|_| DownloadError::NoLength)?;
    if announced == listed { Ok(()) } else { Err(DownloadError::OtherLength { listed, announced }) }
}

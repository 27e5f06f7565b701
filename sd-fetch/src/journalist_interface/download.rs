//! One item's ciphertext: announced, streamed, counted, hashed, compared.
//!
//! ```text
//! nothing here    GET --200--> from the first byte
//! a part here     GET Range --206, same range, same ETag--> from where it was cut
//!                           '--200--> from the first byte     '--anything else--> GET anew
//! all of it here  HEAD --same ETag--> nothing to fetch
//! the last byte   SHA-256 of the whole == ETag, or it was never here
//! ```
//! `If-Range` is not used: with its own ETag in it the server sends the whole file again.

use std::io::{Read as _, Write as _};

use sd_bundle::{Incoming, Kind};
use sd_fs::{Digests, DirError, Sha256};
use ureq::Body;
use ureq::http::{HeaderMap, Response, StatusCode, header};

use super::answer::{ClientError, accept, single, success};
use super::client::{Ask, Session};
use super::etag::{EtagError, expected_hash};
use super::model::Submission;

/// One read.
const CHUNK: usize = 256 * 1024;

/// A download that did not give the right bytes.
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
        /// Bytes that would be here in the end.
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
    /// The same, of bytes that came in more than one piece; they were thrown away.
    #[error("the pieces do not make up the item that the server's hash belongs to")]
    OtherPieces,
    /// This computer could not store them.
    #[error("the item could not be stored: {0}")]
    Store(std::io::Error),
    /// This computer could not make room for them.
    #[error(transparent)]
    Place(#[from] DirError),
}

impl DownloadError {
    /// Whether the bytes that are here are proven wrong.
    pub(crate) fn is_proven(&self) -> bool {
        matches!(self, Self::OtherHash | Self::OtherSize { .. })
    }
}

impl Session<'_> {
    /// Fetches what `into` does not hold yet. On success all of it has the listed size and the
    /// hash that the server announces. After an error, what is worth going on with is kept.
    /// `watch` hears how many bytes are here.
    pub(crate) fn download(
        &self,
        item: &Submission,
        into: &mut Incoming,
        watch: &mut dyn FnMut(u64),
    ) -> Result<Digests, DownloadError> {
        let begun = into.have();
        let answer =
            if begun == 0 { Some(self.whole(item, into)?) } else { self.rest(item, into)? };
        watch(into.have());
        let in_pieces = into.have() > 0;
        if let Some(response) = answer {
            Self::pour(response, item.size, into, watch)?;
        }
        let digests = into.digests();
        if digests.size != item.size {
            return Err(DownloadError::OtherSize { listed: item.size, got: digests.size });
        }
        match into.must_be() {
            Some(expected) if expected == digests.sha256 => Ok(digests),
            Some(expected) if in_pieces => {
                into.start_anew(expected)?;
                Err(DownloadError::OtherPieces)
            }
            _ => Err(DownloadError::OtherHash),
        }
    }

    /// Asks for all of it.
    fn whole(
        &self,
        item: &Submission,
        into: &mut Incoming,
    ) -> Result<Response<Body>, DownloadError> {
        let response = self.ask(&Ask::get(&path(item), item.size))?;
        from_the_start(success(response, self.limits())?, item, into)
    }

    /// Asks for what is missing; `None` if nothing is.
    fn rest(
        &self,
        item: &Submission,
        into: &mut Incoming,
    ) -> Result<Option<Response<Body>>, DownloadError> {
        let (path, have) = (path(item), into.have());
        if have >= item.size {
            let head = success(self.ask(&Ask::head(&path))?, self.limits())?;
            let said = expected_hash(head.headers()).ok();
            let same = said.is_some() && said == into.must_be();
            return if same { Ok(None) } else { self.whole(item, into).map(Some) };
        }
        let response = self.ask(&Ask::rest(&path, have, item.size))?;
        let wanted =
            [StatusCode::OK, StatusCode::PARTIAL_CONTENT, StatusCode::RANGE_NOT_SATISFIABLE];
        let response = accept(response, &wanted, self.limits())?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if goes_on(response.headers(), item, into) => {
                Ok(Some(response))
            }
            StatusCode::OK => from_the_start(response, item, into).map(Some),
            // Another file than before, or a server that is confused about ranges.
            _ => self.whole(item, into).map(Some),
        }
    }

    fn pour(
        response: Response<Body>,
        size: u64,
        into: &mut Incoming,
        watch: &mut dyn FnMut(u64),
    ) -> Result<(), DownloadError> {
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut buffer = vec![0; CHUNK];
        loop {
            let n = match body.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(DownloadError::Client(e.into())),
            };
            let got = into.have().saturating_add(n as u64);
            if got > size {
                return Err(DownloadError::OtherSize { listed: size, got });
            }
            into.write_all(&buffer[..n]).map_err(DownloadError::Store)?;
            watch(into.have());
        }
    }
}

fn path(item: &Submission) -> String {
    let list = match item.kind {
        Kind::Message | Kind::Document => "submissions",
        Kind::Reply => "replies",
    };
    format!("/sources/{}/{list}/{}/download", item.source, item.item)
}

/// Takes a whole answer: what was here before is thrown away.
fn from_the_start(
    response: Response<Body>,
    item: &Submission,
    into: &mut Incoming,
) -> Result<Response<Body>, DownloadError> {
    let expected: Sha256 = expected_hash(response.headers())?;
    check_length(response.headers(), 0, item.size)?;
    into.start_anew(expected)?;
    Ok(response)
}

/// Whether a 206 is the rest of the very file whose beginning is here.
fn goes_on(headers: &HeaderMap, item: &Submission, into: &Incoming) -> bool {
    let range = format!("bytes {}-{}/{}", into.have(), item.size - 1, item.size);
    let same_range =
        single(headers, &header::CONTENT_RANGE).is_ok_and(|r| r == Some(range.as_str()));
    same_range
        && check_length(headers, into.have(), item.size).is_ok()
        && expected_hash(headers).is_ok_and(|hash| into.must_be() == Some(hash))
}

fn check_length(headers: &HeaderMap, have: u64, listed: u64) -> Result<(), DownloadError> {
    // With a transfer coding the length header does not count (RFC 9112, 6.3).
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(DownloadError::NoLength);
    }
    let text = single(headers, &header::CONTENT_LENGTH)?.ok_or(DownloadError::NoLength)?;
    let more: u64 = text.parse().map_err(|_| DownloadError::NoLength)?;
    let announced = have.saturating_add(more);
    if announced == listed { Ok(()) } else { Err(DownloadError::OtherLength { listed, announced }) }
}

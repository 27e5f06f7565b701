//! Inside the sandbox: opens one message, with a session key and without the secret key.
//!
//! ```text
//! parent: Order -->
//!                   <-- Question (a wrapped session key)   as often as there are recipients
//! answer: 0 | 1, algorithm, session key -->
//!                   <-- Verdict, and the output file is whole
//! ```

use std::io::{self, BufRead as _, BufReader, Read, Write};

use flate2::bufread::GzDecoder;
use sd_fs::{Blake3, Hasher};
use sd_pgp::{
    Certificate, Expect, OpenError, OpenLimits, PkeskBytes, SessionKeyBytes, Source, open,
};
use sd_sandbox::{Channel, ChannelError, Inside, Job, Profile};
use serde::{Deserialize, Serialize};

/// The name of the job.
pub(crate) const OPEN: &str = "open-message";

/// The jobs of this program.
pub(crate) const JOBS: &[Job] = &[Job {
    name: OPEN,
    profile: Profile {
        // Decryption takes 20 MB, a manifest at its limits 100 MB.
        memory: 1 << 30,
        // SecureDrop takes 500 MiB at most; the order's own limit is checked on the way.
        output: MAX_OUTPUT,
        // Half a gigabyte takes 3 s on a new laptop, perhaps 20 s on an old one.
        seconds: 600,
        map: 0,
    },
    run,
}];

/// Frames are capped: an order carries a certificate, a question one packet.
pub(crate) const MAX_FRAME: u32 = 2 << 20;
const MAX_ANSWER: u32 = 128;

/// The most a worker can write; a larger limit in an order would not be reached.
pub(crate) const MAX_OUTPUT: u64 = 768 << 20;

/// A gzip name longer than this is cut; names of 255 bytes are the longest a disk takes.
const MAX_NAME: usize = 1024;

/// What the worker is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) task: Task,
    /// Bytes of plaintext, before and after decompression.
    pub(crate) limit: u64,
}

/// What kind of message it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// A message or a reply: the plaintext as it is.
    Text,
    /// A document: gzip inside, as SecureDrop wraps it.
    Document,
    /// A manifest, signed by this certificate: zstd inside.
    Manifest { signer: String },
}

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Said {
    /// A wrapped session key.
    Question { packet: Vec<u8>, algorithm: u8 },
    /// The end.
    Verdict(Result<Opened, Refusal>),
}

/// A message that was opened whole.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// Bytes in the output.
    pub(crate) size: u64,
    /// BLAKE3 of the output.
    pub(crate) blake3: Blake3,
    /// How the content was wrapped.
    pub(crate) wrapping: Wrapping,
    /// Bytes behind the end of the compressed stream.
    pub(crate) leftover: u64,
}

/// How the content was wrapped inside the encryption.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wrapping {
    /// Not at all.
    Plain,
    /// In gzip, perhaps with the name of the upload.
    Gzip { name: Option<Vec<u8>> },
}

/// Why a message was refused, as a word that crosses the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Refusal {
    #[error("not an OpenPGP message, or cut off")]
    NotAMessage,
    #[error("not encrypted: anybody could have put it there")]
    NotEncrypted,
    #[error("encrypted without integrity protection, or with a broken cipher")]
    Unprotected,
    #[error("an unusual structure of OpenPGP layers")]
    Structure,
    #[error("encrypted to another key")]
    NoKey,
    #[error("damaged or tampered with: the integrity check failed")]
    Tampered,
    #[error("larger than the limit when unpacked")]
    TooLong,
    #[error("not signed by the paired workstation")]
    BadSignature,
    #[error("the gzip stream inside is damaged")]
    Gzip,
    #[error("the compressed manifest is damaged")]
    Zstd,
    #[error("the opened file could not be written")]
    Output,
}

impl From<OpenError> for Refusal {
    fn from(e: OpenError) -> Self {
        match e {
            OpenError::NotAMessage => Self::NotAMessage,
            OpenError::NotEncrypted => Self::NotEncrypted,
            OpenError::Unprotected => Self::Unprotected,
            OpenError::Structure => Self::Structure,
            OpenError::NoKey => Self::NoKey,
            OpenError::Tampered => Self::Tampered,
            OpenError::TooLong(_) => Self::TooLong,
            OpenError::BadSignature => Self::BadSignature,
            OpenError::Consumer(_) => Self::Output,
        }
    }
}

fn run(inside: Inside) -> Result<(), ChannelError> {
    let Inside { input, output, mut channel } = inside;
    let order: Order = parse(&channel.receive(MAX_FRAME)?)?;
    let mut sink = Sink::new(output, order.limit);
    let verdict = work(&order, input, &mut sink, &mut channel);
    say(&mut channel, &Said::Verdict(verdict))
}

fn work(
    order: &Order,
    input: std::fs::File,
    sink: &mut Sink<impl Write>,
    channel: &mut Channel,
) -> Result<Opened, Refusal> {
    let limits = OpenLimits { plaintext: order.limit, ..OpenLimits::default() };
    let ask = |question: PkeskBytes| ask(channel, question);
    let (wrapping, leftover) = match &order.task {
        Task::Text => {
            let opening = open(input, Expect::Encrypted, limits, ask, |source| copy(source, sink))?;
            opening.value.map(|()| (Wrapping::Plain, 0))?
        }
        Task::Document => {
            let opening =
                open(input, Expect::Encrypted, limits, ask, |source| document(source, sink))?;
            let (wrapping, leftover) = opening.value?;
            (wrapping, leftover + opening.leftover)
        }
        Task::Manifest { signer } => {
            let signer =
                Certificate::parse(signer.as_bytes()).map_err(|_| Refusal::BadSignature)?;
            let expect = Expect::SignedBy(&signer);
            let packed = open(input, expect, limits, ask, |source| {
                let mut bytes = Vec::new();
                source.read_to_end(&mut bytes).map(|_| bytes)
            })?;
            // Only now, with the signature good, is a zstd frame looked at.
            manifest(&packed.value, sink)?;
            (Wrapping::Plain, 0)
        }
    };
    let digests = sink.hasher.clone().finish();
    Ok(Opened { size: digests.size, blake3: digests.blake3, wrapping, leftover })
}

/// A refusal of the content is a value: the decryptor must still run to its end, so that a
/// tampered message is called tampered.
pub(crate) type Content<T> = io::Result<Result<T, Refusal>>;

fn copy(source: &mut Source<'_, '_>, sink: &mut Sink<impl Write>) -> Content<()> {
    pump(source, sink)
}

/// Takes the gzip off a document; what is none is taken as it is.
pub(crate) fn document(source: impl Read, sink: &mut Sink<impl Write>) -> Content<(Wrapping, u64)> {
    let mut source = BufReader::with_capacity(256 << 10, source);
    if !source.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(pump(&mut source, sink)?.map(|()| (Wrapping::Plain, 0)));
    }
    let mut gzip = GzDecoder::new(&mut source);
    // An error of the decoder is a refusal; an error of the decryptor behind it comes first
    // when `open` looks at what failed.
    let pumped = match pump(&mut gzip, sink) {
        Ok(pumped) => pumped,
        Err(_) => Err(Refusal::Gzip),
    };
    let name =
        gzip.header().and_then(|h| h.filename()).map(|n| n[..n.len().min(MAX_NAME)].to_vec());
    let leftover = source.buffer().len() as u64;
    Ok(pumped.map(|()| (Wrapping::Gzip { name }, leftover)))
}

fn manifest(packed: &[u8], sink: &mut Sink<impl Write>) -> Result<(), Refusal> {
    let decoder = zstd::Decoder::with_buffer(packed).map_err(|_| Refusal::Zstd)?;
    // One frame is the whole manifest: nothing hides in a second or behind it.
    let mut decoder = decoder.single_frame();
    decoder.window_log_max(27).map_err(|_| Refusal::Zstd)?;
    pump(&mut decoder, sink).unwrap_or(Err(Refusal::Zstd))?;
    if decoder.finish().is_empty() { Ok(()) } else { Err(Refusal::Zstd) }
}

fn pump(from: &mut impl Read, sink: &mut Sink<impl Write>) -> Content<()> {
    let mut buffer = vec![0; 128 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(Ok(())),
            Ok(n) => {
                if let Err(refusal) = sink.take(&buffer[..n]) {
                    return Ok(Err(refusal));
                }
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// The output, hashed and counted.
pub(crate) struct Sink<W> {
    file: W,
    hasher: Hasher,
    left: u64,
}

impl<W: Write> Sink<W> {
    pub(crate) fn new(file: W, limit: u64) -> Self {
        Self { file, hasher: Hasher::new(), left: limit }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(Refusal::TooLong)?;
        self.hasher.update(bytes);
        self.file.write_all(bytes).map_err(|_| Refusal::Output)
    }
}

fn ask(channel: &mut Channel, question: PkeskBytes) -> Option<SessionKeyBytes> {
    let PkeskBytes { packet, algorithm } = question;
    say(channel, &Said::Question { packet, algorithm }).ok()?;
    let answer = zeroize::Zeroizing::new(channel.receive(MAX_ANSWER).ok()?);
    match answer.as_slice() {
        [1, algorithm, key @ ..] => {
            Some(SessionKeyBytes { algorithm: *algorithm, key: key.into() })
        }
        _ => None,
    }
}

fn say(channel: &mut Channel, said: &Said) -> Result<(), ChannelError> {
    let bytes = serde_json::to_vec(said).map_err(|_| ChannelError::Nonsense)?;
    channel.send(&bytes)
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ChannelError> {
    serde_json::from_slice(bytes).map_err(|_| ChannelError::Nonsense)
}

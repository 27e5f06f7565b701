//! The server behind a stick: QEMU asks it over a socket, and a [`Chip`] answers.
//!
//! The part of the protocol that QEMU speaks: the fixed newstyle handshake, then reads, writes
//! and flushes, one after the other.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::chip::{Chip, Reply};
use super::fault::{Refusal, STUCK};

const HELLO: &[u8] = b"NBDMAGICIHAVEOPT\0\x01";
const OPTION_REPLY: u64 = 0x0003_e889_0455_65a9;
const REPLY: u32 = 0x6744_6698;
/// More than this is never asked for at once.
const LONGEST: u32 = 64 << 20;

/// A chip while it is plugged in.
#[derive(Debug)]
pub(super) struct Server {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    read_only: bool,
}

#[derive(Debug, Default)]
struct State {
    chip: Chip,
    /// What is stuck is to be answered.
    released: Option<()>,
    /// No request is answered any more.
    over: bool,
    connections: Vec<UnixStream>,
}

impl Server {
    /// Serves a chip at a socket that is not there yet.
    pub(super) fn start(socket: &Path, chip: Chip, read_only: bool) -> io::Result<Self> {
        let listener = UnixListener::bind(socket)?;
        let state = Mutex::new(State { chip, ..State::default() });
        let shared = Arc::new(Shared { state, changed: Condvar::new(), read_only });
        let for_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            // QEMU connects once, when the stick is made.
            if let Ok((stream, _)) = listener.accept() {
                // An end in the middle is QEMU's end, or ours.
                let _ = for_thread.serve(stream);
            }
        });
        Ok(Self { shared })
    }

    /// Looks at the chip, or changes it.
    pub(super) fn chip<T>(&self, look: impl FnOnce(&mut Chip) -> T) -> T {
        look(&mut self.shared.lock().chip)
    }

    /// Answers what is stuck.
    pub(super) fn release(&self) {
        self.shared.lock().released = Some(());
        self.shared.changed.notify_all();
    }

    /// Waits until the chip is as wished; whether it became so.
    pub(super) fn wait(&self, limit: Duration, wished: impl Fn(&Chip) -> bool) -> bool {
        let end = Instant::now() + limit;
        let mut state = self.shared.lock();
        while !wished(&state.chip) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.shared.wait(state, left);
        }
        true
    }

    /// From now on every request is an error, also one that is stuck.
    pub(super) fn end(&self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
    }

    /// Ends, and gives the chip back.
    pub(super) fn take(&self) -> Chip {
        self.end();
        std::mem::take(&mut self.shared.lock().chip)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        for connection in self.shared.lock().connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>, limit: Duration) -> MutexGuard<'s, State> {
        let waited = self.changed.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn serve(&self, mut stream: UnixStream) -> io::Result<()> {
        self.lock().connections.push(stream.try_clone()?);
        if !self.shake_hands(&mut stream)? {
            return Ok(());
        }
        loop {
            let head: [u8; 28] = take(&mut stream)?;
            let (kind, at) = (u16_at(&head, 6), u64_at(&head, 16));
            let length = usize::try_from(u32_at(&head, 24).min(LONGEST)).unwrap_or_default();
            let mut bytes = vec![0; if kind < 2 { length } else { 0 }];
            if kind == 1 {
                stream.read_exact(&mut bytes)?;
            }
            if kind == 2 {
                return Ok(());
            }
            let error = self.answer(kind, at, &mut bytes);
            let mut reply = [&REPLY.to_be_bytes()[..], &error.to_be_bytes(), &head[8..16]].concat();
            if kind == 0 && error == 0 {
                reply.extend(&bytes);
            }
            stream.write_all(&reply)?;
        }
    }

    /// Whether QEMU wants to go on.
    fn shake_hands(&self, stream: &mut UnixStream) -> io::Result<bool> {
        stream.write_all(HELLO)?;
        let _client_flags: [u8; 4] = take(stream)?;
        // Has flags, is read-only or not, can flush.
        let flags: u16 = 1 | u16::from(self.read_only) << 1 | 4;
        let size = self.lock().chip.size();
        let export = [&size.to_be_bytes()[..], &flags.to_be_bytes()].concat();
        loop {
            let head: [u8; 16] = take(stream)?;
            let (option, length) = (u32_at(&head, 8), u32_at(&head, 12).min(LONGEST));
            io::copy(&mut (&mut *stream).take(length.into()), &mut io::sink())?;
            let mut reply = |kind: u32, data: &[u8]| {
                let length = u32::try_from(data.len()).map_err(io::Error::other)?;
                let head = [&OPTION_REPLY.to_be_bytes()[..], &option.to_be_bytes()].concat();
                let tail = [&kind.to_be_bytes()[..], &length.to_be_bytes(), data].concat();
                stream.write_all(&[head, tail].concat())
            };
            match option {
                // "Go": information about the export, then an acknowledgement.
                7 => {
                    reply(3, &[&[0, 0], &export[..]].concat())?;
                    reply(1, &[])?;
                    return Ok(true);
                }
                // "Abort".
                2 => return reply(1, &[]).map(|()| false),
                // Not supported; QEMU then does without.
                _ => reply(0x8000_0001, &[])?,
            }
        }
    }

    /// Zero, or the number of an error.
    fn answer(&self, kind: u16, at: u64, bytes: &mut [u8]) -> u32 {
        let mut state = self.lock();
        let mut reply = if state.over {
            Reply::Refused(Refusal::Broken)
        } else {
            state.chip.ask(kind, at, bytes)
        };
        if reply == Reply::Stuck {
            self.changed.notify_all();
            state = self.wait_for_release(state);
            reply = match state.released {
                Some(()) => state.chip.without_faults(|chip| chip.ask(kind, at, bytes)),
                None => reply,
            };
        }
        drop(state);
        self.changed.notify_all();
        match reply {
            Reply::Done(pause) => {
                std::thread::sleep(pause);
                0
            }
            Reply::Refused(Refusal::Full) => 28,
            Reply::Refused(Refusal::Broken) | Reply::Stuck => 5,
        }
    }

    /// Until somebody releases what is stuck, or it has lasted too long.
    fn wait_for_release<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let end = Instant::now() + STUCK;
        state.released = None;
        state.chip.set_stuck(true);
        while !state.over && state.released.is_none() && Instant::now() < end {
            state = self.wait(state, Duration::from_millis(200));
        }
        state.chip.set_stuck(false);
        state
    }
}

impl Chip {
    /// A request by its number in the protocol.
    fn ask(&mut self, kind: u16, at: u64, bytes: &mut [u8]) -> Reply {
        match kind {
            0 => self.read(at, bytes),
            1 => self.write(at, bytes),
            3 => self.flush(),
            _ => Reply::Refused(Refusal::Broken),
        }
    }
}

fn take<const N: usize>(stream: &mut UnixStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::try_from(number(&bytes[at..at + 2])).unwrap_or_default()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::try_from(number(&bytes[at..at + 4])).unwrap_or_default()
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    number(&bytes[at..at + 8])
}

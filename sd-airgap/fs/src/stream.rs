//! Two hands: one makes or uses the bytes, the other waits for the stick.
//!
//! ```text
//! fill --Write--> chunk --channel--> write_at, in order        write_through
//! reader --channel--> chunk --Read--> hash, compare, store     Ahead
//! ```
//! Each holds a few chunks, however long the stream is.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::aligned::Aligned;
use crate::block::Sectors;

/// One access: large enough for the fastest stick.
const CHUNK: usize = 4 << 20;

/// Chunks that wait in the channel.
const WAITING: usize = 2;

/// Writes what `fill` gives onto a device, from its first sector on, while `fill` goes on making
/// more. The whole must be whole sectors. Nothing is flushed.
///
/// The outer result is the device's, with the offset in the error; the inner is `fill`'s. What
/// `fill` left half made when it failed is not written.
pub fn write_through<S, T, E>(
    device: &mut S,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<Result<T, E>, (u64, io::Error)>
where
    S: Sectors + Send,
{
    let (sender, to_write) = sync_channel::<(Aligned, usize)>(WAITING);
    let (back, empty) = sync_channel::<Aligned>(WAITING + 2);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || write_all(device, &to_write, &back));
        let mut chunks = Chunks { sender, empty, made: 0, now: None };
        let filled = fill(&mut chunks);
        let sent = filled.is_err() || chunks.send_last();
        // Hanging up ends the writer.
        drop(chunks);
        match writer.join() {
            Ok(Ok(())) if sent => Ok(filled),
            Ok(Ok(())) => Err((0, io::Error::other("the writer ended early"))),
            Ok(Err(e)) => Err(e),
            Err(_) => Err((0, io::Error::other("the writer panicked"))),
        }
    })
}

fn write_all(
    device: &mut impl Sectors,
    to_write: &Receiver<(Aligned, usize)>,
    back: &SyncSender<Aligned>,
) -> Result<(), (u64, io::Error)> {
    let mut at = 0;
    while let Ok((chunk, length)) = to_write.recv() {
        device.write_at(at, &chunk[..length]).map_err(|e| (at, e))?;
        at += length as u64;
        // Whoever fills may have ended already.
        let _ = back.send(chunk);
    }
    Ok(())
}

/// Cuts a stream into chunks and sends them off.
struct Chunks {
    sender: SyncSender<(Aligned, usize)>,
    empty: Receiver<Aligned>,
    made: usize,
    now: Option<(Aligned, usize)>,
}

impl Chunks {
    fn fresh(&mut self) -> io::Result<Aligned> {
        if self.made < WAITING + 2 {
            self.made += 1;
            return Ok(Aligned::new(CHUNK));
        }
        self.empty.recv().map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn send(&mut self, chunk: Aligned, length: usize) -> io::Result<()> {
        self.sender.send((chunk, length)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Sends the last chunk.
    fn send_last(&mut self) -> bool {
        match self.now.take() {
            Some((chunk, length)) => self.send(chunk, length).is_ok(),
            None => true,
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (mut chunk, length) = match self.now.take() {
            Some(now) => now,
            None => (self.fresh()?, 0),
        };
        let n = bytes.len().min(CHUNK - length);
        chunk[length..length + n].copy_from_slice(&bytes[..n]);
        if length + n == CHUNK {
            self.send(chunk, CHUNK)?;
        } else {
            self.now = Some((chunk, length + n));
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that reads ahead, in a thread of its own, each byte once and in order.
#[derive(Debug)]
pub struct Ahead {
    chunks: Option<Receiver<io::Result<Vec<u8>>>>,
    now: Vec<u8>,
    used: usize,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Reads ahead of whoever reads this.
    pub fn of(mut source: impl Read + Send + 'static) -> Self {
        let (chunks, received) = sync_channel(WAITING);
        let thread = std::thread::spawn(move || {
            loop {
                let chunk = next_chunk(&mut source);
                let last = chunk.as_ref().map_or(true, Vec::is_empty);
                // Whoever read may have seen enough.
                if chunks.send(chunk).is_err() || last {
                    return;
                }
            }
        });
        Self { chunks: Some(received), now: Vec::new(), used: 0, thread: Some(thread) }
    }
}

/// The next bytes; none at the end. What comes before an error is handed on first.
fn next_chunk(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; CHUNK / 4];
    loop {
        match source.read(&mut chunk) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            read => {
                chunk.truncate(read?);
                return Ok(chunk);
            }
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used == self.now.len() {
            let Some(chunks) = &self.chunks else { return Ok(0) };
            match chunks.recv() {
                Ok(Ok(chunk)) if !chunk.is_empty() => (self.now, self.used) = (chunk, 0),
                Ok(Err(e)) => {
                    self.chunks = None;
                    return Err(e);
                }
                Ok(Ok(_)) | Err(_) => {
                    self.chunks = None;
                    return Ok(0);
                }
            }
        }
        let n = into.len().min(self.now.len() - self.used);
        into[..n].copy_from_slice(&self.now[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Hanging up ends the thread at its next chunk; it holds the stick until then.
        self.chunks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Breaks(u8);

    impl Read for Breaks {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 < 3 { Ok(into.len()) } else { Err(io::Error::other("broken")) }
        }
    }

    #[test]
    fn what_is_read_ahead_is_what_is_there_and_an_error_comes_in_its_place() {
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * CHUNK + 7).collect();
        let mut read = Vec::new();
        Ahead::of(io::Cursor::new(bytes.clone())).read_to_end(&mut read).expect("read");
        assert!(read == bytes);

        let mut read = Vec::new();
        let e = Ahead::of(Breaks(0)).read_to_end(&mut read).expect_err("it breaks");
        assert_eq!((e.to_string().as_str(), read.len()), ("broken", CHUNK / 2));
        drop(Ahead::of(Breaks(0)));
    }
}

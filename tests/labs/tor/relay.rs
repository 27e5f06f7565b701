//! A TCP relay: whatever connects here is connected there.

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A relay; it stops taking connections when this is dropped.
pub(crate) struct Relay {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Relay {
    /// Listens on a free port of this address.
    pub(crate) fn start(here: IpAddr, there: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((here, 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopping);
        let listening = std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                // A far end that refuses closes the near one; that is all there is to say.
                let _ = join(near, there);
            }
        });
        Ok(Self { address, stopping, listening: Some(listening) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; it then sees the flag.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

/// Moves bytes both ways, a thread for each, until both ends are done.
fn join(near: TcpStream, there: SocketAddr) -> io::Result<()> {
    let far = TcpStream::connect_timeout(&there, Duration::from_secs(5))?;
    for (mut from, mut to) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
        std::thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    Ok(())
}

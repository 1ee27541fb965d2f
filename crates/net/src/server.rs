//! The server's handle: it runs on a thread of its own for as long as this is alive.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{self, JoinHandle};

use conclab_engine::stop::Stop;
use polling::Poller;

use crate::serving::{Served, Serving};
use crate::{SocketError, client};

/// A server on 127.0.0.1 that answers each request after the delay that it names.
///
/// Dropping it ends it: its thread has been joined and its sockets are closed.
#[derive(Debug)]
pub struct Server {
    port: u16,
    ending: Arc<AtomicBool>,
    poller: Arc<Poller>,
    thread: Option<JoinHandle<Served>>,
}

impl Server {
    /// Starts a server for at most `connections_max` connections at once, on a free port.
    /// It ends when it is dropped, or soon after `stop` says so.
    ///
    /// # Errors
    /// Too many open files, or the system refuses a socket or a thread.
    pub fn start(connections_max: usize, stop: &Stop) -> Result<Self, SocketError> {
        let refused = |source| SocketError::io("starting the server", source);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused)?;
        widen_backlog(&listener, connections_max).map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let poller = Arc::new(Poller::new().map_err(refused)?);
        let ending = Arc::new(AtomicBool::new(false));
        let serving = Serving::new(&poller, listener, connections_max).map_err(refused)?;
        let thread = {
            let (ending, stop) = (Arc::clone(&ending), stop.clone());
            // Relaxed: the flag publishes nothing but itself.
            let ends = move || ending.load(Relaxed) || stop.reason().is_some();
            let work = move || serving.serve(ends);
            thread::Builder::new().name("server".to_owned()).spawn(work).map_err(refused)?
        };
        Ok(Self { port, ending, poller, thread: Some(thread) })
    }

    /// The port it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it: hangs up on everybody, and says what it has done.
    pub fn stop(mut self) -> Served {
        self.end()
    }

    fn end(&mut self) -> Served {
        // Relaxed: the flag publishes nothing but itself.
        self.ending.store(true, Relaxed);
        // If waking it fails, it looks at the flag before long by itself.
        let _ = self.poller.notify();
        client::close(self.port);
        let served = self.thread.take().map(JoinHandle::join);
        // If its thread has panicked, its message has been printed and its sockets are closed.
        served.and_then(Result::ok).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.end();
        }
    }
}

/// Lets so many clients connect at once: one more than the queue holds would try again only after
/// a second. The system may hold fewer.
#[cfg(unix)]
fn widen_backlog(listener: &TcpListener, n: usize) -> std::io::Result<()> {
    let n = i32::try_from(n).unwrap_or(i32::MAX).max(128);
    Ok(rustix::net::listen(listener, n)?)
}

#[cfg(not(unix))]
fn widen_backlog(_: &TcpListener, _: usize) -> std::io::Result<()> {
    Ok(())
}

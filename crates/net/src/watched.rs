//! A socket that a poller watches for as long as it is open.
#![expect(unsafe_code, reason = "a poller must not outlive its sockets' registrations")]

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use polling::{AsRawSource, AsSource, Event, PollMode, Poller};

/// A socket whose incoming data, connections and end the poller tells.
#[derive(Debug)]
pub(super) struct Watched<S: AsSource> {
    socket: S,
    poller: Arc<Poller>,
}

impl<S: AsSource> Watched<S>
where
    for<'a> &'a S: AsRawSource,
{
    /// Has `poller` tell, under the name `key`, that there is something to read. `mode` says
    /// whether it tells again while that has not been read, or only when more comes.
    pub(super) fn new(
        poller: &Arc<Poller>,
        socket: S,
        key: usize,
        mode: PollMode,
    ) -> io::Result<Self> {
        // SAFETY: `drop` takes the socket from the poller before it is closed, and until then this
        // struct owns the socket.
        unsafe { poller.add_with_mode(&socket, Event::readable(key), mode) }?;
        Ok(Self { socket, poller: Arc::clone(poller) })
    }
}

impl<S: AsSource> Drop for Watched<S> {
    fn drop(&mut self) {
        // An error means that it is not registered any more.
        let _ = self.poller.delete(&self.socket);
    }
}

impl<S: AsSource> Deref for Watched<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.socket
    }
}

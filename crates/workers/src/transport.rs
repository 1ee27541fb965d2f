//! How bytes travel between the parent and a worker.
//!
//! The supervisor knows only [`Transport`]; a worker reads and writes files. Bytes arrive in
//! order, in any pieces; frames are made of them elsewhere.

use std::fmt::Debug;
use std::io;
use std::os::fd::BorrowedFd;

/// What there was to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// So many bytes.
    Bytes(usize),
    /// Nothing yet.
    Nothing,
    /// Nothing ever again: the worker is gone, or has hung up.
    End,
    /// Nothing that can be true.
    Impossible,
}

/// The parent's end of what connects it with one worker. Nothing here waits.
pub trait Transport: Debug {
    /// Sends bytes from the beginning of `bytes`, as many as there is room for; gives their
    /// number.
    ///
    /// # Errors
    /// [`io::ErrorKind::BrokenPipe`] if nobody will ever receive them; others if the system
    /// refuses.
    fn send(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Receives what has arrived into `room`, as much as fits.
    ///
    /// # Errors
    /// If the system refuses.
    fn receive(&mut self, room: &mut [u8]) -> io::Result<Received>;

    /// Becomes readable when there is something to receive, the end included.
    fn receives_from(&self) -> BorrowedFd<'_>;

    /// Becomes writable when there is room to send; if there is none, [`Transport::receives_from`]
    /// tells of that, too.
    fn sends_to(&self) -> Option<BorrowedFd<'_>>;

    /// Whether there is something to receive, or room for what is `unsent`, that no descriptor
    /// tells of.
    fn has_news(&mut self, _unsent: bool) -> bool {
        false
    }

    /// Asks for descriptors that tell everything, until [`Transport::wakes`]. Says whether to
    /// wait for them: not if there is news already.
    fn falls_asleep(&mut self, _unsent: bool) -> bool {
        true
    }

    /// Needs no descriptors for a while.
    fn wakes(&mut self) {}
}

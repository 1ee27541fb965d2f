//! How bytes travel between the parent and a worker.
//!
//! The supervisor knows only [`Transport`]; a worker reads and writes files. Bytes arrive in
//! order, in any pieces; frames are made of them elsewhere.

use std::fmt::Debug;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::io::{Errno, ioctl_fionbio, read, write};

use super::patience::patience;
use super::ring_memory::Rings;
use super::ring_parent::Line;

/// What connects the pool with its workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wiring {
    /// A pipe each way: the standard input and output of the worker.
    #[default]
    Pipe,
    /// A ring of bytes each way in shared memory; who sleeps is woken through the same pipes.
    SharedMemory,
}

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

impl Wiring {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Pipe, Self::SharedMemory];

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pipe => "pipe",
            Self::SharedMemory => "shared-memory",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wiring| wiring.name() == name)
    }

    /// How long the parent of so many workers looks for news before it waits for descriptors.
    pub(super) fn patience(self, workers: usize) -> Duration {
        match self {
            Self::Pipe => Duration::ZERO,
            Self::SharedMemory => patience(workers),
        }
    }

    /// Prepares the start of one of so many workers.
    pub(super) fn prepare(self, command: &mut Command, workers: usize) -> io::Result<Prepared> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let Self::SharedMemory = self else { return Ok(Prepared(None)) };
        let rings = Rings::share(patience(workers))?;
        let lent = rings.lend()?;
        command.arg(lent.as_raw_fd().to_string());
        Ok(Prepared(Some((rings, lent))))
    }
}

/// What a worker needs that is about to be started.
#[derive(Debug)]
pub(super) struct Prepared(Option<(Rings, OwnedFd)>);

impl Prepared {
    /// Takes the parent's end once the worker has been started.
    pub(super) fn connect(self, child: &mut Child) -> io::Result<Box<dyn Transport>> {
        match self.0 {
            None => Ok(Box::new(Pipes::connect(child)?)),
            // The worker has inherited what was lent.
            Some((rings, _lent)) => Ok(Box::new(Line::connect(rings, child)?)),
        }
    }
}

/// A pipe each way. Both ends close when a process starts another program, so that no worker
/// keeps another's pipe open.
#[derive(Debug)]
struct Pipes {
    tasks: ChildStdin,
    replies: ChildStdout,
}

impl Pipes {
    /// The most that a pipe may hold for a user without privileges, if nobody changed that: a
    /// large payload takes fewer turns.
    #[cfg(target_os = "linux")]
    const BYTES: usize = 1 << 20;

    fn connect(child: &mut Child) -> io::Result<Self> {
        let ends = child.stdin.take().zip(child.stdout.take());
        let (tasks, replies) = ends.ok_or(io::ErrorKind::NotConnected)?;
        ioctl_fionbio(&tasks, true)?;
        ioctl_fionbio(&replies, true)?;
        // Its usual size does as well, only slower.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&tasks, Self::BYTES);
        Ok(Self { tasks, replies })
    }
}

impl Transport for Pipes {
    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match write(&self.tasks, bytes) {
            Ok(sent) => Ok(sent),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    fn receive(&mut self, room: &mut [u8]) -> io::Result<Received> {
        match read(&self.replies, room) {
            Ok(0) => Ok(Received::End),
            Ok(bytes) => Ok(Received::Bytes(bytes)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Received::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    fn receives_from(&self) -> BorrowedFd<'_> {
        self.replies.as_fd()
    }

    fn sends_to(&self) -> Option<BorrowedFd<'_>> {
        Some(self.tasks.as_fd())
    }
}

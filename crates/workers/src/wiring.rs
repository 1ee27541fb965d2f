//! What connects the parent with a worker: pipes, or rings in shared memory.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::{Errno, ioctl_fionbio, read, write};

use super::ring_memory::Rings;
use super::ring_parent::Line;
use super::transport::{Received, Transport};

/// Threads that are started to see how long a wake-up takes.
const STARTS: u32 = 5;

/// What connects the pool with its workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wiring {
    /// A pipe each way: the standard input and output of the worker.
    #[default]
    Pipe,
    /// A ring of bytes each way in shared memory; who sleeps is woken through the same pipes.
    SharedMemory,
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

/// How long whoever waits for the other side of a ring stays awake: about as long as it would
/// take to be woken, so that nobody wastes more than twice what it must (A. R. Karlin and others,
/// *Competitive Randomized Algorithms for Nonuniform Problems*, 1990). Not at all, if that keeps
/// from its core whoever is to do something: if there are more processes than cores.
fn patience(workers: usize) -> Duration {
    static WAKE_UP: OnceLock<Duration> = OnceLock::new();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if workers < cores { *WAKE_UP.get_or_init(wake_up) } else { Duration::ZERO }
}

/// A thread that is started has to be woken, like one that sleeps: the quickest start counts.
fn wake_up() -> Duration {
    let start = || {
        let begin = Instant::now();
        let started = thread::Builder::new().spawn(move || begin.elapsed());
        started.ok().and_then(|thread| thread.join().ok())
    };
    let quickest = (0..STARTS).filter_map(|_| start()).min().unwrap_or_default();
    // On a machine under load no thread starts soon, whatever a wake-up costs.
    quickest.clamp(Duration::from_micros(5), Duration::from_micros(100))
}

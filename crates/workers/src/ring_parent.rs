//! The parent's end of a line in shared memory: a [`Transport`].
//!
//! The worker's standard input and output are the bells, one byte for each ring. So the end of a
//! worker shows as with pipes: they close.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::process::{Child, ChildStdin, ChildStdout};

use rustix::io::{Errno, ioctl_fionbio, read, write};

use super::ring_end::{Bell, End, Wants};
use super::ring_ground::Impossible;
use super::ring_memory::{Mapped, Rings};
use super::transport::{Received, Transport};

/// What a bell says: the control character of that name.
pub(super) const RING: u8 = 7;

/// The bell of a worker.
#[derive(Debug)]
struct WorkersBell(ChildStdin);

impl Bell for WorkersBell {
    fn ring(&self) {
        // If the pipe is full, it is ringing; if it is closed, the worker is gone.
        let _ = write(&self.0, &[RING]);
    }
}

/// The parent's end.
#[derive(Debug)]
pub(super) struct Line {
    end: End<Mapped, WorkersBell>,
    /// Where the worker rings.
    bells: ChildStdout,
    /// Whether the worker has said what cannot be true.
    broken: bool,
}

impl Line {
    /// The end for a worker that has been started with `rings`.
    pub(super) fn connect(rings: Rings, child: &mut Child) -> io::Result<Self> {
        let ends = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = ends.ok_or(io::ErrorKind::NotConnected)?;
        ioctl_fionbio(&stdin, true)?;
        ioctl_fionbio(&stdout, true)?;
        Ok(Self { end: rings.parent(WorkersBell(stdin)), bells: stdout, broken: false })
    }

    /// What the worker made possible, or `otherwise` and a note that it cannot be believed.
    fn believe<T>(&mut self, said: Result<T, Impossible>, otherwise: T) -> T {
        said.unwrap_or_else(|Impossible| {
            self.broken = true;
            otherwise
        })
    }

    fn take(&mut self, room: &mut [u8]) -> Option<Received> {
        let taken = self.end.receive(room);
        match self.believe(taken, 0) {
            _ if self.broken => Some(Received::Impossible),
            0 => None,
            bytes => Some(Received::Bytes(bytes)),
        }
    }
}

impl Transport for Line {
    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.end.send(bytes);
        Ok(self.believe(sent, 0))
    }

    fn receive(&mut self, room: &mut [u8]) -> io::Result<Received> {
        if let Some(received) = self.take(room) {
            return Ok(received);
        }
        match read(&self.bells, &mut *room) {
            // Its last words were written before it hung up.
            Ok(0) => Ok(self.take(room).unwrap_or(Received::End)),
            Ok(n) if room[..n].iter().all(|byte| *byte == RING) => Ok(Received::Nothing),
            // No worker of ours speaks here: whoever reads it will see that.
            Ok(n) => Ok(Received::Bytes(n)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Received::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    fn receives_from(&self) -> BorrowedFd<'_> {
        self.bells.as_fd()
    }

    fn sends_to(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn has_news(&mut self, unsent: bool) -> bool {
        let has = self.end.has(Wants { bytes: true, room: unsent });
        self.believe(has, true) || self.broken
    }

    fn falls_asleep(&mut self, unsent: bool) -> bool {
        let asleep = self.end.falls_asleep(Wants { bytes: true, room: unsent });
        self.believe(asleep, false) && !self.broken
    }

    fn wakes(&mut self) {
        self.end.wakes();
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::IntoRawFd as _;
    use std::process::{Command, Stdio};
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;

    use super::super::child::end;
    use super::super::memory::{Memory, STRIDE_BYTES};
    use super::*;

    /// A line to a process that has a memory of its own mind.
    fn line() -> (Line, Memory, Child) {
        let rings = Rings::share(Duration::ZERO).unwrap();
        let memory = Memory::inherited(rings.lend().unwrap().into_raw_fd()).unwrap();
        let mut cat = Command::new("cat");
        let mut child = cat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        (Line::connect(rings, &mut child).unwrap(), memory, child)
    }

    #[test]
    fn garbled_positions_harm_nobody() {
        for garbled in [1 << 40, u64::MAX, 1 << 63] {
            let mut room = [0; 8];
            // What was taken of the tasks.
            let (mut line, memory, mut child) = line();
            // Relaxed: there is one thread.
            memory.word(STRIDE_BYTES).store(garbled, Relaxed);
            while line.send(&[1; 1 << 12]).unwrap() > 0 {}
            assert!(line.has_news(true) && !line.falls_asleep(true));
            assert_eq!(line.receive(&mut room).unwrap(), Received::Impossible);
            end(&mut child);
            // What was written of the replies.
            let (mut line, memory, mut child) = self::line();
            // Relaxed: there is one thread.
            memory.word(4 * STRIDE_BYTES).store(garbled, Relaxed);
            assert!(line.has_news(false) && !line.falls_asleep(false));
            assert_eq!(line.receive(&mut room).unwrap(), Received::Impossible);
            end(&mut child);
        }
    }

    #[test]
    fn the_end_of_a_worker_comes_after_its_last_words() {
        let (mut line, memory, mut child) = line();
        end(&mut child);
        // Relaxed: there is one thread.
        memory.word(4 * STRIDE_BYTES).store(3, Relaxed);
        let mut room = [0; 8];
        assert_eq!(line.receive(&mut room).unwrap(), Received::Bytes(3));
        assert_eq!(line.receive(&mut room).unwrap(), Received::End);
        assert_eq!(line.send(&[1]).unwrap(), 1);
    }
}

//! A worker's end of a line in shared memory: something to read from and to write to.

use std::cell::RefCell;
use std::fs::File;
use std::hint::spin_loop;
use std::io::{self, Read, Write};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use super::ring_end::{Bell, End, Wants};
use super::ring_memory::{Mapped, Rings};
use super::ring_parent::RING;

/// So many looks between two looks at the clock, which takes as long as a few of them.
const LOOKS: u32 = 16;

/// The bell of the parent.
#[derive(Debug)]
struct ParentsBell(File);

impl Bell for ParentsBell {
    fn ring(&self) {
        // If the parent is gone, we read the end of our own bell.
        let _ = (&self.0).write(&[RING]);
    }
}

/// The worker's end.
#[derive(Debug)]
pub(super) struct Line {
    end: RefCell<End<Mapped, ParentsBell>>,
    /// Where the parent rings.
    bells: File,
    /// How long to stay awake before sleeping.
    patience: Duration,
}

impl Line {
    /// The end whose descriptor this process has inherited, with the bells of both sides.
    pub(super) fn inherited(number: RawFd, bells: File, parents: File) -> io::Result<Self> {
        let rings = Rings::inherited(number)?;
        let patience = rings.patience();
        Ok(Self { end: RefCell::new(rings.worker(ParentsBell(parents))), bells, patience })
    }

    /// Waits until there is something of what we want; says no if the parent has hung up.
    fn wait(&self, wants: Wants) -> io::Result<bool> {
        let mut end = self.end.borrow_mut();
        let begin = Instant::now();
        while begin.elapsed() < self.patience {
            for _ in 0..LOOKS {
                if end.has(wants).map_err(io::Error::other)? {
                    return Ok(true);
                }
                spin_loop();
            }
        }
        if !end.falls_asleep(wants).map_err(io::Error::other)? {
            return Ok(true);
        }
        let heard = (&self.bells).read(&mut [0; 64]);
        end.wakes();
        match heard {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            heard => Ok(heard? > 0),
        }
    }
}

impl Read for &Line {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let received = self.end.borrow_mut().receive(room).map_err(io::Error::other)?;
            if received > 0 {
                return Ok(received);
            }
            if !self.wait(Wants { bytes: true, room: false })? {
                // What the parent wrote before it hung up.
                return self.end.borrow_mut().receive(room).map_err(io::Error::other);
            }
        }
    }
}

impl Write for &Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let sent = self.end.borrow_mut().send(bytes).map_err(io::Error::other)?;
            if sent > 0 || bytes.is_empty() {
                return Ok(sent);
            }
            if !self.wait(Wants { bytes: false, room: true })? {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

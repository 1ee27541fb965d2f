//! One end of a line: a ring to write to, a ring to read from, and a bell to wake the other end.
//!
//! How an end sleeps is its own affair: a worker reads from a pipe, the parent waits for the pipes
//! of all workers, the model takes a permit of a semaphore. It must say so before
//! ([`End::falls_asleep`]), and must not sleep if the answer is no.

use std::fmt::Debug;

use super::ring::{Reader, Writer};
use super::ring_ground::{Ground, Impossible};

/// Wakes the other end, or keeps it from falling asleep the next time.
pub trait Bell: Debug {
    /// Rings.
    fn ring(&self);
}

/// What an end waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wants {
    /// Something to receive.
    pub bytes: bool,
    /// Room to send.
    pub room: bool,
}

/// One end of a line.
#[derive(Debug)]
pub struct End<G, B> {
    out: Writer<G>,
    into: Reader<G>,
    bell: B,
}

impl<G: Ground, B: Bell> End<G, B> {
    /// An end that writes to `out` and reads from `into`, in which nothing was written yet;
    /// `bell` wakes the other end.
    pub fn new(out: G, into: G, bell: B) -> Self {
        Self { out: Writer::new(out), into: Reader::new(into), bell }
    }

    /// Sends bytes from the beginning of `bytes`, as many as there is room for; gives their
    /// number.
    ///
    /// # Errors
    /// If the other end says what cannot be true.
    pub fn send(&mut self, bytes: &[u8]) -> Result<usize, Impossible> {
        let n = self.out.write(bytes)?;
        if n > 0 && self.out.has_to_wake() {
            self.bell.ring();
        }
        Ok(n)
    }

    /// Receives into `room` as much as there is and fits; gives the number of bytes.
    ///
    /// # Errors
    /// If the other end says what cannot be true.
    pub fn receive(&mut self, room: &mut [u8]) -> Result<usize, Impossible> {
        let n = self.into.take(room)?;
        if n > 0 && self.into.has_to_wake() {
            self.bell.ring();
        }
        Ok(n)
    }

    /// Whether there is something of what we want.
    ///
    /// # Errors
    /// If the other end says what cannot be true.
    pub fn has(&mut self, wants: Wants) -> Result<bool, Impossible> {
        Ok(wants.bytes && self.into.available()? > 0 || wants.room && self.out.room()? > 0)
    }

    /// Asks the other end to ring the bell once there is something of what we want. Says whether
    /// we may sleep now; if not, there is something.
    ///
    /// # Errors
    /// If the other end says what cannot be true.
    pub fn falls_asleep(&mut self, wants: Wants) -> Result<bool, Impossible> {
        let no_bytes = !wants.bytes || self.into.falls_asleep()?;
        let asleep = no_bytes && (!wants.room || self.out.falls_asleep()?);
        if !asleep {
            self.wakes();
        }
        Ok(asleep)
    }

    /// Says that we are awake. A bell may ring all the same, for the sleep that is over.
    pub fn wakes(&self) {
        self.into.wakes();
        self.out.wakes();
    }
}
